"""Compounds (小区): polygons over buildings, and where they overlap or are split between cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import select, text

from boundaries.compounds import place_in_compounds, split_compounds
from boundaries.exchange.columns import map_columns
from boundaries.exchange.placing import POLYGONS, district_outline, place, require_shapes
from boundaries.exchange.request import record_layer
from boundaries.exchange.values import keys, listed, texts
from boundaries.layers import store_layer
from boundaries.plans import find_district
from boundaries.sentences import Said
from boundaries.storage.plan_tables import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport, ImportRequest
    from boundaries.storage.tables import District

FIELDS = ("key", "name", "name_en", "kind")

OVERLAP_M2 = 1.0
"""Compounds that share less than this many square metres were drawn side by side."""


def import_compounds(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Replace a district's compounds, and find the buildings and blocks in each."""
    session = request.session
    mapping = map_columns(table, FIELDS, request.columns, report)
    compound_keys = keys(table, mapping.get("key"), "compounds", report, given="key" in request.columns)
    known = texts(table, mapping.get("name"))
    name = [found or key for found, key in zip(known, compound_keys, strict=True)]
    names = [
        Said("compound", 'compound {key} "{name}"', key=key, name=one)
        for key, one in zip(compound_keys, name, strict=True)
    ]
    shapes = require_shapes(table, names, POLYGONS, "compounds")
    district = find_district(session, request.district)
    report.on(district)
    placed = place(table, shapes, district, district_outline(session, district))
    _note_overlaps(placed, names, report)
    _remove_old(session, district, report)
    columns = {
        "key": compound_keys,
        "name": name,
        "name_en": texts(table, mapping.get("name_en")),
        "kind": [kind or "compound" for kind in texts(table, mapping.get("kind"))],
    }
    frame = gpd.GeoDataFrame(columns, geometry=list(placed), crs=district.srid)
    store_layer(session, district, "compound", frame, list(columns))
    request.on_progress(0.5, Said("doing-compounds", "finding the buildings of every compound"))
    held = place_in_compounds(session, district)
    report.notes.append(
        Said(
            "compounds-hold",
            "{buildings} {buildings:building|buildings} and {blocks} {blocks:block|blocks} stand in a compound",
            buildings=held["building"],
            blocks=held["block"],
        )
    )
    for plan in session.scalars(select(Plan).where(Plan.district_id == district.id).order_by(Plan.id)):
        split = split_compounds(session, plan)
        if split:
            report.notes.append(
                Said(
                    "compounds-split",
                    '{count} {count:compound is|compounds are} split between units of plan "{plan}": {names}',
                    count=len(split),
                    plan=plan.name,
                    names=listed([one.said() for one in split], 3),
                )
            )
    report.stored = len(names)
    record_layer(session, district, report)


def _note_overlaps(placed: NDArray[np.object_], names: Sequence[str], report: ImportReport) -> None:
    one, two = shapely.STRtree(placed).query(placed, predicate="intersects")
    ahead = one < two
    one, two = one[ahead], two[ahead]
    shared_m2 = shapely.area(shapely.intersection(placed[one], placed[two]))
    pairs = [
        Said(
            "compounds-pair",
            "{one} and {other} by {area} m²",
            one=names[one[k]],
            other=names[two[k]],
            area=f"{shared_m2[k]:,.0f}",
        )
        for k in np.flatnonzero(shared_m2 > OVERLAP_M2)
    ]
    if pairs:
        report.notes.append(
            Said(
                "compounds-overlap",
                "compounds overlap, kept; the lower key has what both cover: {names}",
                names=listed(pairs, 3),
            )
        )


def _remove_old(session: Session, district: District, report: ImportReport) -> None:
    for table in ("building", "block"):
        session.execute(
            text(f"UPDATE {table} SET compound_id = NULL WHERE district_id = :d"),  # noqa: S608  -- words of ours
            {"d": district.id},
        )
    gone = session.execute(
        text("DELETE FROM compound WHERE district_id = :d RETURNING id"), {"d": district.id}
    ).all()
    if gone:
        report.notes.append(
            Said(
                "compounds-replaced",
                "replaced the {count} {count:compound|compounds} there {count:was|were} before",
                count=len(gone),
            )
        )
