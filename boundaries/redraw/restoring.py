"""Bringing back what was there before, where later edits have changed block versions or taken codes meanwhile."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.errors import StandsOnError
from boundaries.redraw.borders import store_borders
from boundaries.redraw.changes import Change
from boundaries.redraw.cut_blocks import lock_keys
from boundaries.redraw.new_units import Codes, recoded_below
from boundaries.storage.database import ewkb, geometries_of
from geo.coverage import adjacency_of, border_segments

if TYPE_CHECKING:
    from boundaries.redraw.changes import Attributes
    from boundaries.redraw.state import State

    Units = dict[int, tuple[Attributes | None, Attributes | None]]


def restorable(state: State, change: Change) -> Change:
    """Return a change that takes an edit back as the plan is now.

    Block versions that got a vertex since are taken in the version the plan has. The old version of a block that was
    cut comes back when all that the cut made is still there as it was made; otherwise its pieces are united, with the
    vertices that came since. Units that come back get another code where theirs was given away.
    """
    leaving = {block for block, (before, _) in change.blocks.items() if before is not None}
    now = _versions_now(state, leaving | set(change.versions))
    gone = {block for block, (before, after) in change.blocks.items() if before is not None and after is None}
    whole = all(now.get(block) == block for block in gone | set(change.versions))
    moved = {
        now.get(block, block): pair
        for block, pair in change.blocks.items()
        if pair[0] is not None and pair[1] is not None
    }
    if whole:
        rest = {block: pair for block, pair in change.blocks.items() if None in pair}
        back = Change({**moved, **rest}, change.versions, change.units)
    else:
        back = Change({**moved, **_united(state, change, now)}, {}, change.units)
    return replace(back, units=_with_codes_below(state, _with_free_codes(state, back)))


def _versions_now(state: State, blocks: set[int]) -> dict[int, int]:
    """Return the version the plan has now of blocks by their keys."""
    if not blocks:
        return {}
    query = (
        "SELECT o.id, n.id FROM block o JOIN block n ON n.district_id = o.district_id AND n.key = o.key "
        "JOIN assignment a ON a.plan_id = :plan AND a.block_id = n.id WHERE o.id = ANY(:ids)"
    )
    return {row[0]: row[1] for row in state.rows(query, ids=list(blocks))}


def _united(state: State, change: Change, now: dict[int, int]) -> dict[int, tuple[int | None, int | None]]:
    """Unite the pieces of each block that a cut took, as they are now."""
    coming = {block: after for block, (before, after) in change.blocks.items() if before is None}
    leaving = {block: before for block, (before, after) in change.blocks.items() if after is None}
    query = (
        "SELECT block_id, origin_id FROM block_origin WHERE block_id = ANY(:ids) AND origin_id = ANY(:from)"
    )
    pieces: dict[int, list[int]] = defaultdict(list)
    for piece, block in state.rows(query, **{"ids": list(leaving), "from": list(coming)}):
        pieces[block].append(piece)
    lost = (set(coming) - set(pieces)) | {piece for piece in leaving if piece not in now}
    if lost or {piece for held in pieces.values() for piece in held} != set(leaving):
        raise StandsOnError(
            "later edits gave the blocks of this edit other borders, so it cannot be done again as it was. "
            "Draw the line anew."
        )
    blocks: dict[int, tuple[int | None, int | None]] = {}
    for held in pieces.values():
        blocks |= {now[piece]: (leaving[piece], None) for piece in held}
    lock_keys(state)
    made = {block: _unite(state, block, [now[piece] for piece in held]) for block, held in pieces.items()}
    _store_borders(state, set(made.values()), set(blocks))
    return blocks | {made[block]: (None, coming[block]) for block in made}


def _unite(state: State, block: int, pieces: list[int]) -> int:
    """Store a version of a block that is the union of pieces of it, with the block's own counts and buildings."""
    rows = state.rows("SELECT ST_AsBinary(geom) FROM block WHERE id = ANY(:ids) ORDER BY id", ids=pieces)
    polygon = shapely.normalize(shapely.coverage_union_all(geometries_of(row[0] for row in rows)))
    query = (
        "INSERT INTO block (district_id, srid, key, version, use, compound_id, area_m2, outer_m, geom) "
        "SELECT o.district_id, o.srid, o.key, (SELECT max(n.version) + 1 FROM block n "
        "WHERE n.district_id = o.district_id AND n.key = o.key), o.use, o.compound_id, :area, 0, "
        "CAST(:geom AS geometry) FROM block o WHERE o.id = :block RETURNING id"
    )
    shape = ewkb([polygon], state.district.srid)[0]
    new = int(state.rows(query, block=block, area=polygon.area, geom=shape)[0][0])
    for statement in (
        "INSERT INTO block_origin (block_id, origin_id) SELECT :new, unnest(CAST(:pieces AS bigint[]))",
        "INSERT INTO block_building (block_id, building_id) SELECT :new, building_id FROM block_building "
        "WHERE block_id = :block",
        "INSERT INTO count (district_id, block_id, measure, on_date, value, source) "
        "SELECT district_id, :new, measure, on_date, value, source FROM count WHERE block_id = :block",
    ):
        given = {"new": new, "block": block, "pieces": pieces}
        state.send(statement, **{name: value for name, value in given.items() if f":{name}" in statement})
    return new


def _store_borders(state: State, new: set[int], gone: set[int]) -> None:
    """Store the borders and the rim of united blocks."""
    around = {block for edge in state.borders(list(gone)) for block in edge[:2]} - gone
    ids = sorted({*state.held(around), *new})
    rows = state.rows("SELECT id, ST_AsBinary(geom) FROM block WHERE id = ANY(:ids) ORDER BY id", ids=ids)
    segments = border_segments(geometries_of(row[1] for row in rows))
    at = np.array([row[0] for row in rows], dtype=np.int64)
    store_borders(state, segments, at, new)
    outer = adjacency_of(segments, len(at)).outer_m
    query = (
        "UPDATE block b SET outer_m = m.outer_m FROM unnest(CAST(:ids AS bigint[]), "
        "CAST(:outer AS double precision[])) AS m (id, outer_m) WHERE b.id = m.id"
    )
    mine = np.isin(at, list(new))
    state.send(query, ids=at[mine].tolist(), outer=outer[mine].tolist())


def _with_codes_below(state: State, units: Units) -> Units:
    """Let the codes of units that were made meanwhile follow the code that a unit above them gets back."""
    below: Units = {}
    for unit, (before, after) in units.items():
        if before is not None and after is not None and before.code != after.code:
            below |= dict(recoded_below(state, unit, before.code, after.code))
    return {**below, **units}


def _with_free_codes(state: State, change: Change) -> Units:
    """Give units that come back, and those under them, other codes where theirs were given away meanwhile."""
    units: Units = dict(change.units)
    back = {
        after.code: unit for unit, (before, after) in units.items() if before is None and after and after.code
    }
    if not back:
        return units
    query = "SELECT unit_id, code FROM plan_unit WHERE plan_id = :plan AND code = ANY(:codes)"
    for holder, code in state.rows(query, codes=list(back)):
        known = units.get(holder, (None, None))[1]
        leaves = holder in units and (known is None or known.code != code)
        after = units[back[code]][1]
        if leaves or after is None:
            continue
        other = Codes(state).under(after.parent_id, after.level, after.type)
        for unit, (was, will) in units.items():
            if (
                other is not None
                and will is not None
                and will.code is not None
                and will.code.startswith(code)
            ):
                units[unit] = (was, replace(will, code=other + will.code[len(code) :]))
    return units
