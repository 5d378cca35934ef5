"""A plan's life on a running platform: adopted, branched, compared, merged, and a unit's sheet, on a district drawn by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.plans.running import ask, assign, in_force, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


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
    page.get_by_role("radio", name="现行：东南网格").check()
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
    expect(page.get_by_text("0 open of 1 comment")).to_be_visible()


def test_a_sheet_tells_the_neighbours_of_a_real_plan(page: Page, server: str) -> None:
    opened(page, server, "?lang=zh-CN&plan=1&level=cell&unit=4")
    page.keyboard.press("m")
    page.get_by_role("button", name="西南网格的图表").click()
    sheet = page.locator(".sheet")
    expect(sheet.get_by_role("row", name=re.compile("北 西北网格 200 m"))).to_be_visible()
    expect(sheet.get_by_role("row", name=re.compile("东 东南网格 200 m"))).to_be_visible()
    expect(sheet).to_contain_text("西南：区界，400 米")
    expect(sheet).to_contain_text("未导入人员数据")
