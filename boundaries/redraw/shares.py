"""Dividing the counts of a block among the pieces it was cut into, so that nobody is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MILLIONTHS = 1e6
"""Counts that are not whole are divided in millionths, as they are added."""


def divided(value: float, weights: Floats) -> Floats:
    """Divide a count in proportion to weights by largest remainders (Hare and Niemeyer).

    Whole counts stay whole; others are divided in millionths.

    Parameters
    ----------
    weights
        (k,) not negative; all zero divides evenly.

    Returns
    -------
    (k,) float
        Their sum is ``value``. Equal remainders go to the first.
    """
    scale = 1.0 if float(value).is_integer() else MILLIONTHS
    total = weights.sum()
    share = weights / total if total > 0 else np.full(len(weights), 1 / len(weights))
    units = round(value * scale)
    exact = share * units
    given = np.floor(exact)
    order = np.argsort(given - exact, kind="stable")
    given[order[: round(units - given.sum())]] += 1
    return np.asarray(given / scale, dtype=np.float64)
