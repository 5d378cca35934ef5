"""Invariants that the rows of a plan keep: parents, assignment, buildings, codes; each is asked of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from boundaries.breaches import Found, unit_words
from boundaries.sentences import Said, spot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan


def _rows(session: Session, query: str, plan: Plan) -> Iterable[Any]:
    return session.execute(
        text(query), {"plan": plan.id, "district": plan.district_id, "lowest": plan.levels[-1]}
    ).all()


def parents(session: Session, plan: Plan) -> Iterator[Found]:
    """Each unit has exactly one parent, in the next level the plan has."""
    above = {level: plan.levels[i - 1] if i else None for i, level in enumerate(plan.levels)}
    query = (
        "SELECT u.unit_id, u.level, u.name, u.code, u.parent_id, p.level AS parent_level, p.name AS parent_name "
        "FROM plan_unit u LEFT JOIN plan_unit p ON p.plan_id = u.plan_id AND p.unit_id = u.parent_id "
        "WHERE u.plan_id = :plan ORDER BY u.unit_id"
    )
    for row in _rows(session, query, plan):
        if row.level in above and row.parent_level == above[row.level]:
            continue
        unit = unit_words(row)
        if row.level not in above:
            said = Said(
                "check-level",
                "{unit} is of a level the plan does not have ({levels})",
                unit=unit,
                levels=list(plan.levels),
            )
        elif row.parent_id is None:
            said = Said(
                "check-no-parent",
                "{unit} has no parent; its parent must be of the level {level}",
                unit=unit,
                level=str(above[row.level]),
            )
        else:
            said = Said(
                "check-parent",
                '{unit} has {level} "{parent}" as its parent, which is not of the next level the plan has',
                unit=unit,
                level=str(row.parent_level),
                parent=str(row.parent_name),
            )
        yield Found("one parent", said, row.unit_id)


def assignment(session: Session, plan: Plan) -> Iterator[Found]:
    """Every block of the district is in exactly one unit of the lowest level, whole or in pieces, in one version."""
    yield from _in_several_units(session, plan)
    yield from _not_covered(session, plan)
    query = (
        # NOT IN is hashed; a join would be planned by statistics that a new plan does not have yet.
        "WITH off AS MATERIALIZED (SELECT block_id, unit_id FROM assignment WHERE plan_id = :plan AND unit_id NOT IN "
        "(SELECT unit_id FROM plan_unit WHERE plan_id = :plan AND level = :lowest)) "
        "SELECT b.key, b.id, u.unit_id, u.level, u.name, u.code FROM off a JOIN block b ON b.id = a.block_id "
        "LEFT JOIN plan_unit u ON u.plan_id = :plan AND u.unit_id = a.unit_id ORDER BY b.key"
    )
    for row in _rows(session, query, plan):
        said = Said(
            "check-block-level",
            "block {block} is in {unit}, which is not of level {level}",
            block=row.key,
            unit=unit_words(row),
            level=plan.levels[-1],
        )
        yield Found("one unit a block", said, row.unit_id, row.id)
    query = (
        "SELECT u.unit_id, u.level, u.name, u.code FROM plan_unit u WHERE u.plan_id = :plan "
        "AND u.unit_id NOT IN (SELECT unit_id FROM assignment WHERE plan_id = :plan) "
        "AND u.level = :lowest ORDER BY u.unit_id"
    )
    for row in _rows(session, query, plan):
        yield Found(
            "one unit a block",
            Said("check-empty-unit", "{unit} has no block", unit=unit_words(row)),
            row.unit_id,
        )


def _in_several_units(session: Session, plan: Plan) -> Iterator[Found]:
    query = (
        "SELECT b.key, min(b.id) AS id, count(*) AS held, min(ST_X(p)) AS x, min(ST_Y(p)) AS y FROM assignment a "
        "JOIN block b ON b.id = a.block_id CROSS JOIN LATERAL (SELECT ST_PointOnSurface(b.geom) AS p) s "
        "WHERE a.plan_id = :plan AND b.key IN (SELECT o.key FROM assignment h JOIN block o ON o.id = h.block_id "
        "WHERE h.plan_id = :plan GROUP BY o.key HAVING count(*) > 1) GROUP BY b.key ORDER BY b.key"
    )
    for row in _rows(session, query, plan):
        yield _held(row, row.held)


def _not_covered(session: Session, plan: Plan) -> Iterator[Found]:
    # A block stands for itself or for what it was made into; noding moves its border by less than 1 mm.
    query = (
        "WITH RECURSIVE made (root, id) AS (SELECT id, id FROM block b WHERE district_id = :district "
        "AND NOT EXISTS (SELECT 1 FROM block_origin o WHERE o.block_id = b.id) "
        "UNION SELECT m.root, o.block_id FROM made m JOIN block_origin o ON o.origin_id = m.id), "
        "held AS (SELECT r.id, r.key, r.area_m2, r.geom, coalesce(sum(b.area_m2), 0) AS held_m2 "
        "FROM block r JOIN made m ON m.root = r.id "
        "LEFT JOIN assignment a ON a.plan_id = :plan AND a.block_id = m.id LEFT JOIN block b ON b.id = a.block_id "
        "GROUP BY r.id), "
        "off AS MATERIALIZED (SELECT * FROM held WHERE abs(area_m2 - held_m2) > 0) "
        "SELECT id, key, ST_X(ST_PointOnSurface(geom)) AS x, ST_Y(ST_PointOnSurface(geom)) AS y, area_m2, held_m2 "
        "FROM off WHERE abs(area_m2 - held_m2) > 0.001 * ST_Perimeter(geom) ORDER BY key"
    )
    for row in _rows(session, query, plan):
        if row.held_m2 == 0:
            yield _held(row, 0)
            continue
        said = Said(
            "check-block-part",
            "of block {block} at {at} {held} of {area} m2 are in units",
            block=row.key,
            at=spot(row.x, row.y),
            held=round(row.held_m2, 3),
            area=round(row.area_m2, 3),
        )
        yield Found("one unit a block", said, block=row.id)


def _held(row: Any, units: int) -> Found:
    said = Said(
        "check-block-units",
        "block {block} at {at} is in {units} units",
        block=row.key,
        at=spot(row.x, row.y),
        units=units,
    )
    return Found("one unit a block", said, block=row.id)


def buildings(session: Session, plan: Plan) -> Iterator[Found]:
    """Every building is in exactly one block of the plan, the one that holds its representative point."""
    query = (
        "WITH held AS (SELECT g.id, count(a.block_id) AS held, bool_and(ST_DWithin(b.geom, ST_PointOnSurface(g.geom), "
        "0.001)) FILTER (WHERE a.block_id IS NOT NULL) AS inside, "
        "min(b.key) FILTER (WHERE a.block_id IS NOT NULL) AS block FROM building g "
        "LEFT JOIN block_building k ON k.building_id = g.id LEFT JOIN block b ON b.id = k.block_id "
        "LEFT JOIN assignment a ON a.block_id = b.id AND a.plan_id = :plan "
        "WHERE g.district_id = :district GROUP BY g.id HAVING count(a.block_id) <> 1 "
        "OR NOT bool_and(ST_DWithin(b.geom, ST_PointOnSurface(g.geom), 0.001)) FILTER (WHERE a.block_id IS NOT NULL)) "
        "SELECT g.key, h.held, h.block, ST_X(ST_PointOnSurface(g.geom)) AS x, ST_Y(ST_PointOnSurface(g.geom)) AS y, "
        "ST_XMin(g.geom) AS x0, ST_YMin(g.geom) AS y0, ST_XMax(g.geom) AS x1, ST_YMax(g.geom) AS y1 "
        "FROM held h JOIN building g ON g.id = h.id ORDER BY g.key"
    )
    for row in _rows(session, query, plan):
        at, bounds = spot(row.x, row.y), (row.x0, row.y0, row.x1, row.y1)
        said = (
            Said(
                "check-building-blocks",
                "building {building} at {at} is in {held} blocks",
                building=row.key,
                at=at,
                held=row.held,
            )
            if row.held != 1
            else Said(
                "check-building-outside",
                "building {building} at {at} is not inside its block {block}",
                building=row.key,
                at=at,
                block=row.block,
            )
        )
        yield Found("one cell a building", said, bounds=bounds)
    yield from _sums_of_buildings(session, plan)


def _sums_of_buildings(session: Session, plan: Plan) -> Iterator[Found]:
    query = (
        "SELECT b.key, b.id, c.measure, c.on_date, c.value, s.total FROM count c JOIN block b ON b.id = c.block_id "
        "JOIN (SELECT k.block_id, n.measure, n.on_date, sum(n.value) AS total FROM block_building k "
        "JOIN count n ON n.building_id = k.building_id GROUP BY 1, 2, 3) s "
        "ON s.block_id = c.block_id AND s.measure = c.measure AND s.on_date = c.on_date "
        "JOIN assignment a ON a.block_id = b.id AND a.plan_id = :plan "
        "WHERE c.source = 'counted' AND abs(c.value - s.total) > 1e-6 * greatest(1, abs(c.value)) ORDER BY b.key, 2"
    )
    for row in _rows(session, query, plan):
        said = Said(
            "check-block-sum",
            "block {block} says {value} {measure} on {date}, its buildings have {total}",
            block=row.key,
            value=f"{row.value:g}",
            measure=row.measure,
            date=str(row.on_date),
            total=f"{row.total:g}",
        )
        yield Found("tallies", said, block=row.id)


def codes(session: Session, plan: Plan) -> Iterator[Found]:
    """Codes are unique in a plan and begin with the parent's code."""
    query = (
        "SELECT code, array_agg(name ORDER BY name) AS names, min(unit_id) AS unit_id FROM plan_unit "
        "WHERE plan_id = :plan AND code IS NOT NULL GROUP BY code HAVING count(*) > 1 ORDER BY code"
    )
    for row in _rows(session, query, plan):
        said = Said("check-code-twice", "code {code} belongs to {names}", code=row.code, names=row.names)
        yield Found("codes", said, row.unit_id)
    query = (
        "WITH coded AS MATERIALIZED (SELECT u.unit_id, u.level, u.name, u.code, (SELECT p.code FROM plan_unit p "
        "WHERE p.plan_id = :plan AND p.unit_id = u.parent_id) AS parent_code FROM plan_unit u "
        # Only a district with a county code has codes by the standard; other places have their own.
        "JOIN district d ON d.id = u.district_id AND d.code IS NOT NULL WHERE u.plan_id = :plan) "
        "SELECT * FROM coded WHERE NOT starts_with(code, parent_code) ORDER BY code"
    )
    for row in _rows(session, query, plan):
        said = Said(
            "check-code-parent",
            "{unit} does not begin with its parent's code {code}",
            unit=unit_words(row),
            code=row.parent_code,
        )
        yield Found("codes", said, row.unit_id)


