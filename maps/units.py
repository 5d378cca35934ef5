"""Units of a plan as the page draws them: polygon, figures and what breaks a rule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from boundaries.blocks import MEASURES
from boundaries.errors import ArgumentError
from boundaries.rules import EXEMPT_TYPES, Rules
from boundaries.sentences import Said
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from boundaries.rules import Finding
    from boundaries.storage.plan_tables import Plan

_UNITS = (
    "SELECT u.unit_id, u.level, u.parent_id, u.name, u.name_en, u.code, u.type, u.colour, u.blocks, u.buildings, "
    "u.area_m2, u.perimeter_m, u.compactness, u.clear_border_share, u.locked, u.tallies, "
    "ST_AsGeoJSON(u.geom, 3, 0) AS geometry, "
    "(SELECT count(*) FROM plan_unit c WHERE c.plan_id = u.plan_id AND c.parent_id = u.unit_id) AS children, "
    "(SELECT count(*) FROM plan_unit c WHERE c.plan_id = u.plan_id AND c.parent_id = u.unit_id "
    " AND c.level = 'cell' AND c.type <> ALL(:exempt)) AS ordinary_cells "
    "FROM plan_unit u WHERE u.plan_id = :plan AND {which} ORDER BY u.code NULLS LAST, u.unit_id"
)


def require_level(plan: Plan, level: str) -> str:
    """Return a level the plan has.

    Raises
    ------
    ArgumentError
        Naming the levels the plan has.
    """
    if level not in plan.levels:
        raise ArgumentError(
            Said(
                "plan-no-level",
                'plan "{plan}" has no level "{level}"; it has {levels}.',
                plan=plan.name,
                level=level,
                levels=list(plan.levels),
            )
        )
    return level


def unit_features(session: Session, plan: Plan, level: str) -> Iterator[str]:
    """Give the units of a level as GeoJSON features in the district's planar CRS, one text each.

    Counts that no block of a unit has are null.
    """
    return _features(session, plan, "u.level = :level", level=require_level(plan, level))


def listed_unit_features(session: Session, plan: Plan, units: Collection[int]) -> Iterator[str]:
    """Give some units of any level as `unit_features` does; those that are not in the plan are left out."""
    return _features(session, plan, "u.unit_id = ANY(:units)", units=list(units))


def _features(session: Session, plan: Plan, which: str, **values: object) -> Iterator[str]:
    rules = rules_of(session, plan)
    rows = session.execute(
        text(_UNITS.format(which=which)), {"plan": plan.id, "exempt": sorted(EXEMPT_TYPES), **values}
    )
    for row in rows:
        properties = json.dumps(_properties(row, plan, rules), ensure_ascii=False, separators=(",", ":"))
        yield f'{{"type":"Feature","id":{row.unit_id},"geometry":{row.geometry},"properties":{properties}}}'


def rules_of(session: Session, plan: Plan) -> Rules:
    """Return the rules of a plan's district."""
    # Without the district's outline, which is large.
    query = select(District.rules).where(District.id == plan.district_id)
    return Rules.of(session.scalars(query).one())


def findings_of(
    rules: Rules,
    level: str,
    type_: str,
    tallies: dict[str, float | None],
    ordinary_cells: int,
    *,
    has_cells: bool,
) -> list[Finding]:
    """Return the rules a unit of any level breaks."""
    if level == "cell":
        return rules.of_cell(type_, tallies)
    return rules.of_community(ordinary_cells) if level == "community" and has_cells else []


def _properties(row: Row[Any], plan: Plan, rules: Rules) -> dict[str, Any]:
    has_cells = "cell" in plan.levels
    findings = findings_of(rules, row.level, row.type, row.tallies, row.ordinary_cells, has_cells=has_cells)
    return {
        "level": row.level,
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "type": row.type,
        "parent_id": row.parent_id,
        "locked": row.locked,
        **{measure: row.tallies.get(measure) for measure in MEASURES},
        "buildings": row.buildings,
        "blocks": row.blocks,
        "area_m2": round(row.area_m2, 3),
        "perimeter_m": round(row.perimeter_m, 3),
        "compactness": round(row.compactness, 4),
        "clear_border_share": None if row.clear_border_share is None else round(row.clear_border_share, 4),
        "colour": row.colour,
        "children": row.children,
        "findings": [finding.as_json() for finding in findings],
    }
