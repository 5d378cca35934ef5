"""What all tests in the browser share."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error, expect

from tests.e2e.answering import answering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.e2e.answering import Answering

    LendPage = Callable[..., Page]

PATIENCE_MS = 20_000
"""What is to be seen on a page is waited for so long: it is there at once, unless the machine does much else."""


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Wait longer than the five seconds Playwright gives a page."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="session")
def server_of_answers() -> Iterator[Answering]:
    """Answers pages as the test of the moment says."""
    with answering() as server:
        yield server


class Pages:
    """Lends empty pages and takes them back: for a new one the browser starts a process and compiles all scripts anew."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._empty: dict[str, list[Page]] = {}

    def lend(self, **given: Any) -> Page:
        """Return the one page of a context, which was opened with what is given."""
        kind = self._empty.setdefault(repr(sorted(given.items())), [])
        return kind.pop() if kind else self._browser.new_context(**given).new_page()

    def give_back(self, page: Page, **given: Any) -> None:
        """Take a page back that was lent for what is given: emptied where its test passed and left it open, else closed."""
        try:
            _empty(page)
        except Error:
            page.context.close()
        else:
            self._empty[repr(sorted(given.items()))].append(page)


def _empty(page: Page) -> None:
    """Leave what is shown, and forget what was kept, intercepted and emulated; the cache of files stays."""
    page.goto("about:blank")
    page.unroute_all(behavior="ignoreErrors")
    page.emulate_media(media="null")
    page.context.set_offline(False)
    page.context.clear_cookies()
    inspector = page.context.new_cdp_session(page)
    inspector.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    inspector.detach()


@contextmanager
def thrown_by(page: Page) -> Iterator[list[str]]:
    """Collect the errors that scripts of a page throw."""
    errors: list[str] = []

    def keep(error: Error) -> None:
        errors.append(str(error))

    page.on("pageerror", keep)
    yield errors
    page.remove_listener("pageerror", keep)


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Pages:
    return Pages(browser)


@pytest.fixture
def lend_page(pages: Pages, request: pytest.FixtureRequest) -> Iterator[LendPage]:
    """Lends a test pages of contexts of their own, as Playwright would open them with what is given."""
    lent: list[tuple[Page, dict[str, Any]]] = []

    def lend(**given: Any) -> Page:
        page = pages.lend(**given)
        lent.append((page, given))
        return page

    yield lend
    failed = not hasattr(request.node, "rep_call") or request.node.rep_call.failed
    for page, given in lent:
        if failed:
            page.context.close()
        else:
            pages.give_back(page, **given)


@pytest.fixture
def page(lend_page: LendPage, browser_context_args: dict[str, Any]) -> Page:
    """Replaces the plugin's own fixture, which opens a new context for every test."""
    return lend_page(**browser_context_args)
