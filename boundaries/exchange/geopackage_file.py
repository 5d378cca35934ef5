"""A plan as GeoPackage, in the district's plane."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.exchange.plan_rows import PlanRows

_WRITTEN_ON = "2000-01-01T00:00:00.000Z"
"""What GeoPackage's time of last change says: a constant, so that the same plan gives the same bytes."""


def write_geopackage(path: Path, rows: PlanRows, blocks: PlanRows) -> None:
    """Write the layers ``units``, ``blocks`` and ``about``; without units where the rows are blocks."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _WRITTEN_ON})
    try:
        if rows is not blocks:
            _write_layer(path, "units", rows)
        _write_layer(path, "blocks", blocks)
        about = pd.DataFrame(
            {"item": list(rows.about), "value": ["" if v is None else str(v) for v in rows.about.values()]}
        )
        pyogrio.write_dataframe(about, path, layer="about", driver="GPKG", append=True)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_layer(path: Path, layer: str, rows: PlanRows) -> None:
    table = {column: _column([row[column] for row in rows.rows]) for column in rows.rows[0]}
    frame = gpd.GeoDataFrame(table, geometry=list(rows.polygon), crs=rows.srid)
    pyogrio.write_dataframe(
        frame,
        path,
        layer=layer,
        driver="GPKG",
        append=path.exists(),
        promote_to_multi=True,
        geometry_type="MultiPolygon",
    )


def _column(values: list[Any]) -> pd.Series[Any]:
    """Give a column the narrowest type that holds it: whole numbers, numbers, or text with lists as JSON."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int) for value in known):
        return pd.Series(values, dtype="Int64")
    if known and all(isinstance(value, int | float) for value in known):
        return pd.Series(
            [float("nan") if value is None else float(value) for value in values], dtype="float64"
        )
    texts = [json.dumps(v, ensure_ascii=False) if isinstance(v, list) else v for v in values]
    return pd.Series(texts, dtype=object)
