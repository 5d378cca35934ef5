"""Dividing counts among the pieces of a block."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.redraw.shares import divided

weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=8)


def test_the_largest_remainders_get_what_is_left() -> None:
    assert divided(10, [1.0, 1.0, 1.0]) == [4, 3, 3]
    assert divided(100, [0.334, 0.333, 0.333]) == [34, 33, 33]
    assert divided(7, [70.0, 30.0]) == [5, 2]


def test_without_any_weight_all_pieces_are_alike() -> None:
    assert divided(5, [0.0, 0.0]) == [3, 2]


@given(st.integers(0, 10**6), weights)
def test_whole_counts_stay_whole_and_nobody_is_lost(value: int, weight: list[float]) -> None:
    shares, weight_of = np.array(divided(value, weight)), np.array(weight)
    assert shares.sum() == value
    assert (shares == np.floor(shares)).all()
    assert (shares >= 0).all()
    exact = value * (weight_of / weight_of.sum() if weight_of.sum() > 0 else 1 / len(weight))
    assert np.abs(shares - exact).max() < 1 + 1e-6


@given(st.floats(0.001, 1e5), weights)
def test_other_counts_keep_their_sum_in_millionths(value: float, weight: list[float]) -> None:
    assert sum(divided(value, weight)) == pytest.approx(value, abs=1e-6)
