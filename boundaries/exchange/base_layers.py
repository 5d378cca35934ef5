"""Roads, water and walls: what is drawn below the units, and what makes borders clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
from sqlalchemy import text

from boundaries.errors import ImportFileError
from boundaries.exchange.borders import reclassify_borders
from boundaries.exchange.columns import map_columns
from boundaries.exchange.placing import LINES, POLYGONS, district_outline, place, require_shapes
from boundaries.exchange.request import record_layer
from boundaries.exchange.values import listed, numbers, texts
from boundaries.layers import store_layer
from boundaries.plans import find_district
from boundaries.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport, ImportRequest
    from boundaries.storage.tables import District

ROAD_CLASSES = {
    "arterial": ("arterial", "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link",
                 "secondary", "secondary_link", "快速路", "主干路", "主干道", "高速公路", "国道", "省道"),
    "collector": ("collector", "tertiary", "tertiary_link", "unclassified", "次干路", "次干道", "县道"),
    "lane": ("lane", "residential", "living_street", "service", "track", "pedestrian", "footway", "path", "cycleway",
             "steps", "road", "支路", "巷", "小路", "街巷", "乡道"),
}  # fmt: skip
"""Class of a road to the words of OpenStreetMap and of Chinese road registers for it."""

USUAL_WIDTH_M = {"arterial": 40.0, "collector": 24.0, "lane": 8.0}
"""Drawn width of a road whose file gives none, metres."""

WATER_KINDS = {
    "river": ("river", "stream", "riverbank", "河", "河流", "河道"),
    "canal": ("canal", "ditch", "drain", "运河", "渠", "沟渠"),
    "pond": (
        "pond",
        "lake",
        "reservoir",
        "basin",
        "water",
        "wetland",
        "塘",
        "池塘",
        "湖",
        "湖泊",
        "水库",
        "水面",
    ),
}
_YES = frozenset({"1", "t", "true", "yes", "y", "是", "有"})


def import_roads(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Replace a district's roads and compare all borders of its blocks with them."""
    mapping = map_columns(table, ("name", "class", "width_m", "bridge"), request.columns, report)
    names = _row_names(table, mapping)
    shapes = require_shapes(table, names, LINES, "roads")
    district = find_district(request.session, request.district)
    placed = place(table, shapes, district, district_outline(request.session, district))
    classes = _words(texts(table, mapping.get("class")), ROAD_CLASSES, "lane", "roads", report)
    width = np.full(len(names), np.nan)
    if "width_m" in mapping:
        width = numbers(table, mapping["width_m"], Said("field-width", "width"), names)
        narrow = [names[n] for n in np.flatnonzero(width < 0)]
        if narrow:
            raise ImportFileError(
                Said(
                    "road-negative",
                    "roads with a negative width: {names}; correct them and import again.",
                    names=listed(narrow),
                )
            )
    usual = np.array([USUAL_WIDTH_M[one] for one in classes])
    bridge = [str(value).casefold() in _YES for value in texts(table, mapping.get("bridge"))]
    values = {
        "name": texts(table, mapping.get("name")),
        "class": classes,
        "width_m": np.where(np.isfinite(width), width, usual),
        "bridge": bridge,
    }
    _replace(request.session, district, "road", values, placed, report)
    _finish(request, district, report)


def import_water(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Replace a district's rivers, canals and ponds and compare all borders of its blocks with them."""
    mapping = map_columns(table, ("name", "kind"), request.columns, report)
    names = _row_names(table, mapping)
    shapes = require_shapes(table, names, POLYGONS | LINES, "water")
    district = find_district(request.session, request.district)
    placed = place(table, shapes, district, district_outline(request.session, district))
    kinds = _words(texts(table, mapping.get("kind")), WATER_KINDS, "pond", "water", report)
    values = {"name": texts(table, mapping.get("name")), "kind": kinds}
    _replace(request.session, district, "water", values, placed, report)
    _finish(request, district, report)


def import_walls(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Replace a district's walls of compounds and compare all borders of its blocks with them."""
    mapping = map_columns(table, ("name",), request.columns, report)
    names = _row_names(table, mapping)
    shapes = require_shapes(table, names, LINES, "walls")
    district = find_district(request.session, request.district)
    placed = place(table, shapes, district, district_outline(request.session, district))
    _replace(request.session, district, "wall", {}, placed, report)
    _finish(request, district, report)


def _row_names(table: Table, mapping: dict[str, str]) -> list[str]:
    return [
        Said("row-named", 'row {row} "{name}"', row=str(number), name=name)
        if name
        else Said("row", "row {row}", row=str(number))
        for number, name in enumerate(texts(table, mapping.get("name")), 1)
    ]


def _words(
    values: list[str | None], known: dict[str, tuple[str, ...]], usual: str, things: str, report: ImportReport
) -> list[str]:
    """Translate the words of a file to the platform's own; those not known are counted in the report."""
    own = {word: ours for ours, words in known.items() for word in words}
    found = [own.get(value.casefold()) if value else None for value in values]
    lost = found.count(None)
    if lost:
        strange = sorted({v for v, ours in zip(values, found, strict=True) if v and ours is None})
        which = Said("in-brackets", " ({what})", what=listed(strange)) if strange else ""
        report.notes.append(
            Said(
                "layer-no-class",
                '{count} of {all} {layer} {count:has|have} no known class{which}: stored as "{barrier}"',
                count=lost,
                all=len(values),
                layer=things,
                which=which,
                barrier=usual,
            )
        )
    return [ours or usual for ours in found]


def _replace(
    session: Session,
    district: District,
    kind: str,
    values: Mapping[str, Any],
    placed: NDArray[np.object_],
    report: ImportReport,
) -> None:
    report.on(district)
    gone = session.execute(
        text(f"DELETE FROM {kind} WHERE district_id = :d RETURNING id"),  # noqa: S608  -- one of three words of ours
        {"d": district.id},
    ).all()
    if gone:
        report.notes.append(
            Said(
                "layer-replaced",
                "replaced the {count} {count:row|rows} the layer had before",
                count=len(gone),
            )
        )
    frame = gpd.GeoDataFrame(values, geometry=list(placed), crs=district.srid)
    store_layer(session, district, kind, frame, list(values))
    report.stored = len(placed)


def _finish(request: ImportRequest, district: District, report: ImportReport) -> None:
    request.on_progress(0.6, Said("doing-borders", "comparing the borders of the blocks"))
    compared = reclassify_borders(request.session, district)
    if compared:
        report.notes.append(
            Said(
                "layer-compared",
                "{count} {count:border|borders} of blocks {count:was|were} compared with the new {layer}",
                count=compared,
                layer=report.layer,
            )
        )
    record_layer(request.session, district, report)
