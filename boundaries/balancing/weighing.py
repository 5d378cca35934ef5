"""From goals to costs: one scale in which a cut edge, a bent border and an uneven part compare."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.pieces import Piece, Reduction, node_sums
from boundaries.balancing.state import Aims, Graph
from boundaries.balancing.sums import sums_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

EVERY_BORDER = 0.02
"""Share of its length that a border counts in the search even where it is free to cross, against zigzags."""

BALANCE_FACTOR = 20.0
AREA_FACTOR = 5.0
WALK_FACTOR = 4.0
MOVE_FACTOR = 2.0
PENALTY_FACTOR = 50.0
PENALTY_GRAINS = 4.0
CHARGE_FACTOR = 0.3


@dataclass(frozen=True, eq=False)
class Scales:
    """Costs of the search, in units of a cut edge: (m + p,) per edge and link, and per part."""

    edge_cost: Floats
    columns: tuple[str, ...]
    low: Floats
    high: Floats
    pull: Floats
    compact: float
    penalty: float
    charge: float
    walks: int
    walk: float
    move: float


def weigh(arrays: Arrays, goals: Mapping[str, float], costs: Floats, parts: int) -> Scales:
    """Return the search's costs for weighted goals.

    A plan's compactness and balance are means over parts, its cut edges a sum; so that weights mean the same
    at any size, a part's terms are scaled by the edges around a compact part of the typical size.

    Parameters
    ----------
    arrays, goals
        The problem and the positive weights.
    costs
        (m,) of `goals.border_costs`.
    parts
        Ordinary parts to be made.
    """
    whole = sum(goals.values()) or 1.0
    share = {goal: weight / whole for goal, weight in goals.items()}
    rim = 2.0 * math.sqrt(max(len(arrays.parent) / max(parts, 1), 1.0))
    edge_cost = np.full(len(arrays.edges), share.get("cut_edges", 0.0))
    mean_m = arrays.border_m.mean() if len(arrays.border_m) else 0.0
    if "border" in share and mean_m > 0:
        edge_cost += share["border"] * arrays.border_m / mean_m * (costs + EVERY_BORDER)
    columns = list(arrays.bands)
    pulls = {"balance": (arrays.measure(), BALANCE_FACTOR), "area_balance": ("area_m2", AREA_FACTOR)}
    pull = dict.fromkeys(columns, 0.0)
    for goal, (column, factor) in pulls.items():
        if goal in share:
            pull[column] = pull.get(column, 0.0) + share[goal] * factor * rim
    bands = [arrays.bands.get(column) for column in pull]
    measured = max(float(arrays.columns[arrays.measure()].sum()), 1e-300)
    points = arrays.walk_minutes if "walking" in share else None
    nearest = 0.0 if points is None else float((arrays.columns[arrays.measure()] * points.min(axis=1)).sum())
    return Scales(
        edge_cost=np.concatenate([edge_cost, np.zeros(len(arrays.links))]),
        columns=tuple(pull),
        low=np.array([band.low if band else -np.inf for band in bands], dtype=np.float64),
        high=np.array([band.high if band else np.inf for band in bands], dtype=np.float64),
        pull=np.array(list(pull.values()), dtype=np.float64),
        compact=share.get("compactness", 0.0) * rim,
        penalty=PENALTY_FACTOR * rim,
        charge=max(CHARGE_FACTOR * rim, 2.0),
        walks=len(pull),
        walk=WALK_FACTOR * share["walking"] * rim * parts / nearest if nearest > 0 else 0.0,
        move=MOVE_FACTOR * share.get("moved", 0.0) * rim * parts / measured,
    )


def piece_graph(reduction: Reduction, piece: Piece, base: NodeData) -> Graph:
    """Return the flat arrays of one piece."""
    place = np.full(len(reduction.parent), -1, dtype=np.int64)
    place[piece.nodes] = np.arange(len(piece.nodes))
    inside = (place[reduction.edges] >= 0).all(axis=1)
    pairs = place[reduction.edges[inside]]
    source = np.concatenate([pairs[:, 0], pairs[:, 1]])
    target = np.concatenate([pairs[:, 1], pairs[:, 0]])
    number = np.concatenate([np.flatnonzero(inside)] * 2)
    order = np.lexsort((target, source))
    indptr = np.zeros(len(piece.nodes) + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=len(piece.nodes)), out=indptr[1:])
    return Graph(
        indptr=indptr,
        neighbour=target[order].astype(np.int32),
        cost=base.edge_cost[number[order]],
        border=base.border_m[number[order]],
        values=np.ascontiguousarray(base.values[piece.nodes]),
        area=base.area_m2[piece.nodes],
        around=base.around_m[piece.nodes],
        lock=reduction.lock[piece.nodes].astype(np.int32),
        home=_dense(base.home[piece.nodes]),
        stay=base.stay[piece.nodes],
    )


@dataclass(frozen=True, eq=False)
class NodeData:
    """Data of a `Reduction`'s nodes (v, ...) and edges (e,), which all pieces share."""

    values: Floats
    area_m2: Floats
    around_m: Floats
    edge_cost: Floats
    border_m: Floats
    home: Ints
    stay: Floats


