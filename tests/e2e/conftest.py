"""What all tests in the browser share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_MS = 20_000
"""What is to be seen on a page is waited for so long: it is there at once, unless the machine does much else."""


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Wait longer than the five seconds Playwright gives a page."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)
