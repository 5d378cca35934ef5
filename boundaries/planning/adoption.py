"""Adoption: a plan comes into force by an authority's decision, and the plan it stands on ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text, update

from boundaries.codes import LENGTHS
from boundaries.errors import ArgumentError
from boundaries.planning.branch import ground_of
from boundaries.planning.errors import NotReadyError
from boundaries.planning.life import hold, log_step, plan_in_force
from boundaries.planning.readiness import readiness
from boundaries.planning.succeeding import store_succession
from boundaries.redraw.apply import apply
from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.edits import Actor, Edit
from boundaries.redraw.log import write_edit
from boundaries.redraw.new_units import Codes
from boundaries.redraw.state import ATTRIBUTES, State
from boundaries.sentences import Said
from boundaries.storage.plan_tables import Plan
from boundaries.storage.tables import District

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

LONGEST_WORD, LONGEST_REASON = 200, 2000


@dataclass(frozen=True)
class Decision:
    """What an authority decided.

    Attributes
    ----------
    number
        Of the document.
    adopted_on, in_force_from
        Day of the decision, and the first day the plan is in force; without one, the day of the decision.
    reasons : unit id -> text
        Why a unit that breaks a rule is adopted all the same.
    """

    authority: str
    number: str
    adopted_on: dt.date
    in_force_from: dt.date | None = None
    reasons: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < len(self.authority.strip()) <= LONGEST_WORD:
            raise ArgumentError(
                Said(
                    "adopt-authority",
                    "an adoption names its authority in 1 to {most} characters.",
                    most=LONGEST_WORD,
                )
            )
        if not 0 < len(self.number.strip()) <= LONGEST_WORD:
            raise ArgumentError(
                Said(
                    "adopt-number",
                    "an adoption names its number in 1 to {most} characters.",
                    most=LONGEST_WORD,
                )
            )
        if self.begins < self.adopted_on:
            raise ArgumentError(
                Said(
                    "adopt-before",
                    "a plan decided on {day} cannot be in force from {begins}, before that day.",
                    day=str(self.adopted_on),
                    begins=str(self.in_force_from),
                )
            )
        if any(len(reason) > LONGEST_REASON for reason in self.reasons.values()):
            raise ArgumentError(
                Said("adopt-reason", "a reason has at most {most} characters.", most=LONGEST_REASON)
            )

    @property
    def begins(self) -> dt.date:
        """First day the plan is in force."""
        return self.in_force_from or self.adopted_on


def adopt(session: Session, plan: Plan, decision: Decision, actor: Actor) -> None:
    """Bring a submitted plan into force: codes become final, the plan it stands on ends, successions are kept.

    Raises
    ------
    WrongStateError
        When the plan is not submitted.
    NotReadyError
        When something stands in the way, or a reason is missing; with all of it.
    ArgumentError
        When the dates do not fit the plan that ends.
    """
    # One adoption at a time in a district: two would both end the same plan.
    session.execute(select(District.id).where(District.id == plan.district_id).with_for_update()).scalar_one()
    hold(session, plan, "submitted", "adopt")
    _require_ready(session, plan, decision)
    former = plan_in_force(session, plan.district_id)
    if former is not None and former.in_force_from is not None and decision.begins <= former.in_force_from:
        raise ArgumentError(
            Said(
                "adopt-later",
                '"{plan}" is in force from {day}; a plan that follows it begins later.',
                plan=former.name,
                day=str(former.in_force_from),
            )
        )
    fix_codes(session, plan, actor)
    _let_branches_stand_on_what_this_stood_on(session, plan)
    if former is not None:
        store_succession(session, former, plan)
        former.state, former.in_force_to = "superseded", decision.begins
        plan.base_id = former.id
        log_step(session, former, "supersede", actor, {"by": plan.id, "on": decision.begins.isoformat()})
    plan.state = "adopted"
    plan.authority, plan.number = decision.authority.strip(), decision.number.strip()
    plan.adopted_on, plan.in_force_from = decision.adopted_on, decision.begins
    plan.exceptions = [
        *plan.exceptions,
        *(
            {"invariant": "rule", "unit_id": u, "reason": r.strip()}
            for u, r in sorted(decision.reasons.items())
        ),
    ]
    details = {"authority": plan.authority, "number": plan.number, "on": decision.adopted_on.isoformat()}
    log_step(session, plan, "adopt", actor, {**details, "in_force_from": decision.begins.isoformat()})


def _require_ready(session: Session, plan: Plan, decision: Decision) -> None:
    hindrances = readiness(session, plan)
    in_the_way = [one for one in hindrances if not one.needs_reason]
    breaking = {one.unit for one in hindrances if one.needs_reason}
    given = {unit for unit, reason in decision.reasons.items() if reason.strip()}
    missing = [one for one in hindrances if one.needs_reason and one.unit not in given]
    listed = [one.as_json() for one in (*in_the_way, *missing)]
    if in_the_way:
        said = Said(
            "adopt-in-the-way",
            '"{plan}" cannot be adopted; things in the way: {count}, first: {what}',
            plan=plan.name,
            count=len(in_the_way),
            what=in_the_way[0].message,
        )
        raise NotReadyError(said, hindrances=listed)
    if missing:
        said = Said(
            "adopt-no-reason",
            "{count} {count:unit breaks a rule and has|units break a rule and have} no written "
            "reason, first: {what} Give a reason for each.",
            count=len({one.unit for one in missing}),
            what=missing[0].message,
        )
        raise NotReadyError(said, hindrances=listed)
    if strange := sorted(given - breaking):
        raise ArgumentError(
            Said("adopt-strange", "unit {unit} breaks no rule, so it needs no reason.", unit=str(strange[0]))
        )


def fix_codes(session: Session, plan: Plan, actor: Actor) -> None:
    """Make the codes of a plan final: by the rule, under the parent's, and never one that was another unit's.

    What changes is an edit of its own in the log. Districts without a code keep what their units have.
    """
    district = session.get_one(District, plan.district_id)
    if district.code is None:
        return
    state = State(session, plan, district)
    rows = session.execute(
        text(f"SELECT unit_id, {ATTRIBUTES} FROM plan_unit WHERE plan_id = :plan ORDER BY unit_id"),  # noqa: S608
        {"plan": plan.id},
    )
    units = {row[0]: Attributes(*row[1:]) for row in rows}
    state.units(units)  # read at once, not one by one
    others = _codes_of_others(session, plan)
    codes = Codes(state, {known.code for known in units.values() if known.code is not None})
    for level in plan.levels:
        for unit, known in units.items():
            if known.level == level:
                stem = district.code if known.parent_id is None else state.unit(known.parent_id).code
                if not _may_keep(known, stem, others.get(known.code or "", set()) - {unit}):
                    _recode(state, codes, unit, known)
    if state.pending:
        applied = apply(State(session, plan, district), state.pending, whole=False)
        arguments: dict[str, Any] = {"units": sorted(state.pending.units)}
        write_edit(state, Edit("codes", arguments), applied, actor, request=None, undoes=None)


def _recode(state: State, codes: Codes, unit: int, known: Attributes) -> None:
    code = codes.under(known.parent_id, known.level, known.type, unit)
    if code != known.code:
        # A lock keeps planners from a unit, not the code from becoming final.
        after = replace(known, code=code, locked=False)
        state.push(Change(units={unit: (known, after)}))


def _may_keep(known: Attributes, stem: str | None, holders: set[int]) -> bool:
    length = next(length for length, level in LENGTHS.items() if level == known.level)
    by_rule = known.code is not None and len(known.code) == length and known.code.startswith(stem or "-")
    return by_rule and not holders


def _codes_of_others(session: Session, plan: Plan) -> dict[str, set[int]]:
    """Return who had which code in plans that are or were in force: a code means one unit for ever."""
    rows = session.execute(
        text(
            "SELECT u.code, u.unit_id FROM plan_unit u JOIN plan p ON p.id = u.plan_id "
            "WHERE p.district_id = :district AND p.state IN ('adopted', 'superseded') AND u.code IS NOT NULL"
        ),
        {"district": plan.district_id},
    )
    held: dict[str, set[int]] = {}
    for code, unit in rows:
        held.setdefault(code, set()).add(unit)
    return held


def _let_branches_stand_on_what_this_stood_on(session: Session, plan: Plan) -> None:
    """Give drafts made from this one its own base: they were made before it came into force."""
    ground = ground_of(session, plan)
    session.execute(
        update(Plan).where(Plan.base_id == plan.id).values(base_id=ground.id if ground is not None else None)
    )
