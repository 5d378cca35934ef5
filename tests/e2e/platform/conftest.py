"""A running platform with the demo district, started as a user starts it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page


@pytest.fixture(scope="session")
def demo_server(demo_url: str) -> Iterator[str]:
    """The address of ``up`` on the demo's database."""
    with served(demo_url) as address:
        yield address


@pytest.fixture
def opened(context: BrowserContext, demo_server: str) -> Iterator[Page]:
    """A page of the platform; every request must stay on its host and no script may fail."""
    left: list[str] = []
    failed: list[str] = []
    context.on(
        "request", lambda request: left.append(request.url) if _leaves(request.url, demo_server) else None
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.set_viewport_size({"width": 1280, "height": 800})
    yield page
    assert left == []
    assert failed == []


def _leaves(url: str, server: str) -> bool:
    return not url.startswith((f"{server}/", "data:", "blob:"))


@pytest.fixture
def pictures() -> Path | None:
    """Where screenshots go when WANGGE_SCREENSHOTS names a folder."""
    wanted = os.environ.get("WANGGE_SCREENSHOTS")
    return Path(wanted) if wanted else None
