"""Sums by label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def sums_by(label: Ints, values: Floats, labels: int) -> Floats:
    """Return the (labels,) sums of ``values`` (n,) over the entries with each ``label`` (n,), 0 .. labels-1."""
    return np.asarray(np.bincount(label, values, labels), dtype=np.float64)
