"""Zones and the 1 mm grid."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from geo.crs import local_zone, planar_srid, to_grid
from geo.errors import CrsError


@pytest.mark.parametrize(
    ("lon", "lat", "srid"),
    [
        (119.03, 33.60, 4549),
        (116.4, 39.9, 4548),
        (87.6, 43.8, 4538),
        (2.17, 41.39, 32631),
        (-71.4, 41.8, 32619),
        (151.2, -33.9, 32756),
    ],
)
def test_a_place_gets_its_local_zone(lon: float, lat: float, srid: int) -> None:
    assert local_zone(lon, lat) == srid


def test_zones_agree_with_the_register_of_proj() -> None:
    for lon in range(75, 136, 3):
        lat = 30.0 if lon < 130 else 45.0
        name = pyproj.CRS.from_epsg(local_zone(min(lon, 135), lat)).name
        assert name == f"CGCS2000 / 3-degree Gauss-Kruger CM {lon}E"


def test_swapped_axes_are_named() -> None:
    with pytest.raises(CrsError, match="swapped"):
        local_zone(33.6, 119.03)


@pytest.mark.parametrize(
    ("source", "srid"), [(4549, 4549), (26916, 26916), (3857, 4549), (2232, 4549), (4326, 4549), (4490, 4549)]
)
def test_metres_are_kept_and_degrees_feet_and_web_mercator_are_not(source: int, srid: int) -> None:
    assert planar_srid(pyproj.CRS.from_epsg(source), 119.03, 33.6) == srid


def test_rounding_keeps_shared_vertices_shared() -> None:
    squares = np.array([shapely.box(0, 0, 1 / 3, 1), shapely.box(1 / 3, 0, 1, 1)])
    rounded = to_grid(squares)
    assert shapely.coverage_is_valid(rounded)
    assert shapely.get_coordinates(rounded)[:, 0].max() == 1.0
    assert 0.333 in shapely.get_coordinates(rounded)[:, 0]
