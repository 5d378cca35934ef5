"""Every tool, drawn with the mouse: what it shows before, what it does, and that Escape does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.edit.conftest import AS_DRAWN
from tests.e2e.serving import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.edit.conftest import Desk

pytestmark = pytest.mark.browser


def test_the_brush_gives_blocks_to_the_selected_cell_and_shows_the_figures_before(desk: Desk) -> None:
    desk.select(450, 350)
    desk.page.keyboard.press("b")
    desk.drag((480, 350), (550, 350), drop=False)
    expect(desk.row("码头网格")).to_contain_text("900 → 1,050")
    expect(desk.page.locator(".pointer-figures")).to_contain_text("900 → 1,050")
    assert desk.assignment() == AS_DRAWN
    desk.page.mouse.up()
    expect(desk.row("码头网格").locator(".residents .value")).to_have_text("1,050")
    desk.stored(1)
    assert desk.assignment() == ["AABBEE", "AABBEE", "CCDDFF", "CCDXFU"]


def test_escape_in_the_middle_of_a_stroke_leaves_everything_unchanged(desk: Desk) -> None:
    desk.select(450, 350)
    desk.page.keyboard.press("b")
    desk.drag((480, 350), (550, 350), drop=False)
    expect(desk.row("码头网格")).to_contain_text("900 → 1,050")
    desk.page.keyboard.press("Escape")
    desk.page.mouse.up()
    expect(desk.row("码头网格").locator(".residents .value")).to_have_text("900")
    desk.stored(0)
    assert desk.assignment() == AS_DRAWN


def test_a_wide_brush_takes_the_blocks_whose_middle_it_covers(desk: Desk) -> None:
    desk.select(350, 350)
    desk.page.keyboard.press("b")
    for _ in range(4):
        desk.page.keyboard.press("]")
    desk.drag((310, 250), (310, 195))
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AABBEE", "CCBBFF", "CCDXFU"]


def test_alt_click_picks_the_cell_to_paint_with(desk: Desk) -> None:
    desk.select(50, 350)
    desk.page.keyboard.press("b")
    desk.page.keyboard.down("Alt")
    desk.page.mouse.click(*desk.at(450, 350))
    desk.page.keyboard.up("Alt")
    expect(desk.page.locator(".tool-hint")).to_contain_text("码头网格")
    desk.drag((480, 350), (550, 350))
    desk.stored(1)
    assert desk.assignment()[0] == "AABBEE"


def test_a_rectangle_takes_the_blocks_whose_middle_lies_inside(desk: Desk) -> None:
    desk.select(250, 50)
    desk.page.keyboard.press("r")
    desk.drag((210, 290), (390, 210))
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AADDEE", "CCDDFF", "CCDXFU"]
    expect(desk.row("鼓楼网格").locator(".residents")).to_contain_text("1,650")
    expect(desk.row("鼓楼网格").locator(".residents .verdict")).to_contain_text("▲ 超 150")


def test_a_lasso_takes_the_blocks_whose_middle_lies_inside(desk: Desk) -> None:
    desk.select(250, 50)
    desk.page.keyboard.press("o")
    desk.drag((210, 290), (390, 290), (390, 210), (210, 210), (205, 280))
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AADDEE", "CCDDFF", "CCDXFU"]


def test_the_filters_keep_a_stroke_to_the_community_or_to_what_is_unassigned(desk: Desk) -> None:
    desk.select(350, 350)
    desk.page.keyboard.press("r")
    desk.page.get_by_label("仅本社区").check()
    desk.drag((210, 290), (590, 110))
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AABBEE", "CCBBFF", "CCDXFU"]
    desk.page.keyboard.press("Control+z")
    desk.stored(2)
    desk.page.keyboard.press("f")
    desk.page.keyboard.press("a")
    desk.select(450, 350)
    desk.page.keyboard.press("r")
    desk.drag((210, 390), (590, 210))
    desk.stored(3)
    assert desk.assignment() == ["AABBEE", "AABBEE", "CCDDFF", "CCDXFU"]


def test_the_figures_beside_the_pointer_begin_with_the_cell_in_hand_and_stay_in_the_pane(
    sit_down: Callable[..., Desk],
) -> None:
    desk = sit_down(viewport={"width": 1024, "height": 640})
    desk.open()
    desk.select(50, 350)
    desk.page.keyboard.press("b")
    # To where three units and the refusal have no room below the pointer.
    desk.drag((150, 350), (250, 350), (250, 110), drop=False)
    card = desk.page.locator(".pointer-figures")
    expect(card.locator(".before")).to_have_count(3)
    expect(card.locator(".before").first).to_contain_text("槐树网格")
    expect(card.locator(".refusal")).to_contain_text("鼓楼网格")
    shown, pane = card.bounding_box(), desk.page.locator("#map").bounding_box()
    assert shown is not None
    assert pane is not None
    assert shown["height"] > 180
    assert pane["y"] <= shown["y"]
    assert shown["y"] + shown["height"] <= pane["y"] + pane["height"]
    assert pane["x"] <= shown["x"]
    assert shown["x"] + shown["width"] <= pane["x"] + pane["width"]


def test_the_levels_count_ordinary_cells_as_everywhere(desk: Desk) -> None:
    plans = ask(desk.server, f"/api/districts/{ask(desk.server, '/api/districts')[0]['id']}/plans")
    counted = next(one["unit_counts"] for one in plans if one["id"] == desk.plan)
    cells = ask(desk.server, f"/api/plans/{desk.plan}/units?level=cell")["features"]
    assert counted["cell"] < len(cells)
    expect(desk.page.locator(".edit-levels .chosen .tally")).to_have_text(str(counted["cell"]))


def test_dragging_a_border_flips_the_blocks_it_sweeps(desk: Desk) -> None:
    desk.page.keyboard.press("d")
    desk.drag((450, 201), (455, 185), (550, 150), drop=False)
    expect(desk.page.locator(".pointer-figures")).to_contain_text("码头网格")
    desk.page.mouse.up()
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AABBEE", "CCDDEE", "CCDXFU"]


def test_a_new_cell_is_made_of_the_blocks_of_a_stroke_and_painted_on(desk: Desk) -> None:
    desk.page.keyboard.press("n")
    desk.drag((50, 150), (50, 60), drop=False)
    expect(desk.page.locator(".pointer-figures")).to_contain_text("620")
    desk.page.mouse.up()
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AABBEE", "NCDDFF", "NCDXFU"]
    desk.page.keyboard.press("b")
    desk.drag((80, 150), (150, 150))
    desk.stored(2)
    assert desk.assignment() == ["AABBEU", "AABBEE", "NNDDFF", "NCDXFU"]


def test_a_line_splits_a_cell_after_it_was_shown(desk: Desk) -> None:
    desk.select(50, 350)
    desk.page.keyboard.press("s")
    desk.line((100, 410), (100, 190))
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".tool-hint")).to_contain_text("尚未生效")
    expect(desk.row("槐树网格")).to_contain_text("1,200 → 600")
    assert desk.assignment() == AS_DRAWN
    desk.page.keyboard.press("Enter")
    desk.stored(1)
    assert sorted(set("".join(desk.assignment()))) == sorted("ABCDEFNUX")
    desk.page.locator("#tab-history").click()
    expect(desk.page.locator(".history li").first).to_contain_text("拆分槐树网格")


def test_a_drawn_line_becomes_the_border(desk: Desk) -> None:
    desk.select(50, 350)
    desk.page.keyboard.press("h")
    desk.line((0, 300), (200, 300))
    desk.page.get_by_role("button", name="结束画线").click()
    expect(desk.page.locator(".tool-hint")).to_contain_text("尚未生效")
    desk.page.get_by_role("button", name="执行").click()
    desk.stored(1)
    assert desk.assignment()[:2] != AS_DRAWN[:2]


def test_cutting_a_block_leaves_its_cell(desk: Desk) -> None:
    before = len(desk_blocks(desk))
    desk.page.keyboard.press("c")
    desk.line((150, 420), (150, 300))
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".tool-hint")).to_contain_text("尚未生效")
    desk.page.keyboard.press("Enter")
    desk.stored(1)
    assert len(desk_blocks(desk)) == before + 1
    desk.select(50, 350)
    expect(desk.row("槐树网格").locator(".residents .value")).to_have_text("1,200")


def desk_blocks(desk: Desk) -> list[object]:
    found: list[object] = ask(desk.server, f"/api/plans/{desk.plan}/blocks")["blocks"]["features"]
    return found


def test_merging_takes_the_first_cell_chosen_as_the_one_that_stays(desk: Desk) -> None:
    desk.page.keyboard.press("m")
    desk.page.mouse.click(*desk.at(50, 350))
    desk.page.mouse.click(*desk.at(50, 50))
    expect(desk.page.locator(".tool-hint")).to_contain_text("槐树网格")
    desk.page.keyboard.press("Enter")
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AABBEE", "AADDFF", "AADXFU"]


def test_cells_that_do_not_touch_are_refused_with_a_reason(desk: Desk) -> None:
    desk.page.keyboard.press("m")
    desk.page.mouse.click(*desk.at(350, 350))
    desk.page.mouse.click(*desk.at(350, 50))
    expect(desk.page.locator(".refusal")).to_contain_text("不相邻")
    desk.page.keyboard.press("Escape")
    desk.stored(0)


def test_a_stroke_that_would_tear_a_cell_apart_is_refused_with_a_reason(desk: Desk) -> None:
    desk.select(350, 350)
    desk.page.keyboard.press("b")
    desk.drag((390, 250), (450, 250))
    expect(desk.page.locator(".tool-hint .refusal")).to_contain_text("会分成 2 块")
    desk.stored(0)
    assert desk.assignment() == AS_DRAWN
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator(".refusal")).to_have_count(0)
    expect(desk.page.get_by_role("button", name="选择", exact=True)).to_have_attribute("aria-pressed", "true")


def test_measuring_gives_length_and_area_and_changes_nothing(desk: Desk) -> None:
    desk.page.keyboard.press("g")
    desk.line((0, 0), (300, 0), (300, 400))
    expect(desk.page.locator(".tool-hint")).to_contain_text("700 m")
    expect(desk.page.locator(".tool-hint")).to_contain_text("6.00 ha")
    desk.stored(0)


def test_undo_and_redo_go_back_and_forth(desk: Desk) -> None:
    desk.select(450, 350)
    desk.page.keyboard.press("b")
    desk.drag((480, 350), (550, 350))
    desk.stored(1)
    desk.drag((480, 250), (550, 150))
    desk.stored(2)
    drawn = desk.assignment()
    desk.page.keyboard.press("Control+z")
    desk.page.keyboard.press("Control+z")
    expect(desk.row("码头网格").locator(".residents .value")).to_have_text("900")
    desk.stored(4)
    assert desk.assignment() == AS_DRAWN
    desk.page.keyboard.press("Control+Shift+Z")
    desk.page.keyboard.press("Control+Shift+Z")
    desk.stored(6)
    assert desk.assignment() == drawn
