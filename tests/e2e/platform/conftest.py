"""A running platform with the demo district, started as a user starts it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import thrown_by
from tests.e2e.serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Request


@pytest.fixture(scope="session")
def demo_server(demo_url: str) -> Iterator[str]:
    """The address of ``up`` on the demo's database."""
    with served(demo_url) as address:
        yield address


@pytest.fixture
def opened(page: Page, demo_server: str) -> Iterator[Page]:
    """A page of the platform; every request must stay on its host and no script may fail."""
    left: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((f"{demo_server}/", "data:", "blob:")):
            left.append(request.url)

    page.context.on("request", note)
    page.set_viewport_size({"width": 1280, "height": 800})
    with thrown_by(page) as failed:
        yield page
    page.context.remove_listener("request", note)
    assert left == []
    assert failed == []


@pytest.fixture
def pictures() -> Path | None:
    """Where screenshots go when WANGGE_SCREENSHOTS names a folder."""
    wanted = os.environ.get("WANGGE_SCREENSHOTS")
    return Path(wanted) if wanted else None
