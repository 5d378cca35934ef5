"""Which regions a line leaves of a polygon, and on which side of it each lies."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import LineError
from geo.sides import Regions, regions
from geo.snapping import drawn_line, fit_line

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SQUARE = shapely.box(0, 0, 100, 100)


def regions_of(polygon: BaseGeometry, line: BaseGeometry) -> Regions:
    return regions(np.array([polygon], dtype=object), line)


def fitted(polygon: shapely.Polygon, *places: tuple[float, float]) -> shapely.LineString:
    return fit_line(drawn_line(places), np.array([polygon]))


def test_a_line_across_leaves_two_regions_largest_first() -> None:
    found = regions_of(SQUARE, fitted(SQUARE, (30, -5), (30, 105)))
    assert found.area_m2.tolist() == [7000, 3000]
    assert found.perimeter_m.tolist() == [340, 260]
    assert found.border_m.tolist() == [[0, 100], [100, 0]]
    assert found.sides(0).tolist() == [0, 1]
    assert shapely.equals(found.polygon(1), shapely.box(0, 0, 30, 100))


def test_who_crosses_the_line_twice_is_back_on_the_side_of_the_start() -> None:
    comb = shapely.Polygon([(0, 0), (90, 0), (90, 60), (60, 60), (60, 20), (30, 20), (30, 60), (0, 60)])
    found = regions_of(comb, fitted(comb, (-5, 40), (95, 40)))
    assert found.area_m2.tolist() == [3000, 600, 600]
    assert found.sides(0).tolist() == [0, 1, 1]


def test_a_line_that_ends_inside_leaves_one_region() -> None:
    found = regions_of(SQUARE, fitted(SQUARE, (30, -5), (30, 60)))
    assert len(found) == 1
    assert found.sides(0).tolist() == [0]


def test_parts_that_the_line_does_not_touch_are_on_the_side_of_the_largest() -> None:
    both = shapely.MultiPolygon([SQUARE, shapely.box(200, 0, 250, 50)])
    found = regions_of(both, fitted(SQUARE, (30, -5), (30, 105)))
    assert found.area_m2.tolist() == [7000, 3000, 2500]
    assert found.sides(0).tolist() == [0, 1, 0]


def test_a_hole_is_no_region() -> None:
    ring = SQUARE.difference(shapely.box(40, 40, 60, 60))
    found = regions_of(ring, fitted(ring, (50, -5), (50, 105)))
    assert found.area_m2.tolist() == [4800, 4800]
    assert sorted(found.sides(0).tolist()) == [0, 1]


def test_a_line_from_the_rim_to_a_hole_parts_nothing() -> None:
    ring = SQUARE.difference(shapely.box(40, 40, 60, 60))
    assert len(regions_of(ring, fitted(ring, (50, -5), (50, 45)))) == 1


def test_sides_that_cannot_be_told_apart_are_refused() -> None:
    three = shapely.union_all(
        [shapely.LineString([(50, 50), end]) for end in ((50, 0), (0, 100), (100, 100))]
    )
    with pytest.raises(LineError) as refusal:
        regions_of(SQUARE, three).sides(0)
    assert refusal.value.key == "line-not-across"


@given(st.lists(st.tuples(st.integers(-20, 120), st.integers(-20, 120)), min_size=2, max_size=6))
def test_regions_fill_the_polygon_and_neighbours_are_on_other_sides(places: list[tuple[int, int]]) -> None:
    try:
        line = fitted(SQUARE, *places)
    except LineError:
        return
    found = regions_of(SQUARE, line)
    polygons = np.array([found.polygon(at) for at in range(len(found))])
    assert shapely.area(polygons).sum() == pytest.approx(10_000, abs=0.01)
    assert shapely.area(polygons) == pytest.approx(found.area_m2)
    assert shapely.length(polygons) == pytest.approx(found.perimeter_m)
    assert shapely.coverage_is_valid(polygons)
    side = found.sides(0)
    one, other = (shapely.union_all(shapely.boundary(polygons[side == number])) for number in (0, 1))
    assert shapely.length(shapely.difference(shapely.intersection(one, other), line.buffer(0.002))) == 0
    assert found.shares(np.array([SQUARE]), np.array([0])).sum() == pytest.approx(10_000, abs=0.01)


rows = st.lists(st.integers(1, 9), max_size=3, unique=True).map(
    lambda some: [0, *sorted(10 * one for one in some), 100]
)
places_on_the_grid = st.lists(
    st.tuples(st.integers(-2, 12), st.integers(-2, 12)), min_size=2, max_size=6, unique=True
)


@given(rows, rows, places_on_the_grid)
def test_how_a_polygon_is_made_of_blocks_makes_no_difference(
    upright: list[int], level: list[int], places: list[tuple[int, int]]
) -> None:
    # Of whole tens, so that lines often run along borders of blocks and through their corners.
    blocks = np.array(
        [shapely.box(a, b, c, d) for a, c in pairwise(upright) for b, d in pairwise(level)], dtype=object
    )
    try:
        line = fit_line(drawn_line([(10 * x, 10 * y) for x, y in places]), blocks)
    except LineError:
        return
    found = regions(blocks, line, np.zeros(len(blocks), dtype=np.int64))
    noded = shapely.union_all([SQUARE.boundary, shapely.intersection(line, SQUARE)], grid_size=0.001)
    expected = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    expected = expected[shapely.area(expected) > 0.1]
    large = found.area_m2 > 0.1
    assert sorted(found.area_m2[large]) == pytest.approx(sorted(shapely.area(expected)), abs=0.01)
    assert found.of.tolist() == [0] * len(found)
    held = found.shares(blocks, np.arange(len(blocks)))
    assert held.sum(axis=0) == pytest.approx(found.area_m2)
    assert held.sum(axis=1) == pytest.approx(shapely.area(blocks), abs=0.01)


def test_what_is_cut_is_held_piece_by_piece() -> None:
    both = np.array([SQUARE, shapely.box(100, 0, 200, 100)])
    found = regions(both, fit_line(drawn_line([(-5, 30), (205, 30)]), both), np.array([7, 7]))
    assert found.area_m2.tolist() == [14_000, 6_000]
    pieces = np.array([shapely.box(0, 0, 100, 30), shapely.box(0, 30, 100, 100), both[1]])
    held = found.shares(pieces, np.array([0, 0, 1]))
    assert held.tolist() == [[0, 3000], [7000, 0], [7000, 3000]]


def test_regions_of_neighbours_share_the_border_they_had_but_no_more() -> None:
    three = np.array([SQUARE, shapely.box(100, 0, 200, 100), shapely.box(200, 0, 300, 100)])
    line = fit_line(drawn_line([(-5, 30), (150, 40)]), three)
    found = regions(three, line)
    assert found.of.tolist() == [0, 0, 1, 2]
    border = found.border_m
    assert (border == border.T).all()
    low = 100 - shapely.bounds(found.polygon(1))[3]
    assert border[0, 2] == pytest.approx(low, abs=1)
    assert border[[0, 1], 2].sum() == pytest.approx(100, abs=0.001)
    assert border[2, 3] == pytest.approx(100)
    assert border[[0, 1], 3].tolist() == [0, 0]
    assert regions(three, line, only=0).of.tolist() == [0, 0, 1]
