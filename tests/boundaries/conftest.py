"""A district small enough to draw by hand: 4 x 4 blocks of 100 m in four cells, two communities, one street."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
import shapely

from boundaries.blocks import store_blocks, store_counts
from boundaries.plans import LevelDraft, PlanDraft, StoredPlan, store_plan
from boundaries.rules import COUNT_RULE, DEFAULT_RULES
from boundaries.storage.database import Database
from boundaries.storage.tables import District
from geo.barriers import BarrierLines

COUNTED = dt.date(2020, 11, 1)
ORIGIN = np.array([500_000.0, 3_700_000.0])


def square_blocks() -> gpd.GeoDataFrame:
    x0, y0 = ORIGIN
    boxes = [
        shapely.box(x0 + 100 * x, y0 + 100 * y, x0 + 100 * x + 100, y0 + 100 * y + 100)
        for y in range(4)
        for x in range(4)
    ]
    keys = [f"b{y}{x}" for y in range(4) for x in range(4)]
    return gpd.GeoDataFrame({"key": keys, "use": ["residential"] * 16}, geometry=boxes, crs=4549)


def square_plan(database: Database, name: str = "first") -> StoredPlan:
    """Cells are the four quarters with 1,200 residents each; a road runs between west and east."""
    x0, y0 = ORIGIN
    road = shapely.LineString([(x0 + 200, y0), (x0 + 200, y0 + 400)])
    with database.session() as session:
        district = District(
            key="square", name="方区", srid=4549, code="320812", rules=DEFAULT_RULES | COUNT_RULE
        )
        session.add(district)
        session.flush()
        ids = store_blocks(session, district, square_blocks(), BarrierLines(roads=np.array([road])))
        counts = {
            ("residents", COUNTED): np.full(16, 300.0),
            ("households", COUNTED): np.full(16, 100.0),
            ("floating", COUNTED): np.arange(16.0),
        }
        store_counts(session, district, "block", ids, counts)
        column, row = np.arange(16) % 4, np.arange(16) // 4
        draft = PlanDraft(
            name=name,
            levels=[
                LevelDraft("street", ["城中街道"], code=["320812001"]),
                LevelDraft(
                    "community", ["西门社区", "东门社区"], np.array([0, 0]), ["320812001001", "320812001002"]
                ),
                LevelDraft(
                    "cell",
                    ["西南网格", "东南网格", "西北网格", "东北网格"],
                    np.array([0, 1, 0, 1]),
                    ["320812001001001", "320812001002001", "320812001001002", "320812001002002"],
                ),
            ],
            block_ids=ids,
            unit=2 * (row // 2) + column // 2,
            count_date=COUNTED,
        )
        return store_plan(session, district, draft)


@pytest.fixture
def square(database: Database) -> StoredPlan:
    return square_plan(database)
