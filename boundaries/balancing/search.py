"""Runs the search of every piece: seed, repair, anneal; by steps or by the clock, on any number of workers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from boundaries.balancing.annealing import Course, anneal, mend
from boundaries.balancing.dice import stream
from boundaries.balancing.exact import EXACT_NODES, ROOM, solve
from boundaries.balancing.labels import matched_labels
from boundaries.balancing.seeding import grown_parts, parts_near, seed_parts
from boundaries.balancing.state import Aims, Graph, Plan, make_plan, tally, total_breach, total_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.answer import Proven

    Floats = NDArray[np.float64]
    Small = NDArray[np.int32]

Item = TypeVar("Item")

HOT, COLD = 0.5, 0.1
"""Temperatures of the annealing, in units of a cut edge."""


class Effort(NamedTuple):
    """A round of repair: annealing steps for each node, hottest temperature, weights of penalty and edge costs."""

    steps_a_node: float
    hot: float
    penalty: float
    cost: float


REPAIR_EFFORTS = (
    Effort(0.1, 0.4, 4.0, 1.0),
    Effort(1.0, 1.0, 1.0, 0.5),
    Effort(4.0, 1.0, 1.0, 0.5),
    Effort(8.0, 1.5, 1.5, 0.5),
    Effort(16.0, 1.5, 2.0, 0.3),
)
"""Easy problems are within their bands after the first round; lumpy ones need patience and soft limits."""

REPAIR_STEPS = 40_000
TRIAL_STEPS = 48
CHUNK_S = 0.03
"""The clock is looked at about so often, in seconds."""

CLOCK_SHARE = 0.93
"""Share of the time left that a run by the clock plans for; the rest absorbs a machine that slows down."""

STEPS_A_NODE = 300
"""No start is planned longer than so many steps for each of its nodes."""


TINY_NODES, TINY_ROOM = 32, 5_000
"""Pieces of up to so many nodes are settled at once, if they have at most so many possible parts."""

FIRST_BUDGET, LAST_BUDGET = 200_000, 50_000_000
"""Branchings of the exact solver at once, and after the annealing of a run by the clock."""


class Clock:
    """The deadline and the wish to stop, which every worker asks; also the counter of progress."""

    def __init__(self, time_limit_s: float | None) -> None:
        self.started = time.monotonic()
        self.deadline = None if time_limit_s is None else self.started + time_limit_s
        self.cancelled = threading.Event()

    def left_s(self) -> float:
        """Return the seconds left, infinite without a limit, none once cancelled."""
        if self.cancelled.is_set():
            return 0.0
        return float("inf") if self.deadline is None else self.deadline - time.monotonic()

    def over(self) -> bool:
        """Whether to stop now."""
        return self.left_s() <= 0


@dataclass(eq=False)
class Start:
    """One run of one piece, on its way from a seed to its best plan."""

    graph: Graph
    aims: Aims
    parts: int
    weight: Floats
    dice: NDArray[np.uint64]
    piece: int
    run: int
    span: tuple[int, int]
    hopeless: bool = False
    plan: Plan | None = None
    best: Small = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    best_cost: float = float("inf")
    allowed: float = 0.0
    planned: int = 0
    done: int = 0
    proven: Proven | None = None

    def repair(self, clock: Clock) -> None:
        """Seed the piece and search until no part is out of its bands, or the rounds are used up."""
        aims = self.aims
        locked = bool((self.graph.lock >= 0).any())
        if self.graph.stay.any():
            self.graph, seed = self._from_home()
        else:
            seed = grown_parts(self.graph, self.weight, self.parts) if locked else self._metis()
        plan = make_plan(self.graph, aims, seed, self.parts)
        least, kept = total_breach(aims, plan), plan.part.copy()
        for effort in REPAIR_EFFORTS[: 2 if self.hopeless else None]:
            if least <= 0 or clock.over():
                break
            self._round(plan, effort, clock)
            mend(self.graph, aims, plan, self.dice, 200 + 4 * self.parts)
            out = total_breach(aims, plan)
            if out < least:
                least, kept = out, plan.part.copy()
        self.plan = make_plan(self.graph, self.aims, kept, self.parts)
        self.best, self.allowed = kept, total_breach(self.aims, self.plan)
        self.best_cost = total_cost(self.graph, self.plan)

    def settle(self, budget: int, room: int, left_s: Callable[[], float]) -> None:
        """Ask for the exact answer of a small piece; what is found replaces the best plan."""
        if self.graph.stay.any():
            return
        fits = self.allowed <= 0
        found = solve(
            self.graph, self.aims, self.span, self._cutoff() if fits else np.inf, (budget, room), left_s
        )
        if found is None:
            return
        self.proven = "optimal" if fits or found.part is not None else "infeasible"
        if found.part is not None:
            self.parts, self.best, self.allowed = found.parts, found.part, 0.0
            self.best_cost = total_cost(self.graph, make_plan(self.graph, self.aims, found.part, found.parts))

    def _cutoff(self) -> float:
        """Return the cost below which a plan would be better; costs of cut edges alone are whole numbers."""
        whole = bool((self.graph.cost == np.round(self.graph.cost)).all())
        whole &= self.aims.compact == 0 and not self.aims.pull.any()
        return self.best_cost - (1 - 1e-6 if whole else 1e-9 * max(self.best_cost, 1.0))

    def _from_home(self) -> tuple[Graph, Small]:
        """Return the present parts made whole, as many as are asked for, and the graph with homes named by them."""
        home = self.graph.home.astype(np.int64)
        if (self.graph.lock >= 0).any():
            seed = grown_parts(self.graph, self.weight, self.parts)
        else:
            seed = parts_near(self.graph, home, self.weight, self.parts)
        known = home >= 0
        label = matched_labels(
            home[known],
            seed[known].astype(np.int64),
            self.graph.stay[known] + 1e-12,
            (int(home.max()) + 1, self.parts),
        )
        named = np.where(known, label[np.maximum(home, 0)], -1)
        return self.graph._replace(home=named.astype(np.int32)), seed

    def _metis(self) -> Small:
        return seed_parts(self.graph, self.weight, self.parts, self.dice, slack=0.03)

    def _round(self, plan: Plan, effort: Effort, clock: Clock) -> None:
        steps = min(max(int(effort.steps_a_node * len(plan.part)), 40), REPAIR_STEPS)
        aims = self.aims._replace(penalty=self.aims.penalty * effort.penalty)
        graph = self.graph._replace(cost=self.graph.cost * effort.cost)
        tally(graph, aims, plan)
        unused, never = plan.part.copy(), np.array([-np.inf])
        course = Course(steps, effort.hot, COLD, 0.0)
        for first in range(0, steps, 200):
            if clock.over():
                return
            last = min(first + 200, steps)
            anneal(graph, aims, plan, self.dice, course, (first, last), unused, never)

    def _take_last(self) -> None:
        """Keep the plan the search has come to, if it is better than the best one met on the way."""
        if self.plan is None or (self.allowed <= 0 and total_breach(self.aims, self.plan) > 0):
            return
        cost = total_cost(self.graph, self.plan)
        if cost < self.best_cost:
            self.best, self.best_cost = self.plan.part.copy(), cost

    def seconds_a_step(self) -> float:
        """Measure the speed of the search on a copy, so that measuring does not change the plan."""
        if self.plan is None:
            raise RuntimeError("The speed of a start can be measured after its repair only.")
        trial = make_plan(self.graph, self.aims, self.plan.part, self.parts)
        unused, never = trial.part.copy(), np.array([-np.inf])
        began = time.perf_counter()
        anneal(
            self.graph,
            self.aims,
            trial,
            self.dice.copy(),
            Course(TRIAL_STEPS, HOT, COLD, 0.0),
            (0, TRIAL_STEPS),
            unused,
            never,
        )
        return (time.perf_counter() - began) / TRIAL_STEPS

    def improve(self, clock: Clock, until: int) -> None:
        """Anneal from the repaired plan for ``until`` of the planned steps, or until the clock is over."""
        if self.plan is None or self.proven is not None:
            return
        best_cost = np.array([self.best_cost])
        course = Course(max(self.planned, 1), HOT, COLD, 0.0 if self.allowed <= 0 else np.inf)
        chunk = 16
        while self.done < until and not clock.over():
            began = time.perf_counter()
            last = min(self.done + chunk, until)
            anneal(
                self.graph, self.aims, self.plan, self.dice, course, (self.done, last), self.best, best_cost
            )
            a_step = (time.perf_counter() - began) / (last - self.done)
            self.done = last
            chunk = min(max(int(CHUNK_S / max(a_step, 1e-9)), 1), 100_000)
        self.best_cost = float(best_cost[0])
        self._take_last()
        self.allowed = total_breach(self.aims, make_plan(self.graph, self.aims, self.best, self.parts))


def warm_up() -> None:
    """Compile the inner loops, or load them from the cache, on two nodes, so that no clock runs meanwhile."""
    graph = Graph(
        indptr=np.array([0, 1, 2]), neighbour=np.array([1, 0], dtype=np.int32), cost=np.ones(2), border=np.ones(2),
        values=np.ones((2, 1)), area=np.ones(2), around=np.full(2, 4.0), lock=np.full(2, -1, dtype=np.int32),
        home=np.full(2, -1, dtype=np.int32), stay=np.zeros(2),
    )  # fmt: skip
    one = np.ones(1)
    aims = Aims(
        low=one, high=one, target=one, pull=one, compact=1.0, penalty=1.0, charge=1.0, walks=1, walk=0.0
    )
    start = Start(graph, aims, 2, np.ones(2), stream(0), 0, 0, (2, 2))
    start.repair(Clock(None))
    start.settle(1, 1, Clock(None).left_s)
    start.proven = None
    start.planned = 1
    start.improve(Clock(None), 1)
    mend(graph, aims, make_plan(graph, aims, start.best, 2), start.dice, 1)


def run(
    starts: Sequence[Start],
    steps: int | Sequence[tuple[int, int]] | None,
    clock: Clock,
    workers: int,
    watch: Callable[[float, str], None],
    settled: int | None,
) -> int:
    """Repair, improve and settle all starts; every start's result depends on its own dice and steps only.

    Parameters
    ----------
    starts
        One for each piece that has a choice.
    steps
        In all, or planned and done steps for each start, or None: what the clock allows.
    clock
        Deadline and cancellation.
    workers
        Threads; the inner loops run without the interpreter's lock.
    watch
        Called on this thread with the share done, 0..1, and what is going on.
    settled
        Number of small pieces to be asked for their exact answer at the end, None for all that time allows.

    Returns
    -------
    int
        Number of small pieces that were asked before the clock was over.
    """
    with ThreadPoolExecutor(max_workers=max(workers, 1)) as pool:
        seeded = [0]

        def repair(start: Start) -> None:
            start.repair(clock)
            if start.run == 0 and len(start.weight) <= TINY_NODES:
                start.settle(FIRST_BUDGET, TINY_ROOM, Clock(None).left_s)
            seeded[0] += 1

        _all(pool, repair, starts, clock, lambda: watch(0.1 * seeded[0] / max(len(starts), 1), "repair"))
        untils = _plan_steps(starts, steps, clock, min(max(workers, 1), max(len(starts), 1)))
        whole = max(sum(untils), 1)

        def improve(numbered: tuple[int, Start]) -> None:
            numbered[1].improve(clock, untils[numbered[0]])

        in_order = sorted(enumerate(starts), key=lambda numbered: (numbered[1].run, -untils[numbered[0]]))
        _all(
            pool, improve, in_order, clock,
            lambda: watch(0.1 + 0.9 * min(sum(start.done for start in starts) / whole, 1.0), "improve"),
        )  # fmt: skip
    return _settle_all(starts, clock, settled)


def _settle_all(starts: Sequence[Start], clock: Clock, settled: int | None) -> int:
    """Settle the best run of every small piece, piece by piece, and return how many were asked in time."""
    best: dict[int, Start] = {}
    for start in starts:
        other = best.get(start.piece)
        if other is None or (start.allowed > 0, start.best_cost) < (other.allowed > 0, other.best_cost):
            best[start.piece] = start
    proven = {start.piece for start in starts if start.proven is not None}
    asked = 0
    for piece, start in best.items():
        if piece in proven or len(start.weight) > EXACT_NODES:
            continue
        if clock.over() or asked == settled:
            break
        start.settle(LAST_BUDGET, ROOM, clock.left_s)
        if clock.over() and start.proven is None:
            break
        asked += 1
    return asked


def _all(
    pool: ThreadPoolExecutor,
    work: Callable[[Item], None],
    items: Sequence[Item],
    clock: Clock,
    watch: Callable[[], None],
) -> None:
    """Do the work on every item in the pool and watch from this thread; the first failure stops the rest."""
    waiting = {pool.submit(work, item) for item in items}
    try:
        while waiting:
            ended, waiting = wait(waiting, timeout=0.05, return_when=FIRST_EXCEPTION)
            for future in ended:
                future.result()
            watch()
    except BaseException:
        clock.cancelled.set()
        for future in waiting:
            future.cancel()
        raise


def _plan_steps(
    starts: Sequence[Start], steps: int | Sequence[tuple[int, int]] | None, clock: Clock, workers: int
) -> list[int]:
    """Set each start's planned steps and return the steps it is to do."""
    if steps is not None and not isinstance(steps, int):
        for start, (planned, _) in zip(starts, steps, strict=True):
            start.planned = planned
        return [done for _, done in steps]
    settled = {start.piece for start in starts if start.proven is not None}
    sizes = [0 if start.piece in settled else len(start.weight) for start in starts]
    if steps is None:
        seconds = 0.0
        for start, size in zip(starts, sizes, strict=True):
            if clock.over():
                return [0] * len(starts)
            seconds += start.seconds_a_step() * size
        budget = CLOCK_SHARE * workers * max(clock.left_s(), 0.0)
        steps = int(budget / max(seconds / max(sum(sizes), 1), 1e-9)) if starts else 0
        steps = min(steps, STEPS_A_NODE * sum(sizes))
    shares = shared_out(steps, sizes)
    for start, share in zip(starts, shares, strict=True):
        start.planned = share
    return shares


def shared_out(total: int, sizes: Sequence[int]) -> list[int]:
    """Share a whole number out in proportion to sizes, by largest remainder, earlier first on a tie."""
    whole = sum(sizes)
    if whole == 0:
        return [0] * len(sizes)
    shares = [total * size // whole for size in sizes]
    rest = sorted(range(len(sizes)), key=lambda i: (-(total * sizes[i] % whole), i))
    for i in rest[: total - sum(shares)]:
        shares[i] += 1
    return shares
