"""First divisions: METIS within a piece, then every part made whole and none left empty."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
import pymetis
from scipy.sparse.csgraph import connected_components

from boundaries.balancing.dice import below
from boundaries.balancing.pieces import components, links_matrix
from boundaries.balancing.state import Graph
from boundaries.balancing.sums import sums_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Small = NDArray[np.int32]

METIS_UNITS = 1_000_000_000
"""METIS weighs nodes and edges in int32; a piece's total is scaled to stay below this."""


def seed_parts(graph: Graph, weight: Floats, parts: int, dice: NDArray[np.uint64], slack: float) -> Small:
    """Return a division of a connected piece into exactly ``parts`` connected parts, (v,) int32.

    Parameters
    ----------
    graph
        The piece.
    weight
        (v,) what is to be about equal in every part.
    parts
        From 1 to the number of nodes.
    dice
        Stream of random numbers.
    slack
        Share by which parts may differ in METIS.
    """
    nodes = len(graph.lock)
    if parts == 1:
        return np.zeros(nodes, dtype=np.int32)
    if parts == nodes:
        return np.arange(nodes, dtype=np.int32)
    scale = min(METIS_UNITS / max(weight.sum(), 1e-300), 10_000 * nodes / max(weight.sum(), 1e-300))
    heavy = np.round(weight * scale).astype(np.int64)
    dear = np.maximum(np.round(graph.cost * 100), 1).astype(np.int64)
    options = pymetis.Options(seed=below(dice, 2**30), ufactor=max(int(slack * 1000), 1), contig=1)
    adjacency = pymetis.CSRAdjacency(adj_starts=graph.indptr, adjacent=graph.neighbour.astype(np.int64))
    found = pymetis.part_graph(
        parts,
        adjacency=adjacency,
        vweights=heavy.tolist(),
        eweights=dear.tolist(),
        recursive=parts <= 8,
        options=options,
    )
    return whole_parts(graph, np.array(found.vertex_part, dtype=np.int64), weight, parts)


def parts_near(graph: Graph, home: Ints, weight: Floats, parts: int) -> Small:
    """Return a division close to the present one: its parts made whole, the lightest dissolved where too many.

    Parameters
    ----------
    graph
        The piece.
    home
        (v,) present part, -1 for none.
    weight
        (v,) what decides which part is lightest.
    parts
        From 1 to the number of nodes.
    """
    labels = np.unique(home[home >= 0])
    if not len(labels):
        return whole_parts(graph, np.zeros(len(home), dtype=np.int64), weight, parts)
    held = np.array([weight[home == label].sum() for label in labels])
    kept = labels[np.argsort(-held, kind="stable")[:parts]]
    near = np.where(np.isin(home, kept), home, -1)
    while (near < 0).any():
        _absorb(graph, near)
    return whole_parts(graph, near, weight, parts)


def edge_pairs(graph: Graph) -> Ints:
    """Return the (e, 2) edges of a graph, each once."""
    source = np.repeat(np.arange(len(graph.lock)), np.diff(graph.indptr))
    once = source < graph.neighbour
    return np.column_stack([source[once], graph.neighbour[once]]).astype(np.int64)


def whole_parts(graph: Graph, part: Ints, weight: Floats, parts: int) -> Small:
    """Return a division with every part connected and none empty, close to the one given.

    Each part keeps its heaviest scrap and, where nodes are locked, the scrap with the lock; other scraps join
    a neighbour. A part that is missing is split off the heaviest part.
    """
    pairs = edge_pairs(graph)
    part = part.copy()
    inside = pairs[part[pairs[:, 0]] == part[pairs[:, 1]]]
    scrap = connected_components(links_matrix(inside, len(part)), directed=False)[1].astype(np.int64)
    first = np.unique(scrap, return_index=True)[1]
    heavy, size = sums_by(scrap, weight, len(first)), np.bincount(scrap)
    order = np.lexsort((first, -size, -heavy, part[first]))
    kept = np.ones(len(first), dtype=np.bool_)
    kept[order[1:]] = part[first][order][1:] != part[first][order][:-1]
    part[~kept[scrap]] = -1
    while (part < 0).any():
        _absorb(graph, part)
    labels, part = np.unique(part, return_inverse=True)
    count = len(labels)
    while count < parts:
        _split_heaviest(graph, part, weight, count)
        count += 1
    return part.astype(np.int32)


