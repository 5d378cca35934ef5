"""Two plans compared: figures by level, the list that flies, the matrix and its CSV, what the map shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.plans.conftest import PlansPlatform

pytestmark = pytest.mark.browser


def test_figures_say_how_many_change_their_unit_at_every_level(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&plan=3")
    plans.page.locator(".plan-opener").click()
    plans.page.get_by_role("button", name="Compare").click()
    expect(plans.page).to_have_url(re.compile("task=compare"))
    table = plans.page.get_by_role("table", name="Change their")
    expect(table.get_by_role("row", name=re.compile("cell"))).to_have_text(
        re.compile(r"cell\s*340\s*1.8\s%\s*110\s*9")
    )
    expect(table.get_by_role("row", name=re.compile("community"))).to_have_text(
        re.compile(r"community\s*40\s*0.2\s%\s*10\s*1")
    )
    expect(plans.page.get_by_text("Compared block by block: exact.")).to_be_visible()
    expect(plans.page.get_by_role("combobox", name="Compare with")).to_have_value("2")  # the draft's base


def test_moves_are_listed_largest_first_and_fly_to_their_place(plans: PlansPlatform) -> None:
    plans.open("/?lang=zh-CN&plan=3&task=compare:2&level=cell")
    moves = plans.page.locator(".moves button")
    expect(moves).to_have_text([re.compile("柳堤东.*→.*钵池南.*300"), re.compile("板闸口.*→.*运河湾.*40")])
    expect(plans.page).to_have_url(re.compile("at="))
    before = plans.page.url
    moves.nth(1).click()
    expect(plans.page).not_to_have_url(before)
    expect(moves.nth(1)).to_have_class("chosen")


def test_the_level_chosen_changes_list_and_map(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&plan=3&task=compare:2&level=cell")
    with plans.page.expect_response(re.compile(r"/compare/3/areas\?level=community")):
        plans.page.get_by_role("radio", name="community").last.check()
    expect(plans.page.locator(".moves button")).to_have_count(1)
    plans.page.get_by_role("radio", name="street").last.check()
    expect(plans.page.get_by_text("No street differs.")).to_be_visible()


def test_the_matrix_shows_what_stays_and_what_goes(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&plan=3&task=compare:2&level=cell")
    plans.page.get_by_role("button", name=re.compile("^Matrix")).click()
    matrix = plans.page.locator(".matrix table")
    expect(matrix.get_by_role("columnheader")).to_have_text(
        ["Old ↓ new →", "Cell of 钵池南", "Cell of 运河湾", "Cell of 柳堤东"]
    )
    expect(matrix.get_by_role("row", name=re.compile("^Cell of 柳堤东"))).to_have_text(
        re.compile(r"300\s*1,232")
    )
    expect(plans.page.get_by_text("1 unchanged is left out")).to_be_visible()
    before = plans.page.url
    matrix.get_by_role("button", name="300").click()
    expect(plans.page).not_to_have_url(before)


ALLOWED = "navigator.clipboard.writeText = async (text) => { window.copied = text; }"
FORBIDDEN = "navigator.clipboard.writeText = async () => { throw new Error('Write permission denied.'); };"
OLD_WAY = "document.addEventListener('copy', (event) => { window.copied = event.target.value; }, true)"


def copy_matrix(plans: PlansPlatform, clipboard: str) -> None:
    with plans.page.add_init_script(clipboard):
        plans.open("/?lang=zh-CN&plan=3&task=compare:2&level=cell")
    plans.page.get_by_role("button", name=re.compile("^矩阵")).click()
    plans.page.get_by_role("button", name="复制为 CSV").click()


@pytest.mark.parametrize("clipboard", [ALLOWED, FORBIDDEN + OLD_WAY], ids=["allowed", "the old way"])
def test_the_matrix_is_copied_as_csv(plans: PlansPlatform, clipboard: str) -> None:
    copy_matrix(plans, clipboard)
    expect(plans.page.get_by_text("已复制 5 行")).to_be_visible()
    lines = plans.page.evaluate("window.copied").replace("\r", "").strip("\n").split("\n")
    assert lines[0] == "\ufeff原单元,新单元,户籍人口,户数,楼栋,面积 m²"
    assert lines[1] == "柳堤东,柳堤东,1232,380,15,80000"
    assert "柳堤东,钵池南,300,100,8,9000" in lines


def test_a_browser_that_keeps_the_page_from_the_clipboard_is_told(plans: PlansPlatform) -> None:
    copy_matrix(plans, f"{FORBIDDEN} document.execCommand = () => false")
    expect(plans.page.locator(".notice.error")).to_contain_text("浏览器不允许本页写入剪贴板")
    expect(plans.page.get_by_text("已复制 5 行")).to_have_count(0)


def test_another_plan_is_compared_with_and_the_address_keeps_it(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&plan=3&task=compare:2")
    with plans.page.expect_response(re.compile("/plans/1/compare/3$")):
        plans.page.get_by_role("combobox", name="Compare with").select_option("1")
    expect(plans.page).to_have_url(re.compile("task=compare%3A1|task=compare:1"))
    plans.page.keyboard.press("Escape")
    expect(plans.page.get_by_role("table", name="Change their")).to_have_count(0)


def test_how_it_was_compared_is_said_when_blocks_differ(plans: PlansPlatform) -> None:
    plans.compared["by"] = "overlay"
    plans.open("/?lang=en&plan=3&task=compare:2")
    expect(plans.page.get_by_text("people divided by area: an estimate")).to_be_visible()


def test_what_differs_is_hatched_and_borders_of_both_plans_are_drawn(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&plan=3&level=cell")
    expect(plans.page.locator(".levels label")).to_have_count(3)
    plans.page.wait_for_timeout(500)
    without = plans.page.evaluate(HATCHED)
    plans.page.locator(".plan-opener").click()
    plans.page.get_by_role("button", name="Compare").click()
    expect(plans.page.locator(".moves button")).to_have_count(2)
    plans.page.wait_for_function(f"({HATCHED})() > {without} + 200")


HATCHED = """() => [...document.querySelectorAll('.map canvas')].reduce((sum, canvas) => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    for (let i = 0; i < data.length; i += 4) sum += Math.abs(data[i] - 0x7a) + Math.abs(data[i + 1] - 0x3d) + Math.abs(data[i + 2] - 0x8f) < 60;
    return sum;
}, 0)"""
