"""Polygons and figures of the units a change touched, lowest level first: units above are unions of units below."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import shapely

from boundaries.errors import LastBlockError
from boundaries.figures import MILLIONTHS
from boundaries.redraw.parts import Part, Parts, ask_parts_of
from boundaries.redraw.touched import UnitRow
from boundaries.storage.database import ewkb, geometries_of

if TYPE_CHECKING:
    from boundaries.redraw.changes import Attributes, Change
    from boundaries.redraw.parts import AskedParts
    from boundaries.redraw.state import State
    from boundaries.redraw.touched import Touched

_COLUMNS = {
    "unit_id": "bigint", "srid": "integer", "level": "text", "parent_id": "bigint", "name": "text", "name_en": "text",
    "code": "text", "type": "text", "locked": "boolean", "colour": "integer", "blocks": "integer",
    "buildings": "integer", "area_m2": "double precision", "perimeter_m": "double precision",
    "compactness": "double precision", "clear_border_share": "double precision", "border_um": "bigint",
    "clear_border_um": "bigint", "tallies": "jsonb", "geom": "geometry",
}  # fmt: skip
_WRITE = (
    f"INSERT INTO plan_unit (plan_id, district_id, {', '.join(_COLUMNS)}) "
    f"SELECT :plan, :district, r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) "
    f"AS r ({', '.join(f'{column} {kind}' for column, kind in _COLUMNS.items())}) ON CONFLICT (plan_id, unit_id) "
    f"DO UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in list(_COLUMNS)[3:])}"
)

_COUNT = (
    "UPDATE plan_unit u SET blocks = r.blocks, buildings = r.buildings, tallies = r.tallies "
    "FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (unit_id bigint, blocks integer, buildings integer, "
    "tallies jsonb) WHERE u.plan_id = :plan AND u.unit_id = r.unit_id"
)

Polygon = shapely.Polygon | shapely.MultiPolygon


@dataclass(frozen=True)
class Settled:
    """A unit after a change: its row, and its polygon where that may be another one."""

    row: UnitRow
    polygon: Polygon | None


def read_parts(state: State, change: Change, touched: Touched, asked: AskedParts | None) -> Parts:
    """Wait for the parts of all units that a change touches, and put them where the change has them.

    Parameters
    ----------
    asked
        Of `boundaries.redraw.parts.ask_parts`. A unit whose border alone changed is asked for here.

    Raises
    ------
    PlanError
        When blocks are not where the change expects them.
    """
    parts = Parts()
    if state.ahead is not None and state.ahead.parts is not None:
        parts.read(state, state.ahead.parts)
    if asked is not None:
        parts.read(state, asked)
    lacking = touched.rows.keys() - parts.blocks.keys() - parts.units.keys()
    unread = {
        level: [unit for unit in _staying(change, touched, level) if unit in lacking]
        for level in state.plan.levels
    }
    if any(unread.values()):
        lowest = unread.pop(state.lowest)
        parts.read(state, ask_parts_of(state, lowest, [unit for above in unread.values() for unit in above]))
    parts.add_made(state, change.coming())
    if astray := parts.apply(change):
        raise state.unexpected(f"the unit of {len(astray)} blocks")
    return parts


def _staying(change: Change, touched: Touched, level: str) -> list[int]:
    return [
        unit for unit in sorted(touched.dirty[level]) if change.units.get(unit, (None, unit))[1] is not None
    ]


def settle_level(
    change: Change, touched: Touched, level: str, parts: Parts, *, lowest: bool
) -> dict[int, Settled]:
    """Compute the units of one level whose blocks changed.

    Parameters
    ----------
    parts
        Of all these units; the units computed take their place in it among the parts of the units above.

    Raises
    ------
    LastBlockError
        When a unit has nothing left.
    """
    settled = {}
    for unit in _staying(change, touched, level):
        before = touched.rows.get(unit)
        attributes = change.units[unit][1] if unit in change.units else before.attributes if before else None
        assert attributes is not None  # noqa: S101  -- a unit that stays is known or made by the change
        mine = list((parts.blocks if lowest else parts.units)[unit].values())
        if not mine:
            raise LastBlockError(
                f'"{attributes.name}" would have nothing left. Merge or dissolve it instead.'
            )
        counts = [parts.sums[unit].tallies()] if lowest else [part.tallies for part in mine]
        polygon = _united(mine) if unit in touched.outlined else None
        settled[unit] = Settled(_row(touched, unit, attributes, mine, counts), polygon)
    for unit, one in settled.items():
        if (parent := one.row.attributes.parent_id) is not None:
            row, known = one.row, parts.units[parent].get(unit)
            shape = known.shape if one.polygon is None and known is not None else one.polygon
            if shape is not None:
                parts.units[parent][unit] = Part(shape, row.blocks, row.buildings, row.tallies)
    return settled


def _united(parts: list[Part]) -> Any:
    polygons = [part.shape for part in parts if not isinstance(part.shape, bytes)]
    read = geometries_of(part.shape for part in parts if isinstance(part.shape, bytes))
    return shapely.normalize(shapely.coverage_union_all([*polygons, *read]))


def _row(
    touched: Touched,
    unit: int,
    attributes: Attributes,
    parts: list[Part],
    counts: Sequence[Mapping[str, float | None]],
) -> UnitRow:
    before = touched.rows.get(unit)
    if before is not None:
        known = before.clear_border_um is not None
    else:  # a new unit knows about borders what its neighbours know
        known = all(row.clear_border_um is not None for row in touched.rows.values())
    return UnitRow(
        attributes=attributes,
        colour=before.colour if before else -1,
        blocks=sum(part.blocks for part in parts),
        buildings=sum(part.buildings for part in parts),
        border_um=(before.border_um if before else 0) + touched.border_um[unit],
        clear_border_um=((before.clear_border_um or 0) if before else 0) + touched.clear_border_um[unit]
        if known
        else None,
        tallies=_tallies(before, counts),
    )


def _tallies(before: UnitRow | None, counts: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    """Sum what is known; a measure that nobody of a unit has is null."""
    measures = sorted(
        {measure for count in counts for measure in count} | set(before.tallies if before else ())
    )
    sums: dict[str, float | None] = {}
    for measure in measures:
        known = [value for count in counts if (value := count.get(measure)) is not None]
        sums[measure] = sum(round(value * MILLIONTHS) for value in known) / MILLIONTHS if known else None
    return sums


def write_units(state: State, settled: Mapping[int, Settled]) -> None:
    """Write units with their polygons, new ones included; of those that keep their outline what they count."""
    counted = [
        {"unit_id": unit, "blocks": row.blocks, "buildings": row.buildings, "tallies": row.tallies}
        for unit, row in ((unit, one.row) for unit, one in settled.items() if one.polygon is None)
    ]
    if counted:
        state.send(_COUNT, rows=counted)
    drawn = {unit: (one.row, one.polygon) for unit, one in settled.items() if one.polygon is not None}
    if not drawn:
        return
    shapes = ewkb([polygon for _, polygon in drawn.values()], state.district.srid)
    rows = []
    for (unit, (row, polygon)), shape in zip(drawn.items(), shapes, strict=True):
        area, perimeter = polygon.area, polygon.length
        share = (
            None if not row.border_um or row.clear_border_um is None else row.clear_border_um / row.border_um
        )
        rows.append(
            {
                **row.attributes.as_json(),
                "unit_id": unit,
                "srid": state.district.srid,
                "colour": row.colour,
                "blocks": row.blocks,
                "buildings": row.buildings,
                "area_m2": area,
                "perimeter_m": perimeter,
                "compactness": 4 * math.pi * area / perimeter**2,
                "clear_border_share": share,
                "border_um": row.border_um,
                "clear_border_um": row.clear_border_um,
                "tallies": row.tallies,
                "geom": shape,
            }
        )
    state.send(_WRITE, rows=rows)


def coloured(
    state: State, touched: Touched, settled: Mapping[int, Settled], wanted: Mapping[int, int]
) -> dict[int, Settled]:
    """Return the units with colours that no neighbour has; only units of the change are coloured anew.

    Parameters
    ----------
    wanted
        Colours that units had before what is taken back; they have them again where no neighbour has taken them.
    """
    colour = {unit: row.colour for unit, row in touched.rows.items()}
    for unit in sorted(wanted.keys() & settled.keys()):
        polygon = settled[unit].polygon
        if polygon is None or colour.get(unit) == wanted[unit]:
            continue
        taken = {colour.get(other) for other in touched.neighbours.get(unit, ())}
        if unit in colour:  # of one that was there all the time some borders do not change
            taken |= _colours_around(state, unit, polygon, _ALONG)
        if wanted[unit] not in taken:
            colour[unit] = wanted[unit]
    done = {}
    for unit, one in settled.items():
        if one.polygon is None:  # with the same outline it has the same neighbours
            done[unit] = one
            continue
        near = touched.neighbours.get(unit, set())
        if unit not in colour or any(colour.get(other) == colour[unit] for other in near):
            used = {colour[other] for other in near if other in colour}
            if unit in colour:
                used |= _colours_around(state, unit, one.polygon)
            colour[unit] = next(number for number in range(len(used) + 1) if number not in used)
        is_same = one.row.colour == colour[unit]
        done[unit] = one if is_same else replace(one, row=replace(one.row, colour=colour[unit]))
    return done


_TOUCHES = "ST_Intersects(n.geom, CAST(:geom AS geometry))"
"""If only in a point."""

_ALONG = f"{_TOUCHES} AND ST_Length(ST_Intersection(n.geom, CAST(:geom AS geometry))) > 0"


def _colours_around(state: State, unit: int, polygon: Any, touches: str = _TOUCHES) -> set[int]:
    """Return the colours of all units of the same level that touch a polygon."""
    query = (
        "SELECT DISTINCT n.colour FROM plan_unit u JOIN plan_unit n ON n.plan_id = u.plan_id AND n.level = u.level "
        "AND n.unit_id <> u.unit_id WHERE u.plan_id = :plan AND u.unit_id = :unit "
        f"AND n.geom && CAST(:geom AS geometry) AND {touches}"
    )
    shape = ewkb([polygon], state.district.srid)[0]
    return {row[0] for row in state.rows(query, unit=unit, geom=shape)}
