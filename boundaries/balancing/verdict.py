"""Reads a finished plan: which hard rules it breaks, and what a reader of its scores should know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.answer import Reason, Unmet
from boundaries.balancing.block_reasons import figure
from boundaries.sentences import Said, counted
from geo.barriers import Barrier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Ints = NDArray[np.int64]


def find_unmet(arrays: Arrays, part: Ints, reasons: Sequence[Reason]) -> list[Unmet]:
    """Return the hard rules a plan breaks: bands by part, then counts by parent and in all."""
    return [*_bands(arrays, part, reasons), *_counts(arrays, part, reasons)]


def _bands(arrays: Arrays, part: Ints, reasons: Sequence[Reason]) -> list[Unmet]:
    ordinary = np.unique(part[~arrays.exempt])
    found = []
    for name, band in arrays.bands.items():
        sums = np.bincount(part, arrays.columns[name])
        out = (sums < band.low * (1 - 1e-9)) | (sums > band.high * (1 + 1e-9))
        for label in ordinary[out[ordinary]]:
            members = np.flatnonzero(part == label)
            blocks = tuple(arrays.names[i] for i in members)
            parent = arrays.parent_names[arrays.parent[members[0]]]
            total = float(sums[label])
            side, limit = ("below", band.low) if total < band.low else ("above", band.high)
            message = (
                f"Part {label} in {parent}, around block {blocks[0]}, has {figure(total)} {name}, {side} the band's "
                f"{figure(limit)}."
            )
            figures = {"total": total, "low": band.low, "high": band.high}
            reason = _behind(reasons, parent, blocks)
            found.append(Unmet(f"band:{name}", parent, blocks, (int(label),), message, reason, figures))
    return found


def _behind(reasons: Sequence[Reason], parent: str, blocks: Sequence[str]) -> Reason | None:
    """Return the reason that names one of the blocks, or else the parent or the whole."""
    held = set(blocks)
    for reason in reasons:
        if reason.blocks and held.intersection(reason.blocks):
            return reason
    for reason in reasons:
        if not reason.blocks and reason.parent in ("", parent):
            return reason
    return None


def _counts(arrays: Arrays, part: Ints, reasons: Sequence[Reason]) -> list[Unmet]:
    free = ~arrays.exempt
    labels, first = np.unique(part[free], return_index=True)
    parent_of = arrays.parent[free][first]
    held = np.bincount(parent_of, minlength=arrays.parents)
    present = np.bincount(arrays.parent[free], minlength=arrays.parents) > 0
    low, high = arrays.per_parent
    found = []
    for p in np.flatnonzero(present & ((held < low) | (held > high))):
        name = arrays.parent_names[p]
        message = f"{name} has {counted(int(held[p]), 'part', 'parts')}; {low} to {high} are asked for."
        figures: dict[str, float | str] = {"parts": int(held[p]), "low": low, "high": high}
        parts = tuple(int(label) for label in labels[parent_of == p])
        found.append(Unmet("parent_count", name, (), parts, message, _behind(reasons, name, ()), figures))
    low, high = arrays.parts
    if not low <= len(labels) <= high:
        message = f"{counted(len(labels), 'part', 'parts')} in all; {low} to {high} are asked for."
        figures = {"parts": len(labels), "low": low, "high": high}
        found.append(Unmet("total_count", "", (), (), message, _behind(reasons, "", ()), figures))
    return found


def find_notes(arrays: Arrays) -> list[str]:
    """Return what the scores do not say themselves."""
    notes: list[str] = []
    if "border_m" in arrays.known and len(arrays.barrier) and (arrays.barrier == Barrier.UNKNOWN).all():
        notes.append(
            Said(
                "borders-unknown",
                "Nothing is known about what runs along the borders; every border counts as unclear. "
                "Import roads and water to measure clear borders.",
            )
        )
    return notes
