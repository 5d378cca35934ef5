"""The steps of a plan's life: submitted, withdrawn, archived, brought back, renamed; each is logged and announced."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from boundaries.planning.errors import WrongStateError
from boundaries.planning.plan_names import plan_name
from boundaries.sentences import Said
from boundaries.storage.plan_tables import Plan
from boundaries.storage.planning_tables import Transition
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.redraw import Actor

CHANNEL = "wangge_plans"
"""PostgreSQL channel that tells of every step once it is committed: ``{"plan", "state", "step", "actor"}``."""


def state_of(plan: Plan) -> str:
    """Return "draft", "submitted", "adopted", "superseded" or "archived"."""
    return plan.state if plan.archived_at is None else "archived"


def submit(session: Session, plan: Plan, actor: Actor) -> None:
    """Hand a draft in: it is no longer edited, and can be adopted.

    Raises
    ------
    WrongStateError
        When it is no draft.
    """
    hold(session, plan, "draft", "submit")
    plan.state = "submitted"
    log_step(session, plan, "submit", actor)


def withdraw(session: Session, plan: Plan, actor: Actor) -> None:
    """Make a submitted plan a draft again.

    Raises
    ------
    WrongStateError
        When it is not submitted.
    """
    hold(session, plan, "submitted", "withdraw")
    plan.state = "draft"
    log_step(session, plan, "withdraw", actor)


def archive(session: Session, plan: Plan, actor: Actor) -> None:
    """Put a draft away: it is kept, and no longer edited.

    Raises
    ------
    WrongStateError
        When it is no draft.
    """
    hold(session, plan, "draft", "archive")
    plan.archived_at = dt.datetime.now(dt.UTC)
    log_step(session, plan, "archive", actor)


def restore(session: Session, plan: Plan, actor: Actor) -> None:
    """Bring an archived draft back.

    Raises
    ------
    WrongStateError
        When it is not archived.
    """
    hold(session, plan, "archived", "restore")
    plan.archived_at = None
    log_step(session, plan, "restore", actor)


def rename(session: Session, plan: Plan, name: str, actor: Actor) -> None:
    """Give a plan that was never in force another name.

    Raises
    ------
    WrongStateError
        When the plan is or was in force.
    PlanError, ArgumentError
        When the name is taken, or no name.
    """
    session.refresh(plan, with_for_update=True)
    if plan.state in {"adopted", "superseded"}:
        raise WrongStateError(
            Said("plan-keeps-name", '"{plan}" was adopted under this name and keeps it.', plan=plan.name)
        )
    before = plan.name
    plan.name = plan_name(session, plan, name, may_be=plan.id)
    log_step(session, plan, "rename", actor, {"from": before, "to": plan.name})


def hold(session: Session, plan: Plan, state: str, step: str) -> None:
    """Lock a plan for a step that begins in a state.

    Raises
    ------
    WrongStateError
        When it is in another one.
    """
    session.refresh(plan, with_for_update=True)
    if state_of(plan) != state:
        raise WrongStateError(
            Said(
                "plan-state",
                '"{plan}" is {state}; only a plan that is {wanted_state} can take the step "{step}".',
                plan=plan.name,
                state=state_of(plan),
                wanted_state=state,
                step=step,
            )
        )


def log_step(
    session: Session, plan: Plan, step: str, actor: Actor, details: dict[str, Any] | None = None
) -> None:
    """Log a step and announce it to everyone who works on the plan."""
    session.add(
        Transition(
            plan_id=plan.id,
            step=step,
            revision=plan.revision,
            actor=actor.as_json(),
            details=details or {},
        )
    )
    session.flush()
    announce(session, plan, step, actor)


def announce(session: Session, plan: Plan, step: str, actor: Actor) -> None:
    """Tell everyone who works on a plan of a step once it is committed."""
    told = {"plan": plan.id, "state": state_of(plan), "step": step, "actor": actor.as_json()}
    session.execute(text("SELECT pg_notify(:c, :t)"), {"c": CHANNEL, "t": json.dumps(told)})


def steps_of(session: Session, plan: Plan) -> list[Transition]:
    """Return the steps of a plan's life, oldest first."""
    query = select(Transition).where(Transition.plan_id == plan.id).order_by(Transition.id)
    return list(session.scalars(query))


def today_in(session: Session, district_id: int) -> dt.date:
    """Return the date it is in a district."""
    return dt.datetime.now(ZoneInfo(session.get_one(District, district_id).time_zone)).date()


def plan_in_force(session: Session, district_id: int, day: dt.date | None = None) -> Plan | None:
    """Return the plan that is in force in a district on a day, or the one adopted last without a day."""
    query = select(Plan).where(Plan.district_id == district_id, Plan.state.in_(("adopted", "superseded")))
    if day is not None:
        query = query.where(
            Plan.in_force_from <= day, (Plan.in_force_to.is_(None)) | (Plan.in_force_to > day)
        )
    else:
        query = query.where(Plan.state == "adopted")
    return session.scalar(query.order_by(Plan.in_force_from.desc(), Plan.id.desc()).limit(1))
