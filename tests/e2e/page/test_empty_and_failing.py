"""The page when something is missing or goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.page.conftest import DrawnPlatform

pytestmark = pytest.mark.browser


def test_without_a_district_the_page_says_how_to_get_one(drawn: DrawnPlatform) -> None:
    drawn.districts = []
    drawn.open("/?lang=en")
    expect(drawn.page.locator(".empty-card")).to_contain_text("No district yet")
    expect(drawn.page.locator(".empty-card code")).to_have_text("./wangge up")


def test_without_a_plan_the_ground_is_drawn_and_the_page_says_how_to_get_one(drawn: DrawnPlatform) -> None:
    drawn.plans = []
    drawn.open("/?lang=en")
    expect(drawn.page.locator(".empty-card")).to_contain_text(
        "Qinghe has its ground data but no plan of units"
    )
    drawn.page.wait_for_load_state("networkidle")
    assert any("layers/roads" in asked for asked in drawn.asked)


def test_without_roads_the_page_says_what_is_unknown_and_asks_for_none(drawn: DrawnPlatform) -> None:
    drawn.districts[0]["layers"]["roads"] = {"count": 0, "revision": 0}
    drawn.open("/?lang=en")
    expect(drawn.page.locator(".inspector")).to_contain_text("No roads imported")
    assert not any("layers/roads" in asked for asked in drawn.asked)


def test_a_refusal_shows_the_servers_own_sentence_and_can_be_tried_again(drawn: DrawnPlatform) -> None:
    page = drawn.page
    sentence = "The database is being restored; try again in a minute."
    drawn.failing["/units"] = (503, {"title": "Unavailable", "status": 503, "detail": sentence})
    drawn.open("/?lang=en")
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    page.wait_for_load_state("networkidle")
    assert any("layers/roads" in asked for asked in drawn.asked)
    drawn.failing.clear()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".inspector")).to_contain_text("2 units break a rule")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_one_broken_layer_leaves_the_rest_of_the_map(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.failing["/layers/water"] = (
        500,
        {"title": "Server error", "status": 500, "detail": "The layer is damaged."},
    )
    drawn.open("/?lang=en")
    expect(page.get_by_role("alert")).to_contain_text(
        "The layer “Water” was not loaded: The layer is damaged."
    )
    expect(page.locator(".inspector")).to_contain_text("2 units break a rule")


def test_a_failed_export_is_shown_and_saves_nothing(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.failing["/export"] = (
        400,
        {"title": "Bad request", "status": 400, "detail": "The plan has no level cell."},
    )
    drawn.open("/?lang=en")
    page.get_by_role("button", name="Export").click()
    downloads: list[object] = []
    page.on("download", lambda saved: downloads.append(saved))
    page.get_by_role("button", name="GeoPackage").click()
    expect(page.get_by_role("alert")).to_contain_text("The plan has no level cell.")
    assert downloads == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800), (1920, 1080)])
def test_nothing_runs_out_of_the_window(drawn: DrawnPlatform, width: int, height: int) -> None:
    page = drawn.page
    page.set_viewport_size({"width": width, "height": height})
    drawn.open("/?lang=en&unit=100&figure=incidents_rate")
    expect(page.locator(".inspector h1")).to_contain_text("Cell of 柳堤东")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    for part in (".top-bar", "#map", ".inspector", ".status-bar", ".rail"):
        box = page.locator(part).bounding_box()
        assert box is not None, part
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= width + 0.5, part
        assert box["y"] + box["height"] <= height + 0.5, part


def test_without_a_district_nothing_is_offered_that_cannot_be_done(drawn: DrawnPlatform) -> None:
    drawn.districts = []
    drawn.open("/?lang=en")
    expect(drawn.page.locator(".empty-card")).to_be_visible()
    expect(drawn.page.locator(".rail-item")).to_have_text(["Overview", "Import", "Keys"])
    expect(drawn.page.locator(".search")).to_have_count(0)
