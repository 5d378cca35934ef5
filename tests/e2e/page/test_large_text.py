"""At 200 % text size, on a telephone and on a wall, nothing is cut off and the map's labels follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.page.conftest import DrawnPlatform

pytestmark = pytest.mark.browser

DOUBLE = "html { font-size: 28px !important }"
SIZES = {"telephone": (390, 800), "office": (1280, 800), "meeting room": (1920, 1080), "wall": (3840, 2160)}
VIEWS = ("", "&unit=100", "&table=1", "&job=5&proposal=32")


def overflow_px(page: Page) -> int:
    """How far the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return width


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_no_view_is_wider_than_the_window_at_usual_or_double_text_size(
    drawn: DrawnPlatform, size: str, language: str
) -> None:
    width, height = SIZES[size]
    page = drawn.page
    page.set_viewport_size({"width": width, "height": height})
    drawn.searched = {"id": 5, "state": "done", "progress": 1, "message": "", "result": None, "error": None}
    for view in VIEWS:
        drawn.open(f"/?lang={language}&level=cell{view}")
        expect(page.locator(".levels input:checked")).to_have_value("cell")
        page.wait_for_load_state("networkidle")
        assert overflow_px(page) == 0, view
        page.add_style_tag(content=DOUBLE)
        page.wait_for_timeout(200)
        assert overflow_px(page) == 0, f"{view} at 200 %"


def test_at_double_text_size_every_way_in_stays_within_reach(drawn: DrawnPlatform) -> None:
    page = drawn.page
    drawn.open("/?lang=en&unit=100")
    page.add_style_tag(content=DOUBLE)
    for name in ("Layers", "Table", "Propose", "Import", "Keys", "Zoom in", "Open the legend"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("combobox", name="Search")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("heading", name="Cell of 柳堤东")).to_be_in_viewport(ratio=1)


def test_a_wall_has_larger_text(drawn: DrawnPlatform) -> None:
    page = drawn.page
    page.set_viewport_size({"width": 3840, "height": 2160})
    drawn.open("/")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "22px"
