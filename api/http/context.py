"""What every route needs: a session on the app's database, and answers the browser may keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request, Response
from sqlalchemy.orm import Session

from boundaries.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

GEOJSON = "application/geo+json"


def get_database(request: Request) -> Database:
    """Return the app's database."""
    database: Database = request.app.state.database
    return database


def get_session(database: Annotated[Database, Depends(get_database)]) -> Iterator[Session]:
    """Give a session for one request."""
    with database.session() as session:
        yield session


OpenDatabase = Annotated[Database, Depends(get_database)]
OpenSession = Annotated[Session, Depends(get_session)]


def kept(etag: str, media_type: str, body: str) -> Response:
    """Answer with an ETag the browser asks about each time, so that no edit hides behind a cache."""
    headers = {"ETag": f'"{etag}"', "Cache-Control": "no-cache"}
    return Response(body, media_type=media_type, headers=headers)


def unchanged(request: Request, etag: str) -> Response | None:
    """Return "not modified" when the browser holds this version already."""
    if request.headers.get("if-none-match", "").removeprefix("W/") == f'"{etag}"':
        return Response(status_code=304, headers={"ETag": f'"{etag}"', "Cache-Control": "no-cache"})
    return None
