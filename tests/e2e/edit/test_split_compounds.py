"""Compounds that cells split are listed beside the problems, and the list follows every edit."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from boundaries.storage.database import Database
from tests.e2e.plans.test_plans_in_chinese import MARKED, english

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Databases
    from tests.e2e.edit.conftest import Desk

pytestmark = pytest.mark.browser

STORED = (
    # Other tests have cut blocks of the district, so it is taken as it was stored. One compound over a block of 槐树网格 and one of 钟楼网格, with a building in each, and one that is whole.
    "INSERT INTO compound (district_id, srid, key, name, name_en, kind, geom) SELECT min(district_id), 4549, 'C1', "
    "'阳光小区', 'Yangguang', 'compound', ST_Multi(ST_Union(geom)) FROM block WHERE version = 1 AND key IN ('b2', 'b3')",
    "INSERT INTO compound (district_id, srid, key, name, kind, geom) SELECT district_id, 4549, 'C2', '安静小区', "
    "'compound', ST_Multi(geom) FROM block WHERE version = 1 AND key = 'd1'",
    "INSERT INTO building (district_id, srid, key, compound_id, geom) SELECT b.district_id, 4549, 'h-' || b.key, c.id, "
    "ST_Buffer(ST_PointOnSurface(b.geom), 5) FROM block b JOIN compound c ON ST_Covers(c.geom, b.geom) "
    "WHERE b.version = 1",
    "INSERT INTO block_building (block_id, building_id) SELECT k.id, b.id FROM block k JOIN building b "
    "ON b.key = 'h-' || k.key WHERE k.version = 1",
    "INSERT INTO count (district_id, building_id, measure, on_date, value) SELECT district_id, id, 'residents', "
    "'2020-11-01', CASE key WHEN 'h-b2' THEN 120 ELSE 45 END FROM building",
)
REMOVED = (
    "DELETE FROM count WHERE building_id IS NOT NULL",
    "DELETE FROM block_building",
    "DELETE FROM building",
    "DELETE FROM compound",
)


@pytest.fixture
def compounds(databases: Databases, editing_server: str) -> Iterator[None]:
    """Three buildings in two compounds of the drawn district, for one test."""
    with closing(Database(databases.address("editing_page"))) as database:
        for statements in (STORED, REMOVED):
            with database.session() as session:
                for statement in statements:
                    session.execute(text(statement))
            if statements is STORED:
                yield


def test_a_split_compound_is_listed_flown_to_and_gone_once_it_is_whole(
    compounds: None, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down()
    desk.open()
    shown = desk.page.locator(".split-compounds")
    expect(shown).to_contain_text("1 个小区被网格分割")
    shown.locator("summary").click()
    expect(shown.locator("li")).to_contain_text("阳光小区")
    expect(shown.locator(".shares > span")).to_have_text(["槐树网格 120 人", "钟楼网格 45 人"])
    assert english(shown) == []
    before = desk.page.url
    shown.get_by_role("button").click()
    expect(desk.page).not_to_have_url(before)
    desk.page.wait_for_timeout(500)
    assert desk.page.evaluate(MARKED) > 100  # a frame around it
    desk.open()
    desk.select(50, 350)
    desk.page.keyboard.press("b")
    desk.drag((250, 250), (251, 251))
    desk.stored(1)
    expect(desk.page.locator(".compounds-line")).to_have_text("✓ 没有小区被网格分割")
    desk.page.keyboard.press("Control+z")
    expect(shown).to_contain_text("1 个小区被网格分割")


def test_without_compounds_nothing_is_said_and_english_has_its_words(
    editing_server: str, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down(locale="en")
    desk.open(language="en")
    expect(desk.page.locator(".problem-line")).to_be_visible()
    desk.page.wait_for_timeout(600)
    expect(desk.page.locator(".split-compounds, .compounds-line")).to_have_count(0)


def test_english_names_the_compound_and_its_cells(compounds: None, sit_down: Callable[..., Desk]) -> None:
    desk = sit_down(locale="en")
    desk.open(language="en")
    shown = desk.page.locator(".split-compounds")
    expect(shown).to_contain_text("1 compound split between cells")
    shown.locator("summary").click()
    expect(shown.locator("li")).to_contain_text("Yangguang")
    expect(shown.locator(".shares > span").first).to_contain_text("120 residents")
