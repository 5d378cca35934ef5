"""Comparing plans, against pandas on plain tables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from boundaries.blocks import store_blocks, store_counts
from boundaries.errors import ArgumentError
from boundaries.layers import place_buildings, store_layer
from boundaries.planning.branch import branch
from boundaries.planning.compare import changed_areas, compare, flows, moved
from boundaries.plans import find_plan
from boundaries.storage.tables import District
from geo.barriers import BarrierLines
from tests.boundaries.conftest import COUNTED, ORIGIN
from tests.boundaries.planning.conftest import PLANNER

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database
    from boundaries.storage.plan_tables import Plan

DAY = dt.date(2011, 11, 1)


def frame(session: Session, plan: Plan, on: dt.date) -> pd.DataFrame:
    """Blocks of a plan with their unit at each level, as plain SQL and pandas see them."""
    rows = session.execute(
        text(
            "SELECT a.block_id, c.unit_id AS cell, c.parent_id AS community, b.area_m2, "
            "(SELECT count(*) FROM block_building k WHERE k.block_id = b.id) AS buildings, "
            + ", ".join(
                f"(SELECT value FROM count n WHERE n.block_id = b.id AND n.measure = '{m}' AND n.on_date = :on) AS {m}"
                for m in ("residents", "floating", "households")
            )
            + " FROM assignment a JOIN block b ON b.id = a.block_id JOIN plan_unit c ON c.plan_id = a.plan_id "
            "AND c.unit_id = a.unit_id WHERE a.plan_id = :plan"
        ),
        {"plan": plan.id, "on": on},
    ).mappings()
    return pd.DataFrame([dict(row) for row in rows]).set_index("block_id").astype(float)


def shuffle(session: Session, plan: Plan, rng: np.random.Generator, share: float) -> None:
    """Give a share of the blocks to random cells, as no planner would; figures of units are not needed here."""
    blocks = session.execute(
        text("SELECT block_id, unit_id FROM assignment WHERE plan_id = :p ORDER BY 1"), {"p": plan.id}
    ).all()
    cells = sorted({row.unit_id for row in blocks})
    for row in blocks:
        if rng.random() < share:
            session.execute(
                text("UPDATE assignment SET unit_id = :u WHERE plan_id = :p AND block_id = :b"),
                {"u": int(rng.choice(cells)), "p": plan.id, "b": row.block_id},
            )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_flows_between_plans_of_the_same_blocks_are_those_pandas_finds(
    demo_database: Database, seed: int
) -> None:
    with demo_database.session() as session:
        trial = session.begin_nested()
        plan = find_plan(session, 2)
        made = branch(session, plan, actor=PLANNER)
        shuffle(session, made, np.random.default_rng(seed), 0.01)
        old, new = frame(session, plan, DAY), frame(session, made, DAY)
        found = compare(session, plan, made)
        assert (found.same_blocks, found.pieces.by) == (True, "blocks")
        for level in ("cell", "community"):
            both = new.join(old[[level]].rename(columns={level: "before"}))
            expected = both.groupby(["before", level])[
                ["residents", "households", "floating", "buildings", "area_m2"]
            ].sum()
            for flow in flows(found, found.level(level)):
                row = expected.loc[(flow.old, flow.new)]
                assert flow.sums == pytest.approx(row.to_dict())
                assert flow.changed == (flow.old != flow.new)
            assert len(flows(found, found.level(level))) == len(expected)
            gone = both[both["before"] != both[level]]
            told = moved(found, found.level(level))
            assert told["residents"] == pytest.approx(gone["residents"].sum())
            assert told["buildings"] == pytest.approx(gone["buildings"].sum())
            assert told["share"] == pytest.approx(gone["residents"].sum() / both["residents"].sum())
            areas = dict(changed_areas_by_pair(found, level))
            assert sum(areas.values()) == pytest.approx(gone["area_m2"].sum(), abs=0.01)
        trial.rollback()


def changed_areas_by_pair(found: object, level: str) -> list[tuple[tuple[int, int], float]]:
    return [
        ((flow.old, flow.new), ground.area)
        for flow, ground in changed_areas(found, found.level(level))  # type: ignore[arg-type, attr-defined]
    ]


def test_units_with_other_ids_are_the_same_where_most_residents_stay(demo_database: Database) -> None:
    with demo_database.session() as session:
        found = compare(session, find_plan(session, 1), find_plan(session, 2))
        told = flows(found, found.level("community"))
        kept = [flow for flow in told if not flow.changed]
        assert len({flow.old for flow in kept}) == len({flow.new for flow in kept}) == len(kept) <= 41
        everyone = sum(flow.sums["residents"] for flow in told)
        assert everyone == pytest.approx(318_000)
        # No other matching keeps more people: an independent look at the largest flows, greedily, keeps no more.
        greedy, used_old, used_new = 0.0, set(), set()
        for flow in told:
            if flow.old not in used_old and flow.new not in used_new:
                greedy += flow.sums["residents"]
                used_old.add(flow.old)
                used_new.add(flow.new)
        stayed = sum(flow.sums["residents"] for flow in kept)
        assert stayed >= greedy - 1e-6
        assert moved(found, found.level("community"))["residents"] == pytest.approx(everyone - stayed)


def cut_plan(session: Session, plan: Plan, *, with_buildings: bool) -> Plan:
    """A branch in which block b00 is two pieces, the western one 30 m wide, the eastern in the cell beside."""
    district = session.get_one(District, plan.district_id)
    made = branch(session, plan, actor=PLANNER)
    x, y = ORIGIN
    whole = session.scalar(text("SELECT id FROM block WHERE key = 'b00'"))
    if with_buildings:
        houses = gpd.GeoDataFrame(
            {"key": ["h1", "h2"]},
            geometry=[shapely.box(x + 5, y + 5, x + 15, y + 15), shapely.box(x + 60, y + 5, x + 70, y + 15)],
            crs=4549,
        )
        ids = store_layer(session, district, "building", houses, ["key"])
        place_buildings(session, district, ids, np.asarray(houses.geometry.array, dtype=object))
        counted = {
            ("residents", COUNTED): np.array([210.0, 90.0]),
            ("households", COUNTED): np.array([70.0, 30.0]),
        }
        store_counts(session, district, "building", ids, counted)
    pieces = gpd.GeoDataFrame(
        {"key": ["b00-1", "b00-2"]},
        geometry=[shapely.box(x, y, x + 30, y + 100), shapely.box(x + 30, y, x + 100, y + 100)],
        crs=4549,
    )
    first, second = store_blocks(session, district, pieces, BarrierLines()).tolist()
    people = np.array([210.0, 90.0]) if with_buildings else np.array([90.0, 210.0])
    store_counts(session, district, "block", np.array([first, second]), {("residents", COUNTED): people})
    if with_buildings:
        for block, house in ((first, "h1"), (second, "h2")):
            session.execute(
                text("INSERT INTO block_building SELECT :b, id FROM building WHERE key = :k"),
                {"b": block, "k": house},
            )
    own, other = session.execute(
        text("SELECT unit_id FROM plan_unit WHERE plan_id = :p AND level = 'cell' ORDER BY unit_id LIMIT 2"),
        {"p": plan.id},
    ).scalars()
    session.execute(
        text("DELETE FROM assignment WHERE plan_id = :p AND block_id = :b"), {"p": made.id, "b": whole}
    )
    session.execute(
        text("INSERT INTO assignment VALUES (:p, :a, :own), (:p, :b, :other)"),
        {"p": made.id, "a": first, "b": second, "own": own, "other": other},
    )
    return made


@pytest.mark.parametrize("with_buildings", [True, False])
def test_a_block_that_the_newer_plan_cut_is_compared_piece_by_piece(
    database: Database, square: StoredPlan, with_buildings: bool
) -> None:
    with database.session() as session:
        plan = find_plan(session, square.plan.id)
        made = cut_plan(session, plan, with_buildings=with_buildings)
        found = compare(session, plan, made)
        assert (found.same_blocks, found.pieces.by) == (False, "blocks")
        [went] = [flow for flow in flows(found, found.level("cell")) if flow.changed]
        assert went.sums["area_m2"] == pytest.approx(7000)
        assert went.sums["residents"] == pytest.approx(90 if with_buildings else 210)
        [(_, ground)] = list(changed_areas(found, found.level(None)))
        assert ground.bounds == pytest.approx((ORIGIN[0] + 30, ORIGIN[1], ORIGIN[0] + 100, ORIGIN[1] + 100))


@pytest.mark.parametrize(
    ("with_buildings", "by", "went"), [(True, "buildings", 90.0), (False, "overlay", 210.0)]
)
def test_seen_from_the_cut_plan_people_follow_buildings_else_area(
    database: Database, square: StoredPlan, with_buildings: bool, by: str, went: float
) -> None:
    with database.session() as session:
        plan = find_plan(session, square.plan.id)
        made = cut_plan(session, plan, with_buildings=with_buildings)
        found = compare(session, made, plan)
        assert found.pieces.by == by
        told = moved(found, found.level("cell"))
        assert told["residents"] == pytest.approx(went)
        assert told["area_m2"] == pytest.approx(7000)
        assert sum(flow.sums["residents"] for flow in flows(found, found.level("cell"))) == pytest.approx(
            4800
        )


def test_plans_of_different_districts_share_no_ground(database: Database, square: StoredPlan) -> None:
    with database.session() as session:
        other = District(key="other", name="别区", srid=4549)
        session.add(other)
        session.flush()
        session.execute(
            text("INSERT INTO plan (district_id, name, levels) VALUES (:d, 'x', '{cell}')"), {"d": other.id}
        )
        with pytest.raises(ArgumentError, match="different districts"):
            compare(session, find_plan(session, square.plan.id), find_plan(session, "x"))
