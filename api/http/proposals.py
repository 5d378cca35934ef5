"""Routes for proposals: what can be asked for, asking, comparing, looking at one, taking one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.http.context import GEOJSON, OpenDatabase, OpenSession, kept, unchanged
from api.jobs import queue
from boundaries import proposals
from boundaries.errors import ArgumentError
from boundaries.hierarchy import read_hierarchy
from boundaries.plans import find_plan
from boundaries.proposing import DEFAULT_GOALS, default_bands, possible_goals
from boundaries.rules import Rules
from boundaries.sentences import Said
from boundaries.storage.plan_tables import LEVELS, Plan
from boundaries.storage.tables import District
from boundaries.walks import served_levels
from maps.proposals import change_features, proposal_features, proposal_json

if TYPE_CHECKING:
    from collections.abc import Iterator

router = APIRouter(prefix="/api", tags=["proposals"])

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=100)]


class Asked(BaseModel):
    """What to propose: which plan to divide, at which level, under which rules."""

    plan: int
    level: Literal["street", "community", "cell"] = "cell"
    parts: int | None = Field(default=None, ge=1)
    bands: dict[str, tuple[float, float]] | None = None
    parts_per_parent: tuple[int, int] | None = None
    goals: dict[str, Weight] | None = None
    keep: list[int] = Field(default=[], description="Units of the level that keep all their blocks.")
    barrier_costs: dict[str, Share] | None = None
    links: list[tuple[str, str]] = Field(
        default=[], description="Pairs of block keys that count as neighbours, such as the ends of a ferry."
    )
    steps: int | None = Field(default=None, ge=0)
    time_limit_s: float | None = Field(
        default=None, gt=0, le=3600, description="Seconds; 10 where neither steps nor a limit is given."
    )
    seed: int = Field(default=7, ge=0)
    workers: int | None = Field(
        default=None,
        ge=1,
        le=64,
        description="Threads; processes for a city, which takes every core by default.",
    )


class Taken(BaseModel):
    """How the plan made of a proposal is to be called."""

    name: str | None = Field(default=None, min_length=1, max_length=200)


@router.get("/plans/{plan}/proposing")
def read_defaults(session: OpenSession, plan: int) -> dict[str, Any]:
    """Return what can be proposed from a plan, level by level, with the district's rules as defaults."""
    found = find_plan(session, plan)
    district = session.get_one(District, found.district_id)
    rules = Rules.of(district.rules)
    served = served_levels(session, district)
    have = read_hierarchy(session, found)
    levels = {}
    for level in LEVELS:
        if level == "cell" and have.levels[0].level == "cell":
            continue
        present = level in have.unit
        levels[level] = {
            "bands": default_bands(have, rules, level),
            "parts": len(have.level(level)) if present and level != "cell" else None,
            "parts_per_parent": rules.parts_per_parent if level == "cell" else None,
            "goals": possible_goals(have, level, served),
            "name": proposals.offered_name(session, found, level),
        }
    return {"plan": found.id, "levels": levels, "goals": DEFAULT_GOALS}


@router.post("/proposals", status_code=202)
def ask_for_proposals(database: OpenDatabase, session: OpenSession, wanted: Asked) -> dict[str, int]:
    """Ask for balanced divisions; the answer names the job."""
    find_plan(session, wanted.plan)
    return {"job": queue.enqueue(database, "propose", wanted.model_dump())}


@router.get("/jobs/{job}/proposals")
def list_proposals(database: OpenDatabase, session: OpenSession, job: int) -> dict[str, Any]:
    """List a job's proposals, best first, with what was asked for and what the engine answered."""
    found = queue.find_job(database, job)
    if found.kind != "propose":
        raise ArgumentError(
            Said(
                "job-no-search",
                "job {job} is no search for proposals but one of kind {kind}.",
                job=str(job),
                kind=found.kind,
            )
        )
    plan = session.get(Plan, found.arguments["plan"])
    return {
        "job": queue.as_json(found),
        "plan": found.arguments["plan"],
        "level": found.arguments["level"],
        "asked": found.arguments,
        "answer": (found.result or {}).get("answer"),
        "proposals": []
        if plan is None
        else [proposal_json(row, plan.revision) for row in proposals.proposals_of(session, job)],
    }


@router.post("/proposals/{proposal}/repeat", status_code=202)
def repeat_proposal(database: OpenDatabase, session: OpenSession, proposal: int) -> dict[str, int]:
    """Search once more as a proposal was found, step by step; the job fails where another division comes out."""
    row = proposals.find_proposal(session, proposal)
    asked = {"plan": row.plan_id, "level": row.level, "repeat": row.id}
    return {"job": queue.enqueue(database, "propose", asked)}


@router.get("/proposals/{proposal}")
def read_proposal(session: OpenSession, request: Request, proposal: int) -> Response:
    """Return the units of a proposal with polygon, figures and findings, in the planar CRS."""
    one = proposals.find_proposal(session, proposal)
    etag = f"proposal-{one.id}-{_revision(session, one.plan_id)}"
    body = unchanged(request, etag)
    if body is not None:
        return body
    opened = proposals.open_proposal(session, proposal)
    return kept(etag, GEOJSON, _collection(proposal_features(session, opened)))


@router.get("/proposals/{proposal}/changes")
def read_changes(session: OpenSession, request: Request, proposal: int) -> Response:
    """Return the areas that change their unit against the plan, with the residents of each, in the planar CRS."""
    one = proposals.find_proposal(session, proposal)
    etag = f"changes-{one.id}-{_revision(session, one.plan_id)}"
    body = unchanged(request, etag)
    if body is not None:
        return body
    opened = proposals.open_proposal(session, proposal)
    return kept(etag, GEOJSON, _collection(change_features(session, opened)))


@router.post("/proposals/{proposal}/take", status_code=201)
def take_proposal(session: OpenSession, proposal: int, wanted: Taken) -> dict[str, Any]:
    """Make a draft plan of a proposal."""
    plan = proposals.take(session, proposal, wanted.name).plan
    return {"plan": plan.id, "name": plan.name}


def _revision(session: OpenSession, plan: int) -> int:
    return session.get_one(Plan, plan).revision


def _collection(features: Iterator[str]) -> str:
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'
