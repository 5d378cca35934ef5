"""The nearest bands with which a piece that has no division could be divided: the least widening of its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

from boundaries.balancing.exact import possible_parts
from boundaries.balancing.state import breach, make_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from boundaries.balancing.search import Start

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BUDGET, ROOM = 5_000_000, 20_000
"""Branchings of the enumeration and possible parts up to which the least widening is looked for."""

LIMIT_S = 5.0


def nearest_limits(
    start: Start, low: Floats, high: Floats, left_s: Callable[[], float]
) -> tuple[Floats, Floats, bool]:
    """Return bands with which a piece can be divided, and whether none lie nearer to those asked for.

    Of the bands of the best plan met so far, a set of parts that cover the piece once is looked for that leaves
    the bands asked for by the least: the sum over limits of the widening as a share of a typical part.

    Parameters
    ----------
    start
        A run of a piece that has no division, with the best plan it met.
    low, high
        (b,) limits of the banded columns, the first of the piece's columns.
    left_s
        Asked for the seconds left; without any the bands of the best plan met are returned.

    Returns
    -------
    (b,) float, (b,) float, bool
    """
    plan = make_plan(start.graph, start.aims, start.best, start.parts)
    out = [p for p in range(start.parts) if breach(start.aims, plan.sums[p]) > 0]
    met = plan.sums[:, : len(low)][out]
    lower, upper = np.minimum(low, met.min(axis=0)), np.maximum(high, met.max(axis=0))
    wide_low, wide_high = start.aims.low.copy(), start.aims.high.copy()
    wide_low[: len(low)], wide_high[: len(low)] = lower, upper
    aims = start.aims._replace(low=wide_low, high=wide_high)
    sets = possible_parts(start.graph, aims, start.span, BUDGET, ROOM, left_s=left_s)
    if sets is None or left_s() <= 0:
        return lower, upper, False
    sums = sets.astype(np.float64) @ start.graph.values[:, : len(low)]
    found = _least_widening(sets, sums, (low, high), start.aims.target[: len(low)], start.span, left_s())
    if found is None:
        return lower, upper, False
    chosen = sums[found]
    return np.minimum(low, chosen.min(axis=0)), np.maximum(high, chosen.max(axis=0)), True


def _least_widening(
    sets: NDArray[np.bool_],
    sums: Floats,
    limits: tuple[Floats, Floats],
    typical: Floats,
    counts: tuple[int, int],
    limit_s: float,
) -> Ints | None:
    """Return the numbers of the sets (s, v) that cover every node once and leave the limits by the least.

    Each node lies in one chosen set, so what that set lacks bounds the widening: one row a node and limit.
    """
    low, high = limits
    lacking = np.hstack([np.maximum(low - sums, 0.0), np.maximum(sums - high, 0.0)])
    scale = np.concatenate([typical, typical])
    used = np.flatnonzero(np.isfinite(lacking).all(axis=0) & (lacking > 0).any(axis=0))
    member = csr_array(sets.T.astype(np.float64))
    nodes, number = member.shape
    rows = [hstack([member, csr_array((nodes, len(used)))])]
    bounds = [(np.ones(nodes), np.ones(nodes))]
    for at, limit in enumerate(used):
        width = csr_array((np.ones(nodes), (np.arange(nodes), np.full(nodes, at))), shape=(nodes, len(used)))
        rows.append(hstack([member * (lacking[:, limit] / scale[limit])[None, :], -width]))
        bounds.append((np.full(nodes, -np.inf), np.zeros(nodes)))
    count = hstack([csr_array(np.ones((1, number))), csr_array((1, len(used)))])
    found = milp(
        np.concatenate([np.zeros(number), np.ones(len(used))]),
        constraints=[
            *(LinearConstraint(row, *bound) for row, bound in zip(rows, bounds, strict=True)),
            LinearConstraint(count, float(counts[0]), float(counts[1])),
        ],
        integrality=np.concatenate([np.ones(number), np.zeros(len(used))]),
        bounds=Bounds(0, np.concatenate([np.ones(number), np.full(len(used), np.inf)])),
        options={"time_limit": min(LIMIT_S, limit_s)},
    )
    return np.flatnonzero(found.x[:number] > 0.5) if found.status == 0 else None
