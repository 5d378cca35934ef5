"""Several people on one plan, lost connections, and work that is not stored yet."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.edit.conftest import AS_DRAWN, LETTERS
from tests.e2e.serving import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Dialog, Route

    from tests.e2e.edit.conftest import Desk

pytestmark = pytest.mark.browser


def elsewhere(desk: Desk, cell: str, *keys: str) -> None:
    """Give blocks to a cell as somebody else, on the plan as it is now."""
    blocks = ask(desk.server, f"/api/plans/{desk.plan}/blocks")
    units = ask(desk.server, f"/api/plans/{desk.plan}/units?level=cell")["features"]
    unit = next(one["id"] for one in units if LETTERS.get(one["properties"]["name"]) == cell)
    ids = [one["id"] for one in blocks["blocks"]["features"] if one["properties"]["key"] in keys]
    body = {
        "operation": "assign",
        "arguments": {"unit": unit, "blocks": ids},
        "request": f"{cell}{keys}{desk.plan}",
    }
    ask(desk.server, f"/api/plans/{desk.plan}/edits", body, blocks["revision"])


def paint(desk: Desk, start: tuple[float, float], end: tuple[float, float]) -> None:
    desk.select(*start)
    desk.page.keyboard.press("b")
    desk.drag(start, end)


def test_two_people_on_different_cells_see_each_others_edits(sit_down: Callable[..., Desk]) -> None:
    wang, li = sit_down("王芳"), sit_down("李强")
    wang.open()
    li.open()
    paint(wang, (450, 350), (550, 350))
    wang.stored(1)
    li.stored(1)
    paint(li, (150, 250), (250, 250))
    li.stored(2)
    wang.stored(2)
    wang.select(250, 350)
    expect(wang.row("钟楼网格").locator(".residents .value")).to_have_text("900")
    assert wang.assignment() == ["AABBEE", "AAABEE", "CCDDFF", "CCDXFU"]
    expect(wang.page.locator(".people")).to_contain_text("李强")
    wang.page.locator("#tab-history").click()
    expect(wang.page.locator(".history li").first).to_contain_text("李强")


def test_a_conflict_is_settled_by_choosing_mine(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down()
    desk.open()
    conflict_on_b6(desk)
    expect(desk.page.locator(".conflict")).to_contain_text("我的1 个基本单元划入渡口网格")
    expect(desk.page.locator(".conflict")).to_contain_text("李强 1 个基本单元划入东门社区未划分网格")
    desk.page.get_by_role("button", name="在其上执行我的").click()
    desk.stored(2)
    assert desk.assignment() == ["AABBEU", "AABBEF", "CCDDFF", "CCDXFU"]


def test_a_conflict_is_settled_by_choosing_theirs(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down()
    desk.open()
    conflict_on_b6(desk)
    desk.page.get_by_role("button", name="保留对方的").click()
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AABBEU", "CCDDFF", "CCDXFU"]


def test_a_conflict_is_settled_by_a_draft_of_ones_own(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down()
    desk.open()
    conflict_on_b6(desk)
    desk.page.get_by_role("button", name="我的另存为新草案").click()
    expect(desk.page.locator(".conflict")).to_have_count(0)
    desk.page.wait_for_function(f"!location.search.includes('plan={desk.plan}&')")
    assert desk.assignment() == ["AABBEU", "AABBEU", "CCDDFF", "CCDXFU"]


def test_who_paints_what_another_has_painted_alike_need_not_choose(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down()
    desk.open()
    desk.page.route("**/events", lambda route: route.abort())
    desk.page.reload()
    expect(desk.page.locator(".tallies")).to_be_visible()
    elsewhere(desk, "F", "b6")
    paint(desk, (550, 150), (550, 250))
    desk.stored(1)
    expect(desk.page.locator(".conflict, .notice")).to_have_count(0)
    assert desk.assignment() == ["AABBEU", "AABBEF", "CCDDFF", "CCDXFU"]


MINE, THEIRS = "#a8321a", "#275a9c"


def both_cut(desk: Desk) -> None:
    """Both cut the blocks in the north-west, each without knowing of the other: I at 150 m, they at 170 m."""
    x, y = desk.origin
    body = {
        "operation": "cut",
        "arguments": {"line": [[x + 170, y + 430], [x + 170, y + 190]]},
        "request": f"cut {desk.plan}",
    }
    desk.page.route("**/events", lambda route: route.abort())
    desk.page.reload()
    expect(desk.page.locator(".tallies")).to_be_visible()
    desk.page.keyboard.press("c")
    desk.line((150, 430), (150, 200))
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".tool-hint")).to_contain_text("切成 4 块")
    ask(desk.server, f"/api/plans/{desk.plan}/edits", body, 0)
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".conflict")).to_be_visible()


def test_two_lines_that_meet_are_both_drawn_until_one_is_chosen(desk: Desk) -> None:
    both_cut(desk)
    conflict = desk.page.locator(".conflict")
    expect(conflict).to_contain_text("沿所绘的线切开基本单元")
    expect(conflict).to_contain_text("李强 切开 2 个基本单元")
    expect(conflict.locator(".side-keys li")).to_have_text(
        ["红色实线：我画的线", "蓝色斜线、虚线边：对方的基本单元", "蓝色虚线：对方画的线"]
    )
    # Beyond the district's border nothing else is drawn.
    assert MINE in desk.colours(150, 415)
    assert THEIRS not in desk.colours(150, 415)
    assert THEIRS in desk.colours(170, 415)
    assert MINE not in desk.colours(170, 415)
    assert MINE in desk.colours(150, 300)
    assert desk.hatched(120, 350)
    assert not desk.hatched(250, 350)
    desk.page.get_by_role("button", name="保留对方的").click()
    desk.stored(1)
    assert not desk.colours(150, 415) | desk.colours(170, 415)
    assert not desk.hatched(120, 350)


def test_a_line_can_be_drawn_on_top_of_the_one_it_met(desk: Desk) -> None:
    both_cut(desk)
    desk.page.get_by_role("button", name="在其上执行我的").click()
    desk.stored(2)
    blocks = ask(desk.server, f"/api/plans/{desk.plan}/blocks")["blocks"]["features"]
    keys = [one["properties"]["key"] for one in blocks]
    assert len(keys) == 24 + 4


def test_a_conflict_out_of_view_is_brought_back(desk: Desk) -> None:
    both_cut(desk)
    desk.page.keyboard.press("v")
    desk.drag((500, 50), (-100, 50))
    expect(desk.page).not_to_have_url(re.compile(r"at=500300\.0"))
    desk.page.get_by_role("button", name="在地图上查看").click()
    expect(desk.page).to_have_url(re.compile(r"at=500150\.0"))
    assert MINE in desk.colours(150, 415)


def conflict_on_b6(desk: Desk) -> None:
    """Both give block b6 away, each without knowing of the other."""
    desk.page.route("**/events", lambda route: route.abort())
    desk.page.reload()
    expect(desk.page.locator(".tallies")).to_be_visible()
    elsewhere(desk, "U", "b6")
    paint(desk, (550, 150), (550, 250))
    expect(desk.page.locator(".conflict")).to_be_visible()


def test_without_a_connection_work_goes_on_and_is_sent_later(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down()
    desk.open()
    desk.page.context.set_offline(True)
    paint(desk, (450, 350), (550, 350))
    expect(desk.page.locator(".stored.lost")).to_contain_text("1 项暂存本机")
    desk.drag((480, 250), (550, 150))
    expect(desk.row("码头网格").locator(".residents .value")).to_have_text("1,550")
    assert desk.assignment() == AS_DRAWN
    desk.page.context.set_offline(False)
    desk.stored(2)
    assert desk.assignment() == ["AABBEE", "AABBEE", "CCDDFE", "CCDXFU"]


def closed_with_work(desk: Desk, start: tuple[float, float], end: tuple[float, float]) -> BrowserContext:
    """Paint while nothing can be sent, and close the page."""
    desk.open()
    desk.page.route(
        "**/edits", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    paint(desk, start, end)
    expect(desk.page.locator(".stored.lost")).to_be_visible()
    context = desk.page.context
    desk.page.close()
    return context


def test_a_page_closed_without_a_connection_sends_its_work_when_it_is_opened_again(
    sit_down: Callable[..., Desk],
) -> None:
    desk = sit_down()
    desk.page = closed_with_work(desk, (450, 350), (550, 350)).new_page()
    desk.open()
    desk.stored(1)
    assert desk.assignment()[0] == "AABBEE"


def test_work_done_without_a_connection_meets_what_others_did_meanwhile(
    sit_down: Callable[..., Desk],
) -> None:
    desk = sit_down()
    desk.open()
    desk.page.context.set_offline(True)
    paint(desk, (550, 150), (550, 250))
    expect(desk.page.locator(".stored.lost")).to_contain_text("1 项暂存本机")
    elsewhere(desk, "U", "b6")
    desk.page.context.set_offline(False)
    expect(desk.page.locator(".conflict")).to_contain_text("李强")
    assert desk.assignment() == ["AABBEU", "AABBEU", "CCDDFF", "CCDXFU"]
    desk.page.get_by_role("button", name="在其上执行我的").click()
    desk.stored(2)
    assert desk.assignment() == ["AABBEU", "AABBEF", "CCDDFF", "CCDXFU"]


def test_work_of_a_closed_page_meets_what_others_did_before_it_is_opened_again(
    sit_down: Callable[..., Desk],
) -> None:
    desk = sit_down()
    context = closed_with_work(desk, (550, 150), (550, 250))
    elsewhere(desk, "U", "b6")
    desk.page = context.new_page()
    desk.open()
    expect(desk.page.locator(".conflict")).to_contain_text("李强")
    assert desk.assignment() == ["AABBEU", "AABBEU", "CCDDFF", "CCDXFU"]
    desk.page.get_by_role("button", name="保留对方的").click()
    desk.stored(1)


def test_leaving_with_work_that_is_not_stored_asks(desk: Desk) -> None:
    desk.page.route(
        "**/edits", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    paint(desk, (450, 350), (550, 350))
    expect(desk.page.locator(".stored.lost")).to_be_visible()
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    desk.page.on("dialog", answer)
    desk.page.goto(f"{desk.server}/")
    desk.page.remove_listener("dialog", answer)
    assert asked == ["beforeunload"]


def test_a_refused_edit_is_rolled_back_and_says_why(desk: Desk) -> None:
    refusal = {"type": "about:blank", "status": 422, "key": "locked", "detail": "码头网格已锁定。"}

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=422, content_type="application/problem+json", body=json.dumps(refusal))
        else:
            route.continue_()

    desk.page.route("**/edits", refuse)
    paint(desk, (450, 350), (550, 350))
    expect(desk.page.locator(".notice.error")).to_contain_text("码头网格已锁定")
    expect(desk.row("码头网格").locator(".residents .value")).to_have_text("900")
    desk.stored(0)


def test_an_edit_that_was_stored_but_not_answered_is_done_once(desk: Desk) -> None:
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    desk.page.route("**/edits", lose)
    paint(desk, (450, 350), (550, 350))
    desk.stored(1)
    assert lost
    assert desk.assignment()[0] == "AABBEE"
