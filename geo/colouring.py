"""Colours for a map: neighbours always differ."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray


def colour_graph(count: int, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Colour a graph so that neighbours differ, with six colours at most where it is planar.

    Smallest-last greedy colouring (Matula and Beck 1983): nodes are taken away in order of least degree and
    coloured in the opposite order. A planar graph always has a node of degree five or less.

    Parameters
    ----------
    count
        Number of nodes, n.
    edges
        (m, 2) pairs of nodes.

    Returns
    -------
    (n,) int
        Colours from 0.
    """
    neighbours: list[set[int]] = [set() for _ in range(count)]
    for a, b in edges.tolist():
        neighbours[a].add(b)
        neighbours[b].add(a)
    degree = [len(near) for near in neighbours]
    heap = [(degree[node], node) for node in range(count)]
    heapq.heapify(heap)
    taken: list[int] = []
    gone = [False] * count
    while heap:
        at_push, node = heapq.heappop(heap)
        if gone[node] or at_push != degree[node]:
            continue
        gone[node] = True
        taken.append(node)
        for near in neighbours[node]:
            if not gone[near]:
                degree[near] -= 1
                heapq.heappush(heap, (degree[near], near))
    colour = np.full(count, -1, dtype=np.int64)
    for node in reversed(taken):
        used = {int(colour[near]) for near in neighbours[node]}
        colour[node] = next(c for c in range(len(used) + 1) if c not in used)
    return colour
