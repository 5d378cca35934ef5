"""What lies in reach: blocks that may share a part because a way between them keeps within an upper band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.compiled import compiled, inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@compiled
def most_in_reach(
    indptr: Ints, neighbour: Ints, wanted: Floats, spent: Floats, limit: float, enough: float
) -> Floats:
    """Return for every node a bound on what a part with it can hold of one column within another's upper band.

    A part with the node spends at least what the cheapest way to each of its nodes spends. Of the nodes in
    reach those with the most per unit spent are taken first, the last one in part: no connected set does
    better.

    Parameters
    ----------
    indptr, neighbour
        Adjacency of v nodes.
    wanted, spent
        (v,) the two columns.
    limit
        Upper band of what is spent.
    enough
        The bound is not pursued above this.

    Returns
    -------
    (v,) float
    """
    nodes = len(wanted)
    best = np.empty(nodes)
    cheapest = np.full(nodes, np.inf)
    queue = np.empty(nodes, dtype=np.int64)
    waiting = np.zeros(nodes, dtype=np.bool_)
    for v in range(nodes):
        reached = _cheapest_ways(indptr, neighbour, spent, limit, v, cheapest, queue, waiting)
        rate = np.empty(reached)
        for i in range(reached):
            u = queue[i]
            rate[i] = -wanted[u] / max(spent[u], 1e-12) if u != v else -np.inf
        left = limit
        got = 0.0
        for i in np.argsort(rate):
            u = queue[i]
            share = 1.0 if spent[u] <= left else left / spent[u]
            got += share * wanted[u]
            left = max(left - share * spent[u], 0.0)
            if share < 1.0 or got > enough:
                break
        best[v] = got
        for i in range(reached):
            cheapest[queue[i]] = np.inf
    return best


@inner
def _cheapest_ways(
    indptr: Ints,
    neighbour: Ints,
    spent: Floats,
    limit: float,
    start: int,
    cheapest: Floats,
    queue: Ints,
    waiting: NDArray[np.bool_],
) -> int:
    """Fill ``queue`` with the nodes whose cheapest way from the start, both ends counted, is within the limit."""
    cheapest[start] = spent[start]
    queue[0] = start
    reached = 1
    waiting[start] = True
    again = True
    while again:
        again = False
        at = 0
        while at < reached:
            w = queue[at]
            at += 1
            if not waiting[w]:
                continue
            waiting[w] = False
            for i in range(indptr[w], indptr[w + 1]):
                u = neighbour[i]
                way = cheapest[w] + spent[u]
                if way <= limit * (1.0 + 1e-9) and way < cheapest[u] - 1e-12:
                    if cheapest[u] == np.inf:
                        queue[reached] = u
                        reached += 1
                    cheapest[u] = way
                    waiting[u] = True
                    again = True
    return reached


@compiled
def pairs_in_reach(
    indptr: Ints, neighbour: Ints, spent: Floats, limit: float, poor: NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """Return (p,) pairs of a poor node and another one that a part within the limit may hold together.

    Parameters
    ----------
    indptr, neighbour
        Adjacency of v nodes.
    spent, limit
        (v,) column and its upper band.
    poor
        (v,) bool.
    """
    nodes = len(spent)
    cheapest = np.full(nodes, np.inf)
    queue = np.empty(nodes, dtype=np.int64)
    waiting = np.zeros(nodes, dtype=np.bool_)
    one = np.empty(1024, dtype=np.int64)
    two = np.empty(1024, dtype=np.int64)
    pairs = 0
    for v in range(nodes):
        if not poor[v]:
            continue
        reached = _cheapest_ways(indptr, neighbour, spent, limit, v, cheapest, queue, waiting)
        if pairs + reached > len(one):
            one = np.concatenate((one, np.empty(len(one) + reached, dtype=np.int64)))
            two = np.concatenate((two, np.empty(len(two) + reached, dtype=np.int64)))
        for i in range(reached):
            cheapest[queue[i]] = np.inf
            if not poor[queue[i]]:
                one[pairs], two[pairs] = v, queue[i]
                pairs += 1
    return one[:pairs], two[:pairs]
