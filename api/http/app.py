"""Wiring of the HTTP door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from api.http import editing, planning, proposals, reading, sheets, watching, working
from api.http.live import Live
from api.http.problems import add_problem_handlers

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.storage.database import Database

VIEWS = ("edit",)
"""Views of the page beside the plan in force at ``/``."""


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
    app.state.live = Live(database)
    add_problem_handlers(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.include_router(reading.router)
    app.include_router(working.router)
    app.include_router(proposals.router)
    app.include_router(sheets.router)
    app.include_router(editing.router)
    app.include_router(watching.router)
    app.include_router(planning.router)
    if page is not None:
        _serve_page(app, page)
    return app


def _serve_page(app: FastAPI, page: Path) -> None:
    """Serve the built page; its views are addresses of their own and answered by the same file."""

    def view() -> FileResponse:
        return FileResponse(page / "index.html", headers={"Cache-Control": "no-cache"})

    for name in VIEWS:
        app.add_api_route(f"/{name}", view, include_in_schema=False)
    app.mount("/", StaticFiles(directory=page, html=True), name="page")
