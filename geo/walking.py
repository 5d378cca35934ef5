"""Minutes on foot along streets, from many points to a few.

The street network is a graph whose edges are the road lines, noded where they cross. A point enters it at the nearest
place on a line, and the way there counts. Where there are no streets, or none lead on, the straight line is
taken with a detour, and said to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SPEED_M_PER_MIN = 80.0
"""Metres an adult walks in a minute (4.8 km/h), as fifteen-minute circles of about 1,200 m assume."""

DETOUR = 1.3
"""Metres walked for a metre of straight line where the streets are not known."""

SHORTEST_M = 1e-6
"""Two places on one spot are so far apart, since a sparse graph cannot tell no way from a way of no length."""


@dataclass(frozen=True, eq=False)
class Walks:
    """Minutes on foot.

    Attributes
    ----------
    minutes : (n, s) float
        From each of n points to each of s.
    straight : (n, s) bool
        Where the straight line with a detour was taken, because no streets join the two.
    """

    minutes: Floats
    straight: NDArray[np.bool_]


def walk_minutes(
    streets: NDArray[np.object_],
    origins: Floats,
    goals: Floats,
    *,
    speed_m_per_min: float = SPEED_M_PER_MIN,
    detour: float = DETOUR,
) -> Walks:
    """Return the minutes on foot from every origin to every goal.

    Parameters
    ----------
    streets
        (r,) lines or multilines, metres; may be empty. Crossing lines count as joined, bridges too.
    origins, goals
        (n, 2) and (s, 2) metres.
    speed_m_per_min, detour
        Metres a minute, and metres walked for a metre of straight line.
    """
    reach_m = np.hypot(*(origins[:, None, :] - goals[None, :, :]).transpose(2, 0, 1))
    along_m = np.full(reach_m.shape, np.inf)
    if len(streets) and len(goals) and len(origins):
        along_m = _along_streets(streets, origins, goals)
    straight = ~np.isfinite(along_m)
    metres = np.where(straight, reach_m * detour, along_m)
    return Walks(metres / speed_m_per_min, straight)


def _along_streets(streets: NDArray[np.object_], origins: Floats, goals: Floats) -> Floats:
    """Return (n, s) metres along the network, infinite where it does not join two points."""
    from scipy.sparse.csgraph import dijkstra

    points, of_point = np.unique(np.concatenate([origins, goals]), axis=0, return_inverse=True)
    of_point = of_point.reshape(-1)
    ends, pairs = _segments(streets)
    at, offset_m, access_m = _entries(ends[pairs], points)
    graph = _network(ends, pairs, at, offset_m)
    to = of_point[len(origins) :]
    found: Floats = dijkstra(graph, directed=False, indices=len(ends) + to)
    metres = found[:, len(ends) + of_point[: len(origins)]].T
    metres += access_m[of_point[: len(origins)], None] + access_m[to][None, :]
    metres[of_point[: len(origins), None] == to[None, :]] = 0.0
    return metres


def _segments(streets: NDArray[np.object_]) -> tuple[Floats, Ints]:
    """Return (v, 2) places and (e, 2) straight pieces between them, of lines noded where they cross."""
    noded = shapely.get_parts(shapely.node(shapely.multilinestrings(shapely.get_parts(streets))))
    xy, line = shapely.get_coordinates(noded, return_index=True)
    places, number = np.unique(xy, axis=0, return_inverse=True)
    number = number.reshape(-1)
    joined = line[:-1] == line[1:]
    pairs = np.column_stack([number[:-1][joined], number[1:][joined]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    return places, pairs[pairs[:, 0] != pairs[:, 1]].astype(np.int64)


def _entries(ends: NDArray[Any], points: Floats) -> tuple[Ints, Floats, Floats]:
    """Return for each point the nearest piece, how far along it the point enters, and the metres to it."""
    lines: NDArray[np.object_] = np.asarray(shapely.linestrings(ends), dtype=object)
    tree = shapely.STRtree(lines)
    from_point, piece = tree.query_nearest(shapely.points(points), all_matches=True)
    first = np.unique(from_point, return_index=True)[1]  # of equally near pieces the first: pieces are sorted
    nearest = np.minimum.reduceat(piece, first)
    one, two = ends[nearest, 0], ends[nearest, 1]
    along = two - one
    length_m = np.hypot(*along.T)
    share = np.clip(((points - one) * along).sum(axis=1) / length_m**2, 0.0, 1.0)
    access_m = np.hypot(*(points - (one + share[:, None] * along)).T)
    return nearest, share * length_m, access_m


def _network(ends: Floats, pairs: Ints, at: Ints, offset_m: Floats) -> csr_array:
    """Return the metres between neighbouring places: pieces are cut where points enter, whose numbers follow."""
    from scipy.sparse import csr_array

    length_m = np.hypot(*(ends[pairs[:, 0]] - ends[pairs[:, 1]]).T)
    piece = np.concatenate([np.arange(len(pairs)), np.arange(len(pairs)), at])
    along_m = np.concatenate([np.zeros(len(pairs)), length_m, offset_m])
    place = np.concatenate([pairs[:, 0], pairs[:, 1], len(ends) + np.arange(len(at))])
    kind = np.concatenate([np.zeros(len(pairs)), np.full(len(pairs), 2), np.ones(len(at))])
    order = np.lexsort((kind, along_m, piece))
    piece, along_m, place = piece[order], along_m[order], place[order]
    joined = piece[:-1] == piece[1:]
    metres = np.maximum(np.diff(along_m)[joined], SHORTEST_M)
    one, two = place[:-1][joined], place[1:][joined]
    count = len(ends) + len(at)
    return csr_array((metres, (one, two)), shape=(count, count))
