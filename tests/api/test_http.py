"""The HTTP door: what the page reads, and failures as problems."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import shapely

from api.jobs import queue
from api.jobs.kinds import KINDS
from api.jobs.worker import work_on
from tests.boundaries.conftest import square_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database


def test_districts_tell_their_reference_system_rules_and_layers(
    client: TestClient, square: StoredPlan
) -> None:
    [district] = client.get("/api/districts").json()
    assert district["srid"] == 4549
    assert "+lon_0=120" in district["proj4"]
    assert district["rules"]["bands"]["residents"] == [1000, 1500]
    assert district["layers"]["blocks"]["count"] == 16
    assert district["count_dates"] == ["2020-11-01"]


def test_units_carry_polygon_figures_and_findings(client: TestClient, square: StoredPlan) -> None:
    answer = client.get(f"/api/plans/{square.plan.id}/units", params={"level": "cell"})
    cells = answer.json()["features"]
    assert len(cells) == 4
    assert sum(shapely.from_geojson(json.dumps(cell["geometry"])).area for cell in cells) == 160_000
    first = cells[0]["properties"]
    assert first["code"] == "320812001001001"
    assert (first["residents"], first["households"], first["findings"]) == (1200, 400, [])
    communities = client.get(f"/api/plans/{square.plan.id}/units", params={"level": "community"}).json()[
        "features"
    ]
    assert communities[0]["properties"]["findings"] == [
        {"rule": "parts_per_parent", "value": 2, "low": 5, "high": 7}
    ]
    again = client.get(answer.url, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_figures_have_classes_denominator_and_date(client: TestClient, square: StoredPlan) -> None:
    path = f"/api/plans/{square.plan.id}/figures"
    assert [figure["measure"] for figure in client.get(path).json()] == [
        "density",
        "floating_share",
        "household_size",
    ]
    share = client.get(path, params={"measure": "floating_share", "level": "cell"}).json()
    assert share["denominator"] == "residents"
    assert share["count_date"] == "2020-11-01"
    assert sorted(share["values"].values()) == pytest.approx(
        [100 * n / 1200 for n in (10, 18, 42, 50)], abs=1e-4
    )
    assert share["breaks"][0] == pytest.approx(10 / 12, abs=1e-4)
    assert share["breaks"][-1] == pytest.approx(50 / 12, abs=1e-4)


@pytest.mark.parametrize(
    ("query", "name"), [("东门", "东门社区"), ("320812001002001", "东南网格"), ("网格", "东北网格")]
)
def test_search_finds_names_and_codes(client: TestClient, square: StoredPlan, query: str, name: str) -> None:
    district = client.get("/api/districts").json()[0]["id"]
    found = client.get(
        "/api/search", params={"district": district, "plan": square.plan.id, "q": query}
    ).json()
    assert name in {result["name"] for result in found}
    assert (
        found[0]["name"].startswith(query) or found[0]["code"].startswith(query) or query in found[0]["name"]
    )


@pytest.mark.parametrize("query", ["%", "_", "\\", "\x00", "'; DROP TABLE plan; --", " "])
def test_search_takes_signs_for_what_they_are(client: TestClient, square: StoredPlan, query: str) -> None:
    district = client.get("/api/districts").json()[0]["id"]
    answer = client.get("/api/search", params={"district": district, "plan": square.plan.id, "q": query})
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/plans/999/units?level=cell", 404, '1 "first"'),
        ("/api/plans/1/units?level=grid", 422, "street, community, cell"),
        ("/api/plans/1/figures?measure=nonsense", 422, "density"),
        ("/api/districts/1/layers/nonsense", 404, "roads"),
        ("/api/districts/1/layers/blocks?bbox=1,2,3", 422, "minx,miny,maxx,maxy"),
        ("/api/districts/1/layers/blocks?bbox=nan,0,1,1", 422, "minx"),
        ("/api/districts/1/layers/blocks?bbox=%00", 422, "minx"),
        ("/api/districts/99/plans", 404, "square"),
        ("/api/jobs/99", 404, "no job 99"),
        ("/api/jobs/36893488147419103232", 422, "too large"),
        ("/api/plans/x/units?level=cell", 422, "plan"),
        ("/api/nowhere", 404, "Not Found"),
    ],
)
def test_failures_are_problems_with_a_sentence(
    client: TestClient, square: StoredPlan, path: str, status: int, words: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]


def test_a_layer_is_cut_to_the_box(client: TestClient, square: StoredPlan) -> None:
    box = "500010,3700010,500090,3700090"
    none = client.get("/api/districts/1/layers/blocks", params={"use": "park,green"}).json()["features"]
    assert none == []
    features = client.get("/api/districts/1/layers/blocks", params={"bbox": box}).json()["features"]
    assert [feature["properties"]["key"] for feature in features] == ["b00"]


def test_an_upload_becomes_a_job(client: TestClient, square: StoredPlan) -> None:
    files = {"file": ("roads.geojson", b"{}", "application/json")}
    told = client.post("/api/imports", files=files, data={"layer": "roads", "columns": '{"name": "n"}'})
    assert told.status_code == 202
    job = client.get(f"/api/jobs/{told.json()['job']}").json()
    assert (job["state"], job["kind"]) == ("queued", "import")
    assert client.delete(f"/api/jobs/{job['id']}").json()["state"] == "cancelled"
    events = client.get(f"/api/jobs/{job['id']}/events").text
    assert json.loads(events.removeprefix("data: "))["state"] == "cancelled"
    bad = client.post("/api/imports", files=files, data={"layer": "roads", "columns": "[1]"})
    assert bad.status_code == 422


def test_a_file_sent_over_http_becomes_a_district(
    client: TestClient, database: Database, tmp_path: Path
) -> None:
    frame = square_blocks()
    frame["residents"] = 300
    frame.to_file(tmp_path / "方块.gpkg")
    with (tmp_path / "方块.gpkg").open("rb") as file:
        job = client.post(
            "/api/imports", files={"file": file}, data={"layer": "blocks", "name": "新区"}
        ).json()["job"]
    mine = queue.claim(database, "w")
    assert mine is not None
    work_on(database, mine, KINDS)
    ended = client.get(f"/api/jobs/{job}").json()
    assert ended["state"] == "done", ended["error"]
    assert any("16 of 16 rows" in line for line in ended["result"]["lines"])
    [district] = client.get("/api/districts").json()
    assert district["name"] == "新区"
    [plan] = client.get(f"/api/districts/{district['id']}/plans").json()
    answer = client.get(f"/api/plans/{plan['id']}/export", params={"level": "community", "format": "xlsx"})
    assert answer.content[:2] == b"PK"
    assert not list((tmp_path / "uploads").iterdir())
