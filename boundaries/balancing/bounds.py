"""Lower bounds of the goals: no plan that keeps the hard rules scores less."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.area_bounds import area_balance_bound
from boundaries.balancing.block_reasons import adjacency
from boundaries.balancing.cut_bounds import flow_bound, tree_bound
from boundaries.balancing.layout import Layout, counts_allowed
from boundaries.balancing.pieces import Reduction, node_sums, piece_of_nodes
from boundaries.balancing.sums import sums_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WORK = 2e7
"""Edges the flow bounds may look at in all; about two fifths of a second."""

WORK_A_SECOND = 1e6
"""With a time limit they may look at so many a second of it, a fiftieth of what a second is enough for."""


@dataclass(frozen=True)
class Bounds:
    """What is known before the search: edges cut in every plan, (pieces,) bounds of the others, other goals."""

    always_cut: int
    cut_edges: tuple[int, ...]
    others: Mapping[str, float]

    def by_goal(
        self, goals: Mapping[str, float], layout: Layout, allowed: Mapping[int, tuple[int, int]]
    ) -> dict[str, float]:
        """Return a lower bound for each goal of which one above 0 is known, with what the search has proven.

        Parameters
        ----------
        goals
            Weights; only these goals are bounded.
        layout
            The finished starts.
        allowed
            Least and most parts the rules leave each piece.
        """
        found = {goal: bound for goal, bound in self.others.items() if bound > 0}
        if "cut_edges" in goals:
            pieces = dict(enumerate(self.cut_edges))
            if len(goals) == 1:
                pieces |= {
                    start.piece: round(start.best_cost)
                    for start in layout.starts
                    if start.proven == "optimal" and start.span == allowed[start.piece]
                }
            total = self.always_cut + sum(pieces.values())
            found |= {"cut_edges": float(total)} if total else {}
        return found


def bounds_before(arrays: Arrays, reduction: Reduction, goals: Mapping[str, float], limit_s: float) -> Bounds:
    """Return what can be said before the search; no node is above a band.

    Parameters
    ----------
    arrays, reduction
        The problem.
    goals
        Weights; only these goals are bounded.
    limit_s
        Time limit of the search, of which bounding takes a small share.
    """
    others: dict[str, float] = {}
    if "area_balance" in goals:
        others["area_balance"] = area_balance_bound(arrays, reduction, _parent_counts(arrays, reduction))
    if "walking" in goals and arrays.walk_minutes is not None:
        weight = np.where(arrays.exempt, 0.0, arrays.columns[arrays.measure()])
        nearest = float((weight * arrays.walk_minutes.min(axis=1)).sum())
        others["walking"] = nearest / float(weight.sum()) if weight.sum() > 0 else 0.0
    if "moved" in goals:
        others["moved"] = _moved(arrays)
    if "cut_edges" not in goals:
        return Bounds(0, (), others)
    return Bounds(_always_cut(arrays, reduction), _piece_cuts(arrays, reduction, limit_s), others)


def _always_cut(arrays: Arrays, reduction: Reduction) -> int:
    """Return the number of edges between parents and around exempt parts."""
    label = -1 - arrays.parent
    for number, blocks in enumerate(reduction.exempt_parts):
        label[blocks] = number
    return int((label[arrays.edges[:, 0]] != label[arrays.edges[:, 1]]).sum())


def _piece_cuts(arrays: Arrays, reduction: Reduction, limit_s: float) -> tuple[int, ...]:
    """Return for each piece how many edges any division of it cuts at least."""
    between = reduction.edge_of >= 0
    real = (reduction.original[between] < len(arrays.edges)).astype(np.float64)
    cost = sums_by(reduction.edge_of[between], real, len(reduction.edges))
    piece = piece_of_nodes(reduction.pieces, len(reduction.parent))
    place = np.empty(len(piece), dtype=np.int64)
    ends = piece[reduction.edges]
    order = np.argsort(np.where(ends[:, 0] == ends[:, 1], ends[:, 0], -1), kind="stable")
    first = np.searchsorted(ends[order, 0], np.arange(len(reduction.pieces) + 1))
    sums = {name: node_sums(reduction.node, arrays.columns[name]) for name in arrays.bands}
    work = min(WORK, WORK_A_SECOND * limit_s)
    found = []
    for number, members in enumerate(reduction.pieces):
        rows = order[first[number] : first[number + 1]]
        place[members.nodes] = np.arange(len(members.nodes))
        least = counts_allowed(arrays, reduction, number)[0]
        share = work * len(members.nodes) / len(piece)
        best = tree_bound(cost[rows], least)
        for name, band in arrays.bands.items():
            measure = sums[name][members.nodes]
            most = min(band.high, measure.sum() - (least - 1) * max(band.low, 0.0))
            best = max(best, _flow(place[reduction.edges[rows]], cost[rows], measure, most, share))
        found.append(math.ceil(best - 1e-6))
    return tuple(found)


def _flow(pairs: Ints, cost: Floats, measure: Floats, most: float, work: float) -> float:
    """Return the `flow_bound` of a piece given by its (e, 2) edges and their (e,) cost."""
    indptr, neighbour = adjacency(pairs, len(measure))
    source = np.concatenate([pairs[:, 0], pairs[:, 1]])
    target = np.concatenate([pairs[:, 1], pairs[:, 0]])
    both = np.concatenate([cost, cost])[np.lexsort((target, source))]
    return flow_bound(indptr, neighbour, both, measure, float(most), work)


def _parent_counts(arrays: Arrays, reduction: Reduction) -> list[tuple[int, int]]:
    """Return the least and most parts of each parent."""
    counts = [(0, 0)] * arrays.parents
    for number, piece in enumerate(reduction.pieces):
        least, most = counts_allowed(arrays, reduction, number)
        held = counts[piece.parent]
        counts[piece.parent] = (held[0] + least, held[1] + most)
    low, high = arrays.per_parent
    return [(max(least, low), min(most, high)) for least, most in counts]


def _moved(arrays: Arrays) -> float:
    """Return how much of the measure must leave present parts that are above its band."""
    name = arrays.measure()
    if name not in arrays.bands:
        return 0.0
    held = arrays.present >= 0
    labels, present = np.unique(arrays.present[held], return_inverse=True)
    weight, exempt = arrays.columns[name][held], arrays.exempt[held]
    ordinary = sums_by(present, np.where(exempt, 0.0, weight), len(labels))
    other = sums_by(present, np.where(exempt, weight, 0.0), len(labels))
    kept = np.maximum(np.minimum(ordinary, arrays.bands[name].high), other)
    return float((ordinary + other - kept).sum())
