"""Checks of what a search may spend, before it begins."""

from __future__ import annotations

from collections.abc import Sequence

from boundaries.balancing.answer import Steps
from boundaries.balancing.errors import ProblemError
from boundaries.balancing.problem import is_number, is_whole

Budget = int | Sequence[tuple[int, int]] | None
"""A number of steps, the laps of an earlier run, or what the time allows."""


def check_budget(steps: object, time_limit_s: float | None, seed: int, workers: int) -> None:
    """Refuse steps, limits, seeds and workers that cannot be meant.

    Raises
    ------
    ProblemError
        Naming the argument.
    """
    if is_number(steps):
        if not is_whole(steps) or steps < 0:  # type: ignore[operator]
            raise ProblemError(f"steps is {steps}; give 0 or more, or None for as many as the time allows.")
    elif steps is not None and not (isinstance(steps, Sequence) and all(map(_is_lap, steps))):
        raise ProblemError(
            "steps holds something else than pairs of planned and done steps; give steps_done."
        )
    if time_limit_s is not None and not (is_number(time_limit_s) and time_limit_s > 0):
        raise ProblemError(f"time_limit_s is {time_limit_s!r}; give seconds above 0, or None.")
    if not is_whole(seed) or seed < 0:
        raise ProblemError(f"seed is {seed!r}; give a whole number from 0.")
    if not is_whole(workers) or workers < 1:
        raise ProblemError(f"workers is {workers!r}; give 1 or more.")


def _is_lap(lap: object) -> bool:
    return isinstance(lap, Sequence) and len(lap) == 2 and all(map(is_whole, lap))


def planned_laps(steps: Budget, starts: int) -> Budget:
    """Return the steps to do: a number, or laps of every start.

    Raises
    ------
    ProblemError
        When the laps are another problem's.
    """
    laps = steps.per_start if isinstance(steps, Steps) else steps
    if laps is None:
        return None
    if not isinstance(laps, Sequence):
        return int(laps)
    if len(laps) % max(starts, 1):
        raise ProblemError(
            f"steps holds {len(laps)} laps, but this problem is searched in {starts} runs: they are another problem's."
        )
    return laps
