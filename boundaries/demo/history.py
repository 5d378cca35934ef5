"""The plan of 2009: grown over decades, uneven, with villages and a farm at the edge."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaries.demo.graph import BlockGraph
from boundaries.demo.terrain import place
from boundaries.demo.zones import VILLAGE_SEEDS, Zone
from geo.barriers import Barrier

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

COMMUNITIES = 33
VILLAGES = 11

# Where the streets of 2009 had their halls, in frame coordinates, and how far behind they started: metres.
STREET_SEEDS: tuple[tuple[float, float, float], ...] = (
    (-950, 250, 200.0),
    (-2250, 700, 300.0),
    (2000, 450, 300.0),
    (350, 0, -350.0),
    (-900, -1250, 300.0),
    (450, 1900, 400.0),
    (2300, -1700, -300.0),
)
"""Six streets and, last, the office of the industrial estate."""


@dataclass(frozen=True)
class OldPlan:
    """Community and street of each block, each (n,) int from 0; villages follow communities, the farm is last."""

    community: Ints
    street: Ints


@dataclass(frozen=True)
class _Quarters:
    """Quarters as a graph: neighbours with the cost of growing across the border."""

    xy: Floats
    residents: Floats
    rural: NDArray[np.bool_]
    steps: list[list[tuple[int, float]]]


def grow_old_plan(graph: BlockGraph, scale: float, rng: np.random.Generator) -> OldPlan:
    """Let communities and villages grow from their seeds, quarter by quarter, and streets over communities.

    Parameters
    ----------
    graph
        Blocks.
    scale
        Of `boundaries.demo.terrain.place`.
    rng
        Chooses where communities begin.
    """
    numbers, quarter = np.unique(graph.quarter, return_inverse=True)
    quarters = _quarters(graph, quarter, len(numbers))
    villages = place(np.array(VILLAGE_SEEDS, dtype=float), scale)
    taken: list[int] = []
    for village in villages:
        order = np.argsort(
            np.hypot(*(quarters.xy - village).T) + np.where(quarters.rural, 0.0, 1e6), kind="stable"
        )
        taken.append(next(int(i) for i in order if int(i) not in taken))
    urban = _spread_seeds(quarters, COMMUNITIES, rng)
    community_of_quarter = _grow(quarters.steps, [(seed, 0.0) for seed in (*urban, *taken)])
    community = community_of_quarter[quarter]
    street_of_community = _grow_streets(graph, community, scale)
    return OldPlan(community, street_of_community[community])


def _quarters(graph: BlockGraph, quarter: Ints, count: int) -> _Quarters:
    """Contract the blocks to quarters."""
    area = np.bincount(quarter, graph.area_m2, count)
    xy = np.column_stack(
        [np.bincount(quarter, graph.area_m2 * graph.xy[:, axis], count) / area for axis in (0, 1)]
    )
    residents = np.bincount(quarter, graph.residents_2006, count).astype(np.float64)
    rural_m2 = np.bincount(quarter, graph.area_m2 * (graph.zone == Zone.RURAL), count)
    rural = rural_m2 > 0.5 * area
    slow = {Barrier.RIVER: 4.0, Barrier.ARTERIAL: 1.6}
    cost: dict[tuple[int, int], float] = {}
    for (a, b), barrier in zip(quarter[graph.edges].tolist(), graph.barrier.tolist(), strict=True):
        if a != b:
            key = (min(a, b), max(a, b))
            step = slow.get(Barrier(barrier), 1.0) * (2.5 if rural[a] != rural[b] else 1.0)
            cost[key] = min(cost.get(key, np.inf), step)
    steps: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for (a, b), step in sorted(cost.items()):
        metres = float(np.hypot(*(xy[a] - xy[b]))) * step
        steps[a].append((b, metres))
        steps[b].append((a, metres))
    return _Quarters(xy, residents, rural, steps)


def _spread_seeds(quarters: _Quarters, count: int, rng: np.random.Generator) -> list[int]:
    """Choose quarters to begin at: centres of groups of urban quarters, weighted by the root of their residents."""
    urban = np.flatnonzero(~quarters.rural & (quarters.residents > 0))
    xy, weight = quarters.xy[urban], np.sqrt(quarters.residents[urban])
    centres = xy[rng.choice(len(urban), count, replace=False, p=weight / weight.sum())]
    for _ in range(6):
        nearest = np.hypot(*(xy[:, None] - centres[None]).transpose(2, 0, 1)).argmin(axis=1)
        held = np.bincount(nearest, weight, count)
        sums = np.column_stack([np.bincount(nearest, weight * xy[:, axis], count) for axis in (0, 1)])
        centres = np.where(held[:, None] > 0, sums / np.maximum(held, 1e-9)[:, None], centres)
    seeds: list[int] = []
    for centre in centres:
        order = urban[np.argsort(np.hypot(*(xy - centre).T), kind="stable")]
        seeds.append(next(int(i) for i in order if int(i) not in seeds))
    return seeds


def _grow(steps: list[list[tuple[int, float]]], seeds: list[tuple[int, float]]) -> Ints:
    """Give every node to the seed that reaches it at least cost; what a seed holds is connected."""
    owner = np.full(len(steps), -1, dtype=np.int64)
    waiting = [(lag, number, node) for number, (node, lag) in enumerate(seeds)]
    heapq.heapify(waiting)
    while waiting:
        cost, number, node = heapq.heappop(waiting)
        if owner[node] >= 0:
            continue
        owner[node] = number
        for other, metres in steps[node]:
            if owner[other] < 0:
                heapq.heappush(waiting, (cost + metres, number, other))
    return owner


def _grow_streets(graph: BlockGraph, community: Ints, scale: float) -> Ints:
    """Give communities to streets, growing from the halls."""
    count = int(community.max()) + 1
    area = np.bincount(community, graph.area_m2, count)
    xy = np.column_stack(
        [np.bincount(community, graph.area_m2 * graph.xy[:, axis], count) / area for axis in (0, 1)]
    )
    across = np.unique(np.sort(community[graph.edges], axis=1), axis=0)
    steps: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for a, b in across[across[:, 0] != across[:, 1]].tolist():
        metres = float(np.hypot(*(xy[a] - xy[b])))
        steps[a].append((b, metres))
        steps[b].append((a, metres))
    halls = place(np.array([(u, v) for u, v, _ in STREET_SEEDS], dtype=float), scale)
    seeds: list[tuple[int, float]] = []
    for hall, (_, _, lag) in zip(halls, STREET_SEEDS, strict=True):
        order = np.argsort(np.hypot(*(xy - hall).T), kind="stable")
        used = {node for node, _ in seeds}
        seeds.append((next(int(i) for i in order if int(i) not in used), lag + 1000.0))
    return _grow(steps, seeds)
