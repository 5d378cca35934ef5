"""Figures for choropleths: rates and shares per unit, with their classes, period and denominator (LOOK, Map)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text

from boundaries.errors import ArgumentError
from boundaries.sentences import Said
from maps.units import require_level

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan

CLASSES = 5
SMALL_COUNT = 20
"""A rate over fewer residents than this is suppressed: it says more about persons than about the place."""


@dataclass(frozen=True)
class Figure:
    """One figure a map can be coloured by: numerator / denominator x scale."""

    kind: str
    unit: str
    numerator: str
    denominator: str
    scale: float


FIGURES: dict[str, Figure] = {
    "density": Figure("rate", "per_km2", "residents", "area_m2", 1e6),
    "floating_share": Figure("rate", "per_100_residents", "floating", "residents", 100),
    "household_size": Figure("rate", "persons_per_household", "residents", "households", 1),
    "incidents_rate": Figure("rate", "per_1000_residents", "incidents", "residents", 1000),
}


def available_figures(session: Session, plan: Plan) -> list[dict[str, str]]:
    """List the figures whose counts the plan has."""
    row = session.execute(
        text(
            "SELECT ARRAY(SELECT DISTINCT k FROM plan_unit u, jsonb_object_keys(u.tallies) k WHERE u.plan_id = :plan), "
            "EXISTS (SELECT 1 FROM incident WHERE district_id = :district)"
        ),
        {"plan": plan.id, "district": plan.district_id},
    ).one()
    have = {*row[0], "area_m2"} | ({"incidents"} if row[1] else set())
    return [
        {"measure": name, "kind": figure.kind, "unit": figure.unit}
        for name, figure in FIGURES.items()
        if {figure.numerator, figure.denominator} <= have
    ]


def figure_values(session: Session, plan: Plan, level: str, measure: str) -> dict[str, Any]:
    """Return one figure of every unit of a level, with class breaks.

    Breaks are quantiles; fewer classes where values repeat. Units with fewer than 20 residents are suppressed
    where residents are the denominator; units without a count or with a denominator of 0 have no value.

    Raises
    ------
    ArgumentError
        When the plan lacks the level or there is no such figure.
    """
    if measure not in FIGURES:
        raise ArgumentError(
            Said(
                "figure-none",
                'there is no figure "{name}"; figures are {names}.',
                name=measure,
                names=list(FIGURES),
            )
        )
    figure = FIGURES[measure]
    rows = session.execute(
        text(
            "SELECT unit_id, area_m2, tallies FROM plan_unit WHERE plan_id = :plan AND level = :level ORDER BY unit_id"
        ),
        {"plan": plan.id, "level": require_level(plan, level)},
    ).all()
    period = None
    incidents: dict[int, int] = {}
    if "incidents" in {figure.numerator, figure.denominator}:
        period, incidents = _incidents(session, plan, level)
    values: dict[int, float | None] = {}
    suppressed: list[int] = []
    for unit, area, tallies in rows:
        have = {**tallies, "area_m2": area, "incidents": incidents.get(unit, 0)}
        top, bottom = have.get(figure.numerator), have.get(figure.denominator)
        values[unit] = top / bottom * figure.scale if top is not None and bottom else None
        if figure.denominator == "residents" and bottom is not None and bottom < SMALL_COUNT:
            values[unit] = None
            suppressed.append(unit)
    known = np.array([value for value in values.values() if value is not None])
    return {
        "measure": measure,
        "level": level,
        "kind": figure.kind,
        "unit": figure.unit,
        "period": period,
        "count_date": plan.count_date.isoformat() if plan.count_date else None,
        "denominator": figure.denominator,
        "scheme": "quantiles",
        "breaks": class_breaks(known),
        "values": {unit: None if value is None else round(value, 4) for unit, value in values.items()},
        "suppressed": suppressed,
    }


def class_breaks(values: NDArray[np.float64]) -> list[float]:
    """Return ascending class limits, lowest and highest value included; empty without values.

    Classes hold as many values each (quantiles); repeated values leave fewer classes.
    """
    if len(values) == 0:
        return []
    classes = min(CLASSES, len(np.unique(values)))
    inner = np.quantile(values, np.arange(1, classes + 1) / classes)
    return [round(float(limit), 4) for limit in np.unique([values.min(), *inner])]


def _incidents(session: Session, plan: Plan, level: str) -> tuple[dict[str, str] | None, dict[int, int]]:
    """Count the incidents in each unit, and the local days they span."""
    # An incident on a border is counted once, for the unit with the lower id.
    counted = session.execute(
        text(
            "SELECT unit_id, count(*) FROM (SELECT DISTINCT ON (i.id) u.unit_id FROM incident i "
            "JOIN plan_unit u ON u.plan_id = :plan AND u.level = :level AND ST_Intersects(u.geom, i.geom) "
            "WHERE i.district_id = :district ORDER BY i.id, u.unit_id) held GROUP BY 1"
        ),
        {"plan": plan.id, "level": level, "district": plan.district_id},
    ).all()
    first, last = session.execute(
        text(
            "SELECT min((i.at AT TIME ZONE d.time_zone)::date), max((i.at AT TIME ZONE d.time_zone)::date) "
            "FROM incident i JOIN district d ON d.id = i.district_id WHERE i.district_id = :district"
        ),
        {"district": plan.district_id},
    ).one()
    period = {"from": _iso(first), "to": _iso(last)} if first is not None else None
    return period, {row[0]: row[1] for row in counted}


def _iso(day: dt.date) -> str:
    return day.isoformat()
