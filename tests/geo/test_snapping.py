"""Drawn lines: what is one, and where its vertices go on a coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.errors import LineError
from geo.snapping import BEND_PER_SHIFT, SAME_PLACE_M, SHIFT_M, drawn_line, fit_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WEST, EAST = shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)
BOTH = np.array([WEST, EAST])


@pytest.mark.parametrize(
    "places",
    [[], [(0, 0)], [(0, 0, 1), (1, 1, 1)], [(0, 0), (np.nan, 1)], [(5, 5), (5.0001, 5), (5, 5.0002)]],
)
def test_what_has_no_length_is_no_line(places: list[tuple[float, ...]]) -> None:
    with pytest.raises(LineError) as refusal:
        drawn_line(np.array(places, dtype=float))
    assert refusal.value.key == "line-not-across"


def test_a_line_may_close_but_not_cross_itself() -> None:
    assert drawn_line([(0, 0), (9, 0), (9, 9), (0, 0)]).is_ring
    with pytest.raises(LineError) as refusal:
        drawn_line([(0, 0), (9, 9), (9, 0), (0, 9)])
    assert refusal.value.key == "line-self-crossing"


def test_vertices_go_to_vertices_first_then_to_borders_and_else_stay() -> None:
    line = fit_line(drawn_line([(1.2, 1.1), (50, 50), (101.5, 60), (150, 98.7)]), BOTH)
    assert [tuple(place) for place in line.coords] == [(0, 0), (50, 50), (100, 60), (150, 100)]


def test_a_crossing_is_a_vertex_on_the_border() -> None:
    line = fit_line(drawn_line([(50, 20), (150, 21)]), BOTH)
    assert [tuple(place) for place in line.coords] == [(50, 20), (100, 20.5), (150, 21)]


def test_a_line_that_would_cross_itself_once_snapped_stays_as_it_is() -> None:
    drawn = drawn_line([(20, 1.9), (40, 1.0), (60, 1.9), (60, 50), (40, 1.5), (30, 50)])
    assert drawn.is_simple
    line = fit_line(drawn, BOTH)
    assert line.is_simple
    assert (30, 50) in set(line.coords)


def test_a_line_shorter_than_it_is_snapped_by_is_refused() -> None:
    with pytest.raises(LineError) as refusal:
        fit_line(drawn_line([(0.4, 0.5), (0.9, 0.1)]), BOTH)
    assert refusal.value.key == "line-along-border"


@given(st.integers(1, 99_999), st.integers(-60_000, 60_000), st.floats(0.05, 0.95))
def test_a_crossing_bends_a_border_of_100_m_by_less_than_the_grid(up: int, slope: int, share: float) -> None:
    """Near an axis no point of the grid within reach lies on the border; then it bends by half a millimetre at most."""
    top = 100 + slope / 1000
    polygon = shapely.Polygon([(0, 0), (100, 0), (max(5, top), 100 + up / 1e5), (0, 100)])
    crossing = polygon.exterior.interpolate(100 + share * 100)
    across = drawn_line([(crossing.x - 3, crossing.y - 0.5), (crossing.x + 3, crossing.y + 0.5)])
    line = fit_line(across, np.array([polygon]), 0.0)
    for place in shapely.points(shapely.get_coordinates(line)[1:-1]):
        assert place.distance(polygon.exterior) <= 0.0005
        assert place.distance(across) <= SHIFT_M


def least_bend(place: float, low: float, high: float, border: Callable[[Floats], Floats]) -> float:
    """Return what the best point of the grid costs, of all that are within reach; metres of bend and of sliding."""
    x = np.arange(np.ceil((low + 0.0005) * 1000), np.floor((high - 0.0005) * 1000) + 1) / 1000
    x = x[abs(x - place) <= SHIFT_M]
    bend = abs(np.round(border(x), 3) - border(x))
    return float((bend + BEND_PER_SHIFT * abs(x - place)).min())


@given(st.floats(0.01, 0.99), st.integers(-9_999, 9_999), st.integers(20, 60_000))
def test_no_other_point_of_the_grid_within_reach_bends_a_border_less(
    share: float, rise: int, run: int
) -> None:
    """A border that rises by less than it runs, crossed upright; all points beside it are tried."""
    assume(abs(rise) < run)
    start, end = np.zeros(2), np.array([run, rise]) / 1000
    place = start + share * (end - start)
    assume(min(np.hypot(*(place - start)), np.hypot(*(end - place))) > 2 * SAME_PLACE_M)

    def border(x: Floats) -> Floats:
        return x * (rise / run)

    below = shapely.Polygon([start, (0, -50), (end[0], -50), end])
    upright = np.array([0, 9])
    across = drawn_line([place - upright, place + upright])
    fitted = shapely.get_coordinates(fit_line(across, np.array([below]), 0.0))
    crossed = across.intersection(shapely.LineString([start, end])).x
    x, y = fitted[1]
    cost = abs(y - border(np.array(x))) + BEND_PER_SHIFT * abs(x - crossed)
    assert cost <= least_bend(crossed, 0.0, end[0], border) + 1e-9
