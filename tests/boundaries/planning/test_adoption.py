"""From draft to plan in force: what stands in the way, one by one, and what adoption leaves behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from boundaries import redraw
from boundaries.check import check_all, check_plan
from boundaries.errors import ArgumentError, EditError, PlanError
from boundaries.planning import life
from boundaries.planning.adoption import Decision, adopt
from boundaries.planning.branch import branch
from boundaries.planning.errors import NotReadyError, WrongStateError
from boundaries.planning.readiness import readiness
from boundaries.plans import find_plan
from boundaries.storage.tables import District
from tests.boundaries.planning.conftest import PLANNER

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database
    from boundaries.storage.plan_tables import Plan

DAY = dt.date(2026, 7, 1)
REASONS = {2: "西门社区只有两个网格，人口少。", 3: "东门社区同上。"}
DECISION = Decision("清河区人民政府", "清政发〔2026〕7号", DAY, dt.date(2026, 8, 1), REASONS)


def put_in_force(session: Session, plan: Plan) -> None:
    session.execute(
        text(
            "UPDATE plan SET state = 'adopted', authority = 'a', adopted_on = '2020-01-01', "
            "in_force_from = '2020-01-01' WHERE id = :p"
        ),
        {"p": plan.id},
    )
    session.refresh(plan)


def edit(session: Session, plan: Plan, operation: str, **arguments: object) -> redraw.Result:
    asked = redraw.Edit.of(operation, arguments)
    return redraw.edit(session, plan, asked, actor=PLANNER, revision=plan.revision)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session() as opened:
        yield opened


@pytest.fixture
def base(session: Session, square: StoredPlan) -> Plan:
    plan = find_plan(session, square.plan.id)
    put_in_force(session, plan)
    return plan


@pytest.fixture
def draft(session: Session, base: Plan) -> Plan:
    return branch(session, base, actor=PLANNER, name="新方案")


def test_a_plan_is_adopted_and_the_former_one_ends(session: Session, base: Plan, draft: Plan) -> None:
    edit(session, draft, "update", unit=4, name="改名网格")
    life.submit(session, draft, PLANNER)
    adopt(session, draft, DECISION, PLANNER)
    assert (draft.state, draft.authority, draft.number) == ("adopted", "清河区人民政府", "清政发〔2026〕7号")
    assert (draft.adopted_on, draft.in_force_from, draft.in_force_to) == (DAY, dt.date(2026, 8, 1), None)
    assert (base.state, base.in_force_to) == ("superseded", dt.date(2026, 8, 1))
    for day, plan in (("2026-07-31", base), ("2026-08-01", draft), ("2020-01-01", base)):
        found = life.plan_in_force(session, draft.district_id, dt.date.fromisoformat(day))
        assert found is plan
    assert life.plan_in_force(session, draft.district_id, dt.date(2019, 12, 31)) is None
    assert [entry["reason"] for entry in draft.exceptions] == list(REASONS.values())
    kinds = session.execute(text("SELECT kind, count(*), sum(residents) FROM succession GROUP BY 1")).all()
    assert [tuple(row) for row in kinds] == [("continued", 7, 14_400)]
    assert [step.step for step in life.steps_of(session, draft)] == ["branch", "submit", "adopt"]
    assert [step.step for step in life.steps_of(session, base)] == ["supersede"]
    assert check_all(session) == []
    with pytest.raises(EditError, match="cannot be edited"):
        edit(session, draft, "update", unit=4, name="再改网格")


def test_the_first_plan_of_a_district_needs_no_base(session: Session, square: StoredPlan) -> None:
    plan = find_plan(session, square.plan.id)
    life.submit(session, plan, PLANNER)
    adopt(session, plan, DECISION, PLANNER)
    assert plan.state == "adopted"
    assert session.scalar(text("SELECT count(*) FROM succession")) == 0


def test_readiness_lists_rules_with_their_place(session: Session, draft: Plan) -> None:
    edit(session, draft, "assign", unit=5, blocks=[2])
    found = readiness(session, draft)
    assert {(one.kind, one.unit, one.needs_reason) for one in found} == {
        ("rule", 2, True),
        ("rule", 3, True),
        ("rule", 4, True),
    }
    [short] = [one for one in found if one.unit == 4]
    assert short.message == '"西南网格" has 900 residents, outside 1,000 to 1,500.'
    assert short.bounds == [500_000, 3_700_000, 500_200, 3_700_200]


def refused(session: Session, plan: Plan, decision: Decision) -> NotReadyError:
    with pytest.raises(NotReadyError) as caught:
        adopt(session, plan, decision, PLANNER)
    assert plan.state == "submitted"
    return caught.value


@pytest.mark.parametrize("reasons", [{}, {2: "有理由"}, {2: "有理由", 3: " "}])
def test_every_unit_that_breaks_a_rule_needs_a_written_reason(
    session: Session, draft: Plan, reasons: dict[int, str]
) -> None:
    life.submit(session, draft, PLANNER)
    error = refused(session, draft, Decision("a", "1", DAY, reasons=reasons))
    missing = {2, 3} - {unit for unit, reason in reasons.items() if reason.strip()}
    assert {one["unit"] for one in error.members["hindrances"]} == missing


def test_a_reason_for_a_unit_that_breaks_no_rule_is_a_mistake(session: Session, draft: Plan) -> None:
    life.submit(session, draft, PLANNER)
    with pytest.raises(ArgumentError, match="unit 4 breaks no rule"):
        adopt(session, draft, Decision("a", "1", DAY, reasons=REASONS | {4: "为何"}), PLANNER)


def test_a_base_no_longer_in_force_stands_in_the_way(session: Session, base: Plan, draft: Plan) -> None:
    other = branch(session, base, actor=PLANNER)
    for plan in (draft, other):
        life.submit(session, plan, PLANNER)
    adopt(session, other, DECISION, PLANNER)
    error = refused(session, draft, DECISION)
    assert [one["kind"] for one in error.members["hindrances"]] == ["base"]
    assert "bring it up to date" in str(error)


def test_a_plan_that_goes_back_to_no_plan_in_force_stands_in_its_own_way(
    session: Session, base: Plan, draft: Plan
) -> None:
    session.execute(text("UPDATE plan SET base_id = NULL WHERE id = :p"), {"p": draft.id})
    life.submit(session, draft, PLANNER)
    assert "stands on no plan" in str(refused(session, draft, DECISION))


def test_a_branch_of_a_draft_that_was_adopted_stands_on_what_that_draft_stood_on(
    session: Session, base: Plan, draft: Plan
) -> None:
    made_of_it = branch(session, draft, actor=PLANNER)
    session.execute(text("UPDATE plan SET base_id = :d WHERE id = :p"), {"d": draft.id, "p": made_of_it.id})
    life.submit(session, draft, PLANNER)
    adopt(session, draft, DECISION, PLANNER)
    session.refresh(made_of_it)
    assert made_of_it.base_id == base.id


def test_blocks_that_nobody_has_drawn_stand_in_the_way(session: Session, draft: Plan) -> None:
    session.execute(
        text("UPDATE plan_unit SET type = 'unassigned' WHERE plan_id = :p AND unit_id = 4"), {"p": draft.id}
    )
    life.submit(session, draft, PLANNER)
    error = refused(session, draft, DECISION)
    assert ("unassigned", 4) in {(one["kind"], one["unit"]) for one in error.members["hindrances"]}


def test_a_broken_invariant_stands_in_the_way(session: Session, draft: Plan) -> None:
    session.execute(
        text(
            "UPDATE plan_unit SET tallies = tallies || '{\"residents\": 7}' WHERE plan_id = :p AND unit_id = 4"
        ),
        {"p": draft.id},
    )
    life.submit(session, draft, PLANNER)
    error = refused(session, draft, DECISION)
    assert "tallies" in {one["kind"] for one in error.members["hindrances"]}


@pytest.mark.parametrize("step", ["draft", "archived", "adopted"])
def test_only_a_submitted_plan_is_adopted(session: Session, draft: Plan, step: str) -> None:
    if step == "archived":
        life.archive(session, draft, PLANNER)
    elif step == "adopted":
        life.submit(session, draft, PLANNER)
        adopt(session, draft, DECISION, PLANNER)
    with pytest.raises(WrongStateError, match=f"is {step}; only a plan that is submitted"):
        adopt(session, draft, DECISION, PLANNER)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("", "1", DAY), "authority"),
        (("a", " ", DAY), "number"),
        (("a", "1", DAY, dt.date(2026, 6, 30)), "before that day"),
        (("a", "1", DAY, DAY, {2: "x" * 2001}), "2,000 characters"),
    ],
)
def test_a_decision_says_who_what_and_when(arguments: tuple[object, ...], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        Decision(*arguments)  # type: ignore[arg-type]


def test_a_plan_begins_after_the_one_it_ends(session: Session, draft: Plan) -> None:
    life.submit(session, draft, PLANNER)
    with pytest.raises(ArgumentError, match="begins later"):
        adopt(session, draft, Decision("a", "1", dt.date(2020, 1, 1), reasons=REASONS), PLANNER)


def test_codes_become_final_and_never_another_units(session: Session, base: Plan, draft: Plan) -> None:
    edit(session, draft, "create", level="cell", parent=2, blocks=[9, 13], name="新网格")
    made = session.scalar(text("SELECT unit_id FROM plan_unit WHERE name = '新网格'"))
    # A code that another unit has in a plan in force, one that does not follow its parent, and none at all.
    for plan, unit, code in (
        (base, 7, "320812001001003"),
        (draft, 5, "320812009009001"),
        (draft, 6, None),
    ):
        session.execute(
            text("UPDATE plan_unit SET code = :c WHERE plan_id = :p AND unit_id = :u"),
            {"c": code, "p": plan.id, "u": unit},
        )
    edit(session, draft, "lock", units=[5])
    life.submit(session, draft, PLANNER)
    reasons = {one.unit: "如此" for one in readiness(session, draft) if one.unit is not None}
    adopt(session, draft, Decision("a", "1", DAY, reasons=reasons), PLANNER)
    codes = dict(
        session.execute(
            text("SELECT unit_id, code FROM plan_unit WHERE plan_id = :p AND level = 'cell'"), {"p": draft.id}
        ).all()
    )
    assert codes[4] == "320812001001001"
    assert codes[6] == "320812001001002"
    assert codes[5] == "320812001002001"
    assert codes[made] == "320812001001004"
    assert check_plan(session, draft) == []
    assert session.scalar(text("SELECT operation FROM edit ORDER BY id DESC LIMIT 1")) == "codes"


def test_a_district_without_a_code_keeps_its_units_codes(session: Session, draft: Plan) -> None:
    session.get_one(District, draft.district_id).code = None
    session.execute(text("UPDATE plan_unit SET code = NULL WHERE unit_id = 4"))
    life.submit(session, draft, PLANNER)
    adopt(session, draft, DECISION, PLANNER)
    assert draft.revision == 0


def test_steps_are_taken_in_order_and_told(session: Session, draft: Plan) -> None:
    life.submit(session, draft, PLANNER)
    with pytest.raises(EditError, match="cannot be edited"):
        edit(session, draft, "update", unit=4, name="改名网格")
    with pytest.raises(WrongStateError):
        life.archive(session, draft, PLANNER)
    life.withdraw(session, draft, PLANNER)
    life.archive(session, draft, PLANNER)
    assert life.state_of(draft) == "archived"
    with pytest.raises(EditError, match="archived"):
        edit(session, draft, "update", unit=4, name="改名网格")
    with pytest.raises(WrongStateError):
        life.submit(session, draft, PLANNER)
    life.restore(session, draft, PLANNER)
    edit(session, draft, "update", unit=4, name="改名网格")
    life.rename(session, draft, "又一个名字", PLANNER)
    told = [(step.step, step.actor["name"]) for step in life.steps_of(session, draft)]
    assert told == [
        (step, "王规划") for step in ("branch", "submit", "withdraw", "archive", "restore", "rename")
    ]


@pytest.mark.parametrize(
    ("name", "error"), [("first", PlanError), ("12", ArgumentError), (" ", ArgumentError)]
)
def test_names_of_plans_are_unique_and_no_numbers(
    session: Session, draft: Plan, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        life.rename(session, draft, name, PLANNER)
    life.rename(session, draft, draft.name, PLANNER)


def test_a_plan_in_force_keeps_its_name(session: Session, base: Plan) -> None:
    with pytest.raises(WrongStateError, match="keeps it"):
        life.rename(session, base, "别名", PLANNER)


def test_adopting_the_demo_asks_the_database_a_fixed_number_of_times(demo_database: Database) -> None:
    asked: list[str] = []
    with demo_database.session() as session:
        trial = session.begin_nested()
        plan = branch(session, find_plan(session, 2), actor=PLANNER, name="要批准的")
        life.submit(session, plan, PLANNER)
        event.listen(
            demo_database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]), named=False
        )
        reasons = {one.unit: "试" for one in readiness(session, plan) if one.unit is not None}
        once = len(asked)
        adopt(session, plan, Decision("a", "1", DAY, reasons=reasons), PLANNER)
        trial.rollback()
    assert once <= 35
    assert len(asked) - once <= 60  # however many units and blocks there are
