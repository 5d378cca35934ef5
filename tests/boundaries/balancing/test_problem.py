from __future__ import annotations

import math
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from boundaries.balancing import Band, Problem, ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable

BAD = [
    ("a block joined to itself is named", {"edges": [(0, 1), (0, 2), (1, 3), (2, 2)]}, "itself: block c"),
    ("an edge given twice is named", {"edges": [(0, 1), (0, 2), (1, 3), (1, 3)]}, "more than once.*b - d"),
    (
        "an edge given in both directions is named",
        {"edges": [(0, 1), (0, 2), (1, 3), (3, 1)]},
        "in one direction: b - d",
    ),
    ("an edge to no block is shown", {"edges": [(0, 1), (0, 2), (1, 3), (3, 9)]}, r"\[3, 9\].*0 to 3"),
    (
        "a block without an edge is named",
        {"edges": [(0, 1), (1, 3)], "border_m": None, "barrier": None},
        "No edge reaches block c",
    ),
    (
        "not a number is named",
        {"columns": {"residents": [1, math.nan, 3, 4]}},
        "'residents' is not a finite.*block b",
    ),
    (
        "infinite people are named",
        {"columns": {"residents": [1, math.inf, 3, 4]}},
        "finite number for block b",
    ),
    (
        "negative people are named",
        {"columns": {"residents": [1, 2, 3, -4]}},
        "'residents' is negative for block d",
    ),
    ("words as people are refused", {"columns": {"residents": ["x", 2, 3, 4]}}, "numbers only"),
    (
        "a short column is refused",
        {"columns": {"residents": [1, 2, 3, 4], "area_m2": [1]}},
        r"'area_m2' has shape \(1,\)",
    ),
    ("no column at all is refused", {"columns": {}}, "at least one column"),
    ("a band on a missing column is named", {"bands": {"floating": Band(0, 1)}}, "band on 'floating'"),
    ("more parts than blocks are refused", {"parts": 5}, "5 parts.*only 4 blocks"),
    ("no parts at all are refused", {"parts": 0}, "at least 1"),
    ("a range of parts upside down is refused", {"parts": (3, 2)}, "upside down"),
    (
        "a parent without a block is named",
        {"parent": [0, 0, 2, 2], "parent_names": ["N", "M", "S"]},
        "without a block: M",
    ),
    ("a parent code without a name is refused", {"parent": [0, 0, 1, 1], "parent_names": ["N"]}, "code 1"),
    (
        "too few blocks for a parent's parts are named",
        {"parent": [0, 0, 0, 1], "parts_per_parent": 2},
        r"parent 1 \(1\)",
    ),
    (
        "a lock without a present part is named",
        {"locked": [1, 0, 0, 0]},
        "Locked without a present part: block a",
    ),
    (
        "a group locked in two parts is named",
        {"locked": [1, 1, 0, 0], "present": [0, 1, 1, 1], "together": [7, 7, -1, -1]},
        "group 7 is locked in two parts: a, b",
    ),
    (
        "a group in two parents is named",
        {"parent": [0, 0, 1, 1], "together": [-1, 3, -1, 3]},
        "group 3 lies in two parents: b, d",
    ),
    (
        "a part locked in two parents is named",
        {"parent": [0, 0, 1, 1], "locked": [0, 1, 0, 1], "present": [5, 5, 5, 5]},
        "part 5 lie in two parents: b, d",
    ),
    ("a negative border is shown", {"border_m": [1, 2, 3, -1]}, "border_m is negative.*edge 3"),
    ("names of other blocks are refused", {"names": ["a"]}, "1 names for 4 blocks"),
    ("one number as a column is refused", {"columns": {"residents": 5}}, r"has shape \(\); give one number"),
    (
        "a column of rows is refused",
        {"columns": {"residents": [[1, 2], [3, 4]]}},
        "one number for each block",
    ),
    (
        "people beyond counting are refused",
        {"columns": {"residents": [1, 2, 3, 1e300]}},
        "too large.*block d",
    ),
    ("columns that are no table are refused", {"columns": None}, "at least one column by name"),
    ("bands that are no table are refused", {"bands": None}, "a Band by column name"),
    ("edges of differing length are refused", {"edges": [(0, 1), (2,)]}, "edges is ragged"),
    ("half a part is refused", {"parts": 2.5}, "parts is 2.5; give a whole number"),
    ("parts that are no number are refused", {"parts": math.nan}, "parts is nan; give a whole number"),
    ("words as a range of parts are refused", {"parts": ("a", "b")}, "give a whole number"),
]


@pytest.mark.parametrize(("change", "message"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_is_refused_by_name(
    four_cells: Callable[..., Problem], change: dict[str, object], message: str
) -> None:
    with pytest.raises(ProblemError, match=message):
        four_cells(**change)


@pytest.mark.parametrize(
    "limits", [("a", 2), (None, 2), (2, 1), (math.nan, 1), (1, math.nan), (-2, -1), (math.inf, math.inf)]
)
def test_a_band_upside_down_or_without_numbers_is_refused(limits: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="Band"):
        Band(*limits)


def test_only_edges_columns_and_bands_are_required() -> None:
    problem = Problem(edges=[(0, 1)], columns={"residents": [1, 1]}, bands={})
    assert problem.arrays.parts == (0, 2)
    assert problem.arrays.names == ("0", "1")
    assert not problem.arrays.exempt.any()


def test_fractional_counts_are_kept() -> None:
    problem = Problem(edges=[(0, 1)], columns={"residents": [0.25, 1.5]}, bands={"residents": Band(0, 2)})
    assert np.array_equal(problem.arrays.columns["residents"], [0.25, 1.5])


def test_importing_the_engine_loads_neither_numba_nor_scipy() -> None:
    code = "import sys, boundaries.balancing; sys.exit(any(m in sys.modules for m in ('numba', 'scipy', 'shapely')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
