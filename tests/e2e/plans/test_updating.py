"""A draft whose base is no longer in force is brought up to date, place by place where both sides changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import plan
from tests.e2e.plans.conftest import conflicts, draft, old_plan

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.plans.conftest import PlansPlatform

pytestmark = pytest.mark.browser


def stale(plans: PlansPlatform) -> Page:
    """The draft was made from the plan of 2009; that of 2010 is in force."""
    plans.plans = [plan(), draft(base_id=1), old_plan()]
    return plans.page


def test_a_draft_on_an_old_base_says_so_and_shows_what_changed(plans: PlansPlatform) -> None:
    page = stale(plans)
    plans.open("/?lang=en&plan=3")
    page.locator(".plan-opener").click()
    expect(page.locator(".plan-menu .stale")).to_have_text("base no longer in force")
    with page.expect_response(re.compile("/plans/1/compare/2$")):
        page.get_by_role("button", name="Bring up to date").click()
    expect(
        page.get_by_text("This draft was made from “Plan 1”. “Plan 2” is in force meanwhile.")
    ).to_be_visible()
    expect(page.get_by_role("table", name="Change their")).to_be_visible()


def test_without_conflicts_it_is_done_at_once(plans: PlansPlatform) -> None:
    page = stale(plans)
    plans.open("/?lang=en&plan=3&task=update")
    page.get_by_role("button", name="Bring up to date").click()
    expect(page.get_by_text("stands on the plan in force now")).to_be_visible()
    expect(page).not_to_have_url(re.compile("task="))
    assert plans.changes[0][1:3] == ("/api/plans/3/update", {})


def test_each_conflict_is_decided_before_anything_is_changed(plans: PlansPlatform) -> None:
    page = stale(plans)
    plans.conflicts = conflicts()
    plans.open("/?lang=zh-CN&plan=3&task=update")
    page.get_by_role("button", name="同步到现行方案").click()
    finish = page.get_by_role("button", name="完成同步")
    expect(page.locator(".conflicts li")).to_have_count(2)
    expect(finish).to_be_disabled()
    before = page.url
    page.get_by_role("button", name="第 1 处，户籍人口 120").click()
    expect(page).not_to_have_url(before)
    page.get_by_role("radio", name="草案：柳堤东").check()
    expect(page.get_by_text("还有 1 处未选择")).to_be_visible()
    page.get_by_role("radio", name="现行：石塔湖").check()
    finish.click()
    expect(page.get_by_text("已同步到现行方案")).to_be_visible()
    assert plans.changes[-1][2] == {"resolve": {"1": "mine", "2": "theirs"}}


def test_one_side_can_be_taken_for_all(plans: PlansPlatform) -> None:
    page = stale(plans)
    plans.conflicts = conflicts()
    plans.open("/?lang=en&plan=3&task=update")
    page.get_by_role("button", name="Bring up to date").click()
    expect(page.get_by_role("radio", name="in force: Cell of 新渡口")).to_be_visible()
    page.get_by_role("button", name="All theirs").click()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("stands on the plan in force now")).to_be_visible()
    assert plans.changes[-1][2] == {"resolve": {"1": "theirs", "2": "theirs"}}
