"""A folium view is one file that shows the plan in Chromium and asks nothing of any network."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import folium
import pytest
from sqlalchemy import text

from boundaries.errors import ExportError
from boundaries.exchange import import_layer
from boundaries.plans import StoredPlan, find_plan
from boundaries.storage.database import Database
from maps.folium_view import ExternalAddressError, render_map, self_contained
from maps.folium_view.offline import VENDORED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page


def _render(database: Database, path: Path, plan: str = "first", **options: str) -> Path:
    with database.session() as session:
        render_map(session, find_plan(session, plan), path, **options)
    return path


def test_folium_asks_for_the_versions_that_are_vendored() -> None:
    asked = {
        address for _, address in [*folium.Map.default_js, *folium.Map.default_css] if "/leaflet@" in address
    }
    assert asked == set(VENDORED)
    assert all(path.is_file() for path in VENDORED.values())


@pytest.mark.parametrize(
    "part",
    [
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        "<script>fetch('https://example.org/data')</script>",
        '<script>fetch("https:\\/\\/example.org\\/data")</script>',
        '<img src="//example.org/a.png">',
        "<style>body { background: url(http://example.org/a.png) }</style>",
        '<script>new WebSocket("wss://example.org")</script>',
    ],
)
def test_any_address_that_is_left_is_refused(part: str) -> None:
    with pytest.raises(ExternalAddressError, match=r"example\.org"):
        self_contained(f"<html><head></head><body>{part}</body></html>")


def test_a_whole_folium_map_with_its_usual_links_is_refused_by_name() -> None:
    with pytest.raises(ExternalAddressError, match="not vendored"):
        self_contained(folium.Map(tiles=None).get_root().render())


def test_the_same_plan_gives_the_same_page(database: Database, square: StoredPlan, tmp_path: Path) -> None:
    first = _render(database, tmp_path / "one.html").read_bytes()
    assert _render(database, tmp_path / "two.html").read_bytes() == first


def test_a_level_language_or_folder_that_is_not_there_is_refused(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match="no level"):
        _render(database, tmp_path / "a.html", level="house")
    with pytest.raises(ExportError, match="zh-CN or en"):
        _render(database, tmp_path / "a.html", language="fr")
    with pytest.raises(ExportError, match="cannot be written"):
        _render(database, tmp_path / "none" / "a.html")
    assert list(tmp_path.iterdir()) == []


@dataclass
class Watched:
    """A browser's page with every address it asked for."""

    page: Page
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def watched(page: Page) -> Iterator[Watched]:
    """A page that fails the test when a script fails or it asks for anything but its one file."""
    page.set_viewport_size({"width": 1280, "height": 800})
    seen, faults = Watched(page), list[str]()
    page.on("request", lambda request: seen.asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    yield seen
    assert faults == []
    assert [url for url in seen.asked if not url.startswith("data:")] == [page.url]
    assert page.url.startswith("file:")


@pytest.mark.browser
def test_the_page_shows_cells_against_their_bands_in_two_languages(
    database: Database, square: StoredPlan, watched: Watched, tmp_path: Path
) -> None:
    with database.session() as session:
        session.execute(text("UPDATE district SET synthetic = true"))
        session.execute(
            text(
                "UPDATE plan_unit SET tallies = tallies || '{\"residents\": 1532}', "
                "name = '<script>window.broken = true</script>' WHERE name = '西南网格'"
            )
        )
    path = _render(database, tmp_path / "map.html")
    page = watched.page
    page.goto(path.as_uri())
    page.wait_for_selector("path.leaflet-interactive")
    assert page.locator("path.leaflet-interactive").count() == 4
    assert page.locator("#about").inner_text().startswith("方区 · first")
    assert "合成数据" in page.locator("#about").inner_text()
    assert "▲ 高于区间" in page.locator("#legend").inner_text()
    assert page.evaluate("window.broken") is None
    hatched = page.locator('path.leaflet-interactive[fill="url(#hatch-above)"]')
    assert hatched.count() == 1
    hatched.hover()
    tip = page.locator(".unit-tip").inner_text()
    assert "1,532 / 1,000-1,500 ▲ 32 高出" in tip
    assert "320812001001001" in tip
    assert "西门社区" in tip
    page.click("#language")
    assert "synthetic data" in page.locator("#about").inner_text()
    assert "合成数据" not in page.locator("#about").inner_text()
    assert "above a band" in page.locator("#legend").inner_text()


@pytest.mark.browser
@pytest.mark.real
def test_real_wards_open_without_labels_on_top_of_each_other(
    database: Database, shared_data: Path, watched: Watched, tmp_path: Path
) -> None:
    with database.session() as session:
        import_layer(session, shared_data / "providence_blocks.zip", "blocks", name="Providence")
    path = _render(database, tmp_path / "wards.html", plan="Providence (import)", language="en")
    page = watched.page
    page.goto(path.as_uri())
    page.wait_for_selector("path.leaflet-interactive")
    assert page.locator("path.leaflet-interactive").count() == 15
    assert "residents per km²" in page.locator("#legend").inner_text()
    boxes = page.evaluate(
        "[...document.querySelectorAll('.unit-label:not(.hidden) > div')].map(e => {"
        "const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]})"
    )
    assert len(boxes) >= 10
    for n, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[:n]:
            apart = left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1]
            assert apart
    assert re.search(r"Content-Security-Policy", path.read_text("utf-8"))
