from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from boundaries.balancing import Band, Problem, propose
from boundaries.balancing.clock import Clock
from boundaries.balancing.recounting import Recount

if TYPE_CHECKING:
    from collections.abc import Callable

    from boundaries.balancing import Answer
    from boundaries.balancing.search import Start


def two_chains(**changes: object) -> Problem:
    """Two parents of three blocks with 10 residents each: two parts are nearer to the bands' middle, three fit."""
    given: dict[str, object] = {
        "edges": [(0, 1), (1, 2), (3, 4), (4, 5)],
        "columns": {"residents": [10.0] * 6},
        "bands": {"residents": Band(10, 15)},
        "parent": [0, 0, 0, 1, 1, 1],
    }
    return Problem(**(given | changes))


def test_a_count_that_cannot_be_is_given_up_for_one_that_can(
    lawful: Callable[[Problem, Answer], None],
) -> None:
    problem = two_chains()
    answer = propose(problem, {"cut_edges": 1.0}, steps=10)
    lawful(problem, answer)
    assert answer.unmet == []
    assert answer.reasons == []
    assert answer.proposals[0].part.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("rule", "parts"), [({"parts": 5}, 5), ({"parts_per_parent": (1, 2)}, 4)])
def test_no_count_is_tried_that_another_rule_forbids(rule: dict[str, object], parts: int) -> None:
    answer = propose(two_chains(**rule), {"cut_edges": 1.0}, steps=10)
    assert len(np.unique(answer.proposals[0].part)) == parts
    assert answer.unmet


def test_steps_of_a_run_with_another_count_give_the_same_plan() -> None:
    timed = propose(two_chains(), {"cut_edges": 1.0}, time_limit_s=0.5, workers=2)
    again = propose(two_chains(), {"cut_edges": 1.0}, steps=timed.steps_done)
    assert timed.unmet == []
    assert np.array_equal(timed.proposals[0].part, again.proposals[0].part)


@pytest.mark.parametrize(("over", "parts"), [("within the first trial", 4), ("after the first trial", 5)])
def test_a_run_stopped_among_its_trials_of_counts_is_repeated_by_its_steps(
    monkeypatch: pytest.MonkeyPatch, over: str, parts: int
) -> None:
    repaired = Recount._repaired

    def stopping(recount: Recount, start: Start, count: int, clock: Clock) -> Start:
        trial = repaired(recount, start, count, clock)
        clock.cancelled.set()
        if over == "within the first trial":
            trial.ended = 1
        return trial

    with monkeypatch.context() as patched:
        patched.setattr(Recount, "_repaired", stopping)
        stopped = propose(two_chains(), {"cut_edges": 1.0}, steps=10)
    again = propose(two_chains(), {"cut_edges": 1.0}, steps=stopped.steps_done)
    assert stopped.stopped_by == "cancel"
    assert len(np.unique(stopped.proposals[0].part)) == parts
    assert np.array_equal(stopped.proposals[0].part, again.proposals[0].part)
