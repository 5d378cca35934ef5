from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing import Band, Problem
from boundaries.balancing.layout import lay_out
from boundaries.balancing.pieces import reduce
from boundaries.balancing.recombining import recombine
from boundaries.balancing.state import make_plan, total_cost

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SQUARES_THEN_ROWS = np.array([[0, 0, 1, 1, 2, 2, 2, 2], [0, 0, 1, 1, 3, 3, 3, 3]])
ROWS_THEN_SQUARES = np.array([[0, 0, 0, 0, 2, 2, 3, 3], [1, 1, 1, 1, 2, 2, 3, 3]])


def test_the_good_halves_of_two_plans_become_one(grid: Callable[[int, int], NDArray[np.int64]]) -> None:
    edges = grid(8, 2)
    problem = Problem(edges, {"residents": np.ones(16)}, {"residents": Band(4, 4)}, parts=4)
    layout = lay_out(problem.arrays, reduce(problem.arrays), {"cut_edges": 1.0}, np.ones(len(edges)), 0)
    runs = layout.starts[:2]
    for run, plan in zip(runs, (SQUARES_THEN_ROWS, ROWS_THEN_SQUARES), strict=True):
        run.best = plan.ravel().astype(np.int32)
        run.pool = run.best[None, :]
        run.best_cost = total_cost(run.graph, make_plan(run.graph, run.aims, run.best, 4))
        assert run.best_cost == 2 + 2 + 4
    assert recombine(runs, 10.0)
    assert runs[0].best_cost == 2 + 2 + 2
    squares = runs[0].best.reshape(2, 8)
    assert (squares[0] == squares[1]).all()
    assert not recombine(runs, 10.0)
