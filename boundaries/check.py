"""Checking every invariant of stored plans; each breach names the unit or block and the place.

The polygons are checked by PostGIS and GEOS from what is stored, not by the code that wrote them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import select, text

from boundaries.hierarchy import read_hierarchy
from boundaries.redraw.replay import replay_faults
from boundaries.rules import UNASSIGNED
from boundaries.storage.database import geometries_of
from boundaries.storage.plan_tables import Plan
from geo.coverage import adjacency, connected_pieces, coverage_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
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


@dataclass(frozen=True)
class Breach:
    """One broken invariant."""

    invariant: str
    plan: str
    what: str

    def __str__(self) -> str:
        return f"{self.plan}: {self.invariant}: {self.what}"


def check_all(session: Session, district: District | None = None) -> list[Breach]:
    """Check all plans, of one district or of all."""
    query = select(Plan).order_by(Plan.id)
    if district is not None:
        query = query.where(Plan.district_id == district.id)
    plans = list(session.scalars(query))
    breaches = [breach for plan in plans for breach in check_plan(session, plan)]
    return breaches + [
        breach for key in {p.district_id: p for p in plans} for breach in _codes_reused(session, key)
    ]


def check_plan(session: Session, plan: Plan) -> list[Breach]:
    """Check one plan: parents, assignment, coverage, contiguity, polygons, tallies, buildings, codes and log."""
    # Parents and assignment come first: with either broken there is no hierarchy to read.
    found = [*_parents(session, plan), *_assignment(session, plan)]
    if not found:
        have = read_hierarchy(session, plan)
        found = [*_coverage(session, plan, have), *_contiguity(plan, have), *_polygons(session, plan, have)]
        found += _tallies(session, plan, have)
    found += [*_buildings(session, plan), *_codes(session, plan), *_log(session, plan)]
    return [Breach(invariant, plan.name, what) for invariant, what in found]


Found = tuple[str, str]


def _rows(session: Session, query: str, plan: Plan) -> Iterable[Any]:
    return session.execute(text(query), {"plan": plan.id, "district": plan.district_id}).all()


def _unit(row: Any) -> str:
    return f'{row.level} "{row.name}" ({row.code or row.unit_id})'


def _parents(session: Session, plan: Plan) -> Iterator[Found]:
    """Each unit has exactly one parent, in the next level the plan has."""
    above = {level: plan.levels[i - 1] if i else None for i, level in enumerate(plan.levels)}
    query = (
        "SELECT u.unit_id, u.level, u.name, u.code, u.parent_id, p.level AS parent_level, p.name AS parent_name "
        "FROM plan_unit u LEFT JOIN plan_unit p ON p.plan_id = u.plan_id AND p.unit_id = u.parent_id "
        "WHERE u.plan_id = :plan ORDER BY u.unit_id"
    )
    for row in _rows(session, query, plan):
        if row.level not in above:
            yield (
                "one parent",
                f"{_unit(row)} is of a level the plan does not have ({', '.join(plan.levels)})",
            )
        elif row.parent_level != above[row.level]:
            has = f'{row.parent_level} "{row.parent_name}"' if row.parent_id is not None else "no parent"
            yield "one parent", f"{_unit(row)} has {has}; its parent must be {above[row.level] or 'none'}"


def _assignment(session: Session, plan: Plan) -> Iterator[Found]:
    """Every block of the district is in exactly one unit of the lowest level, whole or in pieces, in one version."""
    lowest = plan.levels[-1]
    query = (
        "SELECT b.key, count(*) AS held, min(ST_X(p)) AS x, min(ST_Y(p)) AS y FROM assignment a "
        "JOIN block b ON b.id = a.block_id CROSS JOIN LATERAL (SELECT ST_PointOnSurface(b.geom) AS p) s "
        "WHERE a.plan_id = :plan GROUP BY b.key HAVING count(*) > 1 ORDER BY b.key"
    )
    for row in _rows(session, query, plan):
        yield "one unit a block", f"block {row.key} at ({row.x:.1f}, {row.y:.1f}) is in {row.held} units"
    # A block stands for itself or for what it was made into; noding moves its border by less than 1 mm.
    query = (
        "WITH RECURSIVE made (root, id) AS (SELECT id, id FROM block b WHERE district_id = :district "
        "AND NOT EXISTS (SELECT 1 FROM block_origin o WHERE o.block_id = b.id) "
        "UNION SELECT m.root, o.block_id FROM made m JOIN block_origin o ON o.origin_id = m.id) "
        "SELECT r.key, ST_X(p) AS x, ST_Y(p) AS y, r.area_m2, coalesce(sum(b.area_m2), 0) AS held_m2 "
        "FROM block r CROSS JOIN LATERAL (SELECT ST_PointOnSurface(r.geom) AS p) s JOIN made m ON m.root = r.id "
        "LEFT JOIN assignment a ON a.plan_id = :plan AND a.block_id = m.id LEFT JOIN block b ON b.id = a.block_id "
        "GROUP BY r.id, r.key, x, y, r.area_m2 "
        "HAVING abs(r.area_m2 - coalesce(sum(b.area_m2), 0)) > 0.001 * ST_Perimeter(r.geom) ORDER BY r.key"
    )
    for row in _rows(session, query, plan):
        where = f"block {row.key} at ({row.x:.1f}, {row.y:.1f})"
        if row.held_m2 == 0:
            yield "one unit a block", f"{where} is in 0 units"
        else:
            yield "one unit a block", f"of {where} {row.held_m2:.3f} of {row.area_m2:.3f} m2 are in units"
    query = (
        "SELECT b.key, u.unit_id, u.level, u.name, u.code FROM assignment a JOIN block b ON b.id = a.block_id "
        "LEFT JOIN plan_unit u ON u.plan_id = a.plan_id AND u.unit_id = a.unit_id "
        f"WHERE a.plan_id = :plan AND u.level IS DISTINCT FROM '{lowest}' ORDER BY b.key"
    )
    for row in _rows(session, query, plan):
        yield "one unit a block", f"block {row.key} is in {_unit(row)}, which is not of level {lowest}"
    query = (
        "SELECT u.unit_id, u.level, u.name, u.code FROM plan_unit u WHERE u.plan_id = :plan "
        f"AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.plan_id = :plan AND a.unit_id = u.unit_id) "
        f"AND u.level = '{lowest}' ORDER BY u.unit_id"
    )
    for row in _rows(session, query, plan):
        yield "one unit a block", f"{_unit(row)} has no block"


def _coverage(session: Session, plan: Plan, have: Hierarchy) -> Iterator[Found]:
    """The plan's blocks overlap nowhere, leave no slit between them and fill the district."""
    for fault in coverage_faults(have.blocks.polygon):
        x, y = shapely.get_coordinates(fault.edges)[0]
        key = have.blocks.key[fault.index]
        yield "coverage", f"block {key} overlaps a neighbour or misses a vertex of it at ({x:.3f}, {y:.3f})"
    filled = shapely.union_all(have.blocks.polygon)
    holes = shapely.get_rings(filled)[shapely.get_num_geometries(filled) :]
    for ring in holes:
        hole = shapely.Polygon(ring)
        if 2 * hole.area / hole.length < GAP_WIDTH_M:  # the width of a long thin rectangle
            x, y = shapely.get_coordinates(hole)[0]
            yield (
                "coverage",
                f"a gap of {hole.area:.3f} m2, up to {GAP_WIDTH_M} m wide, lies at ({x:.3f}, {y:.3f})",
            )
    outline = session.scalar(
        text("SELECT ST_AsBinary(geom) FROM district WHERE id = :d"), {"d": plan.district_id}
    )
    if outline is not None:
        off = shapely.symmetric_difference(filled, shapely.from_wkb(bytes(outline)))
        if off.area > AREA_TOLERANCE_M2:
            spot = shapely.point_on_surface(off)
            yield (
                "coverage",
                f"blocks and district differ by {off.area:.3f} m2, among others at ({spot.x:.3f}, {spot.y:.3f})",
            )


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
                apart = blocks[first[np.argmin([np.count_nonzero(piece[blocks] == p) for p in pieces])]]
                yield (
                    "contiguity",
                    f'{level.level} "{level.name[k]}" is in {len(pieces)} pieces; block {have.blocks.key[apart]} at '
                    f"({middle[apart].x:.1f}, {middle[apart].y:.1f}) lies apart",
                )


