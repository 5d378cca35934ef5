"""Routes of a plan's life: branches, comparison, steps, adoption, and what is said about it in review."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.http.context import GEOJSON, Acting, OpenSession, kept, unchanged
from boundaries.planning import comments, life
from boundaries.planning.adoption import Decision, adopt
from boundaries.planning.branch import branch
from boundaries.planning.compare import compare
from boundaries.planning.readiness import readiness
from boundaries.planning.update import update
from boundaries.plans import find_plan
from maps.comparing import area_features, comparison_json

if TYPE_CHECKING:
    from boundaries.storage.plan_tables import Plan

router = APIRouter(prefix="/api", tags=["planning"])

Coordinate = Annotated[float, Field(ge=-1e9, le=1e9)]
Words = Annotated[str, Field(min_length=1, max_length=4000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Branched(_Body):
    """Of which plan a branch is to be made, under what name, with which levels."""

    base: int
    name: Name | None = None
    levels: list[str] | None = Field(default=None, max_length=3)


class Renamed(_Body):
    """A plan's new name."""

    name: Name


class Updating(_Body):
    """Whose side is taken in each conflict."""

    resolve: dict[str, Literal["mine", "theirs"]] = Field(default={})


class Adopted(_Body):
    """An authority's decision, with a reason for each unit that breaks a rule."""

    authority: Name
    number: Name
    date: dt.date
    in_force_from: dt.date | None = None
    reasons: dict[int, str] = Field(default={})


class Pinned(_Body):
    """A comment and its place, metres in the planar CRS."""

    at: tuple[Coordinate, Coordinate]
    text: Words
    unit: int | None = None


class Replied(_Body):
    """A reply to a comment."""

    text: Words


@router.post("/plans", status_code=201)
def make_branch(session: OpenSession, actor: Acting, wanted: Branched) -> dict[str, Any]:
    """Make a draft that begins as a copy of a plan."""
    plan = find_plan(session, wanted.base)
    return _named(branch(session, plan, actor=actor, name=wanted.name, levels=wanted.levels))


@router.patch("/plans/{plan}")
def rename_plan(session: OpenSession, plan: int, actor: Acting, wanted: Renamed) -> dict[str, Any]:
    """Give a plan another name."""
    found = find_plan(session, plan)
    life.rename(session, found, wanted.name, actor)
    return _named(found)


@router.get("/plans/{old}/compare/{new}")
def compare_plans(session: OpenSession, request: Request, old: int, new: int) -> Response:
    """Return what differs between two plans: residents, households and buildings that change their unit."""
    before, after = find_plan(session, old), find_plan(session, new)
    etag = _pair_tag(before, after)
    found = unchanged(request, etag)
    if found is not None:
        return found
    told = json.dumps(comparison_json(compare(session, before, after)), ensure_ascii=False)
    return kept(etag, "application/json", told)


@router.get("/plans/{old}/compare/{new}/areas")
def compare_areas(
    session: OpenSession, request: Request, old: int, new: int, level: str | None = None
) -> Response:
    """Return the ground whose unit differs between two plans at a level, in the planar CRS."""
    before, after = find_plan(session, old), find_plan(session, new)
    if level is not None and level not in {*before.levels, *after.levels}:
        level = "none of them"
    etag = f"{_pair_tag(before, after)}-{level}"
    found = unchanged(request, etag)
    if found is not None:
        return found
    features = ",".join(area_features(compare(session, before, after), level))
    return kept(etag, GEOJSON, f'{{"type":"FeatureCollection","features":[{features}]}}')


@router.post("/plans/{plan}/update")
def update_plan(session: OpenSession, plan: int, actor: Acting, wanted: Updating) -> dict[str, Any]:
    """Merge the plan in force into a draft that was begun on an earlier one."""
    found = find_plan(session, plan)
    done = update(session, found, actor, wanted.resolve)
    findings = done.applied.findings if done.applied else None
    return {
        **_stated(found),
        "revision": found.revision,
        "base": done.base.id,
        "edit": done.edit.as_json() if done.edit else None,
        "broken": [one.as_json() for one in findings.broken] if findings else [],
        "mended": [one.as_json() for one in findings.mended] if findings else [],
        "restored": done.restored,
    }


