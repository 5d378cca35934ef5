"""Comments pinned to places, and adoption with its reasons and its confirmation in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import CELL_M, X0, Y0, plan
from tests.e2e.plans.conftest import WHO, comment, draft, hindrances

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.plans.conftest import PlansPlatform

pytestmark = pytest.mark.browser


def submitted(plans: PlansPlatform, *, ready: bool = False) -> Page:
    plans.plans = [plan(), draft(state="submitted")]
    plans.readiness = [] if ready else hindrances()
    return plans.page


def test_a_comment_is_pinned_where_the_map_is_clicked(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&plan=3&task=review")
    page = plans.page
    expect(page.get_by_text("No comments yet.")).to_be_visible()
    page.get_by_role("button", name="Comment on a place").click()
    expect(page.get_by_text("Click the place on the map.")).to_be_visible()
    page.locator("#map").click(position={"x": 300, "y": 300})
    page.get_by_label("What is to be said about this place").fill("桥下应归柳堤东。")
    page.get_by_role("button", name="Pin the comment").click()
    thread = page.locator(".comments li")
    expect(thread).to_contain_text("桥下应归柳堤东。")
    expect(thread).to_contain_text("王敏 (planner)")
    _, path, body, actor = plans.changes[0]
    assert (path, body["text"], actor) == ("/api/plans/3/comments", "桥下应归柳堤东。", WHO)
    assert X0 - 2000 < body["at"][0] < X0 + 4000
    assert Y0 - 2000 < body["at"][1] < Y0 + 3000
    expect(page).not_to_have_url(re.compile("unit="))  # the click placed the pin and selected nothing


def test_a_place_is_chosen_without_a_mouse_and_given_up_with_escape(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&plan=3&task=review&at=409300,3718150,1")
    page = plans.page
    page.get_by_role("button", name="Comment on a place").press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Click the place on the map.")).to_have_count(0)
    page.get_by_role("button", name="Comment on a place").press("Enter")
    page.get_by_role("button", name="At the map's centre").press("Enter")
    page.get_by_label("What is to be said about this place").fill("here")
    page.get_by_role("button", name="Pin the comment").press("Enter")
    expect(page.locator(".comments li")).to_have_count(1)
    assert plans.changes[0][2]["at"] == [409300, 3718150]


def test_a_thread_is_answered_and_resolved(plans: PlansPlatform) -> None:
    plans.comments = [comment(50, 0.5, "此处界线不清。")]
    plans.open("/?lang=zh-CN&plan=3&task=review")
    page = plans.page
    expect(page.get_by_text("共 1 条批注，1 条未解决")).to_be_visible()
    thread = page.locator(".comments li")
    expect(thread).to_contain_text("李工 (审核人员)")
    expect(thread).to_contain_text("柳堤东")
    thread.get_by_role("button").first.click()
    thread.get_by_label("回复").fill("已沿河改正。")
    thread.get_by_role("button", name="发送").click()
    expect(thread).to_contain_text("已沿河改正。")
    thread.get_by_role("button", name="标为已解决").click()
    expect(page.get_by_text("共 1 条批注，0 条未解决")).to_be_visible()
    assert [path for _, path, _, _ in plans.changes] == [
        "/api/comments/50/replies",
        "/api/comments/50/resolve",
    ]


def test_a_marker_on_the_map_opens_its_thread(plans: PlansPlatform) -> None:
    plans.comments = [comment(50, 1.5, "此处界线不清。")]
    x, y = X0 + 1.5 * CELL_M, Y0 + 150
    plans.open(f"/?lang=en&plan=3&task=review&at={x},{y},1")
    page = plans.page
    expect(page.locator(".comments li")).to_have_count(1)
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.wait_for_timeout(300)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".comments li")).to_have_class(re.compile("chosen"))


def test_what_stands_in_the_way_is_listed_and_blocks_adoption(plans: PlansPlatform) -> None:
    page = submitted(plans)
    plans.open("/?lang=zh-CN&plan=3&task=adopt")
    before = page.url
    page.get_by_role("button", name=re.compile("不连片：网格“府前里”分成 2 块，基本单元 0417")).click()
    expect(page).not_to_have_url(before)
    expect(page.get_by_role("button", name="批准……")).to_be_disabled()
    expect(page.get_by_text("还有 1 项须解决")).to_be_visible()


def test_adoption_needs_a_reason_for_each_unit_that_breaks_a_rule(plans: PlansPlatform) -> None:
    page = submitted(plans)
    plans.readiness = hindrances()[:1]
    plans.open("/?lang=en&plan=3&task=adopt")
    expect(page.get_by_text("1,532 / 1,000-1,500 ▲ 32 above")).to_be_visible()
    go_on = page.get_by_role("button", name="Adopt ...")
    expect(go_on).to_be_disabled()
    page.get_by_role("textbox", name="Reason for Cell of 柳堤东").fill("高层小区不宜拆分")
    expect(go_on).to_be_enabled()


def test_adoption_is_confirmed_by_writing_the_plans_name(plans: PlansPlatform) -> None:
    page = submitted(plans)
    plans.readiness = hindrances()[:1]
    plans.open("/?lang=en&plan=3&task=adopt")
    page.get_by_role("textbox", name="Reason for").fill("高层小区不宜拆分")
    page.get_by_label("Authority").fill("清河区人民政府")
    page.get_by_label("Number of the document").fill("清政发〔2012〕9号")
    page.get_by_label("Approved on").fill("2012-05-01")
    page.get_by_label("In force from").fill("2012-06-01")
    page.get_by_role("button", name="Adopt ...").click()
    asked = page.get_by_role("dialog", name=re.compile("Adopt “"))
    expect(asked).to_contain_text("“Plan 2” ends on 2012-06-01.")
    expect(asked).to_contain_text("cannot be undone")
    adopt = asked.get_by_role("button", name="Adopt for good")
    expect(adopt).to_be_disabled()
    assert plans.changes == []
    asked.get_by_label("write the plan's name").fill("2012年草案")
    adopt.click()
    expect(page.get_by_text("is adopted.")).to_be_visible()
    assert plans.changes[0][1:3] == (
        "/api/plans/3/adopt",
        {
            "authority": "清河区人民政府", "number": "清政发〔2012〕9号", "date": "2012-05-01",
            "in_force_from": "2012-06-01", "reasons": {"100": "高层小区不宜拆分"},
        },
    )  # fmt: skip


def test_a_plan_with_nothing_in_its_way_says_so(plans: PlansPlatform) -> None:
    page = submitted(plans, ready=True)
    plans.open("/?lang=zh-CN&plan=3&task=adopt")
    expect(page.get_by_text("没有障碍，可以批准。")).to_be_visible()
    page.locator(".plan-opener").click()
    expect(page.get_by_role("button", name="撤回")).to_be_visible()
