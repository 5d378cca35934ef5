"""Proposals over HTTP: asked for, compared, looked at, taken; failures as problems."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from sqlalchemy import text

from api.errors import JobCancelledError
from api.jobs import queue
from api.jobs.kinds import KINDS
from api.jobs.worker import Progress, work_on

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

CELLS = {"level": "cell", "parts_per_parent": [2, 2], "steps": 100}


def searched(client: TestClient, database: Database, **asked: Any) -> int:
    """Ask for proposals and do the job here."""
    told = client.post("/api/proposals", json={"plan": 1} | CELLS | asked)
    assert told.status_code == 202, told.text
    mine = queue.claim(database, "test")
    assert mine is not None
    work_on(database, mine, KINDS)
    return int(told.json()["job"])


def test_defaults_come_from_the_districts_rules(client: TestClient, square: StoredPlan) -> None:
    told = client.get("/api/plans/1/proposing").json()
    assert list(told["levels"]) == ["street", "community", "cell"]
    assert told["levels"]["cell"]["bands"] == {"residents": [1000, 1500], "households": [300, 500]}
    assert told["levels"]["cell"]["parts_per_parent"] == [5, 7]
    assert told["levels"]["community"]["parts"] == 2
    assert told["levels"]["cell"]["name"] == "first·网格方案"
    assert "border" in told["levels"]["cell"]["goals"]


def test_a_search_is_listed_with_scores_figures_and_what_was_asked(
    client: TestClient, database: Database, square: StoredPlan
) -> None:
    job = searched(client, database, goals={"border": 2.0})
    told = client.get(f"/api/jobs/{job}/proposals").json()
    assert told["job"]["state"] == "done"
    assert (told["plan"], told["level"], told["asked"]["goals"]) == (1, "cell", {"border": 2.0})
    assert told["answer"]["reasons"] == []
    best = told["proposals"][0]
    assert (best["rank"], best["stale"], best["figures"]["units"]) == (0, False, 4)
    assert best["figures"]["residents"] == [1200, 1200]
    assert set(best["scores"]) >= {"border", "compactness"}


def test_a_proposal_is_a_partition_with_findings_and_what_changes(
    client: TestClient, database: Database, square: StoredPlan
) -> None:
    best = client.get(f"/api/jobs/{searched(client, database)}/proposals").json()["proposals"][0]
    answer = client.get(f"/api/proposals/{best['id']}")
    units = answer.json()["features"]
    shapes = [shapely.from_geojson(json.dumps(unit["geometry"])) for unit in units]
    assert shapely.coverage_is_valid(shapes)
    assert sum(shape.area for shape in shapes) == 160_000
    parents = {row["id"] for row in client.get("/api/plans/1/units?level=community").json()["features"]}
    assert {unit["properties"]["parent_id"] for unit in units} == parents
    assert sum(unit["properties"]["moved"] for unit in units) == best["figures"]["moved"]
    changes = client.get(f"/api/proposals/{best['id']}/changes").json()["features"]
    assert sum(area["properties"]["residents"] for area in changes) == best["figures"]["moved"]
    again = client.get(answer.url, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_areas_that_change_name_the_unit_they_leave_and_the_one_they_join(
    client: TestClient, database: Database, square: StoredPlan
) -> None:
    job = searched(
        client, database, level="community", parts=3, bands={"residents": [1200, 1800]}, parts_per_parent=None
    )
    best = client.get(f"/api/jobs/{job}/proposals").json()["proposals"][0]
    changes = client.get(f"/api/proposals/{best['id']}/changes").json()["features"]
    assert best["figures"]["moved"] > 0
    assert sum(area["properties"]["residents"] for area in changes) == best["figures"]["moved"]
    assert {area["properties"]["from"] for area in changes} <= {"西门社区", "东门社区"}
    assert all(area["properties"]["residents"] == 300 * area["properties"]["blocks"] for area in changes)


def test_a_proposal_is_taken_as_a_draft(client: TestClient, database: Database, square: StoredPlan) -> None:
    best = client.get(f"/api/jobs/{searched(client, database)}/proposals").json()["proposals"][0]
    taken = client.post(f"/api/proposals/{best['id']}/take", json={"name": "方案甲"})
    assert (taken.status_code, taken.json()["name"]) == (201, "方案甲")
    plans = client.get("/api/districts/1/plans").json()
    assert ("方案甲", "draft") in [(plan["name"], plan["state"]) for plan in plans]
    again = client.post(f"/api/proposals/{best['id']}/take", json={"name": "方案甲"})
    assert again.status_code == 422
    with database.session() as session:
        session.execute(text("UPDATE plan SET revision = 1 WHERE id = 1"))
    late = client.post(f"/api/proposals/{best['id']}/take", json={})
    assert (late.status_code, late.headers["content-type"]) == (422, "application/problem+json")
    assert "changed since" in late.json()["detail"]


@pytest.mark.parametrize("by_a_person", [True, False])
def test_a_stopped_search_keeps_the_best_so_far_only_for_the_person_who_stopped_it(
    client: TestClient, database: Database, square: StoredPlan, *, by_a_person: bool
) -> None:
    job = client.post("/api/proposals", json={"plan": 1} | CELLS).json()["job"]
    mine = queue.claim(database, "test")
    assert mine is not None
    if by_a_person:
        client.delete(f"/api/jobs/{job}")
    progress = Progress(job=job)
    progress.stop()  # as the lease's thread does for either
    with nullcontext() if by_a_person else pytest.raises(JobCancelledError):
        KINDS["propose"](database, mine.arguments, progress)
    kept = client.get(f"/api/jobs/{job}/proposals").json()["proposals"]
    assert bool(kept) == by_a_person


def test_a_search_is_repeated_step_by_step(
    client: TestClient, database: Database, square: StoredPlan
) -> None:
    job = searched(client, database, steps=None, time_limit_s=0.5, links=[["b00", "b33"]])
    first = client.get(f"/api/jobs/{job}/proposals").json()["proposals"]
    told = client.post(f"/api/proposals/{first[0]['id']}/repeat")
    assert told.status_code == 202
    mine = queue.claim(database, "test")
    assert mine is not None
    work_on(database, mine, KINDS)
    again = client.get(f"/api/jobs/{told.json()['job']}/proposals").json()
    assert again["job"]["state"] == "done"
    assert [one["scores"] for one in again["proposals"]] == [one["scores"] for one in first]
    units = [client.get(f"/api/proposals/{one['id']}").json() for one in (first[0], again["proposals"][0])]
    assert units[0]["features"] == units[1]["features"]


def test_units_have_english_names_where_their_parents_have(
    client: TestClient, database: Database, square: StoredPlan
) -> None:
    with database.session() as session:
        session.execute(text("UPDATE plan_unit SET name_en = 'Ximen Community' WHERE name = '西门社区'"))
    best = client.get(f"/api/jobs/{searched(client, database)}/proposals").json()["proposals"][0]
    units = client.get(f"/api/proposals/{best['id']}").json()["features"]
    names = {unit["properties"]["name"]: unit["properties"]["name_en"] for unit in units}
    assert names["西门社区第二网格"] == "Ximen Community Cell 2"
    assert names["东门社区第一网格"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "/api/proposals/99", None, 404, "no proposal 99"),
        ("GET", "/api/proposals/99/changes", None, 404, "no proposal 99"),
        ("POST", "/api/proposals/99/take", {}, 404, "no proposal 99"),
        ("POST", "/api/proposals/99/repeat", None, 404, "no proposal 99"),
        ("POST", "/api/proposals", {"plan": 1, "time_limit_s": 0}, 422, "time_limit_s"),
        ("POST", "/api/proposals/99/take", {"name": ""}, 422, "name"),
        ("GET", "/api/jobs/99/proposals", None, 404, "no job 99"),
        ("GET", "/api/plans/99/proposing", None, 404, '"first"'),
        ("POST", "/api/proposals", {"plan": 99}, 404, '"first"'),
        ("POST", "/api/proposals", {"plan": 1, "level": "house"}, 422, "level"),
        ("POST", "/api/proposals", {"plan": 1, "goals": {"border": -1}}, 422, "goals.border"),
        ("POST", "/api/proposals", {"plan": 1, "barrier_costs": {"wall": 2}}, 422, "barrier_costs.wall"),
    ],
)
def test_what_cannot_be_done_is_a_problem_with_a_sentence(
    client: TestClient, square: StoredPlan, method: str, path: str, body: Any, status: int, words: str
) -> None:
    answer = client.request(method, path, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]


def test_a_refused_search_is_a_failed_job_with_the_engines_sentence(
    client: TestClient, database: Database, square: StoredPlan
) -> None:
    job = searched(client, database, goals={"beauty": 1.0})
    told = client.get(f"/api/jobs/{job}/proposals").json()
    assert (told["job"]["state"], told["proposals"], told["answer"]) == ("failed", [], None)
    assert "beauty" in told["job"]["error"]
