"""Proposals are kept whole, tell what they change, and become plans only when taken."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from boundaries import proposals
from boundaries.check import check_plan
from boundaries.errors import ArgumentError, BoundaryError, PlanError
from boundaries.hierarchy import read_hierarchy
from boundaries.plans import StoredPlan, find_plan
from boundaries.proposal_figures import changed_blocks, proposal_figures
from boundaries.proposing import Wanted, default_bands, possible_goals
from boundaries.rules import Rules
from boundaries.storage.database import Database

BANDS = {"residents": (1000.0, 1500.0)}
QUARTERS = np.array([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3])
"""The four cells of the square, block by block from the south-west."""


def search(database: Database, **wanted: object) -> list[int]:
    asked = {"level": "cell", "parts_per_parent": (2, 2), "steps": 100} | wanted
    with database.session() as session:
        searched = proposals.propose(session, find_plan(session, "first"), Wanted(**asked), job=5)  # type: ignore[arg-type]
        return [one.id for one in searched.proposals]


def plans(database: Database) -> int:
    with database.session() as session:
        return int(session.scalar(text("SELECT count(*) FROM plan")) or 0)


def test_a_search_keeps_proposals_and_makes_no_plan(database: Database, square: StoredPlan) -> None:
    first = search(database)
    assert plans(database) == 1
    again = search(database)  # the same job a second time, as after a worker died
    with database.session() as session:
        assert [one.id for one in proposals.proposals_of(session, 5)] == again
    assert set(first).isdisjoint(again)


def test_a_proposal_is_taken_under_the_name_given_or_the_next_free_one(
    database: Database, square: StoredPlan
) -> None:
    [best, *_] = search(database)
    names = []
    for name in ("方案一", None, None):
        with database.session() as session:
            taken = proposals.take(session, best, name).plan
            names.append(taken.name)
            assert taken.base_id == square.plan.id
            assert taken.made_by["proposal"] == best
            assert [str(breach) for breach in check_plan(session, taken) if breach.unit == "cell"] == []
    assert names == ["方案一", "first·网格方案", "first·网格方案2"]
    with pytest.raises(PlanError, match="方案一"), database.session() as session:
        proposals.take(session, best, "方案一")


def test_a_proposal_is_refused_when_its_plan_was_changed_since(
    database: Database, square: StoredPlan
) -> None:
    [best, *_] = search(database)
    with database.session() as session:
        session.execute(text("UPDATE plan SET revision = revision + 1"))
    with pytest.raises(PlanError, match="revision 0, now 1"), database.session() as session:
        proposals.take(session, best)
    assert plans(database) == 1


def test_the_figures_of_a_drawn_division_are_those_counted_by_hand(
    database: Database, square: StoredPlan
) -> None:
    with database.session() as session:
        have = read_hierarchy(session, square.plan)
    assert changed_blocks(have, "cell", QUARTERS[::-1].copy()) is not None
    same = proposal_figures(have, "cell", 3 - QUARTERS, BANDS)  # other labels, the same cells
    assert (same["moved"], same["out_of_band"], same["residents"]) == (0, 0, [1200, 1200])
    assert (
        same["clear_border_share"] == 0.5
    )  # the road between west and east, nothing between south and north
    assert same["compactness"] == pytest.approx(np.pi / 4)
    moved = QUARTERS.copy()
    moved[1] = 1  # one block of 300 residents goes east
    other = proposal_figures(have, "cell", moved, BANDS)
    assert (other["moved"], other["out_of_band"], other["residents"]) == (300, 1, [900, 1500])
    assert other["units"] == 4


def test_where_there_are_no_units_of_the_level_nobody_is_said_to_move(
    database: Database, square: StoredPlan
) -> None:
    with database.session() as session:
        community = proposals.propose(
            session, square.plan, Wanted("community", bands={"residents": (1200, 1800)}, parts=3, steps=50)
        )
        taken = proposals.take(session, community.proposals[0].id).plan
        have = read_hierarchy(session, taken)
        assert "moved" not in possible_goals(have, "cell")
        assert "moved" in possible_goals(have, "community")
        assert proposal_figures(have, "cell", QUARTERS, BANDS)["moved"] is None


def test_units_that_are_kept_stay_whole_with_name_code_and_id(database: Database, square: StoredPlan) -> None:
    west = int(square.unit_ids["cell"][0])
    [best, *_] = search(database, keep=[west])
    with database.session() as session:
        plan = proposals.take(session, best).plan
        name, code = session.execute(
            text("SELECT name, code FROM plan_unit WHERE plan_id = :p AND unit_id = :u"),
            {"p": plan.id, "u": west},
        ).one()
        blocks = session.scalar(
            text(
                "SELECT count(*) FROM assignment a JOIN assignment b USING (block_id, unit_id) "
                "WHERE a.plan_id = 1 AND b.plan_id = :p AND unit_id = :u"
            ),
            {"p": plan.id, "u": west},
        )
    assert (name, code, blocks) == ("西南网格", "320812001001001", 4)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"keep": [999]}, "unit 999 is no cell"),
        ({"barrier_costs": {"hedge": 0.5}}, '"hedge"'),
        ({"barrier_costs": {"wall": 2.0}}, "0 to 1"),
        ({"level": "house"}, '"house"'),
        ({"goals": {"beauty": 1.0}}, "beauty"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(
    database: Database, square: StoredPlan, wanted: dict[str, object], words: str
) -> None:
    with pytest.raises(BoundaryError, match=words):
        search(database, **wanted)


def test_reasons_and_unmet_rules_know_their_place(database: Database, square: StoredPlan) -> None:
    with database.session() as session:
        told = proposals.propose(session, square.plan, Wanted("cell", steps=20)).told
    # The district asks for five to seven cells in a community; 2,400 residents fill two.
    assert {reason["parent"] for reason in told["reasons"]} >= {"西门社区"}
    west = next(reason for reason in told["reasons"] if reason["parent"] == "西门社区")
    assert west["bounds"] == [500_000, 3_700_000, 500_200, 3_700_400]
    assert west["relaxation"]


def test_defaults_are_the_districts_bands_and_the_mean_of_the_units_there_are(
    database: Database, square: StoredPlan
) -> None:
    with database.session() as session:
        have = read_hierarchy(session, square.plan)
    rules = Rules.of({"bands": {"residents": [1000, 1500], "visitors": [1, 2]}})
    assert default_bands(have, rules, "cell") == {"residents": (1000, 1500)}
    assert default_bands(have, rules, "community") == {"residents": (1800, 3000)}


def test_an_unknown_level_is_an_argument_error(database: Database, square: StoredPlan) -> None:
    with pytest.raises(ArgumentError):
        search(database, level="block")
