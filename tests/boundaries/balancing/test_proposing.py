from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.balancing import Band, Problem, ProblemError, Steps, propose
from boundaries.balancing.clock import Clock
from boundaries.balancing.recombining import recombine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from boundaries.balancing import Answer
    from boundaries.balancing.search import Start

    Judge = Callable[[Problem, Answer], None]
    Grid = Callable[[int, int], NDArray[np.int64]]


def all_plans(graph: nx.Graph, parts: int) -> Iterator[tuple[int, ...]]:
    """Every division into connected parts, by brute force over labels in order of first use."""
    n = graph.number_of_nodes()
    for rest in itertools.product(range(parts), repeat=n - 1):
        part = (0, *rest)
        seen = list(dict.fromkeys(part))
        if seen == list(range(parts)) and all(
            nx.is_connected(graph.subgraph([v for v in range(n) if part[v] == label])) for label in seen
        ):
            yield part


@pytest.mark.parametrize("seed", range(4))
def test_tiny_districts_reach_the_optimum_of_an_enumeration(grid: Grid, seed: int) -> None:
    residents = np.random.default_rng(seed).integers(1, 9, 9)
    low, high = 0.6 * residents.sum() / 3, 1.4 * residents.sum() / 3
    edges = grid(3, 3)
    graph = nx.Graph(edges.tolist())
    cuts = []
    for plan in all_plans(graph, 3):
        part = np.array(plan)
        sums = np.bincount(part, residents)
        if sums.min() >= low and sums.max() <= high:
            cuts.append(int((part[edges[:, 0]] != part[edges[:, 1]]).sum()))
    problem = Problem(edges, {"residents": residents}, {"residents": Band(low, high)}, parts=3)
    answer = propose(problem, {"cut_edges": 1.0}, steps=300, seed=seed)
    assert bool(answer.unmet) == (not cuts)
    if cuts:
        assert answer.proposals[0].scores["cut_edges"] == min(cuts)


