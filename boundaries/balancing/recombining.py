"""Recombination: parts of all runs of a piece are pooled, and the cheapest whole division made of them is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.exact import partition, set_costs
from boundaries.balancing.state import breach, make_plan, total_cost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.search import Start

MOST_PARTS = 40
"""Pieces of more parts are not recombined: the choice among so many sets takes longer than searching on."""


def recombine(runs: Sequence[Start], left_s: float) -> bool:
    """Replace the best plan of a piece's best run by a cheaper one made of parts met in any of its runs.

    Parameters
    ----------
    runs
        The finished runs of one piece, the best first.
    left_s
        Seconds left.

    Returns
    -------
    bool
        Whether a cheaper plan was found.
    """
    best = runs[0]
    if (
        not 3 <= best.parts <= MOST_PARTS
        or best.graph.stay.any()
        or best.allowed > 0
        or best.proven is not None
    ):
        return False
    plans = [np.vstack([run.best[None, :], run.pool]) for run in runs if len(run.pool)]
    if not plans:
        return False
    sets = _lawful_sets(best, np.concatenate(plans))
    costs = set_costs(best.graph, best.aims, sets)
    cutoff = best.best_cost - 1e-6 * max(best.best_cost, 1.0)
    found = partition(sets, costs, (best.parts, best.parts), cutoff, left_s)
    if found is None or found.part is None:
        return False
    plan = make_plan(best.graph, best.aims, found.part, found.parts)
    best.best, best.best_cost = found.part, total_cost(best.graph, plan)
    return True


def _lawful_sets(start: Start, plans: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return the distinct parts within the bands of some plans, (s, v)."""
    found: dict[bytes, NDArray[np.bool_]] = {}
    for part in plans:
        plan = make_plan(start.graph, start.aims, part, start.parts)
        for label in range(start.parts):
            if breach(start.aims, plan.sums[label]) <= 0:
                inside = part == label
                found.setdefault(np.packbits(inside).tobytes(), inside)
    return np.array(list(found.values()))
