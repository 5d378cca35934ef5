"""Reshaping: a drawn line becomes the border of a unit and the neighbour it cuts into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.errors import NotTouchingError
from boundaries.redraw.changes import Change
from boundaries.redraw.ground import read_ground
from boundaries.redraw.lines import cut_ground, refused, with_change
from boundaries.redraw.operations import emptied
from geo.cutting import is_sliver, why_nothing
from geo.errors import LineError
from geo.sides import Regions, regions, share_of
from geo.snapping import SNAP_M

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from boundaries.redraw.ground import Ground
    from boundaries.redraw.lines import Cut
    from boundaries.redraw.operations import Arguments
    from boundaries.redraw.state import State

    Flags = NDArray[np.bool_]

TOUCH_M = 0.01
"""Borders this close run along each other: noding moves them by less, metres."""


@dataclass(frozen=True)
class Divided:
    """A unit that the line divides.

    Attributes
    ----------
    goes : (k,) bool
        Which of its regions change sides.
    to : (k,) int
        The unit each of these goes to.
    """

    regions: Regions
    goes: Flags
    to: NDArray[np.int64]


def reshape(state: State, arguments: Arguments) -> Change:
    """Make the drawn line the new border of a unit and the neighbour it cuts into.

    What the line cuts off a neighbour goes to the unit; what it cuts off the unit goes to the neighbour it cuts into
    as well, else to the one with the longest border. Cut off is all but the largest piece, of what touches the unit
    it goes to.
    """
    unit = arguments["unit"]
    ground = read_ground(state, arguments["line"], unit, whole_units=True)
    whole = {
        one: shapely.coverage_union_all(ground.polygon[ground.unit == one])
        for one in np.unique(ground.unit).tolist()
    }
    divided = _divided(ground, whole, unit)
    if not divided:
        crossed = np.array([whole[one] for one in whole if shapely.dwithin(whole[one], ground.line, SNAP_M)])
        raise refused(why_nothing(crossed, ground.line, np.ones(len(crossed), dtype=bool), SNAP_M))
    if not any(one.goes.any() for one in divided.values()):
        raise NotTouchingError(
            f'what the line cuts off does not touch "{state.unit(unit).name}". '
            "Draw it from border to border of that unit.",
            units=[unit],
        )
    lines = [one.regions.between(one.goes) for one in divided.values()]
    done = cut_ground(state, ground, shapely.union_all(lines), ground.of_units(divided))
    moved = _moved(done, divided)
    if not moved:
        raise refused(
            done.refusal or LineError("line-not-across", "the line moves no block; draw it across one.")
        )
    # All units that lose blocks were read whole, so it is known here whether they keep any.
    stays = np.unique(done.unit[~np.isin(done.id, list(moved))])
    gone = {before for before, _ in moved.values()} - set(stays.tolist())
    units = emptied(with_change(state, done.change), moved) if gone else {}
    return done.change.then(Change(blocks=moved, units=units))


def _divided(ground: Ground, whole: dict[int, BaseGeometry], unit: int) -> dict[int, Divided]:
    """Return the units that the line divides, with what changes sides."""
    found = {}
    for other, polygon in whole.items():
        if other != unit and shapely.intersects(polygon, ground.line):
            parts = regions(polygon, ground.line)
            if (cut := _cut_parts(polygon, parts)).any():
                goes = _cut_off(cut, _beside(parts.polygon, np.array([whole[unit]]))[:, 0])
                found[other] = Divided(parts, goes, np.full(len(parts), unit, dtype=np.int64))
    parts = regions(whole[unit], ground.line)
    if (cut := _cut_parts(whole[unit], parts)).any():
        cut_into = [other for other, one in found.items() if one.goes.any()]
        takers = {other: whole[other] for other in cut_into or whole if other != unit}
        beside = _beside(parts.polygon, np.array(list(takers.values()), dtype=object))
        goes = _cut_off(cut, beside.sum(axis=1))
        to = np.array(list(takers), dtype=np.int64)[beside.argmax(axis=1)]
        found[unit] = Divided(parts, goes, to)
    return found


def _cut_parts(polygon: BaseGeometry, parts: Regions) -> Flags:
    """Return (k,) which regions are proper pieces of a part of the unit that the line divides into several."""
    tree = shapely.STRtree(shapely.get_parts(polygon))
    part = tree.nearest(shapely.point_on_surface(parts.polygon))
    proper = np.array([not is_sliver(region, SNAP_M) for region in parts.polygon])
    several = np.bincount(part[proper], minlength=len(tree)) > 1
    flags: Flags = proper & several[part]
    return flags


def _cut_off(cut: Flags, beside_m: NDArray[np.float64]) -> Flags:
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


def _beside(areas: NDArray[np.object_], others: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return (k, n) metres of border that areas share with others."""
    shared = np.zeros((len(areas), len(others)))
    at, other = shapely.STRtree(others).query(areas, predicate="dwithin", distance=TOUCH_M)
    near, of = np.unique(other, return_inverse=True)
    wide = shapely.buffer(others[near], TOUCH_M)
    shared[at, other] = shapely.length(shapely.intersection(shapely.boundary(areas[at]), wide[of]))
    return shared


def _moved(done: Cut, divided: dict[int, Divided]) -> dict[int, tuple[int | None, int | None]]:
    """Return the blocks of which more lies in regions that change sides than in any that stay."""
    moved: dict[int, tuple[int | None, int | None]] = {}
    for unit, one in divided.items():
        mine = np.flatnonzero(done.unit == unit)
        areas = share_of(done.polygon[mine], one.regions.polygon)
        going = areas[:, one.goes].sum(axis=1) > areas[:, ~one.goes].sum(axis=1)
        to = one.to[np.where(one.goes, areas, -1.0).argmax(axis=1)]
        for at in np.flatnonzero(going).tolist():
            moved[int(done.id[mine[at]])] = (unit, int(to[at]))
    return moved
