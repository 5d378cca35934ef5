"""What the server says of plans reaches the Chinese page in Chinese; English on it fails these tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.plans.running import ask, assign, corrupt, in_force, opened

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from boundaries.storage.database import Database

pytestmark = pytest.mark.browser

OWN = r"\b(?:first|second|square|b\d\d|h1)\b"
"""Names in the drawn district that are Latin themselves: plans, blocks, buildings."""

MARKED = """() => [...document.querySelectorAll('.map canvas')].reduce((sum, canvas) => {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let found = 0;
    for (let k = 0; k < data.length; k += 4) found += data[k] === 168 && data[k + 1] === 50 && data[k + 2] === 26;
    return sum + found;
}, 0)"""
"""Pixels in the colour of the frame around what was flown to."""


def english(shown: Locator) -> list[str]:
    said = re.sub(OWN, "", " ".join(shown.all_inner_texts()))
    return re.findall(r"[A-Za-z]{2,}", said)


HINDRANCES = {
    "block geometry": [
        "UPDATE block SET geom = ST_GeomFromText('POLYGON((500100 3700100,500199.6 3700100,500199.6 3700200,"
        "500100 3700200,500100 3700100))', 4549) WHERE key = 'b11'",
        "UPDATE assignment SET unit_id = 4 WHERE block_id = (SELECT id FROM block WHERE key = 'b33')",
        "UPDATE plan_unit SET tallies = tallies || '{\"residents\": 7}', blocks = 9 WHERE unit_id = 5",
        "UPDATE plan_unit SET area_m2 = area_m2 + 10 WHERE unit_id = 1",
        "INSERT INTO building (district_id, srid, key, geom) SELECT id, srid, 'h1', ST_GeomFromText("
        "'POLYGON((500010 3700010,500020 3700010,500020 3700020,500010 3700020,500010 3700010))', 4549) FROM district",
    ],
    "parents": [
        "UPDATE plan_unit SET parent_id = NULL WHERE unit_id = 2",
        "UPDATE plan_unit SET parent_id = 1 WHERE unit_id = 5",
        "UPDATE assignment SET unit_id = 3 WHERE block_id = (SELECT id FROM block WHERE key = 'b00')",
        "DELETE FROM assignment WHERE block_id = (SELECT id FROM block WHERE key = 'b23')",
    ],
}


@pytest.mark.parametrize("statements", HINDRANCES.values(), ids=HINDRANCES)
def test_breaches_of_invariants_are_in_chinese_fly_to_their_place_and_mark_it(
    page: Page, server: str, drawn: Database, statements: list[str]
) -> None:
    ask(server, "/api/plans/1/submit", {})
    corrupt(drawn, *statements)
    opened(page, server, "?lang=zh-CN&plan=1&task=adopt&level=cell")
    listed = page.locator(".told li")
    expect(listed.first).to_be_visible()
    assert english(listed) == []
    assert listed.count() >= 4
    places = listed.get_by_role("button")
    assert places.count() == listed.count()  # every one of them has a place to fly to
    seen = set()
    for place in places.all():
        place.click()
        expect(place).to_have_attribute("aria-pressed", "true")
        page.wait_for_timeout(500)
        seen.add(re.search(r"at=[^&]*", page.url).group())  # type: ignore[union-attr]
        assert page.evaluate(MARKED) > 100
    assert len(seen) > 2
    page.locator(".plan-task").get_by_role("button", name="关闭").click()
    page.wait_for_timeout(300)
    assert page.evaluate(MARKED) < 100


def test_refusals_of_a_plans_steps_are_in_chinese(page: Page, server: str, drawn: Database) -> None:
    in_force(server, 1)
    ask(server, "/api/plans", {"base": 1, "name": "甲"})
    opened(page, server, "?lang=zh-CN&plan=2")
    page.locator(".plan-opener").click()
    page.get_by_role("button", name="重命名").click()
    page.get_by_label("方案名称").fill("first")
    page.get_by_role("button", name="重命名").click()
    notice = page.locator(".notice.error")
    expect(notice).to_contain_text("本区已有名为“first”的方案", timeout=15_000)
    page.get_by_label("方案名称").fill("12")
    page.get_by_role("button", name="重命名").click()
    expect(notice).to_have_count(2, timeout=15_000)
    page.get_by_role("button", name="取消").click()

    def overtake(route: Route) -> None:
        # Somebody else is faster, and the page has not heard of it yet.
        ask(server, "/api/plans/2/submit", {})
        route.continue_()

    page.route("**/api/plans/2/submit", overtake)
    page.locator(".deeds").get_by_role("button", name="报送").click()
    expect(notice).to_have_count(3, timeout=15_000)
    expect(notice.last).to_contain_text("“甲”的状态是“已报送”")
    assert english(notice) == []


def test_a_decision_that_cannot_be_taken_is_refused_in_chinese(
    page: Page, server: str, drawn: Database
) -> None:
    in_force(server, 1)
    ask(server, "/api/plans", {"base": 1, "name": "甲"})
    assign(server, 2, "b11", "东南网格")
    ask(server, "/api/plans/2/submit", {})
    opened(page, server, "?lang=zh-CN&plan=2&task=adopt")
    expect(page.locator(".reason").first).to_be_visible()
    for box in page.locator(".reason textarea").all():
        box.fill("从简")
    assert english(page.locator(".reason")) == []
    for label, value in (
        ("批准机关", "区政府"),
        ("文号", "2号"),
        ("批准日期", "2020-01-05"),
        ("施行日期", "2020-02-01"),
    ):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="批准……").click()
    page.get_by_label("请输入方案名称以确认").fill("甲")
    page.get_by_role("button", name="确认批准").click()
    notice = page.locator(".notice.error")
    expect(notice).to_contain_text("后一方案的施行日期须晚于该日", timeout=15_000)
    assert english(notice) == []
