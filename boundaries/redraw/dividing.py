"""What a line cuts off a unit and its neighbours, and who gets it: plain geometry, without a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.cutting import is_sliver
from geo.sides import Regions, regions
from geo.snapping import SNAP_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Flags = NDArray[np.bool_]
    Metres = NDArray[np.float64]

TOUCH_M = 0.01
"""Borders this close run along each other: noding moves them by less, metres."""

ALIKE = 0.9
"""Borders are about as long as each other when the shorter is at least this share of the longer."""


@dataclass(frozen=True)
class Divided:
    """A unit that the line divides.

    Attributes
    ----------
    goes : (k,) bool
        Which of its regions change sides.
    to : (k,) int
        The unit each of these goes to.
    rivals
        Units that one of these borders about alike, where the line does not say which of them is meant.
    """

    regions: Regions
    goes: Flags
    to: NDArray[np.int64]
    rivals: tuple[int, ...] = ()

    def stays(self) -> BaseGeometry:
        """Return the ground that does not change sides."""
        return shapely.coverage_union_all(self.regions.polygon[~self.goes])


def divide(whole: Mapping[int, BaseGeometry], line: BaseGeometry, unit: int) -> dict[int, Divided]:
    """Return the units that a line divides, and what changes sides when it becomes the border of one of them.

    What the line cuts off a neighbour goes to the unit; what it cuts off the unit goes to the neighbour it cuts into
    as well, else to the one with the longest border. Cut off is all but the largest piece, of what touches the unit
    it goes to. What the line does to the unit itself counts first: a neighbour gives only what touches the ground the
    unit keeps. The parts of the line that would cut off anything else are superfluous; without them, who gets what
    the unit gives up must be clear from its borders.

    Parameters
    ----------
    whole
        Polygons of the units around the line, metres; the unit and all that touch it.
    line
        Of `geo.snapping.fit_line`.
    unit
        The one that is reshaped.
    """
    found = {}
    for other, polygon in whole.items():
        if other != unit and shapely.intersects(polygon, line):
            parts = regions(polygon, line)
            if (cut := _cut_parts(polygon, parts)).any():
                goes = _cut_off(cut, _beside(parts.polygon, np.array([whole[unit]]))[:, 0])
                found[other] = Divided(parts, goes, np.full(len(parts), unit, dtype=np.int64))
    parts = regions(whole[unit], line)
    if not (cut := _cut_parts(whole[unit], parts)).any():
        return found
    others = {other: polygon for other, polygon in whole.items() if other != unit}
    # A line of which every part has its use leaves no doubt.
    mine = replace(_given_up(others, found, parts, cut), rivals=())
    while (trimmed := _trimmed(found, mine)) is not None:
        found = trimmed
        mine = _given_up(others, found, parts, cut)
    return {**found, unit: mine}


def _given_up(
    others: Mapping[int, BaseGeometry], found: Mapping[int, Divided], parts: Regions, cut: Flags
) -> Divided:
    """Say what a unit loses, and to whom."""
    takers = np.array(
        [other for other, one in found.items() if one.goes.any()] or list(others), dtype=np.int64
    )
    beside = _beside(parts.polygon, np.array([others[one] for one in takers.tolist()], dtype=object))
    goes = _cut_off(cut, beside.sum(axis=1))
    alike = beside[goes] >= ALIKE * beside[goes].max(axis=1, initial=0.0, keepdims=True)
    rivals = next((tuple(takers[row].tolist()) for row in alike if row.sum() > 1), ())
    return Divided(parts, goes, takers[beside.argmax(axis=1)], rivals)


def _trimmed(found: Mapping[int, Divided], mine: Divided) -> dict[int, Divided] | None:
    """Return what neighbours give of which all touches the ground the unit keeps; None when all does already."""
    if not mine.goes.any():
        return None
    stays = np.array([mine.stays()], dtype=object)
    kept = {}
    for other, one in found.items():
        goes = one.goes & (_beside(one.regions.polygon, stays)[:, 0] > SNAP_M)
        kept[other] = replace(one, goes=goes)
    same = all((kept[other].goes == one.goes).all() for other, one in found.items())
    return None if same else kept


def _cut_parts(polygon: BaseGeometry, parts: Regions) -> Flags:
    """Return (k,) which regions are proper pieces of a part of the unit that the line divides into several."""
    tree = shapely.STRtree(shapely.get_parts(polygon))
    part = tree.nearest(shapely.point_on_surface(parts.polygon))
    proper = np.array([not is_sliver(region, SNAP_M) for region in parts.polygon])
    several = np.bincount(part[proper], minlength=len(tree)) > 1
    flags: Flags = proper & several[part]
    return flags


def _cut_off(cut: Flags, beside_m: Metres) -> Flags:
    """Return (k,) which regions are cut off and go to another unit: all but the largest that leaves one to go.

    Parameters
    ----------
    beside_m : (k,) float
        Metres of border that each region shares with whom it may go to.
    """
    touching = cut & (beside_m > SNAP_M)
    region = np.arange(len(cut))
    stays = next((k for k in np.flatnonzero(cut) if touching[cut & (region != k)].any()), None)
    goes: Flags = touching & (region != stays)
    return goes


def _beside(areas: NDArray[np.object_], others: NDArray[np.object_]) -> Metres:
    """Return (k, n) metres of border that areas share with others."""
    shared = np.zeros((len(areas), len(others)))
    at, other = shapely.STRtree(others).query(areas, predicate="dwithin", distance=TOUCH_M)
    near, of = np.unique(other, return_inverse=True)
    wide = shapely.buffer(others[near], TOUCH_M)
    shared[at, other] = shapely.length(shapely.intersection(shapely.boundary(areas[at]), wide[of]))
    return shared
