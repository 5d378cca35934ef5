"""A plan as rows: what stands in its exports, the same in every format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select, text

from boundaries.blocks import MEASURES
from boundaries.errors import ExportError
from boundaries.exchange.borders import units_by_level
from boundaries.plans import PlanBlocks, read_plan_blocks
from boundaries.rules import EXEMPT_TYPES, Rules
from boundaries.sentences import Said
from boundaries.storage.database import geometries_of
from boundaries.storage.plan_tables import PlanUnit
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.rules import Finding
    from boundaries.storage.plan_tables import Plan

EXPORT_LEVELS = ("street", "community", "cell", "block")


@dataclass(frozen=True)
class PlanRows:
    """Rows of one level of a plan, in an order that depends on nothing but their content.

    Attributes
    ----------
    about
        What the rows are of: district, plan, revision, count date, whether the data is synthetic.
    rows : list of n
        Column to value; every row has the same columns in the same order.
    polygon : (n,) shapely geometries
        Metres, in the plane ``srid``.
    """

    level: str
    about: dict[str, Any]
    srid: int
    rows: list[dict[str, Any]]
    polygon: NDArray[np.object_]


def read_rows(session: Session, plan: Plan, level: str) -> PlanRows:
    """Read the units of a level of a plan, or its blocks with the level "block".

    Raises
    ------
    ExportError
        When the plan does not have the level.
    """
    if level != "block" and level not in plan.levels:
        raise ExportError(
            Said(
                "export-no-level",
                'the plan "{plan}" has no level "{level}"; it has {levels}, and block.',
                plan=plan.name,
                level=level,
                levels=list(plan.levels),
            )
        )
    district = session.get_one(District, plan.district_id)
    units = {
        unit.unit_id: unit for unit in session.scalars(select(PlanUnit).where(PlanUnit.plan_id == plan.id))
    }
    read = read_plan_blocks(session, plan)
    about = _about(district, plan, level)
    if level == "block":
        return _block_rows(plan, district, read, units, about)
    return _unit_rows(session, plan, district, read, units, about)


def _about(district: District, plan: Plan, level: str) -> dict[str, Any]:
    return {
        "district": district.name,
        "district_name_en": district.name_en,
        "district_code": district.code,
        "plan": plan.name,
        "plan_name_en": plan.name_en,
        "state": plan.state,
        "revision": plan.revision,
        "authority": plan.authority,
        "number": plan.number,
        "adopted_on": plan.adopted_on.isoformat() if plan.adopted_on else None,
        "level": level,
        "count_date": plan.count_date.isoformat() if plan.count_date else None,
        "synthetic": district.synthetic,
        "data": "合成数据 synthetic data, no real place or person" if district.synthetic else "as imported",
        "plane": f"EPSG:{district.srid}",
        "area_unit": "m²",
    }


def _measures(names: set[str]) -> list[str]:
    return [*(one for one in MEASURES if one in names), *sorted(names - set(MEASURES))]


def _number(value: float | None) -> float | int | None:
    """Write whole counts without decimals; unknown ones stay empty."""
    if value is None or np.isnan(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def _above(unit: PlanUnit | None, units: dict[int, PlanUnit], levels: list[str]) -> dict[str, Any]:
    """Name the units a row is in, lowest first, one set of columns a level."""
    chain: dict[str, PlanUnit] = {}
    while unit is not None:
        chain[unit.level] = unit
        unit = units.get(unit.parent_id) if unit.parent_id is not None else None
    found: dict[str, Any] = {}
    for level in reversed(levels):
        one = chain[level]
        found |= {
            level: one.name,
            f"{level}_code": one.code,
            f"{level}_type": one.type,
            f"{level}_name_en": one.name_en,
        }
    return found


def _block_rows(
    plan: Plan,
    district: District,
    read: PlanBlocks,
    units: dict[int, PlanUnit],
    about: dict[str, Any],
) -> PlanRows:
    blocks = read.blocks
    order = sorted(range(len(blocks)), key=lambda n: (blocks.key[n], int(blocks.id[n])))
    measures = _measures(set(blocks.counts))
    chains = {unit: _above(units[unit], units, plan.levels) for unit in set(read.unit_id.tolist())}
    rows = [
        {
            "key": blocks.key[n],
            "use": blocks.use[n],
            **{measure: _number(blocks.counts[measure][n]) for measure in measures},
            "count_date": about["count_date"],
            "area_m2": float(blocks.area_m2[n]),
            "buildings": int(blocks.buildings[n]),
            **chains[int(read.unit_id[n])],
        }
        for n in order
    ]
    return PlanRows("block", about, district.srid, rows, blocks.polygon[order])


def _unit_rows(
    session: Session,
    plan: Plan,
    district: District,
    read: PlanBlocks,
    units: dict[int, PlanUnit],
    about: dict[str, Any],
) -> PlanRows:
    level = str(about["level"])
    at = plan.levels.index(level)
    ids, of = units_by_level(session, plan, read)[at]
    keys: dict[int, list[str]] = {unit: [] for unit in ids.tolist()}
    for block, unit in enumerate(ids[of].tolist()):
        keys[unit].append(read.blocks.key[block])
    chosen = sorted((units[unit] for unit in ids.tolist()), key=lambda u: (u.code or "", u.name, u.unit_id))
    measures = _measures({measure for unit in chosen for measure in unit.tallies})
    cells = _ordinary_cells(units)
    rules = Rules.of(district.rules)
    rows = [
        {
            "level": level,
            "code": unit.code,
            "name": unit.name,
            "name_en": unit.name_en,
            "type": unit.type,
            "parent_name": units[unit.parent_id].name if unit.parent_id is not None else None,
            "parent_code": units[unit.parent_id].code if unit.parent_id is not None else None,
            **{measure: _number(unit.tallies.get(measure)) for measure in measures},
            "count_date": about["count_date"],
            "area_m2": unit.area_m2,
            "perimeter_m": unit.perimeter_m,
            "compactness": unit.compactness,
            "clear_border_share": unit.clear_border_share,
            "buildings": unit.buildings,
            "blocks": unit.blocks,
            "findings": [found.as_json() for found in findings(rules, plan, unit, cells)],
            "block_keys": sorted(keys[unit.unit_id]),
            **_above(units.get(unit.parent_id or 0), units, plan.levels[:at]),
        }
        for unit in chosen
    ]
    return PlanRows(
        level, about, district.srid, rows, unit_polygons(session, plan, [u.unit_id for u in chosen])
    )


def unit_polygons(session: Session, plan: Plan, unit_ids: list[int]) -> NDArray[np.object_]:
    """Read the (n,) polygons of units as a plan has them, in the order of their ids as given."""
    rows = session.execute(
        text("SELECT unit_id, ST_AsBinary(geom) FROM plan_unit WHERE plan_id = :p AND unit_id = ANY(:u)"),
        {"p": plan.id, "u": unit_ids},
    )
    found = {row[0]: row[1] for row in rows}
    return geometries_of(found[unit] for unit in unit_ids)


def _ordinary_cells(units: dict[int, PlanUnit]) -> dict[int, int]:
    """Count the ordinary cells of every community."""
    count: dict[int, int] = {}
    for unit in units.values():
        if unit.level == "cell" and unit.type not in EXEMPT_TYPES and unit.parent_id is not None:
            count[unit.parent_id] = count.get(unit.parent_id, 0) + 1
    return count


def findings(rules: Rules, plan: Plan, unit: PlanUnit, ordinary_cells: dict[int, int]) -> list[Finding]:
    """Return the rules a unit breaks."""
    if unit.level == "cell":
        return rules.of_cell(unit.type, unit.tallies)
    if unit.level == "community" and "cell" in plan.levels:
        return rules.of_community(ordinary_cells.get(unit.unit_id, 0))
    return []
