"""The deadline of a run and the wish to stop it."""

from __future__ import annotations

import threading
import time

CLOSING_SHARE = 0.04
"""Share of a time limit kept for recombining what the search has found."""


class Clock:
    """The deadline and the wish to stop, which every worker asks; without a limit it never ends by itself."""

    def __init__(self, time_limit_s: float | None) -> None:
        self.limit_s = float("inf") if time_limit_s is None else time_limit_s
        self.closing_s = 0.0 if time_limit_s is None else CLOSING_SHARE * time_limit_s
        self.deadline = None if time_limit_s is None else time.monotonic() + time_limit_s
        self.cancelled = threading.Event()

    def left_s(self) -> float:
        """Return the seconds left, infinite without a limit, none once cancelled."""
        if self.cancelled.is_set():
            return 0.0
        return float("inf") if self.deadline is None else self.deadline - time.monotonic()

    def over(self) -> bool:
        """Whether to stop now."""
        return self.left_s() <= 0

    def closing(self) -> bool:
        """Whether to stop searching, so that there is time to recombine."""
        return self.left_s() <= self.closing_s

    def spent_share(self) -> float:
        """Return the share of the limit that is spent, 0 without a limit."""
        return 0.0 if self.deadline is None else min(max(1 - self.left_s() / self.limit_s, 0.0), 1.0)
