"""Proposals in the database: kept whole when a search ends, read back, and taken as a draft plan."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import delete, select

from boundaries.drafting import draft_plan, made_level
from boundaries.errors import NotFoundError, PlanError
from boundaries.hierarchy import Hierarchy, read_hierarchy
from boundaries.plans import LevelDraft, StoredPlan, find_plan, store_plan
from boundaries.proposal_figures import proposal_figures
from boundaries.proposing import Found, Wanted, level_above, search
from boundaries.rules import Rules
from boundaries.sentences import Said, told
from boundaries.storage.plan_tables import Plan
from boundaries.storage.proposal_tables import Proposal
from boundaries.storage.tables import District
from boundaries.walks import read_walks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from boundaries.balancing import Answer
    from boundaries.blocks import Ints
    from boundaries.storage.database import Database
    from geo.walking import Walks

LEVEL_NAMES = {"street": "街道", "community": "社区", "cell": "网格"}


@dataclass(frozen=True)
class Searched:
    """The proposals of one search, best first, and the engine's answer."""

    proposals: list[Proposal]
    answer: Answer
    told: dict[str, Any]
    """The answer as JSON: see `told_answer`."""


@dataclass(frozen=True)
class Subject:
    """A plan as it was read for a search, with what the search needs of its district."""

    plan: Plan
    have: Hierarchy
    rules: Rules
    walks: Walks | None


