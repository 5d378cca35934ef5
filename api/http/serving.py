"""The server that runs the app: it ends open streams before it waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI


class Server(uvicorn.Server):
    """A uvicorn server for one app; event streams end at once when it is to stop."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
        self._live = app.state.live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End all streams, then stop as uvicorn does."""
        self._live.close()
        await super().shutdown(sockets)
