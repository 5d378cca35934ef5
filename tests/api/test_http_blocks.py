"""Blocks over HTTP: what an editor draws on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.http.app import create_app
from boundaries.plans import find_plan, read_plan_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database


def keys(answer: Any) -> list[str]:
    return [feature["properties"]["key"] for feature in answer.json()["blocks"]["features"]]


def test_blocks_carry_polygon_counts_unit_and_borders(client: TestClient, square: StoredPlan) -> None:
    told = client.get(f"/api/plans/{square.plan.id}/blocks").json()
    assert told["revision"] == 0
    features = told["blocks"]["features"]
    assert len(features) == 16
    assert shapely.from_geojson(json.dumps(features[5]["geometry"])).area == 10_000
    assert features[1]["properties"] == {
        "key": "b01",
        "unit": int(square.unit_ids["cell"][0]),
        "residents": 300,
        "floating": 1,
        "households": 100,
        "area_m2": 10_000,
        "buildings": 0,
        "outer_m": 100,
        "use": "residential",
        "estimated": False,
    }
    assert len(told["borders"]) == 24
    assert {border[2] for border in told["borders"]} == {100}
    assert len({border[3] for border in told["borders"]}) == 2


def test_blocks_of_a_community_or_street_come_with_borders_to_the_outside(
    client: TestClient, square: StoredPlan
) -> None:
    west = int(square.unit_ids["community"][0])
    answer = client.get(f"/api/plans/{square.plan.id}/blocks", params={"community": west})
    assert keys(answer) == ["b00", "b01", "b10", "b11", "b20", "b21", "b30", "b31"]
    inside = {feature["id"] for feature in answer.json()["blocks"]["features"]}
    borders = answer.json()["borders"]
    assert sum(border[0] in inside and border[1] in inside for border in borders) == 10
    assert sum((border[0] in inside) != (border[1] in inside) for border in borders) == 4
    street = int(square.unit_ids["street"][0])
    assert len(keys(client.get(f"/api/plans/{square.plan.id}/blocks", params={"street": street}))) == 16


def test_blocks_within_a_box(client: TestClient, square: StoredPlan) -> None:
    box = "500010,3700010,500090,3700090"
    assert keys(client.get(f"/api/plans/{square.plan.id}/blocks", params={"bbox": box})) == ["b00"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("community=1&bbox=0,0,1,1", 422, "one of community, street and bbox"),
        ("community=999", 404, "no community 999"),
        ("street=2", 404, "no street 2"),
        ("bbox=1,2,3", 422, "minx"),
        ("community=99999999999999999999", 404, "no community"),
    ],
)
def test_a_choice_of_blocks_that_cannot_be_meant_is_refused(
    client: TestClient, square: StoredPlan, query: str, status: int, words: str
) -> None:
    answer = client.get(f"/api/plans/{square.plan.id}/blocks?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]


def test_a_block_with_a_count_that_was_not_counted_says_so(
    client: TestClient, square: StoredPlan, database: Database
) -> None:
    with database.session() as session:
        session.execute(text("UPDATE count SET source = 'split' WHERE measure = 'floating' AND block_id = 3"))
    features = client.get(f"/api/plans/{square.plan.id}/blocks").json()["blocks"]["features"]
    assert [one["id"] for one in features if one["properties"]["estimated"]] == [3]


def test_the_browser_keeps_blocks_until_the_plan_changes(
    client: TestClient, square: StoredPlan, database: Database
) -> None:
    path = f"/api/plans/{square.plan.id}/blocks"
    tag = {"If-None-Match": client.get(path).headers["etag"]}
    assert client.get(path, headers=tag).status_code == 304
    assert client.get(path, params={"community": 2}, headers=tag).status_code == 200
    with database.session() as session:
        find_plan(session, square.plan.id).revision = 1
    assert client.get(path, headers=tag).status_code == 200


def test_the_demo_blocks_are_those_of_the_plan(demo_database: Database, tmp_path: Path) -> None:
    client = TestClient(create_app(demo_database, None, tmp_path))
    with demo_database.session() as session:
        plan = find_plan(session, 2)
        have = read_plan_blocks(session, plan)
    told = client.get("/api/plans/2/blocks").json()
    features = told["blocks"]["features"]
    assert [feature["id"] for feature in features] == have.blocks.id.tolist()
    assert [feature["properties"]["unit"] for feature in features] == have.unit_id.tolist()
    for measure in ("residents", "floating", "households"):
        values = [feature["properties"][measure] for feature in features]
        assert values == have.blocks.counts[measure].tolist()
    assert [feature["properties"]["buildings"] for feature in features] == have.blocks.buildings.tolist()
    pairs = [border[:2] for border in told["borders"]]
    assert pairs == have.blocks.id[have.blocks.edges].tolist()
    assert [border[3] for border in told["borders"]] == have.blocks.barrier.tolist()


def test_the_views_of_the_page_answer_with_the_page(database: Database, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("the page")
    (tmp_path / "script.js").write_text("1")
    client = TestClient(create_app(database, tmp_path, tmp_path))
    for path in ("/", "/edit"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (200, "the page")
        assert answer.headers["content-type"].startswith("text/html")
    assert client.get("/script.js").text == "1"
    assert client.get("/nowhere").status_code == 404
