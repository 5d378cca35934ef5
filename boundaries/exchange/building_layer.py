"""Buildings, each in the block that holds its representative point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from sqlalchemy import select, text

from boundaries.blocks import store_counts
from boundaries.exchange.block_layer import MEASURES, count_date_of
from boundaries.exchange.borders import restate_plan
from boundaries.exchange.columns import map_columns
from boundaries.exchange.placing import POLYGONS, district_outline, place, require_shapes
from boundaries.exchange.request import RowProblem, record_layer
from boundaries.exchange.values import counts, keys, listed, numbers, texts
from boundaries.plans import find_district
from boundaries.storage.database import copy_rows, ewkb, geometries_of, reserve_ids
from boundaries.storage.plan_tables import Plan

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.blocks import Floats, Ints
    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport, ImportRequest
    from boundaries.storage.tables import District

FIELDS = ("key", "name", "use", "floors", *MEASURES, "count_date")


def import_buildings(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Replace a district's buildings and their counts; counts of blocks stay as they are."""
    session = request.session
    mapping = map_columns(table, FIELDS, request.columns, report, measures=True)
    building_keys = keys(table, mapping.get("key"), "buildings", report, given="key" in request.columns)
    names = [f"building {key}" for key in building_keys]
    values = {
        measure: counts(table, column, measure, names, report)
        for measure, column in mapping.items()
        if measure in MEASURES or measure not in FIELDS
    }
    shapes = require_shapes(table, names, POLYGONS, "buildings")
    district = find_district(session, request.district)
    report.on(district)
    placed = place(table, shapes, district, district_outline(session, district))
    floors = numbers(table, mapping["floors"], "floors", names) if "floors" in mapping else None
    request.on_progress(0.3, "storing the buildings")
    _remove_old(session, district, report)
    ids = reserve_ids(session, "building", len(names))
    count = len(names)
    copy_rows(
        session,
        "building",
        ["id", "district_id", "srid", "key", "name", "use", "floors", "geom"],
        zip(
            ids.tolist(),
            [district.id] * count,
            [district.srid] * count,
            building_keys,
            texts(table, mapping.get("name")),
            texts(table, mapping.get("use")),
            [None] * count
            if floors is None
            else [None if np.isnan(n) else round(n) for n in floors.tolist()],
            ewkb(placed, district.srid),
            strict=True,
        ),
    )
    _into_blocks(session, district, ids, placed, names, report)
    if values:
        on_date = count_date_of(request, table, mapping, report)
        store_counts(session, district, "building", ids, {(m, on_date): v for m, v in values.items()})
        report.count_date = on_date
        _compare_with_blocks(session, district, values, report)
    request.on_progress(0.8, "counting buildings in every unit")
    for plan in session.scalars(select(Plan).where(Plan.district_id == district.id).order_by(Plan.id)):
        restate_plan(session, plan)
    report.stored = count
    record_layer(session, district, report)


def _remove_old(session: Session, district: District, report: ImportReport) -> None:
    gone = session.execute(
        text("DELETE FROM building WHERE district_id = :d RETURNING id"), {"d": district.id}
    ).all()
    if gone:
        report.notes.append(f"replaced the {len(gone):,} buildings there were before, and their counts")


def _into_blocks(
    session: Session,
    district: District,
    ids: Ints,
    placed: NDArray[np.object_],
    names: list[str],
    report: ImportReport,
) -> None:
    """Link buildings with the block versions that hold their point; on a border the lower key takes it."""
    rows = session.execute(
        text(
            "SELECT id, key, version, ST_AsBinary(geom) FROM block WHERE district_id = :d ORDER BY key, version"
        ),
        {"d": district.id},
    ).all()
    if not rows:
        report.notes.append("the district has no blocks yet, so no building is in one")
        return
    block_ids = np.array([row[0] for row in rows], dtype=np.int64)
    version = np.array([row[2] for row in rows], dtype=np.int64)
    points = shapely.point_on_surface(placed)
    building, block = shapely.STRtree(geometries_of(row[3] for row in rows)).query(
        points, predicate="intersects"
    )
    order = np.lexsort((block, version[block], building))
    building, block = building[order], block[order]
    pair = np.column_stack([building, version[block]])
    first = np.unique(pair, axis=0, return_index=True)[1]
    copy_rows(
        session,
        "block_building",
        ["block_id", "building_id"],
        zip(block_ids[block[first]].tolist(), ids[building[first]].tolist(), strict=True),
    )
    outside = sorted(set(range(len(ids))) - set(building.tolist()))
    if outside:
        report.notes.append(
            f"{len(outside):,} buildings lie in no block and so in no unit: {listed([names[n] for n in outside])}"
        )
        report.skipped += [
            RowProblem(n + 1, f"{names[n]} lies in no block; stored, but in no unit") for n in outside
        ]


def _compare_with_blocks(
    session: Session, district: District, values: dict[str, Floats], report: ImportReport
) -> None:
    """Report where buildings and blocks do not add up; neither is changed."""
    for measure in values:
        of_blocks = session.scalar(
            text(
                "SELECT sum(value) FROM count WHERE district_id = :d AND block_id IS NOT NULL AND measure = :m AND "
                "on_date = (SELECT max(on_date) FROM count WHERE district_id = :d AND block_id IS NOT NULL "
                "AND measure = :m)"
            ),
            {"d": district.id, "m": measure},
        )
        if of_blocks is not None and abs(of_blocks - report.totals[measure]) > 1e-6:
            report.notes.append(
                f"{measure}: buildings add up to {report.totals[measure]:,.10g}, blocks to {of_blocks:,.10g}; both are "
                "kept as they are"
            )
