"""Writing a change: assignment, units, polygons and figures, in the transaction that holds the plan's lock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.findings import Findings, ask_cells, findings_of
from boundaries.redraw.parts import ask_parts
from boundaries.redraw.requirements import (
    ask_names_and_codes,
    guarded_units,
    require_locked_shapes,
    require_one_piece,
    require_unlocked,
)
from boundaries.redraw.settling import coloured, read_parts, settle_level, write_units
from boundaries.redraw.touched import Touched, UnitRow, ask_touched, touched_by
from boundaries.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def apply(
    state: State,
    change: Change,
    *,
    whole: bool = True,
    restores: bool = False,
    colours: Mapping[int, int] | None = None,
) -> Applied:
    """Write a change and bring every unit it touches up to date.

    Parameters
    ----------
    state
        The plan, locked, with nothing pending.
    whole
        Whether units must stay in one piece; not where a state is restored that was so before.
    restores
        Whether the plan goes back to an earlier revision: locks that were set since do not hold.
    colours
        What units were coloured before what is taken back.

    Raises
    ------
    EditError
        When a rule of editing forbids it; the transaction is then to be rolled back.
    PlanError
        When the plan is not as the change expects it: the log does not lead to it.
    """
    asked = ask_touched(state, change)
    names, cells = ask_names_and_codes(state, change), ask_cells(state, change)
    asked_parts = ask_parts(state, change)
    state.run.flush()
    touched = touched_by(state, change, asked)
    _require_expected(state, change, touched)
    guarded = guarded_units(touched, change, restores=restores)
    require_unlocked(touched, change, guarded)
    parts = read_parts(state, change, touched, asked_parts)
    written = _write_assignment(state, change)
    _write_attributes(state, change)
    state.run.flush()
    after: dict[int, UnitRow] = {}
    for level in reversed(state.plan.levels):
        settled = settle_level(change, touched, level, parts, lowest=level == state.lowest)
        if level == state.lowest:
            names.require_free()  # not before: it was asked after all that the edit has written
        settled = coloured(state, touched, settled, colours or {})
        require_locked_shapes(state, touched, settled, guarded)
        if whole:
            require_one_piece(state, touched, settled)
        write_units(state, settled)
        state.run.flush()
        after |= {unit: one.row for unit, one in settled.items()}
    _require_written(state, change, written)
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
            raise state.unexpected(f"unit {unit}")


def _write_assignment(state: State, change: Change) -> Sent | None:
    """Write which block is in which unit; the answer says how many blocks it was written of."""
    if not change.blocks and not change.versions:
        return None
    moved = [(b, f, t) for b, (f, t) in change.blocks.items() if f is not None and t is not None]
    gone = [(b, f) for b, (f, t) in change.blocks.items() if f is not None and t is None]
    come = [(b, t) for b, (f, t) in change.blocks.items() if f is None and t is not None]
    return state.send(
        _ASSIGN,
        moved=[b for b, _, _ in moved],
        moved_from=[f for _, f, _ in moved],
        moved_to=[t for _, _, t in moved],
        gone=[b for b, _ in gone],
        gone_from=[f for _, f in gone],
        old=list(change.versions),
        new=list(change.versions.values()),
        come=[b for b, _ in come],
        come_to=[t for _, t in come],
    )


# The four write different rows, so it does not matter that none sees what the others do.
_ASSIGN = (
    "WITH moved AS (UPDATE assignment a SET unit_id = m.t FROM unnest(CAST(:moved AS bigint[]), "
    "CAST(:moved_from AS bigint[]), CAST(:moved_to AS bigint[])) AS m (b, f, t) "
    "WHERE a.plan_id = :plan AND a.block_id = m.b AND a.unit_id = m.f RETURNING 1), "
    "gone AS (DELETE FROM assignment a USING unnest(CAST(:gone AS bigint[]), CAST(:gone_from AS bigint[])) "
    "AS m (b, f) WHERE a.plan_id = :plan AND a.block_id = m.b AND a.unit_id = m.f RETURNING 1), "
    "replaced AS (UPDATE assignment a SET block_id = m.t FROM unnest(CAST(:old AS bigint[]), "
    "CAST(:new AS bigint[])) AS m (b, t) WHERE a.plan_id = :plan AND a.block_id = m.b RETURNING 1), "
    "come AS (INSERT INTO assignment (plan_id, block_id, unit_id) SELECT :plan, m.b, m.t "
    "FROM unnest(CAST(:come AS bigint[]), CAST(:come_to AS bigint[])) AS m (b, t) "
    "ON CONFLICT DO NOTHING RETURNING 1) "
    "SELECT (SELECT count(*) FROM moved) + (SELECT count(*) FROM gone) + (SELECT count(*) FROM replaced) "
    "+ (SELECT count(*) FROM come)"
)


def _require_written(state: State, change: Change, written: Sent | None) -> None:
    lacking = len(change.blocks) + len(change.versions) - written.rows()[0][0] if written is not None else 0
    if lacking:
        raise state.unexpected(f"the unit of {lacking} blocks")


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
    state.send(query, rows=rows)


def _code(known: Attributes | None) -> str | None:
    return known.code if known else None
