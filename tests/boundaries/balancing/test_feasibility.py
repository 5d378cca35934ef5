from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from boundaries.balancing import Band, Problem, propose

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_block_above_the_band_is_proven_and_named(four_cells: Callable[..., Problem]) -> None:
    answer = propose(four_cells(bands={"residents": Band(1, 3)}, parts=None), steps=1)
    assert [(reason.rule, reason.blocks) for reason in answer.reasons] == [("block_above_band", ("d",))]
    assert str(answer.reasons[0]) == (
        "Block d has 4 residents, above the upper band of 3. Cut it, exempt it, or raise the upper band to 4."
    )
    assert answer.proven == "infeasible"


def test_a_block_above_the_band_stands_alone_so_that_the_others_fit(
    four_cells: Callable[..., Problem],
) -> None:
    answer = propose(four_cells(bands={"residents": Band(1, 3)}, parts=None), steps=1)
    part = answer.proposals[0].part
    assert np.flatnonzero(part == part[3]).tolist() == [3]
    assert [unmet.blocks for unmet in answer.unmet] == [("d",)]
    assert answer.unmet[0].reason is answer.reasons[0]


def test_scraps_behind_a_block_above_the_band_join_it() -> None:
    chain = Problem(
        edges=[(0, 1), (1, 2), (2, 3)], columns={"residents": [1, 9, 3, 3]}, bands={"residents": Band(3, 6)}
    )
    answer = propose(chain, steps=1)
    assert len(answer.unmet) == 1
    assert answer.unmet[0].blocks == ("0", "1")


def test_blocks_kept_together_above_the_band_are_named_together(four_cells: Callable[..., Problem]) -> None:
    answer = propose(
        four_cells(bands={"residents": Band(1, 5)}, parts=None, together=[-1, -1, 0, 0]), steps=1
    )
    assert answer.reasons[0].blocks == ("c", "d")
    assert "kept together, have 7 residents" in str(answer.reasons[0])


def test_a_parent_whose_counts_do_not_fit_says_how_many_it_needs(four_cells: Callable[..., Problem]) -> None:
    problem = four_cells(
        columns={"residents": [3000.0, 1500.0, 1628.0, 1628.0]},
        bands={"residents": Band(1000, 3000)},
        parent=[0, 0, 1, 1],
        parent_names=["Dongmen", "Ximen"],
        parts_per_parent=(1, 1),
        parts=None,
    )
    reasons = propose(problem, {"cut_edges": 1.0}, steps=1).reasons
    assert [(reason.rule, reason.parent) for reason in reasons] == [
        ("parent_count", "Dongmen"),
        ("parent_count", "Ximen"),
    ]
    assert str(reasons[1]) == (
        "Parent Ximen: 3,256 residents need 2 parts of at most 3,000; at most 1 is allowed. "
        "Allow 2 parts, or an upper band of 3,256 residents."
    )


def test_two_bands_that_exclude_each_other_are_both_named() -> None:
    problem = Problem(
        edges=[(0, 1), (1, 2), (0, 2)],
        columns={"residents": [1500, 1500, 1500], "households": [425, 425, 0]},
        bands={"residents": Band(1000, 1500), "households": Band(300, 500)},
    )
    reason = next(reason for reason in propose(problem, steps=1).reasons if reason.rule == "parent_count")
    assert "4,500 residents need at least 3 parts" in str(reason)
    assert "850 households fill at most 2 parts" in str(reason)
    assert "an upper band of 2,250 residents or a lower band of 283 households" in str(reason)


def test_a_separate_piece_too_small_for_any_part_is_named() -> None:
    problem = Problem(
        edges=[(0, 1), (2, 3)],
        columns={"residents": [600, 600, 300, 300]},
        bands={"residents": Band(1000, 1500)},
        names=["a", "b", "c", "d"],
    )
    reason = propose(problem, steps=1).reasons[0]
    assert reason.rule == "piece_count"
    assert reason.blocks == ("c", "d")


def test_a_total_that_the_bands_exclude_is_said(four_cells: Callable[..., Problem]) -> None:
    reason = propose(four_cells(bands={"residents": Band(4, 6)}, parts=3), steps=1).reasons[0]
    assert reason.rule == "total_count"
    assert "at least 3 are asked for" in str(reason)


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_a_district_that_can_be_divided_has_no_reasons(
    four_cells: Callable[..., Problem], parts: int
) -> None:
    answer = propose(four_cells(bands={"residents": Band(1, 10)}, parts=parts), steps=20)
    assert answer.reasons == []
    assert answer.unmet == []
    assert answer.proven is None