def _dense(home: Ints) -> NDArray[np.int32]:
    """Return the present parts of a piece numbered from 0; -1 stays."""
    labels, place = np.unique(home, return_inverse=True)
    return (place - int(labels[0] < 0)).astype(np.int32)


def node_data(arrays: Arrays, reduction: Reduction, scales: Scales) -> NodeData:
    """Sum the blocks' data to nodes and the edges' to node edges."""
    node = reduction.node
    nodes = len(reduction.parent)
    measure = arrays.columns[arrays.measure()]
    columns = [arrays.columns[column] for column in scales.columns]
    if scales.walk > 0 and arrays.walk_minutes is not None:
        columns += [measure * minutes for minutes in arrays.walk_minutes.T]
    values = np.zeros((nodes, len(columns)))
    for c, column in enumerate(columns):
        values[:, c] = node_sums(node, column)
    home, stay = _homes(arrays, node, measure * scales.move)
    border = np.concatenate([arrays.border_m, np.zeros(len(arrays.links))])
    between = reduction.edge_of >= 0
    rows, which = reduction.edge_of[between], reduction.original[between]
    around = node_sums(node, arrays.outer_m)
    ends = node[arrays.edges]
    for side in (0, 1):
        rim = (ends[:, 0] != ends[:, 1]) & (ends[:, side] >= 0)
        around += sums_by(ends[rim, side], arrays.border_m[rim], nodes)
    area = arrays.columns.get("area_m2")
    return NodeData(
        values=values,
        area_m2=node_sums(node, area) if area is not None else np.zeros(nodes),
        around_m=around,
        edge_cost=sums_by(rows, scales.edge_cost[which], len(reduction.edges)),
        border_m=sums_by(rows, border[which], len(reduction.edges)),
        home=home,
        stay=stay,
    )


def _homes(arrays: Arrays, node: Ints, cost: Floats) -> tuple[Ints, Floats]:
    """Return the present part of each node, that of its costliest block, and the cost of leaving it."""
    home = np.full(int(node.max(initial=-1)) + 1, -1, dtype=np.int64)
    held = np.flatnonzero((node >= 0) & (arrays.present >= 0))
    in_order = held[np.argsort(cost[held], kind="stable")]
    home[node[in_order]] = arrays.present[in_order]
    return home, np.where(home >= 0, node_sums(node, cost), 0.0)


def piece_aims(scales: Scales, mean: Floats, values: Floats) -> Aims:
    """Return the aims of a piece.

    The penalty for a breach is such that moving a typical node across a limit can still happen while the
    search is hot: large nodes in a hard band freeze the search.

    Parameters
    ----------
    scales
        Costs of the problem.
    mean
        (c,) sums of a part if all siblings were alike.
    values
        (v, c) columns of the piece's nodes.
    """
    low, high, pull = (np.full(values.shape[1], fill) for fill in (-np.inf, np.inf, 0.0))
    low[: scales.walks], high[: scales.walks], pull[: scales.walks] = scales.low, scales.high, scales.pull
    banded = np.isfinite(low) & (mean > 0)
    share = values[:, banded] / mean[banded]
    whole = share.sum(axis=0)
    grain = float(np.max((share**2).sum(axis=0)[whole > 0] / whole[whole > 0], initial=0.0))
    return Aims(
        low=low,
        high=high,
        target=np.where(mean > 0, mean, 1.0),
        pull=pull,
        compact=scales.compact,
        penalty=min(scales.penalty, max(PENALTY_GRAINS / max(grain, 1e-9), 20.0)),
        charge=scales.charge,
        walks=scales.walks,
        walk=scales.walk,
    )
