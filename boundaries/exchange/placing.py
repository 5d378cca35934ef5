"""Where things lie: the file's reference system, its coordinates checked, and the way onto the district's plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry
from sqlalchemy import text

from boundaries.errors import ImportFileError
from boundaries.exchange.values import listed
from boundaries.sentences import Said, spot
from geo.crs import planar_srid, to_grid
from geo.errors import CrsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport
    from boundaries.storage.tables import District

    Shapes = NDArray[np.object_]

POLYGONS = frozenset({"Polygon", "MultiPolygon"})
LINES = frozenset({"LineString", "MultiLineString", "LinearRing"})
POINTS = frozenset({"Point"})

AREA_OF_USE_MARGIN = 3.0
"""How far outside the area a reference system is made for a file may lie, decimal degrees."""


def parse_crs(wanted: str | int) -> pyproj.CRS:
    """Read what a user gave as reference system; a bare number is an EPSG code.

    Raises
    ------
    ImportFileError
        When there is no such reference system.
    """
    try:
        return pyproj.CRS.from_user_input(int(wanted) if str(wanted).isdigit() else wanted)
    except CRSError as error:
        raise ImportFileError(
            Said(
                "crs-none",
                '"{crs}" is no coordinate reference system; give one such as EPSG:4326 or EPSG:4549.',
                crs=str(wanted),
            )
        ) from error


def require_shapes(table: Table, names: Sequence[str], allowed: frozenset[str], layer: str) -> Shapes:
    """Return the (n,) geometries of a table, all present, finite, valid and of the allowed types.

    Raises
    ------
    ImportFileError
        Naming the first few rows that are not.
    """
    shapes = np.array([_single(shape) for shape in table.frame.geometry.array], dtype=object)
    types = [shape.geom_type if shape is not None else "nothing" for shape in shapes]
    empty = [n for n, shape in enumerate(shapes) if shape is None or shape.is_empty]
    if empty:
        raise ImportFileError(
            Said(
                "shapes-none",
                "{names}: no geometry. Draw it or delete the row, and import again.",
                names=listed([names[n] for n in empty]),
            )
        )
    wrong = [n for n, kind in enumerate(types) if kind not in allowed]
    if wrong:
        wants = sorted(kind for kind in allowed if not kind.startswith(("Multi", "LinearR")))
        raise ImportFileError(
            Said(
                "shapes-wrong",
                "{layer} are drawn as {shapes}, but {count} of {all} rows {count:is|are} not: {names}. "
                "Choose the right file or another layer.",
                layer=layer,
                shapes=wants,
                count=len(wrong),
                all=len(shapes),
                names=listed(
                    [Said("shape-is", "{name} is a {shape}", name=names[n], shape=types[n]) for n in wrong], 3
                ),
            )
        )
    bad = [n for n in range(len(shapes)) if not np.isfinite(shapely.get_coordinates(shapes[n])).all()]
    if bad:
        raise ImportFileError(
            Said(
                "shapes-infinite",
                "{names}: coordinates that are NaN or infinite. Correct them and import again.",
                names=listed([names[n] for n in bad]),
            )
        )
    faulty = np.flatnonzero(~shapely.is_valid(shapes)).tolist()
    if faulty:
        raise ImportFileError(
            Said(
                "shapes-invalid",
                "invalid shapes: {names}. Mend them (QGIS 'Fix geometries') and import again.",
                names=listed([_faulty(names[n], shapely.is_valid_reason(shapes[n])) for n in faulty], 3),
            )
        )
    return shapes


def _single(shape: BaseGeometry | None) -> BaseGeometry | None:
    """Take a lone part out of its collection: formats with one type a layer wrap polygons that way."""
    if (
        isinstance(shape, BaseMultipartGeometry)
        and shape.geom_type != "GeometryCollection"
        and len(shape.geoms) == 1
    ):
        part: BaseGeometry = shape.geoms[0]
        return part
    return shape


def _faulty(name: str, reason: str) -> Said:
    """Say where a shape crosses itself, or what else is wrong in the words of GEOS."""
    what, _, at = reason.removesuffix("]").partition("[")
    crosses = what in {"Self-intersection", "Ring Self-intersection"} and at
    if not crosses:
        return Said("name-and-value", "{name} ({value})", name=name, value=reason)
    return Said("shape-crosses", "{name} (crosses itself at {at})", name=name, at=at)


def require_crs(table: Table) -> pyproj.CRS:
    """Return the reference system of a table.

    Raises
    ------
    ImportFileError
        When the file does not state one: it is asked for, never guessed.
    """
    if table.frame.crs is None:
        raise ImportFileError(
            Said(
                "crs-missing",
                "{file} does not say in which coordinate reference system it is. Give it with --crs, such as "
                "EPSG:4490 or EPSG:4326 for longitude and latitude, or EPSG:4549 for metres in the 120 degree zone.",
                file=table.source,
            )
        )
    crs: pyproj.CRS = table.frame.crs
    return crs


def choose_plane(table: Table, shapes: Shapes, report: ImportReport) -> int:
    """Choose the planar SRID a new district is stored in, and report why.

    Raises
    ------
    ImportFileError
        When the coordinates are nowhere the reference system is made for: often swapped axes.
    """
    crs = require_crs(table)
    lon, lat = _middle(table, crs, shapes)
    try:
        srid = planar_srid(crs, lon, lat)
    except CrsError as error:
        raise ImportFileError(
            Said(
                "crs-nowhere",
                "{file}: longitude {lon}, latitude {lat} is no place a district can be: the axes may be swapped. "
                "Give the right --crs, or swap the columns.",
                file=table.source,
                lon=f"{lon:.4f}",
                lat=f"{lat:.4f}",
            )
        ) from error
    plane = pyproj.CRS.from_epsg(srid)
    if crs.to_epsg(min_confidence=70) == srid:
        report.notes.append(
            Said(
                "plane-kept",
                "kept in the plane of the file, EPSG:{srid} ({name}), metres",
                srid=str(srid),
                name=plane.name,
            )
        )
    else:
        unit = crs.axis_info[0].unit_name if crs.axis_info else "unknown unit"
        report.notes.append(
            Said(
                "plane-changed",
                "transformed from {crs} ({unit}) to EPSG:{srid} ({name}), metres",
                crs=crs.name,
                unit=unit,
                srid=str(srid),
                name=plane.name,
            )
        )
    return srid


def _middle(table: Table, crs: pyproj.CRS, shapes: Shapes) -> tuple[float, float]:
    """Return longitude and latitude of the middle of the shapes, after checking that they can lie there."""
    west, south, east, north = shapely.total_bounds(shapes)
    x, y = (west + east) / 2, (south + north) / 2
    if crs.is_geographic and not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        if south >= -180 and north <= 180 and west >= -90 and east <= 90:
            hint = Said("axes-swapped", "the axes look swapped: longitude must come first")
        else:
            hint = Said("crs-metres", "they may be metres, then give the plane with --crs")
        raise ImportFileError(
            Said(
                "crs-no-degrees",
                "{file} has coordinates such as {at}, which are no longitude and latitude; {hint}.",
                file=table.source,
                at=spot(x, y, 4),
                hint=hint,
            )
        )
    lon, lat = pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    area = crs.area_of_use
    margin = AREA_OF_USE_MARGIN
    inside = np.isfinite([lon, lat]).all() and (
        area is None
        or ((area.west > area.east or area.west - margin <= lon <= area.east + margin)
            and area.south - margin <= lat <= area.north + margin)
    )  # fmt: skip
    if not inside:
        raise ImportFileError(
            Said(
                "crs-elsewhere",
                "{file} lies around {at} in {crs}, outside the area that system is made for ({area}). "
                "The axes may be swapped, or --crs must name another system.",
                file=table.source,
                at=spot(x, y, 3),
                crs=crs.name,
                area=area.name if area else Said("the-earth", "the earth"),
            )
        )
    return float(lon), float(lat)


def onto_plane(shapes: Shapes, crs: pyproj.CRS, srid: int) -> Shapes:
    """Transform shapes to a plane in metres, on the 1 mm grid; heights are dropped."""
    if crs.to_epsg(min_confidence=70) == srid:
        return to_grid(shapes)
    change = pyproj.Transformer.from_crs(crs, srid, always_xy=True)

    def planar(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(change.transform(xy[:, 0], xy[:, 1]))

    moved = shapely.transform(shapely.force_2d(shapes), planar)
    return to_grid(moved)


def place(table: Table, shapes: Shapes, district: District, outline: BaseGeometry | None) -> Shapes:
    """Bring shapes onto a district's plane and make sure they are about that district.

    Raises
    ------
    ImportFileError
        When none of them comes near the district; says so when swapped axes would.
    """
    crs = require_crs(table)
    placed = onto_plane(shapes, crs, district.srid)
    if outline is None or _near(placed, outline):
        return placed
    swapped = onto_plane(shapely.transform(shapes, lambda xy: xy[:, ::-1]), crs, district.srid)
    if _near(swapped, outline):
        raise ImportFileError(
            Said(
                "place-swapped",
                "{file} lies in {district} only with its axes swapped: longitude (or east) must come first. "
                "Swap the columns and import again.",
                file=table.source,
                district=district.name,
            )
        )
    middle = shapely.box(*shapely.total_bounds(placed[shapely.is_valid(placed)])).centroid
    far = (
        Said("kilometres", "{km} km", km=f"{outline.distance(middle) / 1000:,.0f}")
        if np.isfinite(shapely.get_coordinates(middle)).all()
        else Said("far", "far")
    )
    raise ImportFileError(
        Said(
            "place-far",
            "{file} lies {far} away from {district}: is it the right file, and is {crs} its reference system (--crs)?",
            file=table.source,
            far=far,
            district=district.name,
            crs=crs.name,
        )
    )


def _near(shapes: Shapes, outline: BaseGeometry) -> bool:
    west, south, east, north = shapely.bounds(outline)
    bounds = shapely.bounds(shapes)
    near = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    return bool(near.any())


def district_outline(session: Session, district: District) -> BaseGeometry | None:
    """Return a district's polygon, else the union of its blocks, else None."""
    own = session.scalar(text("SELECT ST_AsBinary(geom) FROM district WHERE id = :d"), {"d": district.id})
    if own is None:
        own = session.scalar(
            text("SELECT ST_AsBinary(ST_Union(geom)) FROM block WHERE district_id = :d AND version = 1"),
            {"d": district.id},
        )
    return None if own is None else shapely.from_wkb(bytes(own))
