"""Minutes on foot from a plan's blocks to the service points of one level (R7, R15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from sqlalchemy import text

from boundaries.errors import PlanError
from boundaries.sentences import Said
from boundaries.storage.database import geometries_of
from geo.walking import DETOUR, SPEED_M_PER_MIN, Walks, walk_minutes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.hierarchy import Hierarchy
    from boundaries.storage.tables import District


def served_levels(session: Session, district: District) -> frozenset[str]:
    """Return the levels whose units have service points: halls of streets, of communities, of cells."""
    rows = session.scalars(
        text("SELECT DISTINCT level FROM service_point WHERE district_id = :d AND level IS NOT NULL"),
        {"d": district.id},
    )
    return frozenset(rows)


def read_walks(session: Session, district: District, have: Hierarchy, level: str) -> Walks:
    """Return the minutes from each block to each service point of a level, on the district's roads.

    Raises
    ------
    PlanError
        When the level has no service point.
    """
    points = session.scalars(
        text(
            "SELECT ST_AsBinary(geom) FROM service_point WHERE district_id = :d AND level = :l ORDER BY key"
        ),
        {"d": district.id, "l": level},
    ).all()
    if not points:
        raise PlanError(
            Said(
                "walk-no-points",
                "{district} has no service points of level {level} to walk to; import them as service_points with "
                "a level, or leave the goal walking out.",
                district=district.name,
                level=level,
            )
        )
    roads = session.scalars(
        text("SELECT ST_AsBinary(geom) FROM road WHERE district_id = :d ORDER BY id"), {"d": district.id}
    ).all()
    streets = geometries_of(roads) if roads else np.array([], dtype=object)
    return walk_minutes(
        streets,
        shapely.get_coordinates(shapely.point_on_surface(have.blocks.polygon)),
        shapely.get_coordinates(geometries_of(points)),
    )


def walks_note(walks: Walks) -> Said:
    """Say how minutes were measured, so that a straight line is never taken for a street."""
    share = float(walks.straight.mean())
    speed, detour = f"{SPEED_M_PER_MIN:g}", f"{DETOUR:g}"
    if share == 1.0:
        return Said(
            "walks-straight",
            "Walking: straight line with a detour of {detour}, at {speed} m a minute; "
            "there are no roads to walk on.",
            detour=detour,
            speed=speed,
        )
    if share > 0:
        return Said(
            "walks-partly",
            "Walking: along the streets, at {speed} m a minute; {share} of the ways, which no street joins, in a "
            "straight line with a detour of {detour}.",
            speed=speed,
            share=f"{share:.1%}",
            detour=detour,
        )
    return Said("walks-streets", "Walking: along the streets, at {speed} m a minute.", speed=speed)