def propose(
    database: Database,
    plan: int,
    wanted: Wanted,
    *,
    job: int | None = None,
    scheduler: str | None = None,
    on_progress: Callable[[float, str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    before_keeping: Callable[[], None] | None = None,
) -> Searched:
    """Divide a plan at one level and keep every proposal; none of them is a plan until it is taken.

    The database is read before the search and written after it: no transaction is open while it lasts.

    Parameters
    ----------
    job
        Number of the job that asks; what an earlier attempt of the same job kept is replaced.
    scheduler
        Address of a `distributed` scheduler for a city's search.
    before_keeping
        Called when the search is over; raising keeps nothing.

    Raises
    ------
    NotFoundError
        When there is no such plan.
    PlanError
        When the plan lacks what the level needs, or was changed while the search lasted.
    """
    with database.session() as session:
        subject = read_subject(session, find_plan(session, plan), wanted)
    found = search(
        subject.have,
        subject.rules,
        wanted,
        on_progress,
        cancel,
        walks=subject.walks,
        scheduler=scheduler,
    )
    if before_keeping is not None:
        before_keeping()
    told = told_answer(subject.have, wanted.level, found.answer)
    rows = _rows(subject, wanted, found, job)
    with database.session() as session:
        _require_unchanged(session, subject.plan)
        if job is not None:
            session.execute(delete(Proposal).where(Proposal.job_id == job))
        session.add_all(rows)
    return Searched(rows, found.answer, told)


def repeat(
    database: Database,
    proposal: int,
    *,
    job: int | None = None,
    scheduler: str | None = None,
    on_progress: Callable[[float, str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    before_keeping: Callable[[], None] | None = None,
) -> Searched:
    """Search once more as a proposal was searched for, step by step, and require the same division.

    Raises
    ------
    NotFoundError
        When there is no such proposal.
    PlanError
        When its plan was changed since, it was kept without its steps, or another division comes out.
    """
    with database.session() as session:
        row = find_proposal(session, proposal)
        _require_revision(session.get_one(Plan, row.plan_id), row)
    found = propose(
        database,
        row.plan_id,
        Wanted.again(row.made_by),
        job=job,
        scheduler=scheduler,
        on_progress=on_progress,
        cancel=cancel,
        before_keeping=before_keeping,
    )
    if row.part not in {one.part for one in found.proposals} and found.answer.stopped_by != "cancel":
        from boundaries.city.pool import engine_fingerprint

        other = row.made_by["engine"] != engine_fingerprint()
        why = (
            Said("proposal-other-version", "it was made by another version of wangge")
            if other
            else Said("proposal-report", "please report it")
        )
        raise PlanError(
            Said(
                "proposal-not-again",
                "proposal {proposal} did not come out again: {why}. What came out was kept beside it.",
                proposal=str(proposal),
                why=why,
            )
        )
    return found


def read_subject(session: Session, plan: Plan, wanted: Wanted) -> Subject:
    """Read what a search needs of a plan.

    Raises
    ------
    PlanError
        When the goal walking is asked for and the level has no service points.
    """
    district = session.get_one(District, plan.district_id)
    have = read_hierarchy(session, plan)
    walking = wanted.goals.get("walking", 0) > 0
    walks = read_walks(session, district, have, wanted.level) if walking else None
    return Subject(plan, have, Rules.of(district.rules), walks)


def _rows(subject: Subject, wanted: Wanted, found: Found, job: int | None) -> list[Proposal]:
    bands = {measure: (band.low, band.high) for measure, band in found.problem.bands.items()}
    return [
        Proposal(
            job_id=job,
            plan_id=subject.plan.id,
            revision=subject.plan.revision,
            level=wanted.level,
            rank=rank,
            part=np.asarray(one.part, dtype="<i4").tobytes(),
            scores={goal: _finite(score) for goal, score in one.scores.items()},
            figures=proposal_figures(subject.have, wanted.level, np.asarray(one.part, dtype=np.int64), bands),
            made_by=_made_by(wanted, found, one.scores),
        )
        for rank, one in enumerate(found.answer.proposals)
    ]


def _require_unchanged(session: Session, read: Plan) -> None:
    """Refuse to keep what was found for a plan that is no longer what was read; it stays so until the commit."""
    now = session.scalar(select(Plan).where(Plan.id == read.id).with_for_update(read=True))
    if now is None or now.revision != read.revision:
        what = (
            Said("plan-deleted", "deleted")
            if now is None
            else Said(
                "plan-changed",
                "changed (revision {before}, now {now})",
                before=str(read.revision),
                now=str(now.revision),
            )
        )
        raise PlanError(
            Said(
                "proposal-stale",
                '"{plan}" was {what} while proposals were searched for, so they would not fit it; nothing was kept. '
                "Propose again.",
                plan=read.name,
                what=what,
            )
        )


def _made_by(wanted: Wanted, found: Found, scores: Mapping[str, float]) -> dict[str, Any]:
    """Return what the search was asked, with every default filled in, and what it takes to repeat it."""
    from boundaries.city.pool import engine_fingerprint
    from boundaries.city.steps import steps_json

    answer, problem = found.answer, found.problem
    return {
        "module": "balancing",
        "engine": engine_fingerprint(),
        **wanted.as_json(),
        "goals": dict(found.goals),
        "parts_per_parent": problem.parts_per_parent,
        "bands": {measure: [band.low, _finite(band.high)] for measure, band in problem.bands.items()},
        "scores": {goal: _finite(score) for goal, score in scores.items()},
        "reasons": [str(reason) for reason in answer.reasons],
        "unmet": [str(rule) for rule in answer.unmet],
        "stopped_by": answer.stopped_by,
        "steps_done": steps_json(answer.steps_done),
    }


def told_answer(have: Hierarchy, level: str, answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON; every reason and unmet rule knows its place.

    ``bounds`` are [minx, miny, maxx, maxy] in the district's planar CRS of the blocks named, else of the parent;
    null where all is meant. ``reason`` of an unmet rule is the position of the reason behind it, or null.
    """
    position = {id(reason): k for k, reason in enumerate(answer.reasons)}
    box = _boxes(have, level)
    return {
        "proven": answer.proven,
        "lower_bound": _finite(answer.lower_bound),
        "stopped_by": answer.stopped_by,
        "steps_done": int(answer.steps_done),
        "notes": [told(note) for note in answer.notes],
        "reasons": [
            {
                "rule": reason.rule,
                "parent": reason.parent,
                "blocks": list(reason.blocks),
                "parts": reason.parts,
                "message": reason.message,
                "relaxation": reason.relaxation,
                "figures": {name: _finite(value) for name, value in reason.figures.items()},
                "bounds": box(reason.blocks, reason.parent),
            }
            for reason in answer.reasons
        ],
        "unmet": [
            {
                "rule": rule.rule,
                "parent": rule.parent,
                "blocks": list(rule.blocks),
                "parts": list(rule.parts),
                "message": rule.message,
                "reason": None if rule.reason is None else position.get(id(rule.reason)),
                "figures": {name: _finite(value) for name, value in rule.figures.items()},
                "bounds": box(rule.blocks, rule.parent),
            }
            for rule in answer.unmet
        ],
    }


def _boxes(have: Hierarchy, level: str) -> Callable[[tuple[str, ...], str], list[float] | None]:
    """Return what finds the bounds of named blocks, or of a named unit of the level above."""
    at = {key: k for k, key in enumerate(have.blocks.key)}
    bounds = shapely.bounds(have.blocks.polygon)
    above = level_above(have, level)

    def box(blocks: tuple[str, ...], parent: str) -> list[float] | None:
        members = [at[key] for key in blocks if key in at]
        if not members and above is not None and parent in above.name:
            members = np.flatnonzero(have.unit[above.level] == above.name.index(parent)).tolist()
        if not members:
            return None
        held = bounds[members]
        low, high = held[:, :2].min(axis=0), held[:, 2:].max(axis=0)
        return [round(float(value), 3) for value in (*low, *high)]

    return box


def _finite(value: Any) -> Any:
    """Return a number JSON can hold: infinite limits and unknown scores become null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


@dataclass(frozen=True)
class OpenProposal:
    """A proposal with the plan it divides.

    Attributes
    ----------
    part : (n,) int
        Part of each block of ``have``.
    """

    row: Proposal
    plan: Plan
    district: District
    have: Hierarchy
    part: Ints

    def units(self, session: Session) -> LevelDraft:
        """Return the units as a plan made of the proposal would have them."""
        keep = self.row.made_by.get("keep", ())
        return made_level(session, self.district, self.have, self.row.level, self.part, keep)


def find_proposal(session: Session, proposal: int) -> Proposal:
    """Return a proposal.

    Raises
    ------
    NotFoundError
        When there is none with this id.
    """
    found = session.get(Proposal, proposal)
    if found is None:
        raise NotFoundError(
            Said(
                "proposal-none",
                "there is no proposal {proposal}; it may have gone with its plan. Propose again.",
                proposal=str(proposal),
            )
        )
    return found


def proposals_of(session: Session, job: int) -> list[Proposal]:
    """Return the proposals of a job, best first."""
    return list(session.scalars(select(Proposal).where(Proposal.job_id == job).order_by(Proposal.rank)))


def open_proposal(session: Session, proposal: int) -> OpenProposal:
    """Read a proposal with the plan it divides.

    Raises
    ------
    NotFoundError
        When there is none with this id.
    PlanError
        When the plan was changed since: the proposal would no longer mean the same blocks.
    """
    row = find_proposal(session, proposal)
    plan = session.get_one(Plan, row.plan_id)
    _require_revision(plan, row)
    part = np.frombuffer(row.part, dtype="<i4").astype(np.int64)
    have = read_hierarchy(session, plan)
    return OpenProposal(row, plan, session.get_one(District, plan.district_id), have, part)


def _require_revision(plan: Plan, row: Proposal) -> None:
    if plan.revision != row.revision:
        raise PlanError(
            Said(
                "proposal-old",
                '"{plan}" was changed since this proposal was made (revision {before}, now {now}). Propose again.',
                plan=plan.name,
                before=str(row.revision),
                now=str(plan.revision),
            )
        )


def take(session: Session, proposal: int, name: str | None = None) -> StoredPlan:
    """Make a draft plan of a proposal.

    Parameters
    ----------
    name
        Without one, the plan is named after the one it divides, numbered where that name is taken.

    Raises
    ------
    NotFoundError, PlanError
        As `open_proposal`; or when the name is taken.
    """
    one = open_proposal(session, proposal)
    made_by = {**one.row.made_by, "proposal": one.row.id}
    draft = draft_plan(
        session,
        one.district,
        one.plan,
        one.have,
        one.units(session),
        one.part,
        name or offered_name(session, one.plan, one.row.level),
        made_by,
    )
    return store_plan(session, one.district, draft)


def offered_name(session: Session, plan: Plan, level: str) -> str:
    """Return a name for a plan made by dividing another, one that no plan of the district has."""
    taken = set(session.scalars(select(Plan.name).where(Plan.district_id == plan.district_id)))
    stem = f"{plan.name}·{LEVEL_NAMES[level]}方案"
    number, name = 1, stem
    while name in taken:
        number += 1
        name = f"{stem}{number}"
    return name
