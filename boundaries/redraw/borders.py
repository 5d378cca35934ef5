"""Borders of new block versions: stored when they are made, completed when versions meet that never met before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boundaries.layers import barrier_lines
from boundaries.storage.database import geometries_of
from geo.barriers import ALONG_M, Barrier, BarrierLines, classify_borders
from geo.coverage import adjacency_of, border_segments

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from boundaries.redraw.changes import Change
    from boundaries.redraw.edges import Pair
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent
    from geo.coverage import Segments

    Ints = NDArray[np.int64]

Box = tuple[float, float, float, float]
"""Left, low, right and high, metres."""

WHOLE_M = 0.001
"""A block's known borders and its rim make up its perimeter to this, metres."""


def store_borders(state: State, segments: Segments, ids: Ints, new: Collection[int]) -> None:
    """Store the borders of new block versions with each other and with their neighbours.

    Parameters
    ----------
    segments
        Of `geo.coverage.border_segments` over n blocks that hold the new ones and all their neighbours.
    ids : (n,) int
        Ids of those blocks.
    """
    of_new = borders_of(segments, np.isin(ids, list(new)))
    if len(of_new.left):
        write_borders(state, of_new, ids, ids, of_new, ask_lines(state, box_of(of_new)), before={})


def borders_of(segments: Segments, new: NDArray[np.bool_]) -> Segments:
    """Return the segments between new blocks and any others.

    Parameters
    ----------
    new : (n,) bool
        Which blocks are new.
    """
    return segments.those((segments.right >= 0) & (new[segments.left] | new[segments.right]))


def shared_out(segments: Segments, origin: Ints) -> NDArray[np.bool_]:
    """Return (s,) whether a segment lies on a border that was not there, or that several pairs of blocks share now.

    Parameters
    ----------
    segments
        Of `borders_of` over n blocks.
    origin : (n,) int
        The version each block had before; its own id where it is not new.
    """
    _, at = np.unique(origin, return_inverse=True)
    count = len(at)
    one, other = at[segments.left], at[segments.right]
    pairs, pair = np.unique(segments.left * count + segments.right, return_inverse=True)
    before = np.zeros(len(pairs), dtype=np.int64)
    before[pair] = np.minimum(one, other) * count + np.maximum(one, other)
    _, border, times = np.unique(before, return_inverse=True, return_counts=True)
    flags: NDArray[np.bool_] = (times[border] > 1)[pair] | (one == other)
    return flags


def write_borders(
    state: State,
    of_new: Segments,
    ids: Ints,
    origin: Ints,
    changed: Segments,
    near: Sent,
    before: Mapping[Pair, tuple[int, int]],
) -> dict[Pair, tuple[float, int]]:
    """Store borders with what runs along them.

    Parameters
    ----------
    of_new
        Of `borders_of` over n blocks with these ids.
    origin
        As `shared_out`.
    changed
        Those of which that is to be found; the others keep what ran along the border between the versions before.
    near
        Of `ask_lines` for a box that these lie in.
    before
        Borders of the versions before, as `boundaries.redraw.edges.Edges` has them.

    Returns
    -------
    pair of blocks -> (metres, code of `geo.barriers.Barrier`)
    """
    who = adjacency_of(of_new, len(ids))
    lines, known = _lines_near(near)
    found, kinds = classify_borders(changed, len(ids), lines)
    kinds = np.maximum(kinds, Barrier.NOTHING) if known else kinds
    new = dict(zip(map(tuple, found.edges.tolist()), kinds.tolist(), strict=True))
    # Where noding moved a corner two blocks may have come to touch, by millimetres.
    nothing = int(Barrier.NOTHING if known else Barrier.UNKNOWN)
    old = {pair: barrier for pair, (_, barrier) in before.items()}
    made: dict[Pair, tuple[float, int]] = {}
    for (a, b), metres in zip(who.edges.tolist(), who.border_m.tolist(), strict=True):
        barrier = new.get((a, b))
        if barrier is None:
            barrier = old.get(_pair(int(origin[a]), int(origin[b])), nothing)
        made[_pair(int(ids[a]), int(ids[b]))] = metres, barrier
    state.send(
        "INSERT INTO block_border (first_id, second_id, border_m, barrier) SELECT * FROM unnest("
        "CAST(:first AS bigint[]), CAST(:second AS bigint[]), CAST(:metres AS double precision[]), "
        "CAST(:barrier AS integer[])) ON CONFLICT DO NOTHING",
        first=[first for first, _ in made],
        second=[second for _, second in made],
        metres=[metres for metres, _ in made.values()],
        barrier=[barrier for _, barrier in made.values()],
    )
    return made


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def box_of(segments: Segments) -> Box:
    """Return the box around some borders."""
    ends = np.vstack([segments.start, segments.end])
    least, most = ends.min(axis=0), ends.max(axis=0)
    return float(least[0]), float(least[1]), float(most[0]), float(most[1])


