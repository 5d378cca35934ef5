"""Lower bounds against enumerations of every plan of small districts."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.balancing import Band, Problem, propose
from boundaries.balancing.area_bounds import area_balance_bound
from boundaries.balancing.block_reasons import adjacency
from boundaries.balancing.bounds import bounds_before
from boundaries.balancing.cut_bounds import flow_bound, flow_loads, tree_bound
from boundaries.balancing.goals import border_costs, scores
from boundaries.balancing.pieces import reduce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Grid = Callable[[int, int], NDArray[np.int64]]


NINE = [(i, i + 1) for i in range(9) if i % 3 < 2] + [(i, i + 3) for i in range(6)]


def lawful_plans(problem: Problem, counts: range) -> Iterator[NDArray[np.int64]]:
    """Every plan of connected parts within the bands, by brute force over labels in order of first use."""
    arrays = problem.arrays
    graph = nx.Graph(arrays.edges.tolist())
    n = arrays.blocks
    for rest in itertools.product(range(max(counts)), repeat=n - 1):
        plan = np.array((0, *rest))
        labels = list(dict.fromkeys(plan.tolist()))
        if labels != list(range(len(labels))) or len(labels) not in counts:
            continue
        sums = {name: np.bincount(plan, arrays.columns[name]) for name in arrays.bands}
        fits = all(
            (sums[name] >= band.low).all() and (sums[name] <= band.high).all()
            for name, band in arrays.bands.items()
        )
        if fits and all(
            nx.is_connected(graph.subgraph(np.flatnonzero(plan == label).tolist())) for label in labels
        ):
            yield plan


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_plan_of_an_enumeration_scores_below_a_bound(data: st.DataObject) -> None:
    numbers = st.lists(st.integers(0, 9), min_size=9, max_size=9)
    residents, area, cost = (
        data.draw(numbers),
        data.draw(numbers),
        data.draw(st.lists(st.integers(0, 5), min_size=12, max_size=12)),
    )
    mean = sum(residents) / 3
    off = data.draw(st.sampled_from([0.2, 0.5, 0.9]))
    problem = Problem(
        NINE,
        {"residents": residents, "area_m2": np.array(area) + 1},
        {"residents": Band(math.ceil((1 - off) * mean), math.floor((1 + off) * mean) + 1)},
        parts=data.draw(st.sampled_from([3, (2, 3)])),
    )
    arrays = problem.arrays
    band = arrays.bands["residents"]
    reduction = reduce(arrays)
    least, most = arrays.parts
    uneven = area_balance_bound(arrays, reduction, [(least, most)]) if not reduction.alone else 0.0
    weights = np.array(cost, dtype=float)
    indptr, neighbour = adjacency(arrays.edges, 9)
    ends = zip(np.repeat(np.arange(9), np.diff(indptr)).tolist(), neighbour.tolist(), strict=True)
    of_edge = {pair: i for i, (a, b) in enumerate(arrays.edges.tolist()) for pair in ((a, b), (b, a))}
    both = weights[[of_edge[pair] for pair in ends]]
    cut = flow_bound(indptr, neighbour, both, arrays.columns["residents"], band.high, 1e6)
    edges = (
        bounds_before(arrays, reduction, {"cut_edges": 1.0}, 10.0).cut_edges if not reduction.alone else (0,)
    )
    tree = tree_bound(weights, least)
    for plan in lawful_plans(problem, range(least, most + 1)):
        scored = scores(arrays, plan, border_costs(arrays, None))
        cost_cut = weights[plan[arrays.edges[:, 0]] != plan[arrays.edges[:, 1]]].sum()
        assert cut <= cost_cut + 1e-9
        assert tree <= cost_cut + 1e-9
        assert sum(edges) <= scored["cut_edges"]
        assert uneven <= scored["area_balance"] + 1e-9


def test_flows_bound_the_halves_of_a_ring_exactly() -> None:
    ring = np.array([(i, (i + 1) % 24) for i in range(24)])
    indptr, neighbour = adjacency(ring, 24)
    assert flow_bound(indptr, neighbour, np.ones(48), np.ones(24), 12.0, 1e6) == pytest.approx(2.0)


def test_flows_carry_no_more_than_an_edge_costs() -> None:
    indptr, neighbour = adjacency(np.array([(0, 1), (1, 2), (0, 2), (2, 3)]), 4)
    cost = np.where((neighbour == 3) | (np.repeat(np.arange(4), np.diff(indptr)) == 3), 0.5, 1.0)
    load, paid, sent = flow_loads(indptr, neighbour, cost, np.ones(4), 99.0, np.ones(4), np.ones(8))
    assert sent.tolist() == [4, 4, 4, 4]
    assert paid.tolist() == [4, 4, 3, 5]
    assert load[(neighbour == 3)].tolist() == [6]


def test_a_block_larger_than_its_share_keeps_areas_uneven() -> None:
    problem = Problem(
        [(0, 1), (1, 2), (2, 3)],
        {"residents": [1, 1, 1, 1], "area_m2": [7.0, 1.0, 1.0, 1.0]},
        {"residents": Band(1, 3)},
        parts=2,
    )
    bound = propose(problem, {"area_balance": 1.0}, steps=5).bounds["area_balance"]
    assert bound == pytest.approx(0.4)


def test_a_dense_corner_keeps_areas_uneven() -> None:
    problem = Problem(
        [(0, 1), (1, 2), (2, 3)],
        {"residents": [10, 10, 1, 1], "area_m2": [1.0, 1.0, 5.0, 5.0]},
        {"residents": Band(1, 12)},
        parts=2,
    )
    answer = propose(problem, {"area_balance": 1.0}, steps=5)
    assert answer.bounds["area_balance"] == pytest.approx(5 / 6)
    assert answer.proposals[0].scores["area_balance"] == pytest.approx(5 / 6)


def test_a_large_district_has_a_bound_below_its_plan(grid: Grid) -> None:
    residents = np.random.default_rng(0).integers(5, 15, 400)
    problem = Problem(grid(20, 20), {"residents": residents}, {"residents": Band(700, 1300)}, parts=4)
    answer = propose(problem, {"cut_edges": 2.0}, steps=200)
    assert answer.proven is None
    assert answer.lower_bound == 2 * answer.bounds["cut_edges"]
    assert 25 <= answer.bounds["cut_edges"] <= answer.proposals[0].scores["cut_edges"]


def test_borders_between_parents_are_part_of_the_bound(grid: Grid) -> None:
    problem = Problem(
        grid(6, 2),
        {"residents": np.ones(12)},
        {"residents": Band(3, 3)},
        parent=np.arange(12) % 6 // 3,
        parts=4,
    )
    answer = propose(problem, {"cut_edges": 1.0}, steps=5)
    assert answer.proven == "optimal"
    assert (
        answer.lower_bound
        == answer.bounds["cut_edges"]
        == answer.proposals[0].scores["cut_edges"]
        == 2 + 3 + 3
    )


def test_walking_and_moving_have_bounds_of_their_own() -> None:
    problem = Problem(
        [(0, 1), (1, 2), (2, 3)],
        {"residents": [4, 4, 4, 4]},
        {"residents": Band(4, 8)},
        parts=2,
        present=[0, 0, 0, 1],
        walk_minutes=[[1, 9], [3, 5], [9, 2], [9, 2]],
    )
    answer = propose(problem, {"walking": 1.0, "moved": 1.0}, steps=5)
    assert answer.bounds == {"walking": 2.0, "moved": 4.0}
    assert answer.lower_bound == 2.0 + 4.0 / 16
    assert answer.proposals[0].scores["walking"] == 2.0
    assert answer.proposals[0].scores["moved"] == 4.0
    assert answer.proven is None
