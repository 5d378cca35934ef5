"""The district that can be drawn by hand, for what is seen."""

from __future__ import annotations

import pytest

from boundaries.plans import StoredPlan
from boundaries.storage.database import Database
from tests.boundaries.conftest import square_plan


@pytest.fixture
def square(database: Database) -> StoredPlan:
    return square_plan(database)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Take the place of the browser plugin's own fixture, which warns of its coming end under pytest 9."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Start Debian's Chromium, which asks nothing of the network by itself."""
    quiet = ["no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"]
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": ["--no-sandbox", "--disable-quic", *(f"--{one}" for one in quiet)],
    }
