"""Taking in a file from the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.e2e.page.conftest import DrawnPlatform

pytestmark = pytest.mark.browser

FILE: Any = {"name": "roads.geojson", "mimeType": "application/geo+json", "buffer": b"{}"}


def state(name: str, **given: Any) -> dict[str, Any]:
    return {"id": 5, "state": name, "progress": None, "message": None, "result": None, "error": None} | given


def open_import(drawn: DrawnPlatform) -> Locator:
    drawn.open("/?lang=en")
    drawn.page.get_by_role("button", name="Import").click()
    panel = drawn.page.get_by_role("dialog", name="Import a layer")
    panel.get_by_label("File", exact=True).set_input_files(FILE)
    panel.get_by_label("As layer").select_option("roads")
    return panel


def test_an_import_says_what_was_read_and_shows_it(drawn: DrawnPlatform) -> None:
    drawn.job = [
        state("running", progress=0.5, message="reading"),
        state("done", progress=1, result={"lines": ["120 of 120 rows stored as roads"]}),
    ]
    panel = open_import(drawn)
    panel.get_by_text("Coordinates, date and columns").click()
    panel.get_by_label("Columns, one a line").fill("name = STREET\nclass = KIND")
    asked = len([one for one in drawn.asked if one.startswith("/api/districts?")])
    with drawn.page.expect_request(lambda request: request.url.endswith("/api/districts")):
        panel.get_by_role("button", name="Import", exact=True).click()
    expect(panel).to_contain_text("120 of 120 rows stored as roads")
    assert b'{"name":"STREET","class":"KIND"}' in drawn.sent[0]
    assert b"drawn" in drawn.sent[0]
    expect(drawn.page.locator(".inspector")).to_contain_text("2 units break a rule")
    assert len([one for one in drawn.asked if one.startswith("/api/districts?")]) == asked + 1


def test_a_failed_import_shows_the_sentence_and_that_nothing_was_stored(drawn: DrawnPlatform) -> None:
    drawn.job = [state("failed", error="The file roads.geojson names no CRS: give one.")]
    panel = open_import(drawn)
    panel.get_by_role("button", name="Import", exact=True).click()
    expect(panel.get_by_role("alert")).to_have_text(
        "The file roads.geojson names no CRS: give one. Nothing was stored."
    )
    panel.get_by_role("button", name="Import another file").click()
    expect(panel.get_by_label("File", exact=True)).to_be_visible()


def test_a_mapping_that_cannot_be_read_is_not_sent(drawn: DrawnPlatform) -> None:
    panel = open_import(drawn)
    panel.get_by_text("Coordinates, date and columns").click()
    panel.get_by_label("Columns, one a line").fill("name STREET")
    panel.get_by_role("button", name="Import", exact=True).click()
    expect(panel.get_by_role("alert")).to_contain_text("“name STREET” cannot be read")
    assert drawn.sent == []


def test_the_empty_page_offers_an_import(drawn: DrawnPlatform) -> None:
    drawn.districts = []
    drawn.open("/?lang=en")
    drawn.page.locator(".empty-card").get_by_role("button", name="Import").click()
    panel = drawn.page.get_by_role("dialog", name="Import a layer")
    expect(panel.get_by_label("Name of the district")).to_be_visible()
