"""What runs along a border: the clear lines of R6 (roads, rivers, walls)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage import Adjacency, Ints, Segments, adjacency_of

ALONG_M = 4.0
"""A border runs along a line when it stays within this distance of it, metres."""

STEP_M = 10.0
"""Borders are tested at points at most this far apart, metres."""


class Barrier(IntEnum):
    """What a border runs along; the larger code wins where several do."""

    UNKNOWN = 0
    NOTHING = 1
    WALL = 2
    ROAD = 3
    ARTERIAL = 4
    RIVER = 5


CLEAR = (Barrier.WALL, Barrier.ROAD, Barrier.ARTERIAL, Barrier.RIVER)
"""Barriers that make a border clear (界限明晰)."""


@dataclass(frozen=True)
class BarrierLines:
    """The lines and areas that make borders clear; each an array of shapely geometries in metres."""

    roads: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    arterials: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    water: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    walls: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))

    def known(self) -> bool:
        """Whether there is anything at all to compare borders with."""
        return any(len(lines) for lines in (self.roads, self.arterials, self.water, self.walls))

    def coded(self) -> tuple[NDArray[np.object_], Ints]:
        """Return all of them, and (n,) the code of `Barrier` of each."""
        kinds = {
            Barrier.RIVER: self.water,
            Barrier.ARTERIAL: self.arterials,
            Barrier.ROAD: self.roads,
            Barrier.WALL: self.walls,
        }
        codes = np.repeat(np.array([*kinds], dtype=np.int64), [len(lines) for lines in kinds.values()])
        return np.concatenate([*kinds.values()]), codes


def classify_borders(segments: Segments, count: int, lines: BarrierLines) -> tuple[Adjacency, Ints]:
    """Return the adjacency of a coverage with the barrier each border runs along.

    A border is sampled at the midpoints of pieces of at most 10 m. Each piece takes the strongest barrier
    within 4 m; the border takes the class that holds the most of its length, nothing included (the stronger
    on a tie).

    Parameters
    ----------
    segments
        Of `geo.coverage.border_segments`.
    count
        Number of polygons, n.
    lines
        What to compare with. With nothing in it every border is `Barrier.UNKNOWN`.

    Returns
    -------
    Adjacency, (m,) int
        In the order of ``Adjacency.edges``, codes of `Barrier`.
    """
    who = adjacency_of(segments, count)
    if not lines.known() or not len(who.edges):
        return who, np.full(len(who.edges), Barrier.UNKNOWN, dtype=np.int64)
    inner = segments.right >= 0
    keys = who.edges[:, 0] * count + who.edges[:, 1]
    edge_of = np.searchsorted(keys, segments.left[inner] * count + segments.right[inner])
    points, piece_m, piece_edge = _pieces(segments, inner, edge_of)
    shapes, codes = lines.coded()
    # The side that asks is prepared: the longer one should be it, as far as it comes near.
    left, low, right, high = shapely.total_bounds(points) + np.array([-1, -1, 1, 1]) * 2 * ALONG_M
    shapes = shapely.clip_by_rect(shapes, left, low, right, high)
    shape, near = shapely.STRtree(points).query(shapes, predicate="dwithin", distance=ALONG_M)
    found = np.full(len(points), Barrier.NOTHING, dtype=np.int64)
    np.maximum.at(found, near, codes[shape])
    held_m = np.zeros((len(who.edges), len(Barrier)))
    np.add.at(held_m, (piece_edge, found), piece_m)
    strongest_first = held_m[:, ::-1]
    return who, len(Barrier) - 1 - strongest_first.argmax(axis=1).astype(np.int64)


def _pieces(
    segments: Segments, inner: NDArray[np.bool_], edge_of: Ints
) -> tuple[NDArray[np.object_], NDArray[np.float64], Ints]:
    """Cut the inner segments into pieces of at most `STEP_M`: midpoints, lengths and edges."""
    start, end = segments.start[inner], segments.end[inner]
    length = np.hypot(*(end - start).T)
    cuts = np.maximum(np.ceil(length / STEP_M).astype(np.int64), 1)
    of = np.repeat(np.arange(len(start)), cuts)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(cuts) - cuts, cuts)
    share = (nth + 0.5) / cuts[of]
    middle = start[of] + (end[of] - start[of]) * share[:, None]
    return shapely.points(middle), (length / cuts)[of], edge_of[of]
