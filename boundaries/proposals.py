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
from boundaries.plans import LevelDraft, StoredPlan, store_plan
from boundaries.proposal_figures import proposal_figures
from boundaries.proposing import Wanted, level_above, search
from boundaries.rules import Rules
from boundaries.storage.plan_tables import Plan
from boundaries.storage.proposal_tables import Proposal
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from boundaries.balancing import Answer, Problem
    from boundaries.blocks import Ints

LEVEL_NAMES = {"street": "街道", "community": "社区", "cell": "网格"}


@dataclass(frozen=True)
class Searched:
    """The proposals of one search, best first, and the engine's answer."""

    proposals: list[Proposal]
    answer: Answer
    told: dict[str, Any]
    """The answer as JSON: see `told_answer`."""


def propose(
    session: Session,
    plan: Plan,
    wanted: Wanted,
    *,
    job: int | None = None,
    on_progress: Callable[[float, str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Searched:
    """Divide a plan at one level and keep every proposal; none of them is a plan until it is taken.

    Parameters
    ----------
    job
        Number of the job that asks; what an earlier attempt of the same job kept is replaced.

    Raises
    ------
    PlanError
        When the plan lacks what the level needs.
    """
    district = session.get_one(District, plan.district_id)
    have = read_hierarchy(session, plan)
    found = search(have, Rules.of(district.rules), wanted, on_progress, cancel)
    if job is not None:
        session.execute(delete(Proposal).where(Proposal.job_id == job))
    told = told_answer(have, wanted.level, found.answer)
    bands = {measure: (band.low, band.high) for measure, band in found.problem.bands.items()}
    kept = [
        Proposal(
            job_id=job,
            plan_id=plan.id,
            revision=plan.revision,
            level=wanted.level,
            rank=rank,
            part=np.asarray(one.part, dtype="<i4").tobytes(),
            scores={goal: _finite(score) for goal, score in one.scores.items()},
            figures=proposal_figures(have, wanted.level, np.asarray(one.part, dtype=np.int64), bands),
            made_by=_made_by(wanted, found.answer, found.problem, one.scores),
        )
        for rank, one in enumerate(found.answer.proposals)
    ]
    session.add_all(kept)
    session.flush()
    return Searched(kept, found.answer, told)


def _made_by(wanted: Wanted, answer: Answer, problem: Problem, scores: Mapping[str, float]) -> dict[str, Any]:
    return {
        "module": "balancing",
        **wanted.as_json(),
        "bands": {measure: [band.low, _finite(band.high)] for measure, band in problem.bands.items()},
        "scores": {goal: _finite(score) for goal, score in scores.items()},
        "reasons": [str(reason) for reason in answer.reasons],
        "unmet": [str(rule) for rule in answer.unmet],
        "stopped_by": answer.stopped_by,
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
        "notes": list(answer.notes),
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
            f"there is no proposal {proposal}; it may have gone with its plan. Propose again."
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
    if plan.revision != row.revision:
        raise PlanError(
            f'"{plan.name}" was changed since this proposal was made (revision {row.revision}, now '
            f"{plan.revision}). Propose again."
        )
    part = np.frombuffer(row.part, dtype="<i4").astype(np.int64)
    have = read_hierarchy(session, plan)
    return OpenProposal(row, plan, session.get_one(District, plan.district_id), have, part)


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
