"""The ground a drawn line crosses: the plan's blocks around it, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boundaries.errors import LineRefusedError
from boundaries.storage.database import ewkb, geometries_of
from geo.cutting import require_ground
from geo.errors import LineError
from geo.snapping import SNAP_M, drawn_line, fit_line

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray
    from shapely import LineString

    from boundaries.redraw.state import State

    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]

NEAR_M = SNAP_M + 1.0
"""Fitting a line moves it by less than this, metres."""


@dataclass(frozen=True)
class Ground:
    """n blocks of a plan around a line, in ascending order of their ids, a valid coverage.

    Attributes
    ----------
    id, unit : (n,) int
        The block versions and their units of the lowest level.
    key
        Keys of the n blocks.
    polygon : (n,) shapely geometries, metres
    line
        The line, fitted to the blocks.
    """

    id: Ints
    unit: Ints
    key: list[str]
    polygon: Shapes
    line: LineString

    def of_units(self, units: Collection[int]) -> NDArray[np.bool_]:
        """Return (n,) whether a block is in one of some units."""
        return np.isin(self.unit, list(units))


def read_ground(
    state: State, coordinates: list[list[float]], units: Collection[int] = (), *, whole_units: bool = False
) -> Ground:
    """Read the blocks a line comes near, all of some units, and all that touch these; fit the line to them.

    Parameters
    ----------
    coordinates
        The line as it was drawn, metres in the district's plane.
    units
        Units of the lowest level that are read whole.
    whole_units
        Read all units whole that the line comes near.

    Raises
    ------
    LineRefusedError
        When the line cannot be used, wherever it lies; or lies outside the district, or across a hole of it.
    """
    try:
        line = drawn_line(coordinates)
    except LineError as error:
        raise LineRefusedError(error.key, str(error)) from error
    near = _blocks_near(state, line)
    whole = {*units, *(near.values() if whole_units else ())}
    blocks = {*near, *(block for held in state.blocks_of(whole).values() for block in held)}
    blocks |= {block for edge in state.borders(blocks) for block in edge[:2]}
    held = state.held(sorted(blocks))
    rows = state.rows(
        "SELECT id, key, ST_AsBinary(geom) FROM block WHERE id = ANY(:ids) ORDER BY id", ids=list(held)
    )
    polygons = geometries_of(row[2] for row in rows)
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    try:
        require_ground(polygons, line)
        fitted = fit_line(line, polygons)
    except LineError as error:
        raise LineRefusedError(error.key, str(error)) from error
    unit = np.array([held[block] for block in ids.tolist()], dtype=np.int64)
    return Ground(ids, unit, [row[1] for row in rows], polygons, fitted)


def _blocks_near(state: State, line: LineString) -> dict[int, int]:
    """Return the unit of each block near a line; what is pending is seen."""
    shape = ewkb([line], state.district.srid)[0]
    query = (
        "SELECT b.id FROM block b JOIN assignment a ON a.plan_id = :plan AND a.block_id = b.id "
        "WHERE b.district_id = :district AND ST_DWithin(b.geom, CAST(:line AS geometry), :near)"
    )
    blocks = {row[0] for row in state.rows(query, line=shape, near=NEAR_M)}
    coming = [*state.pending.versions.values(), *state.pending.blocks]
    if coming:
        query = (
            "SELECT id FROM block WHERE id = ANY(:ids) AND ST_DWithin(geom, CAST(:line AS geometry), :near)"
        )
        blocks |= {row[0] for row in state.rows(query, ids=coming, line=shape, near=NEAR_M)}
    return state.held(sorted(blocks))
