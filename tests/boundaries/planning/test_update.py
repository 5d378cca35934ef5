"""A draft is brought up to date: random edits on two branches, merged and held against each block alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import text

from boundaries import redraw
from boundaries.check import check_plan
from boundaries.errors import EditError, NothingToDoError, PlanError
from boundaries.planning import life
from boundaries.planning.adoption import Decision, adopt
from boundaries.planning.branch import branch
from boundaries.planning.errors import ConflictsError, WrongStateError
from boundaries.planning.readiness import readiness
from boundaries.planning.update import update
from boundaries.plans import find_plan
from boundaries.redraw import Actor
from tests.boundaries.planning.conftest import PLANNER
from tests.boundaries.planning.test_adoption import edit, put_in_force

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database
    from boundaries.storage.plan_tables import Plan

OTHER = Actor("p-2", "李规划")


def assigned(session: Session, plan: Plan) -> dict[int, int]:
    rows = session.execute(
        text("SELECT block_id, unit_id FROM assignment WHERE plan_id = :p"), {"p": plan.id}
    )
    return {row[0]: row[1] for row in rows}


def adopt_it(session: Session, plan: Plan) -> None:
    life.submit(session, plan, OTHER)
    reasons = {one.unit: "试" for one in readiness(session, plan) if one.unit is not None}
    day = dt.date(2026, 1, 1) + dt.timedelta(days=plan.id)
    adopt(session, plan, Decision("a", "1", day, reasons=reasons), OTHER)


def paint_at_random(session: Session, plan: Plan, rng: np.random.Generator, edits: int) -> None:
    """Give random blocks to a cell beside theirs; what the rules of editing refuse is left."""
    for _ in range(edits):
        rows = beside_another_cell(session, plan)
        paint(session, plan, *rows[int(rng.integers(len(rows)))])


def beside_another_cell(session: Session, plan: Plan) -> list[tuple[int, int]]:
    """Return blocks with a cell beside theirs."""
    rows = session.execute(
        text(
            "SELECT a.block_id, b.unit_id FROM block_border x JOIN assignment a ON a.block_id = x.first_id "
            "AND a.plan_id = :p JOIN assignment b ON b.block_id = x.second_id AND b.plan_id = :p "
            "WHERE a.unit_id <> b.unit_id ORDER BY 1, 2"
        ),
        {"p": plan.id},
    )
    return [(block, unit) for block, unit in rows]


def paint(session: Session, plan: Plan, block: int, unit: int) -> bool:
    """Give a block to a cell, and tell whether the rules of editing let it be."""
    try:
        with session.begin_nested():
            edit(session, plan, "assign", unit=unit, blocks=[block])
    except EditError:
        session.refresh(plan)
        return False
    return True


def change_what_they_changed(session: Session, base: Plan, mine: Plan, theirs: Plan) -> None:
    """Give a block that they gave away to a third cell, so that both surely changed it, each in its own way."""
    before, their = assigned(session, base), assigned(session, theirs)
    assert any(
        paint(session, mine, block, unit)
        for block, unit in beside_another_cell(session, mine)
        if their[block] != before[block] and unit not in {their[block], before[block]}
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_random_edits_on_two_branches_merge_as_each_block_alone(demo_database: Database, seed: int) -> None:
    rng = np.random.default_rng(seed)
    with demo_database.session() as session:
        trial = session.begin_nested()
        base = find_plan(session, 2)
        mine, theirs = (branch(session, base, actor=PLANNER, name=name) for name in ("我的", "他们的"))
        for plan in (mine, theirs):
            paint_at_random(session, plan, rng, 6)
        change_what_they_changed(session, base, mine, theirs)
        before, my, their = assigned(session, base), assigned(session, mine), assigned(session, theirs)
        adopt_it(session, theirs)
        oracle = {
            one: my[one]
            if their[one] in {my[one], before[one]}
            else their[one]
            if my[one] == before[one]
            else None
            for one in before
        }
        conflicts = {str(one) for one, found in oracle.items() if found is None}
        assert conflicts
        with pytest.raises(ConflictsError) as caught:
            update(session, mine, PLANNER)
        features = caught.value.members["conflicts"]["features"]
        assert {feature["id"] for feature in features} == conflicts
        resolve = {one: str(rng.choice(["mine", "theirs"])) for one in sorted(conflicts)}
        update(session, mine, PLANNER, resolve)
        after = assigned(session, mine)
        for one, found in oracle.items():
            side = my if resolve.get(str(one)) == "mine" else their
            assert after[one] == (side[one] if found is None else found)
        assert mine.base_id == theirs.id
        assert [breach for breach in check_plan(session, mine) if breach.invariant != "contiguity"] == []
        trial.rollback()


@pytest.fixture
def two(database: Database, square: StoredPlan) -> tuple[int, int, int]:
    """The plan in force and two drafts that stand on it."""
    with database.session() as session:
        base = find_plan(session, square.plan.id)
        put_in_force(session, base)
        mine, theirs = (branch(session, base, actor=PLANNER, name=name) for name in ("我的", "他们的"))
        return base.id, mine.id, theirs.id


def test_what_one_side_alone_changed_is_taken_over(database: Database, two: tuple[int, int, int]) -> None:
    with database.session() as session:
        base, mine, theirs = (find_plan(session, plan) for plan in two)
        edit(session, mine, "assign", unit=5, blocks=[2])
        edit(session, mine, "update", unit=7, name="我的东北网格")
        made = edit(session, theirs, "create", level="cell", parent=2, blocks=[9, 13], name="新建网格")
        [new] = [unit for unit in made.units if unit > 7]
        adopt_it(session, theirs)
        done = update(session, mine, PLANNER)
        after = assigned(session, mine)
        assert (after[2], after[9], after[13]) == (5, new, new)
        names = dict(
            session.execute(
                text("SELECT unit_id, name FROM plan_unit WHERE plan_id = :p"), {"p": mine.id}
            ).all()
        )
        assert (names[7], names[new]) == ("我的东北网格", "新建网格")
        assert check_plan(session, mine) == []
        assert done.edit is not None
        assert (done.edit.operation, mine.base_id, mine.revision) == ("bring-up-to-date", theirs.id, 3)
        assert [step.step for step in life.steps_of(session, mine)] == ["branch", "update"]
        assert [one.kind for one in readiness(session, mine) if not one.needs_reason] == []
        with pytest.raises(NothingToDoError):
            update(session, mine, PLANNER)
        assert base.state == "superseded"


def test_a_conflict_is_told_with_its_place_and_decided(database: Database, two: tuple[int, int, int]) -> None:
    with database.session() as session:
        _, mine, theirs = (find_plan(session, plan) for plan in two)
        edit(session, mine, "assign", unit=5, blocks=[6])
        edit(session, theirs, "assign", unit=6, blocks=[6])
        edit(session, theirs, "update", unit=6, name_en="Northwest Cell")
        adopt_it(session, theirs)
        with pytest.raises(ConflictsError) as caught:
            update(session, mine, PLANNER)
        [feature] = caught.value.members["conflicts"]["features"]
        assert feature["id"] == "6"
        assert feature["properties"] == {
            "kind": "block", "mine": 5, "theirs": 6, "residents": 300,
            "mine_name": "东南网格", "mine_name_en": None, "theirs_name": "西北网格", "theirs_name_en": "Northwest Cell",
        }  # fmt: skip
        assert feature["geometry"]["type"] == "Polygon"
        trial = session.begin_nested()
        update(session, mine, PLANNER, {"6": "theirs"})
        assert assigned(session, mine)[6] == 6
        trial.rollback()
        session.refresh(mine)
        update(session, mine, PLANNER, {"6": "mine"})
        assert assigned(session, mine)[6] == 5
        assert check_plan(session, mine) == []


def test_cuts_of_both_sides_in_different_places_are_kept(
    database: Database, two: tuple[int, int, int]
) -> None:
    with database.session() as session:
        _, mine, theirs = (find_plan(session, plan) for plan in two)
        edit(session, mine, "cut", line=[[500_050, 3_700_000], [500_050, 3_700_100]])
        edit(session, theirs, "cut", line=[[500_350, 3_700_300], [500_350, 3_700_400]])
        adopt_it(session, theirs)
        update(session, mine, PLANNER)
        keys = session.execute(
            text("SELECT b.key FROM assignment a JOIN block b ON b.id = a.block_id WHERE a.plan_id = :p"),
            {"p": mine.id},
        ).scalars()
        assert len(list(keys)) == 18
        assert check_plan(session, mine) == []


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_ground_that_both_cut_is_taken_from_one_side(
    database: Database, two: tuple[int, int, int], side: str
) -> None:
    with database.session() as session:
        _, mine, theirs = (find_plan(session, plan) for plan in two)
        edit(session, mine, "cut", line=[[500_050, 3_700_000], [500_050, 3_700_100]])
        edit(session, theirs, "cut", line=[[500_000, 3_700_050], [500_100, 3_700_050]])
        adopt_it(session, theirs)
        with pytest.raises(ConflictsError) as caught:
            update(session, mine, PLANNER)
        [feature] = caught.value.members["conflicts"]["features"]
        assert feature["properties"]["kind"] == "cut"
        update(session, mine, PLANNER, {feature["id"]: side})
        assert len(assigned(session, mine)) == 17
        assert check_plan(session, mine) == []


def test_bringing_up_to_date_is_not_taken_back(database: Database, two: tuple[int, int, int]) -> None:
    with database.session() as session:
        _, mine, theirs = (find_plan(session, plan) for plan in two)
        edit(session, mine, "update", unit=7, name="我的东北网格")
        edit(session, theirs, "assign", unit=5, blocks=[2])
        adopt_it(session, theirs)
        update(session, mine, PLANNER)
        after = assigned(session, mine)
        edit(session, mine, "undo")
        assert assigned(session, mine) == after
        with pytest.raises(EditError):
            edit(session, mine, "undo", revision=2)
        with pytest.raises(EditError):
            edit(session, mine, "revert", revision=1)


def test_only_drafts_of_the_same_lowest_level_are_brought_up_to_date(
    database: Database, two: tuple[int, int, int]
) -> None:
    with database.session() as session:
        _, mine, theirs = (find_plan(session, plan) for plan in two)
        adopt_it(session, theirs)
        life.submit(session, mine, PLANNER)
        with pytest.raises(WrongStateError):
            update(session, mine, PLANNER)
        life.withdraw(session, mine, PLANNER)
        session.execute(text("UPDATE plan SET levels = '{street,community}' WHERE id = :p"), {"p": mine.id})
        with pytest.raises(PlanError, match="levels street, community"):
            update(session, mine, PLANNER)


def test_a_plan_that_goes_back_to_no_plan_in_force_takes_nothing_over(
    database: Database, two: tuple[int, int, int]
) -> None:
    with database.session() as session:
        base, mine, _ = (find_plan(session, plan) for plan in two)
        edit(session, mine, "assign", unit=5, blocks=[2])
        session.execute(text("UPDATE plan SET base_id = NULL WHERE id = :p"), {"p": mine.id})
        before = assigned(session, mine)
        done = update(session, mine, PLANNER)
        assert (done.edit, mine.base_id) == (None, base.id)
        assert assigned(session, mine) == before
        assert redraw.log(session, mine).edits[0].operation == "assign"
