"""Editing 3,014 real blocks: what the page shows of a stroke and of a line is what the platform then holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from playwright.sync_api import expect
from shapely.geometry import LineString, Point, shape
from sqlalchemy import text

from boundaries.check import check_plan
from boundaries.exchange import import_layer
from boundaries.plans import find_plan
from boundaries.storage.database import Database
from tests.e2e.serving import ask, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Databases
    from tests.e2e.edit.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.real]


@pytest.fixture(scope="module")
def real_database(databases: Databases, empty_template: str, shared_data: Path) -> Iterator[Database]:
    """The real blocks in wards, which the planner has statistics of, as it has of a plan that is a day old."""
    database = Database(databases.make(empty_template, "editing_providence"))
    with database.session() as session:
        import_layer(session, shared_data / "providence_blocks.zip", "blocks", name="Providence")
    with database.session() as session:
        session.execute(text("ANALYZE"))
    yield database
    database.close()


@pytest.fixture(scope="module")
def editing_server(real_database: Database) -> Iterator[str]:
    with served(real_database.engine.url.render_as_string(hide_password=False), "--no-demo") as address:
        yield address


@pytest.fixture
def draft(editing_server: str) -> int:
    """A draft in which each ward begins as one unassigned cell."""
    asked = {"base": 1, "name": "Redrawn", "levels": ["community", "cell"]}
    made: int = ask(editing_server, "/api/plans", asked)["plan"]
    return made


def residents(features: list[Any]) -> float:
    return float(sum(one["properties"]["residents"] or 0 for one in features))


def test_real_blocks_are_painted_and_split_with_the_figures_the_platform_holds(
    real_database: Database, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down()
    blocks = ask(desk.server, f"/api/plans/{desk.plan}/blocks")["blocks"]["features"]
    shapes = [shape(one["geometry"]) for one in blocks]
    first, second = two_neighbours(blocks, shapes)
    start, end = (shapely.point_on_surface(shapes[at]) for at in (first, second))
    stroke = LineString([start, end])
    swept = [one for one, polygon in zip(blocks, shapes, strict=True) if polygon.intersects(stroke)]

    desk.district = ask(desk.server, "/api/districts")[0]["key"]
    desk.origin, desk.middle = (start.x, start.y), (0.0, 0.0)
    desk.open(resolution=0.5, language="en")
    desk.page.keyboard.press("n")
    desk.drag((0, 0), (end.x - start.x, end.y - start.y), drop=False)
    expect(desk.page.locator(".pointer-figures")).to_contain_text(f"{residents(swept):,.0f}")
    desk.page.mouse.up()
    stored(desk, 1)
    (new,) = (one for one in cells(desk) if one["properties"]["type"] == "ordinary")
    assert residents([new]) == residents(swept)

    split = across(shape(new["geometry"]), stroke)
    desk.page.keyboard.press("s")
    desk.line(*((x - start.x, y - start.y) for x, y in split.coords))
    desk.page.keyboard.press("Enter")
    changing = desk.page.locator(f'.tally-table tbody[data-unit="{new["id"]}"] .residents')
    expect(changing).to_contain_text(re.compile(rf"^{residents(swept):,.0f} → [\d,]+"))
    after = changing.locator("strong").inner_text()
    desk.page.keyboard.press("Enter")
    stored(desk, 2)
    parts = [one for one in cells(desk) if one["properties"]["type"] == "ordinary"]
    assert len(parts) == 2
    assert residents(parts) == residents(swept)
    assert after == f"{residents([one for one in parts if one['id'] == new['id']]):,.0f}"
    with real_database.session() as session:
        assert [str(breach) for breach in check_plan(session, find_plan(session, desk.plan))] == []


def two_neighbours(blocks: list[Any], shapes: list[Any]) -> tuple[int, int]:
    """Return two populous blocks of one ward, far within it, that share a long border."""
    tree = shapely.STRtree(shapes)
    best: tuple[float, int, int] = (0.0, 0, 0)
    for at, polygon in enumerate(shapes):
        if (blocks[at]["properties"]["residents"] or 0) < 100 or polygon.area < 8000:
            continue
        near = tree.query(polygon, predicate="intersects")
        if len({blocks[other]["properties"]["unit"] for other in near}) > 1:
            continue
        for other in near:
            shared = polygon.intersection(shapes[other]).length if other != at else 0.0
            if (blocks[other]["properties"]["residents"] or 0) >= 100 and shared > best[0]:
                best = (shared, at, int(other))
    assert best[0] > 50
    return best[1], best[2]


def across(cell: Any, stroke: LineString) -> LineString:
    """Return the stroke that made a cell, drawn on to five metres outside it."""
    (ax, ay), (bx, by) = stroke.coords
    right, up = (bx - ax) / stroke.length, (by - ay) / stroke.length
    reach = cell.hausdorff_distance(Point(ax, ay))
    ray = LineString([(ax - right * reach, ay - up * reach), (ax + right * reach, ay + up * reach)])
    inside = shapely.get_parts(ray.intersection(cell))
    through = max(inside, key=lambda part: float(part.length))
    (ax, ay), (bx, by) = through.coords
    return LineString([(ax - 5 * right, ay - 5 * up), (bx + 5 * right, by + 5 * up)])


def cells(desk: Desk) -> list[Any]:
    found: list[Any] = ask(desk.server, f"/api/plans/{desk.plan}/units?level=cell")["features"]
    return found


def stored(desk: Desk, revision: int) -> None:
    expect(desk.page.locator(".plan-head .stored")).to_contain_text("all stored")
    expect(desk.page.locator(".plan-head .meta")).to_contain_text(f"revision {revision}")
