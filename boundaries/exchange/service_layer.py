"""Service points: halls, stations and other places that serve residents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import text

from boundaries.exchange.columns import map_columns
from boundaries.exchange.placing import POINTS, district_outline, place, require_shapes
from boundaries.exchange.request import record_layer
from boundaries.exchange.values import keys, listed, numbers, texts
from boundaries.layers import store_layer
from boundaries.plans import find_district
from boundaries.sentences import Said, Word
from boundaries.storage.plan_tables import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport, ImportRequest
    from boundaries.storage.tables import District

FIELDS = ("key", "name", "name_en", "kind", "level", "unit", "windows", "offers")


def import_service_points(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Replace a district's service points."""
    session = request.session
    mapping = map_columns(table, FIELDS, request.columns, report, required=("name",))
    things = Word("service_points", "service points")
    point_keys = keys(table, mapping.get("key"), things, report, given="key" in request.columns)
    name = [found or key for found, key in zip(texts(table, mapping["name"]), point_keys, strict=True)]
    names = [
        Said("service-point", 'service point {key} "{name}"', key=key, name=one)
        for key, one in zip(point_keys, name, strict=True)
    ]
    shapes = require_shapes(table, names, POINTS, things)
    district = find_district(session, request.district)
    report.on(district)
    outline = district_outline(session, district)
    placed = place(table, shapes, district, outline)
    if outline is not None:
        outside = np.flatnonzero(~shapely.intersects(outline, placed))
        if len(outside):
            report.notes.append(
                Said(
                    "points-outside",
                    "outside the district, kept: {names}",
                    names=listed([names[n] for n in outside]),
                )
            )
    gone = session.execute(
        text("DELETE FROM service_point WHERE district_id = :d RETURNING id"), {"d": district.id}
    ).all()
    if gone:
        report.notes.append(
            Said(
                "points-replaced",
                "replaced the {count} service {count:point|points} there {count:was|were} before",
                count=len(gone),
            )
        )
    columns = {
        "key": point_keys,
        "name": name,
        "name_en": texts(table, mapping.get("name_en")),
        "kind": [kind or "other" for kind in texts(table, mapping.get("kind"))],
        "level": _levels(texts(table, mapping.get("level")), report),
        "unit_id": pd.array(
            _units(session, district, texts(table, mapping.get("unit")), report), dtype="Int64"
        ),
        "windows": pd.array(_windows(table, mapping, names), dtype="Int64"),
        "offers": [_offers(offer) for offer in texts(table, mapping.get("offers"))],
    }
    frame = gpd.GeoDataFrame(columns, geometry=list(placed), crs=district.srid)
    store_layer(session, district, "service_point", frame, list(columns))
    report.stored = len(name)
    record_layer(session, district, report)


def _levels(values: Sequence[str | None], report: ImportReport) -> list[str | None]:
    words = {"街道": "street", "社区": "community", "网格": "cell", **{level: level for level in LEVELS}}
    strange = sorted({value for value in values if value and value not in words})
    if strange:
        report.notes.append(
            Said("points-levels", "levels not known and left out: {names}", names=listed(strange))
        )
    return [words.get(value) if value else None for value in values]


def _offers(value: str | None) -> list[str]:
    return re.split(r"\s*[;；、|]\s*", value) if value else []


def _windows(table: Table, mapping: dict[str, str], names: Sequence[str]) -> list[int | None]:
    if "windows" not in mapping:
        return [None] * len(names)
    found = numbers(table, mapping["windows"], Said("field-windows", "windows"), names).tolist()
    return [None if np.isnan(value) else round(value) for value in found]


def _units(
    session: Session, district: District, wanted: Sequence[str | None], report: ImportReport
) -> list[int | None]:
    """Find the units that are named by code or name, in the newest plan that has them."""
    rows = session.execute(
        text("SELECT code, name, unit_id FROM plan_unit WHERE district_id = :d ORDER BY plan_id"),
        {"d": district.id},
    )
    known: dict[str, int] = {}
    for code, name, unit in rows:
        known[name] = unit
        if code:
            known[code] = unit
    lost = sorted({unit for unit in wanted if unit and unit not in known})
    if lost:
        report.notes.append(
            Said("points-units", "units that no plan has, left out: {names}", names=listed(lost))
        )
    return [known.get(unit) if unit else None for unit in wanted]
