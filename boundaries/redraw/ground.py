"""The ground a drawn line crosses: the plan's blocks around it, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString

from boundaries.errors import LineRefusedError
from boundaries.redraw.ahead import ask_ahead
from boundaries.redraw.state import ask_units
from boundaries.storage.database import geometries_of
from geo.cutting import require_ground, why_nothing
from geo.errors import LineError
from geo.snapping import SAME_PLACE_M, SNAP_M, drawn_line, fit_line

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from boundaries.redraw.edits import Edit
    from boundaries.redraw.state import State
    from boundaries.storage.plan_tables import Plan
    from boundaries.storage.statements import Sent, Statements

    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]

Wanted = tuple[list[list[float]], int | None, bool]
"""The line as it was drawn, a unit that is read whole, and whether all units are that the line comes near."""

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
        return among(self.unit, list(units))

    def over(self, wanted: NDArray[np.bool_]) -> Ground:
        """Return the ground with the line from where it comes onto some blocks, (n,) flags, to where it leaves them."""
        xy = shapely.get_coordinates(self.line)
        blocks = self.polygon[wanted]
        steps = np.asarray(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)), dtype=object)
        step, at = shapely.STRtree(blocks).query(steps, predicate="intersects")
        step = step[shapely.length(shapely.intersection(steps[step], blocks[at])) > SAME_PLACE_M]
        return replace(self, line=LineString(xy[step.min() : step.max() + 2])) if len(step) else self

    def why_nothing_is_cut(self, units: Collection[int]) -> LineError:
        """Say why the line divides none of some units."""
        whole = np.array(
            [shapely.coverage_union_all(self.polygon[self.unit == unit]) for unit in units], dtype=object
        )
        met = whole[shapely.dwithin(whole, self.line, SNAP_M)]
        if not len(met):
            return LineError("line-outside", "the line lies outside the unit; draw it across the unit.")
        return why_nothing(met, self.line, np.ones(len(met), dtype=bool), SNAP_M)

    def without(self, positions: Ints) -> Ints:
        """Return the positions of all blocks but some, ascending."""
        kept = np.ones(len(self.id), dtype=bool)
        kept[positions] = False
        return np.flatnonzero(kept)


def among(values: Ints, wanted: Sequence[int] | Ints) -> NDArray[np.bool_]:
    """Return (n,) which values are among a few that are wanted; `numpy.isin` takes five times as long for these."""
    flags: NDArray[np.bool_] = (values[:, None] == np.asarray(wanted, dtype=np.int64)).any(axis=1)
    return flags


@dataclass(frozen=True)
class Around:
    """The blocks a line comes near, what else is around, and the unit it is drawn for with all above it, asked for."""

    wanted: Wanted
    line: LineString
    near: Sent
    rest: Sent
    units: Sent | None


def read_ground(
    state: State, coordinates: list[list[float]], unit: int | None = None, *, whole_units: bool = False
) -> Ground:
    """Read the blocks a line comes near, all that touch these, and all of a unit; fit the line to them.

    Where all units are read whole, so are the blocks that touch any of these.

    Parameters
    ----------
    coordinates
        The line as it was drawn, metres in the district's plane.
    unit
        A unit that is read whole.
    whole_units
        Read all units whole that the line comes near.

    Raises
    ------
    UnknownUnitError, WrongLevelError
        When the unit is none of the lowest level of the plan.
    LineRefusedError
        When the line cannot be used, wherever it lies; or lies outside the district, or across a hole of it.
    """
    wanted = (coordinates, unit, whole_units)
    try:
        asked, state.around = state.around, None
        if asked is None or asked.wanted != wanted:
            asked = _ask(state.run, state.plan, drawn_line(coordinates), wanted, _pending(state))
        if asked.units is not None:
            state.asked.append(asked.units)
        if unit is not None:
            state.require_level(unit, state.lowest)
        near = asked.near.rows()
        polygons = geometries_of(row[3] for row in near)
        require_ground(polygons, asked.line)
        fitted = fit_line(asked.line, polygons)
    except LineError as error:
        raise LineRefusedError(error.key, str(error)) from error
    rest = asked.rest.rows()
    if not state.pending:
        state.ahead = ask_ahead(state, [row[0] for row in near], polygons, [row[0] for row in rest if row[4]])
    rows = [*near, *rest]
    polygons = np.concatenate([polygons, geometries_of(row[3] for row in rest)])
    state.drawn.update(zip([row[0] for row in rows], polygons, strict=True))
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    order = np.argsort(ids)
    return Ground(
        id=ids[order],
        unit=np.array([row[1] for row in rows], dtype=np.int64)[order],
        key=[rows[at][2] for at in order.tolist()],
        polygon=polygons[order],
        line=fitted,
    )


# What is pending counts before what is stored. A line is fitted to what it comes near while the rest is read.
_FIRST = (
    "WITH pending AS (SELECT * FROM unnest(CAST(:pending AS bigint[]), CAST(:units AS bigint[])) AS p (id, unit)), "
    "here AS MATERIALIZED (SELECT d.id, d.srid FROM plan p JOIN district d ON d.id = p.district_id "
    "WHERE p.id = :plan), "
    "near AS (SELECT b.id FROM block b WHERE b.district_id = (SELECT id FROM here) "
    "AND ST_DWithin(b.geom, ST_SetSRID(CAST(:line AS geometry), (SELECT srid FROM here)), :near)), "
    "first AS MATERIALIZED (SELECT n.id, a.unit_id FROM near n JOIN assignment a ON a.plan_id = :plan "
    "AND a.block_id = n.id WHERE n.id <> ALL(:pending) "
    "UNION SELECT p.id, p.unit FROM near n JOIN pending p ON p.id = n.id WHERE p.unit IS NOT NULL)"
)
_NEAR = (
    f"{_FIRST} SELECT f.id, f.unit_id, b.key, ST_AsBinary(b.geom) FROM first f CROSS JOIN LATERAL "
    "(SELECT key, geom FROM block WHERE id = f.id OFFSET 0) b"
)
_REST = (
    f"{_FIRST}, "
    "whole AS MATERIALIZED (SELECT unnest(CAST(:asked AS bigint[])) AS unit "
    "UNION SELECT unit_id FROM first WHERE :all_units), "
    "held AS MATERIALIZED (SELECT id FROM first UNION SELECT p.id FROM pending p JOIN whole w ON w.unit = p.unit "
    "UNION SELECT a.block_id FROM whole w JOIN assignment a ON a.plan_id = :plan AND a.unit_id = w.unit "
    "WHERE a.block_id <> ALL(:pending)), "
    "inside AS MATERIALIZED (SELECT id FROM first UNION SELECT id FROM held WHERE :all_units), "
    "around AS MATERIALIZED (SELECT id FROM held UNION SELECT e.second_id FROM inside i JOIN block_border e "
    "ON e.first_id = i.id UNION SELECT e.first_id FROM inside i JOIN block_border e ON e.second_id = i.id), "
    "stays AS MATERIALIZED (SELECT r.id, coalesce(p.unit, (SELECT a.unit_id FROM assignment a "
    "WHERE a.plan_id = :plan AND a.block_id = r.id AND p.id IS NULL)) AS unit "
    "FROM around r LEFT JOIN pending p ON p.id = r.id) "
    # Blocks are looked up one by one: a join is planned as a walk over all of them.
    "SELECT s.id, s.unit, b.key, ST_AsBinary(b.geom), s.unit = ANY(:asked) FROM stays s CROSS JOIN LATERAL "
    "(SELECT key, geom FROM block WHERE id = s.id OFFSET 0) b "
    "WHERE s.unit IS NOT NULL AND s.id NOT IN (SELECT id FROM first)"
)


def _pending(state: State) -> dict[int, int | None]:
    """Return the unit, or None, of each block that what is pending says something of."""
    unit_of: dict[int, int | None] = {block: after for block, (_, after) in state.pending.blocks.items()}
    if state.pending.versions:
        unit_of |= dict.fromkeys(state.pending.versions)
        unit_of |= state.held(state.pending.versions.values())
    return unit_of


def ask_first(run: Statements, plan: Plan, edit: Edit) -> Around | None:
    """Ask for the blocks around the line of an edit, if it has one, before anything of the plan is known.

    The database then reads them as soon as it has the plan's lock. A line that cannot be used asks for nothing.
    """
    if "line" not in edit.arguments:
        return None
    wanted = (edit.arguments["line"], edit.arguments.get("unit"), edit.operation == "reshape")
    try:
        return _ask(run, plan, drawn_line(wanted[0]), wanted, {})
    except LineError:
        return None


def _ask(
    run: Statements, plan: Plan, line: LineString, wanted: Wanted, pending: dict[int, int | None]
) -> Around:
    """Ask for id, unit, key and polygon of the blocks around a line, and which of the rest are of the unit."""
    _, unit, whole_units = wanted
    values = {
        "plan": plan.id,
        "pending": list(pending),
        "units": list(pending.values()),
        "line": shapely.to_wkb(line).hex(),
        "near": NEAR_M,
    }
    units = ask_units(run, plan, [unit]) if unit is not None else None
    near = run.send(_NEAR, values)
    asked = [] if unit is None else [unit]
    rest = run.send(_REST, {**values, "asked": asked, "all_units": whole_units})
    return Around(wanted, line, near, rest, units)