@router.post("/plans/{plan}/adopt")
def adopt_plan(session: OpenSession, plan: int, actor: Acting, wanted: Adopted) -> dict[str, Any]:
    """Bring a submitted plan into force."""
    found = find_plan(session, plan)
    decision = Decision(wanted.authority, wanted.number, wanted.date, wanted.in_force_from, wanted.reasons)
    adopt(session, found, decision, actor)
    return _stated(found)


@router.post("/plans/{plan}/submit")
def submit_plan(session: OpenSession, plan: int, actor: Acting) -> dict[str, Any]:
    """Hand a draft in to be adopted."""
    found = find_plan(session, plan)
    life.submit(session, found, actor)
    return _stated(found)


@router.post("/plans/{plan}/withdraw")
def withdraw_plan(session: OpenSession, plan: int, actor: Acting) -> dict[str, Any]:
    """Make a submitted plan a draft again."""
    found = find_plan(session, plan)
    life.withdraw(session, found, actor)
    return _stated(found)


@router.post("/plans/{plan}/archive")
def archive_plan(session: OpenSession, plan: int, actor: Acting) -> dict[str, Any]:
    """Put a draft away."""
    found = find_plan(session, plan)
    life.archive(session, found, actor)
    return _stated(found)


@router.post("/plans/{plan}/restore")
def restore_plan(session: OpenSession, plan: int, actor: Acting) -> dict[str, Any]:
    """Bring an archived draft back."""
    found = find_plan(session, plan)
    life.restore(session, found, actor)
    return _stated(found)


@router.get("/plans/{plan}/readiness")
def read_readiness(session: OpenSession, plan: int) -> list[dict[str, Any]]:
    """List what stands in the way of a plan's adoption, each with its place."""
    return [one.as_json() for one in readiness(session, find_plan(session, plan))]


@router.get("/plans/{plan}/steps")
def read_steps(session: OpenSession, plan: int) -> list[dict[str, Any]]:
    """List the steps of a plan's life, oldest first."""
    return [
        {
            "step": row.step,
            "revision": row.revision,
            "actor": row.actor,
            "details": row.details,
            "at": row.at.isoformat(),
        }
        for row in life.steps_of(session, find_plan(session, plan))
    ]


@router.get("/plans/{plan}/comments")
def read_comments(session: OpenSession, plan: int) -> list[dict[str, Any]]:
    """List the comments on a plan with their replies, oldest first."""
    return comments.comments_of(session, find_plan(session, plan))


@router.post("/plans/{plan}/comments", status_code=201)
def pin_comment(session: OpenSession, plan: int, actor: Acting, said: Pinned) -> dict[str, int]:
    """Pin a comment to a place."""
    return {"id": comments.pin(session, find_plan(session, plan), actor, said.at, said.text, said.unit).id}


@router.post("/comments/{comment}/replies", status_code=201)
def reply_to_comment(session: OpenSession, comment: int, actor: Acting, said: Replied) -> dict[str, int]:
    """Reply to a comment."""
    return {"id": comments.reply(session, comment, actor, said.text).id}


@router.post("/comments/{comment}/resolve", status_code=204)
def resolve_comment(session: OpenSession, comment: int, actor: Acting) -> Response:
    """Say that a comment is settled."""
    comments.resolve(session, comment, actor, resolved=True)
    return Response(status_code=204)


@router.post("/comments/{comment}/reopen", status_code=204)
def reopen_comment(session: OpenSession, comment: int, actor: Acting) -> Response:
    """Say that a comment is open again."""
    comments.resolve(session, comment, actor, resolved=False)
    return Response(status_code=204)


def _named(plan: Plan) -> dict[str, Any]:
    return {"plan": plan.id, "name": plan.name}


def _stated(plan: Plan) -> dict[str, Any]:
    return {**_named(plan), "state": life.state_of(plan)}


def _pair_tag(old: Plan, new: Plan) -> str:
    return f"compare-{old.id}-{old.revision}-{new.id}-{new.revision}"
