"""A running platform for tests in a browser, and questions to it as somebody else would ask them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

SOMEBODY = {"id": "li", "name": "李强", "role": "planner"}


@contextmanager
def served(url: str, *options: str) -> Iterator[str]:
    """Run ``up`` with its options on a database, give its address, and end it as Ctrl-C does."""
    with tempfile.TemporaryDirectory(prefix="wangge-up-") as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "api", "up", "--port", "0", "--data", folder, *options],
            cwd=PROJECT, env={**os.environ, "WANGGE_DATABASE_URL": url}, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert server.stdout is not None
        told = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in server.stdout)
        found = next(filter(None, told), None)
        assert found, "the server did not start"
        yield found.group()
        server.send_signal(signal.SIGINT)
        assert server.wait(30) == 0
        server.stdout.close()


def ask(
    server: str,
    path: str,
    body: dict[str, Any] | None = None,
    revision: int | None = None,
    *,
    who: dict[str, str] = SOMEBODY,
) -> Any:
    """Send a request, on the plan's revision where one is given, and return its JSON."""
    headers = {"Content-Type": "application/json", "X-Wangge-Actor": urllib.parse.quote(json.dumps(who))}
    if revision is not None:
        headers["If-Match"] = f'"{revision}"'
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(server + path, data, headers), timeout=30) as answer:
        return json.loads(answer.read())
