"""What a line leaves of polygons and the groups they form: faces, regions, and on which side of the line each lies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage import border_segments
from geo.crs import GRID_M
from geo.errors import LineError
from geo.faces import faces_inside
from geo.snapping import SAME_PLACE_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.coverage import Segments

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Regions:
    """The k regions a line divides groups of polygons into, those of one group after each other, largest first.

    Attributes
    ----------
    faces : position of a polygon -> (m,) shapely Polygon
        Of the polygons the line touches: what it leaves of them.
    face : (f,) shapely Polygon
        All of these in turn, then the parts of the other polygons.
    origin : (f,) int
        The position of the polygon each is of.
    region : (f,) int
        The region each is in.
    of : (k,) int
        The group of each region.
    part : (k,) int
        Regions with the same number would be one if there were no line.
    area_m2, perimeter_m : (k,) float
    border_m : (k, k) float
        Metres of border that regions share.
    """

    faces: Mapping[int, Shapes]
    face: Shapes
    origin: Ints
    region: Ints
    of: Ints
    part: Ints
    area_m2: Floats
    perimeter_m: Floats
    border_m: Floats

    def __len__(self) -> int:
        return len(self.of)

    def polygon(self, at: int) -> BaseGeometry:
        """Return one region."""
        return shapely.coverage_union_all(self.face[self.region == at])

    def of_faces(self, flags: Flags) -> dict[int, Flags]:
        """Return what is said of the regions, (k,), for the faces of each polygon the line touches."""
        ends = np.cumsum([*map(len, self.faces.values())])
        return dict(zip(self.faces, np.split(flags[self.region], ends)[: len(ends)], strict=True))

    @cached_property
    def _touching(self) -> Ints:
        """Pairs of regions of one group that the line parts."""
        return np.argwhere((self.border_m > 0) & (self.of[:, None] == self.of))

    def sides(self, group: int) -> Ints:
        """Return (k,) 0 or 1 for each region of a group: whoever crosses the line changes sides; the largest is on 0.

        Those of other groups have -1.

        Raises
        ------
        LineError
            "line-not-across" when the line does not part two sides: one gets around its end.
        """
        side = np.full(len(self), -1, dtype=np.int64)
        for start in np.flatnonzero(self.of == group).tolist():
            if side[start] >= 0:
                continue
            side[start] = 0
            waiting = [start]
            while waiting:
                here = waiting.pop()
                near = self._touching[self._touching[:, 0] == here, 1]
                if (side[near] == side[here]).any():
                    raise LineError(
                        "line-not-across", "the line does not part two sides; draw it from border to border."
                    )
                fresh = near[side[near] < 0]
                side[fresh] = 1 - side[here]
                waiting.extend(fresh.tolist())
        return side

    def shares(self, polygons: Shapes, origin: Ints) -> Floats:
        """Return how much of some polygons lies in each region.

        Parameters
        ----------
        polygons : (n,) shapely geometries
            Polygons that were divided, as they are or in pieces.
        origin : (n,) int
            The position of the polygon each is, or is a piece of; all pieces of one are there.

        Returns
        -------
        (n, k) float
            Square metres.
        """
        count = int(max(origin.max(initial=-1), self.origin.max(initial=-1))) + 1
        holder = np.full(count, -1, dtype=np.int64)
        holder[origin] = np.arange(len(origin))
        in_pieces = np.bincount(origin, minlength=count) > 1
        holder[in_pieces] = -1
        holds = holder[self.origin]
        pieces, doubtful = np.flatnonzero(in_pieces[origin]), np.flatnonzero(in_pieces[self.origin])
        if len(doubtful):
            points = shapely.point_on_surface(self.face[doubtful])
            face, piece = shapely.STRtree(polygons[pieces]).query(points, predicate="intersects")
            holds[doubtful[face]] = pieces[piece]
        held = holds >= 0
        found = np.zeros((len(polygons), len(self)))
        np.add.at(found, (holds[held], self.region[held]), shapely.area(self.face[held]))
        return found


def regions(
    polygons: Shapes, fitted: BaseGeometry, groups: Ints | None = None, only: int | None = None
) -> Regions:
    """Divide groups of polygons of a coverage by a line that `geo.snapping.fit_line` has brought onto it.

    The polygons the line touches are noded with it once, and what is not parted by the line grows together again.

    Parameters
    ----------
    polygons
        (n,) Polygons or MultiPolygons on the 1 mm grid.
    groups : (n,) int
        The group of each polygon; None: each is one by itself.
    only
        A group; of others there is then only what the line touches.

    Returns
    -------
    Regions
        One for each part of a group that the line does not reach across.
    """
    groups = np.arange(len(polygons)) if groups is None else groups
    is_near = shapely.dwithin(polygons, fitted, SAME_PLACE_M)
    faces = faces_inside(polygons, np.flatnonzero(is_near), [fitted])
    far = np.flatnonzero(~is_near if only is None else ~is_near & (groups == only))
    parts, of_part = shapely.get_parts(polygons[far], return_index=True)
    face = np.concatenate([*faces.values(), parts])
    origin = np.repeat([*faces, *far], [*map(len, faces.values()), *np.bincount(of_part, minlength=len(far))])
    segments = border_segments(face)
    group = groups[origin]
    inner = np.flatnonzero(segments.right >= 0)
    left, right = segments.left[inner], segments.right[inner]
    together = group[left] == group[right]
    inner, pairs = inner[together], np.column_stack([left[together], right[together]])
    parted = _on_line(segments, inner, origin[pairs], is_near, fitted)
    region = _grown_together(len(face), pairs[~parted])
    part = _grown_together(int(region.max(initial=-1)) + 1, region[pairs[parted]])
    return _ordered(faces, face, origin, group, region, part, segments)


def _grown_together(count: int, pairs: Ints) -> Ints:
    """Return (n,) numbers from 0, the same for what pairs connect; scipy takes ten times as long for a hundred."""
    root = list(range(count))

    def find(at: int) -> int:
        while root[at] != at:
            root[at] = at = root[root[at]]
        return at

    for one, other in pairs.tolist():
        root[find(one)] = find(other)
    return np.unique([find(at) for at in range(count)], return_inverse=True)[1].astype(np.int64)


def _on_line(segments: Segments, inner: Ints, origin: Ints, is_near: Flags, fitted: BaseGeometry) -> Flags:
    """Return (s,) which segments between two faces of a group lie on the line.

    Parameters
    ----------
    inner : (s,) int
        Positions of these segments.
    origin : (s, 2) int
        The polygons of the faces on their sides: between two of the same one there is nothing but the line.
    is_near : (n,) bool
        Which polygons the line touches.
    """
    flags: Flags = origin[:, 0] == origin[:, 1]
    doubtful = np.flatnonzero(~flags & is_near[origin].all(axis=1))
    if not len(doubtful):
        return flags
    shapely.prepare(fitted)
    start, end = segments.start[inner[doubtful]], segments.end[inner[doubtful]]
    # A line is noded where it comes through the square of the grid around a node.
    ends, half = np.concatenate([start, end]), GRID_M / 2
    squares = shapely.box(ends[:, 0] - half, ends[:, 1] - half, ends[:, 0] + half, ends[:, 1] + half)
    met = shapely.intersects(fitted, squares).reshape(2, -1).all(axis=0)
    doubtful = doubtful[met]
    middle = shapely.points((start[met] + end[met]) / 2)
    flags[doubtful[shapely.dwithin(middle, fitted, SAME_PLACE_M)]] = True
    return flags


def _ordered(
    faces: Mapping[int, Shapes],
    face: Shapes,
    origin: Ints,
    group: Ints,
    region: Ints,
    part: Ints,
    segments: Segments,
) -> Regions:
    """Add up what is known of faces to that of their regions, and put these in order.

    Parameters
    ----------
    group, region : (f,) int
        Of each face.
    part : (k,) int
        Of each region.
    """
    count = int(region.max(initial=-1)) + 1
    area_m2 = np.bincount(region, weights=shapely.area(face), minlength=count).astype(np.float64)
    # Of two as large as each other the one farther south is the first, then the one farther west.
    box = shapely.bounds(face)
    north = np.full(count, -np.inf)
    np.maximum.at(north, region, box[:, 3])
    west = np.bincount(region, weights=box[:, 0], minlength=count) / np.bincount(region, minlength=count)
    of = np.zeros(count, dtype=np.int64)
    of[region] = group
    order = np.lexsort((west, north, -area_m2.round(6), of))
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    left = rank[region[segments.left]]
    right = np.where(segments.right >= 0, rank[region[segments.right]], count)
    between = np.zeros((count + 1, count + 1))
    np.add.at(between, (left, right), segments.length_m)
    between += between.T
    np.fill_diagonal(between, 0.0)
    return Regions(
        faces=faces,
        face=face,
        origin=origin,
        region=rank[region],
        of=of[order],
        part=part[order],
        area_m2=area_m2[order],
        perimeter_m=between[:count].sum(axis=1),
        border_m=between[:count, :count],
    )
