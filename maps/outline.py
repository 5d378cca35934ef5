"""The outline of a unit told in runs: for each stretch its neighbour, what lies along it and which way it faces."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.barriers import ALONG_M, STEP_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DIRECTIONS = (
    "north",
    "north_east",
    "east",
    "south_east",
    "south",
    "south_west",
    "west",
    "north_west",
)
"""Clockwise from north, each an eighth of the compass wide."""

AROUND = "around"
"""Faces every way at once: a stretch that closes on itself."""

SHORT_M = 25.0
"""A change of line shorter than this is a crossing road or a slip of the pencil, not a stretch of its own, metres."""

CORNER_M = 15.0
"""A line that passes within this distance of a stretch's end names that end, metres."""

TOUCH_M = 0.005
"""Neighbours share vertices on a 1 mm grid; a point of the border is this near to both, metres."""


@dataclass(frozen=True)
class AlongLine:
    """Something a border may run along.

    Attributes
    ----------
    kind
        Class of a road, kind of a water, or "wall".
    rank
        Strength as in `geo.barriers.Barrier`; the larger is told where several lie side by side.
    """

    kind: str
    name: str | None
    name_en: str | None
    rank: int

    @property
    def identity(self) -> tuple[str, str | None]:
        """What makes two pieces one line: a road is often stored in many pieces."""
        return self.kind, self.name


@dataclass(frozen=True)
class Run:
    """One stretch of an outline, told clockwise.

    Attributes
    ----------
    neighbour
        Position among the neighbours, None where there is none (the rim of the district).
    along
        What lies along it, None where nothing does.
    start_at, end_at
        Lines that pass its ends, None where none does or where they are the line itself.
    facing
        One of `DIRECTIONS`, or `AROUND`.
    outward : (2,) float
        Sum of the outward normals over the length, metres; its direction is what ``facing`` names.
    """

    neighbour: int | None
    along: AlongLine | None
    start_at: AlongLine | None
    end_at: AlongLine | None
    length_m: float
    facing: str
    outward: Floats


def outline_runs(
    polygon: shapely.Geometry,
    neighbours: NDArray[np.object_],
    lines: Sequence[AlongLine],
    shapes: NDArray[np.object_],
) -> list[Run]:
    """Tell a polygon's rings in runs, clockwise from the one that faces furthest north.

    The border is sampled at the midpoints of pieces of at most 10 m, as `geo.barriers.classify_borders` does; a piece
    takes the strongest line within 4 m. Pieces with the same neighbour and line form a run; a run shorter than 25 m
    joins the longer run beside it that has the same neighbour.

    Parameters
    ----------
    polygon
        Polygon or MultiPolygon, metres.
    neighbours
        (n,) polygons that share vertices with it.
    lines, shapes
        m lines and their geometries, metres.
    """
    told: list[Run] = []
    tree = shapely.STRtree(shapes)
    for part in shapely.get_parts(polygon):
        for hole, ring in enumerate((part.exterior, *part.interiors)):
            ring_runs = _ring_runs(ring, hole > 0, neighbours, lines, tree)
            first = max(range(len(ring_runs)), key=lambda i: _northing(ring_runs[i]))
            told.extend(ring_runs[first:] + ring_runs[:first])
    return told


def facing_of(outward: Floats, length_m: float) -> str:
    """Return the direction of an outward normal, or `AROUND` when it nearly cancels itself out."""
    if np.hypot(*outward) < 0.15 * length_m:
        return AROUND
    bearing = np.degrees(np.arctan2(outward[0], outward[1]))
    return DIRECTIONS[int(np.floor(bearing / 45 + 0.5)) % 8]


def _northing(run: Run) -> float:
    return float(run.outward[1]) if run.facing != AROUND else -np.inf


Label = tuple[int, tuple[str, str | None] | None]
"""Neighbour and line of one piece."""


