"""Lower bounds on what any division of a piece cuts, from flows that parts of limited size must let through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.compiled import compiled, inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

REACH = 3.0
"""Flows go from each node to the nearest ones that hold so many times what a part can hold."""

HEAVIEST = 3.0
"""Of no node more than so many times the mean is sent to, so that the edges around it are not all that counts."""

ROUNDS = 16
"""The rates are bettered at most so often."""

SHARPNESS, STRIDE, LEAST = 8.0, 0.5, 1e-6
"""Prices grow with so high a power of an edge's load, from a least price; rates follow their worth with a power."""


def tree_bound(cost: Floats, parts: int) -> float:
    """Return what at least is cut because the parts are connected with one another by cut edges.

    Parameters
    ----------
    cost
        (e,) cost of each edge of a connected piece, >= 0.
    parts
        Least number of parts.
    """
    return float(np.sort(cost)[: parts - 1].sum())


def flow_bound(
    indptr: Ints, neighbour: Ints, cost: Floats, measure: Floats, most: float, work: float
) -> float:
    r"""Return a lower bound on the cost of the edges cut by any division into parts of limited measure.

    Every node u sends :math:`y_u z_v` to each node v of a set :math:`S_u` around it, with
    :math:`0 \le z_v \le` its measure, along shortest ways. Its own part holds at most the limit U of that, so
    :math:`y_u (z(S_u) - U)` goes to other parts and crosses cut edges. Where no edge of cost c carries more
    than c, the cut edges cost at least the sum of what crosses them. The rates y are bettered by prices on full edges.

    Source: the dual of the spreading metrics of Even, Naor, Rao and Schieber, "Fast approximate graph
    partitioning algorithms" (1999).

    Parameters
    ----------
    indptr, neighbour
        Adjacency of v nodes.
    cost
        (2e,) cost of cutting each edge, as it stands in ``neighbour``, >= 0.
    measure
        (v,) the column that parts hold a limited amount of.
    most
        The greatest amount.
    work
        Greatest number of edges to look at: of all edges in reach of all nodes, for every bettering of the rates.

    Returns
    -------
    float
        0 when the piece is too large for the work.
    """
    nodes, mean = len(measure), float(measure.mean())
    if mean <= 0 or most >= measure.sum():
        return 0.0
    target = np.minimum(measure, HEAVIEST * mean)
    reach = min(REACH * most / mean, nodes)
    rounds = int(min(work / (reach * max(len(neighbour), 1)), ROUNDS))
    rate, price = np.ones(nodes), np.ones(len(cost))
    best = 0.0
    for _ in range(rounds):
        load, paid, sent = flow_loads(indptr, neighbour, cost, target, REACH * most, rate, price)
        over = np.maximum(sent - most, 0.0)
        full = np.divide(load, cost, out=np.zeros_like(load), where=cost > 0)
        fullest = float(full.max(initial=0.0))
        if fullest <= 0:
            break
        best = max(best, float((rate * over).sum()) / fullest)
        worth = np.divide(over, paid, out=np.zeros_like(over), where=paid > 0)
        rate = rate / fullest * (worth / max(float(worth.max()), 1e-300)) ** STRIDE
        wanted = np.maximum((full / fullest) ** SHARPNESS, LEAST)
        price = np.divide(wanted, cost, out=np.zeros_like(full), where=cost > 0)
    return best * (1 - 1e-9)


@compiled
def flow_loads(
    indptr: Ints, neighbour: Ints, cost: Floats, target: Floats, enough: float, rate: Floats, price: Floats
) -> tuple[Floats, Floats, Floats]:
    """Send from every node to the nearest ones and return what edges carry, what nodes pay and send.

    Flows divide evenly over all last edges of shortest ways; edges of no cost are not used.

    Parameters
    ----------
    indptr, neighbour, cost
        Adjacency and costs, as in `flow_bound`.
    target
        (v,) what each node is sent at rate 1.
    enough
        A node sends to no more once it sends so much.
    rate
        (v,) of each node as a source.
    price
        (2e,) of a unit on each edge.

    Returns
    -------
    (2e,) float, (v,) float, (v,) float
        Load of each edge, the same in both its places; what each node pays and sends at rate 1.
    """
    nodes = len(target)
    load, paid, sent = np.zeros(len(cost)), np.zeros(nodes), np.zeros(nodes)
    hops = np.full(nodes, -1, dtype=np.int64)
    queue, flow = np.empty(nodes, dtype=np.int64), np.zeros(nodes)
    for u in range(nodes):
        reached, touched, sent[u] = _nearest(indptr, neighbour, cost, target, enough, u, hops, queue)
        for at in range(reached):
            flow[queue[at]] = target[queue[at]]
        for at in range(reached - 1, 0, -1):
            w = queue[at]
            share = flow[w] / _last_edges(indptr, neighbour, cost, hops, w)
            for i in range(indptr[w], indptr[w + 1]):
                if hops[neighbour[i]] == hops[w] - 1 and cost[i] > 0.0:
                    flow[neighbour[i]] += share
                    load[i] += rate[u] * share
                    paid[u] += price[i] * share
        for at in range(touched):
            hops[queue[at]] = -1
    _add_ways_back(indptr, neighbour, load)
    return load, paid, sent


@inner
def _nearest(
    indptr: Ints,
    neighbour: Ints,
    cost: Floats,
    target: Floats,
    enough: float,
    start: int,
    hops: Ints,
    queue: Ints,
) -> tuple[int, int, float]:
    """Fill ``hops`` and ``queue`` from a node on; return how many nodes are enough, are touched, and their target."""
    hops[start], queue[0] = 0, start
    head, tail, sent = 0, 1, 0.0
    while head < tail and sent < enough:
        w = queue[head]
        head += 1
        sent += target[w]
        for i in range(indptr[w], indptr[w + 1]):
            if hops[neighbour[i]] < 0 and cost[i] > 0.0:
                hops[neighbour[i]] = hops[w] + 1
                queue[tail] = neighbour[i]
                tail += 1
    return head, tail, sent


@inner
def _last_edges(indptr: Ints, neighbour: Ints, cost: Floats, hops: Ints, w: int) -> int:
    """Return how many edges end a shortest way to w."""
    count = 0
    for i in range(indptr[w], indptr[w + 1]):
        if hops[neighbour[i]] == hops[w] - 1 and cost[i] > 0.0:
            count += 1
    return count


@inner
def _add_ways_back(indptr: Ints, neighbour: Ints, load: Floats) -> None:
    """Give both places of an edge the sum of what it carries either way."""
    for w in range(len(indptr) - 1):
        for i in range(indptr[w], indptr[w + 1]):
            v = neighbour[i]
            for j in range(indptr[v], indptr[v + 1]):
                if v > w and neighbour[j] == w:
                    load[i] += load[j]
                    load[j] = load[i]
