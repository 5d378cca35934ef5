"""Wiring of the HTTP door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from api.http import proposals, reading, working
from api.http.problems import add_problem_handlers

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.storage.database import Database


def create_app(database: Database, page: Path | None, uploads: Path) -> FastAPI:
    """Return the app that serves one database and the built page.

    Parameters
    ----------
    page
        Folder of the built page; None serves the interfaces alone.
    uploads
        Folder that files sent for import are kept in until they are read.
    """
    app = FastAPI(
        title="wangge 网格",
        version="0.1.0",
        openapi_url="/api/openapi.json",
        docs_url=None,  # FastAPI's own page loads its scripts from another host
        redoc_url=None,
    )
    app.state.database = database
    app.state.uploads = uploads
    add_problem_handlers(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.include_router(reading.router)
    app.include_router(working.router)
    app.include_router(proposals.router)
    if page is not None:
        app.mount("/", StaticFiles(directory=page, html=True), name="page")
    return app
