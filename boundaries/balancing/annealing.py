"""The search loop: flips and ReCom at a falling temperature, and a repair that only looks at the bands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from boundaries.balancing.compiled import compiled
from boundaries.balancing.dice import below
from boundaries.balancing.flips import flips
from boundaries.balancing.recom import try_recom
from boundaries.balancing.state import Aims, Graph, Plan, breach, total_breach, total_cost

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FLIPS_A_STEP = 1000
"""A step of the search is one ReCom proposal and so many flip proposals."""


@compiled
def random_pair(graph: Graph, plan: Plan, dice: NDArray[np.uint64], part: int) -> tuple[int, int, int]:
    """Draw a node and two neighbouring parts over a random cut edge, of one part if it is >= 0; -1 without."""
    for _ in range(1000):
        v = below(dice, len(plan.part))
        degree = graph.indptr[v + 1] - graph.indptr[v]
        if degree == 0 or (part >= 0 and plan.part[v] != part):
            continue
        u = graph.neighbour[graph.indptr[v] + below(dice, degree)]
        if plan.part[u] != plan.part[v]:
            return v, plan.part[v], plan.part[u]
    return -1, -1, -1


class Course(NamedTuple):
    """``total`` steps in which the temperature falls geometrically from ``hot`` to ``cold``.

    A plan whose breach of the bands is at most ``allowed`` may become the best one.
    """

    total: int
    hot: float
    cold: float
    allowed: float


@compiled
def anneal(
    graph: Graph,
    aims: Aims,
    plan: Plan,
    dice: NDArray[np.uint64],
    course: Course,
    span: tuple[int, int],
    best: NDArray[np.int32],
    best_cost: NDArray[np.float64],
) -> None:
    """Do the steps ``span[0] .. span[1]-1`` of a course.

    ``best`` (v,) keeps the cheapest allowed plan met at every sixteenth step, ``best_cost`` (1,) its cost.
    """
    for step in range(span[0], span[1]):
        heat = course.hot * math.exp(math.log(course.cold / course.hot) * step / course.total)
        flips(graph, aims, plan, dice, heat, FLIPS_A_STEP)
        v, a, b = random_pair(graph, plan, dice, -1)
        if v >= 0:
            try_recom(graph, aims, plan, dice, heat, v, a, b)
        if (step + 1) % 16 == 0 or step + 1 == course.total:
            if total_breach(aims, plan) > course.allowed + 1e-12:
                continue
            cost = total_cost(graph, plan)
            if cost < best_cost[0]:
                best_cost[0] = cost
                best[:] = plan.part


@compiled
def mend(graph: Graph, aims: Aims, plan: Plan, dice: NDArray[np.uint64], tries: int) -> float:
    """Re-split parts that breach their bands with a neighbour, never for the worse; return the breach left."""
    parts = len(plan.size)
    out = total_breach(aims, plan)
    for _ in range(tries):
        if out <= 0.0:
            break
        chosen, ties = -1, 0
        for p in range(parts):
            if breach(aims, plan.sums[p]) > 0.0:
                ties += 1
                if below(dice, ties) == 0:
                    chosen = p
        v, a, b = _neighbour_of(graph, plan, dice, chosen)
        if v < 0:
            continue
        try_recom(graph, aims, plan, dice, -1.0, v, a, b)
        v, a, b = random_pair(graph, plan, dice, -1)
        if v >= 0:
            try_recom(graph, aims, plan, dice, -1.0, v, a, b)
        out = total_breach(aims, plan)
    return out


@compiled
def _neighbour_of(graph: Graph, plan: Plan, dice: NDArray[np.uint64], part: int) -> tuple[int, int, int]:
    """Draw a cut edge of one part evenly."""
    v, a, b = -1, -1, -1
    ties = 0
    for w in range(len(plan.part)):
        if plan.part[w] != part:
            continue
        for i in range(graph.indptr[w], graph.indptr[w + 1]):
            q = plan.part[graph.neighbour[i]]
            if q != part:
                ties += 1
                if below(dice, ties) == 0:
                    v, a, b = w, part, q
    return v, a, b
