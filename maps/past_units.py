"""Units of a plan as they were at an earlier revision, drawn as the present ones are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from boundaries.blocks import MEASURES
from boundaries.rules import EXEMPT_TYPES
from maps.units import findings_of, require_level, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from boundaries.plans import LevelDraft
    from boundaries.redraw import PlanAt
    from boundaries.storage.plan_tables import Plan


def past_unit_features(session: Session, plan: Plan, at: PlanAt, level: str) -> Iterator[str]:
    """Give the units of a level at a revision as `maps.units.unit_features` gives them now."""
    require_level(plan, level)
    rules = rules_of(session, plan)
    position = plan.levels.index(level)
    units, figures = at.levels[position], at.figures[level]
    above = at.levels[position - 1] if position else None
    below = at.levels[position + 1] if position + 1 < len(at.levels) else None
    children, ordinary = _children(units, below)
    shapes = shapely.to_geojson(shapely.set_precision(figures.polygon, 0.001, mode="pointwise"))
    for k, unit in enumerate(np.asarray(units.unit_id).tolist()):
        tallies = {measure: _or_none(values[k]) for measure, values in figures.tallies.items()}
        type_ = (units.type or [level] * len(units))[k]
        findings = findings_of(
            rules, level, type_, tallies, int(ordinary[k]), has_cells="cell" in plan.levels
        )
        share = _or_none(figures.clear_border_share[k])
        properties = {
            "level": level,
            "code": units.code[k] if units.code else None,
            "name": units.name[k],
            "name_en": units.name_en[k] if units.name_en else None,
            "type": type_,
            "parent_id": _parent(units, above, k),
            "locked": unit in at.locked,
            **{measure: tallies.get(measure) for measure in MEASURES},
            "buildings": int(figures.buildings[k]),
            "blocks": int(figures.blocks[k]),
            "area_m2": round(float(figures.area_m2[k]), 3),
            "perimeter_m": round(float(figures.perimeter_m[k]), 3),
            "compactness": round(float(figures.compactness[k]), 4),
            "clear_border_share": None if share is None else round(share, 4),
            "colour": int(figures.colour[k]),
            "children": int(children[k]),
            "findings": [finding.as_json() for finding in findings],
        }
        text = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
        yield f'{{"type":"Feature","id":{unit},"geometry":{shapes[k]},"properties":{text}}}'


def _children(units: LevelDraft, below: LevelDraft | None) -> tuple[Any, Any]:
    """Return the number of units below each unit, and of ordinary cells among them."""
    if below is None or below.parent is None:
        none = np.zeros(len(units), dtype=np.int64)
        return none, none
    kinds = below.type or ["ordinary"] * len(below)
    counted = np.array([below.level == "cell" and kind not in EXEMPT_TYPES for kind in kinds])
    return (
        np.bincount(below.parent, minlength=len(units)),
        np.bincount(below.parent[counted], minlength=len(units)),
    )


def _parent(units: LevelDraft, above: LevelDraft | None, k: int) -> int | None:
    if above is None or units.parent is None:
        return None
    return int(np.asarray(above.unit_id)[units.parent[k]])


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
