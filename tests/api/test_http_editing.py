"""Editing over HTTP: an edit answers with just what changed, and a refusal with its key."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import shapely
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from boundaries.check import check_plan
from boundaries.plans import find_plan

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

WANG = {"id": "w1", "name": "王规划", "role": "planner"}
LI = {"id": "l1", "name": "李规划", "role": "planner"}


class Planner:
    """Someone who edits over HTTP."""

    def __init__(self, client: TestClient, plan: int, actor: dict[str, str] = WANG) -> None:
        self.client, self.path = client, f"/api/plans/{plan}/edits"
        self.headers = {"X-Wangge-Actor": quote(json.dumps(actor, ensure_ascii=False))}

    def edit(
        self,
        operation: str,
        arguments: dict[str, Any],
        revision: int | str | None = 0,
        *,
        request: str | None = None,
        path: str = "",
    ) -> Any:
        matching = {} if revision is None else {"If-Match": f'"{revision}"'}
        body = {"operation": operation, "arguments": arguments, "request": request}
        kind = {"Content-Type": "application/json"}
        return self.client.post(
            self.path + path, content=json.dumps(body), headers=self.headers | matching | kind
        )


@pytest.fixture
def wang(client: TestClient, square: StoredPlan) -> Planner:
    return Planner(client, square.plan.id)


@pytest.fixture
def li(client: TestClient, square: StoredPlan) -> Planner:
    return Planner(client, square.plan.id, LI)


def everything(client: TestClient, plan: int) -> list[Any]:
    levels = [
        client.get(f"/api/plans/{plan}/units", params={"level": level}).json()
        for level in ("street", "community", "cell")
    ]
    return [client.get(f"/api/plans/{plan}/blocks").json(), *levels]


def test_an_edit_answers_with_just_what_changed(
    wang: Planner, client: TestClient, square: StoredPlan
) -> None:
    southwest, southeast = square.unit_ids["cell"][:2].tolist()
    answer = wang.edit("assign", {"unit": southeast, "blocks": [2]})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["plan"], told["revision"], answer.headers["etag"]) == (square.plan.id, 1, '"1"')
    assert told["assignment"] == [[2, southeast]]
    assert (told["removed_units"], told["blocks"], told["borders"]) == ([], [], [])
    changed = {unit["id"]: unit["properties"] for unit in told["units"]}
    assert {southwest, southeast} <= set(changed)
    assert (changed[southwest]["residents"], changed[southeast]["residents"]) == (900, 1500)
    assert told["broken"] == [
        {"unit": southwest, "rule": "residents", "value": 900.0, "low": 1000.0, "high": 1500.0}
    ]
    assert told["edit"]["actor"] == {**WANG, "verified": False}
    cells = client.get(f"/api/plans/{square.plan.id}/units", params={"level": "cell"}).json()["features"]
    for cell in cells:
        mine = [unit for unit in told["units"] if unit["id"] == cell["id"]]
        assert not mine or mine[0] == cell
    assert sum(shapely.from_geojson(json.dumps(cell["geometry"])).area for cell in cells) == 160_000


def test_a_preview_tells_the_same_and_stores_nothing(
    wang: Planner, client: TestClient, square: StoredPlan, database: Database
) -> None:
    before = everything(client, square.plan.id)
    arguments = {"unit": int(square.unit_ids["cell"][1]), "blocks": [2]}
    tried = wang.edit("assign", arguments, path="/preview")
    assert (tried.status_code, tried.json()["preview"]) == (200, True)
    assert everything(client, square.plan.id) == before
    done = wang.edit("assign", arguments).json()
    for key in ("assignment", "units", "broken", "mended", "removed_units"):
        assert tried.json()[key] == done[key]
    with database.session() as session:
        assert check_plan(session, find_plan(session, square.plan.id)) == []


def test_sending_an_edit_again_does_it_once(wang: Planner, client: TestClient, square: StoredPlan) -> None:
    arguments = {"unit": int(square.unit_ids["cell"][1]), "blocks": [2]}
    first = wang.edit("assign", arguments, request="a-uuid").json()
    again = wang.edit("assign", arguments, request="a-uuid")
    assert (again.status_code, again.json()["revision"]) == (200, 1)
    assert again.json()["assignment"] == first["assignment"]
    assert len(client.get(f"/api/plans/{square.plan.id}/edits").json()["edits"]) == 1


def test_an_older_revision_is_rebased_where_places_differ_and_refused_with_both_sides_where_not(
    wang: Planner, li: Planner, square: StoredPlan
) -> None:
    southwest, southeast, northwest, northeast = square.unit_ids["cell"].tolist()
    assert wang.edit("assign", {"unit": southeast, "blocks": [2]}).status_code == 200
    beside = li.edit("assign", {"unit": northeast, "blocks": [14]})
    assert beside.status_code == 200, beside.text
    assert [edit["actor"]["name"] for edit in beside.json()["rebased_over"]] == ["王规划"]
    same = li.edit("assign", {"unit": northwest, "blocks": [2]})
    assert (same.status_code, same.headers["content-type"]) == (412, "application/problem+json")
    refused = same.json()
    assert (refused["key"], refused["revision"]) == ("stale", 2)
    assert refused["mine"] == {"operation": "assign", "arguments": {"unit": northwest, "blocks": [2]}}
    assert [edit["revision"] for edit in refused["theirs"]] == [1]
    assert southwest


@pytest.mark.parametrize(
    ("operation", "arguments", "revision", "status", "key"),
    [
        ("assign", {"unit": 5, "blocks": [2]}, None, 428, "precondition-required"),
        ("assign", {"unit": 5, "blocks": [2]}, "x", 422, "argument"),
        ("assign", {"unit": 5, "blocks": [2]}, 7, 412, "stale"),
        ("paint", {}, 0, 422, "argument"),
        ("assign", {"unit": 5}, 0, 422, "argument"),
        ("assign", {"unit": 5, "blocks": [2], "force": True}, 0, 422, "argument"),
        ("assign", {"unit": 99, "blocks": [2]}, 0, 422, "unknown-unit"),
        ("assign", {"unit": 5, "blocks": [99]}, 0, 422, "unknown-block"),
        ("assign", {"unit": 4, "blocks": [1, 2]}, 0, 422, "nothing-to-do"),
        ("assign", {"unit": 5, "blocks": [1, 2, 5, 6]}, 0, 422, "last-block"),
        ("assign", {"unit": 5, "blocks": [1]}, 0, 422, "not-contiguous"),
        ("merge", {"units": [4], "into": 7}, 0, 422, "not-touching"),
        ("update", {"unit": 4, "code": "320812001002001"}, 0, 422, None),
        ("update", {"unit": 4, "name": "\ud800"}, 0, 422, "argument"),
        ("undo", {}, 0, 422, "nothing-to-undo"),
    ],
)
def test_refusals_carry_a_key_and_leave_the_plan_alone(
    wang: Planner,
    client: TestClient,
    square: StoredPlan,
    operation: str,
    arguments: dict[str, Any],
    revision: int | str | None,
    status: int,
    key: str | None,
) -> None:
    before = everything(client, square.plan.id)
    answer = wang.edit(operation, arguments, revision)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert key is None or answer.json()["key"] == key
    assert answer.json()["detail"].strip()
    assert everything(client, square.plan.id) == before


@pytest.mark.parametrize(
    "header",
    [None, "", "name", "%7B%7D", quote('{"id": "1", "name": "", "role": "planner"}'),
     quote('{"id": "1", "name": "王", "role": "king"}'), quote('{"id": 1, "name": "王", "role": "planner"}'),
     quote('{"id": "1", "name": "\\ud800", "role": "planner"}'), quote("[1]"), "%ff", "[" * 5000],
)  # fmt: skip
def test_an_edit_is_signed(wang: Planner, header: str | None) -> None:
    wang.headers = {} if header is None else {"X-Wangge-Actor": header}
    answer = wang.edit("assign", {"unit": 5, "blocks": [2]})
    assert (answer.status_code, answer.json()["key"]) == (400, "actor")


def test_any_revision_will_do_with_a_star(wang: Planner) -> None:
    assert wang.edit("assign", {"unit": 5, "blocks": [2]}, "*").status_code == 200
    assert wang.edit("undo", {}, "*").json()["revision"] == 2


def test_the_log_is_read_newest_first_page_by_page_and_by_actor(
    wang: Planner, li: Planner, client: TestClient, square: StoredPlan
) -> None:
    for number in range(5):
        (wang if number % 2 else li).edit("update", {"unit": 4, "name": f"西南{number}网格"}, number)
    path = f"/api/plans/{square.plan.id}/edits"
    first = client.get(path, params={"limit": 2}).json()
    assert ([edit["revision"] for edit in first["edits"]], first["next"]) == ([5, 4], 4)
    rest = client.get(path, params={"before": first["next"]}).json()
    assert ([edit["revision"] for edit in rest["edits"]], rest["next"]) == ([3, 2, 1], None)
    mine = client.get(path, params={"actor": "w1"}).json()["edits"]
    assert [edit["revision"] for edit in mine] == [4, 2]
    assert client.get(path, params={"limit": 0}).status_code == 422


def test_an_edit_that_cannot_be_committed_is_not_acknowledged(
    wang: Planner, client: TestClient, square: StoredPlan
) -> None:
    before = everything(client, square.plan.id)

    def fail(_session: Session) -> None:
        raise RuntimeError("the disk is full")

    event.listen(Session, "before_commit", fail)
    try:
        answer = wang.edit("assign", {"unit": 5, "blocks": [2]})
    finally:
        event.remove(Session, "before_commit", fail)
    assert (answer.status_code, answer.json()["key"]) == (500, "internal")
    assert everything(client, square.plan.id) == before


@pytest.mark.parametrize("before", [-1, 2**31, 10**30])
def test_a_page_before_a_revision_no_plan_can_have_is_refused(
    client: TestClient, wang: Planner, before: int
) -> None:
    assert client.get(wang.path, params={"before": before}).status_code == 422


@pytest.mark.parametrize("plan", [2**63, 10**30, -(10**30)])
def test_a_plan_that_no_number_can_name_is_not_found(client: TestClient, wang: Planner, plan: int) -> None:
    assert client.get(f"/api/plans/{plan}/edits").status_code == 404


@pytest.mark.parametrize("path", ["", "/preview"])
@pytest.mark.parametrize("plan", [999, 2**63])
def test_an_edit_of_a_plan_that_is_not_there_is_told_which_plans_are(
    client: TestClient, square: StoredPlan, plan: int, path: str
) -> None:
    who = Planner(client, plan)
    answer = who.edit("update", {"unit": 4, "name": "新网格"}, "*", path=path)
    assert (answer.status_code, answer.json()["key"]) == (404, "not-found")
    assert f'{square.plan.id} "{square.plan.name}"' in answer.json()["detail"]


def test_two_who_edit_at_once_both_stand_in_the_log(
    wang: Planner, li: Planner, client: TestClient, square: StoredPlan, database: Database
) -> None:
    def work(who: Planner, unit: int) -> list[int]:
        return [
            who.edit("update", {"unit": unit, "name": f"{unit}号{number}网格"}, "*").status_code
            for number in range(8)
        ]

    with ThreadPoolExecutor(2) as pool:
        codes = [*pool.map(work, (wang, li), (4, 7))]
    assert codes == [[200] * 8, [200] * 8]
    edits = client.get(f"/api/plans/{square.plan.id}/edits").json()["edits"]
    assert [edit["revision"] for edit in edits] == list(range(16, 0, -1))
    with database.session() as session:
        assert check_plan(session, find_plan(session, square.plan.id)) == []
        assert session.scalar(text("SELECT count(*) FROM edit")) == 16


def test_what_changed_since_a_revision_is_told_as_one(
    wang: Planner, client: TestClient, square: StoredPlan
) -> None:
    path = f"/api/plans/{square.plan.id}/changes"
    wang.edit("assign", {"unit": 5, "blocks": [2]}, 0)
    wang.edit("update", {"unit": 7, "name": "新东北网格"}, 1)
    told = client.get(path, params={"since": 0}).json()
    assert (told["revision"], told["assignment"], "edit" in told) == (2, [[2, 5]], False)
    assert {unit["id"]: unit["properties"]["name"] for unit in told["units"]}[7] == "新东北网格"
    assert client.get(path, params={"since": 2}).json()["units"] == []
    assert client.get(path, params={"since": 3}).status_code == 422
    assert client.get(path).status_code == 422


def test_the_plan_is_seen_as_it_was_at_a_revision(
    wang: Planner, client: TestClient, square: StoredPlan
) -> None:
    first = everything(client, square.plan.id)[1:]
    wang.edit("assign", {"unit": 5, "blocks": [2]}, 0)
    wang.edit("create", {"level": "cell", "parent": 3, "blocks": [11], "name": "新网格"}, 1)
    path = f"/api/plans/{square.plan.id}/units"
    for level, before in zip(("street", "community", "cell"), first, strict=True):
        then = client.get(path, params={"level": level, "revision": 0}).json()
        for unit in [*then["features"], *before["features"]]:
            unit["geometry"] = shapely.from_geojson(json.dumps(unit["geometry"])).normalize().wkt
            unit["properties"].pop("colour")  # colours need only differ between neighbours
        assert sorted(then["features"], key=lambda u: u["id"]) == sorted(
            before["features"], key=lambda u: u["id"]
        )
    now = client.get(path, params={"level": "cell", "revision": 2}).json()
    assert now == client.get(path, params={"level": "cell"}).json()
    assert client.get(path, params={"level": "cell", "revision": 3}).status_code == 422


def test_a_fork_begins_where_one_was_with_ones_own_edits(
    wang: Planner, li: Planner, client: TestClient, square: StoredPlan, database: Database
) -> None:
    wang.edit("assign", {"unit": 5, "blocks": [2]}, 0)
    refused = li.edit("assign", {"unit": 6, "blocks": [2]}, 0)
    assert refused.status_code == 412
    mine = {"operation": "assign", "arguments": {"unit": 6, "blocks": [6]}}
    answer = client.post(
        f"/api/plans/{square.plan.id}/fork", json={"revision": 0, "edits": [mine]}, headers=li.headers
    )
    assert answer.status_code == 201, answer.text
    forked = answer.json()["plan"]
    blocks = client.get(f"/api/plans/{forked}/blocks").json()
    units = {one["id"]: one["properties"]["unit"] for one in blocks["blocks"]["features"]}
    assert (units[2], units[6]) == (4, 6)
    with database.session() as session:
        assert check_plan(session, find_plan(session, forked)) == []
    wrong = {"revision": 0, "edits": [{"operation": "assign", "arguments": {"unit": 99, "blocks": [6]}}]}
    answer = client.post(f"/api/plans/{square.plan.id}/fork", json=wrong, headers=li.headers)
    assert (answer.status_code, answer.json()["key"]) == (422, "unknown-unit")
    assert len(client.get("/api/districts/1/plans").json()) == 2
