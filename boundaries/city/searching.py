"""The door of a city's search: splits it, keeps the workers busy, and puts the answers together."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING

from boundaries.balancing.errors import ProblemError
from boundaries.balancing.goals import checked_goals
from boundaries.balancing.pieces import reduce
from boundaries.balancing.proposing import DEFAULT_TIME_LIMIT_S
from boundaries.balancing.running import shared_out
from boundaries.city.merging import merged
from boundaries.city.pool import Pool, open_pool
from boundaries.city.steps import CitySteps
from boundaries.city.tasks import do_task, split
from boundaries.errors import BoundaryError, SchedulerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from boundaries.balancing import Answer, Problem
    from boundaries.city.tasks import Outcome, PlainSteps, Task

CITY_BLOCKS = 20_000
"""From so many blocks on, below several units, a problem is searched unit by unit; below it the workers would take
longer to start than they save. It depends on nothing but the problem, so that the same problem is always searched in
the same way."""

CLOSING_SHARE = 0.03
"""Share of a time limit kept for putting the answers together."""

LEAST_S = 0.02
WATCH_S = 0.1


def is_city(problem: Problem) -> bool:
    """Whether a problem is large enough to be searched unit by unit."""
    return problem.arrays.blocks >= CITY_BLOCKS and problem.arrays.parents > 1


def propose_city(
    problem: Problem,
    goals: Mapping[str, float] | None = None,
    *,
    steps: int | CitySteps | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
    workers: int | None = None,
    scheduler: str | None = None,
    on_progress: Callable[[float, str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Answer:
    """Divide a problem with many parents, one task a parent.

    The same seed and steps give the same plan on any number of workers, here or at a scheduler; a task whose worker
    is lost is done again by another.

    Parameters
    ----------
    problem, goals, seed
        As of `boundaries.balancing.propose`.
    steps
        Search steps in all, shared out by blocks, or an earlier answer's ``steps_done``.
    time_limit_s
        Seconds, starting the workers included (about three); 10 when neither steps nor a limit is given.
    workers
        Processes on this machine, by default one a core; 1 starts none.
    scheduler
        Address of a `distributed` scheduler whose workers are used instead.
    on_progress
        Called on the caller's thread with the share done, 0..1, and "improve".
    cancel
        Asked about ten times a second; true ends the search with the best plan so far: units not yet begun are
        divided without a search.

    Raises
    ------
    ProblemError
        When goals, locks or steps cannot be meant.
    SchedulerError
        When the scheduler cannot be used, or a task was lost with its worker again and again.
    """
    if steps is None and time_limit_s is None:
        time_limit_s = DEFAULT_TIME_LIMIT_S
    began = time.monotonic()
    deadline = None if time_limit_s is None else began + time_limit_s * (1 - CLOSING_SHARE)
    weights = checked_goals(goals, problem.arrays)
    parted = split(problem, reduce(problem.arrays), weights, seed)
    budgets = _budgets(parted.tasks, steps)
    with open_pool(workers, scheduler) as pool:
        watch = _Watch(sum(task.size for task in parted.tasks), on_progress, cancel, pool)
        try:
            outcomes = _all_done(parted.tasks, budgets, deadline, pool, watch)
        except BaseException:
            pool.wish.set()  # a pool is closed when its tasks have ended
            raise
    return merged(problem, parted, outcomes, weights)


def _budgets(tasks: Sequence[Task], steps: int | CitySteps | None) -> list[int | PlainSteps | None]:
    if steps is None:
        return [None] * len(tasks)
    if isinstance(steps, CitySteps):
        if len(steps.tasks) != len(tasks):
            raise ProblemError(
                f"The steps are those of {len(steps.tasks)} tasks, but this problem has {len(tasks)}; "
                "give steps of an answer to the same problem."
            )
        return [(one.per_start, one.finish) for one in steps.tasks]
    if steps < 0:
        raise ProblemError(f"steps is {steps}; give 0 or more, or None for as many as the time allows.")
    return list(shared_out(steps, [task.size for task in tasks]))


class _Watch:
    """Tells how much is done, and passes a wish to stop on."""

    def __init__(
        self,
        whole: int,
        on_progress: Callable[[float, str], None] | None,
        cancel: Callable[[], bool] | None,
        pool: Pool,
    ) -> None:
        self.whole = max(whole, 1)
        self.done = 0
        self._tell, self._cancel, self._pool = on_progress, cancel, pool

    def look(self) -> None:
        if self._tell is not None:
            self._tell(self.done / self.whole, "improve")
        if self._cancel is not None and not self._pool.wish.is_wished() and self._cancel():
            self._pool.wish.set()


def _all_done(
    tasks: Sequence[Task],
    budgets: Sequence[int | PlainSteps | None],
    deadline: float | None,
    pool: Pool,
    watch: _Watch,
) -> list[Outcome]:
    """Do all tasks, the largest first; by the clock each gets its share of the time that is left when it begins."""
    waiting = sorted(range(len(tasks)), key=lambda k: (-tasks[k].size, k))[::-1]
    running: dict[Future[Outcome], int] = {}
    found: dict[int, Outcome] = {}
    to_come = sum(task.size for task in tasks)
    ahead = pool.width if deadline is not None else 2 * pool.width
    watch.look()
    while waiting or running:
        while waiting and len(running) < ahead:
            at = waiting.pop()
            limit_s = None if deadline is None else _share_s(deadline, pool.width, tasks[at].size, to_come)
            future = pool.executor.submit(do_task, tasks[at], budgets[at], limit_s, pool.stop)
            running[future] = at
        ended, _ = wait(running, timeout=WATCH_S, return_when=FIRST_COMPLETED)
        for future in ended:
            at = running.pop(future)
            found[at] = _outcome(future)
            to_come -= tasks[at].size
            watch.done += tasks[at].size
        watch.look()
    return [found[at] for at in range(len(tasks))]


def _share_s(deadline: float, width: int, size: int, to_come: int) -> float:
    """Return the seconds of a task: its share of what all workers have left, at most what is left."""
    left_s = deadline - time.monotonic()
    return max(min(left_s * width * size / max(to_come, 1), left_s), LEAST_S)


def _outcome(future: Future[Outcome]) -> Outcome:
    try:
        return future.result()
    except BoundaryError:
        raise
    except Exception as error:
        if not type(error).__module__.startswith("distributed"):
            raise
        raise SchedulerError(
            f"a part of the search was lost with its worker again and again ({type(error).__name__}); workers may have "
            "too little memory. Start others, or search with fewer: --workers 1."
        ) from error
