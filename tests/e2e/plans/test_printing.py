"""The view as PNG and PDF, and sheets of units, on the drawn district."""

from __future__ import annotations

import os
import re
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Download, Page

    from tests.e2e.plans.conftest import PlansPlatform

pytestmark = pytest.mark.browser


def saved(page: Page, name: str) -> Download:
    with page.expect_download() as waiting:
        page.get_by_role("dialog").get_by_role("button", name=name).click()
    return waiting.value


def keep(path: Path) -> None:
    """Put a copy where WANGGE_SCREENSHOTS says, to be looked at."""
    if wanted := os.environ.get("WANGGE_SCREENSHOTS"):
        (Path(wanted) / path.name).write_bytes(path.read_bytes())


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_view_is_saved_as_a_picture_of_a_whole_page(
    plans: PlansPlatform, language: str, tmp_path: Path
) -> None:
    plans.open(f"/?lang={language}")
    plans.page.keyboard.press("m")
    found = saved(plans.page, "PNG")
    assert found.suggested_filename.endswith(".png")
    path = tmp_path / f"view-{language}.png"
    found.save_as(path)
    keep(path)
    wide, high = struct.unpack(">II", path.read_bytes()[16:24])
    assert (wide, high) == (2339, 1654)  # A4 across at 200 dots an inch


def test_a_pdf_has_the_papers_size_and_its_chinese_words(plans: PlansPlatform, tmp_path: Path) -> None:
    plans.open("/?lang=zh-CN")
    plans.page.keyboard.press("m")
    plans.page.get_by_role("combobox", name="方向").select_option("portrait")
    plans.page.get_by_role("textbox", name="标题").fill("清河区网格图（2010年）")
    found = saved(plans.page, "PDF")
    assert found.suggested_filename.startswith("清河区网格图（2010年）_")
    path = tmp_path / "view.pdf"
    found.save_as(path)
    keep(path)
    body = path.read_bytes()
    assert b"/MediaBox [0 0 595.28 841.89]" in body
    words = {
        bytes.fromhex(told.decode()).decode("utf-16-be") for told in re.findall(rb"<([0-9a-f]+)> Tj", body)
    }
    assert "清河区网格图（2010年）" in words
    assert any(word.startswith("比例尺 1:") for word in words)
    assert {"图例", "区界", "网格界", "北"} <= words
    assert "清河区人民政府 · 清政发〔2010〕42号" in words
    assert any("EPSG:4549" in word for word in words)
    assert "本区为合成数据，非真实地方。" in words
    assert "现行 · 第 3 版" in words


def test_the_pages_pixels_come_back_out_of_the_pdf(plans: PlansPlatform, tmp_path: Path) -> None:
    plans.open("/?lang=en")
    plans.page.keyboard.press("m")
    path = tmp_path / "view.pdf"
    saved(plans.page, "PDF").save_as(path)
    body = path.read_bytes()
    at = body.index(b"stream\n", body.index(b"/Subtype /Image")) + 7
    rows = zlib.decompressobj().decompress(body[at:])
    assert len(rows) == 1654 * (1 + 3 * 2339)
    assert rows[1:7] == b"\xff" * 6  # white paper at the corner
    assert len(body) < 4_000_000


def test_the_scale_offered_shows_the_whole_view_and_others_can_be_chosen(plans: PlansPlatform) -> None:
    plans.open("/?lang=en")
    plans.page.keyboard.press("m")
    scale = plans.page.get_by_label("Scale")
    expect(scale.locator("option").first).to_have_text(re.compile(r"^1:[\d,]+, all of the view$"))
    scale.select_option("10000")
    with plans.page.expect_download():
        plans.page.get_by_role("button", name="PDF").click()
    expect(plans.page.get_by_text("Saved")).to_be_visible()


def test_a_units_sheet_tells_neighbours_border_figures_and_vacancies(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&unit=100&level=cell")
    plans.page.keyboard.press("m")
    plans.page.get_by_role("button", name="Sheet of Cell of 柳堤东").click()
    sheet = plans.page.get_by_role("article", name="Cell of 柳堤东")
    expect(sheet).to_contain_text("North: along North Huaihai Road (arterial) to 长征路, 300 m")
    expect(sheet).to_contain_text("East: along a lane, 300 m")
    expect(sheet).to_contain_text("South-west: rim of the district, 600 m")
    expect(sheet.get_by_role("row", name=re.compile("North.*府前里.*300 m"))).to_be_visible()
    expect(sheet.get_by_role("row", name=re.compile("Residents"))).to_contain_text("1,532")
    expect(sheet.get_by_role("row", name=re.compile("Residents"))).to_contain_text("/ 1,000-1,500 ▲ 32 above")
    expect(sheet).to_contain_text("Counts of 2010-06-01")
    expect(sheet).to_contain_text("volunteers: 1 vacant")
    expect(sheet).to_contain_text("Liudi hall · windows: 3, services: 28 · 150 m outside")
    expect(sheet.get_by_role("img", name="Map of Cell of 柳堤东 with its neighbours")).to_be_visible()


def test_a_communitys_cells_are_printed_a_page_each(plans: PlansPlatform, tmp_path: Path) -> None:
    plans.open("/?lang=zh-CN&unit=10&level=community")
    page = plans.page
    page.keyboard.press("m")
    page.get_by_role("button", name="所辖 4 个网格，每个一页").click()
    expect(page.get_by_text("共 4 页")).to_be_visible()
    expect(page.locator(".sheet")).to_have_count(4)
    page.emulate_media(media="print")
    path = tmp_path / "sheets.pdf"
    path.write_bytes(page.pdf(prefer_css_page_size=True, print_background=True))
    keep(path)
    assert len(re.findall(rb"/Type /Page\b", path.read_bytes())) == 4


def test_sheets_are_left_with_escape_and_the_map_is_there_again(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&unit=100&level=cell")
    plans.page.keyboard.press("m")
    plans.page.get_by_role("button", name=re.compile("Sheet of")).click()
    expect(plans.page.locator(".sheet")).to_have_count(1)
    plans.page.keyboard.press("Escape")
    expect(plans.page.locator(".sheets")).to_have_count(0)
    expect(plans.page.locator("#map")).to_be_visible()


def test_a_sheet_that_cannot_be_made_is_said(plans: PlansPlatform) -> None:
    plans.failing["/sheet"] = (404, {"detail": 'plan "x" has no unit 100.', "key": "not-found"})
    plans.open("/?lang=en&unit=100&level=cell")
    plans.page.keyboard.press("m")
    plans.page.get_by_role("button", name=re.compile("Sheet of")).click()
    expect(plans.page.get_by_role("alert")).to_contain_text("has no unit 100")
    expect(plans.page.locator(".sheets")).to_have_count(0)
