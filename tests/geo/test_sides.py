"""Which regions a line leaves of a polygon, and on which side of it each lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import LineError
from geo.sides import Regions, regions, share_of
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
    assert shapely.area(found.polygon).tolist() == [7000, 3000]
    assert found.sides().tolist() == [0, 1]
    assert shapely.equals(found.between(np.array([True, False])), shapely.LineString([(30, 0), (30, 100)]))


def test_who_crosses_the_line_twice_is_back_on_the_side_of_the_start() -> None:
    comb = shapely.Polygon([(0, 0), (90, 0), (90, 60), (60, 60), (60, 20), (30, 20), (30, 60), (0, 60)])
    found = regions_of(comb, fitted(comb, (-5, 40), (95, 40)))
    assert shapely.area(found.polygon).tolist() == [3000, 600, 600]
    assert found.sides().tolist() == [0, 1, 1]


def test_a_line_that_ends_inside_leaves_one_region() -> None:
    found = regions_of(SQUARE, fitted(SQUARE, (30, -5), (30, 60)))
    assert len(found) == 1
    assert found.sides().tolist() == [0]


def test_parts_that_the_line_does_not_touch_are_on_the_side_of_the_largest() -> None:
    both = shapely.MultiPolygon([SQUARE, shapely.box(200, 0, 250, 50)])
    found = regions_of(both, fitted(SQUARE, (30, -5), (30, 105)))
    assert shapely.area(found.polygon).tolist() == [7000, 3000, 2500]
    assert found.sides().tolist() == [0, 1, 0]


def test_a_hole_is_no_region() -> None:
    ring = SQUARE.difference(shapely.box(40, 40, 60, 60))
    found = regions_of(ring, fitted(ring, (50, -5), (50, 105)))
    assert shapely.area(found.polygon).tolist() == [4800, 4800]
    assert sorted(found.sides().tolist()) == [0, 1]


def test_a_line_from_the_rim_to_a_hole_parts_nothing() -> None:
    ring = SQUARE.difference(shapely.box(40, 40, 60, 60))
    assert len(regions_of(ring, fitted(ring, (50, -5), (50, 45)))) == 1


def test_sides_that_cannot_be_told_apart_are_refused() -> None:
    three = shapely.union_all(
        [shapely.LineString([(50, 50), end]) for end in ((50, 0), (0, 100), (100, 100))]
    )
    with pytest.raises(LineError) as refusal:
        regions_of(SQUARE, three).sides()
    assert refusal.value.key == "line-not-across"


@given(st.lists(st.tuples(st.integers(-20, 120), st.integers(-20, 120)), min_size=2, max_size=6))
def test_regions_fill_the_polygon_and_neighbours_are_on_other_sides(places: list[tuple[int, int]]) -> None:
    try:
        line = fitted(SQUARE, *places)
    except LineError:
        return
    found = regions_of(SQUARE, line)
    assert shapely.area(found.polygon).sum() == pytest.approx(10_000, abs=0.01)
    assert shapely.coverage_is_valid(found.polygon)
    side = found.sides()
    seam = found.between(side == 1)
    assert shapely.difference(seam, shapely.buffer(line, 0.002)).length == 0
    shares = share_of(np.array([SQUARE]), found.polygon)
    assert shares.sum() == pytest.approx(10_000, abs=0.01)


def test_regions_of_neighbours_share_the_border_they_had_but_no_more() -> None:
    three = np.array([SQUARE, shapely.box(100, 0, 200, 100), shapely.box(200, 0, 300, 100)])
    line = fit_line(drawn_line([(-5, 30), (150, 40)]), three)
    found = regions(three, line)
    assert found.of.tolist() == [0, 0, 1, 2]
    border = found.border_m()
    assert (border == border.T).all()
    low = 100 - shapely.bounds(found.polygon[1])[3]
    assert border[0, 2] == pytest.approx(low, abs=1)
    assert border[[0, 1], 2].sum() == pytest.approx(100, abs=0.001)
    assert border[2, 3] == pytest.approx(100)
    assert border[[0, 1], 3].tolist() == [0, 0]
    assert shapely.length(found.between(np.array([True, False, True, False]))) == pytest.approx(border[0, 1])