def _ring_runs(
    ring: shapely.LinearRing,
    hole: bool,
    neighbours: NDArray[np.object_],
    lines: Sequence[AlongLine],
    tree: shapely.STRtree,
) -> list[Run]:
    coordinates = shapely.get_coordinates(ring)
    # The outside is walked clockwise, holes against it: the outward normal is then always on the left hand.
    if shapely.is_ccw(ring) != hole:
        coordinates = coordinates[::-1]
    corners = _pieces(coordinates)
    middle: NDArray[np.object_] = np.asarray(shapely.points((corners[:-1] + corners[1:]) / 2))
    beside = _nearest(middle, neighbours)
    along = _strongest(middle, lines, tree)
    called = {line.identity: line for line in lines}
    labels: list[Label] = [
        (int(n), lines[a].identity if a >= 0 else None) for n, a in zip(beside, along, strict=True)
    ]
    length_m = np.hypot(*(corners[1:] - corners[:-1]).T)
    runs = []
    for group in _settled(labels, length_m):
        neighbour, identity = labels[group[0]]
        ends = (corners[group[0]], corners[group[-1] + 1])
        step = ends[1] - ends[0]
        outward = np.array([-step[1], step[0]])
        total = float(length_m[group].sum())
        start_at, end_at = (_passing(end, identity, lines, tree) for end in ends)
        along_it = called[identity] if identity is not None else None
        facing = facing_of(outward, total)
        runs.append(
            Run(neighbour if neighbour >= 0 else None, along_it, start_at, end_at, total, facing, outward)
        )
    return runs


def _pieces(coordinates: Floats) -> Floats:
    """Return the corners of a ring with points added, so that no piece is longer than `STEP_M`."""
    kept = [coordinates[:1]]
    for start, end in pairwise(coordinates):
        cuts = max(int(np.ceil(np.hypot(*(end - start)) / STEP_M)), 1)
        kept.append(start + (end - start) * (np.arange(1, cuts + 1) / cuts)[:, None])
    return np.concatenate(kept)


def _nearest(points: NDArray[np.object_], neighbours: NDArray[np.object_]) -> Ints:
    """(n,) position of the neighbour that touches each point, -1 where none does."""
    found = np.full(len(points), -1, dtype=np.int64)
    if len(neighbours):
        point, polygon = shapely.STRtree(neighbours).query(points, predicate="dwithin", distance=TOUCH_M)
        found[point] = polygon
    return found


def _strongest(points: NDArray[np.object_], lines: Sequence[AlongLine], tree: shapely.STRtree) -> Ints:
    """(n,) position of the strongest line along each point, the nearer on a tie; -1 where there is none."""
    found = np.full(len(points), -1, dtype=np.int64)
    point, line = tree.query(points, predicate="dwithin", distance=ALONG_M)
    if len(point):
        rank = np.array([lines[i].rank for i in line])
        distance = shapely.distance(points[point], tree.geometries[line])
        weakest_first = np.lexsort((line, -distance, rank))
        found[point[weakest_first]] = line[weakest_first]
    return found


def _grouped(labels: list[Label]) -> list[list[int]]:
    """Group the pieces of a ring that follow each other and are alike; the last may run on into the first."""
    groups: list[list[int]] = []
    for i, label in enumerate(labels):
        if groups and labels[groups[-1][-1]] == label:
            groups[-1].append(i)
        else:
            groups.append([i])
    if len(groups) > 1 and labels[groups[0][0]] == labels[groups[-1][0]]:
        groups[0] = groups.pop() + groups[0]
    return groups


def _settled(labels: list[Label], length_m: Floats) -> list[list[int]]:
    """Group pieces into runs; a short group takes the label of the longer one beside it, shortest first."""
    while True:
        groups = _grouped(labels)
        size = [float(length_m[group].sum()) for group in groups]
        for k in sorted((k for k in range(len(groups)) if size[k] < SHORT_M), key=lambda k: size[k]):
            beside = {(k - 1) % len(groups), (k + 1) % len(groups)} - {k}
            same = [j for j in beside if labels[groups[j][0]][0] == labels[groups[k][0]][0]]
            if same:
                taken = labels[groups[max(same, key=lambda j: (size[j], -j))][0]]
                for piece in groups[k]:
                    labels[piece] = taken
                break
        else:
            return groups


def _passing(
    end: Floats, own: tuple[str, str | None] | None, lines: Sequence[AlongLine], tree: shapely.STRtree
) -> AlongLine | None:
    """Return the strongest named line that passes an end of a run, other than the run's own."""
    near = tree.query(shapely.points(end), predicate="dwithin", distance=CORNER_M)
    own_name = own[1] if own is not None else None
    named = [lines[i] for i in near if lines[i].name not in {None, own_name}]
    return max(named, key=lambda line: (line.rank, line.name or ""), default=None)
