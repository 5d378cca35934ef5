"""Drawn lines brought onto a coverage: checked, snapped to its vertices and borders, crossing them on the grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString

from geo.crs import GRID_M
from geo.errors import LineError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Shapes = NDArray[np.object_]

SNAP_M = 2.0
"""A drawn vertex this close to a vertex or a border of the coverage is meant to be on it, metres."""

SHIFT_M = 0.5
"""How far a crossing may slide along a border to a point of the grid that bends the border less, metres."""

BEND_PER_SHIFT = 0.0005
"""What it must bend the border less by for each metre it slides: a centimetre is worth five micrometres."""

FIRST_STEPS = 64
"""A better point of the grid is looked for so many steps away first; nearly always it is there."""

SAME_PLACE_M = 0.0015
"""Points this close are one point of the 1 mm grid."""


def drawn_line(coordinates: ArrayLike) -> LineString:
    """Return a drawn line on the 1 mm grid, without vertices that repeat the one before.

    Parameters
    ----------
    coordinates
        (k, 2) metres in the district's plane, k at least 2.

    Raises
    ------
    LineError
        "line-not-across" for a line without length, "line-self-crossing" for one that crosses or touches itself.
        A line may end where it began.
    """
    xy = np.asarray(coordinates, dtype=np.float64)
    if xy.ndim != 2 or xy.shape[1] != 2 or not np.isfinite(xy).all():
        raise LineError("line-not-across", "a line is a list of points [x, y] in metres; draw it anew.")
    xy = _without_repeats(np.round(xy, 3) + 0.0)
    if len(xy) < 2:
        raise LineError("line-not-across", "the line has no length; draw it from border to border.")
    line = LineString(xy)
    if not line.is_simple:
        raise LineError("line-self-crossing", "the line crosses itself; draw it without a loop.")
    return line


def fit_line(line: LineString, polygons: Shapes, snap_m: float = SNAP_M) -> LineString:
    """Snap a line to a coverage and give it a vertex wherever it crosses a border.

    A vertex within ``snap_m`` of a vertex of the coverage moves there, else to the nearest point of a border within
    ``snap_m``. Where that would make the line cross itself it stays as drawn.

    Points on a border are rounded to the grid, which bends the border. A few centimetres along a border there nearly
    always is a point of the grid within some micrometres of it, and that one is taken: a border of 500 m then
    sweeps less than 0.01 m² instead of 0.1 m², which matters on the rim where no neighbour gains what is lost.

    Parameters
    ----------
    polygons
        (n,) polygons of a valid coverage on the 1 mm grid, at least all that come within ``snap_m`` of the line.

    Returns
    -------
    LineString
        On the 1 mm grid, simple.

    Raises
    ------
    LineError
        "line-along-border" when nothing is left of the line once it is snapped.
    """
    borders = _borders(polygons, shapely.bounds(line) + max(snap_m, 1.0) * np.array([-1, -1, 1, 1]))
    if not len(borders.line):
        return line
    xy = shapely.get_coordinates(line)
    # A vertex beside a border by less than the grid would bend it where it is noded.
    snap_m = max(snap_m, SAME_PLACE_M)
    snapped = _without_repeats(_snap(xy, borders, snap_m))
    if len(snapped) < 2:
        raise LineError(
            "line-along-border", "the line is no longer than what it is snapped by; draw a longer one."
        )
    if LineString(snapped).is_simple:
        xy = snapped
    crossed = _without_repeats(_with_crossings(xy, borders))
    fitted = LineString(crossed) if len(crossed) > 1 else LineString(xy)
    return fitted if fitted.is_simple else LineString(xy)


@dataclass(frozen=True)
class _Borders:
    """The straight pieces of borders near a line, each once.

    Attributes
    ----------
    start, end : (s, 2) float
        Metres.
    line : (s,) shapely LineString
    tree
        Of the lines.
    """

    start: Floats
    end: Floats
    line: Shapes
    tree: shapely.STRtree


def _points(xy: Floats) -> Shapes:
    return np.asarray(shapely.points(xy), dtype=object)


def _lines(start: Floats, end: Floats) -> Shapes:
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)


def _without_repeats(xy: Floats) -> Floats:
    step = np.abs(xy[1:] - xy[:-1]) > GRID_M / 2
    keep = np.ones(len(xy), dtype=bool)
    keep[1:] = step[:, 0] | step[:, 1]
    return xy[keep]


def _borders(polygons: Shapes, bounds: Floats) -> _Borders:
    """Return the segments of all rings that come into a box."""
    rings = shapely.get_rings(polygons)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start, end = xy[:-1], xy[1:]
    near = (np.maximum(start, end) >= bounds[:2]) & (np.minimum(start, end) <= bounds[2:])
    at = np.flatnonzero(near[:, 0] & near[:, 1] & (ring[:-1] == ring[1:]))
    start, end = start[at], end[at]
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[turned], end[turned] = end[turned], start[turned]
    both = np.hstack([start, end])
    both = both[np.lexsort(both.T[::-1])]
    once = np.ones(len(both), dtype=bool)
    once[1:] = (both[1:] != both[:-1]).any(axis=1)
    start, end = both[once, :2], both[once, 2:]
    lines = _lines(start, end)
    return _Borders(start, end, lines, shapely.STRtree(lines))


def _snap(xy: Floats, borders: _Borders, snap_m: float) -> Floats:
    """Move each vertex to the nearest end of a segment, else to the nearest segment, within ``snap_m``."""
    snapped = xy.copy()
    points = _points(xy)
    ends = np.vstack([borders.start, borders.end])
    at, near = shapely.STRtree(_points(ends)).query_nearest(points, max_distance=snap_m, all_matches=False)
    snapped[at] = ends[near]
    is_free = np.ones(len(xy), dtype=bool)
    is_free[at] = False
    free = np.flatnonzero(is_free)
    which, border = borders.tree.query_nearest(points[free], max_distance=snap_m, all_matches=False)
    if len(which):
        line = borders.line[border]
        places = shapely.line_interpolate_point(line, shapely.line_locate_point(line, points[free[which]]))
        places = shapely.get_coordinates(places)
        snapped[free[which]] = _on_grid(places, borders.start[border], borders.end[border])
    return snapped


def _with_crossings(xy: Floats, borders: _Borders) -> Floats:
    """Insert a vertex on the grid wherever the line crosses a border."""
    steps = _lines(xy[:-1], xy[1:])
    step, border = borders.tree.query(steps, predicate="intersects")
    met = shapely.intersection(steps[step], borders.line[border])
    places, of = shapely.get_coordinates(met, return_index=True)
    if not len(places):
        return xy
    at = _on_grid(places, borders.start[border[of]], borders.end[border[of]])
    owner = step[of]
    along = shapely.line_locate_point(steps[owner], _points(places))
    places = np.vstack([xy, at])
    owner = np.concatenate([np.arange(len(xy)), owner])
    along = np.concatenate([np.zeros(len(xy)), along])
    merged: Floats = places[np.lexsort((along, owner))]
    return merged


def _on_grid(places: Floats, start: Floats, end: Floats) -> Floats:
    """Return a grid point by each place on a segment: one of its ends, else the one nearby that bends it least.

    Parameters
    ----------
    places, start, end : (n, 2) float
        Metres; a place and the segment it lies on.
    """
    step = np.abs(end - start)
    steep = step[:, 1] > step[:, 0]
    # In steps of the grid, along the axis the segment runs along most first; the other axis is what it bends.
    per_m = round(1 / GRID_M)
    place, first, last = (np.where(steep[:, None], xy[:, ::-1], xy) * per_m for xy in (places, start, end))
    found = _least_bent(place, first, last, FIRST_STEPS)
    # What slides farther costs more than this, so that only the others can find better there.
    doubtful = np.flatnonzero(found[:, 2] > BEND_PER_SHIFT * FIRST_STEPS)
    found[doubtful] = _least_bent(place[doubtful], first[doubtful], last[doubtful], round(SHIFT_M * per_m))
    held = np.isfinite(found[:, 2])
    grid = found[:, :2] / per_m
    chosen = np.round(places, 3)
    chosen[held] = np.where(steep[:, None], grid[:, ::-1], grid)[held]
    for corner in (end, start):
        same = np.hypot(*(places - corner).T) <= SAME_PLACE_M
        chosen[same] = corner[same]
    return chosen + 0.0


def _least_bent(place: Floats, first: Floats, last: Floats, reach: int) -> Floats:
    """Return (n, 3) the grid point by each place that bends its segment least, and what that costs.

    Parameters
    ----------
    place, first, last : (n, 2) float
        The place, and the ends of the segment, in steps of the grid along the segment's main axis and the other.
    reach
        So many steps it may slide along the main axis; the cost is infinite where no point between the ends is so near.
    """
    main = np.rint(place[:, :1]) + np.arange(-reach, reach + 1)
    rise = last - first
    other = (main - first[:, :1]) * (rise[:, 1:] / rise[:, :1]) + first[:, 1:]
    cost = np.abs(np.rint(other) - other) + BEND_PER_SHIFT * np.abs(main - place[:, :1])
    low, high = np.minimum(first[:, :1], last[:, :1]), np.maximum(first[:, :1], last[:, :1])
    cost[(main < low + 0.5) | (main > high - 0.5)] = np.inf
    n, best = np.arange(len(place)), cost.argmin(axis=1)
    return np.column_stack([main[n, best], np.rint(other[n, best]), cost[n, best]])
