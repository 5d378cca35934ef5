"""Flat arrays the inner loops work on: a piece's graph, the aims, and a plan with its running sums."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from boundaries.balancing.compiled import compiled, inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Small = NDArray[np.int32]


class Graph(NamedTuple):
    """A connected piece: v nodes (blocks, or groups of blocks kept together), e edges, c columns.

    ``home`` (v,) present part of each node among the labels of the seed or -1, ``stay`` (v,) cost of leaving it.
    ``indptr`` (v+1,), ``neighbour`` (2e,), ``cost`` (2e,) of cutting, ``border`` (2e,) metres, ``values``
    (v, c), ``area`` (v,) m2, ``around`` (v,) metres of rim and border, ``lock`` (v,) group of locked blocks
    or -1.
    """

    indptr: Ints
    neighbour: Small
    cost: Floats
    border: Floats
    values: Floats
    area: Floats
    around: Floats
    lock: Small
    home: Small
    stay: Floats


class Aims(NamedTuple):
    """What the search minimises besides cut costs, per part: bands, pulls to the mean, compactness.

    ``low``, ``high``, ``target``, ``pull`` are (c,); ``compact`` weighs 1 - Polsby-Popper; a band's breach
    costs ``charge`` and, per share of the target, ``penalty``. Columns from ``walks`` on are minutes to service
    points, of which the least counts, times ``walk``.
    """

    low: Floats
    high: Floats
    target: Floats
    pull: Floats
    compact: float
    penalty: float
    charge: float
    walks: int
    walk: float


class Plan(NamedTuple):
    """A division of a piece into k parts and its running sums, kept up to date by every move.

    ``part`` (v,), ``sums`` (k, c), ``area`` (k,), ``around`` (k,) metres, ``size`` (k,) nodes, ``term`` (k,)
    cost of each part, ``lock`` (k,) group of locked nodes it holds or -1. The rest is scratch: ``seen`` (v,)
    and ``stamp`` (1,) mark visits, ``queue`` (v,) and ``place`` (v,) order them, ``row`` (4, c).
    """

    part: Small
    sums: Floats
    area: Floats
    around: Floats
    size: Ints
    term: Floats
    lock: Small
    seen: Ints
    stamp: Ints
    queue: Small
    place: Small
    row: Floats


def make_plan(graph: Graph, aims: Aims, part: Small, parts: int) -> Plan:
    """Return a plan with its sums for a division, ``part`` (v,) int32 in 0 .. parts-1."""
    nodes, columns = graph.values.shape
    plan = Plan(
        part=part.astype(np.int32),
        sums=np.zeros((parts, columns)),
        area=np.zeros(parts),
        around=np.zeros(parts),
        size=np.zeros(parts, dtype=np.int64),
        term=np.zeros(parts),
        lock=np.full(parts, -1, dtype=np.int32),
        seen=np.zeros(nodes, dtype=np.int64),
        stamp=np.zeros(1, dtype=np.int64),
        queue=np.empty(nodes, dtype=np.int32),
        place=np.empty(nodes, dtype=np.int32),
        row=np.zeros((4, columns)),
    )
    tally(graph, aims, plan)
    return plan


@compiled
def tally(graph: Graph, aims: Aims, plan: Plan) -> None:
    """Compute all running sums anew, which also removes the rounding that moves leave behind."""
    plan.sums[:] = 0.0
    plan.area[:] = 0.0
    plan.around[:] = 0.0
    plan.size[:] = 0
    plan.lock[:] = -1
    for v in range(len(plan.part)):
        p = plan.part[v]
        plan.size[p] += 1
        plan.area[p] += graph.area[v]
        plan.around[p] += graph.around[v]
        if graph.lock[v] >= 0:
            plan.lock[p] = graph.lock[v]
        for c in range(graph.values.shape[1]):
            plan.sums[p, c] += graph.values[v, c]
        for i in range(graph.indptr[v], graph.indptr[v + 1]):
            if plan.part[graph.neighbour[i]] == p:
                plan.around[p] -= graph.border[i]
    for p in range(len(plan.size)):
        plan.term[p] = part_cost(aims, plan.sums[p], plan.area[p], plan.around[p])


@compiled
def breach(aims: Aims, sums: Floats) -> float:
    """Return how far a part lies outside its bands, as shares of the targets, summed over the columns."""
    out = 0.0
    for c in range(len(sums)):
        slack = 1e-9 * aims.target[c]
        if sums[c] < aims.low[c] - slack:
            out += (aims.low[c] - sums[c]) / aims.target[c]
        elif sums[c] > aims.high[c] + slack:
            out += (sums[c] - aims.high[c]) / aims.target[c]
    return out


@inner
def part_cost(aims: Aims, sums: Floats, area: float, around: float) -> float:
    """Return the cost of one part: compactness, pulls to the mean, breaches of bands."""
    cost = 0.0
    if aims.compact > 0.0:
        cost += (
            aims.compact * (1.0 - 4.0 * math.pi * area / (around * around)) if around > 0.0 else aims.compact
        )
    for c in range(len(sums)):
        if aims.pull[c] > 0.0:
            off = sums[c] / aims.target[c] - 1.0
            cost += aims.pull[c] * off * off
    if aims.walk > 0.0:
        shortest = sums[aims.walks]
        for c in range(aims.walks + 1, len(sums)):
            shortest = min(shortest, sums[c])
        cost += aims.walk * shortest
    out = breach(aims, sums)
    if out > 0.0:
        cost += aims.charge + aims.penalty * out
    return cost


@compiled
def total_breach(aims: Aims, plan: Plan) -> float:
    """Return the breaches of all parts."""
    out = 0.0
    for p in range(len(plan.size)):
        out += breach(aims, plan.sums[p])
    return out


@compiled
def total_cost(graph: Graph, plan: Plan) -> float:
    """Return the weighted cost of the plan: cut edges, nodes away from home, parts."""
    cost = 0.0
    for v in range(len(plan.part)):
        if plan.part[v] != graph.home[v]:
            cost += graph.stay[v]
        for i in range(graph.indptr[v], graph.indptr[v + 1]):
            if plan.part[graph.neighbour[i]] != plan.part[v]:
                cost += 0.5 * graph.cost[i]
    for p in range(len(plan.term)):
        cost += plan.term[p]
    return cost
