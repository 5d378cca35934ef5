"""The plan menu: plans by state with their dates, as of a date, branch, rename, archive, submit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.plans.conftest import WHO, draft

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.e2e.plans.conftest import PlansPlatform

pytestmark = pytest.mark.browser


def menu(page: Page) -> Locator:
    page.locator(".plan-opener").click()
    return page.get_by_role("dialog", name=re.compile("^(Plans|方案)$"))


def test_plans_stand_by_state_with_dates_authority_and_revision(plans: PlansPlatform) -> None:
    plans.open("/?lang=zh-CN")
    opener = plans.page.locator(".plan-opener")
    expect(opener).to_contain_text("2010年方案")
    expect(opener).to_contain_text("现行")
    expect(opener).to_contain_text("第 3 版")
    shown = menu(plans.page)
    expect(shown.get_by_role("heading")).to_have_text(["现行", "草案", "已废止"])
    expect(shown.get_by_role("listitem").nth(0)).to_contain_text("2010-07-01 起")
    expect(shown.get_by_role("listitem").nth(0)).to_contain_text("清河区人民政府 · 清政发〔2010〕42号")
    expect(shown.get_by_role("listitem").nth(1)).to_contain_text("王敏")
    expect(shown.get_by_role("listitem").nth(2)).to_contain_text("2009-01-01 至 2010-07-01")


def test_an_authority_and_its_number_are_in_the_readers_language(plans: PlansPlatform) -> None:
    plans.open("/?lang=en")
    expect(menu(plans.page).get_by_role("listitem").nth(0)).to_contain_text(
        "Qinghe People's Government · No. 42 of 2010"
    )


def test_a_plan_is_opened_and_the_menu_closes(plans: PlansPlatform) -> None:
    plans.open("/?lang=en")
    menu(plans.page).get_by_role("button", name=re.compile("Plan 1.*revision")).click()
    expect(plans.page).to_have_url(re.compile("plan=1"))
    expect(plans.page.get_by_role("dialog", name="Plans")).to_have_count(0)


def test_as_of_a_date_opens_the_plan_in_force_then(plans: PlansPlatform) -> None:
    plans.open("/?lang=en")
    shown = menu(plans.page)
    shown.get_by_label("In force on").fill("2010-06-30")
    expect(plans.page).to_have_url(re.compile("plan=1"))
    shown.get_by_label("In force on").fill("2005-01-01")
    expect(shown.get_by_role("status")).to_contain_text("No plan was in force on 2005-01-01")
    shown.get_by_label("In force on").fill("2010-07-01")
    expect(plans.page).to_have_url(re.compile("plan=2"))


def test_a_draft_is_made_under_the_name_offered_and_opened(plans: PlansPlatform) -> None:
    plans.open("/?lang=zh-CN")
    shown = menu(plans.page)
    shown.get_by_role("button", name="另立草案").click()
    expect(shown.get_by_label("草案名称")).to_have_value("2010年方案 修订")
    shown.get_by_role("button", name="另立草案").click()
    expect(plans.page.get_by_text("已打开“2010年方案 修订”")).to_be_visible()
    expect(plans.page).to_have_url(re.compile("plan=9"))
    assert plans.changes == [("POST", "/api/plans", {"base": 2, "name": "2010年方案 修订"}, WHO)]


def test_whoever_is_not_known_yet_is_asked_once(plans: PlansPlatform) -> None:
    with plans.page.add_init_script("localStorage.removeItem('wangge.actor')"):
        plans.open("/?lang=en")
    shown = menu(plans.page)
    shown.get_by_role("button", name="Make a draft").click()
    shown.get_by_role("button", name="Make a draft").click()
    asked = plans.page.get_by_role("dialog", name="Who are you?")
    asked.get_by_label("Name shown to others").fill("陈静")
    asked.get_by_label("Role").select_option("reviewer")
    asked.get_by_role("button", name="Go on").click()
    expect(plans.page).to_have_url(re.compile("plan=9"))
    actor = plans.changes[0][3]
    assert actor is not None
    assert (actor["name"], actor["role"], len(actor["id"])) == ("陈静", "reviewer", 24)


def test_a_question_left_unanswered_changes_nothing(plans: PlansPlatform) -> None:
    with plans.page.add_init_script("localStorage.removeItem('wangge.actor')"):
        plans.open("/?lang=en&plan=3")
    menu(plans.page).get_by_role("button", name="Submit").click()
    plans.page.get_by_role("dialog", name="Who are you?").press("Escape")
    expect(plans.page.get_by_role("dialog", name="Who are you?")).to_have_count(0)
    assert plans.changes == []


def test_a_draft_is_renamed_archived_and_submitted(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&plan=3")
    shown = menu(plans.page)
    shown.get_by_role("button", name="Rename").click()
    shown.get_by_label("Name of the plan").fill("方案乙")
    with plans.page.expect_response(re.compile("/districts/1/plans")):
        shown.get_by_role("button", name="Rename").click()
    shown.get_by_role("button", name="Submit").click()
    expect(plans.page.get_by_text("It can be withdrawn until it is adopted")).to_be_visible()
    shown.get_by_role("button", name="Archive").click()
    expect(plans.page.get_by_text("the plan menu brings it back")).to_be_visible()
    assert [(method, path, body) for method, path, body, _ in plans.changes] == [
        ("PATCH", "/api/plans/3", {"name": "方案乙"}),
        ("POST", "/api/plans/3/submit", {}),
        ("POST", "/api/plans/3/archive", {}),
    ]


def test_archived_plans_are_folded_away_and_brought_back(plans: PlansPlatform) -> None:
    plans.plans = [*plans.plans, draft(5, "旧草案", state="archived")]
    plans.open("/?lang=en&plan=5")
    shown = menu(plans.page)
    expect(shown.get_by_role("button", name=re.compile("Plan 5"))).to_be_hidden()
    shown.get_by_text("archived 1").click()
    expect(shown.get_by_role("button", name=re.compile("Plan 5"))).to_be_visible()
    shown.get_by_role("button", name="Bring back").click()
    expect(plans.page.get_by_text("is a draft again")).to_be_visible()


def test_the_menu_is_worked_and_left_by_keys(plans: PlansPlatform) -> None:
    plans.open("/?lang=en")
    opener = plans.page.locator(".plan-opener")
    opener.focus()
    plans.page.keyboard.press("Enter")
    expect(plans.page.get_by_role("dialog", name="Plans")).to_be_focused()
    plans.page.keyboard.press("Escape")
    expect(plans.page.get_by_role("dialog", name="Plans")).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_refusal_is_said_in_the_servers_words(plans: PlansPlatform) -> None:
    plans.open("/?lang=en&plan=3")
    shown = menu(plans.page)
    refusal = '{"detail": "unit 7 is in two pieces.", "key": "plan"}'
    plans.page.route(
        "**/submit",
        lambda route: route.fulfill(status=422, content_type="application/problem+json", body=refusal),
    )
    shown.get_by_role("button", name="Submit").click()
    expect(plans.page.get_by_role("alert")).to_contain_text("unit 7 is in two pieces.")
