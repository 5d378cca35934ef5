"""Locks, groups, links, exempt blocks and the labels of the present plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from boundaries.balancing import Band, Problem, ProblemError, propose

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from boundaries.balancing import Answer

    Judge = Callable[[Problem, Answer], None]
    Grid = Callable[[int, int], NDArray[np.int64]]


def test_locked_blocks_keep_their_part_and_its_label(grid: Grid, lawful: Judge) -> None:
    present = np.repeat([3, 2, 1, 0], 9)
    locked = np.zeros(36, dtype=bool)
    locked[[0, 1, 10, 20, 35]] = True
    problem = Problem(
        grid(6, 6),
        {"residents": np.ones(36)},
        {"residents": Band(8, 10)},
        parts=4,
        present=present,
        locked=locked,
    )
    answer = propose(problem, steps=300, seed=1)
    lawful(problem, answer)
    assert answer.unmet == []
    assert np.array_equal(answer.proposals[0].part[locked], present[locked])


def test_every_block_locked_is_the_present_plan(four_cells: Callable[..., Problem]) -> None:
    problem = four_cells(present=[1, 1, 0, 0], locked=[1, 1, 1, 1])
    assert propose(problem, steps=5).proposals[0].part.tolist() == [1, 1, 0, 0]


def test_locks_that_a_group_joins_are_refused(four_cells: Callable[..., Problem]) -> None:
    problem = four_cells(present=[0, 1, 0, 1], locked=[1, 1, 0, 0], together=[0, -1, 0, -1])
    assert propose(problem, steps=5).proposals[0].part[2] == 0
    chain = Problem(
        edges=[(0, 1), (1, 2)],
        columns={"residents": [1, 1, 1]},
        bands={},
        present=[0, 1, 0],
        locked=[1, 1, 1],
        names=["a", "b", "c"],
    )
    with pytest.raises(ProblemError, match="a and c must share a part, but nothing connects them"):
        propose(chain, steps=1)


def test_more_locked_parts_than_parts_asked_for_is_proven(four_cells: Callable[..., Problem]) -> None:
    problem = four_cells(bands={"residents": Band(0, 10)}, parts=2, present=[0, 1, 2, 2], locked=[1, 1, 1, 0])
    answer = propose(problem, steps=5)
    assert answer.reasons
    assert answer.unmet[0].rule == "total_count"


@pytest.mark.parametrize(
    ("side", "group", "band"), [(5, [0, 12, 24], Band(4, 12)), (7, [0, 16, 40], Band(8, 16))]
)
def test_groups_are_kept_whole_even_when_scattered(
    grid: Grid, lawful: Judge, side: int, group: list[int], band: Band
) -> None:
    together = np.full(side**2, -1)
    together[group] = 5
    problem = Problem(
        grid(side, side), {"residents": np.ones(side**2)}, {"residents": band}, parts=4, together=together
    )
    answer = propose(problem, steps=300, seed=1)
    lawful(problem, answer)
    assert answer.unmet == []


def test_islands_joined_by_a_link_share_a_part(lawful: Judge) -> None:
    islands: dict[str, object] = {
        "edges": [(0, 1), (2, 3)],
        "columns": {"residents": [3, 3, 3, 3]},
        "bands": {"residents": Band(4, 8)},
        "parts": 2,
    }
    joined = Problem(**islands, links=[(1, 2)])
    answer = propose(joined, steps=50)
    lawful(joined, answer)
    assert answer.unmet == []
    one = Problem(**(islands | {"parts": 1, "bands": {"residents": Band(0, 12)}}), links=[(1, 2)])
    assert propose(one, steps=1).unmet == []
    apart = Problem(**(islands | {"parts": 1, "bands": {"residents": Band(0, 12)}}))
    assert propose(apart, steps=1).unmet[0].rule == "total_count"


def test_exempt_blocks_are_parts_of_their_own_after_the_others(grid: Grid, lawful: Judge) -> None:
    exempt = np.zeros(36, dtype=bool)
    exempt[[7, 21, 22, 35]] = True
    together = np.full(36, -1)
    together[[21, 22]] = 1
    problem = Problem(
        grid(6, 6),
        {"residents": np.ones(36)},
        {"residents": Band(7, 9)},
        parts=4,
        exempt=exempt,
        together=together,
    )
    answer = propose(problem, steps=300, seed=1)
    lawful(problem, answer)
    part = answer.proposals[0].part
    assert answer.unmet == []
    assert set(part[~exempt]) == {0, 1, 2, 3}
    assert part[[7, 21, 22, 35]].tolist() == [4, 5, 5, 6]


def test_a_group_of_exempt_blocks_that_do_not_touch_stays_apart(four_cells: Callable[..., Problem]) -> None:
    problem = four_cells(exempt=[1, 0, 0, 1], together=[0, -1, -1, 0], parts=2, bands={})
    assert propose(problem, steps=1).proposals[0].part.tolist() == [2, 0, 1, 3]


def test_a_district_of_exempt_blocks_only_is_lawful(four_cells: Callable[..., Problem]) -> None:
    answer = propose(four_cells(exempt=[1] * 4, parts=None), steps=1)
    assert answer.proposals[0].part.tolist() == [0, 1, 2, 3]
    assert answer.unmet == []


def test_blocks_without_people_go_anywhere(grid: Grid, lawful: Judge) -> None:
    residents = np.zeros(36)
    residents[[0, 5, 30, 35]] = 10
    problem = Problem(grid(6, 6), {"residents": residents}, {"residents": Band(10, 10)}, parts=4)
    answer = propose(problem, steps=100)
    lawful(problem, answer)
    assert answer.unmet == []


def test_parts_keep_the_labels_of_the_present_plan(four_cells: Callable[..., Problem]) -> None:
    for present in ([0, 0, 1, 1], [1, 1, 0, 0]):
        problem = four_cells(present=present, barrier=[1, 3, 3, 1])
        assert propose(problem, {"border": 1.0}, steps=50).proposals[0].part.tolist() == present
