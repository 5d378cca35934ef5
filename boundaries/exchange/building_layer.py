"""Buildings, each in the block that holds its representative point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import select, text

from boundaries.blocks import store_counts
from boundaries.compounds import place_in_compounds
from boundaries.errors import ImportFileError
from boundaries.exchange.block_layer import MEASURES, count_date_of
from boundaries.exchange.borders import restate_plan
from boundaries.exchange.columns import map_columns
from boundaries.exchange.placing import POLYGONS, district_outline, place, require_shapes
from boundaries.exchange.request import RowProblem, record_layer
from boundaries.exchange.values import counts, keys, listed, numbers, texts
from boundaries.layers import store_layer
from boundaries.plans import find_district
from boundaries.sentences import Said
from boundaries.storage.database import copy_rows, geometries_of
from boundaries.storage.plan_tables import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    names = [Said("building", "building {key}", key=key) for key in building_keys]
    values = {
        measure: counts(table, column, measure, names, report)
        for measure, column in mapping.items()
        if measure in MEASURES or measure not in FIELDS
    }
    shapes = require_shapes(table, names, POLYGONS, "buildings")
    district = find_district(session, request.district)
    report.on(district)
    placed = place(table, shapes, district, district_outline(session, district))
    floors = np.full(len(names), np.nan)
    if "floors" in mapping:
        floors = numbers(table, mapping["floors"], Said("field-floors", "floors"), names)
    request.on_progress(0.3, Said("doing-find-blocks", "finding the block of every building"))
    _remove_old(session, district, report)
    links = _blocks_of(session, district, placed)
    inside = _inside(links, names, report)
    request.on_progress(0.5, Said("doing-store-buildings", "storing the buildings"))
    columns = {
        "key": building_keys,
        "name": texts(table, mapping.get("name")),
        "use": texts(table, mapping.get("use")),
        "floors": pd.array(np.round(floors), dtype="Int64"),
    }
    frame = gpd.GeoDataFrame(columns, geometry=list(placed), crs=district.srid)
    ids = np.full(len(names), -1, dtype=np.int64)
    ids[inside] = store_layer(session, district, "building", frame.iloc[inside], list(columns))
    copy_rows(
        session,
        "block_building",
        ["block_id", "building_id"],
        ((block, int(ids[building])) for building, block in links),
    )
    if values:
        kept = {measure: column[inside] for measure, column in values.items()}
        report.totals = {measure: float(np.nansum(column)) for measure, column in kept.items()}
        on_date = count_date_of(request, table, mapping, report)
        store_counts(session, district, "building", ids[inside], {(m, on_date): v for m, v in kept.items()})
        report.count_date = on_date
        _compare_with_blocks(session, district, kept, report)
    place_in_compounds(session, district)
    request.on_progress(0.8, Said("doing-count-buildings", "counting buildings in every unit"))
    for plan in session.scalars(select(Plan).where(Plan.district_id == district.id).order_by(Plan.id)):
        restate_plan(session, plan)
    report.stored = len(inside)
    record_layer(session, district, report)


def _remove_old(session: Session, district: District, report: ImportReport) -> None:
    gone = session.execute(
        text("DELETE FROM building WHERE district_id = :d RETURNING id"), {"d": district.id}
    ).all()
    if gone:
        report.notes.append(
            Said(
                "buildings-replaced",
                "replaced the {count} {count:building|buildings} there {count:was|were} before, and "
                "{count:its|their} counts",
                count=len(gone),
            )
        )


def _blocks_of(
    session: Session, district: District, footprints: NDArray[np.object_]
) -> list[tuple[int, int]]:
    """Return pairs of a building's position and the id of a block version that holds its point.

    Every version around the point has the building, so that each plan finds it in its own blocks; on a border
    only the block with the lower key does.
    """
    rows = session.execute(
        text("SELECT id, key, ST_AsBinary(geom) FROM block WHERE district_id = :d ORDER BY key, version"),
        {"d": district.id},
    ).all()
    if not rows:
        raise ImportFileError(
            Said(
                "buildings-no-blocks",
                "{district} has no blocks yet, and a building stands in one. Import blocks first.",
                district=district.name,
            )
        )
    shapes = geometries_of(row[2] for row in rows)
    key_rank = np.unique([row[1] for row in rows], return_inverse=True)[1]
    points = shapely.point_on_surface(footprints)
    building, block = shapely.STRtree(shapes).query(points, predicate="intersects")
    on_border = ~shapely.contains_properly(shapes[block], points[building])
    lowest = np.full(len(points), len(rows), dtype=np.int64)
    np.minimum.at(lowest, building[on_border], key_rank[block[on_border]])
    holds = ~on_border | (key_rank[block] == lowest[building])
    return sorted((int(b), int(rows[n][0])) for b, n in zip(building[holds], block[holds], strict=True))


def _inside(links: list[tuple[int, int]], names: Sequence[str], report: ImportReport) -> Ints:
    """Return the positions of the buildings that stand in a block; the others are left out and listed."""
    inside = np.unique(np.array([building for building, _ in links], dtype=np.int64))
    outside = np.setdiff1d(np.arange(len(names)), inside).tolist()
    if not len(inside):
        raise ImportFileError(
            Said(
                "buildings-none-inside",
                "none of the {count} {count:building|buildings} stands in a block of the district; "
                "check the file and its --crs.",
                count=len(names),
            )
        )
    if outside:
        report.notes.append(
            Said(
                "buildings-outside",
                "{count} of {all} buildings {count:stands|stand} in no block and {count:was|were} left out: {names}",
                count=len(outside),
                all=len(names),
                names=listed([names[n] for n in outside]),
            )
        )
        report.skipped += [
            RowProblem(n + 1, Said("building-outside", "{name} stands in no block", name=names[n]))
            for n in outside
        ]
    return inside


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
                Said(
                    "buildings-sum",
                    "{measure}: buildings add up to {buildings}, blocks to {blocks}; both are kept as they are",
                    measure=measure,
                    buildings=f"{report.totals[measure]:,.10g}",
                    blocks=f"{of_blocks:,.10g}",
                )
            )
