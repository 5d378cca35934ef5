import numpy as np
import shapely

from boundaries.demo.services import OFFERS


def unit_areas(demo, level):
    plan = demo.rezonings["2010"]
    return demo.blocks[["geometry"]].dissolve(by=plan.unit_of_block[level]).geometry


def test_every_street_and_community_has_one_hall_inside_it(demo):
    for level, kind, count in (("street", "street_hall", 7), ("community", "community_hall", 41)):
        halls = demo.service_points[demo.service_points["kind"] == kind]
        assert len(halls) == count
        assert halls["unit_key"].is_unique
        assert set(halls["level"]) == {level}
        areas = unit_areas(demo, level).loc[halls["unit_key"]]
        assert shapely.contains_properly(areas.values, halls.geometry.values).all()


def test_a_hall_stands_in_a_building_of_its_own(demo):
    points = np.asarray(demo.service_points.geometry.values)
    inside = shapely.STRtree(demo.buildings.geometry.values).query(points, predicate="within")
    assert sorted(inside[0]) == list(range(len(points)))
    assert len(set(inside[1])) == len(points)


def test_there_are_63_windows_for_73_items_of_21_units(demo):
    assert demo.service_points["windows"].sum() == 63
    assert demo.service_points["windows"].min() >= 1
    assert len(OFFERS) == 21
    assert len({item for items in OFFERS.values() for item in items}) == 73
    offered = {item for offers in demo.service_points["offers"] for item in offers}
    assert len(offered) == 73


def test_staff_has_the_figures_of_the_source(demo):
    by_role = demo.staff.groupby("role")["headcount"].sum()
    assert by_role["community_staff"] == 252
    assert by_role["street_staff"] == 232
    assert by_role["temporary_staff"] == 566
    assert by_role["volunteer"] == 2 * 265
    in_cells = demo.staff[demo.staff["level"] == "cell"]["headcount"].sum()
    assert 5_000 < in_cells < 6_000


def test_every_cell_has_one_manager_and_every_ordinary_cell_two_volunteers(demo):
    units = demo.rezonings["2010"].units
    cells = units[units["level"] == "cell"]
    managers = demo.staff[demo.staff["role"] == "manager"].set_index("unit_key")["headcount"]
    volunteers = demo.staff[demo.staff["role"] == "volunteer"].set_index("unit_key")["headcount"]
    assert set(managers.index) == set(cells["key"])
    assert (managers == 1).all()
    assert set(volunteers.index) == set(cells.loc[cells["type"] == "ordinary", "key"])
    assert (volunteers == 2).all()


def test_staff_serves_units_that_exist_and_has_a_source(demo):
    levels = demo.rezonings["2010"].units.set_index("key")["level"]
    assert (levels.loc[demo.staff["unit_key"]].to_numpy() == demo.staff["level"].to_numpy()).all()
    assert (demo.staff["headcount"] > 0).all()
    assert demo.staff["source"].str.contains("演示").all()
