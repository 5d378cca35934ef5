"""ReCom: two neighbouring parts are merged and split anew along a random spanning tree.

Source: DeFord, Duchin and Solomon, "Recombination: a family of Markov chains for redistricting" (2021).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.compiled import compiled, inner
from boundaries.balancing.dice import below, uniform
from boundaries.balancing.flips import home_change
from boundaries.balancing.state import Aims, Graph, Plan, breach, part_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Small = NDArray[np.int32]


@inner
def gather(graph: Graph, plan: Plan, start: int, a: int, b: int) -> int:
    """Collect the nodes of parts a and b in ``plan.queue`` from ``start`` on, and their places in it."""
    plan.stamp[0] += 1
    stamp = plan.stamp[0]
    plan.seen[start] = stamp
    plan.queue[0] = start
    plan.place[start] = 0
    head, tail = 0, 1
    while head < tail:
        w = plan.queue[head]
        head += 1
        for i in range(graph.indptr[w], graph.indptr[w + 1]):
            u = graph.neighbour[i]
            if plan.seen[u] != stamp and (plan.part[u] == a or plan.part[u] == b):
                plan.seen[u] = stamp
                plan.place[u] = tail
                plan.queue[tail] = u
                tail += 1
    return tail


@inner
def find(root: Small, x: int) -> int:
    """Return the set x is in, halving the path to it."""
    while root[x] != x:
        root[x] = root[root[x]]
        x = root[x]
    return x


@inner
def gathered_edges(graph: Graph, plan: Plan, a: int, b: int, count: int) -> tuple[Small, Small, Ints]:
    """Return the two places and the row in ``graph.cost`` of every edge between gathered nodes of a and b."""
    room = 0
    for i in range(count):
        w = plan.queue[i]
        room += graph.indptr[w + 1] - graph.indptr[w]
    one = np.empty(room // 2, dtype=np.int32)
    two = np.empty(room // 2, dtype=np.int32)
    row = np.empty(room // 2, dtype=np.int64)
    edges = 0
    for i in range(count):
        w = plan.queue[i]
        for j in range(graph.indptr[w], graph.indptr[w + 1]):
            u = graph.neighbour[j]
            if u > w and (plan.part[u] == a or plan.part[u] == b):
                one[edges], two[edges], row[edges] = i, plan.place[u], j
                edges += 1
    return one[:edges], two[:edges], row[:edges]


@inner
def spanning_edges(one: Small, two: Small, key: Floats, count: int) -> Small:
    """Return the (count - 1,) edges of the minimum spanning tree, by Kruskal."""
    root = np.empty(count, dtype=np.int32)
    for i in range(count):
        root[i] = i
    kept = np.empty(count - 1, dtype=np.int32)
    found = 0
    for at in np.argsort(key):
        x, y = find(root, one[at]), find(root, two[at])
        if x != y:
            root[x] = y
            kept[found] = at
            found += 1
            if found == count - 1:
                break
    return kept[:found]


@inner
def preorder(one: Small, two: Small, kept: Small, count: int, first: int) -> tuple[Small, Small]:
    """Return the parents and the preorder (count,) of a tree rooted at ``first``."""
    start = np.zeros(count + 1, dtype=np.int32)
    for at in kept:
        start[one[at] + 1] += 1
        start[two[at] + 1] += 1
    for i in range(count):
        start[i + 1] += start[i]
    fill = start[:-1].copy()
    touch = np.empty(2 * len(kept), dtype=np.int32)
    for at in kept:
        touch[fill[one[at]]] = two[at]
        fill[one[at]] += 1
        touch[fill[two[at]]] = one[at]
        fill[two[at]] += 1
    above = np.full(count, -1, dtype=np.int32)
    sequence = np.empty(count, dtype=np.int32)
    stack = np.empty(count, dtype=np.int32)
    stack[0] = first
    top, placed = 1, 0
    while top:
        top -= 1
        x = stack[top]
        sequence[placed] = x
        placed += 1
        for k in range(start[x], start[x + 1]):
            y = touch[k]
            if y != above[x]:
                above[y] = x
                stack[top] = y
                top += 1
    return above, sequence


@inner
def random_tree(
    graph: Graph, plan: Plan, dice: NDArray[np.uint64], a: int, b: int, count: int
) -> tuple[Small, Small]:
    """Return parents and preorder (count,) of a random spanning tree of the gathered nodes.

    The tree is a minimum spanning tree under random weights that are smaller on costly edges, so that the
    edges left out, where a split can pass, tend to be cheap ones.
    """
    one, two, row = gathered_edges(graph, plan, a, b, count)
    key = np.empty(len(row))
    for i in range(len(row)):
        key[i] = uniform(dice) / (0.2 + graph.cost[row[i]])
    kept = spanning_edges(one, two, key, count)
    return preorder(one, two, kept, count, below(dice, count))


@inner
def subtree_sums(graph: Graph, plan: Plan, above: Small, sequence: Small) -> tuple[Floats, Ints, Ints]:
    """Return values (count, c), node counts and locked nodes (count,) of every subtree."""
    count = len(above)
    values = np.empty((count, graph.values.shape[1]))
    size = np.ones(count, dtype=np.int64)
    locks = np.zeros(count, dtype=np.int64)
    for i in range(count):
        for c in range(values.shape[1]):
            values[i, c] = graph.values[plan.queue[i], c]
        if graph.lock[plan.queue[i]] >= 0:
            locks[i] = 1
    for at in range(count - 1, 0, -1):
        x = sequence[at]
        y = above[x]
        for c in range(values.shape[1]):
            values[y, c] += values[x, c]
        size[y] += size[x]
        locks[y] += locks[x]
    return values, size, locks


@inner
def choose_cut(
    aims: Aims, plan: Plan, dice: NDArray[np.uint64], sequence: Small, values: Floats, locks: Ints
) -> tuple[int, float]:
    """Return the place in the sequence of a subtree to split off, and the breach left; -1 without any.

    It is drawn evenly from the splits that breach the bands least.
    """
    root = sequence[0]
    best = np.inf
    chosen = -1
    ties = 0
    for at in range(1, len(sequence)):
        x = sequence[at]
        if locks[root] == 2 and locks[x] != 1:
            continue
        for c in range(values.shape[1]):
            plan.row[0, c] = values[x, c]
            plan.row[1, c] = values[root, c] - values[x, c]
        out = breach(aims, plan.row[0]) + breach(aims, plan.row[1])
        if out < best - 1e-12:
            best, chosen, ties = out, at, 1
        elif out <= best + 1e-12:
            ties += 1
            if below(dice, ties) == 0:
                chosen = at
    return chosen, best


@compiled
def try_recom(
    graph: Graph, aims: Aims, plan: Plan, dice: NDArray[np.uint64], heat: float, v: int, a: int, b: int
) -> bool:
    """Merge the neighbouring parts a and b (v is a node of one) and split them along a random tree.

    The split is accepted by Metropolis at temperature ``heat``; a negative ``heat`` accepts whatever does not
    breach the bands more than before.
    """
    count = gather(graph, plan, v, a, b)
    above, sequence = random_tree(graph, plan, dice, a, b, count)
    values, size, locks = subtree_sums(graph, plan, above, sequence)
    at, out = choose_cut(aims, plan, dice, sequence, values, locks)
    if at < 0:
        return False
    before = breach(aims, plan.sums[a]) + breach(aims, plan.sums[b])
    if heat < 0.0 and out > before + 1e-12:
        return False
    below_cut = np.zeros(count, dtype=np.bool_)
    for i in range(at, at + size[sequence[at]]):
        below_cut[sequence[i]] = True
    return _settle(graph, aims, plan, dice, heat, a, b, below_cut)


@inner
def _settle(
    graph: Graph,
    aims: Aims,
    plan: Plan,
    dice: NDArray[np.uint64],
    heat: float,
    a: int,
    b: int,
    below_cut: NDArray[np.bool_],
) -> bool:
    """Weigh a split of the gathered nodes against the present one and take it or leave it."""
    count = len(below_cut)
    side = _sides(graph, plan, a, below_cut)
    size_a, area_a, area_b = _side_tallies(graph, plan, side)
    change, around_a, around_b = _side_borders(graph, plan, a, b, side)
    term_a = part_cost(aims, plan.row[0], area_a, around_a)
    term_b = part_cost(aims, plan.row[1], area_b, around_b)
    change += term_a + term_b - plan.term[a] - plan.term[b]
    if heat >= 0.0 and change > 0.0 and (heat == 0.0 or uniform(dice) >= math.exp(-change / heat)):
        return False
    for i in range(count):
        plan.part[plan.queue[i]] = a if side[i] else b
    plan.size[a], plan.size[b] = size_a, count - size_a
    plan.area[a], plan.area[b] = area_a, area_b
    plan.around[a], plan.around[b] = around_a, around_b
    for c in range(graph.values.shape[1]):
        plan.sums[a, c] = plan.row[0, c]
        plan.sums[b, c] = plan.row[1, c]
    plan.term[a], plan.term[b] = term_a, term_b
    return True


@inner
def _side_tallies(graph: Graph, plan: Plan, side: NDArray[np.bool_]) -> tuple[int, float, float]:
    """Sum the columns of both sides into ``plan.row`` 0 and 1; return the nodes of one, the areas of both."""
    size, area_a, area_b = 0, 0.0, 0.0
    plan.row[:2] = 0.0
    for i in range(len(side)):
        w = plan.queue[i]
        if side[i]:
            size += 1
            area_a += graph.area[w]
        else:
            area_b += graph.area[w]
        row = 0 if side[i] else 1
        for c in range(graph.values.shape[1]):
            plan.row[row, c] += graph.values[w, c]
    return size, area_a, area_b


@inner
def _side_borders(
    graph: Graph, plan: Plan, a: int, b: int, side: NDArray[np.bool_]
) -> tuple[float, float, float]:
    """Return the change of the cost of cut edges and of leaving home, and the metres around both sides."""
    change, around_a, around_b = 0.0, 0.0, 0.0
    for i in range(len(side)):
        w = plan.queue[i]
        rim = graph.around[w]
        change += home_change(graph.home, graph.stay, w, plan.part[w], a if side[i] else b)
        for j in range(graph.indptr[w], graph.indptr[w + 1]):
            u = graph.neighbour[j]
            if plan.part[u] != a and plan.part[u] != b:
                continue
            if plan.part[u] != plan.part[w]:
                change -= 0.5 * graph.cost[j]
            if side[plan.place[u]] != side[i]:
                change += 0.5 * graph.cost[j]
            else:
                rim -= graph.border[j]
        if side[i]:
            around_a += rim
        else:
            around_b += rim
    return change, around_a, around_b


@inner
def _sides(graph: Graph, plan: Plan, a: int, below_cut: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which gathered nodes become part a: the side that holds its lock, else more of its nodes."""
    same = 0
    lock_says = 0
    for i in range(len(below_cut)):
        w = plan.queue[i]
        agrees = (plan.part[w] == a) == below_cut[i]
        same += 1 if agrees else -1
        if graph.lock[w] >= 0:
            lock_says = 1 if agrees else -1
    if lock_says > 0 or (lock_says == 0 and same >= 0):
        return below_cut
    return ~below_cut
