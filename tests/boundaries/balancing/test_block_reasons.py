"""Proofs that name blocks."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boundaries.balancing import Band, Problem, propose
from boundaries.balancing.block_reasons import adjacency
from boundaries.balancing.cut_blocks import hanging_sums
from boundaries.balancing.reach import most_in_reach


def test_a_block_that_alone_holds_a_scrap_is_named_with_what_it_holds() -> None:
    chain = Problem(
        edges=[(0, 1), (1, 2), (2, 3), (3, 4)],
        columns={"residents": [600, 384, 519, 700, 600]},
        bands={"residents": Band(1000, 1500)},
        names=["a", "b", "c", "d", "e"],
    )
    reasons = [reason for reason in propose(chain, steps=1).reasons if reason.rule == "articulation"]
    assert reasons[0].blocks == ("c", "a", "b")
    assert "Block c in the whole (519 residents) alone joins 984 residents behind it" in str(reasons[0])
    assert "raise the upper band to 1,503" in str(reasons[0])


@given(
    pairs=st.sets(
        st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1]), min_size=6
    ),
    values=st.lists(st.integers(0, 9), min_size=12, max_size=12),
    low=st.integers(1, 15),
)
def test_hanging_scraps_are_those_networkx_cuts_off(
    pairs: set[tuple[int, int]], values: list[int], low: int
) -> None:
    graph = nx.Graph(list(pairs))
    graph.add_nodes_from(range(12))
    indptr, neighbour = adjacency(np.array(sorted(pairs)), 12)
    held, scraps = hanging_sums(
        indptr, neighbour, np.array(values, dtype=float)[:, None], np.array([float(low)])
    )
    for v in range(12):
        piece = graph.subgraph(nx.node_connected_component(graph, v) - {v})
        cut_off = [c for c in nx.connected_components(piece) if sum(values[u] for u in c) < low]
        if nx.number_connected_components(piece) > 1:
            assert scraps[v] == len(cut_off)
            assert held[v, 0] == values[v] + sum(values[u] for c in cut_off for u in c)


def test_what_is_in_reach_bounds_every_part_of_an_enumeration() -> None:
    rng = np.random.default_rng(0)
    edges = np.array([(i, i + 1) for i in range(12) if i % 4 < 3] + [(i, i + 4) for i in range(8)])
    wanted, spent = rng.integers(0, 9, 12).astype(float), rng.integers(1, 9, 12).astype(float)
    indptr, neighbour = adjacency(edges, 12)
    bound = most_in_reach(indptr, neighbour, wanted, spent, 14.0, 1e9)
    graph = nx.Graph(edges.tolist())
    best = np.zeros(12)
    for code in range(1, 2**12):
        nodes = [v for v in range(12) if code >> v & 1]
        if spent[nodes].sum() <= 14 and nx.is_connected(graph.subgraph(nodes)):
            best[nodes] = np.maximum(best[nodes], wanted[nodes].sum())
    assert (bound >= best - 1e-9).all()
    assert (bound < wanted.sum()).any()


def test_blocks_that_spend_nothing_are_in_reach_of_one_that_spends_all() -> None:
    indptr, neighbour = adjacency(np.array([[0, 1]]), 2)
    assert most_in_reach(
        indptr, neighbour, np.array([1.0, 0.0]), np.array([0.0, 4.0]), 4.0, 9.0
    ).tolist() == [1, 1]


def test_blocks_among_poor_neighbours_are_named_with_the_bands_it_takes() -> None:
    residents = np.full(25, 300.0)
    households = np.full(25, 100.0)
    households[[0, 1, 5, 6]] = 250.0
    edges = [(i, i + 1) for i in range(25) if i % 5 < 4] + [(i, i + 5) for i in range(20)]
    bands = {"residents": Band(1000, 1500), "households": Band(300, 500)}
    answer = propose(Problem(edges, {"residents": residents, "households": households}, bands), steps=5)
    rules = {reason.rule for reason in answer.reasons}
    assert rules & {"out_of_reach", "out_of_proportion"}
    assert any("0" in reason.blocks for reason in answer.reasons)
    assert answer.proven == "infeasible"


@given(
    residents=st.lists(st.integers(0, 9), min_size=9, max_size=9),
    households=st.lists(st.integers(0, 9), min_size=9, max_size=9),
    low=st.integers(1, 12),
    high=st.integers(4, 14),
)
def test_no_proof_contradicts_an_enumeration(
    residents: list[int], households: list[int], low: int, high: int
) -> None:
    edges = [(i, i + 1) for i in range(9) if i % 3 < 2] + [(i, i + 3) for i in range(6)]
    bands = {"residents": Band(low, 99), "households": Band(0, high)}
    answer = propose(
        Problem(edges, {"residents": residents, "households": households}, bands, parts=(1, 9)), steps=1
    )
    if not answer.reasons:
        return
    graph = nx.Graph(edges)
    people, homes = np.array(residents), np.array(households)
    fits = [
        set(nodes)
        for code in range(1, 2**9)
        for nodes in [[v for v in range(9) if code >> v & 1]]
        if people[nodes].sum() >= low
        and homes[nodes].sum() <= high
        and nx.is_connected(graph.subgraph(nodes))
    ]
    assert not _covers(fits, set(range(9)))


def _covers(sets: list[set[int]], left: set[int]) -> bool:
    if not left:
        return True
    first = min(left)
    return any(_covers(sets, left - one) for one in sets if first in one and one <= left)
