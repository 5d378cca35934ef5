"""Routes that read: districts, plans, units, figures, layers, search and downloads."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import text
from starlette.background import BackgroundTask

from api.http.context import GEOJSON, OpenSession, kept, unchanged
from boundaries.compounds import split_compounds
from boundaries.plans import find_district, find_plan
from boundaries.redraw import units_at
from maps import overview
from maps.figures import available_figures, figure_values
from maps.layers import layer_features
from maps.past_units import past_unit_features
from maps.search import search
from maps.units import require_level, unit_features

router = APIRouter(prefix="/api", tags=["reading"])


@router.get("/districts")
def list_districts(session: OpenSession) -> list[dict[str, Any]]:
    """List the districts."""
    return overview.districts(session)


@router.get("/districts/{district}/plans")
def list_plans(session: OpenSession, district: int, as_of: dt.date | None = None) -> list[dict[str, Any]]:
    """List a district's plans, the one in force first; as of a date only the one that was in force then."""
    return overview.plans(session, find_district(session, district), as_of)


@router.get("/plans/{plan}/units")
def list_units(
    session: OpenSession, request: Request, plan: int, level: str, revision: int | None = None
) -> Response:
    """Return the units of one level with polygon, figures and findings, now or at a revision, in the planar CRS."""
    found = find_plan(session, plan)
    require_level(found, level)
    past = revision is not None and revision != found.revision
    etag = f"units-{found.id}-{revision if past else found.revision}-{level}"
    body = unchanged(request, etag)
    if body is not None:
        return body
    if past and revision is not None:
        features = ",".join(past_unit_features(session, found, units_at(session, found, revision), level))
    else:
        features = ",".join(unit_features(session, found, level))
    return kept(etag, GEOJSON, f'{{"type":"FeatureCollection","features":[{features}]}}')


@router.get("/plans/{plan}/figures")
def read_figures(session: OpenSession, plan: int, measure: str | None = None, level: str = "cell") -> Any:
    """Return one figure of every unit with its classes; without a measure, the figures there are."""
    found = find_plan(session, plan)
    if measure is None:
        return available_figures(session, found)
    return figure_values(session, found, level, measure)


@router.get("/districts/{district}/layers/{layer}")
def read_layer(
    session: OpenSession,
    request: Request,
    district: int,
    layer: str,
    bbox: str | None = None,
    use: str | None = None,
) -> Response:
    """Return a layer within a box, in the planar CRS; of blocks and buildings only some uses if wanted."""
    found = find_district(session, district)
    revision = session.scalar(
        text("SELECT revision FROM layer WHERE district_id = :d AND kind = :k"),
        {"d": found.id, "k": layer[:40]},
    )
    etag = f"layer-{found.id}-{layer}-{revision or 0}"
    if revision and layer.isascii() and (same := unchanged(request, etag)):
        return same
    body = layer_features(session, found, layer, bbox, use.split(",") if use else None)
    return kept(etag, GEOJSON, body)


@router.get("/search")
def find(session: OpenSession, district: int, q: str, plan: int | None = None) -> list[dict[str, Any]]:
    """Find units, service points, compounds and roads by name or code."""
    found = find_district(session, district)
    return search(session, found, find_plan(session, plan, found) if plan is not None else None, q)


@router.get("/plans/{plan}/split-compounds")
def list_split_compounds(session: OpenSession, plan: int) -> list[dict[str, Any]]:
    """List the compounds whose buildings lie in several units of the plan's lowest level."""
    return [one.as_json() for one in split_compounds(session, find_plan(session, plan))]


@router.get("/plans/{plan}/export")
def export(session: OpenSession, plan: int, level: str = "cell", format: str = "geojson") -> FileResponse:  # noqa: A002
    """Download a level of a plan as GeoPackage, GeoJSON or XLSX."""
    from boundaries.exchange.export import export_plan

    found = find_plan(session, plan)
    folder = tempfile.TemporaryDirectory(prefix="wangge-export-")
    path = Path(folder.name) / f"plan.{format if format.isalnum() else 'file'}"
    try:
        export_plan(session, found, level, format, path)
    except BaseException:
        folder.cleanup()
        raise
    name = quote(f"{found.name}-{level}.{format}")
    return FileResponse(
        path,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        background=BackgroundTask(folder.cleanup),
    )
