"""Lines shown before they are done: while they are drawn, once they end, and when the platform cannot be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.edit.conftest import AS_DRAWN
from tests.e2e.edit.test_edit_together import elsewhere
from tests.e2e.serving import ask

if TYPE_CHECKING:
    from playwright.sync_api import Request, Route

    from tests.e2e.edit.conftest import Desk

pytestmark = pytest.mark.browser

REST_MS = 400
"""Longer than a pointer rests before the platform is asked, with time to answer."""


def previews(desk: Desk) -> list[Request]:
    """Collect the questions the page asks from now on."""
    asked: list[Request] = []
    desk.page.on("request", lambda one: asked.append(one) if one.url.endswith("/preview") else None)
    return asked


def begin(desk: Desk, key: str, start: tuple[float, float], *over: tuple[float, float]) -> None:
    """Set the first point of a line and rest at others."""
    desk.page.keyboard.press(key)
    desk.line(start)
    for place in over:
        desk.page.mouse.move(*desk.at(*place), steps=4)


def test_a_border_drawn_across_three_cells_hatches_what_the_cell_gains(desk: Desk) -> None:
    desk.select(250, 350)
    desk.page.keyboard.press("h")
    desk.line((150, 150), (450, 150))
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".tool-hint")).to_contain_text("尚未生效")
    expect(desk.row("钟楼网格").locator(".residents")).to_contain_text("1,200 → 1,550")
    expect(desk.row("鼓楼网格").locator(".residents")).to_contain_text("1,050 → 700")
    assert desk.hatched(250, 178)
    assert desk.hatched(350, 178)
    expect(desk.page.locator(".tally-table tbody.changing")).to_have_count(2)
    assert not desk.hatched(220, 122)
    assert not desk.hatched(450, 178)
    assert not desk.hatched(150, 178)
    desk.page.keyboard.press("Enter")
    desk.stored(1)
    expect(desk.row("钟楼网格").locator(".residents .value")).to_have_text("1,550")
    expect(desk.row("鼓楼网格").locator(".residents .value")).to_have_text("700")


def draw_straight_across(desk: Desk) -> None:
    """Draw a border from outside to outside over the cell 钟楼网格, and see what it would do."""
    desk.select(250, 350)
    desk.page.keyboard.press("h")
    desk.line((-20, 250), (620, 250))
    desk.page.keyboard.press("Enter")
    expect(desk.row("钟楼网格").locator(".residents")).to_contain_text("1,200 → 900")


def test_a_straight_line_from_outside_to_outside_redraws_the_chosen_cell_only(desk: Desk) -> None:
    draw_straight_across(desk)
    expect(desk.row("鼓楼网格").locator(".residents")).to_contain_text("1,050 → 1,350")
    for place in ((250, 225), (350, 225)):
        assert desk.hatched(*place)
    for place in ((50, 225), (560, 225), (50, 275), (560, 275), (250, 275)):
        assert not desk.hatched(*place)
    desk.page.keyboard.press("Enter")
    desk.stored(1)
    expect(desk.row("钟楼网格").locator(".residents .value")).to_have_text("900")
    expect(desk.row("鼓楼网格").locator(".residents .value")).to_have_text("1,350")


def test_a_redrawn_border_goes_back_and_forth(desk: Desk) -> None:
    """The line cuts blocks, so other blocks come back than went."""
    draw_straight_across(desk)
    desk.page.keyboard.press("Enter")
    desk.stored(1)
    for revision in range(2, 7):
        desk.page.keyboard.press("Control+z" if revision % 2 == 0 else "Control+Shift+Z")
        desk.stored(revision)
        residents = ("1,200", "1,050") if revision % 2 == 0 else ("900", "1,350")
        for name, shown in zip(("钟楼网格", "鼓楼网格"), residents, strict=True):
            expect(desk.row(name).locator(".residents .value")).to_have_text(shown)
    assert desk.assignment() == AS_DRAWN


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", "与槐树网格、码头网格接界相当，不知归谁"),
        ("en", "What the line cuts off borders 槐树网格, 码头网格 alike. Select the cell that is to get it"),
    ],
)
def test_a_straight_line_that_does_not_say_who_gets_the_piece_is_refused_with_what_to_draw(
    desk: Desk, language: str, said: str
) -> None:
    desk.open(language=language)
    desk.select(250, 350)
    desk.page.keyboard.press("h")
    desk.line((-20, 350), (620, 350))
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".tool-hint .refusal")).to_contain_text(said)
    desk.page.keyboard.press("Escape")
    assert desk.assignment() == AS_DRAWN


def test_a_border_drawn_into_another_community_tells_the_figures_of_both(desk: Desk) -> None:
    desk.select(250, 350)
    desk.page.keyboard.press("h")
    desk.line((150, 350), (450, 250))
    desk.page.keyboard.press("Enter")
    expect(desk.row("钟楼网格").locator(".residents")).to_contain_text("1,200 → 600")
    expect(desk.page.locator(".tally-table .beyond")).to_be_visible()
    expect(desk.row("码头网格").locator(".residents")).to_contain_text("900 → 1,500")
    desk.page.keyboard.press("Escape")
    expect(desk.row("码头网格")).to_have_count(0)
    assert desk.assignment() == AS_DRAWN


def test_a_cut_hatches_the_pieces_and_leaves_the_figures(desk: Desk) -> None:
    desk.select(50, 350)
    desk.page.keyboard.press("c")
    desk.line((150, 420), (150, 200))
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".tool-hint")).to_contain_text("切成 4 块")
    for place in ((125, 350), (175, 350), (125, 250), (175, 250)):
        assert desk.hatched(*place)
    assert not desk.hatched(50, 350)
    assert not desk.hatched(250, 350)
    expect(desk.row("槐树网格").locator(".residents .value")).to_have_text("1,200")


def test_a_split_hatches_the_new_cell_and_no_other(desk: Desk) -> None:
    desk.select(50, 350)
    desk.page.keyboard.press("s")
    desk.line((160, 420), (160, 180))
    desk.page.keyboard.press("Enter")
    expect(desk.row("槐树网格").locator(".residents")).to_contain_text("1,200 → 960")
    expect(desk.page.locator(".tally-table .coming")).to_contain_text("240")
    expect(desk.page.locator(".pointer-figures")).to_contain_text("西门社区第三网格")
    assert desk.hatched(180, 350)
    assert desk.hatched(180, 250)
    assert not desk.hatched(50, 350)
    assert not desk.hatched(130, 350)


def test_a_line_is_foreseen_while_it_is_drawn(desk: Desk) -> None:
    asked = previews(desk)
    desk.select(250, 350)
    begin(desk, "h", (150, 150), (450, 150))
    expect(desk.page.locator(".pointer-figures")).to_contain_text("1,200 → 1,550")
    expect(desk.row("鼓楼网格").locator(".residents")).to_contain_text("1,050 → 700")
    assert desk.hatched(250, 178)
    desk.page.wait_for_timeout(REST_MS)
    assert len(asked) == 1
    desk.page.mouse.move(*desk.at(450, 100), steps=3)
    expect(desk.row("鼓楼网格").locator(".residents")).not_to_contain_text("700")
    expect(desk.page.locator(".pointer-figures")).to_contain_text("→")
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator(".pointer-figures")).to_have_count(0)
    assert not desk.hatched(250, 178)
    desk.page.wait_for_timeout(REST_MS)
    assert len(asked) == 2
    desk.stored(0)
    assert desk.assignment() == AS_DRAWN


def test_what_was_foreseen_while_drawing_is_not_asked_again_at_the_end(desk: Desk) -> None:
    asked = previews(desk)
    begin(desk, "c", (150, 420), (150, 200))
    expect(desk.page.locator(".tool-hint")).to_contain_text("切成 4 块")
    desk.page.mouse.click(*desk.at(150, 200))
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("button", name="执行")).to_be_enabled()
    assert len(asked) == 1
    desk.page.keyboard.press("Enter")
    desk.stored(1)


def test_a_line_that_does_nothing_yet_is_no_error_until_it_ends(desk: Desk) -> None:
    desk.select(50, 350)
    begin(desk, "s", (150, 420), (150, 250))
    expect(desk.page.locator(".tool-hint")).to_contain_text("此线目前还不会改变什么")
    expect(desk.page.locator(".refusal")).to_have_count(0)
    desk.line((150, 250))
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".tool-hint .refusal")).to_contain_text("没有贯穿")
    desk.line((150, 180))
    expect(desk.page.locator(".tool-hint .refusal")).to_have_count(0)
    desk.page.keyboard.press("Enter")
    expect(desk.row("槐树网格").locator(".residents")).to_contain_text("1,200 → 900")


def test_one_question_is_under_way_and_the_answer_to_an_older_line_is_dropped(desk: Desk) -> None:
    held: list[Route] = []
    asked = previews(desk)
    desk.page.route("**/edits/preview", lambda route: held.append(route), times=1)
    desk.select(250, 350)
    begin(desk, "h", (150, 150), (450, 150))
    desk.page.wait_for_timeout(REST_MS)
    for place in ((450, 130), (450, 120), (450, 100)):
        desk.page.mouse.move(*desk.at(*place))
        desk.page.wait_for_timeout(REST_MS)
    assert len(asked) == len(held) == 1
    held[0].continue_()
    expect(desk.row("鼓楼网格").locator(".residents")).to_contain_text("→")
    expect(desk.row("鼓楼网格").locator(".residents")).not_to_contain_text("700")
    assert len(asked) == 2


def test_a_line_is_asked_about_anew_when_somebody_else_changes_the_plan(desk: Desk) -> None:
    desk.select(250, 350)
    begin(desk, "h", (150, 150), (450, 150))
    expect(desk.row("钟楼网格").locator(".residents")).to_contain_text("1,200 → 1,550")
    elsewhere(desk, "B", "b2")
    expect(desk.row("钟楼网格").locator(".residents")).to_contain_text("1,500 → 1,850")


def test_without_a_connection_nothing_is_asked_and_the_line_is_kept(desk: Desk) -> None:
    desk.page.context.set_offline(True)
    asked = previews(desk)
    begin(desk, "c", (150, 420), (150, 200))
    desk.page.wait_for_timeout(REST_MS)
    desk.page.mouse.click(*desk.at(150, 200))
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".tool-hint")).to_contain_text("没有连接")
    assert asked == []
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".stored.lost")).to_contain_text("1 项暂存本机")
    desk.page.context.set_offline(False)
    desk.stored(1)
    found = ask(desk.server, f"/api/plans/{desk.plan}/blocks")["blocks"]["features"]
    assert len(found) == 24 + 2
