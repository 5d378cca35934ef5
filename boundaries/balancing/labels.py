"""Matches the labels of two plans, so that as few people as possible change their unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DENSE_PAIRS = 9_000_000
"""Up to so many pairs of labels are matched at the optimum, more of them greedily."""


def matched_labels(one: Ints, two: Ints, weight: Floats, labels: tuple[int, int]) -> Ints:
    """Return for each label of ``one`` the label of ``two`` it is matched with, or -1; no label is used twice.

    Parameters
    ----------
    one, two
        (n,) labels of the same blocks, 0 .. ``labels`` - 1.
    weight
        (n,) what the matched labels are to share as much of as possible.
    labels
        Number of labels of either.
    """
    found = np.full(labels[0], -1, dtype=np.int64)
    if labels[0] * labels[1] <= DENSE_PAIRS:
        from scipy.optimize import linear_sum_assignment

        shared = np.zeros(labels)
        np.add.at(shared, (one, two), weight)
        rows, columns = linear_sum_assignment(shared, maximize=True)
        found[rows] = columns
        return found
    key, place = np.unique(one * labels[1] + two, return_inverse=True)
    total = np.bincount(place, weight)
    taken = np.zeros(labels[1], dtype=np.bool_)
    for at in np.lexsort((key, -total)):
        a, b = divmod(int(key[at]), labels[1])
        if found[a] < 0 and not taken[b]:
            found[a], taken[b] = b, True
    return found


def kept_labels(arrays: Arrays, part: Ints, parts: int) -> Ints:
    """Return the plan relabelled so that as much as possible of the measure keeps its present part.

    Locked blocks keep theirs before anything else. Present labels from ``parts`` on have no counterpart.

    Parameters
    ----------
    arrays
        The problem with its present plan.
    part
        (n,) int, 0 .. parts-1, -1 on exempt blocks.
    parts
        Number of ordinary parts.
    """
    held = (part >= 0) & (arrays.present >= 0) & (arrays.present < parts)
    weight = arrays.columns[arrays.measure()] + 1e-9
    weight = np.where(arrays.locked, weight + 2 * weight.sum(), weight)
    label = matched_labels(part[held], arrays.present[held], weight[held], (parts, parts))
    free = np.setdiff1d(np.arange(parts), label)
    label[label < 0] = free
    return np.where(part >= 0, label[np.maximum(part, 0)], part)


def moved_measure(arrays: Arrays, part: Ints) -> float:
    """Return how much of the measure is in another part than now, labels matched so that it is least.

    Blocks without a present part do not count.
    """
    held = arrays.present >= 0
    if not held.any():
        return 0.0
    labels, present = np.unique(arrays.present[held], return_inverse=True)
    weight = arrays.columns[arrays.measure()][held]
    label = matched_labels(part[held], present, weight, (int(part.max()) + 1, len(labels)))
    return float(weight[label[part[held]] != present].sum())
