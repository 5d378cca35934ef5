"""Random lines that a planner could draw: most are sound, some are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import text

from boundaries.redraw import Edit
from boundaries.storage.database import geometries_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan

LINES = ("cut", "split", "reshape")


def random_line_edit(session: Session, plan: Plan, rng: np.random.Generator, operation: str) -> Edit:
    """Return an edit with a line over a random unit of the plan's lowest level."""
    units = session.scalars(
        text("SELECT unit_id FROM plan_unit WHERE plan_id = :p AND level = :l ORDER BY unit_id"),
        {"p": plan.id, "l": plan.levels[-1]},
    ).all()
    unit = int(rng.choice(np.array(units)))
    rows = session.scalars(
        text(
            "SELECT ST_AsBinary(b.geom) FROM assignment a JOIN block b ON b.id = a.block_id "
            "WHERE a.plan_id = :p AND a.unit_id = :u ORDER BY b.id"
        ),
        {"p": plan.id, "u": unit},
    )
    blocks = geometries_of(rows)
    if operation == "cut":
        line = across(blocks[rng.integers(len(blocks))], rng)
        return asked("cut", line)
    whole = shapely.coverage_union_all(blocks)
    line = across(whole, rng) if operation == "split" else bulge(whole, rng)
    return asked(operation, line, unit=unit)


def asked(operation: str, line: np.ndarray, **arguments: Any) -> Edit:
    return Edit.of(operation, {**arguments, "line": np.round(line, 4).tolist()})


def across(polygon: BaseGeometry, rng: np.random.Generator) -> np.ndarray:
    """Return a line through a polygon: straight, bent, from vertex to vertex, or 0.3 mm beside its border and on."""
    middle = np.array(shapely.point_on_surface(polygon).coords[0])
    reach = np.hypot(*(np.array(polygon.bounds[2:]) - polygon.bounds[:2])) * rng.uniform(0.5, 1.0)
    way = rng.uniform(0, 2 * np.pi)
    ahead = reach * np.array([np.cos(way), np.sin(way)])
    vertices = shapely.get_coordinates(shapely.get_parts(polygon)[0].exterior)
    kind = rng.integers(4)
    if kind == 0:
        return np.array([middle - ahead, middle + ahead])
    if kind == 1:
        return np.array([middle - ahead, middle + rng.normal(0, reach / 8, 2), middle + ahead])
    if kind == 2:
        return vertices[rng.choice(len(vertices), 2)]
    corner = rng.integers(len(vertices) - 1)
    side = vertices[corner + 1] - vertices[corner]
    beside = 0.0003 * np.array([-side[1], side[0]]) / np.hypot(*side)
    return np.array([vertices[corner] + beside, vertices[corner + 1] + beside, middle, middle + ahead])


def bulge(polygon: BaseGeometry, rng: np.random.Generator) -> np.ndarray:
    """Return a line from border to border of a polygon that bows out of it or into it by 20 to 80 m."""
    ring = shapely.get_parts(polygon)[0].exterior
    start, length = rng.uniform(0, ring.length), rng.uniform(0.1, 0.3) * ring.length
    first, last = (
        np.array(ring.interpolate((start + step) % ring.length).coords[0]) for step in (0.0, length)
    )
    step = last - first
    beside = (
        np.array([-step[1], step[0]]) / max(np.hypot(*step), 1.0) * rng.uniform(20, 80) * rng.choice([-1, 1])
    )
    return np.array([first, first + beside + 0.1 * step, last + beside - 0.1 * step, last])
