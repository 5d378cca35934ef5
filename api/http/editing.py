"""Routes of editing: blocks to draw on, edits, trying them out, and the log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.http.context import Acting, KnownRevision, OpenDatabase, OpenSession, kept, unchanged
from boundaries import redraw
from boundaries.planning.forking import fork
from boundaries.plans import find_plan, plan_to_edit
from maps.blocks import blocks_json, choose_blocks
from maps.edits import result_json
from maps.layers import parse_bbox

router = APIRouter(prefix="/api", tags=["editing"])


class Asked(BaseModel):
    """One edit: an operation with its arguments, the sender's own mark of it, and of those it was made on top of."""

    model_config = ConfigDict(extra="forbid")

    operation: str = Field(max_length=40)
    arguments: dict[str, Any]
    request: str | None = Field(default=None, min_length=1, max_length=100)
    follows: list[Annotated[str, Field(max_length=100)]] = Field(default=[], max_length=1000)


class Forked(BaseModel):
    """From which revision a fork begins, and the edits to do on it."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, lt=2**31)
    edits: list[Asked] = Field(max_length=1000)
    name: str | None = Field(default=None, min_length=1, max_length=200)


@router.get("/plans/{plan}/blocks")
def read_blocks(
    session: OpenSession,
    request: Request,
    plan: int,
    community: int | None = None,
    street: int | None = None,
    bbox: str | None = None,
) -> Response:
    """Return blocks with counts, unit and borders, of all the plan or of a part, in the planar CRS."""
    found = find_plan(session, plan)
    chosen = choose_blocks(session, found, community=community, street=street, box=parse_bbox(bbox))
    etag = f"blocks-{found.id}-{found.revision}-{chosen}"
    body = unchanged(request, etag)
    if body is not None:
        return body
    return kept(etag, "application/json", blocks_json(session, found, chosen))


@router.post("/plans/{plan}/edits")
def do_edit(
    database: OpenDatabase, plan: int, actor: Acting, revision: KnownRevision, asked: Asked
) -> Response:
    """Do an edit and log it; answers with just what changed."""
    edit = redraw.Edit.of(asked.operation, asked.arguments)
    # A session that FastAPI opens and closes goes through two threads more, which a planner who draws waits for.
    with database.session() as session:
        found = plan_to_edit(session, plan)
        done = redraw.edit(
            session,
            found,
            edit,
            actor=actor,
            revision=revision,
            request=asked.request,
            follows=set(asked.follows),
        )
        body = result_json(session, found, done)
    return _told(done.revision, body)


@router.post("/plans/{plan}/edits/preview")
def try_edit(
    session: OpenSession, plan: int, actor: Acting, revision: KnownRevision, asked: Asked
) -> Response:
    """Answer as an edit would, and store nothing."""
    found = plan_to_edit(session, plan)
    edit = redraw.Edit.of(asked.operation, asked.arguments)
    with redraw.preview(session, found, edit, actor=actor, revision=revision) as done:
        body = result_json(session, found, done)
    return Response(body, media_type="application/json")


@router.get("/plans/{plan}/edits")
def read_log(
    session: OpenSession,
    plan: int,
    before: Annotated[int | None, Query(ge=0, lt=2**31)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    actor: str | None = None,
) -> dict[str, Any]:
    """Return the log of edits, newest first."""
    page = redraw.log(session, find_plan(session, plan), before=before, limit=limit, actor=actor)
    return {"edits": [edit.as_json() for edit in page.edits], "next": page.next}


@router.get("/plans/{plan}/changes")
def read_changes(session: OpenSession, plan: int, since: int) -> Response:
    """Return all that changed since a revision as one result, for catching up."""
    found = find_plan(session, plan)
    done = redraw.changes_since(session, found, since)
    return _told(done.revision, result_json(session, found, done))


@router.post("/plans/{plan}/fork", status_code=201)
def fork_plan(session: OpenSession, plan: int, actor: Acting, wanted: Forked) -> dict[str, Any]:
    """Make a draft of one's own from a revision, with the edits that were refused."""
    edits = [redraw.Edit.of(one.operation, one.arguments) for one in wanted.edits]
    made = fork(session, find_plan(session, plan), wanted.revision, edits, actor=actor, name=wanted.name)
    return {"plan": made.id, "name": made.name}


def _told(revision: int, body: str) -> Response:
    return Response(body, media_type="application/json", headers={"ETag": f'"{revision}"'})
