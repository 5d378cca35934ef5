"""Names of plans: unique in a district, and never taken for a plan's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from boundaries.errors import ArgumentError, PlanError
from boundaries.sentences import Said
from boundaries.storage.plan_tables import Plan

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LONGEST_NAME = 200
"""Characters a plan's name may have."""


def plan_name(session: Session, plan: Plan, wanted: str, may_be: int | None = None) -> str:
    """Return a name that a plan of the same district may have; the plan ``may_be`` may have it already.

    Raises
    ------
    ArgumentError
        When it is empty, too long, or a bare number, which would be taken for a plan's id.
    PlanError
        When another plan has it.
    """
    given = wanted.strip()
    if not 0 < len(given) <= LONGEST_NAME or not given.isprintable() or given.isdigit():
        raise ArgumentError(
            Said(
                "plan-name",
                "a plan's name has 1 to {most} characters and is no bare number.",
                most=LONGEST_NAME,
            )
        )
    query = select(Plan.id).where(Plan.district_id == plan.district_id, Plan.name == given)
    if session.scalar(query) not in {None, may_be}:
        raise PlanError(
            Said(
                "plan-name-taken",
                'there is a plan named "{name}" in this district already; choose another name.',
                name=given,
            )
        )
    return given


def proposed_name(session: Session, plan: Plan) -> str:
    """Return a free name for a draft that begins as a copy of a plan."""
    taken = set(session.scalars(select(Plan.name).where(Plan.district_id == plan.district_id)))
    stem = f"{plan.name[: LONGEST_NAME - 10]} 修订"
    numbered = (f"{stem} {number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(name for name in numbered if name not in taken)
