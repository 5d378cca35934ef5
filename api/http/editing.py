"""Routes of editing: blocks to draw on."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.http.context import OpenSession, kept, unchanged
from boundaries.plans import find_plan
from maps.blocks import blocks_json, choose_blocks
from maps.layers import parse_bbox

router = APIRouter(prefix="/api", tags=["editing"])


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
