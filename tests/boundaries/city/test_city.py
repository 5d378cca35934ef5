"""A city is searched unit by unit: the same plan wherever it is done, whatever dies, and no worse than lawful."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import psutil
import pytest

from boundaries.balancing import Band, Problem, ProblemError
from boundaries.city import CITY_BLOCKS, CitySteps, is_city, propose_city
from boundaries.city import pool as pools
from boundaries.errors import SchedulerError
from tests.boundaries.balancing.conftest import assert_lawful, grid_edges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boundaries.balancing import Answer

GOALS = {"border": 1.0, "compactness": 1.0}


def city(side: int = 24, **changes: object) -> Problem:
    """A square of blocks of 100 m in nine square communities; a road along every fourth line."""
    edges = grid_edges(side, side)
    column, row = np.arange(side * side) % side, np.arange(side * side) // side
    third = side // 3
    residents = np.random.default_rng(5).integers(60, 140, side * side).astype(float)
    at_rim = [(column == 0), (column == side - 1), (row == 0), (row == side - 1)]
    along = np.maximum(*edges.T)
    on_road = np.where(edges[:, 1] - edges[:, 0] == 1, column[along] % 4 == 0, row[along] % 4 == 0)
    given: dict[str, Any] = {
        "edges": edges,
        "columns": {"residents": residents, "area_m2": np.full(side * side, 1e4)},
        "bands": {"residents": Band(900, 1700)},
        "parent": (row // third) * 3 + column // third,
        "parts_per_parent": (4, 7),
        "border_m": np.full(len(edges), 100.0),
        "barrier": np.where(on_road, 3, 1),
        "outer_m": 100.0 * np.sum(at_rim, axis=0),
    }
    return Problem(**(given | changes))


def parts(answer: Answer) -> list[list[int]]:
    return [proposal.part.tolist() for proposal in answer.proposals]


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with one worker, as an office might have one."""
    with pools._local_cluster(1) as address:
        yield address


@pytest.fixture(scope="module")
def alone() -> Answer:
    """What one process finds."""
    return propose_city(city(), GOALS, steps=900, seed=3, workers=1)


def test_a_city_is_divided_lawfully_and_scored_as_a_whole(alone: Answer) -> None:
    problem = city()
    assert_lawful(problem, alone)
    assert alone.reasons == []
    assert alone.unmet == []
    part = alone.proposals[0].part
    edges = problem.arrays.edges
    assert alone.proposals[0].scores["cut_edges"] == (part[edges[:, 0]] != part[edges[:, 1]]).sum()
    assert isinstance(alone.steps_done, CitySteps)
    assert len(alone.steps_done.tasks) == 9


def test_processes_and_a_scheduler_find_what_one_process_finds(
    alone: Answer, scheduler: str, caplog: pytest.LogCaptureFixture
) -> None:
    pooled = propose_city(city(), GOALS, steps=900, seed=3, workers=2)
    assert caplog.records == []  # nothing of the workers on the user's screen
    distant = propose_city(city(), GOALS, steps=900, seed=3, scheduler=scheduler)
    assert parts(pooled) == parts(alone) == parts(distant)
    assert pooled.proposals[0].scores == alone.proposals[0].scores


def test_a_worker_killed_in_the_middle_loses_nothing(alone: Answer) -> None:
    killed: list[int] = []

    def kill_one(share: float, _phase: str) -> None:
        if share > 0.1 and not killed:
            workers = [
                child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())
            ]
            killed.append(workers[0].pid)
            os.kill(workers[0].pid, signal.SIGKILL)

    found = propose_city(city(), GOALS, steps=900, seed=3, workers=2, on_progress=kill_one)
    assert killed
    assert parts(found) == parts(alone)


def test_a_search_that_the_clock_ended_is_repeated_exactly_by_its_steps() -> None:
    by_clock = propose_city(city(), GOALS, time_limit_s=3, seed=3, workers=1)
    again = propose_city(city(), GOALS, steps=by_clock.steps_done, seed=3, workers=1)  # type: ignore[arg-type]
    assert int(by_clock.steps_done) > 0
    assert parts(again) == parts(by_clock)
    assert int(again.steps_done) == int(by_clock.steps_done)


def test_progress_comes_to_its_end_and_a_wish_to_stop_is_followed() -> None:
    shares: list[float] = []
    answer = propose_city(
        city(),
        GOALS,
        steps=10_000_000,
        workers=1,
        on_progress=lambda share, _: shares.append(share),
        cancel=lambda: len(shares) > 5,
    )
    assert answer.stopped_by == "cancel"
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert_lawful(city(), answer)


def test_a_wish_to_stop_reaches_tasks_in_other_processes(scheduler: str) -> None:
    asked: list[int] = []
    answer = propose_city(
        city(),
        GOALS,
        steps=10_000_000,
        scheduler=scheduler,
        cancel=lambda: asked.append(1) or len(asked) > 20,
    )  # type: ignore[func-returns-value]
    assert answer.stopped_by == "cancel"
    assert int(answer.steps_done) < 10_000_000


