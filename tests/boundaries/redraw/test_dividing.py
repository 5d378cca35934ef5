"""What a line cuts off and who gets it, on walls of rectangles: straight lines over any number of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.redraw.dividing import Divided, divide
from geo.snapping import SNAP_M, drawn_line, fit_line

if TYPE_CHECKING:
    from random import Random

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

SIDE_M = 300

cuts = st.lists(st.integers(3, 27), min_size=1, max_size=3, unique=True).map(
    lambda some: [0, *sorted(10 * one for one in some), SIDE_M]
)
sides = st.floats(-0.2 * SIDE_M, 1.2 * SIDE_M)


@st.composite
def walls(draw: st.DrawFn) -> dict[int, shapely.Polygon]:
    """Rows of rectangles, each row with joints of its own."""
    found = []
    for low, high in pairwise(draw(cuts)):
        found += [shapely.box(left, low, right, high) for left, right in pairwise(draw(cuts))]
    return dict(enumerate(found))


@st.composite
def straight_lines(draw: st.DrawFn) -> list[list[float]]:
    """From outside to outside of the wall, level, upright or aslant."""
    first, second = draw(sides), draw(st.one_of(st.none(), sides))
    ends = [[-100.0, first], [SIDE_M + 100.0, first if second is None else second]]
    return ends if draw(st.booleans()) else [end[::-1] for end in ends]


def fitted(wall: dict[int, shapely.Polygon], line: list[list[float]]) -> shapely.LineString:
    """Make the wall a coverage (a joint of one row is a vertex of the row beside it), and fit a line to it."""
    rings = shapely.get_parts(shapely.polygonize([shapely.union_all(shapely.boundary(list(wall.values())))]))
    middles = shapely.point_on_surface(rings)
    wall.update({number: rings[shapely.contains(one, middles)][0] for number, one in wall.items()})
    return fit_line(drawn_line(line), np.array(list(wall.values()), dtype=object))


def divided_by(wall: dict[int, shapely.Polygon], line: BaseGeometry, unit: int) -> Divided:
    return divide(np.array([*wall]), np.array([*wall.values()], dtype=object), line, unit)


def polygons_of(divided: Divided) -> NDArray[np.object_]:
    return np.array([divided.regions.polygon(at) for at in range(len(divided.regions))], dtype=object)


def after(wall: dict[int, shapely.Polygon], divided: Divided | None) -> dict[int, BaseGeometry]:
    """Return the units as they are with all that changes sides."""
    if divided is None:
        return dict(wall)
    holder = np.where(divided.goes, divided.to, divided.regions.of)
    polygon = polygons_of(divided)
    return {unit: shapely.union_all(polygon[holder == unit], grid_size=0.001) for unit in wall}


@settings(max_examples=300, deadline=None)
@given(walls(), straight_lines(), st.randoms(use_true_random=False))
def test_a_straight_line_over_any_number_of_units_leaves_each_in_one_piece(
    wall: dict[int, shapely.Polygon], ends: list[list[float]], rng: Random
) -> None:
    line, unit = fitted(wall, ends), rng.randrange(len(wall))
    divided = divided_by(wall, line, unit)
    now = after(wall, divided)
    assert sum(one.area for one in now.values()) == pytest.approx(SIDE_M**2, abs=0.1)
    assert {number for number, one in now.items() if one.geom_type != "Polygon"} == set()
    mine, polygon = divided.regions.of == unit, polygons_of(divided)
    if divided.cut[mine].any():
        # The larger part is given up only where the smaller is a piece of the rim.
        smaller = min(polygon[mine], key=shapely.area)
        around = shapely.union_all([one for number, one in wall.items() if number != unit])
        rim = shapely.intersection(smaller.buffer(0.01), around.boundary).length <= SNAP_M
        stays = shapely.area(polygon[mine & ~divided.goes]).sum()
        assert rim or stays >= wall[unit].area / 2 - 0.1


@settings(max_examples=300, deadline=None)
@given(walls(), straight_lines(), st.randoms(use_true_random=False))
def test_parts_of_a_line_over_units_that_stay_as_they_are_make_no_difference(
    wall: dict[int, shapely.Polygon], ends: list[list[float]], rng: Random
) -> None:
    line, unit = fitted(wall, ends), rng.randrange(len(wall))
    divided = divided_by(wall, line, unit)
    changed = [wall[number] for number in np.unique(divided.regions.of[divided.goes]).tolist()]
    part = shapely.intersection(line, shapely.union_all(changed))
    now, then = after(wall, divided), after(wall, divided_by(wall, part, unit) if changed else None)
    for number in wall:
        assert shapely.symmetric_difference(now[number], then[number]).area < 1


def test_a_line_that_does_not_say_who_gets_the_piece_names_those_with_about_as_much_border() -> None:
    row = {number: shapely.box(100 * number, 0, 100 * number + 100, 100) for number in range(3)}
    line = fitted(row, [[-20.0, 30.0], [320.0, 34.0]])
    divided = divided_by(row, line, 1)
    assert divided.rivals == (0, 2)
    assert set(divided.regions.of[divided.goes].tolist()) == {1}
    aslant = divided_by(row, fitted(row, [[-20.0, 50.0], [320.0, 20.0]]), 1)
    assert aslant.rivals == ()
    assert aslant.to[aslant.goes & (aslant.regions.of == 1)].tolist() == [0]
