"""Which regions a line leaves of a polygon, and on which side of it each lies."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import LineError
from geo.sides import regions, share_of
from geo.snapping import drawn_line, fit_line

SQUARE = shapely.box(0, 0, 100, 100)


def fitted(polygon: shapely.Polygon, *places: tuple[float, float]) -> shapely.LineString:
    return fit_line(drawn_line(places), np.array([polygon]))


def test_a_line_across_leaves_two_regions_largest_first() -> None:
    found = regions(SQUARE, fitted(SQUARE, (30, -5), (30, 105)))
    assert shapely.area(found.polygon).tolist() == [7000, 3000]
    assert found.sides().tolist() == [0, 1]
    assert shapely.equals(found.between(np.array([True, False])), shapely.LineString([(30, 0), (30, 100)]))


def test_who_crosses_the_line_twice_is_back_on_the_side_of_the_start() -> None:
    comb = shapely.Polygon([(0, 0), (90, 0), (90, 60), (60, 60), (60, 20), (30, 20), (30, 60), (0, 60)])
    found = regions(comb, fitted(comb, (-5, 40), (95, 40)))
    assert shapely.area(found.polygon).tolist() == [3000, 600, 600]
    assert found.sides().tolist() == [0, 1, 1]


def test_a_line_that_ends_inside_leaves_one_region() -> None:
    found = regions(SQUARE, fitted(SQUARE, (30, -5), (30, 60)))
    assert len(found) == 1
    assert found.sides().tolist() == [0]


def test_parts_that_the_line_does_not_touch_are_on_the_side_of_the_largest() -> None:
    both = shapely.MultiPolygon([SQUARE, shapely.box(200, 0, 250, 50)])
    found = regions(both, fitted(SQUARE, (30, -5), (30, 105)))
    assert shapely.area(found.polygon).tolist() == [7000, 3000, 2500]
    assert found.sides().tolist() == [0, 1, 0]


def test_a_hole_is_no_region() -> None:
    ring = SQUARE.difference(shapely.box(40, 40, 60, 60))
    found = regions(ring, fitted(ring, (50, -5), (50, 105)))
    assert shapely.area(found.polygon).tolist() == [4800, 4800]
    assert sorted(found.sides().tolist()) == [0, 1]


def test_a_line_from_the_rim_to_a_hole_parts_nothing() -> None:
    ring = SQUARE.difference(shapely.box(40, 40, 60, 60))
    assert len(regions(ring, fitted(ring, (50, -5), (50, 45)))) == 1


def test_sides_that_cannot_be_told_apart_are_refused() -> None:
    three = shapely.union_all(
        [shapely.LineString([(50, 50), end]) for end in ((50, 0), (0, 100), (100, 100))]
    )
    with pytest.raises(LineError) as refusal:
        regions(SQUARE, three).sides()
    assert refusal.value.key == "line-not-across"


@given(st.lists(st.tuples(st.integers(-20, 120), st.integers(-20, 120)), min_size=2, max_size=6))
def test_regions_fill_the_polygon_and_neighbours_are_on_other_sides(places: list[tuple[int, int]]) -> None:
    try:
        line = fitted(SQUARE, *places)
    except LineError:
        return
    found = regions(SQUARE, line)
    assert shapely.area(found.polygon).sum() == pytest.approx(10_000, abs=0.01)
    assert shapely.coverage_is_valid(found.polygon)
    side = found.sides()
    seam = found.between(side == 1)
    assert shapely.difference(seam, shapely.buffer(line, 0.002)).length == 0
    shares = share_of(np.array([SQUARE]), found.polygon)
    assert shares.sum() == pytest.approx(10_000, abs=0.01)
