import networkx as nx
import numpy as np
import pytest
import shapely

from boundaries.demo.layout import Pattern, lay_rows


@pytest.fixture(scope="module")
def junctions(demo):
    """Degree of each node of the street net, without the ends where streets leave the district."""
    noded = shapely.get_parts(
        shapely.line_merge(shapely.union_all(demo.roads.geometry.values, grid_size=0.01))
    )
    graph = nx.MultiGraph()
    for line in noded:
        ends = shapely.get_coordinates(line)[[0, -1]]
        graph.add_edge(tuple(ends[0]), tuple(ends[1]))
    rim = demo.outline.exterior
    return {node: degree for node, degree in graph.degree if rim.distance(shapely.Point(node)) > 15.0}


def test_dead_ends_and_t_junctions_each_outnumber_crossroads(junctions):
    degrees = np.bincount(list(junctions.values()))
    dead_ends, tees, crossroads = degrees[1], degrees[3], degrees[4:].sum()
    assert crossroads > 30
    assert dead_ends > 2 * crossroads
    assert tees > 2 * crossroads


def test_no_street_grid_is_parallel_to_the_axes(demo):
    xy, of = shapely.get_coordinates(demo.roads.geometry.values, return_index=True)
    step = np.diff(xy, axis=0)[of[:-1] == of[1:]]
    length = np.hypot(*step.T)
    off_axis = np.abs((np.degrees(np.arctan2(step[:, 1], step[:, 0])) + 45) % 90 - 45)
    assert length[off_axis < 2].sum() / length.sum() < 0.08
    assert length[off_axis > 8].sum() / length.sum() > 0.6


def test_canal_and_river_pass_under_bridges_and_under_nothing_else(demo):
    flowing = demo.water[demo.water["kind"].isin(["canal", "river"])]
    assert sorted(flowing["kind"]) == ["canal", "river"]
    bridges = demo.roads[demo.roads["bridge"]]
    for surface in flowing.geometry:
        assert bridges.intersects(surface).sum() >= 5
        crossing = demo.roads[~demo.roads["bridge"]].intersection(surface)
        assert crossing.length.sum() < 1.0
    assert all(flowing.intersects(bridge).any() for bridge in bridges.geometry)


def test_a_bridge_spans_the_water_it_crosses(demo):
    canal = demo.water.loc[demo.water["kind"] == "canal"].geometry.iloc[0]
    over = demo.roads[demo.roads["bridge"] & demo.roads.intersects(canal)]
    assert not shapely.contains(canal, shapely.get_point(over.geometry.values, 0)).any()
    assert not shapely.contains(canal, shapely.get_point(over.geometry.values, -1)).any()


def test_roads_have_three_classes_and_arterials_and_collectors_have_names(demo):
    assert set(demo.roads["class"]) == {"arterial", "collector", "lane"}
    named = demo.roads[demo.roads["class"] != "lane"]
    assert named["name"].notna().all()
    assert named["name"].str.endswith(("路", "街", "大道")).all()
    assert demo.roads["width_m"].between(3, 50).all()
    assert (demo.roads.geometry.geom_type == "LineString").all()


def test_arterials_are_about_a_kilometre_apart(demo):
    arterial = shapely.union_all(demo.roads.loc[demo.roads["class"] == "arterial"].geometry.values)
    rng = np.random.default_rng(3)
    left, low, right, high = demo.outline.bounds
    points = shapely.points(rng.uniform((left, low), (right, high), (3000, 2)))
    away = shapely.distance(points[shapely.contains(demo.outline, points)], arterial)
    # On a square grid the median distance to the nearest line is 0.146 of the spacing.
    assert 700 < np.median(away) / 0.146 < 1_200


def test_rows_of_a_plot_stand_apart_and_inside_it():
    plot = shapely.box(0, 0, 120, 100)
    pattern = Pattern((12, 12), (40, 40), (28, 28), (10, 10), (6, 6), 5.0)
    layout = lay_rows(plot, 0.0, pattern, np.random.default_rng(1))
    assert len(layout.slabs) == 6
    assert len(layout.row_lines) == 2
    assert {slab.row for slab in layout.slabs} == {0, 1, 2}
    footprints = [slab.footprint for slab in layout.slabs]
    assert shapely.union_all(footprints).area == pytest.approx(6 * 40 * 12)
    assert plot.buffer(-4.99).contains(shapely.union_all(footprints))
    assert all(line.disjoint(shapely.union_all(footprints)) for line in layout.row_lines)


def test_a_strip_for_a_lane_stays_free():
    pattern = Pattern((12, 12), (20, 40), (28, 28), (10, 10), (6, 6), 5.0)
    layout = lay_rows(shapely.box(0, 0, 160, 60), 0.0, pattern, np.random.default_rng(1), (75.0, 85.0))
    assert layout.slabs
    assert all(slab.footprint.disjoint(shapely.box(75.001, 0, 84.999, 60)) for slab in layout.slabs)


def test_a_plot_too_small_for_a_building_stays_empty():
    pattern = Pattern((12, 12), (40, 40), (28, 28), (10, 10), (6, 6), 5.0)
    assert not lay_rows(shapely.box(0, 0, 20, 15), 0.0, pattern, np.random.default_rng(1)).slabs
