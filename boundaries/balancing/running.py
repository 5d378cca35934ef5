"""Runs all searches, by steps or by the clock, on any number of workers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

import numpy as np

from boundaries.balancing.annealing import mend
from boundaries.balancing.answer import Finish
from boundaries.balancing.block_reasons import adjacency
from boundaries.balancing.clock import Clock
from boundaries.balancing.cut_blocks import hanging_sums
from boundaries.balancing.cut_bounds import flow_bound
from boundaries.balancing.dice import stream
from boundaries.balancing.exact import EXACT_NODES, ROOM
from boundaries.balancing.reach import most_in_reach, pairs_in_reach
from boundaries.balancing.recombining import recombine
from boundaries.balancing.search import Lap, Start
from boundaries.balancing.state import Aims, Graph, make_plan

Item = TypeVar("Item")

CLOCK_SHARE = 0.93
"""Share of the time left that a run by the clock plans for; the rest absorbs a machine that slows down."""

STEPS_A_NODE = 300
"""No start is planned longer than so many steps for each of its nodes."""

LAP_SHARE, MOST_LAPS = 0.12, 8
"""The search is planned anew while so much of the time limit is left, at most so many times."""

REPAIR_SHARE = 0.25
"""Once so much of the time limit is spent, no further run of a piece is begun beside its first."""

TINY_NODES, TINY_ROOM = 32, 5_000
"""Pieces of up to so many nodes are settled at once, if they have at most so many possible parts."""

FIRST_BUDGET, LAST_BUDGET = 200_000, 50_000_000
"""Branchings of the exact solver at once, and after the annealing of a run by the clock."""


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
    start.improve(Clock(None), Lap(1, 1, math.inf))
    mend(graph, aims, make_plan(graph, aims, start.best, 2), start.dice, 1)
    indptr, neighbour = adjacency(np.array([[0, 1]]), 2)
    flow_bound(indptr, neighbour, np.ones(2), np.ones(2), 1.0, 100.0)
    hanging_sums(indptr, neighbour, np.ones((2, 1)), one)
    most_in_reach(indptr, neighbour, np.ones(2), np.ones(2), 1.0, 1.0)
    pairs_in_reach(indptr, neighbour, np.ones(2), 1.0, np.array([True, False]))


def run(
    starts: Sequence[Start],
    steps: int | Sequence[tuple[int, int]] | None,
    clock: Clock,
    workers: int,
    watch: Callable[[float, str], None],
    finish: Finish,
    recount: Callable[[Clock, int | None], int],
) -> Finish:
    """Repair, improve and settle all starts; every start's result depends on its own dice and steps only.

    Parameters
    ----------
    starts
        One for each piece that has a choice.
    steps
        In all, or planned and done steps for each start of each lap, or None: what the clock allows.
    clock
        Deadline and cancellation.
    workers
        Threads; the inner loops run without the interpreter's lock.
    watch
        Called on this thread with the share done, 0..1, and what is going on.
    finish
        How much to do beside the steps; with a number of steps all tiny pieces are settled, as there is no clock to
        say when to give up.
    recount
        Called after the repair with the number of trials, None for all: tries other counts of parts for pieces that
        are out of their bands, and returns how many it tried.

    Returns
    -------
    Finish
        How much was done before the clock was over.
    """
    with ThreadPoolExecutor(max_workers=max(workers, 1)) as pool:
        seeded = [0]

        by_clock = steps is None
        known = list(steps)[: len(starts)] if steps is not None and not isinstance(steps, int) else []
        for start, (planned, _) in zip(starts, known, strict=False):
            start.follow(planned)

        def repair(start: Start) -> None:
            start.skipped |= by_clock and start.run > 0 and clock.spent_share() > REPAIR_SHARE
            if start.skipped:
                return
            start.repair(clock)
            if start.run == 0 and len(start.weight) <= TINY_NODES:
                start.settle(FIRST_BUDGET, TINY_ROOM, Clock(None).left_s)
            seeded[0] += 1

        in_order = sorted(starts, key=lambda start: start.run)
        _all(pool, repair, in_order, clock, lambda: watch(0.1 * seeded[0] / max(len(starts), 1), "repair"))
        recounted = recount(clock, finish.recounted)
        threads = min(max(workers, 1), max(len(starts), 1))
        for number in range(MOST_LAPS):
            laps = _plan_lap(starts, steps, clock, threads, number)
            if number > 0 and not any(lap.planned for lap in laps):
                break
            _run_lap(pool, starts, laps, clock, watch, number)
    pieces: dict[int, list[Start]] = {}
    for start in starts:
        if not start.skipped:
            pieces.setdefault(start.piece, []).append(start)
    for runs in pieces.values():
        runs.sort(key=Start.rank)
    largest = TINY_NODES if isinstance(steps, int) else EXACT_NODES
    recombined = _recombine_all(pieces, clock, finish.recombined)
    settled = _settle_all(pieces, clock, finish.settled, largest)
    watch(1.0, "improve")
    return Finish(recombined, settled, recounted)


def _run_lap(
    pool: ThreadPoolExecutor,
    starts: Sequence[Start],
    laps: Sequence[Lap],
    clock: Clock,
    watch: Callable[[float, str], None],
    number: int,
) -> None:
    """Do one lap of every start, first runs first so that every piece has one."""
    ended = [0]
    whole = max(sum(lap.planned for lap in laps), 1)

    def improve(pair: tuple[Start, Lap]) -> None:
        pair[0].improve(clock, pair[1])
        ended[0] += pair[1].planned

    def tell() -> None:
        by_steps = ended[0] / whole if number == 0 else 1.0
        watch(0.1 + 0.89 * (by_steps if clock.deadline is None else clock.spent_share()), "improve")

    in_order = sorted(zip(starts, laps, strict=True), key=lambda pair: (pair[0].run, -pair[1].planned))
    _all(pool, improve, in_order, clock, tell)


def _recombine_all(pieces: Mapping[int, list[Start]], clock: Clock, wanted: int | None) -> int:
    """Recombine the runs of every piece, piece by piece, and return for how many there was time.

    A piece that was given a cheaper plan counts, also where the clock was over by then.
    """
    done = 0
    for runs in pieces.values():
        if clock.over() or done == wanted:
            break
        if not recombine(runs, clock.left_s()) and clock.over():
            break
        done += 1
    return done


def _settle_all(pieces: Mapping[int, list[Start]], clock: Clock, wanted: int | None, largest: int) -> int:
    """Settle the best run of every piece of up to ``largest`` nodes, the smallest first; return those asked in time."""
    asked = 0
    for runs in sorted(pieces.values(), key=lambda runs: len(runs[0].weight)):
        start = runs[0]
        if any(run.proven is not None for run in runs):
            continue
        if len(start.weight) > largest or clock.over() or asked == wanted:
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


def _plan_lap(
    starts: Sequence[Start],
    steps: int | Sequence[tuple[int, int]] | None,
    clock: Clock,
    workers: int,
    number: int,
) -> list[Lap]:
    """Return what each start is to do in a lap; nothing when the search is at its end."""
    rest = [Lap(0, 0, 0.0)] * len(starts)
    if steps is not None and not isinstance(steps, int):
        given = steps[number * len(starts) : (number + 1) * len(starts)]
        return [Lap(planned, done, math.inf) for planned, done in given] or rest
    settled = {start.piece for start in starts if start.proven is not None}
    sizes = [0 if start.piece in settled or start.skipped else len(start.weight) for start in starts]
    if steps is not None:
        return [Lap(share, share, math.inf) for share in shared_out(steps, sizes)] if number == 0 else rest
    left_s = clock.left_s() - clock.closing_s
    done = sum(lap[1] for start in starts for lap in start.laps)
    if not sum(sizes) or left_s <= 0 or (number > 0 and left_s < LAP_SHARE * clock.limit_s):
        return rest
    seconds = sum(start.seconds_a_step() * size for start, size in zip(starts, sizes, strict=True) if size)
    left_s = clock.left_s() - clock.closing_s
    wanted = int(CLOCK_SHARE * workers * max(left_s, 0.0) / max(seconds / sum(sizes), 1e-9))
    shares = shared_out(min(wanted, max(STEPS_A_NODE * sum(sizes) - done, 0)), sizes)
    whole = max(sum(shares), 1)
    return [Lap(share, share, left_s * workers * share / whole) for share in shares]


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
