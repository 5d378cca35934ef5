"""The synthetic demo district: one call makes all of it, the same every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Polygon

from boundaries.demo.blocks import make_blocks
from boundaries.demo.buildings import build, without_buildings_green
from boundaries.demo.graph import make_graph
from boundaries.demo.incidents import make_incidents
from boundaries.demo.land import choose_uses
from boundaries.demo.people import settle
from boundaries.demo.rezoning import Layers, Rezoning, make_rezonings
from boundaries.demo.roads import make_roads
from boundaries.demo.services import make_service_points, make_staff
from boundaries.demo.streets import make_network
from boundaries.demo.tables import (
    blocks_table,
    buildings_table,
    compound_keys,
    compounds_table,
    walls_table,
    water_table,
)
from boundaries.demo.terrain import make_terrain

SEED = 2010

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Demo:
    """The demo district. Synthetic: no figure and no line of it describes a real place.

    Attributes
    ----------
    outline : Polygon
        The district, EPSG:4549, 30.50 km2.
    blocks
        key, use, compound_key, residents, floating, households, residents_2006, geometry: a valid coverage.
    buildings
        key, use, floors, compound_key, block_key, residents, floating, households, residents_2006, geometry.
    compounds
        key, name, name_en, kind, geometry: the ground inside the walls.
    roads
        name, name_en, class, width_m, bridge, geometry.
    water
        name, name_en, kind, geometry.
    walls
        geometry.
    rezonings
        The plans by key: "2009" and "2010".
    succession
        level, from, to, kind (continued, merged, split, redrawn), residents, area_m2.
    service_points
        key, name, name_en, kind, level, unit_key, offers, windows, geometry; of the plan of 2010.
    incidents
        time (UTC), category, tier, source, geometry; the local years 2010 and 2011.
    staff
        unit_key, role, level, headcount, source; of the plan of 2010.
    """

    outline: Polygon
    blocks: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    walls: gpd.GeoDataFrame
    rezonings: dict[str, Rezoning]
    succession: pd.DataFrame
    service_points: gpd.GeoDataFrame
    incidents: gpd.GeoDataFrame
    staff: pd.DataFrame


def make_demo(on_progress: Progress | None = None) -> Demo:
    """Make the synthetic demo district.

    Parameters
    ----------
    on_progress
        Called with the share done (0 to 1) and what is being done.
    """
    tell = on_progress or (lambda _share, _text: None)
    rng = np.random.default_rng(SEED)
    tell(0.0, "ground and streets")
    terrain = make_terrain()
    network = make_network(terrain, rng)
    tell(0.04, "buildings")
    uses = choose_uses(network, rng)
    built = build(terrain, network, uses, rng)
    uses = without_buildings_green(uses, built)
    tell(0.17, "people")
    people = settle(built.houses, rng)
    tell(0.18, "blocks")
    ground = make_blocks(terrain.outline, network, built, people.households, uses)
    compound_of = compound_keys(built, uses)
    blocks = blocks_table(ground, uses, compound_of, people)
    roads = make_roads(terrain, network, built.lanes)
    compounds = compounds_table(built, network.parcels, uses, compound_of, roads)
    water, walls = water_table(terrain, built), walls_table(built)
    tell(0.22, "borders")
    graph = make_graph(ground, blocks, network, roads, water, walls)
    layers = Layers(blocks, compounds, roads, water)
    rezonings, succession = make_rezonings(
        graph, layers, terrain.scale, lambda share, text: tell(0.25 + 0.7 * share, text)
    )
    tell(0.96, "services and incidents")
    buildings = buildings_table(built, ground, compound_of, people)
    demo = Demo(
        outline=terrain.outline,
        blocks=blocks,
        buildings=buildings,
        compounds=compounds,
        roads=roads,
        water=water,
        walls=walls,
        rezonings=rezonings,
        succession=succession,
        service_points=make_service_points(rezonings["2010"], blocks, buildings),
        incidents=make_incidents(terrain.outline, buildings, np.random.default_rng([SEED, 1])),
        staff=make_staff(rezonings["2010"], blocks, buildings),
    )
    tell(1.0, "done")
    return demo
