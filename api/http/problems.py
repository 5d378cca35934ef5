"""Every failure leaves as problem+json (RFC 9457) with a sentence a person can act on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from api.errors import INTERNAL, TABLE, failure_of

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

log = logging.getLogger("wangge.http")


def problem(status: int, key: str, detail: str) -> JSONResponse:
    """Return one problem; ``key`` lets the page say it in its own language."""
    body = {"type": "about:blank", "title": key, "status": status, "detail": detail, "key": key}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def add_problem_handlers(app: FastAPI) -> None:
    """Make the app answer every failure as a problem."""

    def announced(_request: Request, error: Exception) -> JSONResponse:
        failure = failure_of(error) or INTERNAL
        return problem(failure.status, failure.key, str(error))

    def malformed(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part not in {"query", "path", "body"})
        return problem(422, "argument", f"{where}: {first['msg']}.")

    def refused(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101
        return problem(error.status_code, "http", str(error.detail))

    def unforeseen(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s broke", request.method, request.url.path, exc_info=error)
        return problem(
            500,
            INTERNAL.key,
            "Something unexpected went wrong; nothing was changed. The details are in the log.",
        )

    def unfit(_request: Request, _error: Exception) -> JSONResponse:
        return problem(
            422,
            "argument",
            "A value is too large, or holds a character that cannot be stored. Nothing was changed.",
        )

    app.add_exception_handler(DataError, unfit)
    for kind in TABLE:
        app.add_exception_handler(kind, announced)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, unforeseen)
