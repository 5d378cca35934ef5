"""Taking a file in as a layer of a district."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from boundaries.errors import ImportFileError
from boundaries.exchange.base_layers import import_roads, import_walls, import_water
from boundaries.exchange.block_layer import import_blocks
from boundaries.exchange.building_layer import import_buildings
from boundaries.exchange.compound_layer import import_compounds
from boundaries.exchange.district_layer import import_district
from boundaries.exchange.reading import read_table
from boundaries.exchange.request import ImportReport, ImportRequest
from boundaries.exchange.returning import import_edited_units
from boundaries.exchange.service_layer import import_service_points
from boundaries.exchange.unit_layer import import_units
from boundaries.sentences import Said
from geo.errors import GeoError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from boundaries.exchange.request import Importer, Progress

LAYERS: Mapping[str, Importer] = {
    "district": import_district,
    "blocks": import_blocks,
    "streets": import_units,
    "communities": import_units,
    "cells": import_units,
    "units": import_edited_units,
    "buildings": import_buildings,
    "roads": import_roads,
    "water": import_water,
    "walls": import_walls,
    "compounds": import_compounds,
    "service_points": import_service_points,
}
"""The layers this floor can take in; the floor above adds its own."""

LEVEL_LAYERS = ("streets", "communities", "cells", "units")
"""Layers that become a level of a plan; units come back to the plan they were exported from."""


def import_layer(
    session: Session,
    path: Path | str,
    layer: str,
    *,
    district: str | int | None = None,
    name: str | None = None,
    crs: str | int | None = None,
    columns: Mapping[str, str] | None = None,
    count_date: dt.date | None = None,
    plan: str | int | None = None,
    on_progress: Progress | None = None,
    file_layer: str | None = None,
    encoding: str | None = None,
    layers: Mapping[str, Importer] = LAYERS,
) -> ImportReport:
    """Take a file in as a layer of a district, in the session's transaction: all of it, or nothing.

    Parameters
    ----------
    layer
        A key of ``layers``.
    district
        Id, key or name; left out, the only district there is, and for blocks a new one.
    name
        Of the district, or of the plan that streets, communities or cells make.
    crs
        The file's reference system, where it states none or a wrong one.
    columns
        Field to column; the others are guessed and reported.
    count_date
        When the counts were taken; left out, the file's own date.
    plan
        The plan that streets, communities or cells become a level of.
    on_progress
        Told the share that is done (0 to 1) and what is being done.
    file_layer
        The layer or sheet to read from a file that has several.

    Raises
    ------
    ImportFileError
        When the file cannot be taken in; the caller rolls the session back.
    NotFoundError
        When there is no such district or plan.
    """
    path = Path(path)
    if layer not in layers:
        raise ImportFileError(
            Said(
                "layer-none",
                'there is no layer "{name}"; layers are {names}.',
                name=layer,
                names=list(layers),
            )
        )
    if plan is not None and layer not in LEVEL_LAYERS:
        raise ImportFileError(
            Said(
                "layer-no-plan",
                "{layer} belong to no plan (blocks make one of their own): leave --plan out. It is for streets, "
                "communities, cells and units, which become a level of a plan. Nothing was stored.",
                layer=layer,
            )
        )
    progress = on_progress or (lambda _share, _what: None)
    progress(0.0, Said("doing-read", "reading {file}", file=path.name))
    table = read_table(
        path, crs=crs, layer=file_layer if file_layer is not None else (layer, "units"), encoding=encoding
    )
    report = ImportReport(layer, table.source, rows=len(table.frame), notes=list(table.notes))
    request = ImportRequest(
        session, path, layer, district, name, crs, dict(columns or {}), count_date, plan, progress
    )
    try:
        layers[layer](request, table, report)
    except GeoError as error:
        raise ImportFileError(
            Said("file-geometry", "{file}: {why}", file=table.source, why=str(error))
        ) from error
    session.flush()
    progress(1.0, Said("doing-stored", "{count} {count:row|rows} stored", count=report.stored))
    return report
