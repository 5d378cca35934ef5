"""The faces between rings and lines that are noded together, and what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import MultiPolygon

from geo.coverage import grid_nodes
from geo.crs import GRID_M, to_grid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]


def faces_inside(polygons: Shapes, touched: Ints, lines: Iterable[BaseGeometry]) -> dict[int, Shapes]:
    """Node the rings of some polygons of a coverage with lines and return the faces inside each of them.

    Parameters
    ----------
    polygons : (n,) shapely geometries, metres
        On the 1 mm grid.
    touched : (m,) int
        Positions of the polygons whose rings are noded.
    lines
        What divides them.

    Returns
    -------
    position of a polygon -> (k,) shapely Polygon
        On the 1 mm grid; empty where noding left nothing of it.
    """
    noded = shapely.union_all([*shapely.boundary(polygons[touched]), *lines], grid_size=GRID_M)
    faces = to_grid(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    # Polygonize also returns what enclosed polygons, or holes, fill: no point of such a face is inside ours.
    face, near = shapely.STRtree(polygons[touched]).query(
        shapely.point_on_surface(faces), predicate="intersects"
    )
    shared = np.zeros(len(face))
    doubtful = np.bincount(face, minlength=len(faces))[face] > 1
    shared[doubtful] = shapely.area(
        shapely.intersection(faces[face[doubtful]], polygons[touched[near[doubtful]]])
    )
    order = np.lexsort((-shared, face))
    face, near = face[order], near[order]
    first = np.ones(len(face), dtype=bool)
    first[1:] = face[1:] != face[:-1]
    return {int(touched[k]): faces[face[first & (near == k)]] for k in range(len(touched))}


def only_with_nodes(built: list[list[BaseGeometry]], known: list[BaseGeometry]) -> list[list[BaseGeometry]]:
    """Leave the vertices out of polygons that some geometries do not have; none where too few would be left of one.

    Parameters
    ----------
    built
        Polygons or MultiPolygons, in groups.
    known
        What has the vertices that stay.

    Returns
    -------
    The same in the same groups.
    """
    pieces = np.array([piece for new in built for piece in new], dtype=object)
    parts, of_part = shapely.get_parts(pieces, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    nodes = grid_nodes(np.concatenate([xy, shapely.get_coordinates(known)]))
    stays = np.isin(nodes[: len(xy)], nodes[len(xy) :])
    if stays.all():
        return built
    # The last vertex of a ring is its first, and is put there again.
    stays[np.flatnonzero(np.diff(ring, append=-1))] = False
    if (np.bincount(ring[stays], minlength=len(rings)) < 3).any():
        return built
    rings = np.asarray(shapely.linearrings(xy[stays], indices=ring[stays]), dtype=object)
    parts = np.asarray(shapely.polygons(rings, indices=of_ring), dtype=object)
    whole = [list(parts[of_part == at]) for at in range(len(pieces))]
    rest = iter([its[0] if len(its) == 1 else MultiPolygon(its) for its in whole])
    return [[next(rest) for _ in new] for new in built]
