"""The search of one piece: seed, repair, anneal, and the exact answer where the piece is small."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from boundaries.balancing.annealing import Course, Finds, anneal, mend
from boundaries.balancing.clock import Clock
from boundaries.balancing.exact import solve
from boundaries.balancing.labels import matched_labels
from boundaries.balancing.seeding import grown_parts, parts_near, seed_parts
from boundaries.balancing.state import Aims, Graph, Plan, make_plan, tally, total_breach, total_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.answer import Proven

    Floats = NDArray[np.float64]
    Small = NDArray[np.int32]

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
MEND_TRIES = 200
TRIAL_STEPS = 48
CHUNK_S = 0.02
"""The clock is looked at about so often, in seconds."""

HOT_AGAIN = 0.3
"""Temperature at which the best plan is annealed again where there is time left."""

SLOWER, SLOW_S = 1.3, 0.2
"""A lap that would take so many times its seconds, seen after so many seconds, is planned anew."""

SKIPPED = -1
"""Planned steps of a run for which there was no time even to repair it; less where the repair was ended early."""

NO_POOL = np.empty((0, 0), dtype=np.int32)
POOLED, POOLED_NODES = 16, 3_000
"""Plans of its last quarter that a start keeps for recombination, on pieces of up to so many nodes."""


class Lap(NamedTuple):
    """Annealing steps planned and to be done now, and the seconds they may take before they are planned anew."""

    planned: int
    until: int
    budget_s: float


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
    heat: float = HOT
    laps: list[tuple[int, int]] = field(default_factory=list)
    skipped: bool = False
    proven: Proven | None = None
    pool: Small = field(default_factory=lambda: NO_POOL)
    asked: int = 0
    ended: int | None = None

    def _stopped(self, clock: Clock) -> bool:
        """Ask the clock during the repair, or end where an earlier run's repair was ended: after so many questions."""
        if self.ended is None and clock.over():
            self.ended = self.asked
        self.asked += 1
        return self.ended is not None and self.asked > self.ended

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
            if least <= 0 or self._stopped(clock):
                break
            self._round(plan, effort, clock)
            self._mend(plan, clock)
            out = total_breach(aims, plan)
            if out < least:
                least, kept = out, plan.part.copy()
        self.plan = make_plan(self.graph, self.aims, kept, self.parts)
        self.best, self.allowed = kept, total_breach(self.aims, self.plan)
        self.best_cost = total_cost(self.graph, self.plan)

    def _mend(self, plan: Plan, clock: Clock) -> None:
        for _ in range(0, 200 + 4 * self.parts, MEND_TRIES):
            if self._stopped(clock) or mend(self.graph, self.aims, plan, self.dice, MEND_TRIES) <= 0:
                break

    def rank(self) -> tuple[bool, float]:
        """Return what runs of a piece are sorted by, the best first: within the bands, then cheap."""
        return self.allowed > 0, self.best_cost

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
        nothing = Finds(plan.part.copy(), np.array([-np.inf]), NO_POOL)
        course = Course(steps, effort.hot, COLD, 0.0)
        for first in range(0, steps, 200):
            if self._stopped(clock):
                return
            last = min(first + 200, steps)
            anneal(graph, aims, plan, self.dice, course, (first, last), nothing)

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
        nothing = Finds(trial.part.copy(), np.array([-np.inf]), NO_POOL)
        course = Course(TRIAL_STEPS, HOT, COLD, 0.0)
        began = time.perf_counter()
        anneal(self.graph, self.aims, trial, self.dice.copy(), course, (0, TRIAL_STEPS), nothing)
        return (time.perf_counter() - began) / TRIAL_STEPS

    def _without_steps(self) -> int:
        """Return what stands for planned steps where none are done: why, and for the repair when it was ended."""
        if self.skipped:
            return SKIPPED
        return 0 if self.ended is None or self.laps else SKIPPED - 1 - self.ended

    def follow(self, planned: int) -> None:
        """Take from the first lap of an earlier run whether it was skipped or its repair ended early."""
        self.skipped = planned == SKIPPED
        self.ended = SKIPPED - 1 - planned if planned < SKIPPED else None

    def improve(self, clock: Clock, lap: Lap) -> None:
        """Do one lap of annealing: from the repaired plan, on from where a lap broke off, or anew from the best."""
        if self.plan is None or lap.planned <= 0:
            self.laps.append((self._without_steps(), 0))
            return
        if len(self.weight) <= POOLED_NODES:
            self.pool = np.tile(self.best, (POOLED, 1))
        course = Course(lap.planned, self.heat, COLD, 0.0 if self.allowed <= 0 else np.inf)
        finds = Finds(self.best, np.array([self.best_cost]), self.pool)
        done, chunk, began = 0, 16, time.perf_counter()
        while done < lap.until and not clock.closing():
            last = min(done + chunk, lap.until)
            anneal(self.graph, self.aims, self.plan, self.dice, course, (done, last), finds)
            done = last
            spent = time.perf_counter() - began
            chunk = min(max(int(CHUNK_S * done / max(spent, 1e-9)), 1), 100_000)
            if (
                spent > SLOW_S
                and done * 10 > lap.planned
                and spent * lap.planned > SLOWER * lap.budget_s * done
            ):
                break
        self.laps.append((lap.planned, done))
        self.best_cost = float(finds.cost[0])
        self._take_last()
        self.allowed = total_breach(self.aims, make_plan(self.graph, self.aims, self.best, self.parts))
        if done < lap.planned:
            self.heat *= (COLD / self.heat) ** (done / lap.planned)
        else:
            self.heat = HOT_AGAIN
            self.plan = make_plan(self.graph, self.aims, self.best, self.parts)
