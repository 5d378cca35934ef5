"""Roads of the demo district as a table: named, and with bridges where they cross water."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from boundaries.demo.cutting import lines_of
from boundaries.demo.naming import Name, lane_names, road_names
from boundaries.demo.streets import Network, Street
from boundaries.demo.tables import CRS, optional
from boundaries.demo.terrain import Terrain
from boundaries.demo.zones import Zone

BRIDGE_APPROACH_M = 9.0
"""A bridge begins this far from the water."""


def make_roads(terrain: Terrain, network: Network, lanes: list[Street]) -> gpd.GeoDataFrame:
    """Name the streets and cut them where bridges begin and end.

    Returns
    -------
    GeoDataFrame
        name, name_en (None for tracks and the paths of compounds), class, width_m, bridge, geometry.
    """
    names = _names(terrain, network)
    water = shapely.union_all([body.surface.buffer(BRIDGE_APPROACH_M) for body in terrain.waters])
    shapely.prepare(water)
    rows: list[tuple[Name | None, Street, bool, LineString]] = []
    for i, street in enumerate([*network.streets, *lanes]):
        rows.extend((names.get(i), street, bridge, line) for line, bridge in _over_water(street.line, water))
    return gpd.GeoDataFrame(
        {
            "name": optional([name.zh if name else None for name, *_ in rows]),
            "name_en": optional([name.en if name else None for name, *_ in rows]),
            "class": [street.rank for _, street, *_ in rows],
            "width_m": [street.width_m for _, street, *_ in rows],
            "bridge": [bridge for *_, bridge, _ in rows],
        },
        geometry=shapely.set_precision(
            np.array([row[-1] for row in rows], dtype=object), 0.001, mode="pointwise"
        ),
        crs=CRS,
    )


def _over_water(line: LineString, water: BaseGeometry) -> list[tuple[LineString, bool]]:
    """Split a line into stretches on land and on bridges."""
    if not water.intersects(line):
        return [(line, False)]
    pieces = [(part, False) for part in lines_of(line.difference(water))]
    pieces += [(part, True) for part in lines_of(line.intersection(water))]
    return [(part, bridge) for part, bridge in pieces if part.length > 0.5]


def _names(terrain: Terrain, network: Network) -> dict[int, Name]:
    """Arterials keep theirs, collectors draw from a list, lanes of the old town from another."""
    collectors, lanes = road_names(), lane_names()
    old = shapely.union_all([p.polygon for p in network.parcels if p.zone is Zone.OLD], grid_size=0.001)
    shapely.prepare(old)
    lines = np.array([street.line for street in network.streets], dtype=object)
    in_old = shapely.intersects(old, shapely.line_interpolate_point(lines, 0.5, normalized=True))
    named: dict[int, Name] = {}
    for i, street in enumerate(network.streets):
        if street.rank == "arterial":
            named[i] = terrain.arterials[street.arterial].name
        elif street.rank == "collector":
            named[i] = next(collectors)
        elif in_old[i] and street.line.length > 60.0:
            name = next(lanes, None)
            if name is not None:
                named[i] = name
    return named
