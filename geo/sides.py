"""What a line leaves of one polygon: its regions, and which of them lie on the same side of the line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.coverage import adjacency_of, border_segments
from geo.crs import GRID_M, to_grid
from geo.errors import LineError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.coverage import Segments

    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Regions:
    """The k regions a line divides a polygon into, largest first.

    Attributes
    ----------
    polygon : (k,) shapely Polygon
    """

    polygon: Shapes

    def __len__(self) -> int:
        return len(self.polygon)

    @cached_property
    def _segments(self) -> Segments:
        return border_segments(self.polygon)

    def between(self, one: NDArray[np.bool_]) -> BaseGeometry:
        """Return the parts of the line between some regions and the others.

        Parameters
        ----------
        one
            (k,) which regions are on one side.
        """
        segments = self._segments
        inner = segments.right >= 0
        inner[inner] = one[segments.left[inner]] != one[segments.right[inner]]
        lines = shapely.linestrings(np.stack([segments.start[inner], segments.end[inner]], axis=1))
        return shapely.line_merge(shapely.union_all(lines))

    def sides(self) -> Ints:
        """Return 0 or 1 for each region: whoever crosses the line changes sides. The largest region is on side 0.

        Raises
        ------
        LineError
            "line-not-across" when the line does not part two sides: one gets around its end.
        """
        side = np.full(len(self), -1, dtype=np.int64)
        touching = adjacency_of(self._segments, len(self)).edges.reshape(-1, 2)
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


def regions(polygon: BaseGeometry, fitted: BaseGeometry) -> Regions:
    """Divide a polygon by a line that `geo.snapping.fit_line` has brought onto it.

    Parameters
    ----------
    polygon
        Polygon or MultiPolygon on the 1 mm grid.

    Returns
    -------
    Regions
        One for each part of the polygon that the line does not reach across.
    """
    noded = shapely.union_all([shapely.boundary(polygon), fitted], grid_size=GRID_M)
    faces = to_grid(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    shapely.prepare(polygon)
    inside = faces[shapely.intersects(polygon, shapely.point_on_surface(faces))]
    return Regions(inside[np.lexsort((*shapely.bounds(inside).T, -shapely.area(inside)))])


def share_of(polygons: Shapes, areas: Shapes) -> NDArray[np.float64]:
    """Return how much of each polygon lies in each area.

    Parameters
    ----------
    areas
        (k,) a coverage that the polygons lie in: one that meets a single area is in it with all of its own.

    Returns
    -------
    (n, k) float
        Square metres.
    """
    found = np.zeros((len(polygons), len(areas)))
    at, area = shapely.STRtree(areas).query(polygons, predicate="intersects")
    found[at, area] = shapely.area(polygons)[at]
    several = np.bincount(at, minlength=len(polygons))[at] > 1
    at, area = at[several], area[several]
    found[at, area] = shapely.area(shapely.intersection(polygons[at], areas[area]))
    return found
