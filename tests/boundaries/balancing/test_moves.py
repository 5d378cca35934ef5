"""The inner loops against plain recomputation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

from boundaries.balancing import Band, Problem
from boundaries.balancing.annealing import Course, Finds, anneal, mend
from boundaries.balancing.clock import Clock
from boundaries.balancing.goals import border_costs, scores
from boundaries.balancing.layout import lay_out
from boundaries.balancing.pieces import reduce
from boundaries.balancing.search import Lap
from boundaries.balancing.state import make_plan, total_breach, total_cost

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from boundaries.balancing.search import Start

    Grid = Callable[[int, int], NDArray[np.int64]]


def make_start(
    edges: NDArray[np.int64], goals: dict[str, float], band: Band, parts: int
) -> tuple[Problem, Start]:
    rng = np.random.default_rng(5)
    n = int(edges.max()) + 1
    problem = Problem(
        edges,
        {"residents": rng.integers(0, 20, n), "area_m2": rng.uniform(50, 150, n)},
        {"residents": band},
        parts=parts,
        border_m=rng.uniform(5, 15, len(edges)),
        barrier=rng.integers(1, 6, len(edges)),
        outer_m=rng.uniform(0, 20, n),
    )
    costs = border_costs(problem.arrays, None)
    layout = lay_out(problem.arrays, reduce(problem.arrays), goals, costs, seed=3)
    return problem, layout.starts[0]


@pytest.mark.parametrize("heat", [2.0, 0.2])
def test_running_sums_equal_sums_computed_anew_after_many_moves(grid: Grid, heat: float) -> None:
    goals = {"cut_edges": 1.0, "border": 1.0, "compactness": 1.0, "balance": 1.0, "area_balance": 1.0}
    _, start = make_start(grid(12, 12), goals, Band(60, 140), 12)
    start.repair(Clock(None))
    plan = start.plan
    assert plan is not None
    finds = Finds(plan.part.copy(), np.array([np.inf]), np.empty((0, 0), dtype=np.int32))
    anneal(start.graph, start.aims, plan, start.dice, Course(300, heat, heat, 0.0), (0, 300), finds)
    anew = make_plan(start.graph, start.aims, plan.part, start.parts)
    for name in ("sums", "area", "around", "size", "term"):
        assert np.allclose(getattr(plan, name), getattr(anew, name), atol=1e-6), name
    graph = nx.Graph(grid(12, 12).tolist())
    for label in range(start.parts):
        assert nx.is_connected(graph.subgraph(np.flatnonzero(plan.part == label).tolist()))


def test_the_searched_cost_of_one_goal_is_its_score_but_for_scale(grid: Grid) -> None:
    problem, start = make_start(grid(8, 8), {"cut_edges": 1.0}, Band(0, 1000), 5)
    start.repair(Clock(None))
    assert start.plan is not None
    score = scores(problem.arrays, start.plan.part.astype(np.int64), np.zeros(len(problem.arrays.edges)))
    assert total_cost(start.graph, start.plan) == pytest.approx(score["cut_edges"])


def test_mending_never_makes_the_breach_worse_and_ends_within_the_bands(grid: Grid) -> None:
    _, start = make_start(grid(10, 10), {"cut_edges": 1.0}, Band(80, 110), 10)
    stripes = np.repeat(np.arange(10, dtype=np.int32), 10)
    plan = make_plan(start.graph, start.aims, stripes, 10)
    least = total_breach(start.aims, plan)
    assert least > 0
    for _ in range(300):
        out = mend(start.graph, start.aims, plan, start.dice, 1)
        assert out <= least + 1e-12
        least = out
    assert least == 0


def test_the_best_plan_is_never_costlier_than_the_repaired_one(grid: Grid) -> None:
    _, start = make_start(grid(10, 10), {"cut_edges": 1.0}, Band(60, 140), 10)
    start.repair(Clock(None))
    before = start.best_cost
    start.improve(Clock(None), Lap(200, 200, np.inf))
    assert start.best_cost < before
    assert total_cost(start.graph, make_plan(start.graph, start.aims, start.best, 10)) == pytest.approx(
        start.best_cost
    )
