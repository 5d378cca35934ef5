"""Everything beside the map: the table, attributes, history, drafts, streets, keys; and work without a mouse or with fingers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.edit.conftest import AS_DRAWN
from tests.e2e.serving import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Route

    from tests.e2e.edit.conftest import Desk

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[3] / "maps" / "web" / "node_modules" / "axe-core" / "axe.min.js"


def names(desk: Desk, level: str) -> set[str]:
    found = ask(desk.server, f"/api/plans/{desk.plan}/units?level={level}")["features"]
    return {one["properties"]["name"] for one in found}


def choose_from_table(desk: Desk, community: str, cell: str) -> None:
    """Reach a cell by keys alone and open what can be done to it."""
    desk.page.get_by_role("button", name=community).focus()
    desk.page.keyboard.press("Enter")
    desk.row(cell).get_by_role("button", name=cell).focus()
    desk.page.keyboard.press("Enter")
    desk.page.locator("#tab-unit").focus()
    desk.page.keyboard.press("Enter")


def test_a_cell_is_renamed_locked_and_unlocked_without_a_mouse(desk: Desk) -> None:
    choose_from_table(desk, "西门社区", "槐树网格")
    desk.page.get_by_label("名称", exact=True).focus()
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.type("老槐树网格")
    desk.page.keyboard.press("Enter")
    desk.stored(1)
    assert "老槐树网格" in names(desk, "cell")
    desk.page.get_by_role("button", name="锁定").press("Enter")
    desk.stored(2)
    expect(desk.page.get_by_label("名称", exact=True)).to_be_disabled()
    desk.page.get_by_role("button", name="解锁").press("Enter")
    desk.stored(3)


def test_blocks_come_before_the_ground_under_them(desk: Desk) -> None:
    asked = "performance.getEntriesByType('resource').map(({name}) => name)"
    desk.page.wait_for_function(f"{asked}.some((name) => name.includes('/layers/'))")
    names = desk.page.evaluate(asked)
    layers = [k for k, name in enumerate(names) if "/layers/" in name]
    assert next(k for k, name in enumerate(names) if name.endswith("/blocks")) < min(layers)


def test_blocks_are_given_away_from_the_list_after_the_figures_were_shown(desk: Desk) -> None:
    choose_from_table(desk, "东门社区", "东门社区未划分网格")
    desk.page.locator(".block-list summary").press("Enter")
    desk.page.get_by_label("划给").select_option(label="码头网格")
    desk.page.get_by_role("checkbox", name="a6").press(" ")
    expect(desk.page.locator(".pointer-figures")).to_contain_text("900 → 1,050")
    desk.page.get_by_role("button", name="划给").press("Enter")
    desk.stored(1)
    assert desk.assignment()[0] == "AABBEE"


def test_cells_are_merged_moved_and_dissolved_from_the_panel(desk: Desk) -> None:
    choose_from_table(desk, "中心社区", "医院网格")
    desk.page.locator(".moves .field select").select_option(label="东门社区")
    desk.stored(1)
    desk.page.locator(".with-unit select").first.select_option(label="鼓楼网格 (1,050)")
    desk.page.get_by_role("button", name="并入").press("Enter")
    desk.stored(2)
    assert desk.assignment() == ["AABBEU", "AABBEE", "CCDDFF", "CCDDFU"]
    desk.page.locator("#tab-figures").press("Enter")
    desk.select(50, 50)
    desk.page.locator("#tab-unit").press("Enter")
    desk.page.get_by_role("button", name="撤销单元").press("Enter")
    desk.stored(3)
    assert desk.assignment() == ["AABBEU", "AABBEE", "AADDFF", "AADDFU"]
    desk.page.locator("#tab-history").click()
    expect(desk.page.locator(".history li").first).to_contain_text("撤销柳树网格")


def test_a_community_of_its_own_is_made_of_a_cell(desk: Desk) -> None:
    choose_from_table(desk, "西门社区", "槐树网格")
    desk.page.get_by_role("button", name="独立成新社区").press("Enter")
    desk.stored(1)
    assert len(names(desk, "community")) == 4


def test_the_history_shows_an_earlier_revision_and_goes_back_to_it(desk: Desk) -> None:
    desk.select(450, 350)
    desk.page.keyboard.press("b")
    desk.drag((480, 350), (550, 350))
    desk.stored(1)
    desk.drag((480, 250), (550, 150))
    desk.stored(2)
    desk.page.locator("#tab-history").click()
    entries = desk.page.locator(".history li")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text("1 个基本单元划入码头网格")
    expect(entries.first).to_contain_text("第 2 版 · 我")
    entries.nth(1).get_by_role("button", name="查看").click()
    expect(desk.page.locator(".viewed")).to_contain_text("第 1 版")
    desk.page.locator(".viewed").get_by_role("button", name="退回到此").click()
    desk.stored(3)
    assert desk.assignment() == ["AABBEE", "AABBEE", "CCDDFF", "CCDXFU"]
    desk.page.keyboard.press("Control+z")
    desk.stored(4)
    assert desk.assignment() == ["AABBEE", "AABBEE", "CCDDFE", "CCDXFU"]


def test_the_next_problem_is_selected_and_brought_into_view(desk: Desk) -> None:
    expect(desk.page.locator(".problem-line")).to_contain_text("2 个单元不符合规则")
    desk.page.keyboard.press("x")
    expect(desk.page.locator(".tally-table tbody.selected")).to_contain_text("▼ 缺 100")


def test_only_my_streets_keeps_strokes_and_lists_to_them(desk: Desk) -> None:
    desk.page.locator(".streets summary .quiet").click()
    desk.page.get_by_label("城中街道").check()
    desk.page.keyboard.press("y")
    expect(desk.page.locator(".tallies .unit-list li")).to_have_count(2)
    desk.select(350, 350)
    desk.page.keyboard.press("r")
    desk.drag((310, 190), (490, 110), drop=False)
    expect(desk.page.locator(".pointer-figures")).to_contain_text("1,200 → 1,550")
    desk.page.mouse.up()
    desk.stored(1)
    assert desk.assignment() == ["AABBEU", "AABBEE", "CCDBFF", "CCDXFU"]


def test_every_tool_has_its_key_and_the_list_of_keys_names_it(desk: Desk) -> None:
    for key, tool in {
        "b": "画笔", "r": "框选", "o": "套索", "d": "拖界", "n": "新建", "s": "拆分", "h": "改界", "c": "切块", "m": "合并",
        "g": "测量", "v": "选择",
    }.items():  # fmt: skip
        desk.page.keyboard.press(key)
        expect(desk.page.locator(".tool[aria-pressed=true]")).to_have_text(tool)
    desk.page.keyboard.press("?")
    for tool in ("画笔", "拖界", "撤销", "下一个问题"):
        expect(desk.page.locator(".keys")).to_contain_text(tool)
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator(".keys")).to_have_count(0)


def test_a_plan_that_is_no_draft_is_read_only_and_offers_a_draft(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down()

    def adopted(route: Route) -> None:
        plans = route.fetch().json()
        for one in plans:
            one["state"] = "adopted" if one["id"] == desk.plan else one["state"]
        route.fulfill(json=plans)

    desk.page.route("**/districts/*/plans", adopted)
    desk.open()
    expect(desk.page.get_by_role("button", name="画笔")).to_be_disabled()
    expect(desk.page.locator(".drafts")).to_contain_text("不能修改")
    desk.page.get_by_label("草案名称").fill(f"草案 {desk.plan}")
    desk.page.get_by_role("button", name="新建草案").click()
    expect(desk.page.locator(".plan-head h1")).to_have_text(f"草案 {desk.plan}")
    expect(desk.page.get_by_role("button", name="画笔")).to_be_enabled()


def test_the_first_visit_asks_who_one_is_and_shows_it_unverified(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down()
    with desk.page.context.add_init_script("localStorage.removeItem('wangge.actor')"):
        desk.open()
    desk.page.locator("dialog input[name=name]").fill("赵敏")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".person.me")).to_contain_text("赵敏")
    expect(desk.page.locator(".person.me")).to_contain_text("未核实")


def test_one_finger_draws_and_two_fingers_move_the_map(sit_down: Callable[..., Desk]) -> None:
    desk = sit_down(viewport={"width": 1024, "height": 768}, has_touch=True)
    desk.open()
    touch = desk.page.context.new_cdp_session(desk.page)

    def fingers(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    desk.page.get_by_role("button", name="画笔").tap()
    fingers("touchStart", desk.at(480, 350))
    for x in (500, 520, 550):
        fingers("touchMove", desk.at(x, 350))
    fingers("touchEnd")
    desk.stored(1)
    assert desk.assignment()[0] == "AABBEE"
    before = desk.page.url
    (ax, ay), (bx, by) = desk.at(200, 200), desk.at(260, 200)
    fingers("touchStart", (ax, ay))
    fingers("touchStart", (ax, ay), (bx, by))
    for step in range(1, 9):
        fingers("touchMove", (ax, ay + 10 * step), (bx, by + 10 * step))
    fingers("touchEnd")
    desk.page.wait_for_function("before => location.href !== before", arg=before)
    desk.stored(1)
    small = desk.page.eval_on_selector_all(
        ".tool", "found => found.filter(one => Math.min(one.offsetWidth, one.offsetHeight) < 40).length"
    )
    assert small == 0


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_axe_finds_nothing_serious(sit_down: Callable[..., Desk], language: str) -> None:
    desk = sit_down()
    desk.open(language=language)
    desk.page.evaluate(AXE.read_text(encoding="utf-8"))
    desk.select(450, 350)
    for tab in ("figures", "unit", "history"):
        desk.page.locator(f"#tab-{tab}").click()
        for key in ("b", "s", "v"):
            desk.page.keyboard.press(key)
            found = desk.page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
            bad = [one for one in found["violations"] if one["impact"] in {"serious", "critical"}]
            told = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in bad]
            assert told == [], json.dumps(told, ensure_ascii=False, indent=1)
    assert desk.assignment() == AS_DRAWN