def _grouped(unit: NDArray[np.int64], count: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    order = np.argsort(unit, kind="stable")
    starts = np.searchsorted(unit[order], np.arange(count + 1))
    for k in range(count):
        yield k, order[starts[k] : starts[k + 1]]


def _polygons(session: Session, plan: Plan, have: Hierarchy) -> Iterator[Found]:
    """The stored polygon of a unit is the union of its blocks, and its stored figures are the polygon's."""
    for level in have.levels:
        rows = session.execute(
            text(
                "SELECT unit_id, level, name, code, ST_AsBinary(geom) AS geom, area_m2, perimeter_m, blocks "
                "FROM plan_unit WHERE plan_id = :plan AND level = :level ORDER BY unit_id"
            ),
            {"plan": plan.id, "level": level.level},
        ).all()
        stored = geometries_of(row.geom for row in rows)
        for k, blocks in _grouped(have.unit[level.level], len(level)):
            # An overlay, not the coverage union that wrote the polygon.
            wrong = shapely.area(
                shapely.symmetric_difference(stored[k], shapely.union_all(have.blocks.polygon[blocks]))
            )
            row = rows[k]
            if wrong > AREA_TOLERANCE_M2:
                spot = shapely.point_on_surface(stored[k])
                yield (
                    "polygon",
                    f"the polygon of {_unit(row)} near ({spot.x:.1f}, {spot.y:.1f}) differs from its blocks by "
                    f"{wrong:.3f} m2",
                )
            elif not np.isclose(row.area_m2, stored[k].area) or not np.isclose(
                row.perimeter_m, stored[k].length
            ):
                yield "polygon", f"area or perimeter of {_unit(row)} is not that of its polygon"
            if row.blocks != len(blocks):
                yield "tallies", f"{_unit(row)} says {row.blocks} blocks and has {len(blocks)}"


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
                    said, summed = row.tallies.get(measure), expected
                    yield "tallies", f"{_unit(row)} says {said} {measure}, its blocks have {summed}"
            if row.buildings != int(have.blocks.buildings[blocks].sum()):
                yield (
                    "tallies",
                    f"{_unit(row)} says {row.buildings} buildings, its blocks have "
                    f"{int(have.blocks.buildings[blocks].sum())}",
                )


def _same(stored: float | None, expected: float | None, counts: int) -> bool:
    if stored is None or expected is None:
        return stored is expected
    return abs(stored - expected) <= COUNT_TOLERANCE * max(1.0, counts, abs(expected))


def _buildings(session: Session, plan: Plan) -> Iterator[Found]:
    """Every building is in exactly one block of the plan, the one that holds its representative point."""
    query = (
        "SELECT g.key, count(a.block_id) AS held, ST_X(p) AS x, ST_Y(p) AS y, "
        "bool_and(ST_DWithin(b.geom, p, 0.001)) FILTER (WHERE a.block_id IS NOT NULL) AS inside, "
        "min(b.key) FILTER (WHERE a.block_id IS NOT NULL) AS block "
        "FROM building g CROSS JOIN LATERAL (SELECT ST_PointOnSurface(g.geom) AS p) s "
        "LEFT JOIN block_building k ON k.building_id = g.id LEFT JOIN block b ON b.id = k.block_id "
        "LEFT JOIN assignment a ON a.block_id = b.id AND a.plan_id = :plan "
        "WHERE g.district_id = :district GROUP BY g.id, g.key, x, y "
        "HAVING count(a.block_id) <> 1 OR NOT bool_and(ST_DWithin(b.geom, p, 0.001)) "
        "FILTER (WHERE a.block_id IS NOT NULL) ORDER BY g.key"
    )
    for row in _rows(session, query, plan):
        where = f"({row.x:.1f}, {row.y:.1f})"
        if row.held != 1:
            yield "one cell a building", f"building {row.key} at {where} is in {row.held} blocks"
        else:
            yield "one cell a building", f"building {row.key} at {where} is not inside its block {row.block}"
    query = (
        "SELECT b.key, c.measure, c.on_date, c.value, s.total FROM count c JOIN block b ON b.id = c.block_id "
        "JOIN (SELECT k.block_id, n.measure, n.on_date, sum(n.value) AS total FROM block_building k "
        "JOIN count n ON n.building_id = k.building_id GROUP BY 1, 2, 3) s "
        "ON s.block_id = c.block_id AND s.measure = c.measure AND s.on_date = c.on_date "
        "JOIN assignment a ON a.block_id = b.id AND a.plan_id = :plan "
        "WHERE c.source = 'counted' AND abs(c.value - s.total) > 1e-6 * greatest(1, abs(c.value)) ORDER BY b.key, 2"
    )
    for row in _rows(session, query, plan):
        yield (
            "tallies",
            f"block {row.key} says {row.value:g} {row.measure} on {row.on_date}, its buildings have {row.total:g}",
        )


def _codes(session: Session, plan: Plan) -> Iterator[Found]:
    """Codes are unique in a plan and begin with the parent's code."""
    query = (
        "SELECT code, string_agg(name, ', ' ORDER BY name) AS names FROM plan_unit "
        "WHERE plan_id = :plan AND code IS NOT NULL GROUP BY code HAVING count(*) > 1 ORDER BY code"
    )
    for row in _rows(session, query, plan):
        yield "codes", f"code {row.code} belongs to {row.names}"
    query = (
        "SELECT u.unit_id, u.level, u.name, u.code, p.code AS parent_code FROM plan_unit u "
        "JOIN plan_unit p ON p.plan_id = u.plan_id AND p.unit_id = u.parent_id "
        # Only a district with a county code has codes by the standard; other places have their own.
        "JOIN district d ON d.id = u.district_id AND d.code IS NOT NULL "
        "WHERE u.plan_id = :plan AND u.code IS NOT NULL AND p.code IS NOT NULL "
        "AND NOT starts_with(u.code, p.code) ORDER BY u.code"
    )
    for row in _rows(session, query, plan):
        yield "codes", f"{_unit(row)} does not begin with its parent's code {row.parent_code}"


def _codes_reused(session: Session, district_id: int) -> Iterator[Breach]:
    """Among plans that were or are in force, a code means one unit for ever."""
    query = (
        "SELECT u.code, string_agg(DISTINCT u.name, ', ') AS names FROM plan_unit u JOIN plan p ON p.id = u.plan_id "
        "WHERE p.district_id = :district AND p.state IN ('adopted', 'superseded') AND u.code IS NOT NULL "
        "GROUP BY u.code HAVING count(DISTINCT u.unit_id) > 1 ORDER BY u.code"
    )
    for row in session.execute(text(query), {"district": district_id}):
        yield Breach(
            "codes", f"district {district_id}", f"code {row.code} was given to several units: {row.names}"
        )


def _log(session: Session, plan: Plan) -> Iterator[Found]:
    """The log of edits leads without a gap to the plan's revision, and taking all of them back to its beginning."""
    query = "SELECT count(*) AS edits, min(revision) AS first, max(revision) AS last FROM edit WHERE plan_id = :plan"
    row = next(iter(_rows(session, query, plan)))
    whole = row.edits == plan.revision and (row.edits == 0 or (row.first, row.last) == (1, plan.revision))
    if not whole:
        yield (
            "log",
            f"the plan is at revision {plan.revision}, its log has {row.edits} edits up to {row.last or 0}",
        )
    elif row.edits:
        yield from (("log", what) for what in replay_faults(session, plan))
