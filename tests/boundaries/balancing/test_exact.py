"""The exact solver against enumerations by networkx and against published optima."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

from boundaries.balancing import Band, Problem, propose
from boundaries.balancing.census import AT_FOUND, DONE, enumerate_parts, make_census
from boundaries.balancing.layout import lay_out
from boundaries.balancing.pieces import reduce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Grid = Callable[[int, int], NDArray[np.int64]]


def test_the_census_meets_every_connected_set_once(grid: Grid) -> None:
    edges = grid(4, 3)
    problem = Problem(edges, {"residents": np.ones(12)}, {"residents": Band(1, 11)}, parts=2)
    start = lay_out(
        problem.arrays, reduce(problem.arrays), {"cut_edges": 1.0}, np.ones(len(edges)), 0
    ).starts[0]
    census = make_census(start.graph, 5000, 12)
    assert enumerate_parts(start.graph, start.aims, census, np.inf, (1, 11), 10_000_000) == DONE
    found = {tuple(np.flatnonzero(row)) for row in census.found[: census.at[AT_FOUND]]}
    graph = nx.Graph(edges.tolist())
    expected = {
        nodes
        for size in range(1, 12)
        for nodes in itertools.combinations(range(12), size)
        if nx.is_connected(graph.subgraph(nodes))
    }
    assert len(found) == census.at[AT_FOUND]
    assert found == expected


def five_by_five(tolerance: float) -> Problem:
    residents = np.random.default_rng(1).integers(80, 120, 25)
    mean = residents.sum() / 5
    edges = [(i, i + 1) for i in range(25) if i % 5 < 4] + [(i, i + 5) for i in range(20)]
    band = Band(mean * (1 - tolerance), mean * (1 + tolerance))
    return Problem(edges, {"residents": residents}, {"residents": band}, parts=5)


@pytest.mark.parametrize(("tolerance", "cut"), [(0.2, 14), (0.05, 16), (0.02, 17)])
def test_an_optimum_is_proven_with_its_bound(tolerance: float, cut: int) -> None:
    answer = propose(five_by_five(tolerance), {"cut_edges": 1.0}, steps=10)
    assert answer.proven == "optimal"
    assert answer.stopped_by == "proof"
    assert answer.lower_bound == cut
    assert answer.proposals[0].scores["cut_edges"] == cut


def test_a_division_that_cannot_be_is_proven_and_the_nearest_bands_are_named() -> None:
    answer = propose(five_by_five(0.005), {"cut_edges": 1.0}, steps=10)
    assert answer.proven == "infeasible"
    assert [reason.rule for reason in answer.reasons] == ["no_division"]
    low, high = answer.reasons[0].figures["low:residents"], answer.reasons[0].figures["high:residents"]
    wider = five_by_five(0.005)
    again = Problem(wider.edges, wider.columns, {"residents": Band(float(low), float(high))}, parts=5)
    assert propose(again, {"cut_edges": 1.0}, steps=10).reasons == []


def test_the_bands_named_are_the_nearest_of_an_enumeration(grid: Grid) -> None:
    residents = np.random.default_rng(5).integers(5, 30, 12)
    mean = float(residents.sum() / 4)
    edges = grid(4, 3)
    problem = Problem(edges, {"residents": residents}, {"residents": Band(mean - 0.4, mean + 0.4)}, parts=4)
    answer = propose(problem, {"cut_edges": 1.0}, steps=10)
    assert answer.proven == "infeasible"
    graph = nx.Graph(edges.tolist())
    parts = [
        nodes
        for size in range(1, 10)
        for nodes in itertools.combinations(range(12), size)
        if nx.is_connected(graph.subgraph(nodes))
    ]
    best = math.inf
    for chosen in covers(parts, frozenset(range(12)), 4):
        sums = [int(residents[list(nodes)].sum()) for nodes in chosen]
        best = min(best, max(mean - 0.4 - min(sums), 0) + max(max(sums) - mean - 0.4, 0))
    figures = answer.reasons[0].figures
    low, high = float(figures.get("low:residents", mean)), float(figures.get("high:residents", mean))
    assert mean - 0.4 - low + high - mean - 0.4 < best + 1.0
    assert ", the nearest, of residents of " in str(answer.reasons[0])


def covers(parts: list[tuple[int, ...]], left: frozenset[int], count: int) -> Iterator[list[tuple[int, ...]]]:
    """Every choice of so many parts that hold each node left once."""
    if not left or not count:
        if not left and not count:
            yield []
        return
    first = min(left)
    for nodes in parts:
        if first in nodes and left.issuperset(nodes):
            for rest in covers(parts, left.difference(nodes), count - 1):
                yield [nodes, *rest]


def test_a_single_chain_of_blocks_above_and_below_is_not_called_infeasible_too_early() -> None:
    chain = Problem(
        [(i, i + 1) for i in range(5)], {"residents": [1, 2, 3, 3, 2, 1]}, {"residents": Band(3, 6)}, parts=3
    )
    answer = propose(chain, {"cut_edges": 1.0}, steps=10)
    assert answer.proven == "optimal"
    assert answer.unmet == []


def test_goals_that_are_no_sums_are_not_called_optimal(four_cells: Callable[..., Problem]) -> None:
    assert propose(four_cells(), {"border": 1.0}, steps=10).proven is None
    assert propose(four_cells(), {"compactness": 1.0}, steps=10).proven == "optimal"
    assert propose(four_cells(), {"compactness": 1.0, "cut_edges": 1.0}, steps=10).proven is None


def test_a_piece_of_many_possible_parts_is_settled_after_the_search() -> None:
    residents = np.random.default_rng(0).integers(80, 120, 25)
    edges = [(i, i + 1) for i in range(25) if i % 5 < 4] + [(i, i + 5) for i in range(20)]
    edges += [(i, i + 6) for i in range(19) if i % 5 < 4] + [(i, i + 4) for i in range(20) if i % 5 > 0]
    mean = residents.sum() / 5
    problem = Problem(edges, {"residents": residents}, {"residents": Band(0.8 * mean, 1.2 * mean)}, parts=5)
    answer = propose(problem, {"cut_edges": 1.0}, steps=50)
    assert answer.proven == "optimal"
    assert answer.steps_done.finish[:2] == (1, 1)
    again = propose(problem, {"cut_edges": 1.0}, steps=answer.steps_done)
    assert again.proven == "optimal"
    assert np.array_equal(answer.proposals[0].part, again.proposals[0].part)


@pytest.mark.real
@pytest.mark.parametrize(("state", "proven"), [("ID", True), ("ME", True), ("NM", True), ("AR", False)])
def test_counties_reach_the_published_optimum(shared_data: Path, state: str, proven: bool) -> None:
    graph = np.load(shared_data / "graphs" / f"county_{state}.npz")
    total, parts = graph["population"].sum(), int(graph["k"])
    band = Band(math.ceil(0.995 * total / parts), math.floor(1.005 * total / parts))
    problem = Problem(graph["edges"], {"residents": graph["population"]}, {"residents": band}, parts=parts)
    limit = {"time_limit_s": 15.0} if proven else {"steps": 20_000}
    answer = propose(problem, {"cut_edges": 1.0}, seed=1, workers=2, **limit)
    assert answer.proposals[0].scores["cut_edges"] == int(graph["best_known"])
    assert answer.unmet == []
    assert (answer.proven == "optimal") == proven
