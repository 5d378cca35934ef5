"""The editing view on a running platform with the district of tests/rules: every test draws on a draft of its own."""

from __future__ import annotations

import json
import os
import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from boundaries.storage.database import Database
from tests.boundaries.redraw.test_shared_rules import ORIGIN, drawn_plan
from tests.e2e.conftest import thrown_by
from tests.e2e.serving import ask, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page, Request

    from tests.conftest import Databases
    from tests.e2e.conftest import LendPage

MIDDLE = (300.0, 200.0)
"""Of the drawn district, metres from its south-western corner."""


@pytest.fixture(scope="session")
def editing_server(databases: Databases, empty_template: str) -> Iterator[str]:
    """The address of ``up`` on a database with the drawn district; its plan is number 1."""
    url = databases.make(empty_template, "editing_page")
    database = Database(url)
    drawn_plan(database)
    with database.session() as session:
        session.execute(
            text(
                "UPDATE district SET geom = (SELECT ST_Multi(ST_Union(b.geom)) FROM block b WHERE b.district_id = district.id)"
            )
        )
    database.close()
    with served(url, "--no-demo") as address:
        yield address


@dataclass
class Desk:
    """One person's page on one draft."""

    page: Page
    server: str
    plan: int
    name: str
    district: str = "rules"
    origin: tuple[float, float] = (float(ORIGIN[0]), float(ORIGIN[1]))
    """Places are metres from here."""
    middle: tuple[float, float] = MIDDLE

    def open(self, address: str = "", *, resolution: float = 1.0, language: str = "zh-CN") -> None:
        """Open the draft with the middle of the district in view and wait until it can be edited."""
        x, y = self.origin[0] + self.middle[0], self.origin[1] + self.middle[1]
        district = next(
            one["id"] for one in ask(self.server, "/api/districts") if one["key"] == self.district
        )
        self.page.goto(
            f"{self.server}/edit?district={district}&plan={self.plan}&at={x:.1f},{y:.1f},{resolution}&lang={language}{address}"
        )
        expect(self.page.locator(".tallies")).to_be_visible(timeout=20_000)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where on the screen a place of the district is."""
        box = self.page.locator("#map").bounding_box()
        assert box is not None
        shown = re.search(r"[?&]at=([\d.]+),([\d.]+),([\d.]+)", self.page.url)
        assert shown is not None
        east, north, resolution = map(float, shown.groups())
        return (
            box["x"] + box["width"] / 2 + (self.origin[0] + x - east) / resolution,
            box["y"] + box["height"] / 2 - (self.origin[1] + y - north) / resolution,
        )

    def select(self, x: float, y: float) -> None:
        self.page.keyboard.press("v")
        self.page.mouse.click(*self.at(x, y))

    def drag(self, *places: tuple[float, float], drop: bool = True) -> None:
        """Press at the first place and drag over the others."""
        mouse = self.page.mouse
        mouse.move(*self.at(*places[0]))
        mouse.down()
        for place in places[1:]:
            mouse.move(*self.at(*place), steps=6)
        if drop:
            mouse.up()

    def line(self, *places: tuple[float, float]) -> None:
        """Click the points of a line."""
        for place in places:
            self.page.mouse.move(*self.at(*place))
            self.page.mouse.click(*self.at(*place))

    def hatched(self, x: float, y: float) -> bool:
        """Return whether something is drawn over the plan 20 pixels around a place away from borders and names."""
        left, top = self.at(x, y)
        box = self.page.locator("#map").bounding_box()
        assert box is not None
        drawn: bool = self.page.evaluate(
            """([x, y]) => document.querySelector('.edit-overlay').getContext('2d').getImageData(x - 10, y - 10, 20, 20)
            .data.some((value, at) => at % 4 === 3 && value > 0)""",
            [round(left - box["x"]), round(top - box["y"])],
        )
        return drawn

    def colours(self, x: float, y: float) -> set[str]:
        """Return the opaque colours, as in ``#a8321a``, drawn over the plan 12 pixels around a place."""
        left, top = self.at(x, y)
        box = self.page.locator("#map").bounding_box()
        assert box is not None
        drawn: list[str] = self.page.evaluate(
            """([x, y]) => {
              const { data } = document.querySelector('.edit-overlay').getContext('2d').getImageData(x - 6, y - 6, 12, 12);
              const hex = (value) => value.toString(16).padStart(2, '0');
              return Array.from({ length: data.length / 4 }, (_, k) => [...data.slice(4 * k, 4 * k + 4)])
                .filter(([, , , alpha]) => alpha === 255).map(([red, green, blue]) => `#${hex(red)}${hex(green)}${hex(blue)}`);
            }""",
            [round(left - box["x"]), round(top - box["y"])],
        )
        return set(drawn)

    def row(self, name: str) -> Locator:
        """The figures of a cell in the tallies."""
        return self.page.locator(".tally-table tbody", has_text=name)

    def stored(self, revision: int) -> None:
        """Wait until the platform has stored everything, at this revision."""
        expect(self.page.locator(".plan-head .stored")).to_contain_text("已全部保存")
        expect(self.page.locator(".plan-head .meta")).to_contain_text(f"第 {revision} 版")

    def assignment(self) -> list[str]:
        """What the platform holds: the keys of cells row by row, as tests/rules draws them."""
        units = {
            one["id"]: one["properties"]["name"]
            for one in ask(self.server, f"/api/plans/{self.plan}/units?level=cell")["features"]
        }
        blocks = ask(self.server, f"/api/plans/{self.plan}/blocks")["blocks"]["features"]
        cells = {
            one["properties"]["key"]: LETTERS.get(units[one["properties"]["unit"]], "N") for one in blocks
        }
        return ["".join(cells.get(f"{row}{column}", "?") for column in range(1, 7)) for row in "abcd"]


