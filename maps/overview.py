"""What districts and plans there are, as the page lists them."""

from __future__ import annotations

import datetime as dt
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import pyproj
from sqlalchemy import select, text

from boundaries.planning.life import state_of, today_in
from boundaries.rules import EXEMPT_TYPES
from boundaries.storage.plan_tables import LEVELS, Plan
from boundaries.storage.tables import District
from maps.layers import PROPERTIES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def districts(session: Session) -> list[dict[str, Any]]:
    """List all districts with their reference system, rules and layers."""
    return [
        _district(session, district) for district in session.scalars(select(District).order_by(District.id))
    ]


def _district(session: Session, district: District) -> dict[str, Any]:
    bounds = session.execute(
        text("SELECT ST_XMin(g), ST_YMin(g), ST_XMax(g), ST_YMax(g), ST_Area(g) FROM "
             "(SELECT geom AS g FROM district WHERE id = :id) d"),
        {"id": district.id},
    ).one()  # fmt: skip
    dates = session.scalars(
        text("SELECT DISTINCT on_date FROM count WHERE district_id = :id ORDER BY 1"), {"id": district.id}
    )
    measures = session.scalars(
        text("SELECT DISTINCT measure FROM count WHERE district_id = :id ORDER BY 1"), {"id": district.id}
    )
    return {
        "id": district.id,
        "key": district.key,
        "name": district.name,
        "name_en": district.name_en,
        "code": district.code,
        "srid": district.srid,
        "proj4": _proj4(district.srid),
        "bounds": list(bounds[:4]) if bounds[0] is not None else None,
        "area_m2": bounds[4],
        "synthetic": district.synthetic,
        "source": district.source,
        "time_zone": district.time_zone,
        "levels": list(LEVELS),
        "rules": district.rules,
        "measures": list(measures),
        "count_dates": [day.isoformat() for day in dates],
        "layers": _layers(session, district),
    }


@cache
def _proj4(srid: int) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PROJ strings lose a datum's name, which the page does not need
        return pyproj.CRS.from_epsg(srid).to_proj4()


def _layers(session: Session, district: District) -> dict[str, dict[str, int]]:
    loaded = session.execute(
        text("SELECT kind, revision FROM layer WHERE district_id = :id"), {"id": district.id}
    )
    revisions = {row.kind: row.revision for row in loaded}
    counted = {
        layer: session.scalar(
            text(f"SELECT count(*) FROM {table} WHERE district_id = :id"),  # noqa: S608
            {"id": district.id},
        )
        for layer, (table, _) in PROPERTIES.items()
    }
    return {
        layer: {"count": count or 0, "revision": revisions.get(layer, 0)} for layer, count in counted.items()
    }


def plans(session: Session, district: District, as_of: dt.date | None = None) -> list[dict[str, Any]]:
    """List a district's plans, the one in force first, then the newest; as of a date only the one in force then."""
    day = as_of or today_in(session, district.id)
    stored = session.scalars(select(Plan).where(Plan.district_id == district.id).order_by(Plan.id.desc()))
    listed = [_plan(session, plan, day) for plan in stored if as_of is None or in_force(plan, day)]
    return sorted(listed, key=lambda plan: not plan["in_force"])


def _plan(session: Session, plan: Plan, today: dt.date) -> dict[str, Any]:
    counts = session.execute(
        text(
            "SELECT level, count(*) FILTER (WHERE type <> ALL(:exempt)), count(*) FILTER (WHERE type = ANY(:exempt)) "
            "FROM plan_unit WHERE plan_id = :plan GROUP BY level"
        ),
        {"plan": plan.id, "exempt": sorted(EXEMPT_TYPES)},
    ).all()
    return {
        "id": plan.id,
        "name": plan.name,
        "name_en": plan.name_en,
        "state": state_of(plan),
        "levels": plan.levels,
        "revision": plan.revision,
        "authority": plan.authority,
        "number": plan.number,
        "adopted_on": _iso(plan.adopted_on),
        "in_force_from": _iso(plan.in_force_from),
        "in_force_to": _iso(plan.in_force_to),
        "in_force": in_force(plan, today),
        "count_date": _iso(plan.count_date),
        "base_id": plan.base_id,
        "created_by": plan.created_by,
        "created_at": plan.created_at.isoformat(),
        "unit_counts": {row[0]: row[1] for row in counts},
        "exclusive_cells": sum(row[2] for row in counts),
    }


def in_force(plan: Plan, day: dt.date) -> bool:
    """Whether a plan is in force on a day; the day it ends belongs to its successor."""
    started = plan.in_force_from is not None and plan.in_force_from <= day
    return (
        plan.state in {"adopted", "superseded"}
        and started
        and (plan.in_force_to is None or day < plan.in_force_to)
    )


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None
