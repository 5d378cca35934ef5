"""Exact answers for small pieces: every possible part is enumerated, and HiGHS picks a division or proves none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from boundaries.balancing.census import AT_FOUND, DONE, PAUSED, enumerate_parts, make_census
from boundaries.balancing.compiled import compiled
from boundaries.balancing.state import Aims, Graph, part_cost

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Small = NDArray[np.int32]
    Sets = NDArray[np.bool_]

EXACT_NODES = 75
"""Larger pieces are not enumerated."""

ROOM = 60_000
"""More possible parts than this are left to the search."""

CHUNK = 5_000
HIGHS_NODES = 5_000
"""HiGHS stops after so many nodes, not seconds: on a busy machine the same steps must give the same plan."""


@dataclass(frozen=True, eq=False)
class Exact:
    """What is known for certain of a piece: its best division below the cutoff, or (None) that there is none."""

    part: Small | None
    parts: int


def solve(
    graph: Graph,
    aims: Aims,
    counts: tuple[int, int],
    cutoff: float,
    limits: tuple[int, int],
    left_s: Callable[[], float],
) -> Exact | None:
    """Return the cheapest division of a piece that keeps its bands and costs at most ``cutoff``, if it can be known.

    Parameters
    ----------
    graph, aims
        The piece and its costs, which are sums over cut edges and parts.
    counts
        Least and most parts.
    cutoff
        Greatest cost of interest; infinite when no division is known.
    limits
        Most branchings of the enumeration, and most possible parts.
    left_s
        Asked now and then for the seconds left; none left gives up.

    Returns
    -------
    Exact or None
        None when the budget, the room or the time ran out.
    """
    if len(graph.lock) > EXACT_NODES or left_s() <= 0:
        return None
    sets = possible_parts(graph, aims, counts, *limits, cutoff, left_s)
    if sets is None:
        return None
    return partition(sets, set_costs(graph, aims, sets), counts, cutoff, left_s())


def possible_parts(
    graph: Graph,
    aims: Aims,
    counts: tuple[int, int],
    budget: int,
    room: int,
    cutoff: float = np.inf,
    left_s: Callable[[], float] = lambda: np.inf,
) -> Sets | None:
    """Return every connected set of nodes (s, v) that may be a part; None when budget, room or time ran out.

    Of pieces that are halved, only those sets are enumerated that hold the first node; the others are what they leave.
    """
    halves = counts == (2, 2)
    census = make_census(graph, room, 1 if halves else len(graph.lock))
    others = (counts[0] - 1, counts[1] - 1)
    state = PAUSED
    while state == PAUSED and budget > 0 and left_s() > 0:
        state = enumerate_parts(graph, aims, census, cutoff, others, min(CHUNK, budget))
        budget -= CHUNK
    if state != DONE:
        return None
    sets = census.found[: census.at[AT_FOUND]]
    return np.concatenate([sets, ~sets[_whole(graph, ~sets)]]) if halves else sets


def _whole(graph: Graph, sets: Sets) -> Sets:
    """Return which sets are connected and not empty."""
    return np.array([bool(is_connected(graph.indptr, graph.neighbour, row)) for row in sets], dtype=np.bool_)


@compiled
def is_connected(indptr: NDArray[np.int64], neighbour: Small, inside: Sets) -> bool:
    """Return whether the nodes marked ``inside`` (v,) are connected and at least one."""
    seen = np.zeros(len(inside), dtype=np.bool_)
    stack = np.empty(len(inside), dtype=np.int32)
    top, reached, wanted = 0, 0, 0
    for v in range(len(inside)):
        if inside[v]:
            wanted += 1
            if wanted == 1:
                seen[v] = True
                stack[0] = v
                top = 1
    while top:
        top -= 1
        w = stack[top]
        reached += 1
        for i in range(indptr[w], indptr[w + 1]):
            u = neighbour[i]
            if inside[u] and not seen[u]:
                seen[u] = True
                stack[top] = u
                top += 1
    return wanted > 0 and reached == wanted


@compiled
def set_costs(graph: Graph, aims: Aims, sets: Sets) -> Floats:
    """Return the (s,) costs of sets as parts: half their cut edges and the cost of the part."""
    costs = np.zeros(len(sets))
    for s in range(len(sets)):
        sums = np.zeros(graph.values.shape[1])
        area, around, cut = 0.0, 0.0, 0.0
        for v in range(sets.shape[1]):
            if not sets[s, v]:
                continue
            area += graph.area[v]
            around += graph.around[v]
            for c in range(len(sums)):
                sums[c] += graph.values[v, c]
            for i in range(graph.indptr[v], graph.indptr[v + 1]):
                if sets[s, graph.neighbour[i]]:
                    around -= graph.border[i]
                else:
                    cut += 0.5 * graph.cost[i]
        costs[s] = cut + part_cost(aims, sums, area, around)
    return costs


def partition(
    sets: Sets, costs: Floats, counts: tuple[int, int], cutoff: float, left_s: float
) -> Exact | None:
    """Choose sets that hold every node once, at least cost; None when HiGHS could not say.

    Parameters
    ----------
    sets
        (s, v) bool.
    costs
        (s,) cost of each set.
    counts
        Least and most sets to choose.
    cutoff
        Greatest cost of interest.
    left_s
        Seconds left; infinite for a run that is to be repeatable.
    """
    if not len(sets) or not sets.any(axis=0).all():
        return Exact(None, 0)
    cover = LinearConstraint(csr_array(sets.T.astype(np.float64)), 1.0, 1.0)
    number = LinearConstraint(csr_array(np.ones((1, len(sets)))), float(counts[0]), float(counts[1]))
    constraints = [cover, number]
    if np.isfinite(cutoff):
        constraints.append(LinearConstraint(csr_array(costs[None, :]), -np.inf, cutoff))
    found = milp(
        costs,
        constraints=constraints,
        integrality=np.ones(len(sets), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"node_limit": HIGHS_NODES, "time_limit": max(left_s, 0.01), "mip_rel_gap": 0.0},
    )
    if found.status == 2:
        return Exact(None, 0)
    if found.status != 0 or found.x is None:
        return None
    chosen = np.flatnonzero(found.x > 0.5)
    part = np.empty(sets.shape[1], dtype=np.int32)
    for label, s in enumerate(chosen):
        part[sets[s]] = label
    return Exact(part, len(chosen))
