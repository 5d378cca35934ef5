"""Borders of new block versions: stored when they are made, completed when versions meet that never met before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from boundaries.layers import barrier_lines
from boundaries.storage.database import geometries_of
from geo.barriers import ALONG_M, Barrier, BarrierLines, classify_borders
from geo.coverage import border_segments

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from boundaries.redraw.changes import Change
    from boundaries.redraw.state import State
    from geo.coverage import Segments

    Ints = NDArray[np.int64]

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
    is_new = np.isin(ids, list(new))
    ours = (segments.right >= 0) & (is_new[segments.left] | is_new[segments.right])
    of_new = replace(
        segments,
        start=segments.start[ours],
        end=segments.end[ours],
        left=segments.left[ours],
        right=segments.right[ours],
    )
    if not ours.any():
        return
    lines, known = _lines_near(state, of_new)
    who, barrier = classify_borders(of_new, len(ids), lines)
    if known:
        barrier = np.maximum(barrier, Barrier.NOTHING)
    pairs = np.sort(ids[who.edges], axis=1)
    query = (
        "INSERT INTO block_border (first_id, second_id, border_m, barrier) SELECT * FROM unnest("
        "CAST(:first AS bigint[]), CAST(:second AS bigint[]), CAST(:metres AS double precision[]), "
        "CAST(:barrier AS integer[])) ON CONFLICT DO NOTHING"
    )
    state.send(
        query,
        first=pairs[:, 0].tolist(),
        second=pairs[:, 1].tolist(),
        metres=who.border_m.tolist(),
        barrier=barrier.tolist(),
    )


def _lines_near(state: State, segments: Segments) -> tuple[BarrierLines, bool]:
    """Return what runs near some borders, and whether the district has anything that makes borders clear."""
    ends = np.vstack([segments.start, segments.end])
    (left, low), (right, high) = ends.min(axis=0) - ALONG_M, ends.max(axis=0) + ALONG_M
    near = "district_id = :district AND geom && ST_MakeEnvelope(:left, :low, :right, :high, CAST(:srid AS integer))"
    query = (
        f"SELECT class, ST_AsBinary(geom) FROM road WHERE {near} "
        f"UNION ALL SELECT 'water', ST_AsBinary(geom) FROM water WHERE {near} "
        f"UNION ALL SELECT 'walls', ST_AsBinary(geom) FROM wall WHERE {near} "
        "UNION ALL SELECT 'known', NULL WHERE EXISTS (SELECT 1 FROM road WHERE district_id = :district) "
        "OR EXISTS (SELECT 1 FROM water WHERE district_id = :district) "
        "OR EXISTS (SELECT 1 FROM wall WHERE district_id = :district)"
    )
    box = {"left": float(left), "low": float(low), "right": float(right), "high": float(high)}
    found: dict[str, list[bytes]] = {}
    for kind, shape in state.rows(query, **box, srid=state.district.srid):
        found.setdefault(kind, []).append(shape)
    known = bool(found.pop("known", None))
    shapes = {kind: geometries_of(rows) for kind, rows in found.items()}
    others = {kind: shapes.pop(kind) for kind in ("water", "walls") if kind in shapes}
    return barrier_lines(shapes, **others), known


def complete_borders(state: State, change: Change) -> None:
    """Store borders between blocks a change brings back and versions around them that were made while they were gone.

    A block knows all its borders when these and its rim make up its perimeter, so this reads the neighbourhood
    only where some are missing.
    """
    coming = {block for block, (before, _) in change.blocks.items() if before is None}
    coming |= set(change.versions.values())
    if not coming:
        return
    leaving = {block for block, (_, after) in change.blocks.items() if after is None} | set(change.versions)
    known = (
        "coalesce((SELECT sum(e.border_m) FROM block_border e WHERE e.{here} = b.id AND (e.{there} = ANY(:coming) "
        "OR e.{there} <> ALL(:leaving) AND EXISTS (SELECT 1 FROM assignment a WHERE a.plan_id = :plan "
        "AND a.block_id = e.{there}))), 0)"
    )
    first = known.format(here="first_id", there="second_id")
    second = known.format(here="second_id", there="first_id")
    query = (
        "SELECT b.id FROM block b WHERE b.id = ANY(:coming) "
        f"AND abs(ST_Perimeter(b.geom) - b.outer_m - {first} - {second}) > :whole"
    )
    lacking = [row[0] for row in state.rows(query, coming=list(coming), leaving=list(leaving), whole=WHOLE_M)]
    if lacking:
        _meet(state, lacking, coming, leaving)


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
