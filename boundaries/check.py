"""Checking every invariant of stored plans; each breach names the unit or block and the place.

The polygons are checked by PostGIS and GEOS from what is stored, not by the code that wrote them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import select, text

from boundaries import check_rows
from boundaries.breaches import Breach, Found, placed, unit_words
from boundaries.hierarchy import read_hierarchy
from boundaries.redraw.replay import replay_faults
from boundaries.rules import UNASSIGNED
from boundaries.sentences import Said, spot
from boundaries.storage.database import geometries_of
from boundaries.storage.plan_tables import Plan
from geo.coverage import adjacency, connected_pieces, coverage_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from boundaries.hierarchy import Hierarchy
    from boundaries.storage.tables import District

GAP_WIDTH_M = 0.5
"""Slits between blocks up to this width are gaps; wider holes are part of the district's shape."""

AREA_TOLERANCE_M2 = 0.01
"""A polygon and the union of its blocks may differ by this much through the 1 mm grid."""

COUNT_TOLERANCE = 1e-6
"""Difference of sums of fractional counts, for each count and relative, that comes from the millionths they are
added in."""


def check_all(session: Session, district: District | None = None) -> list[Breach]:
    """Check all plans, of one district or of all."""
    query = select(Plan).order_by(Plan.id)
    if district is not None:
        query = query.where(Plan.district_id == district.id)
    plans = list(session.scalars(query))
    breaches = [breach for plan in plans for breach in check_plan(session, plan)]
    return breaches + [
        Breach("codes", f"district {key}", said)
        for key in {p.district_id: p for p in plans}
        for said in check_rows.codes_reused(session, key)
    ]


def check_plan(session: Session, plan: Plan) -> list[Breach]:
    """Check one plan: parents, assignment, coverage, contiguity, polygons, tallies, buildings, codes and log."""
    # Parents and assignment come first: with either broken there is no hierarchy to read.
    found = [*check_rows.parents(session, plan), *check_rows.assignment(session, plan)]
    if not found:
        have = read_hierarchy(session, plan)
        found = [*_coverage(session, plan, have), *_contiguity(plan, have), *_polygons(session, plan, have)]
        found += _tallies(session, plan, have)
    found += [*check_rows.buildings(session, plan), *check_rows.codes(session, plan), *_log(session, plan)]
    return placed(session, plan, found)


def _coverage(session: Session, plan: Plan, have: Hierarchy) -> Iterator[Found]:
    """The plan's blocks overlap nowhere, leave no slit between them and fill the district."""
    for fault in coverage_faults(have.blocks.polygon):
        x, y = shapely.get_coordinates(fault.edges)[0]
        said = Said(
            "check-fault",
            "block {block} overlaps a neighbour or misses a vertex of it at {at}",
            block=have.blocks.key[fault.index],
            at=spot(x, y, 3),
        )
        yield Found("coverage", said, bounds=shapely.bounds(fault.edges).tolist())
    filled = shapely.union_all(have.blocks.polygon)
    holes = shapely.get_rings(filled)[shapely.get_num_geometries(filled) :]
    for ring in holes:
        hole = shapely.Polygon(ring)
        if 2 * hole.area / hole.length < GAP_WIDTH_M:  # the width of a long thin rectangle
            x, y = shapely.get_coordinates(hole)[0]
            said = Said(
                "check-gap",
                "a gap of {area} m2, up to {width} m wide, lies at {at}",
                area=f"{hole.area:.3f}",
                width=GAP_WIDTH_M,
                at=spot(x, y, 3),
            )
            yield Found("coverage", said, bounds=hole.bounds)
    yield from _beside_district(session, plan, filled)


def _beside_district(session: Session, plan: Plan, filled: BaseGeometry) -> Iterator[Found]:
    outline = session.scalar(
        text("SELECT ST_AsBinary(geom) FROM district WHERE id = :d"), {"d": plan.district_id}
    )
    if outline is None:
        return
    off = shapely.symmetric_difference(filled, shapely.from_wkb(bytes(outline)))
    if off.area > AREA_TOLERANCE_M2:
        point = shapely.point_on_surface(off)
        worst = max(shapely.get_parts(off), key=lambda part: float(part.area))
        said = Said(
            "check-district",
            "blocks and district differ by {area} m2, among others at {at}",
            area=f"{off.area:.3f}",
            at=spot(point.x, point.y, 3),
        )
        yield Found("coverage", said, bounds=worst.bounds)


def _contiguity(plan: Plan, have: Hierarchy) -> Iterator[Found]:
    """Every unit is one piece by shared borders, but for exceptions the plan names and what nobody has drawn yet."""
    excused = {entry["unit_id"] for entry in plan.exceptions if entry["invariant"] == "contiguity"}
    edges = adjacency(have.blocks.polygon).edges
    middle = shapely.point_on_surface(have.blocks.polygon)
    for level in have.levels:
        unit = have.unit[level.level]
        piece = connected_pieces(len(have.blocks), edges, unit)
        for k, blocks in _grouped(unit, len(level)):
            pieces, first = np.unique(piece[blocks], return_index=True)
            assert level.unit_id is not None  # noqa: S101
            assert level.type is not None  # noqa: S101
            drawn = level.type[k] != UNASSIGNED
            if len(pieces) > 1 and drawn and int(level.unit_id[k]) not in excused:
                least = pieces[np.argmin([np.count_nonzero(piece[blocks] == p) for p in pieces])]
                apart = blocks[first[np.searchsorted(pieces, least)]]
                said = Said(
                    "check-pieces",
                    '{level} "{name}" is in {pieces} pieces; block {block} at {at} lies apart',
                    level=level.level,
                    name=level.name[k],
                    pieces=len(pieces),
                    block=have.blocks.key[apart],
                    at=spot(middle[apart].x, middle[apart].y),
                )
                ground = have.blocks.polygon[blocks[piece[blocks] == least]]
                bounds = shapely.total_bounds(ground).tolist()
                yield Found("contiguity", said, int(level.unit_id[k]), bounds=bounds)


