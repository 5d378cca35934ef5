"""Figures of a proposal, and what it changes against the plan it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from boundaries.balancing.labels import matched_labels
from boundaries.blocks import any_border_known
from boundaries.figures import sum_by
from boundaries.proposing import fixed_blocks
from geo.barriers import CLEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boundaries.blocks import Floats, Ints
    from boundaries.hierarchy import Hierarchy

    Bools = np.ndarray[Any, np.dtype[np.bool_]]


def changed_blocks(have: Hierarchy, level: str, part: Ints) -> Bools | None:
    """Return which blocks change their unit, or None where the plan has no units of the level.

    Units are matched with the present ones so that as few residents as possible move; where nobody is counted, so
    that as few square metres as possible do.

    Parameters
    ----------
    part : (n,) int
        0 .. k-1.
    """
    if level not in have.unit:
        return None
    present = have.unit[level]
    weight = residents_of(have)
    if weight.sum() <= 0:
        weight = have.blocks.area_m2
    # Blocks without people follow the ground they lie on.
    weight = weight + have.blocks.area_m2 * (1e-6 / max(float(have.blocks.area_m2.sum()), 1.0))
    label = matched_labels(part, present, weight, (int(part.max()) + 1, int(present.max()) + 1))
    changed: Bools = label[part] != present
    return changed


def residents_of(have: Hierarchy) -> Floats:
    """Return the (n,) residents of a plan's blocks, 0 where nobody was counted."""
    counts = have.blocks.counts.get("residents")
    return np.zeros(len(have.blocks)) if counts is None else np.nan_to_num(counts)


def proposal_figures(
    have: Hierarchy, level: str, part: Ints, bands: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    """Return what a table of proposals shows: counts, extremes, units out of band, people moved, clear borders.

    Exclusive cells count apart, and are in no extreme and no band.

    Parameters
    ----------
    bands
        Measure -> (low, high) of an ordinary unit, as they were asked for.
    """
    count = int(part.max()) + 1
    exempt, _ = fixed_blocks(have, level)
    ordinary = np.ones(count, dtype=bool)
    if exempt is not None:
        ordinary[part[exempt]] = False
    sums = {
        measure: sum_by(np.nan_to_num(values), part, count) for measure, values in have.blocks.counts.items()
    }
    sums["area_m2"] = sum_by(have.blocks.area_m2, part, count)
    out = np.zeros(count, dtype=bool)
    for measure, (low, high) in bands.items():
        out |= (sums[measure] < low * (1 - 1e-9)) | (sums[measure] > high * (1 + 1e-9))
    changed = changed_blocks(have, level, part)
    return {
        "units": int(ordinary.sum()),
        "exclusive": int((~ordinary).sum()),
        **{
            measure: _extremes(sums[measure][ordinary])
            for measure in ("residents", "households")
            if measure in sums
        },
        "out_of_band": int((out & ordinary).sum()),
        "moved": None if changed is None else float(residents_of(have)[changed].sum()),
        "clear_border_share": _clear_share(have, part),
        "compactness": _mean_compactness(have, part, sums["area_m2"], ordinary),
    }


def _extremes(values: Floats) -> list[float] | None:
    return [float(values.min()), float(values.max())] if len(values) else None


def _clear_share(have: Hierarchy, part: Ints) -> float | None:
    """Return the share of all border between units that runs along roads, water or walls (R6)."""
    blocks = have.blocks
    pair = part[blocks.edges]
    crossing = pair[:, 0] != pair[:, 1]
    total = float(blocks.border_m[crossing].sum())
    if total <= 0 or not any_border_known(blocks):
        return None
    return float(blocks.border_m[crossing & np.isin(blocks.barrier, CLEAR)].sum()) / total


def _mean_compactness(have: Hierarchy, part: Ints, area_m2: Floats, ordinary: Bools) -> float | None:
    """Return the mean of Polsby-Popper, 4 pi area / perimeter squared, over ordinary units."""
    blocks, count = have.blocks, len(area_m2)
    perimeter = sum_by(blocks.outer_m, part, count)
    pair = part[blocks.edges]
    crossing = pair[:, 0] != pair[:, 1]
    for side in (0, 1):
        np.add.at(perimeter, pair[crossing, side], blocks.border_m[crossing])
    if not ordinary.any():
        return None
    return float((4 * np.pi * area_m2 / perimeter**2)[ordinary].mean())