def test_a_number_of_all_parts_is_shared_out_as_the_rules_allow() -> None:
    problem = city(parts=45)
    answer = propose_city(problem, GOALS, steps=900, workers=1)
    assert_lawful(problem, answer)
    assert int(answer.proposals[0].part.max()) + 1 == 45
    assert answer.unmet == []


def test_exempt_locked_grouped_and_lone_blocks_keep_their_rules() -> None:
    side = 24
    exempt = np.zeros(side * side, dtype=bool)
    exempt[[0, 1, 30]] = True
    together = np.full(side * side, -1)
    together[[0, 1]] = 0
    together[[200, 201]] = 7
    present = np.full(side * side, -1)
    present[[300, 301]] = 12
    edges = city().arrays.edges
    touches_lone = (edges == 575).any(axis=1)
    parent = city().arrays.parent.copy()
    problem = city(
        exempt=exempt,
        together=together,
        present=present,
        locked=present >= 0,
        parent=np.where(
            np.arange(side * side) == 575, 0, parent
        ),  # an exclave: the corner belongs to the first
    )
    assert touches_lone.any()
    answer = propose_city(problem, GOALS, steps=900, workers=1)
    part = answer.proposals[0].part
    assert part[0] == part[1] != part[2]
    assert part[200] == part[201]
    assert part[300] == part[301]
    assert (part == part[575]).sum() == 1
    assert_lawful(problem, answer)
    graph = nx.Graph(edges.tolist())
    for label in range(int(part.max()) + 1):
        assert nx.is_connected(graph.subgraph(np.flatnonzero(part == label).tolist()))


def test_what_is_impossible_is_told_once_for_the_whole() -> None:
    problem = city(parts_per_parent=(20, 30))
    answer = propose_city(problem, GOALS, steps=90, workers=1)
    assert answer.proven == "infeasible"
    assert {reason.rule for reason in answer.reasons} == {"parent_count"}
    assert [reason.parent for reason in answer.reasons] == [str(k) for k in range(9)]
    assert {rule.rule for rule in answer.unmet} <= {"parent_count", "band:residents"}


def test_small_communities_settled_one_by_one_are_the_optimum_of_the_whole() -> None:
    problem = city(
        6, parts_per_parent=(2, 2), bands={"residents": Band(1, 10_000)}, columns={"residents": np.ones(36)}
    )
    answer = propose_city(problem, {"cut_edges": 1.0}, steps=100, workers=1)
    between = 4 * 6
    assert answer.proven == "optimal"
    assert answer.proposals[0].scores["cut_edges"] == between + 9 * 2
    assert answer.lower_bound == between + 9 * 2


def test_only_large_problems_with_several_parents_are_searched_unit_by_unit() -> None:
    side = 142
    assert side * side > CITY_BLOCKS
    columns = {"residents": np.ones(side * side)}
    edges = grid_edges(side, side)
    parent = np.arange(side * side) // (side * side // 2 + 1)
    assert is_city(Problem(edges, columns, {}, parent=parent))
    assert not is_city(Problem(edges, columns, {}))
    assert not is_city(city())


def test_steps_of_another_problem_and_a_scheduler_that_is_not_there_are_refused(
    alone: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ProblemError, match="9 tasks"):
        propose_city(city(parent=None, parts_per_parent=None), GOALS, steps=alone.steps_done, workers=1)  # type: ignore[arg-type]
    monkeypatch.setattr(pools, "REACH_S", 0.5)
    with pytest.raises(SchedulerError, match="--scheduler"):
        propose_city(city(), GOALS, steps=9, scheduler="tcp://127.0.0.1:9")


def test_a_worker_with_another_version_of_the_engine_is_refused() -> None:
    ours = pools.engine_fingerprint()
    pools._require_same_engine({"tcp://a": ours}, "tcp://s")
    with pytest.raises(SchedulerError, match="tcp://b"):
        pools._require_same_engine({"tcp://a": ours, "tcp://b": "older"}, "tcp://s")


def test_workers_take_the_compiled_engine_from_the_cache(scheduler: str) -> None:
    from distributed import Client

    propose_city(city(), GOALS, steps=90, scheduler=scheduler)

    def compiled_anew() -> int:
        from boundaries.balancing.annealing import anneal, mend

        assert sum(anneal.stats.cache_hits.values()) > 0  # type: ignore[attr-defined]
        return sum(sum(loop.stats.cache_misses.values()) for loop in (anneal, mend))  # type: ignore[attr-defined]

    with Client(scheduler, set_as_default=False) as client:
        assert set(client.run(compiled_anew).values()) == {0}


def test_a_failure_while_watching_ends_the_tasks_at_once() -> None:
    began = time.monotonic()

    def break_off(_share: float, _phase: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        propose_city(city(), GOALS, steps=50_000_000, workers=1, on_progress=break_off)
    assert time.monotonic() - began < 30  # hours without it


def test_a_scheduler_without_workers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "REACH_S", 1)
    with (
        pools._local_cluster(0) as address,
        pytest.raises(SchedulerError, match="dask worker"),
    ):
        propose_city(city(), GOALS, steps=9, scheduler=address)
