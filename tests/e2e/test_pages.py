"""Pages that tests use one after the other carry nothing from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Pages

pytestmark = pytest.mark.browser

ORIGIN = "http://wangge.test"
KEPT = """async () => [localStorage.length, document.cookie, (await indexedDB.databases()).length,
  matchMedia('print').matches]"""


def kept(page: Page) -> list[Any]:
    page.route("**/*", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    page.goto(ORIGIN)
    found: list[Any] = page.evaluate(KEPT)
    return found


def test_a_page_that_was_given_back_is_lent_again_and_remembers_nothing(browser: Browser) -> None:
    pages = Pages(browser)
    page = pages.lend(locale="en")
    new = kept(page)
    page.emulate_media(media="print")
    page.evaluate(
        """() => { localStorage.setItem('a', 'b'); document.cookie = 'a=b';
        return new Promise((made) => { indexedDB.open('a').onsuccess = () => made(); }); }"""
    )
    assert page.evaluate(KEPT) == [1, "a=b", 1, True]
    pages.give_back(page, locale="en")
    again = pages.lend(locale="en")
    assert again is page
    assert again.url == "about:blank"
    assert kept(again) == new == [0, "", 0, False]
    again.context.close()


def test_a_page_that_was_closed_is_not_lent_again(browser: Browser) -> None:
    pages = Pages(browser)
    page = pages.lend()
    page.close()
    pages.give_back(page)
    other = pages.lend()
    assert other is not page
    other.context.close()
