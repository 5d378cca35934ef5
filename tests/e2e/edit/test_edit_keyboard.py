"""Every edit without a mouse: from the table, and with the crosshair that arrow keys move over the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.edit.conftest import AS_DRAWN
from tests.e2e.edit.test_edit_panels import choose_from_table, names
from tests.e2e.serving import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.edit.conftest import Desk

pytestmark = pytest.mark.browser


def keys(desk: Desk, *pressed: str) -> None:
    """Press keys; ``Shift+ArrowLeft*3`` is pressed three times. The crosshair begins at (300, 200)."""
    for one in pressed:
        key, _, times = one.partition("*")
        for _ in range(int(times or 1)):
            desk.page.keyboard.press(key)


def draw(desk: Desk, tool: str, *pressed: str) -> None:
    desk.page.keyboard.press(tool)
    expect(desk.page.locator("#map")).to_be_focused()
    keys(desk, *pressed)


def at_work_on(sit_down: Callable[..., Desk], cell: str) -> Desk:
    """Open the draft with a cell selected and the whole district in view."""
    desk = sit_down()
    found = ask(desk.server, f"/api/plans/{desk.plan}/units?level=cell")["features"]
    unit = next(one["id"] for one in found if one["properties"]["name"] == cell)
    desk.open(f"&unit={unit}")
    return desk


def figures(desk: Desk, level: str = "cell") -> dict[str, int]:
    """Return the residents of each unit as the platform holds them."""
    found = ask(desk.server, f"/api/plans/{desk.plan}/units?level={level}")["features"]
    return {one["properties"]["name"]: one["properties"]["residents"] for one in found}


ACROSS_B = ("Shift+ArrowLeft", "Enter", "Shift+ArrowUp*4", "ArrowUp")
"""From the southern to the northern border of the cell in the middle, 252 m east."""


def test_a_block_is_cut_with_the_keys_alone_and_each_step_is_told(desk: Desk) -> None:
    draw(desk, "c", *ACROSS_B)
    said = desk.page.locator(".map-pane p[aria-live=polite]")
    keys(desk, "ArrowUp", "ArrowDown*2")
    expect(said).to_contain_text("钟楼网格 · 贴合界线 · 1 个点")
    expect(desk.page.locator(".tool-hint")).to_contain_text("切成 4 块")
    keys(desk, "Enter", "Backspace", "Enter", "Enter")
    expect(desk.page.locator(".tool-hint")).to_contain_text("切成 4 块")
    expect(desk.page.get_by_role("button", name="执行")).to_be_enabled()
    keys(desk, "Enter")
    desk.stored(1)
    assert len(ask(desk.server, f"/api/plans/{desk.plan}/blocks")["blocks"]["features"]) == 24 + 2


def test_escape_leaves_a_line_of_the_keys_and_then_the_tool(desk: Desk) -> None:
    draw(desk, "c", *ACROSS_B, "Enter")
    expect(desk.page.locator(".tool-hint")).to_contain_text("切成 4 块")
    keys(desk, "Escape")
    expect(desk.page.locator(".pointer-figures")).to_have_count(0)
    keys(desk, "Escape")
    expect(desk.page.locator(".tool[aria-pressed=true]")).to_have_text("选择")
    desk.stored(0)
    assert desk.assignment() == AS_DRAWN


def test_a_cell_is_split_with_the_keys_alone(sit_down: Callable[..., Desk]) -> None:
    desk = at_work_on(sit_down, "钟楼网格")
    draw(desk, "s", *ACROSS_B, "Enter", "Enter")
    expect(desk.page.get_by_role("button", name="执行")).to_be_enabled()
    expect(desk.page.locator(".map-pane p[aria-live=polite]")).to_contain_text("钟楼网格: 户籍人口 1,200 →")
    keys(desk, "Enter")
    desk.stored(1)
    assert len(figures(desk)) == 9


def test_a_border_is_drawn_with_the_keys_alone(sit_down: Callable[..., Desk]) -> None:
    desk = at_work_on(sit_down, "钟楼网格")
    draw(desk, "h", "Shift+ArrowDown", "Shift+ArrowLeft*2", "Enter", "Shift+ArrowRight*4", "Enter", "Enter")
    expect(desk.page.get_by_role("button", name="执行")).to_be_enabled()
    told = desk.page.locator(".pointer-figures .before", has_text="钟楼网格").locator("strong").nth(1)
    after = told.inner_text()
    keys(desk, "Enter")
    desk.stored(1)
    assert after == f"{figures(desk)['钟楼网格']:,.0f}" != "1,200"


def test_blocks_are_painted_and_taken_back_with_the_keys_alone(sit_down: Callable[..., Desk]) -> None:
    desk = at_work_on(sit_down, "码头网格")
    draw(desk, "b", "Shift+ArrowRight*5", "Shift+ArrowUp*3", "Space")
    expect(desk.page.locator(".pointer-figures")).to_contain_text("900 → 1,050")
    assert desk.assignment() == AS_DRAWN
    keys(desk, "Space")
    desk.stored(1)
    assert desk.assignment()[0] == "AABBEE"
    keys(desk, "Control+z")
    desk.stored(2)
    assert desk.assignment() == AS_DRAWN
    keys(desk, "Control+Shift+Z")
    desk.stored(3)
    assert desk.assignment()[0] == "AABBEE"


def test_a_border_is_dragged_and_a_cell_is_drawn_with_the_keys_alone(desk: Desk) -> None:
    draw(desk, "d", "Shift+ArrowRight*3", "Space", "Shift+ArrowDown", "Shift+ArrowRight*2", "Space")
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AABBEE", "CCDDEE", "CCDXFU"]
    draw(desk, "n", "Shift+ArrowLeft*10", "Space", "Shift+ArrowDown*2", "Space")
    desk.stored(2)
    assert desk.assignment() == ["AABBEU", "AABBEE", "NCDDEE", "NCDXFU"]


def test_cells_are_merged_with_the_crosshair(desk: Desk) -> None:
    draw(desk, "m", "Shift+ArrowLeft*4", "Shift+ArrowUp*3", "Space", "Shift+ArrowDown*6", "Space")
    expect(desk.page.locator(".tool-hint")).to_contain_text("槐树网格")
    keys(desk, "Enter")
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AABBEE", "AADDFF", "AADXFU"]


def test_a_new_cell_is_made_of_blocks_ticked_in_the_list(desk: Desk) -> None:
    choose_from_table(desk, "西门社区", "柳树网格")
    desk.page.locator(".block-list summary").press("Enter")
    for key in ("c1", "d1"):
        desk.page.get_by_role("checkbox", name=key).press(" ")
    desk.page.get_by_role("button", name="独立成新网格").focus()
    expect(desk.page.locator(".pointer-figures")).to_contain_text("1,240 → 620")
    keys(desk, "Enter")
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AABBEE", "NCDDFF", "NCDXFU"]


def test_communities_are_moved_renamed_merged_and_dissolved_from_the_table(desk: Desk) -> None:
    choose_community(desk, "中心社区")
    desk.page.locator(".moves .field select").select_option(label="港口街道")
    desk.stored(1)
    assert figures(desk, "street") == {"城中街道": 2440, "港口街道": 4870}
    keys(desk, "Control+z")
    desk.stored(2)
    choose_community(desk, "西门社区")
    rename(desk, "西城门社区")
    desk.stored(3)
    assert "西城门社区" in names(desk, "community")
    desk.page.locator(".with-unit select").first.select_option(label="中心社区 (2,270)")
    desk.page.get_by_role("button", name="并入").press("Enter")
    desk.stored(4)
    assert figures(desk, "community") == {"中心社区": 4710, "东门社区": 2600}
    keys(desk, "Control+z")
    desk.stored(5)
    choose_community(desk, "西城门社区")
    desk.page.get_by_role("button", name="撤销单元").press("Enter")
    desk.stored(6)
    assert figures(desk, "community") == {"中心社区": 4710, "东门社区": 2600}


def choose_community(desk: Desk, name: str) -> None:
    desk.page.locator("#tab-figures").press("Enter")
    while desk.page.locator(".unit-list").count() == 0:
        keys(desk, "Escape")
    desk.page.locator(".unit-list").get_by_role("button", name=name).press("Enter")
    desk.page.locator("#tab-unit").press("Enter")


def rename(desk: Desk, name: str) -> None:
    field = desk.page.get_by_label("名称", exact=True)
    field.focus()
    keys(desk, "Control+a")
    desk.page.keyboard.type(name)
    keys(desk, "Enter")


def test_streets_are_made_renamed_merged_and_dissolved_from_the_table(desk: Desk) -> None:
    choose_community(desk, "中心社区")
    desk.page.get_by_role("button", name="独立成新街道").press("Enter")
    desk.stored(1)
    assert len(names(desk, "street")) == 3
    desk.page.locator("#tab-figures").press("Enter")
    keys(desk, "Escape", "1")
    (new,) = names(desk, "street") - {"城中街道", "港口街道"}
    desk.page.locator(".unit-list").get_by_role("button", name=new).press("Enter")
    desk.page.locator("#tab-unit").press("Enter")
    rename(desk, "新街道")
    desk.stored(2)
    desk.page.locator(".with-unit select").first.select_option(label="城中街道 (2,440)")
    desk.page.get_by_role("button", name="并入").press("Enter")
    desk.stored(3)
    assert figures(desk, "street")["城中街道"] == 4710
    desk.page.locator("#tab-figures").press("Enter")
    desk.page.locator(".unit-list").get_by_role("button", name="港口街道").press("Enter")
    desk.page.locator("#tab-unit").press("Enter")
    desk.page.get_by_role("button", name="撤销单元").press("Enter")
    desk.stored(4)
    assert figures(desk, "street") == {"城中街道": 7310}


def test_the_history_is_gone_back_in_with_the_keys_alone(desk: Desk) -> None:
    choose_from_table(desk, "西门社区", "槐树网格")
    for number, name in enumerate(("甲网格", "乙网格"), start=1):
        rename(desk, name)
        desk.stored(number)
    desk.page.locator("#tab-history").press("Enter")
    desk.page.locator(".history li").nth(1).get_by_role("button", name="退回到此").press("Enter")
    desk.stored(3)
    assert "甲网格" in names(desk, "cell")


def test_the_list_of_keys_tells_of_the_crosshair(desk: Desk) -> None:
    keys(desk, "?")
    expect(desk.page.locator(".keys")).to_contain_text("移动准星")
    expect(desk.page.locator(".keys")).to_contain_text("在准星处落点")
