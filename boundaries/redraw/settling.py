"""Polygons and figures of the units a change touched, lowest level first: units above are unions of units below."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import shapely

from boundaries.errors import LastBlockError
from boundaries.figures import MILLIONTHS
from boundaries.redraw.touched import UnitRow
from boundaries.storage.database import ewkb, geometries_of

if TYPE_CHECKING:
    from boundaries.redraw.changes import Attributes, Change
    from boundaries.redraw.state import State
    from boundaries.redraw.touched import Touched
    from boundaries.storage.statements import Sent

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

# Polygons are read of what makes a new outline, and that the edit has not read or made already.
_BLOCKS = (
    "SELECT a.unit_id, a.block_id, CASE WHEN a.unit_id = ANY(:outlined) AND a.block_id <> ALL(:drawn) THEN "
    "(SELECT ST_AsBinary(b.geom) FROM block b WHERE b.id = a.block_id) END, 1, "
    "(SELECT count(*) FROM block_building k WHERE k.block_id = a.block_id), NULL "
    "FROM assignment a WHERE a.plan_id = :plan AND a.unit_id = ANY(:ids)"
)
_SUMS = (
    f"SELECT a.unit_id, c.measure, sum(round(c.value * {MILLIONTHS:.0f}))::bigint FROM assignment a CROSS JOIN LATERAL "
    "(SELECT measure, value FROM count WHERE block_id = a.block_id AND on_date = :on OFFSET 0) c "
    "WHERE a.plan_id = :plan AND a.unit_id = ANY(:ids) GROUP BY 1, 2"
)
_CHILDREN = (
    "SELECT parent_id, unit_id, CASE WHEN parent_id = ANY(:outlined) THEN ST_AsBinary(geom) END, blocks, buildings, "
    "tallies FROM plan_unit WHERE plan_id = :plan AND parent_id = ANY(:ids)"
)

Polygon = shapely.Polygon | shapely.MultiPolygon

Tallies = dict[str, float | None]


@dataclass(frozen=True)
class Settled:
    """A unit after a change: its row, and its polygon where that may be another one."""

    row: UnitRow
    polygon: Polygon | None


@dataclass(frozen=True)
class Part:
    """A part of a unit: a block, or a unit of the level below; with a polygon where the unit's own may change."""

    polygon: Polygon | None
    blocks: int
    buildings: int
    tallies: Mapping[str, float | None]


@dataclass
class Parts:
    """What the units that a change touches consist of.

    Attributes
    ----------
    of : unit -> id of a part -> part
    sums : unit of the lowest level -> measure -> sum over its blocks
    """

    of: dict[int, dict[int, Part]]
    sums: dict[int, dict[str, float]]


def ask_parts(state: State, change: Change, touched: Touched) -> list[Sent]:
    """Ask for the parts of all units whose blocks changed; assignment and attributes are written already."""
    lowest = _staying(change, touched, state.lowest)
    above = [unit for level in state.plan.levels[:-1] for unit in _staying(change, touched, level)]
    outlined = sorted(touched.outlined)
    return [
        state.send(_SUMS, ids=lowest, on=state.plan.count_date),
        state.send(_BLOCKS, ids=lowest, outlined=outlined, drawn=list(state.drawn)),
        state.send(_CHILDREN, ids=above, outlined=outlined),
    ]


def read_parts(state: State, asked: list[Sent]) -> Parts:
    """Wait for the parts of units as they are stored."""
    sums: dict[int, dict[str, float]] = defaultdict(dict)
    for unit, measure, millionths in asked[0].rows():
        sums[unit][measure] = millionths / MILLIONTHS
    rows = [row for sent in asked[1:] for row in sent.rows()]
    read = iter(geometries_of(row[2] for row in rows if row[2] is not None))
    parts: dict[int, dict[int, Part]] = defaultdict(dict)
    for unit, part, shape, blocks, buildings, tallies in rows:
        polygon: Any = state.drawn.get(part) if shape is None else next(read)
        parts[unit][part] = Part(polygon, blocks, buildings, tallies or {})
    return Parts(parts, sums)


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
        mine = list(parts.of[unit].values())
        if not mine:
            raise LastBlockError(
                f'"{attributes.name}" would have nothing left. Merge or dissolve it instead.'
            )
        counts = [parts.sums[unit]] if lowest else [part.tallies for part in mine]
        polygon = _united(mine) if unit in touched.outlined else None
        settled[unit] = Settled(_row(touched, unit, attributes, mine, counts), polygon)
    for unit, one in settled.items():
        if (parent := one.row.attributes.parent_id) is not None:
            row, known = one.row, parts.of[parent].get(unit)
            polygon = known.polygon if one.polygon is None and known is not None else one.polygon
            parts.of[parent][unit] = Part(polygon, row.blocks, row.buildings, row.tallies)
    return settled


def _united(parts: list[Part]) -> Any:
    return shapely.normalize(shapely.coverage_union_all([part.polygon for part in parts]))


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
        state.send(_COUNT, rows=json.dumps(counted))
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
    state.send(_WRITE, rows=json.dumps(rows))


def coloured(state: State, touched: Touched, settled: Mapping[int, Settled]) -> dict[int, Settled]:
    """Return the units with colours that no neighbour has; only units of the change are coloured anew."""
    colour = {unit: row.colour for unit, row in touched.rows.items()}
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
        done[unit] = replace(one, row=replace(one.row, colour=colour[unit]))
    return done


def _colours_around(state: State, unit: int, polygon: Any) -> set[int]:
    """Return the colours of all units of the same level that touch a polygon, if only in a point."""
    query = (
        "SELECT DISTINCT n.colour FROM plan_unit u JOIN plan_unit n ON n.plan_id = u.plan_id AND n.level = u.level "
        "AND n.unit_id <> u.unit_id WHERE u.plan_id = :plan AND u.unit_id = :unit "
        "AND n.geom && CAST(:geom AS geometry) AND ST_Intersects(n.geom, CAST(:geom AS geometry))"
    )
    shape = ewkb([polygon], state.district.srid)[0]
    return {row[0] for row in state.rows(query, unit=unit, geom=shape)}
