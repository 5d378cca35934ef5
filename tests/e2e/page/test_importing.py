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
    return {
        "id": 5,
        "state": name,
        "progress": None,
        "message": None,
        "said": None,
        "result": None,
        "error": None,
    } | given


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


def test_an_english_report_calls_the_district_by_its_english_name(drawn: DrawnPlatform) -> None:
    into = {"text": "as sent", "key": "import-district", "values": {"district": "清河区"}}
    drawn.job = [state("done", progress=1, result={"lines": ["as sent"], "said": [into]})]
    panel = open_import(drawn)
    panel.get_by_role("button", name="Import", exact=True).click()
    expect(panel.locator(".lines li")).to_have_text(["in the district Qinghe"])


def test_a_running_import_says_in_chinese_what_it_does(drawn: DrawnPlatform) -> None:
    said = {"text": "reading roads.geojson", "key": "doing-read", "values": {"file": "roads.geojson"}}
    drawn.job = [state("running", progress=0.5, message=said["text"], said=said)]
    drawn.open("/?lang=zh-CN")
    drawn.page.get_by_role("button", name="导入").click()
    panel = drawn.page.get_by_role("dialog")
    panel.locator("input[type=file]").set_input_files(FILE)
    panel.locator("button[type=submit]").click()
    expect(panel.locator(".job")).to_contain_text("正在读取 roads.geojson")


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


def test_what_an_import_did_and_why_one_failed_is_said_in_chinese(drawn: DrawnPlatform) -> None:
    stored = {
        "key": "import-stored",
        "values": {"stored": 12, "rows": 13, "layer": "units"},
        "text": "as sent",
    }
    split = {
        "key": "return-split",
        "values": {"level": "cell", "name": "柳堤网格", "at": "(1.0, 2.0)", "residents": 300, "new": "柳堤网格（2）", "parent": "东门社区"},
        "text": "as sent",
    }  # fmt: skip
    drawn.job = [state("done", progress=1, result={"lines": ["as sent"], "said": [stored, split]})]
    drawn.open("/?lang=zh-CN")
    drawn.page.get_by_role("button", name="导入").click()
    panel = drawn.page.get_by_role("dialog")
    panel.get_by_label("文件", exact=True).set_input_files(FILE)
    panel.get_by_label("作为图层").select_option("units")
    expect(panel.get_by_label("导出自方案")).to_have_value("2010年方案")
    panel.get_by_label("新草案的名称").fill("回来的方案")
    panel.get_by_role("button", name="导入", exact=True).click()
    expect(panel.locator(".lines li")).to_have_text(
        ["13 行中有 12 行存为在别处（QGIS）改过的单元", "文件的界线在 (1.0, 2.0) 处切开网格“柳堤网格”：有 300 人的一部分成为“东门社区”的网格“柳堤网格（2）”，可按需要并入相邻单元"]
    )  # fmt: skip
    assert "2010年方案".encode() in drawn.sent[0]
    assert "回来的方案".encode() in drawn.sent[0]
    twice = {
        "key": "return-levels",
        "values": {"file": "a.gpkg", "levels": ["community", "cell"]},
        "text": "as sent",
    }
    drawn.job = [state("failed", error="as sent", result={"said": twice})]
    panel.get_by_role("button", name="再导入一个文件").click()
    panel.get_by_label("文件", exact=True).set_input_files(FILE)
    panel.get_by_label("作为图层").select_option("units")
    panel.get_by_role("button", name="导入", exact=True).click()
    expect(panel.get_by_role("alert")).to_contain_text("a.gpkg 中有几个层级的单元（社区、网格）")