def codes_reused(session: Session, district_id: int) -> Iterator[Said]:
    """Among plans that were or are in force, a code means one unit for ever."""
    query = (
        "SELECT u.code, array_agg(DISTINCT u.name) AS names FROM plan_unit u JOIN plan p ON p.id = u.plan_id "
        "WHERE p.district_id = :district AND p.state IN ('adopted', 'superseded') AND u.code IS NOT NULL "
        "GROUP BY u.code HAVING count(DISTINCT u.unit_id) > 1 ORDER BY u.code"
    )
    for row in session.execute(text(query), {"district": district_id}):
        yield Said(
            "check-code-reused",
            "code {code} was given to several units: {names}",
            code=row.code,
            names=row.names,
        )


def log_whole(session: Session, plan: Plan) -> tuple[int, Said | None]:
    """Return how many edits the log has, and what is wrong if it does not lead without a gap to the plan's revision."""
    query = "SELECT count(*) AS edits, min(revision) AS first, max(revision) AS last FROM edit WHERE plan_id = :plan"
    row = next(iter(_rows(session, query, plan)))
    if row.edits == plan.revision and (row.edits == 0 or (row.first, row.last) == (1, plan.revision)):
        return row.edits, None
    return row.edits, Said(
        "check-log",
        "the plan is at revision {revision}, its log has {edits} {edits:edit|edits} up to {last}",
        revision=plan.revision,
        edits=row.edits,
        last=row.last or 0,
    )
