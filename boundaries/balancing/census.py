"""Every connected set of nodes that may be a part: a branching over the nodes beside it, in or out.

Each set is met once, rooted at its first node, with all earlier nodes left out. Branches end where a band's
upper limit is passed, where what can still be reached does not fill a lower one, and where the border towards
nodes left out already costs as much as a known plan.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from boundaries.balancing.compiled import compiled, inner, wide
from boundaries.balancing.state import Aims, Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Small = NDArray[np.int32]

FREE, INSIDE, OUT = 0, 1, 2


class Census(NamedTuple):
    """Where an enumeration stands; it can be stopped and taken up again.

    ``status`` (v,) of each node, ``members`` (v,) the set in order, ``choice`` (v,) the nodes decided on,
    ``sums`` (c,) and ``cut`` (1,) of the set, ``at`` (4,): root, size, depth, sets found.
    ``seen``, ``queue`` (v,) are scratch, ``found`` (room, v) the sets. ``root_end`` roots are tried.
    """

    status: NDArray[np.int8]
    members: Small
    choice: Small
    sums: Floats
    cut: Floats
    at: Ints
    seen: Ints
    queue: Small
    found: NDArray[np.bool_]
    root_end: int


AT_ROOT, AT_SIZE, AT_DEPTH, AT_FOUND = 0, 1, 2, 3
DONE, PAUSED, FULL = 0, 1, 2


def make_census(graph: Graph, room: int, root_end: int) -> Census:
    """Return an enumeration at its beginning, with room for so many sets."""
    nodes, columns = graph.values.shape
    return Census(
        status=np.zeros(nodes, dtype=np.int8),
        members=np.zeros(nodes, dtype=np.int32),
        choice=np.zeros(nodes, dtype=np.int32),
        sums=np.zeros(columns),
        cut=np.zeros(1),
        at=np.array([-1, 0, 0, 0]),
        seen=np.zeros(nodes, dtype=np.int64),
        queue=np.zeros(nodes, dtype=np.int32),
        found=np.zeros((room, nodes), dtype=np.bool_),
        root_end=root_end,
    )


@inner
def _put_in(graph: Graph, census: Census, u: int) -> None:
    census.status[u] = INSIDE
    census.members[census.at[AT_SIZE]] = u
    census.at[AT_SIZE] += 1
    for c in range(len(census.sums)):
        census.sums[c] += graph.values[u, c]
    for i in range(graph.indptr[u], graph.indptr[u + 1]):
        if census.status[graph.neighbour[i]] == OUT:
            census.cut[0] += graph.cost[i]


@inner
def _take_back(graph: Graph, census: Census) -> int:
    census.at[AT_SIZE] -= 1
    u = census.members[census.at[AT_SIZE]]
    census.status[u] = FREE
    for c in range(len(census.sums)):
        census.sums[c] -= graph.values[u, c]
    for i in range(graph.indptr[u], graph.indptr[u + 1]):
        if census.status[graph.neighbour[i]] == OUT:
            census.cut[0] -= graph.cost[i]
    return int(u)


@inner
def _border_cost(graph: Graph, census: Census, u: int) -> float:
    """Return the cost of the edges from u to the set."""
    cost = 0.0
    for i in range(graph.indptr[u], graph.indptr[u + 1]):
        if census.status[graph.neighbour[i]] == INSIDE:
            cost += graph.cost[i]
    return cost


@inner
def _fits(graph: Graph, aims: Aims, census: Census, u: int) -> bool:
    for c in range(len(census.sums)):
        if census.sums[c] + graph.values[u, c] > aims.high[c] + 1e-9 * aims.target[c]:
            return False
    if graph.lock[u] >= 0:
        for i in range(census.at[AT_SIZE]):
            if graph.lock[census.members[i]] >= 0:
                return False
    return True


@inner
def _short(aims: Aims, sums: Floats) -> bool:
    """Return whether sums lie below a lower band."""
    short = False
    for c in range(len(sums)):
        short |= sums[c] < aims.low[c] - 1e-9 * aims.target[c]
    return short


@inner
def _spread(graph: Graph, census: Census, tail: int, total: Floats, free_only: int) -> int:
    """Go on from the first ``tail`` nodes of the queue over nodes not yet seen, adding to ``total``; return all.

    With ``free_only`` 1 over free nodes, else over all nodes that are not inside.
    """
    head = 0
    while head < tail:
        w = census.queue[head]
        head += 1
        for i in range(graph.indptr[w], graph.indptr[w + 1]):
            u = graph.neighbour[i]
            if (
                census.seen[u] == 1
                or census.status[u] == INSIDE
                or (free_only == 1 and census.status[u] == OUT)
            ):
                continue
            census.seen[u] = 1
            census.queue[tail] = u
            tail += 1
            for c in range(len(total)):
                total[c] += graph.values[u, c]
    return tail


@inner
def _can_fill(graph: Graph, aims: Aims, census: Census) -> bool:
    """Return whether the set and all free nodes it can reach fill the lower bands."""
    if not _short(aims, census.sums):
        return True
    census.seen[:] = 0
    for i in range(census.at[AT_SIZE]):
        census.queue[i] = census.members[i]
    total = census.sums.copy()
    _spread(graph, census, census.at[AT_SIZE], total, wide(1))
    return not _short(aims, total)


@inner
def _counts(aims: Aims, total: Floats, nodes: int) -> tuple[int, int]:
    """Return `counts.count_range` of sums, at most one part a node."""
    low, high = 1, nodes
    for c in range(len(total)):
        if 0.0 < aims.high[c] < np.inf:
            low = max(low, math.ceil(total[c] / aims.high[c] * (1.0 - 1e-9)))
        if aims.low[c] > 0.0:
            high = min(high, math.floor(total[c] / aims.low[c] * (1.0 + 1e-9)))
    return low, high


@inner
def _is_part(graph: Graph, aims: Aims, census: Census, others: tuple[int, int]) -> bool:
    """Return whether the set is in its bands and what it leaves can be ``others`` more parts by its sums."""
    if _short(aims, census.sums):
        return False
    census.seen[:] = 0
    least, most = 0, 0
    for s in range(len(census.status)):
        if census.status[s] == INSIDE or census.seen[s] == 1:
            continue
        census.seen[s] = 1
        census.queue[0] = s
        total = graph.values[s].copy()
        reached = _spread(graph, census, wide(1), total, wide(0))
        low, high = _counts(aims, total, reached)
        if low > high:
            return False
        least += low
        most += high
    return least <= others[1] and most >= others[0]


@inner
def _leave_out(graph: Graph, aims: Aims, census: Census, u: int, cutoff: float) -> bool:
    """Leave u out; return whether the branch can still hold a part."""
    census.status[u] = OUT
    census.cut[0] += _border_cost(graph, census, u)
    return census.cut[0] <= cutoff and _can_fill(graph, aims, census)


@inner
def _back_up(graph: Graph, aims: Aims, census: Census, cutoff: float) -> None:
    """Turn the last node put in into one left out where that can lead on, else undo it; maybe to the root."""
    while census.at[AT_DEPTH] > 0:
        u = wide(census.choice[census.at[AT_DEPTH] - 1])
        if census.status[u] == INSIDE:
            _take_back(graph, census)
            if _leave_out(graph, aims, census, u, cutoff):
                return
        else:
            census.cut[0] -= _border_cost(graph, census, u)
            census.status[u] = FREE
            census.at[AT_DEPTH] -= 1
    root = _take_back(graph, census)
    census.status[root] = OUT


@inner
def _beside(graph: Graph, census: Census) -> int:
    """Return a free node beside the set, or -1."""
    for i in range(census.at[AT_SIZE]):
        w = census.members[i]
        for j in range(graph.indptr[w], graph.indptr[w + 1]):
            if census.status[graph.neighbour[j]] == FREE:
                return int(graph.neighbour[j])
    return -1


@inner
def _record(census: Census) -> None:
    for i in range(census.at[AT_SIZE]):
        census.found[census.at[AT_FOUND], census.members[i]] = True
    census.at[AT_FOUND] += 1


@inner
def _plant(graph: Graph, aims: Aims, census: Census, cutoff: float) -> bool:
    """Begin at the present root; return whether it can be in a part at all."""
    root = census.at[AT_ROOT]
    census.cut[0] = 0.0
    census.sums[:] = 0.0
    fits = _fits(graph, aims, census, root)
    _put_in(graph, census, root)
    if fits and census.cut[0] <= cutoff and _can_fill(graph, aims, census):
        return True
    _take_back(graph, census)
    census.status[root] = OUT
    return False


@compiled
def enumerate_parts(
    graph: Graph, aims: Aims, census: Census, cutoff: float, others: tuple[int, int], budget: int
) -> int:
    """Go on with an enumeration for ``budget`` branchings; return whether it is done, paused or full.

    Parameters
    ----------
    graph, aims
        The piece, its bands and edge costs.
    census
        Where the enumeration stands.
    cutoff
        Sets whose border costs more are passed over.
    others
        Least and most other parts the piece is to have beside the set.
    budget
        Branchings to do before pausing.
    """
    for _ in range(budget):
        if census.at[AT_SIZE] == 0:
            census.at[AT_ROOT] += 1
            if census.at[AT_ROOT] >= census.root_end:
                return DONE
            if not _plant(graph, aims, census, cutoff):
                continue
        u = _beside(graph, census)
        if u < 0:
            if _is_part(graph, aims, census, others):
                if census.at[AT_FOUND] == len(census.found):
                    return FULL
                _record(census)
            _back_up(graph, aims, census, cutoff)
            continue
        census.choice[census.at[AT_DEPTH]] = u
        census.at[AT_DEPTH] += 1
        if _fits(graph, aims, census, u):
            _put_in(graph, census, u)
        elif not _leave_out(graph, aims, census, u, cutoff):
            _back_up(graph, aims, census, cutoff)
    return PAUSED
