from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from boundaries.balancing import ProblemError, propose
from boundaries.balancing.goals import border_costs, scores

if TYPE_CHECKING:
    from collections.abc import Callable

    from boundaries.balancing import Problem

ROWS = np.array([0, 0, 1, 1])


def scored(problem: Problem, part: np.ndarray) -> dict[str, float]:
    return scores(problem.arrays, part, border_costs(problem.arrays, problem.barrier_costs))


def test_cut_edges_of_two_rows_are_the_two_pairs_between_them(four_cells: Callable[..., Problem]) -> None:
    assert scored(four_cells(), ROWS)["cut_edges"] == 2


def test_half_the_border_between_the_rows_runs_on_the_road(four_cells: Callable[..., Problem]) -> None:
    assert scored(four_cells(), ROWS)["border"] == pytest.approx(0.5)


def test_a_wall_is_a_clear_border_of_less_worth(four_cells: Callable[..., Problem]) -> None:
    assert scored(four_cells(barrier=[1, 2, 3, 1]), ROWS)["border"] == pytest.approx((100 * 0.25 + 0) / 200)


def test_the_planner_sets_the_cost_of_a_barrier(four_cells: Callable[..., Problem]) -> None:
    assert scored(four_cells(barrier_costs={3: 0.4}), ROWS)["border"] == pytest.approx((100 + 40) / 200)


def test_without_an_inner_border_none_is_unclear(four_cells: Callable[..., Problem]) -> None:
    assert scored(four_cells(), np.zeros(4, dtype=np.int64))["border"] == 0


def test_compactness_of_two_oblongs_is_that_of_each(four_cells: Callable[..., Problem]) -> None:
    polsby_popper = 4 * math.pi * 20_000 / 600**2
    assert scored(four_cells(), ROWS)["compactness"] == pytest.approx(1 - polsby_popper)


def test_balance_of_three_and_seven_residents_is_two_fifths(four_cells: Callable[..., Problem]) -> None:
    assert scored(four_cells(), ROWS)["balance"] == pytest.approx(2 / 5)


def test_area_balance_of_one_and_three_squares_is_a_half(four_cells: Callable[..., Problem]) -> None:
    assert scored(four_cells(), np.array([0, 1, 1, 1]))["area_balance"] == pytest.approx(1 / 2)


def test_balance_compares_siblings_only(four_cells: Callable[..., Problem]) -> None:
    problem = four_cells(parent=[0, 0, 1, 1], parts=4)
    expected = math.sqrt((2 * (0.5 / 1.5) ** 2 + 2 * (0.5 / 3.5) ** 2) / 4)
    assert scored(problem, np.arange(4))["balance"] == pytest.approx(expected)


def test_exempt_parts_are_not_judged(four_cells: Callable[..., Problem]) -> None:
    problem = four_cells(exempt=[0, 0, 0, 1], parts=1)
    found = scored(problem, np.array([0, 0, 0, 1]))
    assert found["balance"] == 0
    assert found["compactness"] == pytest.approx(1 - 4 * math.pi * 30_000 / 800**2)


@pytest.mark.parametrize(
    ("goals", "message"),
    [
        ({"beauty": 1.0}, "no goal 'beauty'"),
        ({"border": -1.0}, "weight of goal 'border'"),
        ({"border": math.nan}, "weight of goal 'border'"),
    ],
)
def test_goals_that_cannot_be_meant_are_named(
    four_cells: Callable[..., Problem], goals: dict[str, float], message: str
) -> None:
    with pytest.raises(ProblemError, match=message):
        propose(four_cells(), goals, steps=1)


def test_a_goal_without_its_data_is_named(four_cells: Callable[..., Problem]) -> None:
    with pytest.raises(ProblemError, match="'compactness' needs border_m"):
        propose(four_cells(border_m=None, barrier=None), {"compactness": 1.0}, steps=1)


def test_unknown_barriers_are_said(four_cells: Callable[..., Problem]) -> None:
    assert "unclear" in propose(four_cells(barrier=[0] * 4), steps=1).notes[0]
    assert propose(four_cells(), steps=1).notes == []
