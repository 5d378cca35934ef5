"""Lays the search out: parts for every piece, a start for each, and the labels of the finished plan."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.counts import Share, allot, count_range
from boundaries.balancing.dice import stream
from boundaries.balancing.labels import kept_labels
from boundaries.balancing.pieces import Reduction, node_sums
from boundaries.balancing.problem import Band
from boundaries.balancing.search import Start
from boundaries.balancing.weighing import NodeData, node_data, piece_aims, piece_graph, weigh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


RUNS_BY_NODES = ((3_000, 4), (50_000, 2))
"""Pieces of up to so many nodes are searched so many times; larger ones once."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Parts of every piece, and the starts: of each piece that has a choice, so many runs in a row."""

    counts: list[int]
    starts: list[Start]

    def ranked(self) -> dict[int, list[Start]]:
        """Return the starts of each piece, the best first: those within the bands, then least cost."""
        by_piece: dict[int, list[Start]] = {}
        for start in self.starts:
            if not start.skipped:
                by_piece.setdefault(start.piece, []).append(start)
        for runs in by_piece.values():
            runs.sort(key=Start.rank)
        return by_piece


def lay_out(
    arrays: Arrays,
    reduction: Reduction,
    goals: Mapping[str, float],
    costs: Floats,
    seed: int,
    *,
    hopeless: bool = False,
) -> Layout:
    """Return the starts of a problem; a ``hopeless`` one, proven impossible, is repaired with less patience."""
    counts = piece_counts(arrays, reduction)
    scales = weigh(arrays, goals, costs, sum(counts) + len(reduction.alone))
    data = node_data(arrays, reduction, scales)
    means = _sibling_means(arrays, reduction, counts, data)
    weight = _seed_weight(arrays, reduction)
    area = data.area_m2 if "area_balance" in goals and data.area_m2.any() else weight
    starts = []
    for number, (piece, count) in enumerate(zip(reduction.pieces, counts, strict=True)):
        if count < 2:
            continue
        graph = piece_graph(reduction, piece, data)
        aims = piece_aims(scales, means[piece.parent], graph.values)
        span = _span(arrays, reduction, number, count)
        for run in range(runs_of(len(piece.nodes))):
            dice = stream(seed, number, run)
            # Areas that a seed balances are rarely found from one that does not: bands are repaired more easily.
            seeded = (weight, area)[run % 2][piece.nodes]
            starts.append(Start(graph, aims, count, seeded, dice, number, run, span, hopeless))
    return Layout(counts, starts)


def _span(arrays: Arrays, reduction: Reduction, number: int, count: int) -> tuple[int, int]:
    """Return the counts of parts that the rules leave to a piece: more than one only where it is the whole."""
    if len(reduction.pieces) > 1 or reduction.alone:
        return count, count
    least, most = counts_allowed(arrays, reduction, number)
    return (least, most) if least <= count <= most else (count, count)


def counts_allowed(arrays: Arrays, reduction: Reduction, number: int) -> tuple[int, int]:
    """Return the least and most parts that bands, locks and counts allow a piece, whatever the others have."""
    piece = reduction.pieces[number]
    sums = np.array(
        [node_sums(reduction.node, arrays.columns[name])[piece.nodes].sum() for name in arrays.bands]
    )
    least, most = count_range(sums, list(arrays.bands.values()))
    locks = np.unique(reduction.lock[piece.nodes])
    least, most = max(least, int((locks >= 0).sum())), min(most, len(piece.nodes))
    alone = [int(reduction.parent[nodes[0]]) for nodes in reduction.alone]
    siblings = [other for other in reduction.pieces if other.parent == piece.parent]
    if len(siblings) == 1 and piece.parent not in alone:
        least, most = max(least, arrays.per_parent[0]), min(most, arrays.per_parent[1])
    if len(reduction.pieces) == 1 and not alone:
        least, most = max(least, arrays.parts[0]), min(most, arrays.parts[1])
    return least, most


def runs_of(nodes: int) -> int:
    """Return how many times a piece is searched from a seed of its own; it depends on its size only."""
    return next((runs for size, runs in RUNS_BY_NODES if nodes <= size), 1)


