"""How many parts each piece of the district gets, and in closed form when that is impossible."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.problem import Band

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SLACK = 1e-9
OUT_OF_BAND = 1e3
OUT_OF_COUNT = 1e6


def count_range(sums: Floats, bands: Sequence[Band]) -> tuple[int, int]:
    """Return the least and greatest number of parts whose mean can lie in every band.

    ``max_c ceil(P_c / high_c) <= k <= min_c floor(P_c / low_c)``; the range is empty (least above greatest)
    when no number will do.

    Parameters
    ----------
    sums
        (c,) totals P of the banded columns.
    bands
        One for each.
    """
    least, most = 1, np.iinfo(np.int32).max
    for total, band in zip(sums, bands, strict=True):
        if total > 0 and band.high == 0:
            return np.iinfo(np.int32).max, 0
        if math.isfinite(band.high) and band.high > 0:
            least = max(least, math.ceil(total / band.high * (1 - SLACK)))
        if band.low > 0:
            most = min(most, math.floor(total / band.low * (1 + SLACK)))
    return least, int(most)


@dataclass(frozen=True)
class Share:
    """What a piece brings to the allotment: its parent, (c,) sums of banded columns, least and most parts."""

    parent: int
    sums: Floats
    least: int
    most: int


def allot(
    shares: Sequence[Share],
    bands: Sequence[Band],
    settled: Sequence[int],
    per_parent: tuple[int, int],
    total: tuple[int, int],
    typical: Floats,
) -> list[int]:
    """Return the number of parts of every piece.

    The cost of a count is convex: breaches of the mean, breaches of the parents' range, and distance from
    the typical part; pieces get one part after the other where that lowers the cost most, which is the
    optimum for such nested sums. The total is always kept when the blocks allow.

    Parameters
    ----------
    shares
        The pieces.
    bands
        Of the banded columns.
    settled
        Parts each parent has already, besides its pieces.
    per_parent, total
        Inclusive ranges of parts; ``total`` counts the settled ones.
    typical
        (c,) sums of a typical part.
    """
    counts = [share.least for share in shares]
    held = list(settled)
    for share, count in zip(shares, counts, strict=True):
        held[share.parent] += count
    done = sum(held)

    def gain(i: int) -> float:
        share = shares[i]
        parents = _off(held[share.parent] + 1, per_parent) - _off(held[share.parent], per_parent)
        step = _cost(share.sums, counts[i] + 1, bands, typical) - _cost(share.sums, counts[i], bands, typical)
        return step + OUT_OF_COUNT * parents

    siblings: dict[int, list[int]] = {}
    for i, share in enumerate(shares):
        siblings.setdefault(share.parent, []).append(i)
    version = [0] * len(shares)
    heap = [(gain(i), i, 0) for i, share in enumerate(shares) if counts[i] < share.most]
    heapq.heapify(heap)
    while heap and done < total[1]:
        step, i, made = heapq.heappop(heap)
        if made != version[i]:
            continue
        if step >= 0 and done >= total[0]:
            break
        counts[i] += 1
        held[shares[i].parent] += 1
        done += 1
        near = siblings[shares[i].parent] if held[shares[i].parent] in per_parent else [i]
        for j in near:
            version[j] += 1
            if counts[j] < shares[j].most:
                heapq.heappush(heap, (gain(j), j, version[j]))
    return counts


def _off(count: int, bounds: tuple[int, int]) -> int:
    return max(bounds[0] - count, 0, count - bounds[1])


def _cost(sums: Floats, count: int, bands: Sequence[Band], typical: Floats) -> float:
    cost = 0.0
    for total, band, size in zip(sums, bands, typical, strict=True):
        if size <= 0:
            continue
        ratio = total / size
        cost += (ratio * ratio / count - 2 * ratio + count) / len(typical)
        if math.isfinite(band.high):
            cost += OUT_OF_BAND * max(0.0, total - count * band.high) / size
        cost += OUT_OF_BAND * max(0.0, count * band.low - total) / size
    return cost
