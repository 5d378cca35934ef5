"""What every route needs: a session on the app's database, who acts, and answers the browser may keep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote

from fastapi import Depends, Header, Request, Response
from sqlalchemy.orm import Session

from api.errors import RevisionMissingError
from boundaries.errors import ActorError, ArgumentError
from boundaries.redraw.edits import Actor
from boundaries.sentences import Said
from boundaries.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

GEOJSON = "application/geo+json"

# What does not wait for anything is asynchronous: it runs at once, where a plain function would go to another thread.


async def get_database(request: Request) -> Database:
    """Return the app's database."""
    database: Database = request.app.state.database
    return database


def get_session(database: Annotated[Database, Depends(get_database)]) -> Iterator[Session]:
    """Give a session for one request."""
    with database.session() as session:
        yield session


async def get_actor(stated: Annotated[str | None, Header(alias="X-Wangge-Actor")] = None) -> Actor:
    """Return who acts, from percent-encoded JSON with id, name and role.

    Raises
    ------
    ActorError
        When the header is missing or says nothing of the kind.
    """
    if not stated:
        raise ActorError(
            Said(
                "actor-missing",
                "say who acts with the header {header}: percent-encoded JSON with id, name and role.",
                header="X-Wangge-Actor",
            )
        )
    try:
        read = json.loads(unquote(stated, errors="strict"))
    except (ValueError, RecursionError):
        read = None
    actor = Actor.from_json(read)
    if not (actor.id + actor.name).isprintable():
        raise ActorError(
            Said(
                "actor-plain",
                "the id and the name of who acts must be plain text without control characters.",
            )
        )
    return actor


async def get_revision(if_match: Annotated[str | None, Header()] = None) -> int | None:
    """Return the revision of the plan that the sender knows; None with ``*``: whatever it is.

    Raises
    ------
    RevisionMissingError
        When there is no If-Match.
    ArgumentError
        When it is no revision.
    """
    if not if_match:
        raise RevisionMissingError(
            Said(
                "revision-missing",
                'say which revision of the plan you know with {header}: "<revision>"; it comes with the blocks.',
                header="If-Match",
            )
        )
    stated = if_match.strip().removeprefix("W/").strip('"')
    if stated == "*":
        return None
    if not (stated.isascii() and stated.isdigit() and int(stated) < 2**31):
        raise ArgumentError(
            Said(
                "revision-unfit",
                '{header} takes a revision such as "12", not {given}.',
                header="If-Match",
                given=repr(if_match[:40]),
            )
        )
    return int(stated)


OpenDatabase = Annotated[Database, Depends(get_database)]
# "function": the work is committed before the answer leaves, so that what is acknowledged is stored.
OpenSession = Annotated[Session, Depends(get_session, scope="function")]
Acting = Annotated[Actor, Depends(get_actor)]
KnownRevision = Annotated[int | None, Depends(get_revision)]


def kept(etag: str, media_type: str, body: str) -> Response:
    """Answer with an ETag the browser asks about each time, so that no edit hides behind a cache."""
    headers = {"ETag": f'"{etag}"', "Cache-Control": "no-cache"}
    return Response(body, media_type=media_type, headers=headers)


def unchanged(request: Request, etag: str) -> Response | None:
    """Return "not modified" when the browser holds this version already."""
    if request.headers.get("if-none-match", "").removeprefix("W/") == f'"{etag}"':
        return Response(status_code=304, headers={"ETag": f'"{etag}"', "Cache-Control": "no-cache"})
    return None
