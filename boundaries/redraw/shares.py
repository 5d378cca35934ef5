"""Dividing the counts of a block among the pieces it was cut into, so that nobody is lost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MILLIONTHS = 1_000_000
"""Counts that are not whole are divided in millionths, as they are added."""


def divided(value: float, weights: Sequence[float]) -> list[float]:
    """Divide a count in proportion to weights by largest remainders (Hare and Niemeyer).

    Whole counts stay whole; others are divided in millionths.

    Parameters
    ----------
    weights
        Not negative; all zero divides evenly. A block has few pieces, so plain numbers are fastest.

    Returns
    -------
    list of float
        One for each weight. Their sum is ``value``. Equal remainders go to the first.
    """
    scale = 1 if float(value).is_integer() else MILLIONTHS
    units, total = round(value * scale), sum(weights)
    exact = [weight / total * units if total > 0 else units / len(weights) for weight in weights]
    given = [math.floor(one) for one in exact]
    order = sorted(range(len(weights)), key=lambda k: given[k] - exact[k])
    for k in order[: units - sum(given)]:
        given[k] += 1
    return [one / scale for one in given]
