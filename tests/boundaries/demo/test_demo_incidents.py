import datetime as dt

import numpy as np

from boundaries.demo.incidents import LOCAL


def by_year(demo, category):
    local = demo.incidents["time"].dt.tz_convert(LOCAL)
    return local[demo.incidents["category"] == category].dt.year.value_counts()


def test_there_are_some_six_thousand_incidents_of_two_local_years(demo):
    assert 5_500 <= len(demo.incidents) <= 6_500
    local = demo.incidents["time"].dt.tz_convert(LOCAL)
    assert set(local.dt.year) == {2010, 2011}
    assert demo.incidents["time"].dt.tz == dt.UTC
    assert demo.incidents["time"].is_monotonic_increasing


def test_incidents_lie_in_the_district(demo):
    assert demo.incidents.within(demo.outline).all()


def test_petitions_and_preventable_crime_fall_as_in_the_source(demo):
    petitions, crime = by_year(demo, "信访"), by_year(demo, "可防性案件")
    assert round((1 - petitions[2011] / petitions[2010]) * 100, 1) == 22.5
    assert round((1 - crime[2011] / crime[2010]) * 100, 1) == 12.6


def test_incidents_have_three_tiers_most_of_them_ordinary(demo):
    share = demo.incidents["tier"].value_counts(normalize=True)
    assert set(share.index) == {"ordinary", "larger", "major"}
    assert share["ordinary"] > 0.7
    assert share["major"] < 0.05


def test_managers_a_hotline_and_eight_departments_report(demo):
    sources = set(demo.incidents["source"])
    assert {"网格员", "热线"} < sources
    assert len(sources - {"网格员", "热线"}) == 8


def test_incidents_are_spread_unevenly_over_the_cells(demo):
    plan = demo.rezonings["2010"]
    cells = demo.blocks[["geometry"]].assign(cell=plan.unit_of_block["cell"])
    placed = demo.incidents[["geometry"]].sjoin(cells, predicate="within")
    ordinary = plan.units.loc[plan.units["type"] == "ordinary", "key"]
    counts = placed["cell"].value_counts().reindex(ordinary, fill_value=0).to_numpy()
    assert counts.var() > 3 * counts.mean()
    assert np.percentile(counts, 95) > 2 * np.median(counts)
