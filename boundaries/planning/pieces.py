"""The pieces two plans share: every piece of ground with its block in either plan, its people and its buildings.

Where both plans have the same block, that is one piece. Where one of them cut it, the blocks are laid over each
other; people follow the buildings, and where none is counted they are divided by area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from sqlalchemy import text

from boundaries.blocks import MEASURES

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.blocks import Blocks, Floats, Ints

SAME_PLACE_M = 0.1
"""Two versions of a block that differ only by a node are the same piece: centre and area stay within this."""

SLIVER_M2 = 0.5
"""Overlaps up to this size come from rounding to the 1 mm grid and are no pieces of their own."""


@dataclass(frozen=True)
class Pieces:
    """p pieces of ground, each in one block of either plan.

    Attributes
    ----------
    old, new : (p,) int
        Positions of the blocks in the old and in the new plan.
    area_m2 : (p,) float
    buildings : (p,) float
    counts : measure -> (p,) float
        0 where nobody was counted. Summed over the pieces of a new block they are that block's counts.
    polygon : (p,) shapely geometries
    whole : int
        The first so many pieces are whole blocks of the new plan.
    by : str
        The coarsest means that was needed: "blocks", "buildings" or "overlay".
    """

    old: Ints
    new: Ints
    area_m2: Floats
    buildings: Floats
    counts: dict[str, Floats]
    polygon: NDArray[np.object_]
    whole: int
    by: str


def shared_pieces(session: Session, old: Blocks, new: Blocks, on: dt.date | None) -> Pieces:
    """Return the pieces of two plans of one district, with the counts of a date as the new plan's blocks have them.

    Parameters
    ----------
    on
        Date of the counts of buildings; that of the blocks' counts.
    """
    same_old, same_new = _same_blocks(old, new)
    cut_old = np.setdiff1d(np.arange(len(old)), same_old)
    cut_new = np.setdiff1d(np.arange(len(new)), same_new)
    laid = _overlay(old.polygon[cut_old], new.polygon[cut_new])
    over_old, over_new = cut_old[laid.first], cut_new[laid.second]
    split = np.bincount(over_new, minlength=len(new)) > 1
    built = _buildings_in(session, old, new, over_old, over_new, on)
    share, by = _shares(new, over_new, laid.area_m2, built, split)
    counts = {
        measure: np.concatenate(
            [_known(new, measure)[same_new], _known(new, measure)[over_new] * share[measure]]
        )
        for measure in MEASURES
    }
    return Pieces(
        old=np.concatenate([same_old, over_old]),
        new=np.concatenate([same_new, over_new]),
        area_m2=np.concatenate([new.area_m2[same_new], laid.area_m2]),
        buildings=np.concatenate([new.buildings[same_new].astype(np.float64), built["buildings"]]),
        counts=counts,
        polygon=np.concatenate([new.polygon[same_new], laid.polygon]),
        whole=len(same_new),
        by=by,
    )


def _known(blocks: Blocks, measure: str) -> Floats:
    values = blocks.counts.get(measure)
    return np.zeros(len(blocks)) if values is None else np.nan_to_num(values)


def _same_blocks(old: Blocks, new: Blocks) -> tuple[Ints, Ints]:
    """Return positions of blocks that both plans have: the same version, or versions that differ by a node."""
    _, in_old, in_new = np.intersect1d(old.id, new.id, assume_unique=True, return_indices=True)
    by_key = {old.key[at]: at for at in np.setdiff1d(np.arange(len(old)), in_old).tolist()}
    rest = [
        (by_key[new.key[at]], at)
        for at in np.setdiff1d(np.arange(len(new)), in_new).tolist()
        if new.key[at] in by_key
    ]
    pairs = np.array(rest, dtype=np.int64).reshape(-1, 2)
    away = shapely.distance(
        shapely.centroid(old.polygon[pairs[:, 0]]), shapely.centroid(new.polygon[pairs[:, 1]])
    )
    alike = (away < SAME_PLACE_M) & (
        np.abs(old.area_m2[pairs[:, 0]] - new.area_m2[pairs[:, 1]]) < SAME_PLACE_M
    )
    return np.concatenate([in_old, pairs[alike, 0]]), np.concatenate([in_new, pairs[alike, 1]])


@dataclass(frozen=True)
class _Overlay:
    first: Ints
    second: Ints
    area_m2: Floats
    polygon: NDArray[np.object_]


def _overlay(first: NDArray[np.object_], second: NDArray[np.object_]) -> _Overlay:
    if len(first) == 0 or len(second) == 0:
        empty = np.empty(0, dtype=np.int64)
        return _Overlay(empty, empty, np.empty(0), np.empty(0, dtype=object))
    at = shapely.STRtree(first).query(second, predicate="intersects")
    common = shapely.intersection(first[at[1]], second[at[0]])
    area = shapely.area(common)
    keep = area > SLIVER_M2
    # A block smaller than a sliver still has to go somewhere: to what it shares most ground with.
    largest = np.lexsort((-area, at[0]))
    keep[largest[np.unique(at[0][largest], return_index=True)[1]]] = True
    keep &= area > 0
    return _Overlay(at[1][keep], at[0][keep], area[keep], common[keep])


def _buildings_in(
    session: Session, old: Blocks, new: Blocks, over_old: Ints, over_new: Ints, on: dt.date | None
) -> dict[str, Floats]:
    """Return, for each overlaid piece, the number of its buildings and the sums of their counts."""
    found = {name: np.zeros(len(over_old)) for name in ("buildings", *MEASURES)}
    if len(over_old) == 0:
        return found
    piece = {
        pair: at
        for at, pair in enumerate(zip(old.id[over_old].tolist(), new.id[over_new].tolist(), strict=True))
    }
    blocks = {"old": [pair[0] for pair in piece], "new": [pair[1] for pair in piece]}
    rows = session.execute(
        text(
            "SELECT o.block_id, n.block_id, c.measure, sum(c.value) "
            "FROM block_building o JOIN block_building n ON n.building_id = o.building_id JOIN count c "
            "ON c.building_id = o.building_id AND c.on_date = :on AND c.measure = ANY(:measures) "
            "WHERE o.block_id = ANY(:old) AND n.block_id = ANY(:new) GROUP BY 1, 2, 3"
        ),
        {**blocks, "on": on, "measures": list(MEASURES)},
    )
    for first, second, measure, value in rows:
        if (at := piece.get((first, second))) is not None:
            found[measure][at] = float(value)
    standing = session.execute(
        text(
            "SELECT o.block_id, n.block_id, count(*) FROM block_building o "
            "JOIN block_building n ON n.building_id = o.building_id "
            "WHERE o.block_id = ANY(:old) AND n.block_id = ANY(:new) GROUP BY 1, 2"
        ),
        blocks,
    )
    for first, second, count in standing:
        if (at := piece.get((first, second))) is not None:
            found["buildings"][at] = float(count)
    return found


def _shares(
    new: Blocks, over_new: Ints, area_m2: Floats, built: dict[str, Floats], split: NDArray[np.bool_]
) -> tuple[dict[str, Floats], str]:
    """Return each overlaid piece's share of its new block's counts, and the coarsest means that was needed."""
    by = "blocks"
    of_area = _share_within(area_m2, over_new, len(new))
    shares: dict[str, Floats] = {}
    for measure in MEASURES:
        total = np.bincount(over_new, built[measure], minlength=len(new))
        counted = total[over_new] > 0
        shares[measure] = np.where(counted, _share_within(built[measure], over_new, len(new)), of_area)
        divided = split[over_new] & (_known(new, measure)[over_new] > 0)
        if (divided & ~counted).any():
            by = "overlay"
        elif (divided & counted).any() and by == "blocks":
            by = "buildings"
    return shares, by


def _share_within(values: Floats, group: Ints, count: int) -> Floats:
    total = np.bincount(group, values, minlength=count)[group]
    share: Floats = np.divide(values, total, out=np.zeros(len(values)), where=total > 0)
    return share
