"""Coverages and adjacency, against drawings by hand and networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.barriers import Barrier, BarrierLines, classify_borders
from geo.coverage import adjacency, border_segments, connected_pieces, coverage_faults


def grid(columns: int, rows: int, side: float = 100.0) -> np.ndarray:
    return np.array(
        [
            shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side)
            for y in range(rows)
            for x in range(columns)
        ]
    )


def test_four_squares_have_four_borders_and_no_diagonal() -> None:
    who = adjacency(grid(2, 2))
    assert who.edges.tolist() == [[0, 1], [0, 2], [1, 3], [2, 3]]
    assert who.border_m.tolist() == [100.0] * 4
    assert who.outer_m.tolist() == [200.0] * 4


def test_a_hole_is_rim_unless_someone_fills_it() -> None:
    ring = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
    assert adjacency(np.array([ring])).outer_m.tolist() == [160.0]
    filled = adjacency(np.array([ring, shapely.box(10, 10, 20, 20)]))
    assert filled.edges.tolist() == [[0, 1]]
    assert filled.border_m.tolist() == [40.0]


def test_an_overlap_and_a_missing_vertex_are_located() -> None:
    squares = grid(2, 1)
    squares[1] = shapely.box(99, 0, 200, 100)
    assert {fault.index for fault in coverage_faults(squares)} == {0, 1}
    t_junction = np.array([shapely.box(0, 0, 2, 1), shapely.box(0, 1, 1, 2), shapely.box(1, 1, 2, 2)])
    assert 0 in {fault.index for fault in coverage_faults(t_junction)}


def test_a_gap_is_found_only_within_the_width_that_is_asked_for() -> None:
    squares = np.array([shapely.box(0, 0, 100, 100), shapely.box(100.5, 0, 200, 100)])
    assert coverage_faults(squares, gap_width_m=0.0) == []
    assert len(coverage_faults(squares, gap_width_m=1.0)) == 2


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**16))
def test_pieces_agree_with_networkx(columns: int, rows: int, seed: int) -> None:
    count = columns * rows
    label = np.random.default_rng(seed).integers(0, 3, count)
    edges = adjacency(grid(columns, rows)).edges.reshape(-1, 2)
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from((int(a), int(b)) for a, b in edges if label[a] == label[b])
    pieces = connected_pieces(count, edges, label)
    assert len(set(pieces.tolist())) == nx.number_connected_components(graph)
    assert all(pieces[a] == pieces[b] for a, b in graph.edges)


def test_borders_take_the_strongest_line_that_runs_along_most_of_them() -> None:
    polygons = grid(2, 2)
    lines = BarrierLines(
        roads=np.array([shapely.LineString([(100, 0), (100, 200)])]),
        water=np.array([shapely.box(98, 100, 102, 200)]),
        walls=np.array([shapely.LineString([(0, 101), (60, 101)])]),
    )
    who, barrier = classify_borders(border_segments(polygons), len(polygons), lines)
    named = {tuple(edge): Barrier(code) for edge, code in zip(who.edges.tolist(), barrier, strict=True)}
    assert named[0, 1] is Barrier.ROAD
    assert named[2, 3] is Barrier.RIVER
    assert named[0, 2] is Barrier.WALL
    assert named[1, 3] is Barrier.NOTHING


def test_without_lines_every_border_is_unknown() -> None:
    polygons = grid(2, 1)
    assert classify_borders(border_segments(polygons), 2, BarrierLines())[1].tolist() == [Barrier.UNKNOWN]


def test_a_polygon_by_itself_has_no_border_to_tell_of() -> None:
    roads = BarrierLines(roads=np.array([shapely.LineString([(0, 0), (10, 0)])]))
    who, barrier = classify_borders(border_segments(np.array([shapely.box(0, 0, 10, 10)])), 1, roads)
    assert (len(who.edges), len(barrier)) == (0, 0)


def test_a_road_far_away_at_its_ends_and_water_around_are_found_beside_the_border() -> None:
    polygons = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    road = BarrierLines(roads=np.array([shapely.LineString([(-5000, -5000), (10, 5), (-5000, 9000)])]))
    along = BarrierLines(roads=np.array([shapely.LineString([(13.9, -9000), (13.9, 9000)])]))
    water = BarrierLines(water=np.array([shapely.box(-1000, -1000, 1000, 1000)]))
    found = [
        classify_borders(border_segments(polygons), 2, lines)[1].tolist() for lines in (road, along, water)
    ]
    assert found == [[Barrier.ROAD], [Barrier.ROAD], [Barrier.RIVER]]


@pytest.mark.parametrize("columns", [3, 30])
def test_borders_and_rims_sum_to_the_perimeters(columns: int) -> None:
    polygons = grid(columns, columns)
    who = adjacency(polygons)
    summed = who.outer_m.copy()
    np.add.at(summed, who.edges[:, 0], who.border_m)
    np.add.at(summed, who.edges[:, 1], who.border_m)
    assert np.allclose(summed, shapely.length(polygons))
