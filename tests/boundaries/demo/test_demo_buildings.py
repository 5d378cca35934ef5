import numpy as np
import pytest
import shapely


@pytest.fixture(scope="module")
def footprints(demo):
    return np.asarray(demo.buildings.geometry.values)


def test_buildings_do_not_overlap_each_other(footprints):
    pairs = shapely.STRtree(footprints).query(footprints, predicate="intersects")
    pairs = pairs[:, pairs[0] < pairs[1]]
    shared = shapely.area(shapely.intersection(footprints[pairs[0]], footprints[pairs[1]]))
    assert shared.sum() == 0


def test_no_building_stands_on_a_road(demo, footprints):
    surfaces = shapely.buffer(
        demo.roads.geometry.values, demo.roads["width_m"].to_numpy() / 2, cap_style="flat"
    )
    assert shapely.STRtree(footprints).query(surfaces, predicate="intersects").shape[1] == 0


def test_no_building_stands_in_water(demo, footprints):
    assert shapely.STRtree(footprints).query(demo.water.geometry.values, predicate="intersects").shape[1] == 0


def test_a_buildings_representative_point_lies_in_its_block(demo, footprints):
    blocks = demo.blocks.set_index("key").geometry.loc[demo.buildings["block_key"]].values
    assert shapely.contains_properly(blocks, shapely.point_on_surface(footprints)).all()


def test_a_building_of_a_compound_stands_inside_it(demo, footprints):
    inside = demo.buildings["compound_key"].notna().to_numpy()
    compounds = (
        demo.compounds.set_index("key").geometry.loc[demo.buildings.loc[inside, "compound_key"]].values
    )
    assert inside.sum() > 3_000
    assert shapely.contains(compounds, footprints[inside]).all()


def test_slabs_of_estates_face_about_south_but_never_along_the_axes(demo):
    slabs = demo.buildings[demo.buildings["use"] == "estate"].geometry.values
    corners = shapely.get_coordinates(shapely.get_exterior_ring(shapely.oriented_envelope(np.asarray(slabs))))
    corners = corners.reshape(-1, 5, 2)
    sides = corners[:, 1:3] - corners[:, 0:2]
    longest = sides[np.arange(len(sides)), np.hypot(sides[..., 0], sides[..., 1]).argmax(axis=1)]
    turn = np.degrees(np.arctan2(longest[:, 1], longest[:, 0]))
    turn = (turn + 90) % 180 - 90
    assert (np.abs(turn) < 45).mean() > 0.95
    assert (np.abs(turn) < 2).mean() < 0.1
    assert -25 < np.median(turn) < -5


def test_uses_and_floors_are_those_of_a_town(demo):
    floors = demo.buildings.groupby("use")["floors"]
    assert floors.max()["towers"] >= 15
    assert floors.max()["old houses"] <= 3
    assert demo.buildings["floors"].min() >= 1
    assert {"school", "market", "hospital", "factory", "office", "farmhouses"} <= set(demo.buildings["use"])


def test_people_live_in_dwellings_only(demo):
    lived = demo.buildings.loc[demo.buildings["residents"] > 0, "use"].unique()
    assert set(lived) == {"estate", "towers", "old houses", "farmhouses"}
