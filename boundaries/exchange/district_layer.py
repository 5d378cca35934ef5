"""A district's outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from sqlalchemy import text

from boundaries.errors import ImportFileError
from boundaries.exchange.block_layer import new_district, set_outline
from boundaries.exchange.columns import map_columns
from boundaries.exchange.placing import POLYGONS, choose_plane, onto_plane, place, require_crs, require_shapes
from boundaries.exchange.request import record_layer
from boundaries.exchange.values import listed, texts
from boundaries.plans import find_district
from boundaries.sentences import Said

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport, ImportRequest


def import_district(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Make a district from its outline, or give an existing one a new outline; several polygons are united.

    Raises
    ------
    ImportFileError
        When blocks of an existing district would lie outside.
    """
    mapping = map_columns(table, ("name", "code", "name_en"), request.columns, report)
    names = [Said("row", "row {row}", row=str(number)) for number in range(1, len(table.frame) + 1)]
    shapes = require_shapes(table, names, POLYGONS, "districts")
    if len(shapes) > 1:
        report.notes.append(
            Said("district-united", "{count} polygons were united to one outline", count=len(shapes))
        )
    if request.district is None:
        srid = choose_plane(table, shapes, report)
        outline = _united(onto_plane(shapes, require_crs(table), srid))
        named = _with_name(request, table, mapping)
        district = new_district(named, table, srid, outline, report)
        code = texts(table, mapping.get("code"))[0]
        district.code = code if code and len(code) == 6 and code.isdigit() else None
        district.name_en = texts(table, mapping.get("name_en"))[0]
    else:
        district = find_district(request.session, request.district)
        outline = _united(place(table, shapes, district, None))
        _require_around_blocks(request, district.id, outline, district.name)
        set_outline(request.session, district, outline)
    report.on(district)
    report.stored = 1
    record_layer(request.session, district, report)


def _united(shapes: NDArray[np.object_]) -> BaseGeometry:
    united: BaseGeometry = shapely.normalize(shapely.union_all(shapes, grid_size=0.001))
    return united


def _with_name(request: ImportRequest, table: Table, mapping: dict[str, str]) -> ImportRequest:
    from dataclasses import replace

    named = texts(table, mapping.get("name"))
    one = len(named) == 1 and named[0] is not None
    return replace(request, name=named[0]) if request.name is None and one else request


def _require_around_blocks(
    request: ImportRequest, district_id: int, outline: BaseGeometry, name: str
) -> None:
    outside = request.session.scalars(
        text(
            "SELECT key FROM block WHERE district_id = :d "
            "AND ST_Area(ST_Intersection(geom, ST_GeomFromWKB(:g, srid))) < 0.99 * area_m2 ORDER BY key"
        ),
        {"d": district_id, "g": shapely.to_wkb(outline)},
    ).all()
    if outside:
        raise ImportFileError(
            Said(
                "district-outline",
                "blocks of {district} would lie outside the new outline: {keys}. Correct it and import again.",
                district=name,
                keys=listed(outside),
            )
        )
