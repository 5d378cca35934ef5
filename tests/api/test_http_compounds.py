"""Compounds over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database


def test_compounds_that_a_plan_splits_are_listed_with_their_units(
    client: TestClient, database: Database, square: StoredPlan
) -> None:
    assert client.get("/api/plans/1/split-compounds").json() == []
    with (
        database.session() as session
    ):  # one compound, a building in b01 and one in b02, which are in two cells
        session.execute(
            text(
                "INSERT INTO compound (district_id, srid, key, name, kind, geom) SELECT 1, 4549, 'C1', '阳光小区', "
                "'compound', ST_Union(geom) FROM block WHERE key IN ('b01', 'b02')"
            )
        )
        session.execute(
            text(
                "INSERT INTO building (district_id, srid, key, compound_id, geom) SELECT 1, 4549, 'h-' || key, 1, "
                "ST_Buffer(ST_PointOnSurface(geom), 5) FROM block WHERE key IN ('b01', 'b02')"
            )
        )
        session.execute(
            text(
                "INSERT INTO block_building (block_id, building_id) SELECT k.id, b.id FROM block k "
                "JOIN building b ON b.key = 'h-' || k.key"
            )
        )
        session.execute(
            text(
                "INSERT INTO count (district_id, building_id, measure, on_date, value) SELECT b.district_id, b.id, 'residents', "
                "p.count_date, 30 FROM building b, plan p WHERE b.key = 'h-b01'"
            )
        )
    [split] = client.get("/api/plans/1/split-compounds").json()
    assert split["name"] == "阳光小区"
    assert split["bounds"] == [500_100, 3_700_000, 500_300, 3_700_100]
    assert [(share["name"], share["buildings"], share["residents"]) for share in split["shares"]] == [
        ("西南网格", 1, 30),
        ("东南网格", 1, None),  # nobody is counted there by building
    ]
    missing = client.get("/api/plans/99/split-compounds")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
