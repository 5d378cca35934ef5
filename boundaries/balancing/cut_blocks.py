"""Blocks that alone hold a scrap: too few people for a part without the block, too many with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.compiled import compiled, inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@compiled
def hanging_sums(indptr: Ints, neighbour: Ints, values: Floats, low: Floats) -> tuple[Floats, Ints]:
    """Return for every node its sums with all scraps below a lower band that only it holds.

    A scrap is a piece that falls off when the node is taken away. One below a lower band cannot be parts of
    its own, so it must be wholly in the node's part.

    Parameters
    ----------
    indptr, neighbour
        Adjacency of v nodes, in any number of pieces.
    values
        (v, c) columns.
    low
        (c,) lower bands.

    Returns
    -------
    (v, c) float, (v,) int
        The sums, and how many scraps each node holds.
    """
    nodes = len(values)
    order, entered, lowest, above = _walk(indptr, neighbour)
    below_sums = values.copy()
    for at in range(nodes - 1, -1, -1):
        v = order[at]
        if above[v] >= 0:
            _add(below_sums[v], 1.0, below_sums[above[v]])
    held = values.copy()
    scraps = np.zeros(nodes, dtype=np.int64)
    rest = -values
    splits = np.zeros(nodes, dtype=np.int64)
    root = 0
    for v in order:
        u = above[v]
        root = v if u < 0 else root
        _add(below_sums[root], 1.0, rest[v])
        if u >= 0 and lowest[v] >= entered[u]:
            splits[u] += 1
            _add(below_sums[v], -1.0, rest[u])
            if _below(below_sums[v], low):
                scraps[u] += 1
                _add(below_sums[v], 1.0, held[u])
    for v in range(nodes):
        if splits[v] > 0 and above[v] >= 0 and _below(rest[v], low):
            scraps[v] += 1
            _add(rest[v], 1.0, held[v])
    return held, scraps


@inner
def _add(some: Floats, times: float, sums: Floats) -> None:
    for c in range(len(sums)):
        sums[c] += times * some[c]


@inner
def _below(sums: Floats, low: Floats) -> bool:
    short = False
    for c in range(len(sums)):
        short |= sums[c] < low[c] * (1.0 - 1e-9)
    return short


@inner
def _walk(indptr: Ints, neighbour: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return a depth-first order (v,) and of each node: its place, the least place its subtree touches, its parent.

    Source: Tarjan, "Depth-first search and linear graph algorithms" (1972).
    """
    nodes = len(indptr) - 1
    order = np.empty(nodes, dtype=np.int64)
    entered = np.full(nodes, -1, dtype=np.int64)
    lowest = np.empty(nodes, dtype=np.int64)
    before = np.full(nodes, -1, dtype=np.int64)
    at = indptr[:-1].copy()
    stack = np.empty(nodes, dtype=np.int64)
    placed = 0
    for root in range(nodes):
        if entered[root] >= 0:
            continue
        stack[0], top = root, 1
        entered[root] = lowest[root] = placed
        order[placed] = root
        placed += 1
        while top:
            v = stack[top - 1]
            if at[v] < indptr[v + 1]:
                u = neighbour[at[v]]
                at[v] += 1
                if entered[u] < 0:
                    entered[u] = lowest[u] = placed
                    order[placed] = u
                    placed += 1
                    before[u] = v
                    stack[top] = u
                    top += 1
                elif u != before[v]:
                    lowest[v] = min(lowest[v], entered[u])
            else:
                top -= 1
                if before[v] >= 0:
                    lowest[before[v]] = min(lowest[before[v]], lowest[v])
    return order, entered, lowest, before
