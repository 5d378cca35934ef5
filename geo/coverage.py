"""Coverages: polygons that touch without gap or overlap, and who touches whom.

A set of polygons is a *valid coverage* when their interiors are disjoint and every shared border has the same
vertices on both sides (OGC simple features; shapely ``coverage_is_valid``). Whether narrow slits between
polygons count as gaps depends on a gap width, so a check always states the width it used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Adjacency:
    """Rook adjacency of n polygons.

    Attributes
    ----------
    edges : (m, 2) int
        Pairs i < j that share a border of positive length, in ascending order.
    border_m : (m,) float
        Length of the shared border, metres.
    outer_m : (n,) float
        Length of each polygon's border that no other polygon shares, metres.
    """

    edges: Ints
    border_m: Floats
    outer_m: Floats


@dataclass(frozen=True)
class Segments:
    """Every straight piece of every ring, each piece once.

    Attributes
    ----------
    start, end : (s, 2) float
        Coordinates, metres.
    left, right : (s,) int
        The two polygons on its sides, left < right; right is -1 on the rim.
    """

    start: Floats
    end: Floats
    left: Ints
    right: Ints

    def those(self, wanted: NDArray[np.bool_]) -> Segments:
        """Return the segments that are wanted, of (s,) flags."""
        return Segments(self.start[wanted], self.end[wanted], self.left[wanted], self.right[wanted])

    @property
    def length_m(self) -> Floats:
        """(s,) lengths in metres."""
        step = self.end - self.start
        return np.hypot(step[:, 0], step[:, 1], dtype=np.float64)


@dataclass(frozen=True)
class CoverageFault:
    """One polygon that breaks the coverage: its position in the input and where its bad border lies."""

    index: int
    edges: shapely.Geometry


def coverage_faults(polygons: NDArray[np.object_], gap_width_m: float = 0.0) -> list[CoverageFault]:
    """List the polygons whose borders overlap, miss a shared vertex, or leave a gap narrower than a width.

    Parameters
    ----------
    polygons
        (n,) array of Polygon or MultiPolygon, metres.
    gap_width_m
        Slits up to this width count as gaps; 0 looks for overlaps and unshared vertices only.
    """
    bad = shapely.coverage_invalid_edges(polygons, gap_width=gap_width_m)
    return [CoverageFault(int(i), bad[i]) for i in np.flatnonzero(~shapely.is_empty(bad))]


def border_segments(polygons: NDArray[np.object_]) -> Segments:
    """Cut all rings of a coverage into segments and pair those that two polygons share.

    Vertices are matched on the 1 mm grid. Input that is no valid coverage gives unpaired segments where
    vertices are missing; a segment held by three polygons keeps the first two.
    """
    parts, part_of = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    node = grid_nodes(xy)
    at = np.flatnonzero((ring_of[:-1] == ring_of[1:]) & (node[:-1] != node[1:]))
    owner = part_of[ring_part[ring_of[at]]].astype(np.int64)
    low, high = np.minimum(node[at], node[at + 1]), np.maximum(node[at], node[at + 1])
    order = np.lexsort((owner, high, low))
    at, owner, low, high = at[order], owner[order], low[order], high[order]
    is_first = np.ones(len(at), dtype=bool)
    is_first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    first = np.flatnonzero(is_first)
    following = np.minimum(first + 1, len(at) - 1)
    paired = (following > first) & ~is_first[following] & (owner[following] != owner[first])
    at = at[first]
    return Segments(xy[at], xy[at + 1], owner[first], np.where(paired, owner[following], -1))


def grid_nodes(xy: Floats) -> Ints:
    """Return one number for each place of the 1 mm grid, ascending from west to east, then from south to north."""
    grid = np.rint(xy * 1000)
    if not len(grid):
        return np.empty(0, dtype=np.int64)
    grid -= grid.min(axis=0)
    if grid.max() >= 1 << 31:
        raise ValueError("polygons more than 2,147 km apart are no coverage in one plane")
    steps = grid.astype(np.int64)
    return (steps[:, 0] << 31) + steps[:, 1]


def adjacency(polygons: NDArray[np.object_]) -> Adjacency:
    """Return who shares a border of positive length with whom (rook adjacency; single points do not count).

    Parameters
    ----------
    polygons
        (n,) array of Polygon or MultiPolygon forming a valid coverage, metres.
    """
    return adjacency_of(border_segments(polygons), len(polygons))


def adjacency_of(segments: Segments, count: int) -> Adjacency:
    """Sum segments to the adjacency of ``count`` polygons."""
    length = segments.length_m
    shared = segments.right >= 0
    pair = segments.left[shared] * count + segments.right[shared]
    keys, at = np.unique(pair, return_inverse=True)
    border = np.bincount(at, weights=length[shared], minlength=len(keys)).astype(np.float64)
    outer = np.bincount(segments.left[~shared], weights=length[~shared], minlength=count).astype(np.float64)
    return Adjacency(np.column_stack([keys // count, keys % count]), border, outer)


def connected_pieces(count: int, edges: Ints, label: Ints) -> Ints:
    """Label the connected pieces of a labelled graph.

    Parameters
    ----------
    count
        Number of nodes, n.
    edges
        (m, 2) pairs of nodes.
    label
        (n,) label of each node; edges between different labels are ignored.

    Returns
    -------
    (n,) int
        The piece of each node. Labels in one piece each have as many pieces as labels.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    inner = edges[label[edges[:, 0]] == label[edges[:, 1]]]
    graph = coo_array((np.ones(len(inner), dtype=np.int8), (inner[:, 0], inner[:, 1])), shape=(count, count))
    return connected_components(graph, directed=False)[1].astype(np.int64)
