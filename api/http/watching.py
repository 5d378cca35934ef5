"""Routes for working on a plan together: what happens to it as it happens, and saying where one is."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.http.context import Acting, OpenDatabase, OpenSession
from api.http.live import PRESENCE, Event, Live, Subscription
from boundaries.plans import find_plan
from maps.edits import edit_events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from boundaries.storage.database import Database

router = APIRouter(prefix="/api", tags=["watching"])

BEAT_SECONDS = 15.0
"""How often a stream says that it lives: proxies close silent ones."""

AGAIN_SECONDS = 1.0
"""How long to wait before the log is read again that could not be read."""

Coordinate = Annotated[float, Field(ge=-1e9, le=1e9)]


class Presence(BaseModel):
    """Where someone is on a plan, and with what tool on which unit."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    at: tuple[Coordinate, Coordinate] | None = None
    tool: str | None = Field(default=None, max_length=40)
    unit: int | None = None


@router.post("/plans/{plan}/presence", status_code=204)
def tell_presence(session: OpenSession, plan: int, actor: Acting, presence: Presence) -> Response:
    """Tell everyone who works on the plan where one is."""
    found = find_plan(session, plan)
    told = {
        "plan": found.id,
        "actor": actor.as_json(),
        **presence.model_dump(),
        "seen": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
    }
    session.execute(text("SELECT pg_notify(:c, :t)"), {"c": PRESENCE, "t": json.dumps(told)})
    return Response(status_code=204)


@router.get("/plans/{plan}/events")
async def watch_plan(
    request: Request,
    database: OpenDatabase,
    plan: int,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Stream edits, presence and steps of a plan's life as server-sent events, resuming where the client left off."""
    revision = await run_in_threadpool(_revision, database, plan)
    last = revision
    if last_event_id and last_event_id.isascii() and last_event_id.isdigit():
        last = min(int(last_event_id), revision)
    live: Live = request.app.state.live
    stream = _events(database, live, plan, last)
    return StreamingResponse(
        stream,
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


def _revision(database: Database, plan: int) -> int:
    with database.session() as session:
        return find_plan(session, plan).revision


async def _events(database: Database, live: Live, plan: int, last: int) -> AsyncIterator[str]:
    client = Subscription(plan, asyncio.get_running_loop())
    try:
        await run_in_threadpool(live.subscribe, client)
        yield f"retry: 1000\n{Event('revision', {'revision': last}, last)}"
        for event in live.present(plan):
            yield str(event)
        while not client.ended:
            if client.behind:
                client.behind = False
                try:
                    found = await run_in_threadpool(_edits, database, plan, last)
                except SQLAlchemyError:
                    # The database is away; the listening connection says when it is back, and all read again then.
                    await client.look(AGAIN_SECONDS)
                    client.behind = True
                    continue
                for edit in found:
                    last = edit["revision"]
                    yield str(Event("edit", edit, last))
            while client.waiting:
                event = client.waiting.popleft()
                if event.revision is None or event.revision > last:
                    last = event.revision or last
                    yield str(event)
            if not client.ended and not client.behind and not await client.look(BEAT_SECONDS):
                yield ": \n\n"
    finally:
        live.unsubscribe(client)


def _edits(database: Database, plan: int, after: int) -> list[dict[str, Any]]:
    with database.session() as session:
        return edit_events(session, plan, after)
