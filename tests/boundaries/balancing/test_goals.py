from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from boundaries.balancing import Band, Problem, ProblemError, propose
from boundaries.balancing.goals import border_costs, scores

if TYPE_CHECKING:
    from collections.abc import Callable


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


def test_walking_is_the_mean_way_to_the_one_point_that_serves_the_part_best(
    four_cells: Callable[..., Problem],
) -> None:
    problem = four_cells(walk_minutes=[[1, 9], [2, 9], [9, 5], [8, 4]])
    assert scored(problem, ROWS)["walking"] == pytest.approx((1 * 1 + 2 * 2 + 3 * 5 + 4 * 4) / 10)
    assert scored(problem, np.zeros(4, dtype=np.int64))["walking"] == pytest.approx((9 + 18 + 15 + 16) / 10)


def test_moved_counts_residents_after_the_best_matching_of_labels(four_cells: Callable[..., Problem]) -> None:
    problem = four_cells(present=[7, 7, 3, 3])
    assert scored(problem, ROWS)["moved"] == 0
    assert scored(problem, np.array([1, 1, 1, 0]))["moved"] == 3
    assert scored(four_cells(present=[-1, 0, 1, 1]), np.array([0, 1, 1, 0]))["moved"] == 3


def test_the_search_follows_walking_and_moved(grid: Callable[[int, int], np.ndarray]) -> None:
    n, present = 64, np.arange(64) % 8 // 4 + 2 * (np.arange(64) // 32)
    xy = np.column_stack([np.arange(n) % 8, np.arange(n) // 8])
    halls = np.array([[0, 0], [7, 0], [0, 7], [7, 7]])
    minutes = np.abs(xy[:, None, :] - halls[None]).sum(axis=2)
    problem = Problem(
        grid(8, 8), {"residents": np.ones(n)}, {"residents": Band(14, 18)}, parts=4,
        present=present, walk_minutes=minutes,
    )  # fmt: skip
    plain = propose(problem, {"cut_edges": 1.0}, steps=100, seed=3).proposals[0].scores
    assert propose(problem, {"moved": 1.0}, steps=100, seed=3).proposals[0].scores["moved"] == 0
    near = propose(problem, {"walking": 1.0}, steps=400, seed=3).proposals[0].scores["walking"]
    assert near == pytest.approx(3.0)
    assert near <= plain["walking"]


def test_a_broken_present_part_is_mended_with_few_moves(grid: Callable[[int, int], np.ndarray]) -> None:
    present = np.repeat([0, 1, 2, 3], 16)
    present[[0, 63]] = [3, 0]
    problem = Problem(
        grid(8, 8), {"residents": np.ones(64)}, {"residents": Band(14, 18)}, parts=4, present=present
    )
    answer = propose(problem, {"moved": 1.0}, steps=100)
    assert answer.unmet == []
    assert answer.proposals[0].scores["moved"] == 2