def _absorb(graph: Graph, part: Ints) -> None:
    """Give each loose node beside a part to the part with which it shares the costliest border."""
    for v in np.flatnonzero(part < 0):
        shared: dict[int, float] = {}
        for i in range(graph.indptr[v], graph.indptr[v + 1]):
            label = int(part[graph.neighbour[i]])
            if label >= 0:
                shared[label] = shared.get(label, 0.0) + float(graph.cost[i])
        if shared:
            part[v] = max(shared, key=lambda label: (shared[label], -label))


def _split_heaviest(graph: Graph, part: Ints, weight: Floats, new: int) -> None:
    """Split the heaviest part that has two nodes about in half by growing from its first node."""
    sums = np.bincount(part, weight)
    sums[np.bincount(part) < 2] = -1.0
    label = int(sums.argmax())
    members = np.flatnonzero(part == label)
    order = _growth(graph, part, label, int(members[0]))
    run = np.cumsum(weight[order])
    at = int(np.searchsorted(run, run[-1] / 2)) + 1
    at = min(max(at, 1), len(order) - 1)
    part[order[at:]] = new
    scraps = components(edge_pairs(graph), order[at:], len(part))
    scraps.sort(key=lambda scrap: (-weight[scrap].sum(), int(scrap[0])))
    for scrap in scraps[1:]:
        part[scrap] = label


def _growth(graph: Graph, part: Ints, label: int, start: int) -> Ints:
    """Return the nodes of a part breadth first from one of them."""
    order = [start]
    seen = {start}
    for v in order:
        for i in range(graph.indptr[v], graph.indptr[v + 1]):
            u = int(graph.neighbour[i])
            if part[u] == label and u not in seen:
                seen.add(u)
                order.append(u)
    return np.array(order, dtype=np.int64)


def grown_parts(graph: Graph, weight: Floats, parts: int) -> Small:
    """Return a division in which every locked node has a part of its own, (v,) int32.

    Parts grow from the locked nodes and from nodes far from them and from one another; the lightest part
    takes the next node.
    """
    starts = [int(v) for v in np.flatnonzero(graph.lock >= 0)]
    if not starts:
        starts = [0]
    while len(starts) < parts:
        starts.append(_farthest(graph, starts))
    part = np.full(len(weight), -1, dtype=np.int32)
    heap: list[tuple[float, int]] = []
    fronts: list[list[int]] = []
    for label, v in enumerate(starts):
        part[v] = label
    for label, v in enumerate(starts):
        fronts.append([v])
        heap.append((float(weight[v]), label))
    heapq.heapify(heap)
    while heap:
        held, label = heapq.heappop(heap)
        v = _next_node(graph, part, fronts[label])
        if v >= 0:
            part[v] = label
            fronts[label].append(v)
            heapq.heappush(heap, (held + float(weight[v]), label))
    return part


def _next_node(graph: Graph, part: Small, front: list[int]) -> int:
    """Return an unplaced neighbour of the front's oldest nodes, or -1; exhausted nodes leave the front."""
    while front:
        for i in range(graph.indptr[front[0]], graph.indptr[front[0] + 1]):
            if part[graph.neighbour[i]] < 0:
                return int(graph.neighbour[i])
        front.pop(0)
    return -1


def _farthest(graph: Graph, starts: list[int]) -> int:
    """Return the node that a growth from all starts reaches last."""
    seen = set(starts)
    order = list(starts)
    for v in order:
        for i in range(graph.indptr[v], graph.indptr[v + 1]):
            u = int(graph.neighbour[i])
            if u not in seen:
                seen.add(u)
                order.append(u)
    return order[-1]
