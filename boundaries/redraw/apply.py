"""Writing a change: assignment, units, polygons and figures, in the transaction that holds the plan's lock."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from boundaries.errors import PlanError
from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.findings import Findings, ask_cells, findings_of
from boundaries.redraw.requirements import (
    ask_names_and_codes,
    guarded_units,
    require_locked_shapes,
    require_one_piece,
    require_unlocked,
)
from boundaries.redraw.settling import ask_parts, coloured, read_parts, settle_level, write_units
from boundaries.redraw.touched import Touched, UnitRow, touched_by
from boundaries.rules import Rules

if TYPE_CHECKING:
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent


@dataclass(frozen=True)
class Applied:
    """What became of a change.

    Attributes
    ----------
    units
        Units of every level whose blocks or attributes changed, and new ones.
    """

    change: Change
    touched: Touched
    units: dict[int, UnitRow]
    findings: Findings


def apply(state: State, change: Change, *, whole: bool = True, restores: bool = False) -> Applied:
    """Write a change and bring every unit it touches up to date.

    Parameters
    ----------
    state
        The plan, locked, with nothing pending.
    whole
        Whether units must stay in one piece; not where a state is restored that was so before.
    restores
        Whether the plan goes back to an earlier revision: locks that were set since do not hold.

    Raises
    ------
    EditError
        When a rule of editing forbids it; the transaction is then to be rolled back.
    PlanError
        When the plan is not as the change expects it: the log does not lead to it.
    """
    names, cells = ask_names_and_codes(state, change), ask_cells(state, change)
    touched = touched_by(state, change)
    _require_expected(state, change, touched)
    guarded = guarded_units(touched, change, restores=restores)
    require_unlocked(touched, change, guarded)
    names.require_free()
    written = _write_assignment(state, change)
    _write_attributes(state, change)
    asked = ask_parts(state, change, touched)
    _require_written(state, written)
    parts = read_parts(state, asked)
    after: dict[int, UnitRow] = {}
    for level in reversed(state.plan.levels):
        settled = coloured(
            state, touched, settle_level(change, touched, level, parts, lowest=level == state.lowest)
        )
        require_locked_shapes(state, touched, settled, guarded)
        if whole:
            require_one_piece(state, touched, settled)
        write_units(state, settled)
        state.run.flush()
        after |= {unit: one.row for unit, one in settled.items()}
    for unit, (_, known) in change.units.items():
        if known is not None and unit not in after:
            after[unit] = replace(touched.rows[unit], attributes=known)
    changed = {*after, *change.units}
    before = {unit: row for unit, row in touched.rows.items() if unit in changed}
    rules = Rules.of(state.district.rules)
    return Applied(change, touched, after, findings_of(rules, change, before, after, cells))


def _require_expected(state: State, change: Change, touched: Touched) -> None:
    for unit, (before, _) in change.units.items():
        row = touched.rows.get(unit)
        if (row.attributes if row else None) != before:
            raise _unexpected(state, f"unit {unit}")


def _unexpected(state: State, what: str) -> PlanError:
    return PlanError(
        f'{what} of "{state.plan.name}" is not as the edit expects it. Check the plan with "check" and load it anew.'
    )


def _write_assignment(state: State, change: Change) -> list[tuple[int, Sent]]:
    """Write which block is in which unit; return how many rows each statement is to write, and the statement."""
    moved = [(b, f, t) for b, (f, t) in change.blocks.items() if f is not None and t is not None]
    gone = [(b, f, None) for b, (f, t) in change.blocks.items() if f is not None and t is None]
    versions = [(old, None, new) for old, new in change.versions.items()]
    come = [(b, None, t) for b, (f, t) in change.blocks.items() if f is None and t is not None]
    written = []
    for query, rows in ((_MOVE, moved), (_REMOVE, gone), (_REPLACE, versions), (_ADD, come)):
        if rows:
            block, before, after = (list(column) for column in zip(*rows, strict=True))
            written.append((len(rows), state.send(query, b=block, f=before, t=after)))
    return written


_ROWS = "unnest(CAST(:b AS bigint[]), CAST(:f AS bigint[]), CAST(:t AS bigint[])) AS m (b, f, t)"
_MOVE = (
    f"UPDATE assignment a SET unit_id = m.t FROM {_ROWS} WHERE a.plan_id = :plan AND a.block_id = m.b "
    "AND a.unit_id = m.f RETURNING 1"
)
_REMOVE = (
    f"DELETE FROM assignment a USING {_ROWS} WHERE a.plan_id = :plan AND a.block_id = m.b AND a.unit_id = m.f "
    "RETURNING 1"
)
_REPLACE = (
    f"UPDATE assignment a SET block_id = m.t FROM {_ROWS} WHERE a.plan_id = :plan AND a.block_id = m.b "
    "RETURNING 1"
)
_ADD = (
    f"INSERT INTO assignment (plan_id, block_id, unit_id) SELECT :plan, m.b, m.t FROM {_ROWS} "
    "ON CONFLICT DO NOTHING RETURNING 1"
)


def _require_written(state: State, written: list[tuple[int, Sent]]) -> None:
    for wanted, sent in written:
        if (lacking := wanted - len(sent.rows())) != 0:
            raise _unexpected(state, f"the unit of {lacking} blocks")


def _write_attributes(state: State, change: Change) -> None:
    """Remove units, and give those that stay their new attributes; units that come are written with their figures."""
    gone = [unit for unit, (_, after) in change.units.items() if after is None]
    if gone:
        state.send("DELETE FROM plan_unit WHERE plan_id = :plan AND unit_id = ANY(:ids)", ids=gone)
    kept = {unit: pair for unit, pair in change.units.items() if pair[0] is not None and pair[1] is not None}
    if not kept:
        return
    # Codes may go from one unit to another in one change, so all of them leave first.
    recoded = [unit for unit, (before, after) in kept.items() if _code(before) != _code(after)]
    if len(recoded) > 1:
        query = "UPDATE plan_unit SET code = NULL WHERE plan_id = :plan AND unit_id = ANY(:ids)"
        state.send(query, ids=recoded)
    query = (
        "UPDATE plan_unit u SET parent_id = r.parent_id, name = r.name, name_en = r.name_en, code = r.code, "
        "type = r.type, locked = r.locked FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (unit_id bigint, "
        "parent_id bigint, name text, name_en text, code text, type text, locked boolean) "
        "WHERE u.plan_id = :plan AND u.unit_id = r.unit_id"
    )
    rows = [{"unit_id": unit, **after.as_json()} for unit, (_, after) in kept.items() if after is not None]
    state.send(query, rows=json.dumps(rows))


def _code(known: Attributes | None) -> str | None:
    return known.code if known else None
