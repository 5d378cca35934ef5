import numpy as np
import shapely

from boundaries.demo import CRS


def test_the_district_has_the_area_that_is_retold(demo):
    assert abs(demo.outline.area - 30_500_000) <= 10_000
    assert isinstance(demo.outline, shapely.Polygon)


def test_the_district_lies_around_its_place_in_the_right_zone(demo):
    lonlat = demo.blocks.to_crs(4490).union_all().centroid
    assert abs(lonlat.x - 119.03) < 0.01
    assert abs(lonlat.y - 33.60) < 0.01
    for table in (demo.blocks, demo.buildings, demo.compounds, demo.roads, demo.water, demo.walls):
        assert table.crs == CRS


def test_residents_and_floating_people_are_counted_apart_and_exactly(demo):
    for table in (demo.blocks, demo.buildings):
        assert table["residents"].sum() == 318_000
        assert table["floating"].sum() == 104_100
        assert table["residents_2006"].sum() == 244_600
        assert 108_500 <= table["households"].sum() <= 109_500
        for measure in ("residents", "floating", "households", "residents_2006"):
            assert table[measure].dtype == np.int64
            assert table[measure].min() >= 0


def test_there_are_some_eight_thousand_buildings_and_four_to_six_thousand_blocks(demo):
    assert 7_600 <= len(demo.buildings) <= 8_400
    assert 4_000 <= len(demo.blocks) <= 6_000


def test_keys_are_unique(demo):
    for table in (demo.blocks, demo.buildings, demo.compounds, demo.service_points):
        assert table["key"].is_unique


def test_progress_never_runs_backwards(made_demo):
    _, told = made_demo
    shares = [share for share, _ in told]
    assert len(shares) > 3
    assert shares == sorted(shares)
    assert all(text for _, text in told)