def piece_counts(arrays: Arrays, reduction: Reduction) -> list[int]:
    """Return the number of parts of every piece."""
    columns = list(arrays.bands) or [arrays.measure()]
    bands = list(arrays.bands.values()) or [Band(0)]
    table = np.column_stack([node_sums(reduction.node, arrays.columns[name]) for name in columns])
    shares = []
    for piece in reduction.pieces:
        sums = table[piece.nodes].sum(axis=0)
        locks = np.unique(reduction.lock[piece.nodes])
        least = max(1, int((locks >= 0).sum()))
        shares.append(Share(piece.parent, sums, least, max(len(piece.nodes), least)))
    settled = [0] * arrays.parents
    for nodes in reduction.alone:
        settled[int(reduction.parent[nodes[0]])] += 1
    rest = np.sum([share.sums for share in shares], axis=0) if shares else np.zeros(len(columns))
    typical = _typical(arrays, bands, rest, sum(settled))
    return allot(shares, bands, settled, arrays.per_parent, arrays.parts, typical)


def _typical(arrays: Arrays, bands: Sequence[Band], sums: Floats, settled: int) -> Floats:
    """Return the (c,) sums of a typical part: the mean when the count is fixed, else the bands' middle."""
    low, high = arrays.parts
    if low == high:
        return np.asarray(sums / max(low - settled, 1))
    middles = []
    for band, total in zip(bands, sums, strict=True):
        if math.isfinite(band.high):
            middles.append((band.low + band.high) / 2 if band.low > 0 else 0.8 * band.high)
        else:
            middles.append(1.5 * band.low if band.low > 0 else float(total))
    return np.array(middles)


def _sibling_means(arrays: Arrays, reduction: Reduction, counts: Sequence[int], data: NodeData) -> Floats:
    """Return the (parents, c) mean sums of a part in each parent, parts that stand alone included."""
    parts = np.zeros(arrays.parents)
    for piece, count in zip(reduction.pieces, counts, strict=True):
        parts[piece.parent] += count
    for nodes in reduction.alone:
        parts[reduction.parent[nodes[0]]] += 1
    totals = np.zeros((arrays.parents, data.values.shape[1]))
    np.add.at(totals, reduction.parent, data.values)
    return np.asarray(totals / np.maximum(parts, 1)[:, None])


def _seed_weight(arrays: Arrays, reduction: Reduction) -> Floats:
    """Return the (v,) weight METIS balances: the mean of the banded columns, each scaled to a total of one."""
    weight = np.zeros(len(reduction.parent))
    for name in list(arrays.bands) or [arrays.measure()]:
        values = node_sums(reduction.node, arrays.columns[name])
        if values.sum() > 0:
            weight += values / values.sum()
    return weight if weight.sum() > 0 else np.full(len(weight), 1.0 / max(len(weight), 1))


def assembled(arrays: Arrays, reduction: Reduction, layout: Layout, rank: int) -> Ints:
    """Return the (n,) part of each block: ordinary parts by parent and first block, exempt parts last.

    Every piece brings its run of the given rank, 0 for the best, or its last one. Where the problem gives the
    present plan, parts keep its labels as far as they fit.
    """
    nodes = len(reduction.parent)
    label = np.full(nodes, -1, dtype=np.int64)
    begun = 0
    best = {number: runs[min(rank, len(runs) - 1)].best for number, runs in layout.ranked().items()}
    for number, piece in enumerate(reduction.pieces):
        inside = best.get(number)
        label[piece.nodes] = begun + (inside if inside is not None else 0)
        begun += int(inside.max()) + 1 if inside is not None else 1
    for members in reduction.alone:
        label[members] = begun
        begun += 1
    free = ~arrays.exempt
    part = np.full(arrays.blocks, -1, dtype=np.int64)
    part[free] = label[reduction.node[free]]
    part[free] = _in_order(part[free], arrays.parent[free])
    if "present" in arrays.known:
        part[free] = kept_labels(arrays, part, begun)[free]
    for number, blocks in enumerate(reduction.exempt_parts):
        part[blocks] = begun + number
    return part


def _in_order(part: Ints, parent: Ints) -> Ints:
    """Renumber parts by parent, then by their first block."""
    labels, first, inverse = np.unique(part, return_index=True, return_inverse=True)
    order = np.lexsort((first, parent[first]))
    rank = np.empty(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(labels))
    return rank[inverse]
