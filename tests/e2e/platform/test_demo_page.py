"""The page on the real platform with the demo district."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

SCALES = {"district": "", "community": "&at=409350,3719900,2.2", "building": "&at=409350,3719900,0.55"}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("scale", SCALES)
def test_every_scale_shows_the_plan_in_force(
    opened: Page, demo_server: str, language: str, scale: str, pictures: Path | None
) -> None:
    opened.goto(f"{demo_server}/?lang={language}&level=cell{SCALES[scale]}")
    expect(opened.locator("html")).to_have_attribute("lang", language)
    expect(opened.get_by_text("318,000").first).to_be_visible()
    expect(opened.get_by_text("2010-06-18").first).to_be_visible()
    assert "合成" in opened.content() or "synthetic" in opened.content()
    painted = opened.evaluate(
        """() => [...document.querySelectorAll('canvas')].some(canvas => {
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            const seen = new Set();
            for (let i = 0; i < data.length; i += 397 * 4) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
            return seen.size > 8;
        })"""
    )
    assert painted
    if pictures is not None:
        opened.wait_for_timeout(2500)
        opened.screenshot(path=pictures / f"{scale}-{language}.png")


def test_a_cell_found_by_name_shows_its_figures_against_the_bands(opened: Page, demo_server: str) -> None:
    cells = opened.request.get(f"{demo_server}/api/plans/2/units?level=cell").json()["features"]
    cell = next(c for c in cells if c["properties"]["type"] == "ordinary")["properties"]
    opened.goto(f"{demo_server}/?lang=zh-CN")
    opened.locator(".top-bar").wait_for()
    opened.keyboard.press("/")
    opened.keyboard.type(cell["name"])
    opened.locator("#search-results [role=option]").first.wait_for()
    opened.keyboard.press("Enter")
    expect(opened.get_by_text(cell["code"]).first).to_be_visible()
    expect(opened.get_by_text(re.compile("1,000.1,500")).first).to_be_visible()


def test_a_download_holds_the_cells(opened: Page, demo_server: str) -> None:
    answer = opened.request.get(f"{demo_server}/api/plans/2/export?level=cell&format=geojson")
    assert answer.ok
    assert len(answer.json()["features"]) >= 265


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_figure_on_offer_draws_with_a_legend(opened: Page, demo_server: str, language: str) -> None:
    opened.goto(f"{demo_server}/?lang={language}&level=community")
    choices = opened.locator(".legend select option")
    expect(choices).to_have_count(6)
    offered = [value for value in choices.evaluate_all("all => all.map(one => one.value)") if value]
    assert {"density", "floating_share", "household_size", "incidents_rate"} <= set(offered)
    for value in offered:
        opened.locator(".legend select").select_option(value)
        if value != "tints":
            expect(opened.locator(".legend .classes li")).not_to_have_count(0)
            counted = opened.locator(".legend .classes .value").all_inner_texts()
            assert sum(int(count) for count in counted) == 41, value


def test_the_table_holds_every_cell_and_sorts_them(opened: Page, demo_server: str) -> None:
    opened.goto(f"{demo_server}/?lang=en&table=1")
    rows = opened.locator(".unit-table tbody tr")
    expect(rows).not_to_have_count(0)
    assert rows.count() >= 265
    opened.locator(".unit-table").get_by_role("button", name="Residents").click()
    shown = opened.locator(".unit-table tbody tr td:nth-child(4)").all_inner_texts()
    residents = [float(text.replace(",", "")) for text in shown]
    assert residents == sorted(residents, reverse=True)


def test_a_search_in_the_page_ends_in_proposals_on_the_map(
    opened: Page, demo_server: str, pictures: Path | None
) -> None:
    opened.goto(f"{demo_server}/?lang=en&level=cell")
    opened.get_by_role("button", name="Propose").click()
    opened.get_by_role("textbox", name="Steps").fill("50")
    opened.get_by_role("button", name="Start").click()
    table = opened.get_by_role("table", name="Proposals")
    expect(table).to_be_visible(timeout=180_000)  # the first search on a machine compiles
    expect(opened.get_by_text(re.compile("residents change their unit"))).to_be_visible()
    expect(opened.get_by_role("textbox", name="Name of the draft")).to_have_value(re.compile("网格方案"))
    with opened.expect_response(re.compile(r"/api/proposals/\d+$")) as answer:
        opened.reload()  # the address holds the search and the proposal
    cells = answer.value.json()["features"]
    assert sum(cell["properties"]["residents"] for cell in cells) == 318_000
    expect(table).to_be_visible()
    if pictures is not None:
        opened.wait_for_timeout(2500)
        opened.screenshot(path=pictures / "proposals-en.png")
