"""Loading the synthetic demo district into the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import text

from boundaries.blocks import store_blocks, store_counts
from boundaries.demo import make_demo
from boundaries.layers import barrier_lines, place_buildings, store_layer, touch_layer
from boundaries.plans import LevelDraft, PlanDraft, StoredPlan, store_plan
from boundaries.rules import COUNT_RULE, DEFAULT_RULES
from boundaries.storage.database import copy_rows
from boundaries.storage.tables import District

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.demo import Demo
    from boundaries.demo.rezoning import Rezoning
    from boundaries.storage.database import Database

KEY = "qinghe-demo"
NAME = "清河区（合成演示）"
NAME_EN = "Qinghe District (synthetic demo)"
SOURCE = "wangge demo: synthetic, no figure and no line of it describes a real place"
MAKING = 0.8
"""Share of the time that making the district takes; storing it takes the rest."""


def load_demo(database: Database, tell: Callable[[float, str], None]) -> None:
    """Make the demo district and store it in one transaction."""
    demo = make_demo(lambda share, doing: tell(MAKING * share, doing))
    with database.session() as session:
        store_demo(session, demo, lambda share, doing: tell(MAKING + (1 - MAKING) * share, doing))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))  # the planner knows nothing yet of rows that came all at once


def store_demo(session: Session, demo: Demo, tell: Callable[[float, str], None]) -> District:
    """Store the demo district: layers, blocks, buildings, counts, both plans and what stands in their units."""
    tell(0.0, "layers")
    district = District(
        key=KEY,
        name=NAME,
        name_en=NAME_EN,
        code="320812",
        srid=4549,
        rules=DEFAULT_RULES | COUNT_RULE,
        synthetic=True,
        source=SOURCE,
        geom=f"SRID=4549;{shapely.coverage_union_all(_shapes(demo.blocks)).wkt}",
    )
    session.add(district)
    session.flush()
    roads = demo.roads.rename(columns={"road_class": "class"})
    store_layer(session, district, "road", roads, ["name", "name_en", "class", "width_m", "bridge"])
    store_layer(session, district, "water", demo.water, ["name", "name_en", "kind"])
    store_layer(session, district, "wall", demo.walls, [])
    tell(0.1, "blocks")
    compounds = store_layer(session, district, "compound", demo.compounds, ["key", "name", "name_en", "kind"])
    compound_ids = dict(zip(demo.compounds["key"], compounds.tolist(), strict=True))
    lines = barrier_lines(
        {name: _shapes(roads[roads["class"] == name]) for name in ("arterial", "collector", "lane")},
        water=_shapes(demo.water),
        walls=_shapes(demo.walls),
    )
    blocks = store_blocks(session, district, demo.blocks, lines, compound_ids)
    tell(0.3, "buildings")
    _store_buildings(session, district, demo, compound_ids)
    store_counts(session, district, "block", blocks, _counts(demo, demo.blocks))
    tell(0.6, "plans")
    stored = {key: _store_rezoning(session, district, blocks, plan) for key, plan in demo.rezonings.items()}
    _store_succession(session, demo, stored)
    tell(0.9, "services")
    unit_ids = {key: unit for plan in stored.values() for key, unit in plan[1].items()}
    _store_services(session, district, demo, unit_ids)
    for kind in (
        "roads",
        "water",
        "walls",
        "compounds",
        "blocks",
        "buildings",
        "service_points",
        "incidents",
    ):
        touch_layer(session, district, kind, SOURCE)
    return district


def _shapes(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    return np.asarray(frame.geometry.array, dtype=object)


def _store_buildings(session: Session, district: District, demo: Demo, compound_ids: dict[str, int]) -> None:
    frame = demo.buildings.assign(
        compound_id=demo.buildings["compound_key"].map(compound_ids).astype("Int64")
    )
    ids = store_layer(session, district, "building", frame, ["key", "use", "floors", "compound_id"])
    place_buildings(session, district, ids, _shapes(frame))
    store_counts(session, district, "building", ids, _counts(demo, frame))


def _counts(demo: Demo, frame: gpd.GeoDataFrame) -> dict[tuple[str, dt.date], NDArray[np.float64]]:
    before, now = demo.rezonings["2009"].count_date, demo.rezonings["2010"].count_date
    columns = [("residents_2006", "residents", before)]
    columns += [(measure, measure, now) for measure in ("residents", "floating", "households")]
    return {(measure, day): frame[column].to_numpy(dtype=float) for column, measure, day in columns}


def _store_rezoning(
    session: Session, district: District, blocks: NDArray[np.int64], plan: Rezoning
) -> tuple[StoredPlan, dict[str, int]]:
    """Store one plan; also return the permanent id of each of its units by key."""
    keys: dict[str, list[str]] = {}
    levels: list[LevelDraft] = []
    for level in plan.levels:
        units = plan.units[plan.units["level"] == level]
        keys[level] = list(units["key"])
        above = keys[plan.levels[len(levels) - 1]] if levels else None
        levels.append(_level(level, units, above))
    lowest = plan.levels[-1]
    position = {key: at for at, key in enumerate(keys[lowest])}
    draft = PlanDraft(
        name=plan.name,
        name_en=plan.name_en,
        levels=levels,
        block_ids=blocks,
        unit=np.array([position[key] for key in plan.unit_of_block[lowest]], dtype=np.int64),
        count_date=plan.count_date,
        state="adopted" if plan.in_force_to is None else "superseded",
        authority=plan.authority,
        number=plan.number,
        adopted_on=plan.adopted_on,
        in_force_from=plan.in_force_from,
        in_force_to=plan.in_force_to,
        created_by="demo",
        made_by=plan.made_by,
    )
    stored = store_plan(session, district, draft)
    ids = {
        key: int(unit)
        for level in plan.levels
        for key, unit in zip(keys[level], stored.unit_ids[level], strict=True)
    }
    return stored, ids


def _level(level: str, units: pd.DataFrame, above: list[str] | None) -> LevelDraft:
    at = {key: position for position, key in enumerate(above or [])}
    return LevelDraft(
        level=level,
        name=list(units["name"]),
        parent=np.array([at[key] for key in units["parent"]], dtype=np.int64) if above is not None else None,
        code=list(units["code"]),
        type=list(units["type"]),
        name_en=list(units["name_en"]),
    )


def _store_succession(
    session: Session, demo: Demo, stored: dict[str, tuple[StoredPlan, dict[str, int]]]
) -> None:
    (before, old), (after, new) = stored["2009"], stored["2010"]
    after.plan.base_id = before.plan.id
    copy_rows(
        session,
        "succession",
        ["from_plan_id", "from_unit_id", "to_plan_id", "to_unit_id", "kind", "residents", "area_m2"],
        (
            (
                before.plan.id, old[row["from"]], after.plan.id, new[row["to"]], row["kind"],
                float(row["residents"]), float(row["area_m2"]),
            )
            for row in demo.succession.to_dict("records")
        ),
    )  # fmt: skip


def _store_services(session: Session, district: District, demo: Demo, unit_ids: dict[str, int]) -> None:
    """Store service points, staff and incidents."""
    points = demo.service_points.assign(
        unit_id=[unit_ids.get(key) for key in demo.service_points["unit_key"]]
    )
    store_layer(
        session,
        district,
        "service_point",
        points,
        ["key", "name", "name_en", "kind", "level", "unit_id", "windows", "offers"],
    )
    store_layer(
        session,
        district,
        "incident",
        demo.incidents.assign(at=demo.incidents["time"]),
        ["at", "category", "tier", "source"],
    )
    staff = demo.staff.to_dict("records")
    copy_rows(
        session,
        "staff",
        ["district_id", "unit_id", "role", "level", "headcount", "source"],
        (
            (
                district.id,
                unit_ids.get(row["unit_key"]),
                row["role"],
                row["level"],
                int(row["headcount"]),
                row["source"],
            )
            for row in staff
        ),
    )
