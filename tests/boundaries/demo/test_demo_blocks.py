import networkx as nx
import numpy as np
import pytest
import shapely
from shapely import Polygon

from boundaries.demo.blocks import WHOLE_HOUSEHOLDS, absorb_slivers, even_gaps
from boundaries.demo.layout import Pattern, lay_rows
from geo.coverage import adjacency


@pytest.fixture(scope="module")
def polygons(demo):
    return np.asarray(demo.blocks.geometry.values)


def test_blocks_are_a_valid_coverage_with_no_gap(polygons):
    assert shapely.coverage_is_valid(polygons, gap_width=0.0)
    assert (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON).all()
    assert shapely.is_valid(polygons).all()


def test_blocks_fill_the_outline_without_overlap(demo, polygons):
    assert abs(shapely.area(polygons).sum() - demo.outline.area) < 1.0
    whole = shapely.coverage_union_all(polygons)
    assert whole.equals(demo.outline)
    assert len(shapely.get_rings(whole)) == 1


def test_every_coordinate_is_on_the_millimetre_grid(demo, polygons):
    for geometries in (polygons, demo.buildings.geometry.values, demo.water.geometry.values):
        xy = shapely.get_coordinates(geometries)
        assert np.array_equal(xy, np.round(xy, 3))


def test_all_blocks_hang_together_by_rook_adjacency(polygons):
    graph = nx.Graph(adjacency(polygons).edges.tolist())
    assert graph.number_of_nodes() == len(polygons)
    assert nx.is_connected(graph)


def test_block_areas_span_a_hundred_to_one_and_their_bulk_ten_to_one(polygons):
    areas = shapely.area(polygons)
    assert areas.max() / areas.min() >= 100
    assert np.percentile(areas, 95) / np.percentile(areas, 5) >= 10
    assert areas.min() >= 60


def test_blocks_hold_the_sums_of_their_buildings(demo):
    sums = demo.buildings.groupby("block_key")[
        ["residents", "floating", "households", "residents_2006"]
    ].sum()
    held = demo.blocks.set_index("key")[sums.columns].loc[sums.index]
    assert held.equals(sums)
    empty = demo.blocks[~demo.blocks["key"].isin(sums.index)]
    assert empty[list(sums.columns)].to_numpy().sum() == 0


def test_compounds_above_a_third_of_the_household_band_are_cut_and_smaller_ones_stay_whole(demo):
    homes = demo.blocks[demo.blocks["use"].isin(["estate", "towers"])]
    by_compound = homes.groupby("compound_key").agg(households=("households", "sum"), blocks=("key", "size"))
    large = by_compound["households"] > WHOLE_HOUSEHOLDS
    assert large.sum() > 200
    assert (by_compound.loc[large, "blocks"] > 1).all()
    assert (~large).sum() > 80
    assert (by_compound.loc[~large, "blocks"] == 1).all()


def test_no_compound_is_between_a_third_of_the_lower_and_a_third_of_the_upper_limit(demo):
    households = demo.blocks.groupby("compound_key")["households"].sum()
    assert not households.between(101, 166).any()


def test_no_block_exceeds_what_a_cell_may_hold(demo):
    assert demo.blocks["households"].max() < 150
    assert demo.blocks["residents"].max() < 500


def test_a_cut_compound_is_cut_between_its_buildings(demo):
    borders = shapely.union_all(shapely.boundary(np.asarray(demo.blocks.geometry.values)))
    shapely.prepare(borders)
    inside = shapely.buffer(np.asarray(demo.buildings.geometry.values), -0.01)
    crossed = shapely.intersects(borders, inside)
    assert crossed.mean() == 0


def test_most_block_borders_run_on_roads_rivers_or_walls(demo, polygons):
    segments = shapely.union_all(shapely.boundary(polygons)).difference(demo.outline.exterior.buffer(1.0))
    lines = shapely.STRtree([*demo.roads.geometry, *demo.walls.geometry])
    middles = shapely.line_interpolate_point(
        shapely.get_parts(shapely.segmentize(segments, 10.0)), 0.5, normalized=True
    )
    near = np.unique(lines.query(middles, predicate="dwithin", distance=4.0)[0])
    assert len(near) / len(middles) > 0.6


def test_a_sliver_joins_the_neighbour_with_the_longest_shared_border():
    left = shapely.box(0, 0, 50, 50)
    right = Polygon([(51, 0), (100, 0), (100, 50), (51, 50), (51, 25)])
    sliver = Polygon([(50, 0), (51, 0), (51, 25), (51, 50), (50, 50)])
    top = Polygon([(0, 50), (50, 50), (51, 50), (100, 50), (100, 90), (0, 90)])
    kept = absorb_slivers(np.array([left, sliver, right, top], dtype=object))
    assert len(kept) == 3
    assert sorted(round(area) for area in shapely.area(kept)) == [2450, 2550, 4000]


def test_a_row_is_cut_into_parts_of_about_the_same_size():
    assert even_gaps(np.array([36, 36, 36, 36])) == [1]
    assert even_gaps(np.array([60, 60])) == [0]
    assert even_gaps(np.array([90])) == []


def test_a_compound_is_cut_across_its_whole_ground_although_only_a_corner_is_built_on():
    ground = shapely.box(0, 0, 600, 90)
    pattern = Pattern((12, 12), (40, 40), (30, 30), (10, 10), (6, 6), 5.0)
    layout = lay_rows(shapely.box(0, 0, 110, 90), 0.0, pattern, np.random.default_rng(1))
    assert len(layout.row_lines) == 2
    assert all(ground.difference(line.buffer(0.1)).geom_type == "MultiPolygon" for line in layout.row_lines)
