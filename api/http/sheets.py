"""The route of a unit's printed sheet."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.http.context import OpenSession
from boundaries.plans import find_plan
from maps.sheets import unit_sheet

router = APIRouter(prefix="/api", tags=["sheets"])


@router.get("/plans/{plan}/units/{unit}/sheet")
def read_sheet(session: OpenSession, plan: int, unit: int) -> dict[str, Any]:
    """Return a unit's neighbours and border in words, its staff with vacancies and its service points."""
    return unit_sheet(session, find_plan(session, plan), unit)
