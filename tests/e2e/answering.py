"""A server on loopback whose every answer a test gives; files of the page come from it as from the platform's own.

A browser keeps such files from one page to the next, compiled; those that a test hands it in the place of a server it
reads and compiles anew each time.
"""

from __future__ import annotations

import mimetypes
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DIST = Path(__file__).resolve().parents[2] / "maps" / "web" / "dist"


@dataclass
class Asked:
    """What a page asked for, and what it is told."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int = 404
    kind: str = "text/plain"
    told: bytes = b""

    def answer(self, told: str, *, status: int = 200, kind: str = "application/json") -> None:
        """Tell the page something."""
        self.status, self.kind, self.told = status, kind, told.encode()


class Answering(ThreadingHTTPServer):
    """Answers pages with files of the built page, and with what the test of the moment says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self._answer: Callable[[Asked], None] | None = None
        self._errors: list[Exception] = []

    @contextmanager
    def by(self, answer: Callable[[Asked], None]) -> Iterator[None]:
        """Let a test answer while the block lasts; what it raises is raised at the end."""
        self._answer, self._errors = answer, []
        yield
        self._answer = None
        if self._errors:
            raise self._errors[0]

    def tell(self, asked: Asked) -> None:
        """Answer what was asked, with a file of the page where there is one."""
        path = asked.url.partition("?")[0]
        if path.startswith("/api/"):
            try:
                if self._answer is not None:
                    self._answer(asked)
            except Exception as error:  # noqa: BLE001  -- the test is to fail by it, not this thread
                self._errors.append(error)
        elif (found := DIST / (path.lstrip("/") or "index.html")).is_file():
            kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
            asked.status, asked.kind, asked.told = 200, kind, found.read_bytes()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Answering

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        self.server.tell(asked)
        with suppress(ConnectionError):  # the page was left meanwhile
            self.send_response(asked.status)
            self.send_header("Content-Type", asked.kind)
            self.send_header("Content-Length", str(len(asked.told)))
            kept = self.path.startswith("/assets/")  # their names change with what they hold
            self.send_header("Cache-Control", "max-age=31536000, immutable" if kept else "no-store")
            self.end_headers()
            self.wfile.write(asked.told)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  -- the library's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering() -> Iterator[Answering]:
    """Run a server for all tests of a session."""
    server = Answering()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
