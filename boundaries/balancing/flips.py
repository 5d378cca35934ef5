"""Flips: one node changes to a neighbouring part, in O(degree) plus a check that its part stays whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from boundaries.balancing.compiled import compiled
from boundaries.balancing.dice import below, uniform
from boundaries.balancing.state import Aims, Graph, Plan, part_cost

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@compiled
def stays_whole(graph: Graph, plan: Plan, v: int) -> bool:
    """Return whether the part of v is still connected without v: its neighbours must reach one another."""
    part = plan.part
    a = part[v]
    plan.stamp[0] += 1
    wanted = plan.stamp[0]
    left = 0
    first = -1
    for i in range(graph.indptr[v], graph.indptr[v + 1]):
        u = graph.neighbour[i]
        if part[u] == a:
            left += 1
            plan.seen[u] = wanted
            first = u
    if left <= 1:
        return left == 1
    plan.stamp[0] += 1
    reached = plan.stamp[0]
    plan.seen[v] = reached
    plan.seen[first] = reached
    plan.queue[0] = first
    head, tail = 0, 1
    left -= 1
    while head < tail:
        w = plan.queue[head]
        head += 1
        for i in range(graph.indptr[w], graph.indptr[w + 1]):
            u = graph.neighbour[i]
            if part[u] == a and plan.seen[u] != reached:
                if plan.seen[u] == wanted:
                    left -= 1
                    if left == 0:
                        return True
                plan.seen[u] = reached
                plan.queue[tail] = u
                tail += 1
    return False


@compiled
def try_flip(graph: Graph, aims: Aims, plan: Plan, dice: NDArray[np.uint64], heat: float) -> bool:
    """Propose one flip over a random edge and accept it by Metropolis at temperature ``heat``."""
    v = below(dice, len(plan.part))
    degree = graph.indptr[v + 1] - graph.indptr[v]
    if degree == 0 or graph.lock[v] >= 0:
        return False
    a = plan.part[v]
    b = plan.part[graph.neighbour[graph.indptr[v] + below(dice, degree)]]
    if a == b or plan.size[a] == 1:
        return False
    change = 0.0
    to_a_m = 0.0
    to_b_m = 0.0
    for i in range(graph.indptr[v], graph.indptr[v + 1]):
        p = plan.part[graph.neighbour[i]]
        if p == a:
            change += graph.cost[i]
            to_a_m += graph.border[i]
        elif p == b:
            change -= graph.cost[i]
            to_b_m += graph.border[i]
    around_a = plan.around[a] - graph.around[v] + 2.0 * to_a_m
    around_b = plan.around[b] + graph.around[v] - 2.0 * to_b_m
    for c in range(graph.values.shape[1]):
        plan.row[0, c] = plan.sums[a, c] - graph.values[v, c]
        plan.row[1, c] = plan.sums[b, c] + graph.values[v, c]
    term_a = part_cost(aims, plan.row[0], plan.area[a] - graph.area[v], around_a)
    term_b = part_cost(aims, plan.row[1], plan.area[b] + graph.area[v], around_b)
    change += term_a + term_b - plan.term[a] - plan.term[b]
    if change > 0.0 and (heat <= 0.0 or uniform(dice) >= math.exp(-change / heat)):
        return False
    if not stays_whole(graph, plan, v):
        return False
    plan.part[v] = b
    plan.size[a] -= 1
    plan.size[b] += 1
    plan.area[a] -= graph.area[v]
    plan.area[b] += graph.area[v]
    plan.around[a] = around_a
    plan.around[b] = around_b
    for c in range(graph.values.shape[1]):
        plan.sums[a, c] = plan.row[0, c]
        plan.sums[b, c] = plan.row[1, c]
    plan.term[a] = term_a
    plan.term[b] = term_b
    return True
