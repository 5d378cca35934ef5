"""Class breaks of choropleths, against mapclassify."""

from __future__ import annotations

import numpy as np
import pytest
from mapclassify import Quantiles

from maps.figures import CLASSES, class_breaks


@pytest.mark.parametrize("count", [CLASSES, 12, 41, 265])
def test_classes_hold_as_many_units_each(count: int) -> None:
    values = np.random.default_rng(count).lognormal(3, 1, count)
    breaks = class_breaks(values)
    assert breaks == [round(float(one), 4) for one in (values.min(), *Quantiles(values, k=CLASSES).bins)]
    held = np.histogram(values, [breaks[0] - 1, *breaks[1:-1], breaks[-1] + 1])[0]
    assert held.max() - held.min() <= 1


def test_repeated_values_leave_fewer_classes() -> None:
    assert class_breaks(np.array([3.0, 3.0, 3.0])) == [3.0]
    assert class_breaks(np.array([1.0, 2.0, 2.0, 2.0])) == [1.0, 2.0]


def test_without_values_there_are_no_classes() -> None:
    assert class_breaks(np.array([])) == []
