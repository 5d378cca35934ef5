"""axe-core finds no serious barrier in any view, in either language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.e2e.page.conftest import DrawnPlatform

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[3] / "maps" / "web" / "node_modules" / "axe-core" / "axe.min.js"
LANGUAGES = ("zh-CN", "en")


def serious_findings(page: Page) -> list[str]:
    """What axe-core calls serious or critical, with the elements it names."""
    if not AXE.is_file():
        pytest.fail("axe-core is not installed: run `npm ci` in maps/web")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    # What axe finds is the same; what passed is not described node by node.
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
    )
    return [
        f"{one['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def nothing(page: Page) -> None:
    """The view as it opens."""


def panel(key: str, shown: str = ".panel") -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.keyboard.press(key)
        expect(page.locator(shown)).to_be_visible()

    return press


def search(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("柳堤")
    expect(page.locator("#search-results [role=option]").first).to_be_visible()


def scores(page: Page) -> None:
    page.locator(".scores summary").click()


LEFT = ".panel, .propose, #search-results"
"""What Escape leaves."""

VIEWS: dict[str, dict[str, Callable[[Page], None]]] = {
    "": {
        "overview": nothing,
        "layers": panel("l"),
        "export": panel("e"),
        "import": panel("i"),
        "keys": panel("?"),
        "form for proposals": panel("p", ".propose form"),
        "search": search,
    },
    "&unit=100": {"unit": nothing},
    "&figure=incidents_rate": {"choropleth and its legend": nothing},
    "&table=1": {"table": nothing},
    "&job=5&proposal=32": {"proposals": scores},
}
"""By the address the views are reached from, one after the other."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", VIEWS)
def test_no_view_has_a_serious_finding(drawn: DrawnPlatform, address: str, language: str) -> None:
    drawn.searched = done()
    page = drawn.page
    drawn.open(f"/?lang={language}&level=cell{address}")
    page.wait_for_load_state("networkidle")
    found: dict[str, list[str]] = {}
    for view, act in VIEWS[address].items():
        if found:
            page.keyboard.press("Escape")
            expect(page.locator(LEFT)).to_have_count(0)
        act(page)
        page.wait_for_timeout(300)
        found[view] = serious_findings(page)
    assert found == {view: [] for view in VIEWS[address]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_running_search_has_no_serious_finding(drawn: DrawnPlatform, language: str) -> None:
    drawn.searched = done() | {"state": "running", "progress": 0.4, "message": "repair"}
    drawn.job = [drawn.searched]
    drawn.open(f"/?lang={language}&job=5")
    expect(drawn.page.locator(".job progress")).to_be_visible()
    assert serious_findings(drawn.page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_empty_states_and_notices_have_no_serious_finding(drawn: DrawnPlatform, language: str) -> None:
    drawn.plans = []
    drawn.failing["/layers/roads"] = (500, {"detail": "the database does not answer."})
    drawn.open(f"/?lang={language}")
    expect(drawn.page.locator(".notice.error").first).to_be_visible()
    assert serious_findings(drawn.page) == []
    drawn.districts = []
    drawn.open(f"/?lang={language}")
    expect(drawn.page.locator(".empty-card")).to_be_visible()
    assert serious_findings(drawn.page) == []


def test_the_check_sees_a_barrier_that_is_there(drawn: DrawnPlatform) -> None:
    drawn.open("/")
    drawn.page.evaluate(
        "document.querySelector('.top-bar').insertAdjacentHTML('beforeend', '<button></button>')"
    )
    assert any(found.startswith("button-name") for found in serious_findings(drawn.page))


def done() -> dict[str, Any]:
    return {
        "id": 5, "kind": "propose", "state": "done", "progress": 1, "message": "improve", "result": None, "error": None,
    }  # fmt: skip
