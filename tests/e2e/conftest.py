"""The browser of all tests that need one."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium, quiet: it asks no one for updates or hints."""
    quiet = [
        "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ]  # fmt: skip
    return {**browser_type_launch_args, "executable_path": "/usr/bin/chromium", "args": quiet}
