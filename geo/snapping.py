"""Drawn lines brought onto a coverage: checked, snapped to its vertices and borders, crossing them on the grid."""

from __future__ import annotations

import math
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

PER_M = round(1 / GRID_M)
"""Steps of the grid in a metre."""

STEPS_AT_ONCE = 64
"""So many steps of a line are compared with all segments at once, which bounds the memory it takes."""

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
    xy = shapely.get_coordinates(line)
    borders = _borders(polygons, xy, snap_m + 2 * SHIFT_M)
    if not len(borders.line):
        return line
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


def _borders(polygons: Shapes, xy: Floats, reach_m: float) -> _Borders:
    """Return the segments of all rings that come near the box of a step of a line.

    Parameters
    ----------
    xy : (k, 2) float
        The vertices of the line, metres.
    """
    box = shapely.bounds(polygons)
    polygons = polygons[_near_steps(box[:, :2], box[:, 2:], xy, reach_m)]
    ring_xy, ring = shapely.get_coordinates(shapely.get_rings(polygons), return_index=True)
    start, end = ring_xy[:-1], ring_xy[1:]
    near = _near_steps(np.minimum(start, end), np.maximum(start, end), xy, reach_m)
    at = np.flatnonzero(near & (ring[:-1] == ring[1:]))
    # Two polygons have a segment in opposite directions; it is crossed once.
    ends = zip(map(tuple, start[at].tolist()), map(tuple, end[at].tolist()), strict=True)
    once = {(one, other) if one < other else (other, one) for one, other in ends if one != other}
    both = np.array(sorted(once)).reshape(-1, 2, 2)
    lines = np.asarray(shapely.linestrings(both), dtype=object)
    return _Borders(both[:, 0], both[:, 1], lines, shapely.STRtree(lines))


def _near_steps(low: Floats, high: Floats, xy: Floats, reach_m: float) -> NDArray[np.bool_]:
    """Return (n,) which boxes come near the box of any step of a line."""
    found = np.zeros(len(low), dtype=bool)
    for first in range(0, len(xy) - 1, STEPS_AT_ONCE):
        steps = xy[first : first + STEPS_AT_ONCE + 1]
        least, most = np.minimum(steps[:-1], steps[1:]) - reach_m, np.maximum(steps[:-1], steps[1:]) + reach_m
        near = (high[:, None] >= least) & (low[:, None] <= most)
        found |= (near[..., 0] & near[..., 1]).any(axis=1)
    return found


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
    # Of the few points there are, each costs less by itself than arrays of all that it could be.
    rows = zip(places.tolist(), start.tolist(), end.tolist(), strict=True)
    return np.array([_grid_point(*row) for row in rows]).reshape(-1, 2)


def _grid_point(place: list[float], start: list[float], end: list[float]) -> list[float]:
    for corner in (start, end):
        if math.dist(place, corner) <= SAME_PLACE_M:
            return corner
    is_steep = abs(end[1] - start[1]) > abs(end[0] - start[0])
    if is_steep:
        place, start, end = place[::-1], start[::-1], end[::-1]
    main, other = _least_bent(place[0], start, end) or (round(place[0] * PER_M), round(place[1] * PER_M))
    found = [main / PER_M, other / PER_M]
    return found[::-1] if is_steep else found


def _least_bent(place: float, first: list[float], last: list[float]) -> tuple[int, int] | None:
    """Return the point of the grid, in steps of it, by a place on a segment that bends it least.

    Parameters
    ----------
    place
        Where along its main axis, metres.
    first, last
        Ends of the segment on its main axis and the other.

    Returns
    -------
    (main, other) or None
        None where no point between the ends is near.
    """
    place, low, high = place * PER_M, *sorted((first[0] * PER_M, last[0] * PER_M))
    main_0, other_0 = first[0] * PER_M, first[1] * PER_M
    rise = (last[1] * PER_M - other_0) / (last[0] * PER_M - main_0)
    middle, best, found = round(place), math.inf, None
    for step in range(round(SHIFT_M * PER_M) + 1):
        # What slides farther costs more than this.
        if BEND_PER_SHIFT * (step - 0.5) > best:
            break
        for main in (middle - step, middle + step):
            if low + 0.5 <= main <= high - 0.5:
                other = (main - main_0) * rise + other_0
                nearest = round(other)
                cost = abs(nearest - other) + BEND_PER_SHIFT * abs(main - place)
                if cost < best:
                    best, found = cost, (main, nearest)
    return found
