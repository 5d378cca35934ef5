"""Writing a plan for others: GeoPackage, GeoJSON or XLSX, the same bytes for the same plan."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

from boundaries.errors import ExportError
from boundaries.exchange.geopackage_file import write_geopackage
from boundaries.exchange.plan_rows import EXPORT_LEVELS, PlanRows, read_rows
from boundaries.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan

FORMATS = ("gpkg", "geojson", "xlsx")

DECIMALS = 9
"""Decimals of longitude and latitude: 0.1 mm, so that the way back meets the 1 mm grid again."""


def export_plan(
    session: Session,
    plan: Plan,
    level: str,
    format: str,  # noqa: A002  -- the word users type
    path: Path | str,
) -> None:
    """Write the units of a level of a plan, or its blocks, to a file.

    GeoJSON is in WGS84 longitude and latitude (RFC 7946); GeoPackage has the layers ``units`` (unless the
    level is "block"), ``blocks`` and ``about`` in the district's plane; XLSX has one sheet of each without
    geometry.

    Parameters
    ----------
    level
        "street", "community", "cell" or "block".
    format
        One of `FORMATS`.
    path
        Written whole or not at all; an existing file is replaced.

    Raises
    ------
    ExportError
        When plan, level or format do not fit together, or the file cannot be written.
    """
    path = Path(path)
    if format not in FORMATS:
        raise ExportError(
            Said(
                "export-format",
                '"{format}" is no format of export; choose {formats}.',
                format=format,
                formats=list(FORMATS),
            )
        )
    if level not in EXPORT_LEVELS:
        raise ExportError(
            Said(
                "export-level",
                '"{name}" is no level; choose {levels}.',
                name=level,
                levels=list(EXPORT_LEVELS),
            )
        )
    rows = read_rows(session, plan, level)
    if format == "geojson":
        _whole(path, format, lambda target: target.write_bytes(geojson_bytes(rows)))
        return
    blocks = rows if level == "block" else read_rows(session, plan, "block")
    if format == "gpkg":
        _whole(path, format, lambda target: write_geopackage(target, rows, blocks))
        return
    from boundaries.exchange.workbook_file import write_workbook

    _whole(path, format, lambda target: write_workbook(target, rows, blocks))


def _whole(path: Path, suffix: str, write: Callable[[Path], object]) -> None:
    """Write beside the target and move into place, so that no half file is ever seen."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
            target = Path(folder) / f"export.{suffix}"
            write(target)
            target.replace(path)
    except OSError as error:
        raise ExportError(
            Said(
                "export-unwritten",
                "{file} cannot be written: {why}. Choose another folder or free some space.",
                file=str(path),
                why=error.strerror or str(error),
            )
        ) from error


def geojson_bytes(rows: PlanRows) -> bytes:
    """Return rows as GeoJSON in WGS84, one feature a line, outer rings counter-clockwise."""
    change = pyproj.Transformer.from_crs(rows.srid, 4326, always_xy=True)

    def lonlat(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(np.column_stack(change.transform(xy[:, 0], xy[:, 1])), DECIMALS)

    polygons = shapely.orient_polygons(shapely.transform(rows.polygon, lonlat))
    features = [
        f'{{"type":"Feature","properties":{_json(row)},"geometry":{_json(shapely.geometry.mapping(polygon))}}}'
        for row, polygon in zip(rows.rows, polygons, strict=True)
    ]
    head = f'{{"type":"FeatureCollection","name":{_json(rows.about["plan"])},"about":{_json(rows.about)},"features":['
    return (head + "\n" + ",\n".join(features) + "\n]}\n").encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
