"""From a stored plan to a stored proposal."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from boundaries import proposals
from boundaries.check import check_plan
from boundaries.errors import PlanError
from boundaries.plans import StoredPlan, find_plan
from boundaries.proposing import Wanted
from boundaries.storage.database import Database


def without_count_rule(database: Database) -> None:
    with database.session() as session:
        session.execute(text("UPDATE district SET rules = rules - 'parts_per_parent'"))


def propose(database: Database, name: str | None = None, **wanted: object) -> tuple[int, list[str]]:
    searched = proposals.propose(database, 1, Wanted(**wanted, steps=200))  # type: ignore[arg-type]
    with database.session() as session:
        plan = proposals.take(session, searched.proposals[0].id, name).plan
        return plan.id, [str(rule) for rule in searched.answer.unmet]


def units(database: Database, plan: int, level: str) -> list[tuple[str, str | None, float]]:
    with database.session() as session:
        rows = session.execute(
            text(
                "SELECT name, code, (tallies->>'residents')::float FROM plan_unit "
                "WHERE plan_id = :p AND level = :l ORDER BY unit_id"
            ),
            {"p": plan, "l": level},
        )
        return [tuple(row) for row in rows]


def breaches(database: Database, plan: int) -> list[str]:
    with database.session() as session:
        return [str(breach) for breach in check_plan(session, find_plan(session, plan))]


def test_cells_are_numbered_within_communities_that_stay(database: Database, square: StoredPlan) -> None:
    without_count_rule(database)
    plan, unmet = propose(database, level="cell", name="新网格")
    assert unmet == []
    cells = units(database, plan, "cell")
    assert [residents for _, _, residents in cells] == [1200] * 4
    assert {name for name, _, _ in cells} == {
        f"{side}门社区第{number}网格" for side in "西东" for number in ("一", "二")
    }
    used = {"320812001001001", "320812001002001", "320812001001002", "320812001002002"}
    assert not used & {code for _, code, _ in cells}  # a code is never given twice
    assert units(database, plan, "community") == units(database, square.plan.id, "community")
    assert breaches(database, plan) == []


def english(database: Database, plan: int, level: str) -> set[str | None]:
    with database.session() as session:
        query = "SELECT name_en FROM plan_unit WHERE plan_id = :p AND level = :l"
        return set(session.scalars(text(query), {"p": plan, "l": level}))


def test_english_names_are_numbered_within_parents_that_have_one(
    database: Database, square: StoredPlan
) -> None:
    without_count_rule(database)
    with database.session() as session:
        session.execute(text("UPDATE plan_unit SET name_en = 'Ximen Community' WHERE name = '西门社区'"))
    plan, _ = propose(database, level="cell", name="新网格")
    assert english(database, plan, "cell") == {"Ximen Community Cell 1", "Ximen Community Cell 2", None}
    assert english(database, plan, "community") == {"Ximen Community", None}
    streets, _ = propose(database, level="street", name="两街", parts=2)
    assert english(database, streets, "street") == {"Street 1", "Street 2"}


def test_streets_are_made_of_whole_communities_whose_codes_follow(
    database: Database, square: StoredPlan
) -> None:
    plan, unmet = propose(database, level="street", name="两街", parts=2)
    assert unmet == []
    assert [residents for _, _, residents in units(database, plan, "street")] == [2400, 2400]
    assert {name for name, _, _ in units(database, plan, "community")} == {"西门社区", "东门社区"}
    assert len(units(database, plan, "cell")) == 4
    assert breaches(database, plan) == []


def test_a_community_proposal_drops_the_cells_it_would_cut(database: Database, square: StoredPlan) -> None:
    plan, _ = propose(database, level="community", name="三社区", bands={"residents": (1200, 1800)}, parts=3)
    assert len(units(database, plan, "community")) == 3
    assert units(database, plan, "cell") == []
    assert breaches(database, plan) == []


def test_the_same_steps_and_seed_give_the_same_plan(database: Database, square: StoredPlan) -> None:
    without_count_rule(database)
    made = [propose(database, level="cell", name=name, seed=3)[0] for name in ("a", "b")]
    with database.session() as session:
        groups = [
            session.scalar(
                text(
                    "SELECT string_agg(members, ';' ORDER BY members) FROM (SELECT string_agg(b.key, ',' ORDER BY b.key) "
                    "AS members FROM assignment a JOIN block b ON b.id = a.block_id WHERE a.plan_id = :p "
                    "GROUP BY a.unit_id) g"
                ),
                {"p": plan},
            )
            for plan in made
        ]
    assert groups[0] == groups[1]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"level": "community"}, "--parts"),
        ({"level": "cell", "bands": {"visitors": (1, 2)}}, '"visitors"'),
    ],
)
def test_what_is_missing_is_said(
    database: Database, square: StoredPlan, wanted: dict[str, object], words: str
) -> None:
    with pytest.raises(PlanError, match=words):
        propose(database, **wanted)