@st.composite
def districts(draw: st.DrawFn) -> Problem:
    """Grids with people here and there, parents, exempt blocks and groups."""
    width, height = draw(st.integers(2, 7)), draw(st.integers(2, 7))
    n = width * height
    number = np.arange(n).reshape(height, width)
    edges = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    residents = draw(st.lists(st.integers(0, 12), min_size=n, max_size=n))
    parent = None
    if draw(st.booleans()):
        parent = (np.arange(n) % width >= width // 2).astype(int)
    exempt = np.zeros(n, dtype=bool)
    exempt[draw(st.lists(st.integers(0, n - 1), max_size=2))] = True
    low = draw(st.integers(0, 20))
    return Problem(
        edges,
        {"residents": residents},
        {"residents": Band(low, low + draw(st.integers(0, 20)))},
        parts=draw(st.none() | st.integers(1, max(1, (n - int(exempt.sum())) // 2))),
        parent=parent,
        exempt=exempt,
    )


@settings(max_examples=40)
@given(problem=districts(), seed=st.integers(0, 5))
def test_every_plan_is_whole_nested_and_honest_about_its_bands(
    lawful: Judge, problem: Problem, seed: int
) -> None:
    lawful(problem, propose(problem, steps=20, seed=seed))


@settings(max_examples=40)
@given(
    residents=st.lists(st.integers(0, 9), min_size=9, max_size=9),
    low=st.integers(0, 12),
    width=st.integers(0, 6),
)
def test_reasons_are_given_only_where_an_enumeration_finds_no_plan(
    residents: list[int], low: int, width: int
) -> None:
    edges = [(i, i + 1) for i in range(9) if i % 3 < 2] + [(i, i + 3) for i in range(6)]
    problem = Problem(edges, {"residents": residents}, {"residents": Band(low, low + width)}, parts=3)
    answer = propose(problem, steps=5)
    if answer.reasons:
        values = np.array(residents)
        for plan in all_plans(nx.Graph(edges), 3):
            sums = np.bincount(np.array(plan), values)
            assert sums.min() < low or sums.max() > low + width


def demo(**changes: object) -> Problem:
    """A 14 x 14 grid in four parents with two bands and all data for goals."""
    n = 196
    number = np.arange(n).reshape(14, 14)
    edges = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    rng = np.random.default_rng(2)
    residents = rng.integers(10, 60, n)
    given: dict[str, object] = {
        "edges": edges,
        "columns": {"residents": residents, "households": residents / 2.9, "area_m2": np.full(n, 2500.0)},
        "bands": {"residents": Band(250, 450), "households": Band(80, 160)},
        "parts": 20,
        "parent": (np.arange(n) % 14 // 7) + 2 * (np.arange(n) // 98),
        "parts_per_parent": (4, 6),
        "border_m": np.full(len(edges), 50.0),
        "barrier": rng.integers(1, 6, len(edges)),
        "outer_m": 200.0 - 50 * np.bincount(edges.ravel(), minlength=n),
    }
    return Problem(**(given | changes))


def test_two_bands_parents_and_counts_hold_together(lawful: Judge) -> None:
    problem = demo()
    answer = propose(problem, steps=200, seed=1)
    lawful(problem, answer)
    assert answer.reasons == []
    assert answer.unmet == []
    assert len(np.unique(answer.proposals[0].part)) == 20
    assert answer.stopped_by == "steps"
    assert answer.steps_done == 200


def test_goals_pull_the_plan_their_way() -> None:
    plain = propose(demo(), {"cut_edges": 1.0}, steps=400, seed=1).proposals[0].scores
    for goal in ("border", "balance"):
        bent = propose(demo(), {goal: 1.0}, steps=400, seed=1).proposals[0].scores
        assert bent[goal] < plain[goal], goal


def test_the_same_seed_and_steps_give_the_same_plan_on_any_number_of_workers() -> None:
    plans = [propose(demo(), steps=300, seed=4, workers=workers).proposals[0].part for workers in (1, 2, 5)]
    assert np.array_equal(plans[0], plans[1])
    assert np.array_equal(plans[0], plans[2])
    assert not np.array_equal(plans[0], propose(demo(), steps=300, seed=5).proposals[0].part)


def test_the_plan_does_not_depend_on_hashing() -> None:
    code = (
        "import hashlib, numpy as np\n"
        "from boundaries.balancing import Band, Problem, propose\n"
        "e=[(i,i+1) for i in range(143) if i%12<11]+[(i,i+12) for i in range(132)]\n"
        "r=np.random.default_rng(0).integers(1,30,144)\n"
        "p=Problem(e,{'residents':r},{'residents':Band(120,240)},parts=12,together=[i//2 if i<8 else -1 for i in range(144)],"
        "present=np.arange(144)//12,locked=np.arange(144)%37==0)\n"
        "print(hashlib.sha256(propose(p,steps=100,seed=2).proposals[0].part.tobytes()).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "77")
    }
    assert len(digests) == 1


def test_a_run_stopped_by_the_clock_is_repeated_by_its_steps() -> None:
    timed = propose(demo(), time_limit_s=0.6, seed=3, workers=2)
    again = propose(demo(), steps=timed.steps_done, seed=3)
    assert np.array_equal(timed.proposals[0].part, again.proposals[0].part)
    assert again.steps_done == timed.steps_done


def test_cancel_gives_the_best_plan_so_far(lawful: Judge) -> None:
    problem = demo()
    calls = []

    def cancel() -> bool:
        calls.append(1)
        return len(calls) > 2

    began = time.monotonic()
    answer = propose(problem, time_limit_s=60, cancel=cancel)
    assert time.monotonic() - began < 30
    assert answer.stopped_by == "cancel"
    lawful(problem, answer)


def test_progress_rises_to_its_end() -> None:
    seen: list[float] = []
    propose(demo(), steps=2000, on_progress=lambda share, _: seen.append(share))
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_one_part_is_the_whole_and_n_parts_are_the_blocks(grid: Grid) -> None:
    for parts in (1, 9):
        problem = Problem(grid(3, 3), {"residents": np.ones(9)}, {}, parts=parts)
        assert len(np.unique(propose(problem, steps=5).proposals[0].part)) == parts


def test_a_single_block_is_a_district() -> None:
    problem = Problem([], {"residents": [5]}, {"residents": Band(1, 9)})
    assert propose(problem, steps=1).proposals[0].part.tolist() == [0]


def test_proposals_differ_clearly_and_none_is_worse_in_everything() -> None:
    problem = demo()
    weight = problem.arrays.columns["residents"]
    found = propose(problem, {"border": 1.0}, steps=400, seed=1).proposals
    assert len(found) > 1
    for one, two in itertools.permutations(found, 2):
        assert any(one.scores[goal] < two.scores[goal] for goal in one.scores)
        largest = [
            np.bincount(two.part[one.part == label], weight[one.part == label]).max() for label in range(20)
        ]
        assert sum(largest) < 0.97 * weight.sum()
    assert all(found[0].scores["border"] <= other.scores["border"] for other in found)


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ({"steps": -1}, "steps is -1"),
        ({"time_limit_s": 0}, "time_limit_s is 0"),
        ({"workers": 0}, "workers is 0"),
        ({"workers": 1.5}, "workers is 1.5"),
        ({"steps": 2.5}, "steps is 2.5"),
        ({"steps": "ab"}, "pairs of planned and done"),
        ({"steps": [(1, 2, 3)]}, "pairs of planned and done"),
        ({"steps": [(5, 5)]}, "1 laps, but this problem is searched in 16 runs"),
        ({"time_limit_s": "x"}, "time_limit_s is 'x'"),
        ({"seed": -1}, "seed is -1"),
        ({"goals": {"cut_edges": "much"}}, "give a number >= 0"),
        ({"goals": ["cut_edges"]}, "a weight for each goal"),
    ],
)
def test_a_budget_that_cannot_be_meant_is_refused(budget: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        propose(demo(), **budget)


def test_a_time_limit_is_kept() -> None:
    propose(demo(), steps=1)
    began = time.monotonic()
    answer = propose(demo(), time_limit_s=2.0, workers=2)
    assert time.monotonic() - began < 2.6
    assert answer.stopped_by == "time"


def test_counts_of_steps_can_be_written_down_and_read_again() -> None:
    timed = propose(demo(), time_limit_s=0.5, seed=3)
    again = Steps(timed.steps_done.per_start, timed.steps_done.finish)
    assert again == timed.steps_done == sum(done for _, done in again.per_start)


def test_a_run_with_hardly_any_time_is_lawful_and_repeated_by_its_steps(lawful: Judge) -> None:
    problem = demo()
    propose(problem, steps=1)
    timed = propose(problem, time_limit_s=0.08, seed=3)
    lawful(problem, timed)
    again = propose(problem, steps=timed.steps_done, seed=3)
    assert np.array_equal(timed.proposals[0].part, again.proposals[0].part)


def test_a_run_stopped_once_a_piece_was_recombined_is_repeated_by_its_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clocks: list[Clock] = []

    class Kept(Clock):
        def __init__(self, time_limit_s: float | None) -> None:
            super().__init__(time_limit_s)
            clocks.append(self)

    def stopping(runs: Sequence[Start], left_s: float) -> bool:
        cheaper = recombine(runs, left_s)
        if cheaper:
            clocks[-1].cancelled.set()
        return cheaper

    stopped = 0
    for seed in range(10):
        with monkeypatch.context() as patched:
            patched.setattr("boundaries.balancing.clock.Clock", Kept)
            patched.setattr("boundaries.balancing.running.recombine", stopping)
            first = propose(demo(), steps=2_000, seed=seed)
        again = propose(demo(), steps=first.steps_done, seed=seed)
        assert np.array_equal(first.proposals[0].part, again.proposals[0].part)
        stopped += first.stopped_by == "cancel"
    assert stopped


def test_a_repair_that_the_clock_ended_is_ended_at_the_same_place_again(grid: Grid) -> None:
    residents = np.random.default_rng(0).lognormal(0, 1, 2500).round(2)
    mean = residents.sum() / 100
    problem = Problem(
        grid(50, 50), {"residents": residents}, {"residents": Band(0.99 * mean, 1.01 * mean)}, parts=100
    )
    timed = propose(problem, time_limit_s=0.15, seed=1, workers=2)
    assert min(planned for planned, _ in timed.steps_done.per_start) < 0
    again = propose(problem, steps=Steps(timed.steps_done.per_start, timed.steps_done.finish), seed=1)
    assert np.array_equal(timed.proposals[0].part, again.proposals[0].part)
    assert again.steps_done.per_start == timed.steps_done.per_start
