"""Units of a plan as the page draws them: polygon, figures and what breaks a rule."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from boundaries.blocks import MEASURES
from boundaries.errors import ArgumentError
from boundaries.rules import EXEMPT_TYPES, Rules
from boundaries.sentences import Said
from boundaries.storage.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy.orm import Session

    from boundaries.rules import Finding
    from boundaries.storage.plan_tables import Plan
    from boundaries.storage.statements import Sent


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


class _Unit(NamedTuple):
    """A unit as `_UNITS` reads it: columns of the plan's units, and at the end what is worked out of them."""

    unit_id: int
    level: str
    parent_id: int | None
    name: str
    name_en: str | None
    code: str | None
    type: str
    colour: int
    blocks: int
    buildings: int
    area_m2: float
    perimeter_m: float
    compactness: float
    clear_border_share: float | None
    locked: bool
    tallies: dict[str, float | None]
    geometry: str
    children: int
    ordinary_cells: int


_COLUMNS = ", ".join(f"u.{column}" for column in _Unit._fields[:-3])
_UNITS = (
    "SELECT {columns}, ST_AsGeoJSON(u.geom, 3, 0), "
    "(SELECT count(*) FROM plan_unit c WHERE c.plan_id = u.plan_id AND c.parent_id = u.unit_id), "
    "(SELECT count(*) FROM plan_unit c WHERE c.plan_id = u.plan_id AND c.parent_id = u.unit_id "
    " AND c.level = 'cell' AND c.type <> ALL(:exempt)) "
    "FROM plan_unit u WHERE u.plan_id = :plan AND {which} ORDER BY u.code NULLS LAST, u.unit_id"
)


@dataclass(frozen=True)
class AskedUnits:
    """Units of a plan, and the rules of its district, asked for."""

    plan: Plan
    rules: Sent
    units: Sent

    def features(self) -> Iterator[str]:
        """Give the units as GeoJSON features in the district's planar CRS, one text each.

        Counts that no block of a unit has are null.
        """
        rules = Rules.of(self.rules.rows()[0][0])
        for unit in map(_Unit._make, self.units.rows()):
            told = _properties(unit, self.plan, rules)
            properties = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            yield f'{{"type":"Feature","id":{unit.unit_id},"geometry":{unit.geometry},"properties":{properties}}}'


def unit_features(session: Session, plan: Plan, level: str) -> Iterator[str]:
    """Give the units of a level as `AskedUnits.features` does."""
    run = Statements.of(session)
    return _ask(run, plan, "u.level = :level", level=require_level(plan, level)).features()


def ask_listed_units(run: Statements, plan: Plan, units: Collection[int]) -> AskedUnits:
    """Ask for some units of any level; those that are not in the plan are left out."""
    return _ask(run, plan, "u.unit_id = ANY(:units)", units=list(units))


def _ask(run: Statements, plan: Plan, which: str, **values: object) -> AskedUnits:
    query = _UNITS.format(columns=_COLUMNS, which=which)
    rules = _ask_rules(run, plan)
    return AskedUnits(
        plan, rules, run.send(query, {"plan": plan.id, "exempt": sorted(EXEMPT_TYPES), **values})
    )


def _ask_rules(run: Statements, plan: Plan) -> Sent:
    return run.send("SELECT rules FROM district WHERE id = :district", {"district": plan.district_id})


def rules_of(session: Session, plan: Plan) -> Rules:
    """Return the rules of a plan's district."""
    return Rules.of(_ask_rules(Statements.of(session), plan).rows()[0][0])


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


def _properties(row: _Unit, plan: Plan, rules: Rules) -> dict[str, Any]:
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