def _grouped(unit: NDArray[np.int64], count: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    order = np.argsort(unit, kind="stable")
    starts = np.searchsorted(unit[order], np.arange(count + 1))
    for k in range(count):
        yield k, order[starts[k] : starts[k + 1]]


def _polygons(session: Session, plan: Plan, have: Hierarchy) -> Iterator[Found]:
    """The stored polygon of a unit is the union of its blocks, and its stored figures are the polygon's."""
    parts, off_m2 = have.blocks.polygon, np.zeros(len(have.blocks))
    at = np.arange(len(have.blocks))
    for level in reversed(have.levels):
        rows = session.execute(
            text(
                "SELECT unit_id, level, name, code, ST_AsBinary(geom) AS geom, area_m2, perimeter_m, blocks "
                "FROM plan_unit WHERE plan_id = :plan AND level = :level ORDER BY unit_id"
            ),
            {"plan": plan.id, "level": level.level},
        ).all()
        stored = geometries_of(row.geom for row in rows)
        off = np.zeros(len(level))
        for k, blocks in _grouped(have.unit[level.level], len(level)):
            below = np.unique(at[blocks])
            wrong = shapely.symmetric_difference(stored[k], shapely.union_all(parts[below]))
            # The polygons below stand for their blocks as far as they are known to be them: a difference from the
            # blocks is at most that from the polygons and theirs together.
            off[k] = wrong.area + off_m2[below].sum()
            if off[k] > AREA_TOLERANCE_M2:
                wrong = shapely.symmetric_difference(
                    stored[k], shapely.union_all(have.blocks.polygon[blocks])
                )
                off[k] = wrong.area
            yield from _polygon_faults(rows[k], stored[k], wrong, off[k], len(blocks))
        parts, off_m2, at = stored, off, have.unit[level.level]


def _polygon_faults(
    row: Any, stored: BaseGeometry, wrong: BaseGeometry, wrong_m2: float, blocks: int
) -> Iterator[Found]:
    """Compare a unit with its blocks: an overlay laid them over each other, not the union that wrote the polygon."""
    if wrong_m2 > AREA_TOLERANCE_M2:
        point = shapely.point_on_surface(stored)
        said = Said(
            "check-polygon",
            "the polygon of {unit} near {at} differs from its blocks by {area} m2",
            unit=unit_words(row),
            at=spot(point.x, point.y),
            area=f"{wrong_m2:.3f}",
        )
        yield Found("polygon", said, row.unit_id, bounds=wrong.bounds)
    elif not np.isclose(row.area_m2, stored.area) or not np.isclose(row.perimeter_m, stored.length):
        said = Said(
            "check-area", "area or perimeter of {unit} is not that of its polygon", unit=unit_words(row)
        )
        yield Found("polygon", said, row.unit_id)
    if row.blocks != blocks:
        said = Said(
            "check-blocks",
            "{unit} says {told} {told:block|blocks} and has {held}",
            unit=unit_words(row),
            told=row.blocks,
            held=blocks,
        )
        yield Found("tallies", said, row.unit_id)


def _tallies(session: Session, plan: Plan, have: Hierarchy) -> Iterator[Found]:
    """Stored tallies are the sums of the counts of a unit's blocks on the plan's date, at every level."""
    for level in have.levels:
        rows = session.execute(
            text(
                "SELECT unit_id, level, name, code, tallies, buildings FROM plan_unit "
                "WHERE plan_id = :plan AND level = :level ORDER BY unit_id"
            ),
            {"plan": plan.id, "level": level.level},
        ).all()
        for k, blocks in _grouped(have.unit[level.level], len(level)):
            row = rows[k]
            for measure, values in have.blocks.counts.items():
                known = values[blocks][np.isfinite(values[blocks])]
                expected = float(known.sum()) if len(known) else None
                if not _same(row.tallies.get(measure), expected, len(known)):
                    yield _tally(row, measure, row.tallies.get(measure), expected)
            held = int(have.blocks.buildings[blocks].sum())
            if row.buildings != held:
                yield _tally(row, "buildings", row.buildings, held)


def _tally(row: Any, measure: str, stored: float | None, expected: float | None) -> Found:
    said = Said(
        "check-tally",
        "{unit} says {told} {measure}, its blocks have {held}",
        unit=unit_words(row),
        told=str(stored),
        measure=measure,
        held=str(expected),
    )
    return Found("tallies", said, row.unit_id)


def _same(stored: float | None, expected: float | None, counts: int) -> bool:
    if stored is None or expected is None:
        return stored is expected
    return abs(stored - expected) <= COUNT_TOLERANCE * max(1.0, counts, abs(expected))


def _log(session: Session, plan: Plan) -> Iterator[Found]:
    """The log of edits leads without a gap to the plan's revision, and taking all of them back to its beginning."""
    edits, broken = check_rows.log_whole(session, plan)
    if broken is not None:
        yield Found("log", broken)
    elif edits:
        said = Said("check-replay", "the log does not lead back to the plan's beginning")
        for fault in replay_faults(session, plan):
            yield Found("log", said, detail=fault)
