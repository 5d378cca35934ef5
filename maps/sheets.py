"""The sheet of one unit: its neighbours and border in words, who serves it and where (R13, R14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import text

from boundaries.errors import NotFoundError
from boundaries.sentences import Said
from boundaries.storage.database import geometries_of
from geo.barriers import Barrier
from maps.outline import AROUND, DIRECTIONS, AlongLine, Run, facing_of, outline_runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan

REQUIRED_STAFF: Mapping[str, Mapping[str, int]] = {
    "ordinary": {"manager": 1, "volunteer": 2},
    "exclusive": {"manager": 1},
}
"""Whom a cell needs, by its type (R13)."""

SEVERITY: Mapping[str, str] = {"manager": "error", "volunteer": "warning"}
"""A cell without a manager is an error, a missing volunteer a warning (R13)."""

AROUND_M = 30.0
"""Lines this far around a unit are read: enough for what lies along its border and for what ends it, metres."""

_UNIT = text(
    "SELECT unit_id, level, code, name, name_en, type, perimeter_m, ST_AsBinary(geom) AS geom "
    "FROM plan_unit WHERE plan_id = :plan AND unit_id = :unit"
)
_NEIGHBOURS = text(
    "SELECT n.unit_id, n.code, n.name, n.name_en, ST_AsBinary(n.geom) AS geom FROM plan_unit u "
    "JOIN plan_unit n ON n.plan_id = u.plan_id AND n.level = u.level AND n.unit_id <> u.unit_id "
    "AND n.geom && u.geom AND ST_DWithin(n.geom, u.geom, 0.005) "
    "WHERE u.plan_id = :plan AND u.unit_id = :unit ORDER BY n.unit_id"
)
_LINES = text(
    "WITH around AS (SELECT district_id, ST_Expand(geom, :reach) AS box FROM plan_unit "
    "                WHERE plan_id = :plan AND unit_id = :unit) "
    "SELECT t.kind, t.name, t.name_en, ST_AsBinary(t.geom) AS geom FROM ("
    "  SELECT district_id, class AS kind, name, name_en, geom FROM road "
    "  UNION ALL SELECT district_id, kind, name, name_en, geom FROM water "
    "  UNION ALL SELECT district_id, 'wall', NULL, NULL, geom FROM wall) t "
    "JOIN around a ON t.district_id = a.district_id AND t.geom && a.box ORDER BY t.kind, t.name, ST_XMin(t.geom), "
    "ST_YMin(t.geom)"
)
_FAMILY = (
    "WITH RECURSIVE below AS ("
    "  SELECT unit_id, level, type FROM plan_unit WHERE plan_id = :plan AND unit_id = :unit "
    "  UNION ALL SELECT c.unit_id, c.level, c.type FROM plan_unit c JOIN below b "
    "  ON c.plan_id = :plan AND c.parent_id = b.unit_id), "
    "above AS ("
    "  SELECT unit_id, parent_id FROM plan_unit WHERE plan_id = :plan AND unit_id = :unit "
    "  UNION ALL SELECT p.unit_id, p.parent_id FROM plan_unit p JOIN above a "
    "  ON p.plan_id = :plan AND p.unit_id = a.parent_id) "
)
_STAFF = text(
    _FAMILY + "SELECT s.role, s.level, sum(s.headcount)::int AS headcount, "
    "array_agg(DISTINCT s.source) FILTER (WHERE s.source IS NOT NULL) AS sources "
    "FROM staff s JOIN below b ON b.unit_id = s.unit_id GROUP BY s.role, s.level ORDER BY s.level, s.role"
)
_POSTS = text(
    _FAMILY  # noqa: S608
    + "SELECT b.unit_id, b.type, s.role, sum(s.headcount)::int AS headcount FROM below b "
    "LEFT JOIN staff s ON s.unit_id = b.unit_id WHERE b.level = 'cell' GROUP BY 1, 2, 3"
)
_POINTS = text(
    _FAMILY  # noqa: S608
    + "SELECT t.id, t.name, t.name_en, t.kind, t.level, t.windows, cardinality(t.offers) AS offers, "
    "ST_X(t.geom) AS x, ST_Y(t.geom) AS y, ST_Covers(u.geom, t.geom) AS inside, "
    "ST_Distance(u.geom, t.geom) AS distance_m, t.unit_id = ANY(SELECT unit_id FROM above) AS serves "
    "FROM service_point t JOIN plan_unit u ON u.plan_id = :plan AND u.unit_id = :unit "
    "AND t.district_id = u.district_id "
    "WHERE t.unit_id IN (SELECT unit_id FROM above) OR t.unit_id IN (SELECT unit_id FROM below) "
    "OR ST_Covers(u.geom, t.geom) ORDER BY t.level DESC NULLS LAST, t.id"
)


def unit_sheet(session: Session, plan: Plan, unit: int) -> dict[str, Any]:
    """Return what a printed sheet says of a unit beyond its figures.

    Returns
    -------
    dict
        ``unit``; ``neighbours`` of its level, clockwise from north, each with the length of the common border;
        ``border``, the outline in runs, clockwise, each with its neighbour, what lies along it and what its ends meet;
        ``rim_m``, the length that no neighbour shares; ``staff`` by role, ``vacancies``, ``service_points``.
        Lengths are metres. ``staff`` and ``vacancies`` are null where the district has no staff at all.

    Raises
    ------
    NotFoundError
        When the plan has no such unit.
    """
    key = {"plan": plan.id, "unit": unit}
    row = session.execute(_UNIT, key).one_or_none()
    if row is None:
        raise NotFoundError(
            Said(
                "plan-no-unit",
                'plan "{plan}" has no unit {unit}; list its units to see which it has.',
                plan=plan.name,
                unit=str(unit),
            )
        )
    beside = session.execute(_NEIGHBOURS, key).all()
    lines, shapes = _lines(session, key)
    polygon = shapely.from_wkb(row.geom)
    runs = outline_runs(polygon, _shapes(beside), lines, shapes)
    staffed = session.scalar(
        text("SELECT EXISTS (SELECT 1 FROM staff WHERE district_id = :district)"),
        {"district": plan.district_id},
    )
    return {
        "unit": {name: getattr(row, name) for name in ("level", "code", "name", "name_en", "type")}
        | {"id": row.unit_id},
        "plan": {"id": plan.id, "revision": plan.revision},
        "neighbours": _neighbours(runs, beside),
        "border": [_told(run, beside) for run in runs],
        "rim_m": round(sum(run.length_m for run in runs if run.neighbour is None), 1),
        "staff": _staff(session, key) if staffed else None,
        "vacancies": _vacancies(session, key) if staffed else None,
        "service_points": _points(session, key),
    }


def _shapes(rows: Sequence[Row[Any]]) -> NDArray[np.object_]:
    return geometries_of([row.geom for row in rows])


def _lines(session: Session, key: dict[str, int]) -> tuple[list[AlongLine], NDArray[np.object_]]:
    """Read roads, water and walls around a unit; a road of no class the platform ranks counts as a road."""
    rows = session.execute(_LINES, key | {"reach": AROUND_M}).all()
    lines = [AlongLine(row.kind, row.name, row.name_en, _rank(row.kind)) for row in rows]
    return lines, _shapes(rows)


def _rank(kind: str) -> int:
    """Return a line's strength as `geo.barriers` ranks it."""
    roads = {
        "arterial": Barrier.ARTERIAL,
        "collector": Barrier.ROAD,
        "lane": Barrier.ROAD,
        "wall": Barrier.WALL,
    }
    return int(roads.get(kind, Barrier.RIVER))


