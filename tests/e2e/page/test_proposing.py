"""Proposals in the page: set up, watched, compared on the map, taken as a draft."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.page.conftest import DrawnPlatform

pytestmark = pytest.mark.browser


def job(state: str, progress: float, message: str = "improve", error: str | None = None) -> dict[str, Any]:
    return {
        "id": 5, "kind": "propose", "state": state, "progress": progress, "message": message,
        "result": None, "error": error,
    }  # fmt: skip


def ready(drawn: DrawnPlatform) -> None:
    """The search is over and its proposals are there."""
    drawn.searched = job("done", 1)


def test_the_form_starts_with_the_districts_rules_and_sends_what_was_set(drawn: DrawnPlatform) -> None:
    drawn.job = [job("running", 0.4, "repair"), job("done", 1)]
    drawn.open("/?lang=en")
    page = drawn.page
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("textbox", name="Residents, least")).to_have_value("1000")
    expect(page.get_by_role("textbox", name="Residents, most")).to_have_value("1500")
    expect(page.get_by_role("textbox", name="Cells in a community, most")).to_have_value("5")
    page.get_by_role("textbox", name="Residents, most").fill("1600")
    page.get_by_role("slider", name="Clear borders").fill("2")
    page.get_by_text("What borders should follow").click()
    page.get_by_role("slider", name="Other roads").fill("0.3")
    page.get_by_role("textbox", name="Steps").fill("500")
    ready(drawn)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("table", name="Proposals")).to_be_visible()
    sent = json.loads(drawn.sent[-1])
    assert sent["bands"]["residents"] == [1000, 1600]
    assert (sent["goals"]["border"], sent["steps"], sent["level"]) == (2, 500, "cell")
    assert sent["barrier_costs"] == {"arterial": 0, "road": 0.3, "river": 0, "wall": 0.25}
    expect(page).to_have_url(re.compile("job=5.*proposal=31"))


def test_what_cannot_be_sent_is_said_at_once(drawn: DrawnPlatform) -> None:
    drawn.open("/?lang=en")
    page = drawn.page
    page.keyboard.press("p")
    page.get_by_role("textbox", name="Residents, least").fill("2000")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text("Residents: the least is above the most")
    assert drawn.sent == []


def test_progress_tells_what_is_done_and_a_search_can_be_stopped(drawn: DrawnPlatform) -> None:
    drawn.searched = job("running", 0.4, "repair")
    drawn.job = [job("running", 0.4, "repair")]
    drawn.open("/?lang=en&job=5")
    page = drawn.page
    expect(page.get_by_text("Searching")).to_be_visible()
    expect(page.get_by_text("Step 1 of 2: meeting the bands.")).to_be_visible()
    with page.expect_request(lambda request: request.method == "DELETE") as stopped:
        page.get_by_role("button", name="Stop and keep the best so far").click()
    assert stopped.value.url.endswith("/api/jobs/5")


def test_proposals_are_compared_and_the_chosen_one_is_on_the_map(drawn: DrawnPlatform) -> None:
    ready(drawn)
    page = drawn.page
    with page.expect_request(re.compile("/api/proposals/32/changes")):
        drawn.open("/?lang=en&job=5&proposal=32")
    table = page.get_by_role("table", name="Proposals")
    expect(table.get_by_role("radio", name="Proposal 2")).to_be_checked()
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_text("best of its column")).to_have_count(3)
    expect(page.get_by_text("2,400 residents change their unit")).to_be_visible()
    table.get_by_role("radio", name="Proposal 1").check()
    expect(page.get_by_text("nobody changes unit")).to_be_visible()
    expect(page).to_have_url(re.compile("proposal=31"))
    page.get_by_label("Compare with").select_option("32")
    page.get_by_text("Scores (less is better)").click()
    expect(page.get_by_text("/ 0.250")).to_be_visible()


def test_pointing_at_a_proposal_lays_its_borders_over_the_chosen_one(drawn: DrawnPlatform) -> None:
    ready(drawn)
    drawn.open("/?lang=en&job=5")
    page = drawn.page
    expect(page.get_by_text("nobody changes unit")).to_be_visible()
    assert not any("/api/proposals/32" in asked for asked in drawn.asked)
    with page.expect_response(re.compile("/api/proposals/32$")):
        page.get_by_role("row").filter(has=page.get_by_role("radio", name="Proposal 2")).hover()
    expect(page.get_by_role("radio", name="Proposal 1")).to_be_checked()


def test_what_is_impossible_is_named_and_flown_to(drawn: DrawnPlatform) -> None:
    ready(drawn)
    drawn.open("/?lang=zh-CN&job=5")
    page = drawn.page
    reason = page.get_by_role("button", name="柳堤社区：基本单元 0417 有户籍人口 1,873，超过上限 1,500")
    expect(reason).to_be_visible()
    before = page.url
    reason.click()
    expect(page).not_to_have_url(before)  # the view moved


def test_a_proposal_is_taken_under_the_name_offered_and_opened(drawn: DrawnPlatform) -> None:
    ready(drawn)
    drawn.open("/?lang=en&job=5")
    page = drawn.page
    name = page.get_by_role("textbox", name="Name of the draft")
    expect(name).to_have_value("2010年方案·网格方案")
    name.fill("方案甲")
    drawn.plans = [*drawn.plans, drawn_plan("方案甲")]
    page.get_by_role("button", name="Take as draft").click()
    expect(page.get_by_text("Kept as the draft “方案甲”")).to_be_visible()
    assert json.loads(drawn.sent[-1]) == {"name": "方案甲"}
    expect(page).to_have_url(re.compile("plan=9(?!.*job=)"))


def drawn_plan(name: str) -> dict[str, Any]:
    from tests.e2e.page.conftest import plan

    return plan(9, name, state="draft", in_force=False)


def test_a_search_that_failed_says_why_and_leads_back(drawn: DrawnPlatform) -> None:
    drawn.searched = job("failed", 0, error="There is no goal 'beauty'.")
    drawn.open("/?lang=en&job=5")
    page = drawn.page
    expect(page.get_by_role("alert")).to_contain_text("beauty")
    page.get_by_role("button", name="Back to the form").click()
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_a_job_that_is_gone_is_said_and_the_form_stands(drawn: DrawnPlatform) -> None:
    drawn.failing["/jobs/5/proposals"] = (404, {"title": "not-found", "detail": "there is no job 5."})
    drawn.open("/?lang=en&job=5")
    expect(drawn.page.get_by_text("there is no job 5.")).to_be_visible()
    expect(drawn.page.get_by_role("button", name="Start")).to_be_visible()


def test_the_proposals_are_reached_and_left_by_keyboard(drawn: DrawnPlatform) -> None:
    ready(drawn)
    drawn.open("/?lang=en&job=5")
    page = drawn.page
    page.get_by_role("radio", name="Proposal 1").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Proposal 2")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_role("table", name="Proposals")).to_have_count(0)
    assert "job=" not in page.url


def test_a_search_that_ends_leaves_the_plan_opened_meanwhile_alone(drawn: DrawnPlatform) -> None:
    ready(drawn)
    drawn.job = [job("done", 1)]
    drawn.open("/?lang=en&plan=2&level=cell")
    page = drawn.page
    expect(page.locator(".plan-opener")).to_contain_text("Plan 2")
    page.keyboard.press("p")
    drawn.searched = job("running", 0.4)
    drawn.job = [job("running", 0.4)]
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Searching")).to_be_visible()
    page.locator(".plan-opener").click()
    page.locator(".plan-menu").get_by_role("button", name=re.compile("Plan 1")).click()
    expect(page.get_by_text("Another plan, “Plan 2”: Searching")).to_be_visible()
    ready(drawn)
    drawn.job = [job("done", 1)]  # the browser asks for events again
    notice = page.get_by_role("status").filter(has_text="Proposals for “Plan 2” are ready.")
    expect(notice).to_be_visible(timeout=10_000)
    expect(page.locator(".plan-opener")).to_contain_text("Plan 1")
    notice.get_by_role("button", name="Show").click()
    expect(page.get_by_role("table", name="Proposals")).to_be_visible()
    expect(page.locator(".plan-opener")).to_contain_text("Plan 2")


def test_a_reason_ends_with_the_nearest_changes_in_figures(drawn: DrawnPlatform) -> None:
    ready(drawn)
    figures = {
        "residents": 7756, "households": 2600, "least": 6, "most": 7, "allowed_low": 5, "allowed_high": 5,
    }  # fmt: skip
    reason = {
        "rule": "parent_count", "parent": "柳堤社区", "blocks": [], "parts": 0, "message": "in English",
        "relaxation": "in English", "figures": figures, "bounds": None,
    }  # fmt: skip
    drawn.told = {"reasons": [reason]}
    drawn.open("/?lang=zh-CN&job=5")
    expect(
        drawn.page.get_by_text("可行的最小改动：允许分为 6 至 7 个，或户籍人口上限提高到 1,552。")
    ).to_be_visible()
    drawn.page.get_by_label("语言").select_option("en")
    said = "Nearest change: allow 6 to 7 units, or raise the upper limit to 1,552 residents."
    expect(drawn.page.get_by_text(said)).to_be_visible()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"proven": "optimal", "lower_bound": 0.57}, "Proven: no division that keeps"),
        ({"proven": "infeasible", "lower_bound": None}, "Proven: no division keeps all"),
        (
            {"proven": None, "lower_bound": 0.513},
            "no division scores below 0.513 in all. The best here scores 0.570",
        ),
    ],
)
def test_what_is_proven_is_said_plainly(drawn: DrawnPlatform, told: dict[str, Any], said: str) -> None:
    ready(drawn)
    drawn.told = told
    drawn.open("/?lang=en&job=5")
    expect(drawn.page.get_by_text(said)).to_be_visible()


def test_the_legend_tells_areas_that_change_from_findings(drawn: DrawnPlatform) -> None:
    ready(drawn)
    drawn.open("/?lang=en&job=5&proposal=32")
    expect(drawn.page.get_by_text("⇄ changes unit")).to_be_visible()
    drawn.page.keyboard.press("Escape")
    expect(drawn.page.get_by_text("⇄ changes unit")).to_have_count(0)
    expect(drawn.page.get_by_text("▲ above the band")).to_be_visible()
