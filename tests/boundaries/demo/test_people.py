import numpy as np
import pytest

from boundaries.demo.naming import compound_names, lane_names, road_names
from boundaries.demo.people import apportion


def test_what_is_apportioned_sums_exactly():
    shares = apportion(318_000, np.random.default_rng(1).random(997))
    assert shares.sum() == 318_000
    assert shares.dtype == np.int64


def test_the_largest_remainders_round_up_and_ties_go_to_the_first():
    assert apportion(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert apportion(3, np.array([0.9, 2.1, 0.0])).tolist() == [1, 2, 0]


@pytest.mark.parametrize("weights", [[0.0, 0.0], [-1.0, 2.0]])
def test_weights_that_mean_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="positive sum"):
        apportion(1, np.array(weights))


def test_residents_per_household_are_those_of_a_town(demo):
    lived = demo.blocks[demo.blocks["households"] > 20]
    persons = lived["residents"] / lived["households"]
    assert persons.between(2.0, 4.5).all()
    assert demo.blocks["residents"].sum() / demo.blocks["households"].sum() == pytest.approx(2.92, abs=0.02)


def test_floating_people_live_unlike_the_residents(demo):
    both = demo.blocks[(demo.blocks["residents"] > 0)]
    share = both["floating"] / both["residents"]
    assert share.quantile(0.9) > 4 * share.quantile(0.1)
    assert (demo.blocks.loc[demo.blocks["residents"] == 0, "floating"] > 0).any()


def test_some_compounds_were_built_after_2006(demo):
    by_compound = demo.blocks.groupby("compound_key")[["residents", "residents_2006"]].sum()
    new = (by_compound["residents"] > 0) & (by_compound["residents_2006"] == 0)
    assert 50 < new.sum() < 200


def test_names_of_roads_lanes_and_compounds_occur_once(demo):
    roads, lanes = list(road_names()), list(lane_names())
    assert len({name.zh for name in roads + lanes}) == len(roads) + len(lanes)
    assert demo.compounds["name"].is_unique
    assert demo.compounds["name_en"].str.len().min() > 4


def test_neighbouring_compounds_share_what_they_are_called_after():
    names = compound_names([(False, 3), (False, 3), (True, 3), (False, 4)])
    assert names[0].zh[:2] == names[1].zh[:2]
    assert len({name.zh for name in names}) == 4
    assert names[2].zh[:2] != names[0].zh[:2]
    assert names[3].zh[:2] != names[0].zh[:2]
