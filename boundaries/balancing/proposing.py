"""The door of the engine: from a problem and goals to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from boundaries.balancing.answer import Answer, Finish, Steps
from boundaries.balancing.budget import check_budget, planned_laps
from boundaries.balancing.problem import Problem

if TYPE_CHECKING:
    from boundaries.balancing.answer import StoppedBy
    from boundaries.balancing.clock import Clock
    from boundaries.balancing.search import Start

DEFAULT_TIME_LIMIT_S = 10.0


def propose(
    problem: Problem,
    goals: Mapping[str, float] | None = None,
    *,
    steps: int | Sequence[tuple[int, int]] | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
    workers: int = 1,
    on_progress: Callable[[float, str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Answer:
    """Divide the blocks of a problem into connected parts that keep its rules and serve the goals.

    Parameters
    ----------
    problem
        Blocks, graph and hard rules.
    goals
        Weights of the goals of `boundaries.balancing.goals`; by default clear borders and compactness where
        the data allow, else few cut edges.
    steps
        Search steps in all (a step is one ReCom and 1,000 flip proposals), or an earlier answer's
        ``steps_done``: the same seed and steps give the same plan on any number of workers. Repairing the
        bands comes first and is not counted.
    time_limit_s
        Seconds; 10 when neither steps nor a limit is given. The first call on a machine compiles before the
        clock starts, for about 30 seconds of one core.
    seed
        Of all randomness.
    workers
        Threads.
    on_progress
        Called on the caller's thread with the share done, 0..1, and the phase: "repair" or "improve".
    cancel
        Asked about twenty times a second; true ends the search with the best plan so far.

    Returns
    -------
    Answer

    Raises
    ------
    ProblemError
        When goals, locks, steps or limits cannot be meant; what concerns `Problem` alone is raised there.
    """
    from boundaries.balancing.bounds import bounds_before
    from boundaries.balancing.clock import Clock
    from boundaries.balancing.feasibility import find_reasons
    from boundaries.balancing.goals import border_costs, checked_goals
    from boundaries.balancing.layout import counts_allowed, lay_out
    from boundaries.balancing.offering import offered, weighted
    from boundaries.balancing.pieces import reduce
    from boundaries.balancing.proof import unsolvable, verdict
    from boundaries.balancing.recounting import Recount
    from boundaries.balancing.running import run, warm_up
    from boundaries.balancing.verdict import find_notes, find_unmet

    check_budget(steps, time_limit_s, seed, workers)
    arrays = problem.arrays
    weights = checked_goals(goals, arrays)
    costs = border_costs(arrays, problem.barrier_costs)
    if steps is None and time_limit_s is None:
        time_limit_s = DEFAULT_TIME_LIMIT_S
    warm_up()
    clock = Clock(time_limit_s)
    reduction = reduce(arrays)
    reasons = find_reasons(arrays, reduction)
    layout = lay_out(arrays, reduction, weights, costs, seed, hopeless=bool(reasons))

    allowed = {number: counts_allowed(arrays, reduction, number) for number in range(len(reduction.pieces))}
    before = None if reasons else bounds_before(arrays, reduction, weights, clock.limit_s)

    def watch(share: float, phase: str) -> None:
        if on_progress is not None:
            on_progress(share, phase)
        if cancel is not None and cancel():
            clock.cancelled.set()

    planned = planned_laps(steps, len(layout.starts))
    wanted = steps.finish if isinstance(steps, Steps) else Finish()
    recount = Recount(arrays, reduction, layout).run
    finish = run(layout.starts, planned, clock, workers, watch, wanted, recount)
    reasons += unsolvable(arrays, reduction, layout, clock.left_s)
    proposals = offered(arrays, reduction, layout, costs, weights)
    part = proposals[0].part
    proven = verdict(arrays, reduction, layout, weights, reasons)
    bounds = before.by_goal(weights, layout, allowed) if before is not None and not reasons else {}
    bound = weighted(arrays, proposals[0].scores if proven == "optimal" else bounds, weights)
    return Answer(
        proposals=proposals,
        reasons=reasons,
        unmet=find_unmet(arrays, part, reasons),
        proven=proven,
        lower_bound=bound if proven == "optimal" or bound > 0 else None,
        steps_done=Steps(_laps(layout.starts), finish),
        stopped_by=_stopped_by(clock, layout.starts, by_clock=steps is None),
        notes=find_notes(arrays),
        bounds=bounds,
    )


def _laps(starts: Sequence[Start]) -> list[tuple[int, int]]:
    """Return planned and done steps, lap by lap, for every start."""
    laps = max((len(start.laps) for start in starts), default=0)
    return [start.laps[number] for number in range(laps) for start in starts]


def _stopped_by(clock: Clock, starts: Sequence[Start], *, by_clock: bool) -> StoppedBy:
    if clock.cancelled.is_set():
        return "cancel"
    if starts and all(start.proven for start in starts if start.run == 0):
        return "proof"
    if any(done < planned for start in starts for planned, done in start.laps) or (by_clock and starts):
        return "time"
    return "steps"
