"""axe-core finds no serious barrier in what is done with plans and paper, in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import plan
from tests.e2e.page.test_accessible import LANGUAGES, serious_findings
from tests.e2e.plans.conftest import comment, conflicts, draft, hindrances, old_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.e2e.plans.conftest import PlansPlatform

pytestmark = pytest.mark.browser


def menu(page: Page) -> None:
    page.locator(".plan-opener").click()
    expect(page.locator(".plan-menu")).to_be_visible()


def naming(page: Page) -> None:
    page.locator(".deeds .button").first.click()
    expect(page.locator(".naming input")).to_be_visible()


def who(page: Page) -> None:
    page.keyboard.press("Escape")
    menu(page)
    page.locator(".plan-menu footer button").click()
    expect(page.locator("dialog[open]")).to_be_visible()


def matrix(page: Page) -> None:
    page.locator(".plan-task .actions .button").click()
    expect(page.locator(".matrix")).to_be_visible()


def compared(page: Page) -> None:
    page.locator(".moves button").first.click()


def disputed(page: Page) -> None:
    page.locator(".plan-task .button.primary").click()
    expect(page.locator(".conflicts li")).to_have_count(2)
    page.locator(".conflicts input").first.check()


def thread(page: Page) -> None:
    page.locator(".comments .link").first.click()


def writing(page: Page) -> None:
    page.locator(".plan-task .button.primary").click()
    page.locator(".placing .button").first.click()
    expect(page.locator("textarea[autofocus]")).to_be_visible()


def reasons(page: Page) -> None:
    expect(page.locator(".reason")).to_be_visible()


def confirming(page: Page) -> None:
    page.locator(".reason textarea").fill("理由")
    for name, value in (
        ("authority", "区政府"),
        ("number", "1"),
        ("date", "2012-05-01"),
        ("in_force_from", "2012-06-01"),
    ):
        page.locator(f"input[name={name}]").fill(value)
    page.locator("form .button.primary").click()
    expect(page.locator("dialog[open]")).to_be_visible()


def paper(page: Page) -> None:
    page.keyboard.press("m")
    expect(page.locator(".paper-choices")).to_be_visible()


def sheet(page: Page) -> None:
    page.locator(".choices .button").first.click()
    expect(page.locator(".sheet")).to_be_visible()


VIEWS: dict[str, dict[str, Callable[[Page], None]]] = {
    "": {"plan menu": menu, "name of a draft": naming, "who acts": who},
    "&plan=3&task=compare:1": {"compare": compared, "matrix": matrix},
    "&plan=3&task=update": {"bring up to date": disputed},
    "&plan=3&task=review": {"comments": thread, "a new comment": writing},
    "&plan=4&task=adopt": {"adopt": reasons, "confirm adoption": confirming},
    "&unit=100": {"paper": paper, "sheet": sheet},
}
"""By the address the views are reached from, each from the one before."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", VIEWS)
def test_axe_has_no_serious_findings_in_plans(plans: PlansPlatform, address: str, language: str) -> None:
    plans.plans = [plan(), draft(base_id=1), draft(4, "待批方案", state="submitted"), old_plan()]
    plans.conflicts = conflicts()
    plans.comments = [
        comment(50, 0.5, "此处界线不清。"),
        comment(51, 1.5, "好。", resolved_at="2012-04-02T10:00:00+08:00"),
    ]
    plans.readiness = hindrances()[:1]
    plans.open(f"/?lang={language}&level=cell{address}")
    expect(plans.page.locator(".levels label").first).to_be_visible()
    found: dict[str, list[str]] = {}
    for view, act in VIEWS[address].items():
        act(plans.page)
        plans.page.wait_for_timeout(300)
        found[view] = serious_findings(plans.page)
    assert found == {view: [] for view in VIEWS[address]}
