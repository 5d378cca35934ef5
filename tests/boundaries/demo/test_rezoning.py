import datetime as dt

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from boundaries.balancing import Band
from boundaries.codes import parse_code
from boundaries.names import NamedUnit, name_faults
from geo.coverage import adjacency

PLANS = ("2009", "2010")


@pytest.fixture(scope="module")
def block_graph(demo):
    return nx.Graph(adjacency(np.asarray(demo.blocks.geometry.values)).edges.tolist())


def residents_of(demo, plan, level, measure="residents"):
    return demo.blocks[measure].groupby(demo.rezonings[plan].unit_of_block[level]).sum()


def kinds(demo, plan, level):
    units = demo.rezonings[plan].units
    return units.loc[units["level"] == level, "type"].value_counts().to_dict()


def test_the_plan_of_2009_has_the_units_of_the_source(demo):
    assert demo.rezonings["2009"].levels == ("street", "community")
    assert kinds(demo, "2009", "street") == {"street": 6, "office": 1}
    assert kinds(demo, "2009", "community") == {"community": 33, "village": 11, "farm": 1}


def test_the_largest_street_of_2009_has_four_times_the_residents_of_the_smallest(demo):
    plan = demo.rezonings["2009"]
    streets = plan.units.loc[plan.units["type"] == "street", "key"]
    for measure in ("residents", "residents_2006"):
        held = residents_of(demo, "2009", "street", measure)
        assert held[streets].max() >= 4 * held[streets].min()
        assert held.max() >= 4 * held.min()


def test_the_plan_of_2010_has_the_units_of_the_source(demo):
    assert demo.rezonings["2010"].levels == ("street", "community", "cell")
    assert kinds(demo, "2010", "street") == {"street": 7}
    assert kinds(demo, "2010", "community") == {"community": 41}
    cells = kinds(demo, "2010", "cell")
    assert cells["ordinary"] == 265
    assert cells["exclusive"] >= 20


def test_streets_and_communities_of_2010_are_balanced(demo):
    streets = residents_of(demo, "2010", "street")
    communities = residents_of(demo, "2010", "community")
    assert streets.max() <= 1.5 * streets.min()
    assert communities.max() <= 1.6 * communities.min()


def test_every_ordinary_cell_is_in_both_bands(demo):
    plan = demo.rezonings["2010"]
    ordinary = plan.units.loc[plan.units["type"] == "ordinary", "key"]
    for measure, band in (("residents", Band(1_000, 1_500)), ("households", Band(300, 500))):
        held = residents_of(demo, "2010", "cell", measure)[ordinary]
        assert held.min() >= band.low
        assert held.max() <= band.high


def test_every_community_has_five_to_seven_ordinary_cells(demo):
    units = demo.rezonings["2010"].units
    counts = units[units["type"] == "ordinary"].groupby("parent").size()
    assert len(counts) == 41
    assert counts.between(5, 7).all()


def test_nobody_lives_in_an_exclusive_cell(demo):
    units = demo.rezonings["2010"].units
    exclusive = units.loc[units["type"] == "exclusive", "key"]
    assert residents_of(demo, "2010", "cell")[exclusive].max() == 0


@pytest.mark.parametrize("plan", PLANS)
def test_every_unit_of_every_level_hangs_together(demo, block_graph, plan):
    for level, unit_of_block in demo.rezonings[plan].unit_of_block.items():
        members = pd.Series(range(len(unit_of_block))).groupby(unit_of_block)
        broken = [key for key, blocks in members if not nx.is_connected(block_graph.subgraph(blocks))]
        assert broken == [], level


@pytest.mark.parametrize("plan", PLANS)
def test_every_block_is_in_one_unit_of_each_level_and_units_nest(demo, plan):
    rezoning = demo.rezonings[plan]
    parents = rezoning.units.set_index("key")["parent"]
    for level, unit_of_block in rezoning.unit_of_block.items():
        known = rezoning.units.loc[rezoning.units["level"] == level, "key"]
        assert len(unit_of_block) == len(demo.blocks)
        assert set(unit_of_block) == set(known)
    for above, below in zip(rezoning.levels[:-1], rezoning.levels[1:], strict=True):
        expected = parents.loc[rezoning.unit_of_block[below]].to_numpy()
        assert (expected == rezoning.unit_of_block[above]).all()


