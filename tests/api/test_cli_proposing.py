"""Proposing on the command line: what can be asked for, and a search done once more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

if TYPE_CHECKING:
    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database
    from tests.api.conftest import Run


@pytest.fixture
def two_cells_a_community(database: Database, square: StoredPlan) -> StoredPlan:
    """The square under a rule that its communities can keep."""
    with database.session() as session:
        session.execute(text("UPDATE district SET rules = rules - 'parts_per_parent'"))
    return square


def kept(database: Database) -> list[tuple[int, bytes, dict[str, object]]]:
    with database.session() as session:
        rows = session.execute(text("SELECT id, part, made_by FROM proposal ORDER BY id"))
        return [(row.id, bytes(row.part), row.made_by) for row in rows]


def test_costs_kept_units_and_links_reach_the_search(
    run: Run, database: Database, two_cells_a_community: StoredPlan
) -> None:
    unit = int(two_cells_a_community.unit_ids["cell"][0])
    asked = [
        "--cost",
        "road=0.2",
        "--cost",
        "wall=0",
        "--keep-unit",
        unit,
        "--link",
        "b00=b33",
        "--link",
        "b00=b30",
    ]
    code, out, err = run("propose", "first", "--steps", 60, *asked)
    assert code == 0, err
    assert "4 units of level cell" in out
    made_by = kept(database)[0][2]
    assert made_by["barrier_costs"] == {"road": 0.2, "wall": 0.0}
    assert made_by["keep"] == [unit]
    assert made_by["links"] == [["b00", "b33"], ["b00", "b30"]]


def test_a_search_by_the_clock_is_done_once_more_by_the_number_of_its_proposal(
    run: Run, database: Database, two_cells_a_community: StoredPlan
) -> None:
    code, out, err = run("propose", "first", "--time-limit", 0.5, "--seed", 3)
    assert code == 0, err
    [(number, part, _), *_] = kept(database)
    assert f"no. {number}" in out
    code, out, err = run("propose", "--repeat", number, "--workers", 2)
    assert code == 0, err
    assert f"proposal {number} came out again" in out
    again = kept(database)[-1]
    assert again[0] > number
    assert again[1] == part


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "say which plan"),
        (["--repeat", 99], "no proposal 99"),
        (["first", "--cost", "hedge=0.2"], "hedge"),
        (["first", "--cost", "road"], "wall=0.2"),
        (["first", "--keep-unit", 99], "unit 99"),
        (["first", "--link", "b00"], "0417=0502"),
        (["first", "--link", "b00=b99"], "b99"),
        (["first", "--goal", "walking=1"], "service points"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_a_sentence(
    run: Run, two_cells_a_community: StoredPlan, arguments: list[object], words: str
) -> None:
    code, _, err = run("propose", *arguments)
    assert code != 0
    assert words in re.sub(r"\s+", " ", err)
    assert "unexpected" not in err
