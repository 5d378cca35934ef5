"""At 200 % text size, on a telephone and on a wall, nothing is cut off and the map's labels follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

    from tests.e2e.page.conftest import DrawnPlatform

pytestmark = pytest.mark.browser

DOUBLE = "html { font-size: 28px !important }"
SIZES: dict[str, ViewportSize] = {
    "telephone": {"width": 390, "height": 800},
    "office": {"width": 1280, "height": 800},
    "meeting room": {"width": 1920, "height": 1080},
    "wall": {"width": 3840, "height": 2160},
}
VIEWS = ("", "&unit=100", "&table=1", "&job=5&proposal=32")


def overflow_px(page: Page) -> int:
    """How far the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return width


def resize_text(page: Page, text: str) -> None:
    """Give the reader's own style sheet for the size of text, or none."""
    page.evaluate(
        """(text) => {
          const style = document.querySelector('#readers') ?? document.head.appendChild(document.createElement('style'));
          style.id = 'readers';
          style.textContent = text;
        }""",
        text,
    )


def settle(page: Page) -> None:
    """Let the page follow the size of its window and of its text: it learns of it in a frame and draws in the next."""
    page.evaluate(
        """async () => {
          for (let frame = 0; frame < 4; frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
        }"""
    )


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_view_is_wider_than_the_window_at_usual_or_double_text_size(
    drawn: DrawnPlatform, language: str
) -> None:
    page = drawn.page
    drawn.searched = {"id": 5, "state": "done", "progress": 1, "message": "", "result": None, "error": None}
    wider: list[str] = []
    sizes = list(SIZES)
    for view in VIEWS:
        for size in sizes:
            page.set_viewport_size(SIZES[size])
            if size == sizes[0]:
                drawn.open(f"/?lang={language}&level=cell{view}")
                expect(page.locator(".levels input:checked")).to_have_value("cell")
                page.wait_for_load_state("networkidle")
            for scale, text in (("usual", ""), ("double", DOUBLE)):
                resize_text(page, text)
                settle(page)
                if overflow_px(page) != 0:
                    wider.append(f"{view} on {size} at {scale} size")
        sizes = [*sizes[1:], sizes[0]]  # another one to open the next view on; the others it is resized to
    assert wider == []


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
