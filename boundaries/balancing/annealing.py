"""The search loop: flips and ReCom at a falling temperature, and a repair that only looks at the bands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from boundaries.balancing.compiled import compiled, inner, wide
from boundaries.balancing.dice import below
from boundaries.balancing.flips import flips
from boundaries.balancing.recom import gather, try_recom
from boundaries.balancing.state import Aims, Graph, Plan, breach, total_breach, total_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLIPS_A_STEP = 1000
"""A step of the search is one ReCom proposal and so many flip proposals."""


@inner
def random_pair(graph: Graph, plan: Plan, dice: NDArray[np.uint64]) -> tuple[int, int, int]:
    """Draw a node and two neighbouring parts over a random cut edge, or -1 where none is met."""
    for _ in range(1000):
        v = below(dice, len(plan.part))
        degree = graph.indptr[v + 1] - graph.indptr[v]
        if degree == 0:
            continue
        u = graph.neighbour[graph.indptr[v] + below(dice, degree)]
        if plan.part[u] != plan.part[v]:
            return v, wide(plan.part[v]), wide(plan.part[u])
    return -1, -1, -1


class Course(NamedTuple):
    """``total`` steps in which the temperature falls geometrically from ``hot`` to ``cold``.

    A plan whose breach of the bands is at most ``allowed`` may become the best one.
    """

    total: int
    hot: float
    cold: float
    allowed: float


class Finds(NamedTuple):
    """What a search meets on its way.

    ``best`` (v,) is the cheapest allowed plan met at every sixteenth step (less often where looking takes longer
    than searching), ``cost`` (1,) its cost. ``pool`` (s, v) are the plans met at even distances in the last
    quarter of the course; s may be 0.
    """

    best: NDArray[np.int32]
    cost: NDArray[np.float64]
    pool: NDArray[np.int32]


@compiled
def anneal(
    graph: Graph,
    aims: Aims,
    plan: Plan,
    dice: NDArray[np.uint64],
    course: Course,
    span: tuple[int, int],
    finds: Finds,
) -> None:
    """Do the steps ``span[0] .. span[1]-1`` of a course and note what is found."""
    period = max(16, len(plan.part) // 64)
    for step in range(span[0], span[1]):
        heat = course.hot * math.exp(math.log(course.cold / course.hot) * step / course.total)
        flips(graph, aims, plan, dice, heat, FLIPS_A_STEP)
        v, a, b = random_pair(graph, plan, dice)
        if v >= 0:
            try_recom(graph, aims, plan, dice, heat, v, a, b)
        at = (step + 1) * 4 * len(finds.pool) // course.total
        if at > step * 4 * len(finds.pool) // course.total and at > 3 * len(finds.pool):
            _keep(plan.part, finds.pool[at - 3 * len(finds.pool) - 1])
        if (step + 1) % period == 0 or step + 1 == course.total:
            if total_breach(aims, plan) > course.allowed + 1e-12:
                continue
            cost = total_cost(graph, plan)
            if cost < finds.cost[0]:
                finds.cost[0] = cost
                _keep(plan.part, finds.best)


@inner
def _keep(part: NDArray[np.int32], kept: NDArray[np.int32]) -> None:
    for v in range(len(part)):
        kept[v] = part[v]


@compiled
def mend(graph: Graph, aims: Aims, plan: Plan, dice: NDArray[np.uint64], tries: int) -> float:
    """Re-split parts that breach their bands with a neighbour, never for the worse; return the breach left.

    After each such try two other neighbours are split anew, so that a surplus can wander to where it fits.
    """
    inside = np.zeros(len(plan.size), dtype=np.int32)
    for v in range(len(plan.part)):
        inside[plan.part[v]] = v
    for _ in range(tries):
        chosen, ties = -1, 0
        for p in range(len(plan.size)):
            if breach(aims, plan.sums[p]) > 0.0:
                ties += 1
                if below(dice, ties) == 0:
                    chosen = p
        if chosen < 0:
            break
        v, a, b = _cut_edge_of(graph, plan, dice, wide(inside[chosen]))
        if v >= 0:
            _split_anew(graph, aims, plan, dice, (v, a, b), inside)
        v, a, b = random_pair(graph, plan, dice)
        if v >= 0:
            _split_anew(graph, aims, plan, dice, (v, a, b), inside)
    return total_breach(aims, plan)


@inner
def _split_anew(
    graph: Graph,
    aims: Aims,
    plan: Plan,
    dice: NDArray[np.uint64],
    pair: tuple[int, int, int],
    inside: NDArray[np.int32],
) -> None:
    """Try a split that breaches no more than before, and note for both parts a node inside (k,)."""
    v, a, b = pair
    if try_recom(graph, aims, plan, dice, -1.0, v, a, b):
        for i in range(plan.size[a] + plan.size[b]):
            inside[plan.part[plan.queue[i]]] = plan.queue[i]


@inner
def _cut_edge_of(graph: Graph, plan: Plan, dice: NDArray[np.uint64], start: int) -> tuple[int, int, int]:
    """Draw a cut edge of the part of ``start`` evenly: its node inside and the two parts, or -1 without any."""
    part = wide(plan.part[start])
    v, a, b = -1, -1, -1
    ties = 0
    for at in range(gather(graph, plan, start, part, part)):
        w = plan.queue[at]
        for i in range(graph.indptr[w], graph.indptr[w + 1]):
            q = plan.part[graph.neighbour[i]]
            if q != part:
                ties += 1
                if below(dice, ties) == 0:
                    v, a, b = wide(w), part, wide(q)
    return v, a, b
