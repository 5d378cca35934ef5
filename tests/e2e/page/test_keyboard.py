"""Everything on the page without a mouse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.page.conftest import DrawnPlatform

pytestmark = pytest.mark.browser


def place(url: str) -> tuple[float, ...]:
    return tuple(float(word) for word in re.findall(r"[?&]at=([^&]+)", url)[0].split(","))


def test_arrows_move_the_map_and_plus_and_minus_zoom(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?at=410200.0,3718300.0,2")
    expect(page.locator(".inspector")).to_contain_text(
        "2 个单元不符合规则"
    )  # before the district came there is no map to move
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("!location.search.includes('at=410200.0')")
    assert place(page.url)[0] > 410_200
    page.keyboard.press("+")
    page.wait_for_function("/at=[^&]+,1(&|$)/.test(location.search)")
    page.keyboard.press("-")
    page.wait_for_function("/at=[^&]+,2(&|$)/.test(location.search)")


def test_enter_on_the_map_selects_the_unit_at_its_centre(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?at=409150.0,3718150.0,2")
    expect(page.locator(".inspector")).to_contain_text("2 个单元不符合规则")
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".inspector h1")).to_contain_text("柳堤东")


def test_slash_searches_by_name_and_enter_goes_there(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en")
    expect(page.locator(".inspector")).to_contain_text("2 units break a rule")
    page.keyboard.press("/")
    page.keyboard.type("清江")
    options = page.locator("[role=option]")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("unit=105"))


def test_search_finds_codes_and_says_when_nothing_matches(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en")
    page.get_by_role("combobox", name="Search by name or code").fill("320812000115")
    expect(page.locator("[role=option]")).to_have_count(1)
    page.get_by_role("combobox", name="Search by name or code").fill("无此地")
    expect(page.locator(".results")).to_contain_text(
        "No unit, service point, compound or road matches “无此地”"
    )
    page.keyboard.press("Escape")
    expect(page.locator(".results")).to_have_count(0)


def test_the_question_mark_lists_every_key_and_escape_closes_it(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en")
    page.locator("#map").focus()
    page.keyboard.press("?")
    panel = page.get_by_role("dialog", name="Keys")
    expect(panel).to_contain_text("Move the map")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.locator("#map")).to_be_focused()


def test_numbers_choose_the_level(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en")
    expect(page.locator(".levels .chosen")).to_contain_text("Cells")
    page.keyboard.press("1")
    expect(page.locator(".levels .chosen")).to_contain_text("Streets")


def test_the_table_sorts_filters_and_selects_by_keys(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en")
    expect(page.locator(".inspector")).to_contain_text("2 units break a rule")
    page.keyboard.press("t")
    table = page.locator(".unit-table")
    residents = table.get_by_role("button", name="Residents")
    residents.focus()
    page.keyboard.press("Enter")
    expect(table.locator("th.residents")).to_have_attribute("aria-sort", "descending")
    first = table.locator("tbody tr").first
    expect(first).to_contain_text("▲ 1,532")
    expect(table.locator("tbody tr").last).to_contain_text("–")
    table.get_by_label("Only with findings").check()
    expect(table.locator("tbody tr")).to_have_count(2)
    first.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".inspector h1")).to_contain_text("Cell of 柳堤东")


def test_tab_reaches_every_control_and_the_focus_is_visible(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en&unit=100&table=1")
    expect(page.locator(".inspector h1")).to_contain_text("Cell of 柳堤东")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href],button,input,select,[tabindex="0"]')]
            .filter(e => !e.disabled && !(e.type === 'radio' && !e.checked)).length"""
    )
    reached = set()
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
                const ringed = e.matches('input[type=radio]') ? getComputedStyle(e.parentElement) : s;
                const all = [...document.querySelectorAll('*')];
                return [all.indexOf(e), ringed.outlineStyle !== 'none' && parseFloat(ringed.outlineWidth) > 0,
                    e.outerHTML.slice(0, 80), e === document.body]; }"""
        )
        if seen[3]:
            continue
        assert seen[1], f"the focus is not visible on {seen[2]}"
        reached.add(seen[0])
    assert len(reached) == wanted
