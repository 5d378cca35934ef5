"""Routes for long work: asking for it, watching it, cancelling it."""

from __future__ import annotations

import asyncio
import json
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from api.http.context import OpenDatabase
from api.jobs import queue
from boundaries.errors import ArgumentError
from boundaries.sentences import Said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

router = APIRouter(prefix="/api", tags=["work"])

WATCH_SECONDS = 0.5


@router.post("/imports", status_code=202)
def ask_for_import(
    request: Request,
    database: OpenDatabase,
    file: UploadFile,
    *,
    layer: str = Form(),
    district: str | None = Form(default=None),
    name: str | None = Form(default=None),
    crs: str | None = Form(default=None),
    columns: str | None = Form(default=None),
    count_date: str | None = Form(default=None),
    plan: str | None = Form(default=None),
    file_layer: str | None = Form(default=None),
    encoding: str | None = Form(default=None),
) -> dict[str, int]:
    """Ask for a file to be taken in as a layer; the answer names the job."""
    from maps.incidents import LAYERS

    if layer not in LAYERS:
        raise ArgumentError(
            Said(
                "layer-none",
                'there is no layer "{name}"; layers are {names}.',
                name=layer,
                names=list(LAYERS),
            )
        )
    read_columns = _columns(columns)
    folder: Path = request.app.state.uploads / uuid.uuid4().hex
    folder.mkdir(parents=True)
    path = folder / _safe_name(file.filename)
    arguments = {
        "path": str(path),
        "layer": layer,
        "district": district,
        "name": name,
        "crs": crs,
        "columns": read_columns,
        "count_date": count_date,
        "plan": plan,
        "file_layer": file_layer,
        "encoding": encoding,
        "uploaded": True,
    }
    try:
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        return {"job": queue.enqueue(database, "import", arguments)}
    except BaseException:
        shutil.rmtree(folder)
        raise


def _safe_name(given: str | None) -> str:
    """Return a file's own name without folders or signs that no file may have; its ending says what it is."""
    name = "".join(sign for sign in Path(given or "").name if sign.isprintable())
    return name[-100:].strip(". ") or "upload"


def _columns(given: str | None) -> dict[str, str] | None:
    if not given:
        return None
    try:
        read = json.loads(given)
    except ValueError:
        read = None
    if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
        raise ArgumentError(
            Said(
                "import-mapping",
                "columns takes a JSON object such as {example}.",
                example='{"residents": "TOTPOP"}',
            )
        )
    return read


@router.get("/jobs/{job}")
def read_job(database: OpenDatabase, job: int) -> dict[str, Any]:
    """Return a job as it stands."""
    return queue.as_json(queue.find_job(database, job))


@router.delete("/jobs/{job}")
def cancel_job(database: OpenDatabase, job: int) -> dict[str, Any]:
    """Ask for a job to stop."""
    return queue.as_json(queue.cancel(database, job))


@router.get("/jobs/{job}/events")
async def watch_job(request: Request, database: OpenDatabase, job: int) -> StreamingResponse:
    """Stream a job's progress as server-sent events until it ends."""
    await run_in_threadpool(queue.find_job, database, job)

    async def events() -> AsyncIterator[str]:
        told = None
        while not request.app.state.live.stopping and not await request.is_disconnected():
            state = queue.as_json(await run_in_threadpool(queue.find_job, database, job))
            if state != told:
                told = state
                yield f"data: {json.dumps(state, ensure_ascii=False)}\n\n"
            if state["state"] in queue.ENDED:
                return
            await asyncio.sleep(WATCH_SECONDS)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
