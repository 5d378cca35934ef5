"""What a line leaves of polygons: their regions, and which of them lie on the same side of the line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage import adjacency_of, border_segments
from geo.cutting import faces_inside
from geo.errors import LineError
from geo.snapping import SAME_PLACE_M

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.coverage import Adjacency, Segments

    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Regions:
    """The k regions a line divides polygons into, those of one polygon after each other, largest first.

    Attributes
    ----------
    polygon : (k,) shapely Polygon
    of : (k,) int
        The position of the polygon each is a region of.
    """

    polygon: Shapes
    of: Ints

    def __len__(self) -> int:
        return len(self.polygon)

    @cached_property
    def _segments(self) -> Segments:
        return border_segments(self.polygon)

    @cached_property
    def _adjacency(self) -> Adjacency:
        return adjacency_of(self._segments, len(self))

    def border_m(self) -> NDArray[np.float64]:
        """Return (k, k) metres of border that regions share."""
        found = np.zeros((len(self), len(self)))
        one, other = self._adjacency.edges.T
        found[one, other] = found[other, one] = self._adjacency.border_m
        return found

    def between(self, one: NDArray[np.bool_]) -> BaseGeometry:
        """Return the parts of the line between some regions and the others of the same polygons.

        Parameters
        ----------
        one
            (k,) which regions are on one side.
        """
        segments = self._segments
        inner = segments.right >= 0
        left, right = segments.left[inner], segments.right[inner]
        inner[inner] = (one[left] != one[right]) & (self.of[left] == self.of[right])
        lines = shapely.linestrings(np.stack([segments.start[inner], segments.end[inner]], axis=1))
        return shapely.line_merge(shapely.union_all(lines))

    def sides(self) -> Ints:
        """Return 0 or 1 for each region of one polygon: whoever crosses the line changes sides; the largest is on 0.

        Raises
        ------
        LineError
            "line-not-across" when the line does not part two sides: one gets around its end.
        """
        side = np.full(len(self), -1, dtype=np.int64)
        touching = self._adjacency.edges.reshape(-1, 2)
        for start in range(len(self)):
            if side[start] >= 0:
                continue
            side[start] = 0
            waiting = [start]
            while waiting:
                here = waiting.pop()
                near = np.concatenate(
                    [touching[touching[:, 0] == here, 1], touching[touching[:, 1] == here, 0]]
                )
                if (side[near] == side[here]).any():
                    raise LineError(
                        "line-not-across", "the line does not part two sides; draw it from border to border."
                    )
                fresh = near[side[near] < 0]
                side[fresh] = 1 - side[here]
                waiting.extend(fresh.tolist())
        return side


def regions(polygons: Shapes, fitted: BaseGeometry) -> Regions:
    """Divide polygons of a coverage by a line that `geo.snapping.fit_line` has brought onto it.

    Parameters
    ----------
    polygons
        (n,) Polygons or MultiPolygons on the 1 mm grid.

    Returns
    -------
    Regions
        One for each part of a polygon that the line does not reach across.
    """
    near = np.flatnonzero(shapely.dwithin(polygons, fitted, SAME_PLACE_M))
    found = faces_inside(polygons, near, [fitted])
    whole = [at for at in range(len(polygons)) if at not in found]
    parts, of_part = shapely.get_parts(polygons[whole], return_index=True)
    polygon = np.concatenate([parts, *found.values()])
    of = np.concatenate(
        [np.array(whole, dtype=np.int64)[of_part], *(np.full(len(f), at) for at, f in found.items())]
    )
    order = np.lexsort((*shapely.bounds(polygon).T, -shapely.area(polygon), of))
    return Regions(polygon[order], of[order])


def share_of(polygons: Shapes, areas: Shapes) -> NDArray[np.float64]:
    """Return how much of each polygon lies in each area.

    Parameters
    ----------
    areas
        (k,) a coverage that the polygons lie in: the last that one meets has what the others leave of it.

    Returns
    -------
    (n, k) float
        Square metres.
    """
    found = np.zeros((len(polygons), len(areas)))
    # Most lie within one area: what is asked about many polygons is prepared once.
    area, inside = shapely.STRtree(polygons).query(areas, predicate="covers")
    found[inside, area] = shapely.area(polygons[inside])
    rest = np.ones(len(polygons), dtype=bool)
    rest[inside] = False
    at, area = shapely.STRtree(areas).query(polygons[rest], predicate="intersects")
    at = np.flatnonzero(rest)[at]
    order = np.argsort(at, kind="stable")
    at, area = at[order], area[order]
    is_last = np.ones(len(at), dtype=bool)
    is_last[:-1] = at[1:] != at[:-1]
    one, other = at[~is_last], area[~is_last]
    found[one, other] = shapely.area(shapely.intersection(polygons[one], areas[other]))
    one, other = at[is_last], area[is_last]
    found[one, other] = shapely.area(polygons[one]) - found[one].sum(axis=1)
    return found
