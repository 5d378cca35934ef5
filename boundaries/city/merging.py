"""Puts the answers of all tasks together and judges them as one plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing import Answer, Proposal, Steps
from boundaries.balancing.feasibility import find_reasons
from boundaries.balancing.goals import border_costs, cut_edges, scores
from boundaries.balancing.labels import kept_labels, matched_labels
from boundaries.balancing.offering import CLEARLY, breaches, dominates, weighted
from boundaries.balancing.verdict import find_notes, find_unmet
from boundaries.city.steps import CitySteps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from boundaries.balancing import Problem, Reason
    from boundaries.balancing.answer import Proven, StoppedBy
    from boundaries.balancing.problem import Arrays
    from boundaries.city.tasks import Outcome, Split

    Ints = NDArray[np.int64]


def merged(
    problem: Problem, parted: Split, outcomes: Sequence[Outcome], goals: Mapping[str, float]
) -> Answer:
    """Return the answer to the whole problem.

    Parameters
    ----------
    outcomes
        One for each task, in their order.
    goals
        Weights, checked.
    """
    arrays = problem.arrays
    reasons = find_reasons(arrays, parted.reduction)
    reasons += [
        reason
        for task, outcome in zip(parted.tasks, outcomes, strict=True)
        if task.forced
        for reason in outcome.reasons
    ]
    proposals = _offered(problem, parted, outcomes, goals)
    proven, bound = _proven(problem, parted, outcomes, goals, reasons)
    if proven == "optimal":
        bound = weighted(arrays, proposals[0].scores, goals)
    return Answer(
        proposals=proposals,
        reasons=reasons,
        unmet=find_unmet(arrays, proposals[0].part, reasons),
        proven=proven,
        lower_bound=bound,
        steps_done=CitySteps([Steps(*outcome.steps) for outcome in outcomes]),
        stopped_by=_stopped_by(outcomes),
        notes=find_notes(arrays),
    )


def _offered(
    problem: Problem, parted: Split, outcomes: Sequence[Outcome], goals: Mapping[str, float]
) -> list[Proposal]:
    """Return the proposals, the best first: none beaten in every score, all clearly different over the whole."""
    arrays = problem.arrays
    costs = border_costs(arrays, problem.barrier_costs)

    def whole(rank: int) -> Proposal:
        part = assembled(arrays, parted, outcomes, rank)
        return Proposal(part, scores(arrays, part, costs))

    found = [whole(0)]
    floor = breaches(arrays, found[0].part)
    for rank in range(1, max((len(outcome.parts) for outcome in outcomes), default=1)):
        other = whole(rank)
        if breaches(arrays, other.part) <= floor:
            found.append(other)
    found.sort(key=lambda proposal: weighted(arrays, proposal.scores, goals))
    kept = found[:1]
    for proposal in found[1:]:
        apart = all(_share_apart(arrays, proposal.part, other.part) >= CLEARLY for other in kept)
        if apart and not any(dominates(other.scores, proposal.scores) for other in kept):
            kept.append(proposal)
    return [
        proposal
        for proposal in kept
        if proposal is kept[0]
        or not any(dominates(other.scores, proposal.scores) for other in kept if other is not proposal)
    ]


def assembled(arrays: Arrays, parted: Split, outcomes: Sequence[Outcome], rank: int) -> Ints:
    """Return the (n,) part of each block: ordinary parts by parent and first block, exempt parts last.

    Every task brings its proposal of the given rank, 0 for the best, or its last one.
    """
    part = np.full(arrays.blocks, -1, dtype=np.int64)
    begun = 0
    for task, outcome in zip(parted.tasks, outcomes, strict=True):
        found = outcome.parts[min(rank, len(outcome.parts) - 1)]
        free = ~arrays.exempt[task.blocks]
        labels, local = np.unique(found[free], return_inverse=True)
        part[task.blocks[free]] = begun + local
        begun += len(labels)
    part[parted.lone] = begun + np.arange(len(parted.lone))
    begun += len(parted.lone)
    free = ~arrays.exempt
    part[free] = _in_order(part[free], arrays.parent[free])
    if "present" in arrays.known:
        part[free] = kept_labels(arrays, part, begun)[free]
    for number, blocks in enumerate(parted.reduction.exempt_parts):
        part[blocks] = begun + number
    return part


def _in_order(part: Ints, parent: Ints) -> Ints:
    labels, first, inverse = np.unique(part, return_index=True, return_inverse=True)
    rank = np.empty(len(labels), dtype=np.int64)
    rank[np.lexsort((first, parent[first]))] = np.arange(len(labels))
    return rank[inverse]


def _share_apart(arrays: Arrays, one: Ints, two: Ints) -> float:
    """Return the share of the measure in another part, labels matched parent by parent: parts never cross them."""
    weight = arrays.columns[arrays.measure()]
    if weight.sum() <= 0:
        weight = np.ones(len(one))
    apart = 0.0
    order = np.argsort(arrays.parent, kind="stable")
    for blocks in np.split(order, np.cumsum(np.bincount(arrays.parent, minlength=arrays.parents))[:-1]):
        ones, mine = np.unique(one[blocks], return_inverse=True)
        twos, theirs = np.unique(two[blocks], return_inverse=True)
        label = matched_labels(mine, theirs, weight[blocks], (len(ones), len(twos)))
        apart += float(weight[blocks][label[mine] != theirs].sum())
    return apart / float(weight.sum())


def _proven(
    problem: Problem,
    parted: Split,
    outcomes: Sequence[Outcome],
    goals: Mapping[str, float],
    reasons: Sequence[Reason],
) -> tuple[Proven | None, float | None]:
    """Return what the tasks prove of the whole, and the least weighted sum of goals there can be, where known.

    Only cut edges are a plain sum over tasks; other goals are means or shares of the whole.
    """
    if reasons:
        return "infeasible", None
    if not all(task.forced for task in parted.tasks) or goals.keys() != {"cut_edges"}:
        return None, None
    bounds = [outcome.lower_bound for outcome in outcomes]
    if any(bound is None for bound in bounds):
        return None, None
    between = cut_edges(problem.arrays, problem.arrays.parent)
    bound = goals["cut_edges"] * between + sum(bound for bound in bounds if bound is not None)
    return ("optimal" if all(outcome.proven == "optimal" for outcome in outcomes) else None), bound


def _stopped_by(outcomes: Sequence[Outcome]) -> StoppedBy:
    ends = {outcome.stopped_by for outcome in outcomes}
    for end in ("cancel", "time", "steps"):
        if end in ends:
            return end
    return "proof" if ends else "steps"
