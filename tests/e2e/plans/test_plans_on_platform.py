"""A plan's life on a running platform: adopted, branched, compared, merged, and a unit's sheet, on a district drawn by hand."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from boundaries.storage.database import Database
from tests.boundaries.conftest import square_plan
from tests.conftest import PROJECT
from tests.e2e.plans.conftest import WHO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.conftest import Databases

pytestmark = pytest.mark.browser


@pytest.fixture
def server(databases: Databases, empty_template: str) -> Iterator[str]:
    """The address of ``up`` on the drawn district of four cells; its plan 1 is a draft."""
    url = databases.make(empty_template)
    database = Database(url)
    square_plan(database)
    with database.session() as session:
        session.execute(text("UPDATE district SET geom = (SELECT ST_Multi(ST_Union(geom)) FROM block)"))
    database.close()
    with tempfile.TemporaryDirectory(prefix="wangge-plans-") as folder:
        up = subprocess.Popen(
            [sys.executable, "-m", "api", "up", "--port", "0", "--no-demo", "--data", folder],
            cwd=PROJECT, env={**os.environ, "WANGGE_DATABASE_URL": url}, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert up.stdout is not None
        told = next(
            (found for line in up.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line))), None
        )
        assert told, "the server did not start"
        yield told.group()
        up.send_signal(signal.SIGINT)
        assert up.wait(30) == 0
        up.stdout.close()


def ask(server: str, path: str, body: dict[str, Any] | None = None, revision: int | None = None) -> Any:
    """Ask the server as somebody else would."""
    headers = {"Content-Type": "application/json", "X-Wangge-Actor": urllib.parse.quote(json.dumps(WHO))}
    if revision is not None:
        headers["If-Match"] = f'"{revision}"'
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(server + path, data, headers), timeout=30) as answer:
        return json.loads(answer.read())


def assign(server: str, plan: int, key: str, cell: str) -> None:
    """Give a block to the cell of a name."""
    read = ask(server, f"/api/plans/{plan}/blocks")
    block = next(one["id"] for one in read["blocks"]["features"] if one["properties"]["key"] == key)
    units = ask(server, f"/api/plans/{plan}/units?level=cell")["features"]
    unit = next(one["id"] for one in units if one["properties"]["name"] == cell)
    edit = {
        "operation": "assign",
        "arguments": {"unit": unit, "blocks": [block]},
        "request": str(uuid.uuid4()),
    }
    ask(server, f"/api/plans/{plan}/edits", edit, read["revision"])


def in_force(server: str, plan: int, day: str = "2021-01-05") -> None:
    ask(server, f"/api/plans/{plan}/submit", {})
    found = ask(server, f"/api/plans/{plan}/readiness")
    assert all(one["needs_reason"] for one in found), found
    reasons = {str(one["unit"]): "小社区" for one in found}
    decision = {"authority": "城中区人民政府", "number": f"城政发〔2021〕{plan}号", "date": day}
    ask(server, f"/api/plans/{plan}/adopt", decision | {"reasons": reasons})


def opened(page: Page, server: str, address: str) -> Page:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.add_init_script(f"localStorage.setItem('wangge.actor', {json.dumps(json.dumps(WHO))})")
    page.goto(f"{server}/{address}")
    expect(page.locator(".levels label").first).to_be_visible(timeout=20_000)
    return page


def test_a_draft_is_submitted_and_adopted_with_reasons(page: Page, server: str) -> None:
    opened(page, server, "?lang=zh-CN&plan=1")
    page.locator(".plan-opener").click()
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".plan-opener")).to_contain_text("已报送")
    page.locator(".deeds").get_by_role("button", name="批准").click()
    expect(page.locator(".reason")).to_have_count(2)  # two communities of two cells, where five are asked for
    for box in page.locator(".reason textarea").all():
        box.fill("小社区，网格数从简")
    page.get_by_label("批准机关").fill("城中区人民政府")
    page.get_by_label("文号").fill("城政发〔2021〕1号")
    page.get_by_label("批准日期").fill("2021-01-05")
    page.get_by_label("施行日期").fill("2021-02-01")
    page.get_by_role("button", name="批准……").click()
    page.get_by_label("请输入方案名称以确认").fill("first")
    page.get_by_role("button", name="确认批准").click()
    expect(page.locator(".plan-opener")).to_contain_text("现行", timeout=15_000)
    [plan] = ask(server, "/api/districts/1/plans")
    assert (plan["state"], plan["in_force_from"], plan["number"]) == (
        "adopted",
        "2021-02-01",
        "城政发〔2021〕1号",
    )


def test_a_branch_is_compared_with_its_base(page: Page, server: str) -> None:
    in_force(server, 1)
    opened(page, server, "?lang=zh-CN&plan=1")
    page.locator(".plan-opener").click()
    page.get_by_role("button", name="另立草案").click()
    page.get_by_role("button", name="另立草案").click()
    expect(page.locator(".plan-opener")).to_contain_text("first 修订")
    assign(server, 2, "b01", "东南网格")
    opened(page, server, "?lang=zh-CN&plan=2&task=compare:1&level=cell")
    expect(page.locator(".moves button")).to_have_text([re.compile("西南.*→.*东南.*300")])
    expect(page.get_by_role("row", name=re.compile("网格"))).to_contain_text("6.3")  # 300 of 4,800 residents
    page.get_by_role("button", name=re.compile("^矩阵")).click()
    expect(page.locator(".matrix").get_by_role("row", name=re.compile("^西南"))).to_contain_text("900")


def test_a_draft_left_behind_is_brought_up_to_date_place_by_place(page: Page, server: str) -> None:
    in_force(server, 1)
    for name in ("甲", "乙"):
        ask(server, "/api/plans", {"base": 1, "name": name})
    assign(server, 2, "b11", "东南网格")
    assign(server, 3, "b11", "西北网格")
    assign(server, 3, "b32", "西北网格")
    in_force(server, 2, "2021-06-01")
    opened(page, server, "?lang=zh-CN&plan=3&level=cell&task=update")
    page.get_by_role("button", name="同步到现行方案").click()
    expect(page.locator(".conflicts li")).to_have_count(1)
    page.get_by_role("radio", name="现行: 东南网格").check()
    page.get_by_role("button", name="完成同步").click()
    expect(page.get_by_text("已同步到现行方案")).to_be_visible()
    blocks = ask(server, "/api/plans/3/blocks")["blocks"]["features"]
    names = {
        one["id"]: one["properties"]["name"]
        for one in ask(server, "/api/plans/3/units?level=cell")["features"]
    }
    held = {one["properties"]["key"]: names[one["properties"]["unit"]] for one in blocks}
    assert (held["b11"], held["b32"]) == (
        "东南网格",
        "西北网格",
    )  # theirs where it was decided so, mine where only I changed


def test_comments_are_kept_with_their_place_and_unit(page: Page, server: str) -> None:
    opened(page, server, "?lang=en&plan=1&level=cell&task=review&at=500100,3700100,0.5")
    page.get_by_role("button", name="Comment on a place").click()
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.wait_for_timeout(400)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_label("What is to be said about this place").fill("此处应归东门。")
    page.get_by_role("button", name="Pin the comment").click()
    expect(page.locator(".comments li")).to_contain_text("此处应归东门。")
    [said] = ask(server, "/api/plans/1/comments")
    assert said["at"] == pytest.approx([500_100, 3_700_100], abs=1)
    assert said["unit"] == 4
    page.locator(".comments .link").first.click()
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("0 open of 1 comments")).to_be_visible()


def test_a_sheet_tells_the_neighbours_of_a_real_plan(page: Page, server: str) -> None:
    opened(page, server, "?lang=zh-CN&plan=1&level=cell&unit=4")
    page.keyboard.press("m")
    page.get_by_role("button", name="西南网格的图表").click()
    sheet = page.locator(".sheet")
    expect(sheet.get_by_role("row", name=re.compile("北 西北网格 200 m"))).to_be_visible()
    expect(sheet.get_by_role("row", name=re.compile("东 东南网格 200 m"))).to_be_visible()
    expect(sheet).to_contain_text("西南：区界，400 米")
    expect(sheet).to_contain_text("未导入人员数据")
