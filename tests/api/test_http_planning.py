"""A plan's life over HTTP: from branch to adoption, with comments on the way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

SIGNED = {"X-Wangge-Actor": quote(json.dumps({"id": "w1", "name": "王规划", "role": "planner"}))}


@pytest.fixture
def base(square: StoredPlan, database: Database) -> int:
    with database.session() as session:
        session.execute(
            text(
                "UPDATE plan SET state = 'adopted', authority = 'a', adopted_on = '2020-01-01', "
                "in_force_from = '2020-01-01'"
            )
        )
    return square.plan.id


def post(client: TestClient, path: str, body: Any = None, status: int = 200) -> Any:
    answer = client.post(f"/api{path}", json=body, headers=SIGNED)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_from_branch_to_plan_in_force(client: TestClient, base: int) -> None:
    made = post(client, "/plans", {"base": base, "name": "新方案"}, 201)
    plan = made["plan"]
    assert (
        client.patch(f"/api/plans/{plan}", json={"name": "更新方案"}, headers=SIGNED).json()["name"]
        == "更新方案"
    )
    headers = SIGNED | {"If-Match": '"0"'}
    body = {"operation": "assign", "arguments": {"unit": 5, "blocks": [2]}}
    assert client.post(f"/api/plans/{plan}/edits", json=body, headers=headers).status_code == 200
    ready = client.get(f"/api/plans/{plan}/readiness").json()
    assert [(one["kind"], one["unit"], one["needs_reason"]) for one in ready] == [
        ("rule", 2, True),
        ("rule", 4, True),
        ("rule", 3, True),
    ]
    decision = {"authority": "区政府", "number": "7号", "date": "2026-07-01", "reasons": {}}
    assert post(client, f"/plans/{plan}/adopt", decision, 422)["key"] == "wrong-state"
    assert post(client, f"/plans/{plan}/submit")["state"] == "submitted"
    refused = post(client, f"/plans/{plan}/adopt", decision, 422)
    assert (refused["key"], len(refused["hindrances"])) == ("not-ready", 3)
    decision["reasons"] = {str(one["unit"]): "另有考虑" for one in ready}
    assert post(client, f"/plans/{plan}/adopt", decision)["state"] == "adopted"
    listed = client.get("/api/districts/1/plans").json()
    assert [(one["id"], one["state"], one["in_force"]) for one in listed] == [
        (plan, "adopted", True),
        (base, "superseded", False),
    ]
    for day, found in (("2026-06-30", [base]), ("2026-07-01", [plan]), ("2019-01-01", [])):
        answer = client.get("/api/districts/1/plans", params={"as_of": day}).json()
        assert [(one["id"], one["in_force"]) for one in answer] == [(one, True) for one in found]
    assert client.get("/api/districts/1/plans", params={"as_of": "2026-13-01"}).status_code == 422
    steps = client.get(f"/api/plans/{plan}/steps").json()
    assert [step["step"] for step in steps] == ["branch", "rename", "submit", "adopt"]
    assert steps[-1]["details"]["number"] == "7号"


def test_an_archived_draft_says_so_and_comes_back(client: TestClient, base: int) -> None:
    plan = post(client, "/plans", {"base": base}, 201)["plan"]
    post(client, f"/plans/{plan}/archive")
    states = {one["id"]: one["state"] for one in client.get("/api/districts/1/plans").json()}
    assert states == {base: "adopted", plan: "archived"}
    assert post(client, f"/plans/{plan}/submit", None, 422)["key"] == "wrong-state"
    assert post(client, f"/plans/{plan}/restore")["state"] == "draft"


def test_plans_are_compared_with_matrix_pairs_and_areas(client: TestClient, base: int) -> None:
    plan = post(client, "/plans", {"base": base}, 201)["plan"]
    headers = SIGNED | {"If-Match": '"0"'}
    body = {"operation": "assign", "arguments": {"unit": 5, "blocks": [2]}}
    client.post(f"/api/plans/{plan}/edits", json=body, headers=headers)
    answer = client.get(f"/api/plans/{base}/compare/{plan}")
    told = answer.json()
    assert (told["same_blocks"], told["by"], told["count_date"]) == (True, "blocks", "2020-11-01")
    assert told["moved"]["cell"]["residents"] == 300
    assert told["moved"]["community"]["share"] == 300 / 4800
    assert told["moved"]["street"]["residents"] == 0
    assert [4, 5, 300, 100, 0, 10_000, True] in told["matrix"]["cell"]
    assert [5, 5, 1200, 400, 0, 40_000, False] in told["matrix"]["cell"]
    [pair] = told["pairs"]
    assert (pair["old"], pair["new"], pair["bounds"]) == (4, 5, [500_100, 3_700_000, 500_200, 3_700_100])
    assert {unit["name"] for unit in told["units"]["old"] if unit["level"] == "community"} == {
        "西门社区",
        "东门社区",
    }
    again = client.get(answer.url, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    areas = client.get(f"/api/plans/{base}/compare/{plan}/areas", params={"level": "community"}).json()[
        "features"
    ]
    assert [(one["properties"]["old"], one["properties"]["new"]) for one in areas] == [(2, 3)]
    wrong = client.get(f"/api/plans/{base}/compare/{plan}/areas", params={"level": "\u200b网格"})
    assert (wrong.status_code, wrong.json()["key"]) == (422, "argument")


def test_comments_are_pinned_answered_and_resolved(client: TestClient, base: int) -> None:
    said = {"at": [500_050, 3_700_050], "text": "为何？", "unit": 4}
    first = post(client, f"/plans/{base}/comments", said, 201)["id"]
    post(client, f"/comments/{first}/replies", {"text": "如此。"}, 201)
    post(client, f"/comments/{first}/resolve", None, 204)
    [told] = client.get(f"/api/plans/{base}/comments").json()
    assert (told["at"], told["unit"], told["replies"][0]["text"]) == ([500_050, 3_700_050], 4, "如此。")
    assert told["resolved_by"]["name"] == "王规划"
    post(client, f"/comments/{first}/reopen", None, 204)
    assert client.get(f"/api/plans/{base}/comments").json()[0]["resolved_at"] is None


@pytest.mark.parametrize(
    ("path", "body", "status", "key"),
    [
        ("/plans", {"base": 99}, 404, "not-found"),
        ("/plans", {"base": 1, "name": "first"}, 422, "plan"),
        ("/plans", {"base": 1, "name": "7"}, 422, "argument"),
        ("/plans", {"base": 1, "levels": ["cell"]}, 422, "argument"),
        ("/plans", {"base": 1, "colour": "red"}, 422, "argument"),
        ("/plans/1/withdraw", None, 422, "wrong-state"),
        ("/plans/1/comments", {"at": [1], "text": "x"}, 422, "argument"),
        ("/plans/1/comments", {"at": [1, 2], "text": "x", "unit": 999}, 404, "not-found"),
        ("/plans/1/comments", {"at": [1, 2], "text": "\x00"}, 422, "argument"),
        ("/comments/999/resolve", None, 404, "not-found"),
        ("/plans/1/adopt", {"authority": "a", "number": "1", "date": "someday"}, 422, "argument"),
    ],
)
def test_what_cannot_be_is_refused_with_a_key(
    client: TestClient, base: int, path: str, body: Any, status: int, key: str
) -> None:
    assert post(client, path, body, status)["key"] == key


def test_every_step_is_signed(client: TestClient, base: int) -> None:
    for path in ("/plans", f"/plans/{base}/submit", f"/plans/{base}/comments", "/comments/1/resolve"):
        answer = client.post(f"/api{path}", json={"base": base, "at": [1, 2], "text": "x"})
        assert answer.status_code in {400, 422}


def test_a_draft_is_brought_up_to_date_and_conflicts_are_told(client: TestClient, base: int) -> None:
    mine, theirs = (post(client, "/plans", {"base": base}, 201)["plan"] for _ in range(2))
    for plan, unit in ((mine, 5), (theirs, 6)):
        body = {"operation": "assign", "arguments": {"unit": unit, "blocks": [6]}}
        headers = SIGNED | {"If-Match": '"0"'}
        assert client.post(f"/api/plans/{plan}/edits", json=body, headers=headers).status_code == 200
    post(client, f"/plans/{theirs}/submit")
    ready = client.get(f"/api/plans/{theirs}/readiness").json()
    decision = {"authority": "a", "number": "1", "date": "2026-07-01"}
    reasons = {str(one["unit"]): "试" for one in ready}
    post(client, f"/plans/{theirs}/adopt", decision | {"reasons": reasons})
    assert client.get(f"/api/plans/{mine}/readiness").json()[0]["kind"] == "base"
    refused = post(client, f"/plans/{mine}/update", {}, 409)
    assert refused["key"] == "conflicts"
    assert [feature["id"] for feature in refused["conflicts"]["features"]] == ["6"]
    done = post(client, f"/plans/{mine}/update", {"resolve": {"6": "theirs"}})
    assert (done["base"], done["revision"], done["edit"]["operation"]) == (theirs, 2, "bring-up-to-date")
    assert post(client, f"/plans/{mine}/update", {}, 422)["key"] == "nothing-to-do"
    assert post(client, f"/plans/{mine}/update", {"resolve": {"6": "ours"}}, 422)["key"] == "argument"
