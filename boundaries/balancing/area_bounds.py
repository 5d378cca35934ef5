"""A continuous lower bound on how uneven the areas of siblings must be, given the bands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.block_reasons import adjacency
from boundaries.balancing.pieces import Reduction, node_sums
from boundaries.balancing.reach import most_in_reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

REACH_WORK = 2e7
"""Reach is looked at while nodes times nodes in reach, by the sums, stays below this."""

HALVINGS = 60
"""Steps of the bisection for the common level of the parts that are free."""


def area_balance_bound(arrays: Arrays, reduction: Reduction, counts: Sequence[tuple[int, int]]) -> float:
    """Return a lower bound of the goal ``area_balance`` over all plans that keep the bands.

    Blocks are divisible but for two facts. A part is at least as large as its largest block. A part with a
    given block is at most as large as what lies in reach of that block within a band's upper limit, and the
    people of such blocks fill at least so many parts. Between these limits all parts of a parent are alike.

    Parameters
    ----------
    arrays, reduction
        The problem; no node is above a band.
    counts
        Least and most parts of each parent.
    """
    area = node_sums(reduction.node, arrays.columns["area_m2"])
    sums = {name: node_sums(reduction.node, arrays.columns[name]) for name in arrays.bands}
    reach = _areas_in_reach(arrays, reduction, area, sums)
    uneven, most = 0.0, 0
    for parent, (least, greatest) in enumerate(counts):
        nodes = np.flatnonzero(reduction.parent == parent)
        if not len(nodes) or not area[nodes].any():
            continue
        choices = range(max(least, 1), max(greatest, least, 1) + 1)
        small = [(reach[name][nodes], sums[name][nodes], arrays.bands[name].high) for name in reach]
        uneven += min(unevenness(area[nodes], small, parts) for parts in choices)
        most += choices[-1]
    return math.sqrt(uneven / most) if most else 0.0


def _areas_in_reach(
    arrays: Arrays, reduction: Reduction, area: Floats, sums: dict[str, Floats]
) -> dict[str, Floats]:
    """Return for each column with an upper limit the (v,) area that a part with a node can have at most."""
    indptr, neighbour = adjacency(reduction.edges, len(area))
    found = {}
    for name, band in arrays.bands.items():
        spent = float(sums[name].sum())
        if math.isfinite(band.high) and spent > 0 and len(area) ** 2 * band.high / spent <= REACH_WORK:
            found[name] = most_in_reach(indptr, neighbour, area, sums[name], float(band.high), math.inf)
    return found


def unevenness(area: Floats, small: Sequence[tuple[Floats, Floats, float]], parts: int) -> float:
    """Return the least sum of squared deviations from the mean, as shares of it, of so many parts of one parent.

    Parameters
    ----------
    area
        (v,) m2 of the nodes.
    small
        For each limited column: (v,) greatest area of a part with the node, (v,) the column, its upper limit.
    parts
        Number of parts.
    """
    mean = float(area.sum()) / parts
    heavy = np.zeros(parts)
    heavy[: len(area)] = np.sort(area)[::-1][:parts]
    low_caps = np.full(parts, np.inf)
    for reach, column, high in small:
        order = np.argsort(reach, kind="stable")
        filled = np.minimum(np.ceil(np.cumsum(column[order]) / high * (1 - 1e-9)), parts).astype(np.int64)
        for rank in range(1, int(filled[-1]) + 1):
            at = int(np.searchsorted(filled, rank))
            low_caps[rank - 1] = min(low_caps[rank - 1], float(reach[order[at]]))
    return _least_squares(mean, heavy, low_caps)


def _least_squares(mean: float, heavy: Floats, low_caps: Floats) -> float:
    """Return the least sum of squares of sums with the given mean between floors and ceilings.

    ``heavy`` (k,) descending are floors of the largest sums, ``low_caps`` (k,) ascending ceilings of the smallest.
    The areas of any plan majorize those that are at their floor or ceiling or at one common level.
    """
    parts = len(low_caps)
    floors = np.where(heavy > mean, heavy, 0.0)
    ceilings = np.where(low_caps < mean, low_caps, np.inf)[::-1]
    both = floors > ceilings
    floors[both] = 0.0
    low, high = 0.0, mean * parts
    for _ in range(HALVINGS):
        level = (low + high) / 2
        if float(np.clip(level, floors, ceilings).sum()) < mean * parts:
            low = level
        else:
            high = level
    areas = np.clip(low, floors, ceilings)
    return float((((areas / mean) - 1.0) ** 2).sum())
