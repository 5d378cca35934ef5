"""What a line cuts off a unit and its neighbours, and who gets it: plain geometry, without a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.cutting import is_sliver
from geo.sides import Regions, regions
from geo.snapping import SNAP_M

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Metres = NDArray[np.float64]
    Shapes = NDArray[np.object_]

ALIKE = 0.9
"""Borders are about as long as each other when the shorter is at least this share of the longer."""


@dataclass(frozen=True)
class Divided:
    """What a line makes of units.

    Attributes
    ----------
    regions
        The k regions of all of them, in groups by units.
    cut : (k,) bool
        Which are proper pieces of a unit that the line divides.
    goes : (k,) bool
        Which change sides.
    to : (k,) int
        The unit each of these goes to.
    rivals
        Units that one of these borders about alike, where the line does not say which of them is meant.
    """

    regions: Regions
    cut: Flags
    goes: Flags
    to: Ints
    rivals: tuple[int, ...] = ()


def divide(units: Ints, polygons: Shapes, line: BaseGeometry, unit: int) -> Divided:
    """Find what changes sides when a line becomes the border of a unit.

    What the line cuts off a neighbour goes to the unit; what it cuts off the unit goes to the neighbour it cuts into
    as well, else to the one with the longest border. Cut off is all but the largest piece, of what touches the unit
    it goes to. What the line does to the unit itself counts first: a neighbour gives only what touches the ground the
    unit keeps. The parts of the line that would cut off anything else are superfluous; without them, who gets what
    the unit gives up must be clear from its borders.

    Parameters
    ----------
    units : (n,) int
        The unit of each polygon.
    polygons : (n,) shapely geometries, metres
        Of a coverage: all of the unit, of the units the line comes onto, and what touches these.
    line
        Of `geo.snapping.fit_line`.
    unit
        The one that is reshaped.
    """
    found = regions(polygons, line, units)
    of, border_m, cut = found.of, found.border_m, _cut_parts(found)
    mine = of == unit
    goes = np.zeros(len(found), dtype=bool)
    for other in np.unique(of[cut & ~mine]).tolist():
        theirs = of == other
        goes[theirs] = _cut_off(cut[theirs], border_m[np.ix_(theirs, mine)].sum(axis=1))
    done = Divided(found, cut, goes, np.full(len(found), unit))
    if not cut[mine].any():
        return done
    # A line of which every part has its use leaves no doubt.
    done = replace(_with_given_up(done, mine, border_m), rivals=())
    while (trimmed := _trimmed(done, mine, border_m)) is not None:
        done = _with_given_up(trimmed, mine, border_m)
    return done


def _with_given_up(done: Divided, mine: Flags, border_m: Metres) -> Divided:
    """Say what a unit loses, and to whom."""
    takers = np.unique(done.regions.of[done.goes & ~mine])
    if not len(takers):
        takers = np.unique(done.regions.of[~mine])
    beside = border_m[mine] @ (done.regions.of[:, None] == takers)
    goes, to = done.goes.copy(), done.to.copy()
    goes[mine] = _cut_off(done.cut[mine], beside.sum(axis=1))
    alike = beside[goes[mine]] >= ALIKE * beside[goes[mine]].max(axis=1, initial=0.0, keepdims=True)
    rivals = next((tuple(takers[row].tolist()) for row in alike if row.sum() > 1), ())
    if len(takers):
        to[mine] = takers[beside.argmax(axis=1)]
    return replace(done, goes=goes, to=to, rivals=rivals)


def _trimmed(done: Divided, mine: Flags, border_m: Metres) -> Divided | None:
    """Let neighbours give only what touches the ground the unit keeps; None when all does already."""
    if not done.goes[mine].any():
        return None
    stays = mine & ~done.goes
    goes = done.goes & (mine | (border_m[:, stays].sum(axis=1) > SNAP_M))
    return None if (goes == done.goes).all() else replace(done, goes=goes)


def _cut_parts(found: Regions) -> Flags:
    """Return (k,) which regions are proper pieces of a part of a unit that the line divides into several."""
    several = np.flatnonzero(np.bincount(found.part)[found.part] > 1)
    proper = np.zeros(len(found), dtype=bool)
    proper[several] = [_is_proper(found, at) for at in several.tolist()]
    cut: Flags = proper & (np.bincount(found.part[proper], minlength=len(found)) > 1)[found.part]
    return cut


def _is_proper(found: Regions, at: int) -> bool:
    """Whether a region is more than a sliver; one of twice the area that says so need not be looked at for holes."""
    is_wide = bool(found.area_m2[at] > found.perimeter_m[at] * SNAP_M)
    return is_wide or not is_sliver(found.polygon(at), SNAP_M)


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
