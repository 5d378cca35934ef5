"""What a person reads on the map: units, bands, figures, labels, in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.page.conftest import DrawnPlatform

pytestmark = pytest.mark.browser

MIDDLE_OF_ABOVE = (0.5, 0.5)
MIDDLE_OF_NEXT = (1.5, 0.5)


def at(page: Page, column: float, row: float) -> tuple[float, float]:
    """Where a place of the drawing lies on the screen, from the address's centre and scale."""
    page.wait_for_function("new URLSearchParams(location.search).has('at')")
    x, y, resolution = (float(word) for word in re.findall(r"[?&]at=([^&]+)", page.url)[0].split(","))
    box = page.locator("#map").bounding_box()
    assert box is not None
    east, north = 409_000 + column * 300, 3_718_000 + row * 300
    return box["x"] + box["width"] / 2 + (east - x) / resolution, box["y"] + box["height"] / 2 - (
        north - y
    ) / resolution


def test_the_plan_in_force_opens_with_its_levels_and_approval(drawn: DrawnPlatform) -> None:
    drawn.open()
    inspector = drawn.page.locator(".inspector")
    expect(inspector).to_contain_text("清政发〔2010〕42号")
    expect(inspector).to_contain_text("现行")
    expect(drawn.page.locator(".levels .chosen")).to_have_text(re.compile("网格 ?16"))
    expect(drawn.page.locator(".top-bar")).to_contain_text("合成数据")


def test_the_plan_comes_before_the_ground_under_it(drawn: DrawnPlatform) -> None:
    with drawn.page.expect_response(re.compile("/layers/roads")):
        drawn.open()
    units = [k for k, asked in enumerate(drawn.asked) if "/units?" in asked]
    assert len(units) == 3
    assert max(units) < min(k for k, asked in enumerate(drawn.asked) if "/layers/" in asked)


