"""Storing a plan gives the polygons and tallies a hand would draw and add."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import text

from boundaries.blocks import store_blocks
from boundaries.errors import BoundaryError, NotFoundError, PlanError
from boundaries.plans import (
    LevelDraft,
    PlanDraft,
    StoredPlan,
    find_district,
    find_plan,
    read_plan_blocks,
    store_plan,
)
from boundaries.storage.database import Database
from boundaries.storage.tables import District
from geo.barriers import BarrierLines
from tests.boundaries.conftest import square_blocks


def test_cells_have_the_area_people_and_borders_of_their_blocks(
    database: Database, square: StoredPlan
) -> None:
    with database.session() as session:
        rows = session.execute(
            text(
                "SELECT area_m2, perimeter_m, blocks, clear_border_share, tallies, ST_Area(geom), compactness "
                "FROM plan_unit WHERE plan_id = :p AND level = 'cell' ORDER BY code"
            ),
            {"p": square.plan.id},
        ).all()
    assert len(rows) == 4
    for area, perimeter, blocks, clear, tallies, stored_area, compactness in rows:
        assert (area, stored_area, perimeter, blocks) == (40_000.0, 40_000.0, 800.0, 4)
        assert clear == 0.5  # the road runs along one of two inner sides
        assert tallies["residents"] == 1200
        assert compactness == pytest.approx(np.pi / 4)
    assert [row[4]["floating"] for row in rows] == [
        0 + 1 + 4 + 5,
        8 + 9 + 12 + 13,
        2 + 3 + 6 + 7,
        10 + 11 + 14 + 15,
    ]


def test_each_level_sums_to_the_one_above(database: Database, square: StoredPlan) -> None:
    with database.session() as session:
        sums = session.execute(
            text(
                "SELECT level, sum((tallies->>'residents')::float), sum(area_m2), sum(blocks) FROM plan_unit "
                "WHERE plan_id = :p GROUP BY level"
            ),
            {"p": square.plan.id},
        ).all()
    assert {tuple(row) for row in sums} == {
        (level, 4800.0, 160_000.0, 16) for level in ("street", "community", "cell")
    }


def test_neighbouring_cells_have_different_colours(database: Database, square: StoredPlan) -> None:
    with database.session() as session:
        colours = session.execute(
            text("SELECT colour FROM plan_unit WHERE plan_id = :p AND level = 'cell' ORDER BY code"),
            {"p": square.plan.id},
        ).scalars()
        south_west, north_west, south_east, north_east = colours
    assert south_west != south_east
    assert south_west != north_west
    assert north_east not in {north_west, south_east}


def test_a_plan_reads_back_as_it_was_stored(database: Database, square: StoredPlan) -> None:
    with database.session() as session:
        read = read_plan_blocks(session, find_plan(session, "first"))
    assert read.blocks.key == list(square_blocks()["key"])
    assert shapely.equals_exact(read.blocks.polygon, square_blocks().geometry.array).all()
    assert len(set(read.unit_id.tolist())) == 4
    assert len(read.blocks.edges) == 24


def test_blocks_that_overlap_are_refused_by_name_and_nothing_is_stored(database: Database) -> None:
    frame = square_blocks()
    west, south, east, north = frame.geometry[5].bounds
    frame.loc[5, "geometry"] = shapely.box(west - 1, south, east, north)
    with pytest.raises(BoundaryError, match="b10"):
        _store_district(database, frame)
    with database.session() as session, pytest.raises(NotFoundError, match="none yet"):
        find_district(session, None)


def _store_district(database: Database, frame: gpd.GeoDataFrame) -> None:
    with database.session() as session:
        district = District(key="bad", name="坏区", srid=4549)
        session.add(district)
        session.flush()
        store_blocks(session, district, frame, BarrierLines())


def test_a_unit_without_blocks_and_a_taken_name_are_refused(database: Database, square: StoredPlan) -> None:
    with database.session() as session:
        ids = np.array(session.execute(text("SELECT id FROM block ORDER BY id")).scalars().all())
        district = find_district(session, "square")
        with pytest.raises(PlanError, match='"空网格" has no block'):
            store_plan(
                session,
                district,
                PlanDraft("second", [LevelDraft("cell", ["满网格", "空网格"])], ids, np.zeros(16, dtype=int)),
            )
        with pytest.raises(PlanError, match="another name"):
            store_plan(
                session,
                district,
                PlanDraft("first", [LevelDraft("cell", ["网格"])], ids, np.zeros(16, dtype=int)),
            )


def test_a_number_finds_a_plan_by_its_id_whatever_others_are_called(
    database: Database, square: StoredPlan
) -> None:
    with database.session() as session:
        text_ = (
            "INSERT INTO plan (district_id, name, levels) SELECT district_id, :n, levels FROM plan LIMIT 1"
        )
        session.execute(text(text_), {"n": str(square.plan.id)})
        assert find_plan(session, square.plan.id).name == "first"
        assert find_plan(session, str(square.plan.id)).name == str(square.plan.id)
