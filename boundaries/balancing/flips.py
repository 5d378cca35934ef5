"""Flips: one node changes to a neighbouring part, in O(degree) plus a check that its part stays whole.

Arrays are handed on one by one rather than in their tuples: a tuple is copied at every call.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from boundaries.balancing.compiled import inner
from boundaries.balancing.dice import below, uniform
from boundaries.balancing.state import Aims, Graph, Plan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Small = NDArray[np.int32]


@inner
def stays_whole(
    indptr: Ints, neighbour: Small, part: Small, scratch: tuple[Ints, Ints, Small], v: int
) -> bool:
    """Return whether the part of v is still connected without v: its neighbours must reach one another.

    ``scratch`` are ``seen``, ``stamp`` and ``queue`` of the plan.
    """
    seen, stamp, queue = scratch
    a = part[v]
    wanted = stamp[0] + 1
    reached = stamp[0] + 2
    stamp[0] = reached
    left = 0
    first = -1
    for i in range(indptr[v], indptr[v + 1]):
        u = neighbour[i]
        if part[u] == a:
            left += 1
            seen[u] = wanted
            first = u
    if left <= 1:
        return left == 1
    seen[v] = reached
    seen[first] = reached
    queue[0] = first
    head, tail = 0, 1
    left -= 1
    while head < tail:
        w = queue[head]
        head += 1
        for i in range(indptr[w], indptr[w + 1]):
            u = neighbour[i]
            if part[u] == a and seen[u] != reached:
                if seen[u] == wanted:
                    left -= 1
                    if left == 0:
                        return True
                seen[u] = reached
                queue[tail] = u
                tail += 1
    return False


@inner
def shifted_cost(aims: Aims, sums: Floats, values: Floats, sign: float, area: float, around: float) -> float:
    """Return `state.part_cost` of a part whose ``sums`` (c,) change by ``sign`` times ``values`` (c,)."""
    cost = 0.0
    if aims.compact > 0.0:
        cost += (
            aims.compact * (1.0 - 4.0 * math.pi * area / (around * around)) if around > 0.0 else aims.compact
        )
    if aims.walk > 0.0:
        nearest = math.inf
        for c in range(aims.walks, len(sums)):
            nearest = min(nearest, sums[c] + sign * values[c])
        cost += aims.walk * nearest
    out = 0.0
    for c in range(aims.walks):
        total = sums[c] + sign * values[c]
        if aims.pull[c] > 0.0:
            off = total / aims.target[c] - 1.0
            cost += aims.pull[c] * off * off
        slack = 1e-9 * aims.target[c]
        if total < aims.low[c] - slack:
            out += (aims.low[c] - total) / aims.target[c]
        elif total > aims.high[c] + slack:
            out += (total - aims.high[c]) / aims.target[c]
    if out > 0.0:
        cost += aims.charge + aims.penalty * out
    return cost


@inner
def home_change(home: Small, stay: Floats, v: int, a: int, b: int) -> float:
    """Return the change of the cost of being away from home when v goes from part a to part b."""
    change = 0.0
    if home[v] == a:
        change += stay[v]
    if home[v] == b:
        change -= stay[v]
    return change


@inner
def _edge_change(graph: Graph, part: Small, v: int, a: int, b: int) -> tuple[float, float, float]:
    """Return the change of the cost of cut edges when v goes from a to b, and its metres of border to both."""
    change, to_a_m, to_b_m = 0.0, 0.0, 0.0
    for i in range(graph.indptr[v], graph.indptr[v + 1]):
        p = part[graph.neighbour[i]]
        if p == a:
            change += graph.cost[i]
            to_a_m += graph.border[i]
        elif p == b:
            change -= graph.cost[i]
            to_b_m += graph.border[i]
    return change, to_a_m, to_b_m


@inner
def flips(graph: Graph, aims: Aims, plan: Plan, dice: NDArray[np.uint64], heat: float, count: int) -> int:
    """Propose ``count`` flips over random edges, accept by Metropolis at ``heat`` > 0; return the accepted."""
    indptr, neighbour = graph.indptr, graph.neighbour
    part, term, size, around = plan.part, plan.term, plan.size, plan.around
    scratch = (plan.seen, plan.stamp, plan.queue)
    accepted = 0
    for _ in range(count):
        v = below(dice, len(part))
        begin, end = indptr[v], indptr[v + 1]
        if begin == end:
            continue
        a = part[v]
        b = part[neighbour[begin + below(dice, end - begin)]]
        if a == b or size[a] == 1 or graph.lock[v] >= 0:
            continue
        change, to_a_m, to_b_m = _edge_change(graph, part, v, a, b)
        change += home_change(graph.home, graph.stay, v, a, b) - term[a] - term[b]
        bearable = -heat * math.log(1.0 - uniform(dice))
        if change > bearable:  # the parts' new terms are never negative
            continue
        around_a = around[a] - graph.around[v] + 2.0 * to_a_m
        around_b = around[b] + graph.around[v] - 2.0 * to_b_m
        area = graph.area[v]
        term_a = shifted_cost(aims, plan.sums[a], graph.values[v], -1.0, plan.area[a] - area, around_a)
        term_b = shifted_cost(aims, plan.sums[b], graph.values[v], 1.0, plan.area[b] + area, around_b)
        if change + term_a + term_b > bearable or not stays_whole(indptr, neighbour, part, scratch, v):
            continue
        part[v] = b
        size[a] -= 1
        size[b] += 1
        plan.area[a] -= area
        plan.area[b] += area
        around[a] = around_a
        around[b] = around_b
        for c in range(graph.values.shape[1]):
            plan.sums[a, c] -= graph.values[v, c]
            plan.sums[b, c] += graph.values[v, c]
        term[a] = term_a
        term[b] = term_b
        accepted += 1
    return accepted
