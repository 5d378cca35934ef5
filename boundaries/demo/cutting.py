"""Cutting polygons in two, again and again: the way a superblock becomes quarters, parcels and courtyards.

Because every cut ends on the border of the piece it divides, the lines meet in T-junctions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry
from shapely.ops import split


@dataclass(frozen=True)
class Manner:
    """How a kind of area is cut up.

    Attributes
    ----------
    target_m2
        Pieces much larger than this are cut again.
    skew
        Standard deviation of a cut's direction, radians.
    bend
        Standard deviation of a cut's bow as a share of its length.
    off_centre
        How far from the middle a cut may fall, as a share of the piece's length.
    spread
        Standard deviation of the logarithm of the size at which cutting stops.
    """

    target_m2: float
    skew: float = 0.02
    bend: float = 0.008
    off_centre: float = 0.13
    spread: float = 0.22


@dataclass(frozen=True)
class Cut:
    """One cut: the line inside the piece and the area the piece had, square metres."""

    line: LineString
    area_m2: float


def dominant_angle(polygon: Polygon) -> float:
    """Direction of most of a polygon's border, modulo a quarter turn, in radians within (-pi/4, pi/4].

    The mean of the sides' directions on the circle of four-fold angles, weighted by length.
    """
    xy = shapely.get_coordinates(polygon.exterior)
    step = np.diff(xy, axis=0)
    length = np.hypot(*step.T)
    fourfold = np.sum(length**2 * np.exp(4j * np.arctan2(step[:, 1], step[:, 0])))
    return float(np.angle(fourfold) / 4)


def halve(
    polygon: Polygon, angle: float, manner: Manner, rng: np.random.Generator
) -> tuple[list[Polygon], list[LineString]]:
    """Cut a polygon across its longer side, seen along an angle.

    Returns
    -------
    pieces, lines
        The pieces (two, more where the polygon is concave) and the parts of the cut inside the polygon.
    """
    level = rotate(polygon, -angle, origin=(0, 0), use_radians=True)
    left, low, right, high = level.bounds
    at = 0.5 + manner.off_centre * rng.uniform(-1, 1)
    lean = np.tan(rng.normal(0, manner.skew))
    bow = rng.normal(0, manner.bend)
    if right - left >= high - low:
        reach = high - low
        x = left + at * (right - left)
        path = [(x - lean * reach, low - 0.5 * reach), (x + bow * reach, (low + high) / 2), (x + lean * reach,
                high + 0.5 * reach)]  # fmt: skip
    else:
        reach = right - left
        y = low + at * (high - low)
        path = [(left - 0.5 * reach, y - lean * reach), ((left + right) / 2, y + bow * reach), (right + 0.5 * reach,
                y + lean * reach)]  # fmt: skip
    line = rotate(LineString(path), angle, origin=(0, 0), use_radians=True)
    pieces = [piece for piece in split(polygon, line).geoms if isinstance(piece, Polygon)]
    return pieces, lines_of(shapely.intersection(line, polygon))


def subdivide(
    polygon: Polygon,
    angle: float,
    manner: Manner,
    rng: np.random.Generator,
    on_cut: Callable[[Cut], None],
) -> list[Polygon]:
    """Halve a polygon until its pieces are about as large as wanted; every cut is told to ``on_cut``."""
    waiting, done = [polygon], []
    while waiting:
        piece = waiting.pop()
        if piece.area <= manner.target_m2 * rng.lognormal(0.17, manner.spread):
            done.append(piece)
            continue
        pieces, lines = halve(piece, angle, manner, rng)
        if len(pieces) < 2:
            done.append(piece)
            continue
        for line in lines:
            on_cut(Cut(line, piece.area))
        waiting.extend(reversed(pieces))
    return done


def lines_of(geometry: BaseGeometry) -> list[LineString]:
    """Return the lines among the parts of a geometry."""
    return [part for part in shapely.get_parts(geometry) if isinstance(part, LineString)]


def largest_polygon(geometry: BaseGeometry) -> Polygon:
    """Return the largest polygon among the parts of a geometry, an empty one when there is none."""
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon)]
    return max(parts, key=lambda part: part.area, default=Polygon())


def width_m(polygon: Polygon) -> float:
    """Rough width of a polygon in metres: four times its area over its perimeter, halved for a square."""
    return float(2 * polygon.area / polygon.length)


def faces(lines: Sequence[BaseGeometry], within: Polygon) -> list[Polygon]:
    """Node lines on the 1 mm grid and return the faces they enclose inside a polygon, west to east."""
    noded = shapely.union_all(np.asarray([*lines, within.exterior], dtype=object), grid_size=0.001)
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.contains_properly(within, shapely.point_on_surface(found))
    kept = [face for face in found[inside] if isinstance(face, Polygon)]
    return sorted(kept, key=lambda face: (face.centroid.x, face.centroid.y))
