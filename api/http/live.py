"""What happens to a plan as it happens: edits, who is where, and steps of its life, as server-sent events.

The database is the switchboard: every process that serves the page listens there on one connection, whatever the
number of its clients, so that it makes no difference which process an edit went through.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from maps.edits import edit_events

if TYPE_CHECKING:
    from boundaries.storage.database import Database

log = logging.getLogger("wangge.live")

EDITS, PLANS, PRESENCE = "wangge_edits", "wangge_plans", "wangge_presence"
"""Channels of the database: an edit was applied, a plan changed its state, someone moved."""

SEEN_SECONDS = 30.0
"""Someone who says nothing for so long is no longer shown."""

WAKE_SECONDS = 0.5
"""How often the listening thread looks whether it is to stop."""

MOST_WAITING = 500
"""A client that falls further behind reads the log again instead."""

READY_SECONDS = 10.0


@dataclass(frozen=True)
class Event:
    """One server-sent event; edits carry their revision as the id a client resumes by."""

    name: str
    data: dict[str, Any]
    revision: int | None = None

    def __str__(self) -> str:
        mark = f"id: {self.revision}\n" if self.revision is not None else ""
        text = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"{mark}event: {self.name}\ndata: {text}\n\n"


@dataclass(eq=False)
class Subscription:
    """One client that watches one plan; filled by the listening thread, emptied in the client's event loop."""

    plan: int
    loop: asyncio.AbstractEventLoop
    waiting: deque[Event] = field(default_factory=deque)
    behind: bool = True
    """Whether events may have been missed, so that the log is to be read."""
    ended: bool = False
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, event: Event) -> None:
        """Hand over an event from any thread."""
        if len(self.waiting) >= MOST_WAITING:
            self.waiting.clear()
            self.behind = True
        self.waiting.append(event)
        self.wake()

    def wake(self) -> None:
        """Let the client look, from any thread."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._woken.set)

    async def look(self, seconds: float) -> bool:
        """Wait until there is something to see; false when the time is over first."""
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return False
        self._woken.clear()
        return True


class Live:
    """Passes on what the database announces to the clients of this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._clients: set[Subscription] = set()
        self._present: dict[int, dict[str, tuple[dict[str, Any], float]]] = {}
        self._told: dict[int, int] = {}
        self._listening = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def stopping(self) -> bool:
        """Whether the server is about to stop, so that no stream may go on."""
        return self._stopping.is_set()

    @property
    def clients(self) -> int:
        """Number of streams that are open."""
        return len(self._clients)

    def subscribe(self, client: Subscription) -> None:
        """Begin to collect a plan's events for a client; returns once the database is being listened to."""
        with self._lock:
            self._clients.add(client)
            if self._thread is None and not self.stopping:
                self._thread = threading.Thread(target=self._listen, name="wangge-live", daemon=True)
                self._thread.start()
        client.ended = self.stopping
        self._listening.wait(READY_SECONDS)

    def unsubscribe(self, client: Subscription) -> None:
        """Forget a client."""
        with self._lock:
            self._clients.discard(client)

    def present(self, plan: int) -> list[Event]:
        """Return who was seen on a plan within the last half minute."""
        with self._lock:
            self._forget_who_left()
            return [Event("presence", data) for data, _ in self._present.get(plan, {}).values()]

    def _forget_who_left(self) -> None:
        limit = time.monotonic() - SEEN_SECONDS
        kept = {
            plan: {who: seen for who, seen in here.items() if seen[1] >= limit}
            for plan, here in self._present.items()
        }
        self._present = {plan: here for plan, here in kept.items() if here}

    def close(self) -> None:
        """End all streams and stop listening."""
        self._stopping.set()
        with self._lock:
            for client in self._clients:
                client.ended = True
                client.wake()
        if self._thread is not None:
            self._thread.join(2 * WAKE_SECONDS)

    def _listen(self) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            try:
                with self._connect() as connection:
                    pause = 0.1
                    self._follow(connection)
            except (psycopg.Error, SQLAlchemyError) as lost:
                self._listening.clear()
                if not self._stopping.is_set():
                    log.warning("lost the database, trying again: %s", str(lost).strip())
                self._stopping.wait(pause)
                pause = min(2 * pause, 5.0)

    def _connect(self) -> psycopg.Connection[Any]:
        address = self._database.engine.url.set(drivername="postgresql")
        connection = psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)
        for channel in (EDITS, PLANS, PRESENCE):
            connection.execute(f"LISTEN {channel}")
        return connection

    def _follow(self, connection: psycopg.Connection[Any]) -> None:
        self._listening.set()
        with self._lock:
            self._told.clear()
            for client in self._clients:  # what was announced while nobody listened is in the log
                client.behind = True
                client.wake()
        while not self._stopping.is_set():
            for note in connection.notifies(timeout=WAKE_SECONDS):
                try:
                    self._take(note.channel, json.loads(note.payload))
                except (ValueError, KeyError, TypeError, AttributeError):
                    # Anyone who may use the database may announce; one bad word must not make all streams deaf.
                    log.warning("an announcement on %s cannot be read: %.100r", note.channel, note.payload)
                if self._stopping.is_set():
                    return

    def _take(self, channel: str, told: dict[str, Any]) -> None:
        plan = int(told.pop("plan"))
        with self._lock:
            watching = [client for client in self._clients if client.plan == plan]
            if channel == PRESENCE:
                self._forget_who_left()
                self._present.setdefault(plan, {})[told["actor"]["id"]] = (told, time.monotonic())
        if not watching:
            self._told.pop(plan, None)
            return
        if channel == EDITS:
            events = self._edits(plan, int(told["revision"]))
        else:
            events = [Event("presence" if channel == PRESENCE else "state", told)]
        for client in watching:
            for event in events:
                client.put(event)

    def _edits(self, plan: int, revision: int) -> list[Event]:
        """Read the announced edit, and any before it that are not told yet, once for all clients."""
        after = min(self._told.get(plan, revision - 1), revision - 1)
        with self._database.session() as session:
            found = edit_events(session, plan, after)
        if found:
            self._told[plan] = found[-1]["revision"]
        return [Event("edit", edit, edit["revision"]) for edit in found]