LETTERS = {
    "槐树网格": "A", "柳树网格": "C", "钟楼网格": "B", "鼓楼网格": "D", "医院网格": "X", "码头网格": "E", "渡口网格": "F",
    "东门社区未划分网格": "U",
}  # fmt: skip
AS_DRAWN = ["AABBEU", "AABBEE", "CCDDFF", "CCDXFU"]


@pytest.fixture
def draft(editing_server: str) -> int:
    """A new draft of the drawn plan."""
    made: int = ask(editing_server, "/api/plans", {"base": 1, "name": f"草案{os.urandom(4).hex()}"})["plan"]
    return made


@pytest.fixture
def sit_down(lend_page: LendPage, editing_server: str, draft: int) -> Iterator[Callable[..., Desk]]:
    """Seats people at pages of their own on one draft; no page may throw, no request may leave the host."""
    left: list[str] = []
    thrown: list[list[str]] = []

    def note(request: Request) -> None:
        if not _is_own(request.url, editing_server):
            left.append(request.url)

    with ExitStack() as seated:

        def seat(name: str = "王芳", **given: Any) -> Desk:
            page = lend_page(**{"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}, **given})
            kept = json.dumps({"id": name, "name": name, "role": "planner"})
            script = f"localStorage.setItem('wangge.actor', {json.dumps(kept)})"
            seated.enter_context(page.context.add_init_script(script))
            page.context.on("request", note)
            seated.callback(page.context.remove_listener, "request", note)
            thrown.append(seated.enter_context(thrown_by(page)))
            return Desk(page, editing_server, draft, name)

        yield seat
    assert [error for errors in thrown for error in errors] == [], "a page threw errors"
    assert left == [], "a request left the host"


@pytest.fixture
def desk(sit_down: Callable[..., Desk]) -> Desk:
    """One planner at work on the draft."""
    found = sit_down()
    found.open()
    return found


def _is_own(url: str, server: str) -> bool:
    return url.startswith((f"{server}/", "data:", "blob:"))
