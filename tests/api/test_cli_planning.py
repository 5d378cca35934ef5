"""A plan's life from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from boundaries.planning.branch import branch
from boundaries.plans import find_plan
from boundaries.redraw import Actor, Edit, edit

if TYPE_CHECKING:
    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database
    from tests.api.conftest import Run

LI = Actor("l1", "李规划")
BOTH = ("--reason", "西门社区=人口少", "--reason", "320812001002=人口少")
DECIDED = ("--authority", "区政府", "--number", "7号", "--date", "2026-07-01")


@pytest.fixture
def in_force(square: StoredPlan, database: Database) -> StoredPlan:
    with database.session() as session:
        session.execute(
            text(
                "UPDATE plan SET state = 'adopted', authority = 'a', adopted_on = '2020-01-01', "
                "in_force_from = '2020-01-01'"
            )
        )
    return square


def change(database: Database, plan: str, unit: int) -> None:
    with database.session() as session:
        found = find_plan(session, plan)
        asked = Edit.of("assign", {"unit": unit, "blocks": [6]})
        edit(session, found, asked, actor=LI, revision=found.revision)


def test_a_branch_is_made_compared_and_adopted(run: Run, in_force: StoredPlan, database: Database) -> None:
    assert run("branch", "first", "--name", "新方案")[:2] == (
        0,
        'plan 2 "新方案": a draft that begins as "first"\n',
    )
    change(database, "新方案", 5)
    code, told, _ = run("compare", "first", "新方案")
    assert code == 0
    assert "compared by blocks" in told
    assert "6.2%" in told
    assert any("西南网格" in line and "东南网格" in line and "300" in line for line in told.splitlines())
    code, told, error = run("adopt", "新方案", *DECIDED, *BOTH)
    assert (code, told) == (61, '"西南网格" has 900 residents, outside 1,000 to 1,500.\n')
    assert "written reason" in error
    reasons = (*BOTH, "--reason", "西南网格=界河隔开")
    code, told, error = run("adopt", "新方案", *DECIDED, "--from", "2026-08-01", *reasons)
    assert (code, told) == (0, '"新方案" is adopted and in force from 2026-08-01\n'), error
    assert run("adopt", "新方案", *DECIDED)[0] == 60


def test_a_draft_is_brought_up_to_date_after_its_conflicts_are_decided(
    run: Run, in_force: StoredPlan, database: Database
) -> None:
    for name, unit in (("我的", 5), ("他们的", 6)):
        with database.session() as session:
            branch(session, find_plan(session, "first"), actor=LI, name=name)
        change(database, name, unit)
    reasons = (*BOTH, "--reason", "西南网格=一")
    code, _, error = run("adopt", "他们的", *DECIDED, *reasons)
    assert code == 0, error
    code, told, _ = run("update", "我的")
    assert (code, told) == (62, "block 6: mine 东南网格, theirs 西北网格\n")
    assert run("update", "我的", "--take", "ours")[0] == 16
    code, told, _ = run("update", "我的", "--take", "theirs")
    assert (code, told) == (0, '"我的" stands on "他们的" now, at revision 2\n')
    assert run("check", "我的")[:2] == (0, "every invariant holds\n")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("branch", "nowhere"), 11),
        (("branch", "first", "--cells"), 16),
        (("compare", "first", "first", "--level", "grid"), 16),
        (("adopt", "first", "--authority", "a", "--number", "1", "--date", "soon"), 16),
        (("adopt", "first", *DECIDED, "--reason", "无此网格=如此"), 56),
        (("update", "first"), 60),
    ],
)
def test_what_cannot_be_has_an_exit_code_of_its_own(
    run: Run, in_force: StoredPlan, words: tuple[str, ...], code: int
) -> None:
    assert run(*words)[0] == code