def _neighbours(runs: Sequence[Run], beside: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    told = []
    for position, row in enumerate(beside):
        shared = [run for run in runs if run.neighbour == position]
        border_m = sum(run.length_m for run in shared)
        if not shared:
            continue  # they meet in a point
        outward = np.sum([run.outward for run in shared], axis=0)
        facing = facing_of(outward, border_m)
        told.append(
            {
                "id": row.unit_id,
                "code": row.code,
                "name": row.name,
                "name_en": row.name_en,
                "facing": facing,
                "border_m": round(border_m, 1),
            }
        )
    order = (*DIRECTIONS, AROUND)
    return sorted(told, key=lambda one: (order.index(one["facing"]), -one["border_m"], one["id"]))


def _told(run: Run, beside: Sequence[Row[Any]]) -> dict[str, Any]:
    return {
        "facing": run.facing,
        "length_m": round(run.length_m, 1),
        "neighbour": None if run.neighbour is None else beside[run.neighbour].unit_id,
        "kind": run.along.kind if run.along is not None else None,
        "name": run.along.name if run.along is not None else None,
        "name_en": run.along.name_en if run.along is not None else None,
        "from": _named(run.start_at),
        "to": _named(run.end_at),
    }


def _named(line: AlongLine | None) -> dict[str, str | None] | None:
    return None if line is None else {"name": line.name, "name_en": line.name_en}


def _staff(session: Session, key: dict[str, int]) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(_STAFF, key).mappings()]


def _vacancies(session: Session, key: dict[str, int]) -> list[dict[str, Any]]:
    """Count the posts of the unit's cells that nobody fills, by role."""
    posts: dict[tuple[int, str], dict[str, int]] = {}
    for row in session.execute(_POSTS, key):
        posts.setdefault((row.unit_id, row.type), {})[row.role] = row.headcount
    missing: dict[str, int] = {}
    for (_, type_), filled in posts.items():
        for role, wanted in REQUIRED_STAFF.get(type_, {}).items():
            missing[role] = missing.get(role, 0) + max(wanted - filled.get(role, 0), 0)
    return [
        {"role": role, "missing": missing[role], "severity": severity}
        for role, severity in SEVERITY.items()
        if missing.get(role)
    ]


def _points(session: Session, key: dict[str, int]) -> list[dict[str, Any]]:
    told = []
    for row in session.execute(_POINTS, key).mappings():
        one = dict(row)
        one["place"] = [round(one.pop("x"), 2), round(one.pop("y"), 2)]
        one["distance_m"] = round(one["distance_m"])
        one["serves"] = bool(one["serves"])
        told.append(one)
    return told
