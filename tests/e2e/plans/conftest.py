"""The page against a drawn district whose plans can be branched, compared, reviewed and adopted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from sqlalchemy import text

from boundaries.storage.database import Database
from tests.boundaries.conftest import square_plan
from tests.e2e.page.conftest import (
    CELL_M,
    NAMES,
    X0,
    Y0,
    DrawnPlatform,
    Json,
    base_url,
    browser_context_args,
    collection,
    feature,
    plan,
    units,
)
from tests.e2e.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.conftest import Databases
    from tests.e2e.answering import Answering, Asked

__all__ = ["base_url", "browser_context_args"]

WHO = {"id": "a1b2", "name": "王敏", "role": "planner"}


def patch(column: float, row: float, wide: float, high: float) -> Json:
    """A part of a cell, without nodes at its neighbours' corners."""
    x, y, w, h = X0 + column * CELL_M, Y0 + row * CELL_M, wide * CELL_M, high * CELL_M
    return {"type": "Polygon", "coordinates": [[[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]]]}


def draft(id_: int = 3, name: str = "2012年草案", **given: Any) -> Json:
    return plan(
        id_, name,
        **{
            "state": "draft", "in_force": False, "authority": None, "number": None, "adopted_on": None,
            "in_force_from": None, "base_id": 2, "created_by": "王敏", "created_at": "2012-03-04T08:00:00+08:00", "revision": 7,
        } | given,
    )  # fmt: skip


def old_plan() -> Json:
    return plan(
        1, "2009年方案", state="superseded", in_force=False, in_force_from="2009-01-01", in_force_to="2010-07-01",
        adopted_on="2008-12-20", number="清政发〔2008〕77号",
    )  # fmt: skip


def comparison() -> Json:
    """Cell 100 gives 300 residents to 102, 103 gives 40 to 104 and with them community 10 to 11."""
    moved = {
        "residents": 340,
        "floating": 25,
        "households": 110,
        "buildings": 9,
        "area_m2": 9700,
        "share": 0.018,
    }
    cells = [
        [102, 102, 1200, 410, 24, 90_000, False], [101, 101, 1200, 410, 24, 90_000, False],
        [100, 100, 1232, 380, 15, 80_000, False], [100, 102, 300, 100, 8, 9_000, True], [103, 104, 40, 10, 1, 700, True],
    ]  # fmt: skip
    communities = [[10, 10, 4760, 1600, 90, 350_000, False], [10, 11, 40, 10, 1, 700, True]]
    less = moved | {"residents": 40, "households": 10, "buildings": 1, "share": 0.002}
    named = [
        {"id": one["id"], "level": level, "name": one["properties"]["name"], "name_en": one["properties"]["name_en"], "code": None}
        for level, found in units().items()
        for one in found
    ]  # fmt: skip
    return {
        "same_blocks": True, "by": "blocks", "moved": {"street": less | {"residents": 0, "share": 0}, "community": less, "cell": moved},
        "matrix": {"street": [[1, 1, 9600, 3200, 190, 720_000, False]], "community": communities, "cell": cells},
        "units": {"old": named, "new": named}, "pairs": [],
    }  # fmt: skip