def ask_lines(state: State, box: Box) -> Sent:
    """Ask for what runs near the borders in a box."""
    left, low, right, high = box
    near = "district_id = :district AND geom && ST_MakeEnvelope(:left, :low, :right, :high, CAST(:srid AS integer))"
    query = (
        f"SELECT class, ST_AsBinary(geom) FROM road WHERE {near} "
        f"UNION ALL SELECT 'water', ST_AsBinary(geom) FROM water WHERE {near} "
        f"UNION ALL SELECT 'walls', ST_AsBinary(geom) FROM wall WHERE {near} "
        "UNION ALL SELECT 'known', NULL WHERE EXISTS (SELECT 1 FROM road WHERE district_id = :district) "
        "OR EXISTS (SELECT 1 FROM water WHERE district_id = :district) "
        "OR EXISTS (SELECT 1 FROM wall WHERE district_id = :district)"
    )
    reach = {"left": left - ALONG_M, "low": low - ALONG_M, "right": right + ALONG_M, "high": high + ALONG_M}
    return state.send(query, **reach, srid=state.district.srid)


def _lines_near(asked: Sent) -> tuple[BarrierLines, bool]:
    """Return what runs near some borders, and whether the district has anything that makes borders clear."""
    found: dict[str, list[bytes]] = {}
    for kind, shape in asked.rows():
        found.setdefault(kind, []).append(shape)
    known = bool(found.pop("known", None))
    shapes = {kind: geometries_of(rows) for kind, rows in found.items()}
    others = {kind: shapes.pop(kind) for kind in ("water", "walls") if kind in shapes}
    return barrier_lines(shapes, **others), known


@dataclass(frozen=True)
class Lacking:
    """Blocks that come with a change and lack borders, asked for."""

    coming: set[int]
    leaving: set[int]
    asked: Sent | None


def ask_lacking(state: State, change: Change) -> Lacking:
    """Ask which blocks that a change brings do not know all their borders: these and its rim make up a perimeter."""
    coming = change.coming()
    leaving = {block for block, (_, after) in change.blocks.items() if after is None} | set(change.versions)
    doubtful = coming - state.made.keys()
    if not doubtful:
        return Lacking(coming, leaving, None)
    known = (
        "coalesce((SELECT sum(e.border_m) FROM block_border e WHERE e.{here} = b.id AND (e.{there} = ANY(:coming) "
        "OR e.{there} <> ALL(:leaving) AND EXISTS (SELECT 1 FROM assignment a WHERE a.plan_id = :plan "
        "AND a.block_id = e.{there}))), 0)"
    )
    first = known.format(here="first_id", there="second_id")
    second = known.format(here="second_id", there="first_id")
    query = (
        "SELECT b.id FROM block b WHERE b.id = ANY(:doubtful) "
        f"AND abs(ST_Perimeter(b.geom) - b.outer_m - {first} - {second}) > :whole"
    )
    given = {"doubtful": list(doubtful), "coming": list(coming), "leaving": list(leaving)}
    return Lacking(coming, leaving, state.send(query, **given, whole=WHOLE_M))


def complete_borders(state: State, lacking: Lacking) -> bool:
    """Store borders between blocks a change brings back and versions around them that were made while they were gone.

    Returns
    -------
    bool
        Whether any were missing.
    """
    blocks = [row[0] for row in lacking.asked.rows()] if lacking.asked is not None else []
    if blocks:
        _meet(state, blocks, lacking.coming, lacking.leaving)
    return bool(blocks)


def _meet(state: State, lacking: list[int], coming: set[int], leaving: set[int]) -> None:
    """Find the neighbours that some blocks will have, and store the borders with them."""
    query = (
        "SELECT DISTINCT n.id FROM block b JOIN block n ON n.district_id = b.district_id AND n.geom && b.geom "
        "AND ST_Intersects(n.geom, b.geom) WHERE b.id = ANY(:ids) AND (n.id = ANY(:coming) OR EXISTS "
        "(SELECT 1 FROM assignment a WHERE a.plan_id = :plan AND a.block_id = n.id))"
    )
    near = {row[0] for row in state.rows(query, ids=lacking, coming=list(coming))} - leaving
    rows = state.rows(
        "SELECT id, ST_AsBinary(geom) FROM block WHERE id = ANY(:ids) ORDER BY id", ids=list(near)
    )
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    store_borders(state, border_segments(geometries_of(row[1] for row in rows)), ids, lacking)
