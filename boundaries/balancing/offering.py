"""From finished runs to proposals: the best, and others that are better in something and clearly different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.answer import Proposal
from boundaries.balancing.goals import scores
from boundaries.balancing.labels import matched_labels
from boundaries.balancing.layout import Layout, assembled
from boundaries.balancing.pieces import Reduction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CLEARLY = 0.05
"""Proposals differ when at least this share of the measure is in another part, labels matched at best."""

COMPARED_PARTS = 3_000
"""Plans with more parts are not compared with one another; the best is offered alone."""


def offered(
    arrays: Arrays, reduction: Reduction, layout: Layout, costs: Floats, goals: Mapping[str, float]
) -> list[Proposal]:
    """Return the proposals, the best first; none is worse than another in every score.

    Parameters
    ----------
    arrays, reduction, layout
        The problem and its finished starts.
    costs
        (m,) of `goals.border_costs`.
    goals
        Weights; the proposals after the first are in the order of their weighted sum.
    """
    ranked = layout.ranked()
    first = assembled(arrays, reduction, layout, 0)
    found = [Proposal(first, scores(arrays, first, costs))]
    if int(first.max(initial=-1)) >= COMPARED_PARTS:
        return found
    floor = breaches(arrays, first)
    for rank in range(1, max((len(runs) for runs in ranked.values()), default=1)):
        part = assembled(arrays, reduction, layout, rank)
        if breaches(arrays, part) <= floor:
            found.append(Proposal(part, scores(arrays, part, costs)))
    found.sort(key=lambda proposal: weighted(arrays, proposal.scores, goals))
    kept = found[:1]
    for proposal in found[1:]:
        fresh = all(moved_share(arrays, proposal.part, other.part) >= CLEARLY for other in kept)
        if fresh and not any(dominates(other.scores, proposal.scores) for other in kept):
            kept.append(proposal)
    return [kept[0], *(proposal for proposal in kept[1:] if not _beaten(proposal, kept))]


def weighted(arrays: Arrays, scored: Mapping[str, float], goals: Mapping[str, float]) -> float:
    """Return the weighted sum of the goals' scores; residents moved count as a share of all.

    Goals without a score count nothing.
    """
    whole = {"moved": max(float(arrays.columns[arrays.measure()].sum()), 1e-300)}
    return sum(weight * scored.get(goal, 0.0) / whole.get(goal, 1.0) for goal, weight in goals.items())


def _beaten(proposal: Proposal, kept: Sequence[Proposal]) -> bool:
    return any(dominates(other.scores, proposal.scores) for other in kept if other is not proposal)


def breaches(arrays: Arrays, part: Ints) -> int:
    """Return how many ordinary parts lie outside a band."""
    out = np.zeros(int(part.max()) + 1, dtype=np.bool_)
    for name, band in arrays.bands.items():
        sums = np.bincount(part, arrays.columns[name])
        out |= (sums < band.low * (1 - 1e-9)) | (sums > band.high * (1 + 1e-9))
    return int(out[np.unique(part[~arrays.exempt])].sum())


def dominates(one: Mapping[str, float], two: Mapping[str, float]) -> bool:
    """Whether ``one`` is nowhere worse than ``two``."""
    return all(one[goal] <= two[goal] + 1e-12 for goal in two)


def moved_share(arrays: Arrays, one: Ints, two: Ints) -> float:
    """Return the share, 0..1, of the measure in another part, with labels matched so that it is least."""
    weight = arrays.columns[arrays.measure()]
    if weight.sum() <= 0:
        weight = np.ones(len(one))
    label = matched_labels(one, two, weight, (int(one.max()) + 1, int(two.max()) + 1))
    return float(weight[label[one] != two].sum() / weight.sum())
