"""Vertices that are taken out of polygons again."""

from __future__ import annotations

import shapely

from geo.faces import only_with_nodes


def test_vertices_that_nobody_knows_are_left_out_wherever_a_ring_begins() -> None:
    hole = [(4, 4), (6, 4), (6, 5), (6, 6), (4, 6)]
    noded = shapely.Polygon([(5, 0), (10, 0), (10, 10), (0, 10), (0, 5), (0, 0)], [hole])
    apart = shapely.MultiPolygon(
        [shapely.box(20, 0, 30, 10), shapely.Polygon([(40, 0), (45, 0), (50, 0), (50, 10)])]
    )
    known = [
        shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6)),
        shapely.box(20, 0, 30, 10),
        shapely.Polygon([(40, 0), (50, 0), (50, 10)]),
    ]
    [[first], [second]] = only_with_nodes([[noded], [apart]], known)
    assert shapely.equals_exact(shapely.normalize(first), shapely.normalize(known[0]))
    assert second.geom_type == "MultiPolygon"
    assert shapely.get_num_coordinates(second) == 5 + 4
    assert second.area == apart.area


def test_a_polygon_of_which_too_little_would_be_left_stays_as_it_is() -> None:
    triangle = shapely.Polygon([(0, 0), (10, 0), (10, 10)])
    assert only_with_nodes([[triangle]], [shapely.LineString([(0, 0), (10, 0)])]) == [[triangle]]
