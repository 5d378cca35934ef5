"""A branch is a copy that goes its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from boundaries.check import check_plan
from boundaries.errors import ArgumentError, PlanError
from boundaries.planning.branch import branch, ground_of
from boundaries.plans import find_plan
from boundaries.storage.plan_tables import PlanUnit
from tests.boundaries.planning.conftest import PLANNER

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database
    from boundaries.storage.plan_tables import Plan


def units(session: Session, plan: Plan) -> list[tuple[object, ...]]:
    columns = [column for column in PlanUnit.__table__.columns if column.name not in {"plan_id", "geom"}]
    rows = session.execute(
        select(*columns, PlanUnit.geom.ST_AsText())
        .where(PlanUnit.plan_id == plan.id)
        .order_by(PlanUnit.unit_id)
    )
    return [tuple(map(repr, row)) for row in rows]


def assignment(session: Session, plan: Plan) -> dict[int, int]:
    rows = session.execute(
        text("SELECT block_id, unit_id FROM assignment WHERE plan_id = :p"), {"p": plan.id}
    )
    return dict(rows.all())  # type: ignore[arg-type]


def test_a_branch_has_the_same_units_blocks_and_figures(database: Database, square: StoredPlan) -> None:
    with database.session() as session:
        plan = find_plan(session, square.plan.id)
        made = branch(session, plan, actor=PLANNER)
        assert (made.state, made.revision, made.name, made.created_by) == ("draft", 0, "first 修订", "王规划")
        assert units(session, made) == units(session, plan)
        assert assignment(session, made) == assignment(session, plan)
        assert check_plan(session, made) == []


def test_names_of_branches_are_numbered_and_never_taken_twice(database: Database, square: StoredPlan) -> None:
    with database.session() as session:
        plan = find_plan(session, square.plan.id)
        assert [branch(session, plan, actor=PLANNER).name for _ in range(3)] == [
            "first 修订",
            "first 修订 2",
            "first 修订 3",
        ]
        with pytest.raises(PlanError, match="choose another name"):
            branch(session, plan, actor=PLANNER, name=" first ")
        with pytest.raises(ArgumentError, match="1 to 200"):
            branch(session, plan, actor=PLANNER, name=" ")


def test_a_branch_may_add_one_undivided_cell_to_every_community(
    database: Database, demo_database: Database
) -> None:
    with demo_database.session() as session:
        before = find_plan(session, 1)
        trial = session.begin_nested()
        made = branch(session, before, actor=PLANNER, levels=["street", "community", "cell"])
        rows = session.execute(
            text(
                "SELECT c.type, c.area_m2 = p.area_m2 AND c.tallies = p.tallies, c.name = p.name || '未划分' "
                "FROM plan_unit c JOIN plan_unit p ON p.plan_id = c.plan_id AND p.unit_id = c.parent_id "
                "WHERE c.plan_id = :plan AND c.level = 'cell'"
            ),
            {"plan": made.id},
        ).all()
        assert len(rows) == 45
        assert {tuple(row) for row in rows} == {("unassigned", True, True)}
        assert check_plan(session, made) == []
        trial.rollback()


@pytest.mark.parametrize("levels", [["cell"], ["street", "community"], ["cell", "street", "community"], []])
def test_levels_a_branch_cannot_have_are_refused(
    database: Database, square: StoredPlan, levels: list[str]
) -> None:
    with database.session() as session, pytest.raises(ArgumentError, match="may add cells"):
        branch(session, find_plan(session, square.plan.id), actor=PLANNER, levels=levels)


def test_a_branch_of_a_draft_stands_on_the_plan_in_force_that_the_draft_stands_on(
    database: Database, square: StoredPlan
) -> None:
    with database.session() as session:
        plan = find_plan(session, square.plan.id)
        loose = branch(session, plan, actor=PLANNER)
        assert ground_of(session, loose) is None
        session.execute(
            text("UPDATE plan SET state = 'adopted', authority = 'a', adopted_on = '2020-01-01', "
                 "in_force_from = '2020-01-01' WHERE id = :p"),
            {"p": plan.id},
        )  # fmt: skip
        session.expire_all()
        first = branch(session, plan, actor=PLANNER)
        second = branch(session, first, actor=PLANNER)
        assert (first.base_id, second.base_id) == (plan.id, plan.id)
        assert second.made_by["branch"]["plan"] == first.id
        ground = ground_of(session, second)
        assert ground is not None
        assert ground.id == plan.id
