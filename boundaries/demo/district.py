"""The synthetic demo district: one call makes all of it, the same every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Polygon

from boundaries.demo.blocks import Blocks, make_blocks
from boundaries.demo.buildings import Built, build, without_buildings_green
from boundaries.demo.cutting import largest_polygon
from boundaries.demo.graph import make_graph
from boundaries.demo.incidents import make_incidents
from boundaries.demo.land import Use, choose_uses
from boundaries.demo.people import People, settle
from boundaries.demo.rezoning import Layers, Rezoning, make_rezonings
from boundaries.demo.roads import make_roads
from boundaries.demo.services import make_service_points, make_staff
from boundaries.demo.streets import Network, make_network
from boundaries.demo.tables import (
    blocks_table,
    buildings_table,
    compound_keys,
    compounds_table,
    walls_table,
    water_table,
)
from boundaries.demo.terrain import Terrain, make_terrain

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


@dataclass(frozen=True)
class Laid:
    """The district as it is built and lived in, before anyone divides it."""

    terrain: Terrain
    network: Network
    uses: list[Use]
    built: Built
    people: People
    ground: Blocks


def lay_out(tell: Progress) -> Laid:
    """Lay out ground, streets, buildings, people and blocks: everything but the plans.

    Parameters
    ----------
    tell
        Called with the share done (of `make_demo`) and what is being done.
    """
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
    return Laid(
        terrain,
        network,
        uses,
        built,
        people,
        make_blocks(terrain.outline, network, built, people.households, uses),
    )


def outline_of(ground: Blocks) -> Polygon:
    """Outline of all blocks; rounding to the grid moved it by less than a millimetre from what was drawn."""
    return largest_polygon(shapely.normalize(shapely.coverage_union_all(ground.polygons)))


def make_demo(on_progress: Progress | None = None) -> Demo:
    """Make the synthetic demo district; it takes some twenty seconds.

    Parameters
    ----------
    on_progress
        Called with the share done (0 to 1) and what is being done.
    """
    tell = on_progress or (lambda _share, _text: None)
    laid = lay_out(tell)
    compound_of = compound_keys(laid.built, laid.uses)
    blocks = blocks_table(laid.ground, laid.uses, compound_of, laid.people)
    buildings = buildings_table(laid.built, laid.ground, compound_of, laid.people)
    roads = make_roads(laid.terrain, laid.network, laid.built.lanes)
    compounds = compounds_table(laid.built, laid.network.parcels, laid.uses, compound_of, roads)
    water, walls = water_table(laid.terrain, laid.built), walls_table(laid.built)
    tell(0.22, "borders")
    graph = make_graph(laid.ground, blocks, laid.network, roads, water, walls)
    rezonings, succession = make_rezonings(
        graph,
        Layers(blocks, compounds, roads, water),
        laid.terrain.scale,
        lambda share, text: tell(0.25 + 0.7 * share, text),
    )
    tell(0.96, "services and incidents")
    demo = Demo(
        outline=outline_of(laid.ground),
        blocks=blocks,
        buildings=buildings,
        compounds=compounds,
        roads=roads,
        water=water,
        walls=walls,
        rezonings=rezonings,
        succession=succession,
        service_points=make_service_points(rezonings["2010"], blocks, buildings),
        incidents=make_incidents(outline_of(laid.ground), buildings, np.random.default_rng([SEED, 1])),
        staff=make_staff(rezonings["2010"], blocks, buildings),
    )
    tell(1.0, "done")
    return demo
