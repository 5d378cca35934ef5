"""A draft is brought up to date with a plan that has other levels at the top: streets on one side only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from boundaries.check import check_plan
from boundaries.errors import PlanError
from boundaries.planning.branch import branch
from boundaries.planning.compare import compare
from boundaries.planning.forking import fork
from boundaries.planning.levelling import merged_levels
from boundaries.planning.update import update
from boundaries.plans import find_plan
from boundaries.redraw.logged import read_log
from boundaries.redraw.past import units_at
from tests.boundaries.planning.conftest import PLANNER
from tests.boundaries.planning.test_adoption import edit, put_in_force
from tests.boundaries.planning.test_update import adopt_it, assigned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database
    from boundaries.storage.plan_tables import Plan

WITHOUT = ["community", "cell"]
WITH = ["street", *WITHOUT]


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session() as opened:
        yield opened


@pytest.fixture
def three(session: Session, square: StoredPlan) -> tuple[Plan, Plan, Plan]:
    """The plan in force with its street, and two drafts that stand on it."""
    base = find_plan(session, square.plan.id)
    put_in_force(session, base)
    mine, theirs = (branch(session, base, actor=PLANNER, name=name) for name in ("我的", "他们的"))
    return base, mine, theirs


def without_streets(session: Session, *plans: Plan) -> None:
    """Store plans as if they had never had a street (R33)."""
    for plan in plans:
        for statement in (
            "UPDATE plan_unit SET parent_id = NULL WHERE plan_id = :p AND level = 'community'",
            "DELETE FROM plan_unit WHERE plan_id = :p AND level = 'street'",
        ):
            session.execute(text(statement), {"p": plan.id})
        plan.levels = WITHOUT
    session.flush()


def parents(session: Session, plan: Plan) -> dict[str, str | None]:
    rows = session.execute(
        text(
            "SELECT u.name, p.name FROM plan_unit u LEFT JOIN plan_unit p ON p.plan_id = u.plan_id "
            "AND p.unit_id = u.parent_id WHERE u.plan_id = :p AND u.level = 'community'"
        ),
        {"p": plan.id},
    )
    return dict(rows.all())  # type: ignore[arg-type]


def test_streets_that_the_plan_in_force_gave_up_go_and_my_changes_stay(
    session: Session, three: tuple[Plan, Plan, Plan]
) -> None:
    _, mine, theirs = three
    without_streets(session, theirs)
    edit(session, theirs, "create", level="cell", parent=2, blocks=[9, 13], name="新建网格")
    edit(session, mine, "assign", unit=5, blocks=[2])
    edit(session, mine, "create", level="community", parent=1, units=[7], name="我的社区")
    adopt_it(session, theirs)
    done = update(session, mine, PLANNER)
    assert mine.levels == WITHOUT
    assert parents(session, mine) == {"西门社区": None, "东门社区": None, "我的社区": None}
    assert (assigned(session, mine)[2], mine.base_id, mine.revision) == (5, theirs.id, 3)
    assert len(set(assigned(session, mine).values())) == 5
    assert check_plan(session, mine) == []  # with its log, which leads back to the plan with streets
    assert done.edit is not None
    assert done.edit.label["removed"] == ["城中街道"]
    assert read_log(session, mine).edits[0].operation == "bring-up-to-date"


def test_a_draft_that_changed_nothing_follows_too(session: Session, three: tuple[Plan, Plan, Plan]) -> None:
    _, mine, theirs = three
    without_streets(session, theirs)
    adopt_it(session, theirs)
    update(session, mine, PLANNER)
    assert (mine.levels, mine.revision) == (WITHOUT, 1)
    assert check_plan(session, mine) == []


def test_what_was_before_is_still_looked_at_and_forked(
    session: Session, three: tuple[Plan, Plan, Plan]
) -> None:
    _, mine, theirs = three
    without_streets(session, theirs)
    edit(session, mine, "create", level="community", parent=1, units=[7], name="我的社区")
    adopt_it(session, theirs)
    update(session, mine, PLANNER)
    then = units_at(session, mine, 0)
    assert [(one.level, len(one)) for one in then.levels] == [("community", 2), ("cell", 4)]
    forked = fork(session, mine, 0, [], actor=PLANNER)
    assert parents(session, forked) == {"西门社区": None, "东门社区": None}
    assert check_plan(session, forked) == []


def test_streets_that_i_gave_up_do_not_come_back(session: Session, three: tuple[Plan, Plan, Plan]) -> None:
    _, mine, theirs = three
    without_streets(session, mine)
    edit(session, mine, "assign", unit=5, blocks=[2])
    edit(session, theirs, "create", level="community", parent=1, units=[7], name="他们的社区")
    edit(session, theirs, "update", unit=1, name="城外街道")
    adopt_it(session, theirs)
    update(session, mine, PLANNER)
    assert mine.levels == WITHOUT
    assert parents(session, mine) == {"西门社区": None, "东门社区": None, "他们的社区": None}
    assert check_plan(session, mine) == []


def test_streets_that_i_alone_have_take_in_what_is_new(
    session: Session, three: tuple[Plan, Plan, Plan]
) -> None:
    base, mine, theirs = three
    without_streets(session, base, theirs)
    edit(session, mine, "update", unit=1, name="我的街道")
    edit(session, theirs, "create", level="community", units=[7], name="他们的社区")
    adopt_it(session, theirs)
    update(session, mine, PLANNER)
    assert mine.levels == WITH
    assert parents(session, mine) == dict.fromkeys(["西门社区", "东门社区", "他们的社区"], "我的街道")
    assert check_plan(session, mine) == []


def test_streets_that_came_into_force_meanwhile_are_refused_with_the_way_out(
    session: Session, three: tuple[Plan, Plan, Plan]
) -> None:
    base, mine, theirs = three
    without_streets(session, base, mine)
    edit(session, mine, "assign", unit=5, blocks=[2])
    adopt_it(session, theirs)
    with pytest.raises(PlanError, match="Make a branch of the plan in force, compare it with this plan"):
        update(session, mine, PLANNER)
    assert mine.levels == WITHOUT
    # The way out: what differs is told, and drawn in a branch of the plan in force.
    way_out = branch(session, theirs, actor=PLANNER)
    found = compare(session, way_out, mine).level("cell")
    changed = found.changed.nonzero()[0].tolist()
    assert [(found.old[k], found.new[k]) for k in changed] == [(4, 5)]
    edit(session, way_out, "assign", unit=5, blocks=[2])
    assert not compare(session, way_out, mine).level("cell").changed.any()


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        (WITH, WITH, WITHOUT, WITHOUT),
        (WITH, WITHOUT, WITH, WITHOUT),
        (WITH, WITHOUT, WITHOUT, WITHOUT),
        (WITHOUT, WITH, WITHOUT, WITH),
        (WITHOUT, WITH, WITH, WITH),
        (WITH, WITH, WITH, WITH),
        (WITHOUT, WITHOUT, WITH, None),  # the draft has no streets to keep up to date
        (WITH, WITHOUT, ["cell"], None),  # each in another way
        (["street", "community"], WITH, ["street", "community"], None),  # differ at the bottom
    ],
)
def test_a_side_that_changed_its_levels_is_followed(
    base: list[str], mine: list[str], theirs: list[str], merged: list[str] | None
) -> None:
    assert merged_levels(base, mine, theirs) == merged
