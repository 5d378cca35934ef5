"""A running platform with the demo district, started as a user starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page


@pytest.fixture(scope="session")
def demo_server(demo_url: str) -> Iterator[str]:
    """The address of ``up`` on the demo's database."""
    with tempfile.TemporaryDirectory(prefix="wangge-up-") as folder:
        environment = {**os.environ, "WANGGE_DATABASE_URL": demo_url}
        server = subprocess.Popen(
            [sys.executable, "-m", "api", "up", "--port", "0", "--data", folder],
            cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert server.stdout is not None
        told = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert told, "the server did not start"
        yield told.group()
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
        server.stdout.close()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return {
        "executable_path": "/usr/bin/chromium",
        "args": [
            "--no-sandbox",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


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