@pytest.mark.parametrize("plan", PLANS)
def test_names_follow_the_rules_and_occur_once(demo, plan):
    units = demo.rezonings[plan].units
    assert (
        name_faults(
            NamedUnit(row.key, row.level, row.type, row.name) for row in units.itertuples(index=False)
        )
        == []
    )


def test_two_hundred_and_sixty_five_cells_have_names_with_local_character(demo):
    units = demo.rezonings["2010"].units
    names = units.loc[units["type"] == "ordinary", "name"].str.removesuffix("网格")
    assert names.nunique() == 265
    assert names.str.len().between(2, 7).all()
    assert names.str.fullmatch(r"[\u4e00-\u9fff]+").all()
    local = {*demo.compounds["name"], *demo.roads["name"].dropna()}
    assert names.isin(local).mean() > 0.9
    assert (units["name_en"].str.len() > 3).all()
    assert not units["name_en"].str.contains(r"\d").any()


@pytest.mark.parametrize("plan", PLANS)
def test_codes_are_those_of_the_standard_and_lie_below_their_parents(demo, plan):
    units = demo.rezonings[plan].units
    assert units["code"].is_unique
    codes = units.set_index("key")["code"]
    for row in units.itertuples(index=False):
        assert parse_code(row.code).level == row.level
        assert row.code.startswith(codes[row.parent] if row.parent is not None else "320812")


def test_villages_count_from_200_and_merged_communities_from_601(demo):
    old, new = demo.rezonings["2009"].units, demo.rezonings["2010"].units
    assert old.loc[old["type"] == "village", "code"].str[-3:].between("200", "399").all()
    communities = new.loc[new["level"] == "community", "code"].str[-3:]
    assert (communities >= "601").any()
    assert (communities < "200").any()


def test_no_code_of_2009_is_used_again(demo):
    assert not set(demo.rezonings["2009"].units["code"]) & set(demo.rezonings["2010"].units["code"])


def test_the_plans_follow_each_other_in_june_2010(demo):
    old, new = demo.rezonings["2009"], demo.rezonings["2010"]
    assert old.in_force_to == new.in_force_from
    assert (new.adopted_on.year, new.adopted_on.month) == (2010, 6)
    assert new.in_force_to is None
    assert old.in_force_from <= dt.date(2009, 12, 31) < old.in_force_to
    assert new.authority
    assert new.number


def test_plans_are_read_with_the_counts_of_their_dates(demo):
    assert demo.rezonings["2009"].count_date == dt.date(2006, 11, 1)
    assert demo.rezonings["2010"].count_date == dt.date(2011, 11, 1)


@pytest.mark.parametrize("level", ["street", "community"])
def test_people_and_area_are_conserved_across_the_rezoning(demo, level):
    rows = demo.succession[demo.succession["level"] == level]
    assert rows["residents"].sum() == 318_000
    assert rows["area_m2"].sum() == pytest.approx(demo.outline.area, abs=1.0)
    by_old = rows.groupby("from")["residents"].sum()
    assert by_old.equals(residents_of(demo, "2009", level).rename_axis("from"))
    by_new = rows.groupby("to")["residents"].sum()
    assert by_new.equals(residents_of(demo, "2010", level).rename_axis("to"))


def test_a_succession_says_what_became_of_a_unit(demo):
    rows = demo.succession[demo.succession["level"] == "community"]
    assert set(rows["kind"]) <= {"continued", "merged", "split", "redrawn"}
    given = rows["residents"] / rows["from"].map(rows.groupby("from")["residents"].sum())
    made = rows["residents"] / rows["to"].map(rows.groupby("to")["residents"].sum())
    assert (given[rows["kind"].isin(["continued", "merged"])] >= 0.95).all()
    assert (made[rows["kind"].isin(["continued", "split"])] >= 0.95).all()
    assert rows["kind"].nunique() >= 3


def test_the_plan_of_2010_says_how_it_was_made(demo):
    made_by = demo.rezonings["2010"].made_by
    assert made_by["method"] == "boundaries.balancing.propose"
    assert set(made_by["steps"]) == {"street", "community", "cell"}
    assert all(steps > 0 for steps in made_by["steps"].values())