def differing() -> Json:
    def area(k: int, old: int, new: int, residents: int, geometry: Json) -> Json:
        given = {"old": old, "new": new, "residents": residents, "households": residents // 3, "buildings": 3}
        return feature(k, geometry, given)

    return collection(
        [area(1, 100, 102, 300, patch(0.6, 0, 0.4, 0.5)), area(2, 103, 104, 40, patch(1.8, 1.5, 0.2, 0.2))]
    )


def conflicts() -> Json:
    """What both sides gave to another unit; one of these is in the plan in force only."""

    def one(k: int, mine: int, theirs: int, geometry: Json) -> Json:
        properties = {"mine": mine, "theirs": theirs, "residents": 120 * k}
        for side, unit_ in (("mine", mine), ("theirs", theirs)):
            name = dict(enumerate(NAMES, 100)).get(unit_, "新渡口")
            properties |= {f"{side}_name": name, f"{side}_name_en": f"Cell of {name}"}
        return feature(k, geometry, properties)

    return collection(
        [one(1, 100, 999, patch(0.7, 0.1, 0.3, 0.3)), one(2, 104, 106, patch(2.7, 0.1, 0.3, 0.3))]
    )


def comment(id_: int, x: float, text: str, **given: Any) -> Json:
    author = {"name": "李工", "role": "reviewer"}
    at = [X0 + x * CELL_M, Y0 + 150]
    return {
        "id": id_, "at": at, "unit": 100, "text": text, "author": author, "created_at": "2012-04-01T09:30:00+08:00",
        "resolved_at": None, "replies": [],
    } | given  # fmt: skip


def hindrances() -> list[Json]:
    where = [X0, Y0, X0 + 300, Y0 + 300]
    rule = {"name": "柳堤东", "value": 1532, "measure": "residents", "low": 1000, "high": 1500}
    apart = {"level": "cell", "name": "府前里", "pieces": 2, "block": "0417", "at": "(409450.0, 3718100.0)"}
    return [
        {"kind": "rule", "unit": 100, "said": {"text": "as sent", "key": "ready-rule", "values": rule}, "bounds": where, "needs_reason": True},
        {"kind": "contiguity", "unit": 101, "said": {"text": "as sent", "key": "check-pieces", "values": apart}, "bounds": where, "needs_reason": False},
    ]  # fmt: skip


@dataclass
class PlansPlatform(DrawnPlatform):
    """Answers what is asked of plans as wholes, and keeps what was sent by whom."""

    comments: list[Json] = field(default_factory=list)
    readiness: list[Json] = field(default_factory=list)
    conflicts: Json | None = None
    compared: Json = field(default_factory=comparison)
    changes: list[tuple[str, str, Json, Json | None]] = field(default_factory=list)
    """Method, path, body and actor of every change."""

    def answer(self, asked: Asked) -> None:
        if asked.method == "GET":
            super().answer(asked)
            return
        path, body = urlsplit(asked.url).path, json.loads(asked.body or b"{}")
        actor = asked.headers.get("x-wangge-actor")
        self.changes.append((asked.method, path, body, json.loads(unquote(actor)) if actor else None))
        self._change(asked, path, body)

    def _change(self, asked: Asked, path: str, body: Json) -> None:
        status, said = 200, {}
        if path == "/api/plans":
            self.plans = [*self.plans, draft(9, body["name"])]
            status, said = 201, {"plan": 9, "name": body["name"]}
        elif (
            path.endswith("/update")
            and self.conflicts
            and len(body.get("resolve", {})) < len(self.conflicts["features"])
        ):
            status, said = (
                409,
                {"detail": "both sides changed 2 blocks.", "key": "conflicts", "conflicts": self.conflicts},
            )
        elif path.endswith("/comments"):
            self.comments = [*self.comments, comment(70, 0, body["text"], at=body["at"], author=WHO)]
            said = {"id": 70}
        elif path.endswith("/resolve"):
            self.comments = [one | {"resolved_at": "2012-04-02T10:00:00+08:00"} for one in self.comments]
        elif path.endswith("/replies"):
            reply = {"id": 71, "text": body["text"], "author": WHO, "created_at": "2012-04-02T09:00:00+08:00"}
            self.comments = [one | {"replies": [*one["replies"], reply]} for one in self.comments]
        kind = "application/problem+json" if status >= 400 else "application/json"
        asked.answer(json.dumps(said), status=status, kind=kind)

    def _json(self, path: list[str], query: dict[str, str]) -> Any:
        match path:
            case ["plans", _, "compare", _]:
                return self.compared
            case ["plans", _, "compare", _, "areas"]:
                return differing()
            case ["plans", _, "comments"]:
                return self.comments
            case ["plans", _, "readiness"]:
                return self.readiness
            case ["plans", _, "units", id_, "sheet"]:
                return sheet(int(id_))
        return super()._json(path, query)


def sheet(id_: int) -> Json:
    """What the server tells of a cell: neighbours, border, staff, halls."""
    named = {"name": "淮海北路", "name_en": "North Huaihai Road"}
    run = {
        "neighbour": 101,
        "kind": "arterial",
        "facing": "north",
        "length_m": 300.0,
        "from": None,
        "to": {"name": "长征路", "name_en": None},
    }
    return {
        "unit": {"id": id_, "level": "cell", "code": f"3208120{id_:05d}", "name": "柳堤东", "name_en": "Cell of 柳堤东", "type": "ordinary"},
        "plan": {"id": 2, "revision": 3},
        "neighbours": [
            {"id": 101, "code": "1", "name": "府前里", "name_en": "Cell of 府前里", "facing": "north", "border_m": 300.0},
            {"id": 102, "code": "2", "name": "钵池南", "name_en": "Cell of 钵池南", "facing": "east", "border_m": 300.0},
        ],
        "border": [
            run | named,
            {"neighbour": 102, "kind": "lane", "name": None, "name_en": None, "facing": "east", "length_m": 300.0, "from": None, "to": None},
            {"neighbour": None, "kind": None, "name": None, "name_en": None, "facing": "south_west", "length_m": 600.0, "from": None, "to": None},
        ],
        "rim_m": 600.0,
        "staff": [{"role": "manager", "level": "cell", "headcount": 1, "sources": ["s"]}, {"role": "volunteer", "level": "cell", "headcount": 1, "sources": ["s"]}],
        "vacancies": [{"role": "volunteer", "missing": 1, "severity": "warning"}],
        "service_points": [
            {"id": 1, "name": "柳堤社区服务中心", "name_en": "Liudi hall", "kind": "community_hall", "level": "community", "windows": 3, "offers": 28,
             "place": [X0 + 450, Y0 + 330], "inside": False, "distance_m": 150, "serves": True},
        ],
    }  # fmt: skip


@pytest.fixture
def plans(page: Page, server_of_answers: Answering) -> Iterator[PlansPlatform]:
    """The page in a browser with three plans: 2009, 2010 in force, and a draft of 2012; the actor is known."""
    platform = PlansPlatform(page, server_of_answers, plans=[plan(), draft(), old_plan()])
    known = f"localStorage.setItem('wangge.actor', JSON.stringify({json.dumps(WHO)}))"
    with page.add_init_script(known), platform.answering():
        yield platform


@pytest.fixture(scope="session")
def plans_server(databases: Databases, empty_template: str) -> Iterator[tuple[str, str]]:
    """A database with the schema and nothing in it, and the address of ``up`` on it."""
    url = databases.make(empty_template, "plans_page")
    with served(url, "--no-demo") as address:
        yield url, address


@pytest.fixture
def drawn(databases: Databases, plans_server: tuple[str, str]) -> Iterator[Database]:
    """The database of the drawn district of four cells, drawn anew; its plan 1 is a draft."""
    url, _ = plans_server
    databases.empty(url)
    database = Database(url)
    square_plan(database)
    with database.session() as session:
        session.execute(text("UPDATE district SET geom = (SELECT ST_Multi(ST_Union(geom)) FROM block)"))
    yield database
    database.close()


@pytest.fixture
def server(drawn: Database, plans_server: tuple[str, str]) -> str:
    """The address of ``up`` on the drawn district."""
    _, address = plans_server
    return address
