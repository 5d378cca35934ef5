"""Every failure leaves as problem+json (RFC 9457) with a sentence a person can act on."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from api.errors import INTERNAL, TABLE, failure_of
from boundaries.errors import EditError
from boundaries.sentences import Said

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

log = logging.getLogger("wangge.http")


def problem(status: int, key: str, detail: str, **members: Any) -> Response:
    """Return one problem; ``key`` and ``said`` let the page say it in its own language, others what it is about."""
    said = {"said": detail.as_json()} if isinstance(detail, Said) else {}
    told = {
        **members,
        **said,
        "type": "about:blank",
        "title": key,
        "status": status,
        "detail": detail,
        "key": key,
    }
    # What was sent may hold halves of characters; they leave as the escapes they came as.
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(body, status_code=status, media_type="application/problem+json")


def add_problem_handlers(app: FastAPI) -> None:
    """Make the app answer every failure as a problem."""

    def announced(_request: Request, error: Exception) -> Response:
        failure = failure_of(error) or INTERNAL
        members = error.members if isinstance(error, EditError) else {}
        said = error.args[0] if error.args and isinstance(error.args[0], Said) else str(error)
        return problem(failure.status, failure.key, said, **members)

    def malformed(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part not in {"query", "path", "body"})
        said = Said("argument", "{where}: {what}.", where=where, what=first["msg"])
        return problem(422, "argument", said)

    def refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        said = Said(
            "http",
            "{what} (status {status}).",
            what=str(error.detail).rstrip("."),
            status=str(error.status_code),
        )
        return problem(error.status_code, "http", said)

    def unforeseen(request: Request, error: Exception) -> Response:
        log.error("%s %s broke", request.method, request.url.path, exc_info=error)
        return problem(
            500,
            INTERNAL.key,
            Said(
                "internal",
                "Something unexpected went wrong; nothing was changed. The details are in the log.",
            ),
        )

    def unfit(_request: Request, _error: Exception) -> Response:
        return problem(
            422,
            "argument",
            Said(
                "value",
                "A value is too large, or holds a character that cannot be stored. Nothing was changed.",
            ),
        )

    app.add_exception_handler(DataError, unfit)
    for kind in TABLE:
        app.add_exception_handler(kind, announced)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, unforeseen)
