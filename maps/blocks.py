"""Blocks of a plan as the page draws and edits them: polygon, counts, unit, and the borders between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from boundaries.errors import ArgumentError, NotFoundError
from boundaries.sentences import Said
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan
    from boundaries.storage.statements import Sent, Statements

Box = tuple[float, float, float, float]

_IN_UNIT = """
    SELECT a.block_id, a.unit_id FROM assignment a WHERE a.plan_id = :plan AND a.unit_id IN (
        WITH RECURSIVE below AS (
            SELECT unit_id FROM plan_unit WHERE plan_id = :plan AND unit_id = :unit
            UNION ALL
            SELECT u.unit_id FROM plan_unit u JOIN below ON u.parent_id = below.unit_id WHERE u.plan_id = :plan
        ) SELECT unit_id FROM below)"""

_IN_BOX = """
    SELECT a.block_id, a.unit_id FROM assignment a JOIN block b ON b.id = a.block_id
    WHERE a.plan_id = :plan AND b.geom && ST_MakeEnvelope(:x0, :y0, :x1, :y1, :srid)"""

_LISTED = """
    SELECT a.block_id, a.unit_id FROM assignment a WHERE a.plan_id = :plan AND a.block_id = ANY(:ids)"""

_ALL = """
    SELECT a.block_id, a.unit_id FROM assignment a WHERE a.plan_id = :plan"""

# One text made in the database: building 20,000 features in Python takes three times as long. Counts are looked up
# block by block through their index: a plan made a moment ago is not in the planner's statistics, and a join of whole
# lists, taken for one of a few rows, lasted twenty seconds.
_FEATURES = """
    WITH chosen AS MATERIALIZED ({chosen})
    SELECT string_agg(
        '{{"type":"Feature","id":' || b.id || ',"geometry":' || ST_AsGeoJSON(b.geom, 3, 0) || ',"properties":' ||
        json_build_object('key', b.key, 'unit', a.unit_id, 'residents', c.residents, 'floating', c.floating,
            'households', c.households, 'area_m2', round(b.area_m2 * 1000) / 1000,
            'buildings', k.buildings, 'outer_m', round(b.outer_m * 1000) / 1000, 'use', b.use,
            'estimated', coalesce(c.estimated, false))::text || '}}', ',' ORDER BY b.id)
    FROM chosen a JOIN block b ON b.id = a.block_id
    CROSS JOIN LATERAL (
        SELECT max(n.value) FILTER (WHERE n.measure = 'residents') AS residents,
            max(n.value) FILTER (WHERE n.measure = 'floating') AS floating,
            max(n.value) FILTER (WHERE n.measure = 'households') AS households,
            bool_or(n.source <> 'counted') AS estimated
        FROM count n WHERE n.block_id = a.block_id AND n.on_date = :on) c
    CROSS JOIN LATERAL (
        SELECT count(*) AS buildings FROM block_building h WHERE h.block_id = a.block_id) k"""

# For the same reason borders are looked up block by block (OFFSET keeps the planner from making a join of it), and
# IS TRUE makes one hashed list of the plan's blocks instead of comparing each border with each of them.
_BORDERS = """
    WITH chosen AS MATERIALIZED ({chosen}),
    touching AS (
        SELECT x.* FROM chosen CROSS JOIN LATERAL (
            SELECT * FROM block_border WHERE first_id = chosen.block_id OFFSET 0) x
        UNION
        SELECT x.* FROM chosen CROSS JOIN LATERAL (
            SELECT * FROM block_border WHERE second_id = chosen.block_id OFFSET 0) x)
    SELECT string_agg('[' || x.first_id || ',' || x.second_id || ',' || round(x.border_m * 1000) / 1000 || ',' ||
        x.barrier || ']', ',' ORDER BY x.first_id, x.second_id)
    FROM touching x
    WHERE (x.first_id IN (SELECT block_id FROM assignment WHERE plan_id = :plan)) IS TRUE
    AND (x.second_id IN (SELECT block_id FROM assignment WHERE plan_id = :plan)) IS TRUE"""


@dataclass(frozen=True)
class Chosen:
    """Which blocks of a plan are meant: all of them, those of one unit, or those within a box."""

    unit: int | None = None
    box: Box | None = None

    def __str__(self) -> str:
        if self.unit is not None:
            return f"unit-{self.unit}"
        return "all" if self.box is None else ",".join(f"{value:.3f}" for value in self.box)


def choose_blocks(
    session: Session, plan: Plan, *, community: int | None, street: int | None, box: Box | None
) -> Chosen:
    """Return which blocks a request means.

    Raises
    ------
    ArgumentError
        When it names more than one thing.
    NotFoundError
        When the plan has no such unit.
    """
    units = {"community": community, "street": street}
    named = {level: unit for level, unit in units.items() if unit is not None}
    if len(named) + (box is not None) > 1:
        raise ArgumentError(
            Said("blocks-of-one", "give one of community, street and bbox, or none of them for all blocks.")
        )
    for level, unit in named.items():
        known = session.scalar(
            text("SELECT 1 FROM plan_unit WHERE plan_id = :plan AND unit_id = :unit AND level = :level"),
            {"plan": plan.id, "unit": unit, "level": level},
        )
        if known is None:
            raise NotFoundError(
                Said(
                    "plan-no-such",
                    'plan "{plan}" has no {level} {unit}; list them with units?level={name}.',
                    plan=plan.name,
                    level=level,
                    unit=str(unit),
                    name=str(level),
                )
            )
        return Chosen(unit=unit)
    return Chosen(box=box)


def blocks_json(session: Session, plan: Plan, chosen: Chosen) -> str:
    """Return blocks with the borders they share, as one JSON text in the district's planar CRS.

    ``blocks`` is a feature collection ordered by id, coordinates in metres to the millimetre; counts are those of
    the plan's date, null where a block has none, ``estimated`` where one was not counted but interpolated or split.
    ``borders`` are ``[first, second, border_m, barrier]`` (codes of `geo.barriers.Barrier`); one of the two blocks
    may lie outside what was chosen.
    """
    features = block_features(session, plan, chosen)
    borders = block_borders(session, plan, chosen)
    return (
        f'{{"revision":{plan.revision},"blocks":{{"type":"FeatureCollection","features":[{features}]}},'
        f'"borders":[{borders}]}}'
    )


def block_features(session: Session, plan: Plan, chosen: Chosen) -> str:
    """Return the chosen blocks as GeoJSON features with commas between them."""
    query, values = _query(session, plan, chosen, _FEATURES)
    return session.scalar(text(query), {**values, "on": plan.count_date}) or ""


def block_borders(session: Session, plan: Plan, chosen: Chosen) -> str:
    """Return the borders of the chosen blocks with other blocks of the plan, with commas between them."""
    query, values = _query(session, plan, chosen, _BORDERS)
    return session.scalar(text(query), values) or ""


def ask_listed_blocks(run: Statements, plan: Plan, ids: Sequence[int]) -> Sent:
    """Ask for some blocks as `block_features` returns them; those that are not in the plan are left out."""
    values = {"plan": plan.id, "ids": list(ids), "on": plan.count_date}
    return run.send(_FEATURES.format(chosen=_LISTED), values)


def _query(session: Session, plan: Plan, chosen: Chosen, frame: str) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"plan": plan.id}
    if chosen.unit is not None:
        return frame.format(chosen=_IN_UNIT), {**values, "unit": chosen.unit}
    if chosen.box is not None:
        srid = session.get_one(District, plan.district_id).srid
        return frame.format(chosen=_IN_BOX), {
            **values,
            **dict(zip(("x0", "y0", "x1", "y1"), chosen.box, strict=True)),
            "srid": srid,
        }
    return frame.format(chosen=_ALL), values
