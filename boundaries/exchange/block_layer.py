"""Blocks with their counts, as the ground of a district and its first plan."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import select, text

from boundaries.blocks import store_blocks, store_counts
from boundaries.errors import ImportFileError
from boundaries.exchange.columns import map_columns
from boundaries.exchange.fitting import fit_coverage
from boundaries.exchange.hierarchy import LevelUnits, level_fields, made_by, nested, units_from_columns
from boundaries.exchange.placing import (
    POLYGONS,
    choose_plane,
    district_outline,
    onto_plane,
    place,
    require_crs,
    require_shapes,
)
from boundaries.exchange.request import record_layer
from boundaries.exchange.values import counts, date_of, keys, listed, texts
from boundaries.layers import read_barrier_lines
from boundaries.plans import PlanDraft, find_district, store_plan
from boundaries.rules import DEFAULT_RULES
from boundaries.sentences import Said
from boundaries.storage.plan_tables import LEVELS
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from boundaries.blocks import Floats, Ints
    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport, ImportRequest

MEASURES = ("residents", "floating", "households")
FIELDS = ("key", "use", *MEASURES, "count_date", *level_fields(LEVELS))
INSIDE = 0.99
"""The share of a block that must lie inside its district's outline."""


def import_blocks(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Store blocks, their counts and a plan; on no district, make the district too."""
    mapping = map_columns(table, FIELDS, request.columns, report, measures=True)
    block_keys = keys(table, mapping.get("key"), "blocks", report, given="key" in request.columns)
    names = [Said("block", "block {key}", key=key) for key in block_keys]
    values = {
        measure: counts(table, column, measure, names, report)
        for measure, column in mapping.items()
        if measure in MEASURES or measure not in FIELDS
    }
    _report_no_counts(values, report)
    shapes = require_shapes(table, names, POLYGONS, "blocks")
    request.on_progress(0.2, Said("doing-place-blocks", "placing the blocks"))
    district, polygons = _on_district(request, table, shapes, names, report)
    report.on(district)
    levels = _levels(table, mapping, district, names, report)
    request.on_progress(0.4, Said("doing-store-blocks", "storing the blocks"))
    frame = gpd.GeoDataFrame(
        {"key": block_keys, "use": texts(table, mapping.get("use"))},
        geometry=list(polygons),
        crs=district.srid,
    )
    ids = _store(request.session, district, frame, report)
    count_date = count_date_of(request, table, mapping, report)
    store_counts(request.session, district, "block", ids, {(m, count_date): v for m, v in values.items()})
    request.on_progress(0.7, Said("doing-store-plan", "storing the plan"))
    stored = store_plan(
        request.session,
        district,
        PlanDraft(
            name=_plan_name(request),
            levels=nested(levels, block_keys, report),
            block_ids=ids,
            unit=levels[-1].of,
            count_date=count_date,
            made_by=made_by(report, placeholder=levels[0].level if _is_placeholder(mapping) else None),
        ),
    )
    report.made(stored.plan)
    report.count_date, report.stored = count_date, len(ids)
    record_layer(request.session, district, report)


def _report_no_counts(values: dict[str, Floats], report: ImportReport) -> None:
    absent = [measure for measure in ("residents", "households") if measure not in values]
    if absent:
        report.notes.append(
            Said(
                "blocks-no-counts",
                "no column was found of {measure}: unknown, and no rule on it can be checked",
                measure=absent,
            )
        )


def _on_district(
    request: ImportRequest,
    table: Table,
    shapes: NDArray[np.object_],
    names: Sequence[str],
    report: ImportReport,
) -> tuple[District, NDArray[np.object_]]:
    """Return the district the blocks are for and the blocks as a coverage on its plane."""
    district = _waiting_district(request, table, shapes, report)
    if district is None:
        srid = choose_plane(table, shapes, report)
        polygons = fit_coverage(onto_plane(shapes, require_crs(table), srid), names, "blocks", report)
        outline = shapely.normalize(shapely.coverage_union_all(polygons))
        return new_district(request, table, srid, outline, report), polygons
    stored = district_outline(request.session, district)
    polygons = fit_coverage(place(table, shapes, district, stored), names, "blocks", report)
    if stored is None:
        set_outline(request.session, district, shapely.normalize(shapely.coverage_union_all(polygons)))
    else:
        _require_inside(polygons, stored, names, district, report)
    return district, polygons


def _waiting_district(
    request: ImportRequest, table: Table, shapes: NDArray[np.object_], report: ImportReport
) -> District | None:
    """Return the district asked for, or the one that has an outline, no blocks yet, and lies where the file does."""
    session = request.session
    if request.district is not None:
        district = find_district(session, request.district)
        if _has_blocks(session, district):
            raise ImportFileError(
                Said(
                    "blocks-there",
                    "{district} has blocks already. Leave --district out and give --name to import the file as a "
                    "district of its own.",
                    district=district.name,
                )
            )
        return district
    if request.name is not None:
        return None
    for district in session.scalars(select(District).where(District.geom.is_not(None)).order_by(District.id)):
        if not _has_blocks(session, district):
            outline = district_outline(session, district)
            placed = onto_plane(shapes, require_crs(table), district.srid)
            if outline is not None and shapely.intersects(
                outline, shapely.box(*shapely.total_bounds(placed))
            ):
                report.notes.append(
                    Said(
                        "blocks-taken",
                        "taken as the blocks of {district}, which had none",
                        district=district.name,
                    )
                )
                return district
    return None


def _has_blocks(session: Session, district: District) -> bool:
    found = session.scalar(
        text("SELECT EXISTS (SELECT 1 FROM block WHERE district_id = :d)"), {"d": district.id}
    )
    return bool(found)


def _require_inside(
    polygons: NDArray[np.object_],
    outline: BaseGeometry,
    names: Sequence[str],
    district: District,
    report: ImportReport,
) -> None:
    shapely.prepare(outline)
    edge = np.flatnonzero(~shapely.contains_properly(outline, polygons))
    held = shapely.area(shapely.intersection(polygons[edge], outline)) / shapely.area(polygons[edge])
    out = [
        Said("share-inside", "{name} ({share} inside)", name=names[n], share=f"{share:.0%}")
        for n, share in zip(edge.tolist(), held, strict=True)
        if share < INSIDE
    ]
    if out:
        raise ImportFileError(
            Said(
                "blocks-outside",
                "outside their district {district}: {names}; a block lies to {share} in its district. "
                "Correct the outline or the blocks and import again.",
                district=district.name,
                names=listed(out),
                share=f"{INSIDE:.0%}",
            )
        )
    bare_m2 = shapely.area(outline) - shapely.area(polygons).sum()
    if abs(bare_m2) > 1.0:
        report.notes.append(
            Said(
                "blocks-area",
                "the blocks' area differs from the district's outline by {area} m²",
                area=f"{-bare_m2:+,.0f}",
            )
        )


def new_district(
    request: ImportRequest, table: Table, srid: int, outline: BaseGeometry, report: ImportReport
) -> District:
    """Make a district with the default rules, named as asked for or after the file."""
    name = request.name or table.source.split(".")[0]
    key = _free_key(request.session, name, table.source.split(".")[0])
    zone = _time_zone(outline, srid)
    district = District(
        key=key, name=name, srid=srid, time_zone=zone, rules=DEFAULT_RULES, source=table.source
    )
    request.session.add(district)
    request.session.flush()
    set_outline(request.session, district, outline)
    report.notes.append(
        Said(
            "district-made",
            'made the district "{key}" ({name}) with the default rules and the time zone {zone}; '
            "change what does not fit",
            key=key,
            name=name,
            zone=zone,
        )
    )
    return district


def _free_key(session: Session, name: str, file: str) -> str:
    """Return a key in plain letters: of the name, or of the file, numbered, where the name has no such letters."""
    districts = session.execute(select(District.key, District.name)).all()
    keys, names = {row.key for row in districts}, {row.name for row in districts}
    own = _plain_letters(name)
    if name in names or own in keys:
        raise ImportFileError(
            Said(
                "district-there",
                'there is a district "{name}" already; give the new one another name with --name.',
                name=name,
            )
        )
    if own:
        return own
    base = _plain_letters(file) or "district"
    numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, len(keys) + 2))
    return next(key for key in numbered if key not in keys)


def _plain_letters(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def set_outline(session: Session, district: District, outline: BaseGeometry) -> None:
    """Store a district's polygon."""
    session.execute(
        text("UPDATE district SET geom = ST_GeomFromWKB(:g, :s) WHERE id = :d"),
        {"g": shapely.to_wkb(outline), "s": district.srid, "d": district.id},
    )
    session.refresh(district)


def _time_zone(outline: BaseGeometry, srid: int) -> str:
    """China has one time; elsewhere the nautical zone of the longitude stands in until one is set."""
    import pyproj

    from geo.crs import CHINA_LONLAT

    lon, lat = pyproj.Transformer.from_crs(srid, 4326, always_xy=True).transform(
        outline.centroid.x, outline.centroid.y
    )
    west, south, east, north = CHINA_LONLAT
    if west <= lon <= east and south <= lat <= north:
        return "Asia/Shanghai"
    hours = round(lon / 15)
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"  # POSIX: west of Greenwich is positive


def _levels(
    table: Table, mapping: dict[str, str], district: District, names: Sequence[str], report: ImportReport
) -> list[LevelUnits]:
    found: list[LevelUnits] = []
    for level in LEVELS:
        units = units_from_columns(table, mapping, level, found[-1] if found else None, names, report)
        if units is not None:
            found.append(units)
    if found:
        return found
    report.notes.append(
        Said(
            "blocks-no-units",
            "no column says which unit a block is in: the plan has one community, named after {district}, until "
            "streets, communities or cells are imported",
            district=district.name,
        )
    )
    return [
        LevelUnits("community", [district.name], np.zeros(len(names), dtype=np.int64), [None], [None], [None])
    ]


def _is_placeholder(mapping: dict[str, Any]) -> bool:
    return not any(level in mapping or f"{level}_code" in mapping for level in LEVELS)


def _store(session: Session, district: District, frame: gpd.GeoDataFrame, report: ImportReport) -> Ints:
    lines = read_barrier_lines(session, district)
    if not lines.known():
        report.notes.append(
            Said(
                "blocks-no-lines",
                "the district has no roads, water or walls yet: what runs along borders is unknown until they are "
                "imported",
            )
        )
    return store_blocks(session, district, frame, lines)


def count_date_of(
    request: ImportRequest, table: Table, mapping: dict[str, str], report: ImportReport
) -> dt.date:
    """Return the date of a file's counts: as asked for, as the file says, or the day the file was last changed."""
    if request.count_date is not None:
        return request.count_date
    stated = date_of(table, mapping.get("count_date"))
    if stated is not None:
        report.notes.append(Said("counts-stated", "counts dated {date}, as the file says", date=str(stated)))
        return stated
    changed = dt.datetime.fromtimestamp(request.path.stat().st_mtime, tz=dt.UTC).date()
    report.notes.append(
        Said(
            "counts-changed",
            "counts dated {date}, when the file was last changed; give --count-date if that is wrong",
            date=str(changed),
        )
    )
    return changed


def _plan_name(request: ImportRequest) -> str:
    return f"{request.name or request.path.name.split('.')[0]} (import)"
