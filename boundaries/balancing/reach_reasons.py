"""Proofs by reach: blocks poor in one count whose surroundings cannot make up for it within another's band."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from boundaries.balancing.answer import Reason
from boundaries.balancing.block_reasons import adjacency, blocks_of, figure
from boundaries.balancing.pieces import Reduction, components
from boundaries.balancing.reach import most_in_reach, pairs_in_reach
from boundaries.balancing.validation import listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

REACH_WORK = 2e7
"""Reach is looked at while nodes times nodes in reach, by the sums, stays below this."""

FLOW_UNITS = 1_000_000_000
"""Flows are whole numbers; the total of what is lacking is scaled to this."""


def _pairs(arrays: Arrays, sums: Mapping[str, Floats]) -> Iterator[tuple[str, str, float, float]]:
    """Yield a column with a lower band, another with an upper one, and the two limits."""
    for low_name, low_band in arrays.bands.items():
        for high_name, high_band in arrays.bands.items():
            spent, nodes = float(sums[high_name].sum()), len(sums[high_name])
            if low_name == high_name or low_band.low <= 0 or not math.isfinite(high_band.high) or spent <= 0:
                continue
            if nodes * nodes * high_band.high / spent <= REACH_WORK:
                yield low_name, high_name, float(low_band.low), float(high_band.high)


def blocks_out_of_reach(
    arrays: Arrays, reduction: Reduction, sums: Mapping[str, Floats], above: set[int]
) -> list[Reason]:
    """Return a reason for every cluster of blocks around which no part can fill one band within another."""
    nodes = len(reduction.parent)
    indptr, neighbour = adjacency(reduction.edges, nodes)
    found = []
    for low_name, high_name, enough, limit in _pairs(arrays, sums):
        reach = most_in_reach(indptr, neighbour, sums[low_name], sums[high_name], limit, enough)
        short = np.flatnonzero(reach < enough * (1 - 1e-9))
        short = short[~np.isin(short, list(above))]
        above.update(short.tolist())
        for cluster in components(reduction.edges, short, nodes):
            best = float(reach[cluster].max())
            found.append(_out_of_reach(arrays, reduction, cluster, (low_name, best), high_name))
    return found


def _out_of_reach(
    arrays: Arrays, reduction: Reduction, cluster: Ints, reached: tuple[str, float], high_name: str
) -> Reason:
    low_name, best = reached
    low, high = arrays.bands[low_name].low, arrays.bands[high_name].high
    blocks = blocks_of(arrays, reduction, cluster)
    parent = arrays.parent_names[reduction.parent[cluster[0]]]
    one = f"Block {blocks[0]}" if len(blocks) == 1 else f"Blocks {listed(blocks)}"
    message = (
        f"{one} in {parent}: a part with {high_name} up to {figure(high)} reaches at most {figure(best)} {low_name} "
        f"there, below the lower band of {figure(low)}."
    )
    relaxation = f"Exempt them, or set the lower band to {math.floor(best):,} {low_name} or less."
    figures: dict[str, float | str] = {
        "column": low_name,
        "reached": best,
        "low": low,
        "within": high_name,
        "high": high,
    }
    return Reason("out_of_reach", parent, blocks, 0, message, relaxation, figures)


def blocks_without_makeup(
    arrays: Arrays, reduction: Reduction, sums: Mapping[str, Floats], above: set[int]
) -> list[Reason]:
    """Return a reason for every cluster of blocks whose lack no surplus in reach can make up.

    A part within the bands has at least ``low / high`` of the one count for each of the other. What a poor
    block lacks of that must come from blocks in its own part, so in its reach; when not all that is lacking can
    be assigned to surplus in reach (a flow), the blocks behind the smallest cut prove that no plan exists.
    """
    nodes = len(reduction.parent)
    indptr, neighbour = adjacency(reduction.edges, nodes)
    usable = np.ones(nodes, dtype=np.bool_)
    usable[list(above)] = False
    found = []
    for low_name, high_name, low, high in _pairs(arrays, sums):
        surplus = sums[low_name] - low / high * sums[high_name]
        poor = surplus < -1e-9 * low
        one, two = pairs_in_reach(indptr, neighbour, sums[high_name], high, poor)
        cut = _unmet_lack(surplus, poor, one, two)
        cut = cut[usable[cut]]
        rich = np.unique(two[np.isin(one, cut)])
        for cluster in components(reduction.edges, np.union1d(cut, rich), nodes):
            lacking = np.intersect1d(cluster, cut)
            if len(lacking) and surplus[cluster].sum() < -1e-6 * low:
                found.append(
                    _without_makeup(arrays, reduction, sums, lacking, cluster, (low_name, high_name))
                )
    return found


def _unmet_lack(surplus: Floats, poor: NDArray[np.bool_], one: Ints, two: Ints) -> Ints:
    """Return the poor nodes on the source's side of a smallest cut, empty when all that is lacking is made up.

    What is lacking is rounded down and surplus up, so that rounding never proves anything.
    """
    total = -float(surplus[poor].sum())
    if total <= 0:
        return np.empty(0, dtype=np.int64)
    nodes = len(surplus)
    source, sink = nodes, nodes + 1
    scale = FLOW_UNITS / max(total, float(surplus[~poor].sum()))
    lack, rich = np.flatnonzero(poor), np.flatnonzero(~poor)
    rows = np.concatenate([np.full(len(lack), source), one, rich])
    columns = np.concatenate([lack, two, np.full(len(rich), sink)])
    room = np.concatenate(
        [
            np.floor(-surplus[lack] * scale),
            np.full(len(one), FLOW_UNITS),
            np.ceil(surplus[rich] * scale),
        ]
    )
    network = coo_array((room.astype(np.int32), (rows, columns)), shape=(nodes + 2, nodes + 2)).tocsr()
    network.indices, network.indptr = network.indices.astype(np.int32), network.indptr.astype(np.int32)
    flow = maximum_flow(network, source, sink)
    if flow.flow_value >= int(room[: len(lack)].sum()):
        return np.empty(0, dtype=np.int64)
    left = network - flow.flow
    left.data = np.where(left.data > 0, 1, 0)
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    return np.intersect1d(reached, lack)


def _without_makeup(
    arrays: Arrays,
    reduction: Reduction,
    sums: Mapping[str, Floats],
    lacking: Ints,
    cluster: Ints,
    columns: tuple[str, str],
) -> Reason:
    low_name, high_name = columns
    low, high = arrays.bands[low_name].low, arrays.bands[high_name].high
    wanted, spent = float(sums[low_name][cluster].sum()), float(sums[high_name][cluster].sum())
    blocks = blocks_of(arrays, reduction, lacking)
    parent = arrays.parent_names[reduction.parent[lacking[0]]]
    rate, needed = wanted / spent, low / high
    message = (
        f"Blocks {listed(blocks)} in {parent}: with all that parts around them can reach they have {figure(wanted)} "
        f"{low_name} and {figure(spent)} {high_name}, {rate:.3f} to one; parts of at least {figure(low)} {low_name} "
        f"and at most {figure(high)} {high_name} need {needed:.3f}."
    )
    relaxation = (
        f"It takes a lower band of at most {math.floor(rate * high):,} {low_name} or an upper one of at least "
        f"{math.ceil(low / rate):,} {high_name}."
    )
    figures: dict[str, float | str] = {
        "column": low_name, "total": wanted, "low": low, "within": high_name, "spent": spent, "high": high,
    }  # fmt: skip
    return Reason("out_of_proportion", parent, blocks, 0, message, relaxation, figures)
