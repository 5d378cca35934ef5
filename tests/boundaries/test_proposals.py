"""Proposals are kept whole, tell what they change, and become plans only when taken."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sqlalchemy import text

from boundaries import proposals
from boundaries.balancing import Steps
from boundaries.check import check_plan
from boundaries.city import CitySteps
from boundaries.city.steps import steps_json, steps_of
from boundaries.errors import ArgumentError, BoundaryError, PlanError
from boundaries.hierarchy import read_hierarchy
from boundaries.plans import StoredPlan
from boundaries.proposal_figures import changed_blocks, proposal_figures
from boundaries.proposing import Wanted, default_bands, possible_goals
from boundaries.rules import Rules
from boundaries.storage.database import Database
from boundaries.storage.tables import District
from boundaries.walks import served_levels

BANDS = {"residents": (1000.0, 1500.0)}
QUARTERS = np.array([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3])
"""The four cells of the square, block by block from the south-west."""


def search(database: Database, **wanted: object) -> list[int]:
    asked = {"level": "cell", "parts_per_parent": (2, 2), "steps": 100} | wanted
    searched = proposals.propose(database, 1, Wanted(**asked), job=5)  # type: ignore[arg-type]
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


def change_plan(database: Database) -> None:
    with database.session() as session:
        session.execute(text("UPDATE plan SET revision = revision + 1"))


def test_no_transaction_is_open_while_a_search_lasts(database: Database, square: StoredPlan) -> None:
    held: list[int] = []

    def look(_share: float, _phase: str) -> None:
        with database.session() as session:
            held.append(
                session.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                        "AND xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                    )
                )
                or 0
            )

    proposals.propose(database, 1, Wanted("cell", parts_per_parent=(2, 2), steps=100), on_progress=look)
    assert held
    assert set(held) == {0}


def test_what_was_found_for_a_plan_that_changed_meanwhile_is_not_kept(
    database: Database, square: StoredPlan
) -> None:
    with pytest.raises(PlanError, match=r'"first" was changed \(revision 0, now 1\) while'):
        proposals.propose(
            database,
            1,
            Wanted("cell", parts_per_parent=(2, 2), steps=100),
            before_keeping=lambda: change_plan(database),
        )
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM proposal")) == 0


@pytest.mark.parametrize("budget", [{"steps": 100}, {"time_limit_s": 0.4}])
def test_a_proposal_is_searched_for_again_by_its_steps_and_comes_out_the_same(
    database: Database, square: StoredPlan, budget: dict[str, float]
) -> None:
    asked = Wanted("community", bands={"residents": (900, 1500)}, parts=4, seed=4, **budget)  # type: ignore[arg-type]
    first = proposals.propose(database, 1, asked)
    assert first.proposals[0].made_by["steps_done"]["per_start"]
    again = proposals.repeat(database, first.proposals[0].id)
    assert [row.part for row in again.proposals] == [row.part for row in first.proposals]
    assert again.proposals[0].made_by["steps_done"] == first.proposals[0].made_by["steps_done"]


def test_a_proposal_that_does_not_come_out_again_is_said_to_be_another(
    database: Database, square: StoredPlan
) -> None:
    [best, *_] = search(database)
    with database.session() as session:
        row = proposals.find_proposal(session, best)
        row.part = row.part[::-1]
        row.made_by = {**row.made_by, "engine": "older"}
    with pytest.raises(PlanError, match="another version"):
        proposals.repeat(database, best)
    change_plan(database)
    with pytest.raises(PlanError, match="changed since"):
        proposals.repeat(database, best)


def test_steps_of_one_search_and_of_a_citys_survive_being_kept() -> None:
    one, two = Steps([(5, 4), (3, 3)], (1, 2, 0)), Steps([(9, 9)])
    for steps in (one, CitySteps([one, two])):
        kept = steps_of(json.loads(json.dumps(steps_json(steps))))
        assert (type(kept), int(kept), kept.per_start, kept.finish) == (
            type(steps), int(steps), steps.per_start, steps.finish
        )  # fmt: skip
    assert [task.finish for task in kept.tasks] == [(1, 2, 0), (0, 0, 0)]


def test_cells_are_drawn_nearer_to_their_service_points_where_walking_is_the_goal(
    database: Database, square: StoredPlan
) -> None:
    x0, y0 = 500_000, 3_700_000
    with database.session() as session:
        for key, x, y in (("P1", 50, 50), ("P2", 350, 350), ("P3", 50, 350), ("P4", 350, 50)):
            session.execute(
                text(
                    "INSERT INTO service_point (district_id, srid, key, name, kind, level, geom) "
                    "VALUES (1, 4549, :k, :k, 'station', 'cell', ST_SetSRID(ST_MakePoint(:x, :y), 4549))"
                ),
                {"k": key, "x": x0 + x, "y": y0 + y},
            )
        have = read_hierarchy(session, square.plan)
        served = served_levels(session, session.get_one(District, 1))
        assert "walking" in possible_goals(have, "cell", served)
        assert "walking" not in possible_goals(have, "community", served)
    asked = Wanted("cell", parts_per_parent=(2, 2), steps=100, goals={"walking": 1.0})
    straight = proposals.propose(database, 1, asked)
    # Four blocks around each point, 0, 100, 100 and 141 m away, with a detour of 1.3 at 80 m a minute.
    minutes = (0 + 100 + 100 + 100 * 2**0.5) / 4 * 1.3 / 80
    assert straight.proposals[0].scores["walking"] == pytest.approx(minutes)
    assert any(
        "straight line" in note["text"] and "no roads" in note["text"] for note in straight.told["notes"]
    )
    with database.session() as session:
        session.execute(
            text(
                "INSERT INTO road (district_id, srid, class, width_m, geom) VALUES (1, 4549, 'lane', 8, "
                "ST_SetSRID(ST_MakeLine(ST_MakePoint(:x, :y), ST_MakePoint(:x, :y + 400)), 4549))"
            ),
            {"x": x0 + 200, "y": y0},
        )
    along = proposals.propose(database, 1, asked)
    assert any("along the streets" in note["text"] for note in along.told["notes"])
    assert along.proposals[0].scores["walking"] > minutes
    with pytest.raises(PlanError, match="no service points of level street"):
        proposals.propose(database, 1, Wanted("street", parts=2, goals={"walking": 1.0}))


def test_an_island_joins_the_rest_by_a_named_link(database: Database, square: StoredPlan) -> None:
    with database.session() as session:  # the west loses its border between south and north: two islands
        session.execute(
            text(
                "DELETE FROM block_border WHERE (first_id, second_id) IN (SELECT a.id, b.id FROM block a, block b "
                "WHERE (a.key, b.key) IN (('b10', 'b20'), ('b11', 'b21')))"
            )
        )
    asked = {"level": "cell", "bands": {"residents": (2000, 2800)}, "parts_per_parent": (1, 1), "steps": 20}
    apart = proposals.propose(database, 1, Wanted(**asked))  # type: ignore[arg-type]
    assert apart.told["reasons"]
    joined = proposals.propose(database, 1, Wanted(**asked, links=[("b11", "b21")]))  # type: ignore[arg-type]
    assert joined.told["reasons"] == []
    assert joined.proposals[0].figures["units"] == 2


def test_where_there_are_no_units_of_the_level_nobody_is_said_to_move(
    database: Database, square: StoredPlan
) -> None:
    community = proposals.propose(
        database,
        square.plan.id,
        Wanted("community", bands={"residents": (1200, 1800)}, parts=3, steps=50),
    )
    with database.session() as session:
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
        ({"links": [("b00", "b99")]}, '"b99"'),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(
    database: Database, square: StoredPlan, wanted: dict[str, object], words: str
) -> None:
    with pytest.raises(BoundaryError, match=words):
        search(database, **wanted)


def test_reasons_and_unmet_rules_know_their_place(database: Database, square: StoredPlan) -> None:
    told = proposals.propose(database, square.plan.id, Wanted("cell", steps=20)).told
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
