"""Gives the parts of a new plan the labels of the present one, so that few people change their unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Ints = NDArray[np.int64]


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
    shared = np.zeros((parts, parts))
    np.add.at(shared, (part[held], arrays.present[held]), weight[held])
    fixed = held & arrays.locked
    shared[part[fixed], arrays.present[fixed]] += 2 * weight.sum()
    rows, columns = linear_sum_assignment(shared, maximize=True)
    label = np.empty(parts, dtype=np.int64)
    label[rows] = columns
    return np.where(part >= 0, label[np.maximum(part, 0)], part)
