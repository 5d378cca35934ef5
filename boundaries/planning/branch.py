"""A branch: a draft that begins as a copy of another plan and goes its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from boundaries.errors import ArgumentError
from boundaries.planning.life import log_step
from boundaries.planning.plan_names import plan_name, proposed_name
from boundaries.rules import UNASSIGNED
from boundaries.sentences import Said
from boundaries.storage.plan_tables import LEVELS, Plan, PlanUnit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from boundaries.redraw import Actor

UNDRAWN = "未划分"
"""Ends the name of the cell that holds what nobody has drawn yet in a community."""

IN_FORCE_ONCE = frozenset({"adopted", "superseded"})
"""States of plans that are or were in force; nobody edits them any more."""


def branch(
    session: Session,
    plan: Plan,
    *,
    actor: Actor,
    name: str | None = None,
    levels: Sequence[str] | None = None,
) -> Plan:
    """Make a draft that begins as a copy of a plan, with the same units and blocks.

    Parameters
    ----------
    name
        Without one, the plan's own name with 修订, numbered where that is taken.
    levels
        The plan's own levels, or these and "cell": then every community begins with one cell of type "unassigned"
        that holds all its blocks.

    Raises
    ------
    PlanError
        When the name is taken.
    ArgumentError
        When the levels are no such list.
    """
    wanted = list(plan.levels if levels is None else levels)
    if wanted not in (plan.levels, [*plan.levels, "cell"]) or wanted != [n for n in LEVELS if n in wanted]:
        raise ArgumentError(
            Said(
                "plan-branch-levels",
                'a branch of "{plan}" has its levels ({levels}), and may add cells to communities.',
                plan=plan.name,
                levels=list(plan.levels),
            )
        )
    made = Plan(
        district_id=plan.district_id,
        name=proposed_name(session, plan) if name is None else plan_name(session, plan, name),
        name_en=f"{plan.name_en}, revised" if plan.name_en and name is None else None,
        levels=wanted,
        base_id=plan.id if plan.state in IN_FORCE_ONCE else plan.base_id,
        count_date=plan.count_date,
        created_by=actor.name,
        made_by={"branch": {"plan": plan.id, "name": plan.name, "revision": plan.revision}},
        exceptions=list(plan.exceptions),
    )
    session.add(made)
    session.flush()
    _copy_units(session, plan, made)
    if wanted == plan.levels:
        _copy_assignment(session, plan, made)
    else:
        _add_cells(session, plan, made)
    log_step(session, made, "branch", actor, {"of": plan.id, "revision": plan.revision})
    return made


def ground_of(session: Session, plan: Plan) -> Plan | None:
    """Return the plan in force, now or once, that a draft goes back to; None when it goes back to none."""
    seen: set[int] = set()
    at: Plan | None = plan
    while at is not None and at.base_id is not None and at.base_id not in seen:
        seen.add(at.base_id)
        at = session.get(Plan, at.base_id)
        if at is not None and at.state in IN_FORCE_ONCE:
            return at
    return None


def _copy_units(session: Session, plan: Plan, made: Plan) -> None:
    columns = ", ".join(column.name for column in PlanUnit.__table__.columns if column.name != "plan_id")
    session.execute(
        text(
            f"INSERT INTO plan_unit (plan_id, {columns}) SELECT :made, {columns} FROM plan_unit WHERE plan_id = :plan"  # noqa: S608
        ),
        {"made": made.id, "plan": plan.id},
    )


def _copy_assignment(session: Session, plan: Plan, made: Plan) -> None:
    session.execute(
        text(
            "INSERT INTO assignment (plan_id, block_id, unit_id) "
            "SELECT :made, block_id, unit_id FROM assignment WHERE plan_id = :plan"
        ),
        {"made": made.id, "plan": plan.id},
    )


def _add_cells(session: Session, plan: Plan, made: Plan) -> None:
    """Give every community one cell of type "unassigned" with the community's own polygon and tallies."""
    inherited = ", ".join(
        column.name
        for column in PlanUnit.__table__.columns
        if column.name not in {"plan_id", "unit_id", "level", "parent_id", "name", "name_en", "code", "type"}
    )
    statement = f"""
        WITH numbered AS (
            SELECT unit_id AS community, nextval(pg_get_serial_sequence('unit', 'id')) AS cell
            FROM plan_unit WHERE plan_id = :made AND level = 'community' ORDER BY unit_id),
        units AS (
            INSERT INTO unit (id, district_id, level) SELECT cell, :district, 'cell' FROM numbered),
        cells AS (
            INSERT INTO plan_unit (plan_id, unit_id, level, parent_id, name, name_en, code, type, {inherited})
            SELECT plan_id, n.cell, 'cell', unit_id, name || '{UNDRAWN}', name_en || ' (unassigned)', NULL,
                '{UNASSIGNED}', {inherited}
            FROM plan_unit JOIN numbered n ON n.community = unit_id WHERE plan_id = :made)
        INSERT INTO assignment (plan_id, block_id, unit_id) SELECT :made, a.block_id, n.cell
        FROM assignment a JOIN numbered n ON n.community = a.unit_id WHERE a.plan_id = :plan"""  # noqa: S608
    session.execute(text(statement), {"made": made.id, "plan": plan.id, "district": made.district_id})
