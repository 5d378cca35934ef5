"""Drawn lines: what is one, and where its vertices go on a coverage."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import LineError
from geo.snapping import SHIFT_M, drawn_line, fit_line

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