def test_hovering_shows_the_unit_against_its_bands_without_a_request(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open()
    expect(page.locator(".inspector")).to_contain_text("2 个单元不符合规则")
    page.wait_for_load_state("networkidle")
    asked = len(drawn.asked)
    page.mouse.move(*at(page, *MIDDLE_OF_ABOVE))
    expect(page.locator(".under-pointer")).to_contain_text("柳堤东")
    expect(page.locator(".under-pointer")).to_contain_text(re.compile(r"1,532\s*/ 1,000-1,500\s*▲ 超 32"))
    assert len(drawn.asked) == asked


def test_clicking_selects_a_unit_and_escape_lets_it_go(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en")
    expect(page.locator(".inspector")).to_contain_text("2 units break a rule")
    page.mouse.click(*at(page, *MIDDLE_OF_ABOVE))
    expect(page.locator(".inspector h1")).to_contain_text("Cell of 柳堤东")
    expect(page.locator(".findings")).to_have_text(
        re.compile(r"Residents\s+1,532\s+/ 1,000-1,500\s+▲ 32 above")
    )
    expect(page).to_have_url(re.compile("unit=100"))
    page.keyboard.press("Escape")
    expect(page.locator(".inspector h1")).to_contain_text("Plan 2")


def test_an_unknown_count_is_not_shown_as_zero(drawn: DrawnPlatform) -> None:
    drawn.open("/?lang=en&unit=109")
    figures = drawn.page.locator(".inspector .scroll .figure")
    expect(figures.first).to_have_text(re.compile(r"Residents\s*–\s*/ 1,000-1,500\s*\? unknown"))


def test_an_exclusive_cell_is_exempt_and_does_not_count_for_its_community(drawn: DrawnPlatform) -> None:
    drawn.open("/?lang=en&unit=106")
    expect(drawn.page.locator(".inspector .scroll .figures")).to_contain_text("◇ exempt")
    drawn.open("/?lang=en&unit=11&level=community")
    cells = drawn.page.locator(".inspector .scroll .figure", has_text="Cells")
    expect(cells).to_have_text(re.compile(r"Cells\s*3\s*/ 3-5\s*✓ within\s*and 1 exclusive"))


def test_choosing_a_plan_without_cells_shows_its_finest_level(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open()
    expect(page.locator(".levels label")).to_have_count(3)
    page.locator(".plan-opener").click()
    page.locator(".plan-menu").get_by_role("button", name=re.compile("2009年方案")).click()
    expect(page.locator(".levels label")).to_have_count(2)
    expect(page.locator(".levels .chosen")).to_contain_text("社区")
    assert not any("plans/1/units?level=cell" in asked for asked in drawn.asked)


def test_a_choropleth_names_unit_period_denominator_and_what_is_missing(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en")
    page.locator(".legend select").select_option(label="Incidents")
    legend = page.locator(".legend")
    for words in (
        "per 1,000 residents", "classes by quantiles", "per: residents", "Period: 2010-01-01 to 2010-06-30",
        "suppressed (small count)", "no data", "0.0 – 4.5",
    ):  # fmt: skip
        expect(legend).to_contain_text(words)
    expect(page).to_have_url(re.compile("figure=incidents_rate"))


def test_changing_the_language_changes_every_word_and_keeps_the_view(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?unit=100&lang=zh-CN")
    expect(page.locator(".inspector h1")).to_contain_text("柳堤东")
    before = re.findall(r"at=[^&]+", page.url)
    page.locator(".language select").select_option("en")
    expect(page.locator(".inspector h1")).to_contain_text("Cell of 柳堤东")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert re.findall(r"at=[^&]+", page.url) == before


def test_the_address_brings_back_the_same_view(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open(
        "/?plan=2&level=community&figure=incidents_rate&unit=12&at=410000.0,3718300.0,1.5&lang=en&table=1&xy=geographic"
    )
    expect(page.locator(".inspector h1")).to_contain_text("长征社区")
    expect(page.locator(".levels .chosen")).to_contain_text("Communities")
    expect(page.locator(".unit-table tbody tr")).to_have_count(4)
    expect(page.locator(".position")).to_have_text(re.compile(r"11[89]\.\d{6}°, 33\.\d{6}°"))
    address = page.url
    page.reload()
    expect(page.locator(".inspector h1")).to_contain_text("长征社区")
    assert page.url == address


def test_a_link_to_a_unit_of_another_plan_says_so(drawn: DrawnPlatform) -> None:
    drawn.open("/?unit=9999&lang=en")
    expect(drawn.page.locator(".notices")).to_contain_text("The linked unit is not in this plan")


def test_layers_can_be_hidden_and_say_where_they_are_absent(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en")
    page.get_by_role("button", name="Layers").click()
    panel = page.get_by_role("dialog", name="Layers")
    expect(panel.locator("label", has_text="Walls")).to_contain_text("not imported")
    expect(panel.locator("label", has_text="Buildings")).to_contain_text("from 1:10,000")
    panel.get_by_label("Roads").uncheck()
    expect(page).to_have_url(re.compile("hide=incidents,roads"))


def test_buildings_are_fetched_by_place_only_once_they_are_drawn(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?at=410200,3718300,4")
    expect(page.locator(".inspector")).to_contain_text("2 个单元不符合规则")
    page.wait_for_load_state("networkidle")
    assert not any("layers/buildings" in asked for asked in drawn.asked)
    drawn.open("/?at=410200,3718300,1")
    page.wait_for_load_state("networkidle")
    asked = [one for one in drawn.asked if "layers/buildings" in one]
    assert asked
    assert all("bbox=" in one for one in asked)
    assert len(asked) == len(set(asked))


def test_a_service_point_says_what_it_offers(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en&at=409450.0,3718330.0,1")
    expect(page.locator(".inspector")).to_contain_text("2 units break a rule")
    page.wait_for_load_state("networkidle")
    page.mouse.click(*at(page, 1.5, 1.1))
    inspector = page.locator(".inspector")
    expect(inspector.locator("h1")).to_contain_text("Liudi hall")
    expect(inspector).to_contain_text("Windows3")
    expect(inspector.locator(".offers")).to_contain_text("居住证办理")
    page.keyboard.press("Escape")
    expect(inspector.locator("h1")).to_contain_text("Plan 2")


def test_incidents_are_off_until_they_are_asked_for(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.districts[0]["layers"]["incidents"] = {"count": 6000, "revision": 1}
    drawn.open("/?lang=en&at=409450.0,3718330.0,1")
    expect(page.locator(".inspector")).to_contain_text("2 units break a rule")
    page.wait_for_load_state("networkidle")
    assert not any("layers/incidents" in asked for asked in drawn.asked)
    page.get_by_role("button", name="Layers").click()
    page.get_by_role("dialog", name="Layers").get_by_label("Incidents").check()
    expect(page).to_have_url(re.compile(r"hide=(&|$)"))
