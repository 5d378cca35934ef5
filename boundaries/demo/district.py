"""The synthetic demo district: one call makes all of it, the same every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from boundaries.demo.blocks import Blocks, make_blocks
from boundaries.demo.buildings import Built, build, without_buildings_green
from boundaries.demo.land import Use, choose_uses
from boundaries.demo.naming import compound_names
from boundaries.demo.people import People, settle
from boundaries.demo.roads import make_roads
from boundaries.demo.streets import Network, make_network
from boundaries.demo.terrain import Terrain, make_terrain

CRS = "EPSG:4549"
SEED = 2010

Progress = Callable[[float, str], None]

_COMPOUND_KINDS = {
    Use.ESTATE: "residential", Use.TOWERS: "residential", Use.DORMITORY: "dormitory", Use.SCHOOL: "school",
    Use.HOSPITAL: "hospital", Use.CAMPUS: "campus", Use.FACTORY: "factory",
}  # fmt: skip


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
    """

    outline: Polygon
    blocks: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    walls: gpd.GeoDataFrame


def make_demo(on_progress: Progress | None = None) -> Demo:
    """Make the synthetic demo district.

    Parameters
    ----------
    on_progress
        Called with the share done (0 to 1) and what is being done.
    """
    tell = on_progress or (lambda _share, _text: None)
    rng = np.random.default_rng(SEED)
    tell(0.0, "terrain")
    terrain = make_terrain()
    network = make_network(terrain, rng)
    tell(0.05, "buildings")
    uses = choose_uses(network, rng)
    built = build(terrain, network, uses, rng)
    uses = without_buildings_green(uses, built)
    tell(0.15, "people")
    people = settle(built.houses, rng)
    tell(0.17, "blocks")
    ground = make_blocks(terrain.outline, network, built, people.households, uses)
    tell(0.2, "layers")
    compound_of = _compound_keys(built, uses)
    demo = Demo(
        outline=terrain.outline,
        blocks=_blocks_table(ground, uses, compound_of, people),
        buildings=_buildings_table(built, ground, compound_of, people),
        compounds=_compounds_table(built, uses, compound_of),
        roads=make_roads(terrain, network, built.lanes, CRS),
        water=_water_table(terrain, built),
        walls=_walls_table(built),
    )
    tell(1.0, "done")
    return demo


def _compound_keys(built: Built, uses: list[Use]) -> dict[int, str]:
    """Keys of the walled compounds by parcel."""
    inhabited = {house.parcel for house in built.houses}
    walled = [number for number, use in enumerate(uses) if use in _COMPOUND_KINDS and number in inhabited]
    return {number: f"C{i:04d}" for i, number in enumerate(walled, start=1)}


def _block_keys(count: int) -> NDArray[np.object_]:
    return np.array([f"B{i:05d}" for i in range(1, count + 1)], dtype=object)


def _blocks_table(
    ground: Blocks, uses: list[Use], compound_of: dict[int, str], people: People
) -> gpd.GeoDataFrame:
    """Blocks with the sums of their buildings."""
    count = len(ground.polygons)

    def total(values: NDArray[np.int64]) -> NDArray[np.int64]:
        sums = np.zeros(count, dtype=np.int64)
        np.add.at(sums, ground.block_of_house, values)
        return sums

    return gpd.GeoDataFrame(
        {
            "key": _block_keys(count),
            "use": [str(uses[parcel]) for parcel in ground.parcel],
            "compound_key": [compound_of.get(int(parcel)) for parcel in ground.parcel],
            "residents": total(people.residents),
            "floating": total(people.floating),
            "households": total(people.households),
            "residents_2006": total(people.residents_2006),
        },
        geometry=ground.polygons,
        crs=CRS,
    )


def _buildings_table(
    built: Built, ground: Blocks, compound_of: dict[int, str], people: People
) -> gpd.GeoDataFrame:
    """Buildings with the people in them."""
    return gpd.GeoDataFrame(
        {
            "key": [f"H{i:05d}" for i in range(1, len(built.houses) + 1)],
            "use": [str(house.use) for house in built.houses],
            "floors": np.array([house.floors for house in built.houses], dtype=np.int64),
            "compound_key": [compound_of.get(house.parcel) for house in built.houses],
            "block_key": _block_keys(len(ground.polygons))[ground.block_of_house],
            "residents": people.residents,
            "floating": people.floating,
            "households": people.households,
            "residents_2006": people.residents_2006,
        },
        geometry=[house.footprint for house in built.houses],
        crs=CRS,
    )


def _compounds_table(built: Built, uses: list[Use], compound_of: dict[int, str]) -> gpd.GeoDataFrame:
    """Walled compounds with their names."""
    names = compound_names()
    rows = []
    for number, key in compound_of.items():
        name = next(names)
        rows.append(
            {
                "key": key,
                "name": name.zh,
                "name_en": name.en,
                "kind": _COMPOUND_KINDS[uses[number]],
                "geometry": shapely.set_precision(built.plots[number], 0.001),
            }
        )
    return gpd.GeoDataFrame(rows, crs=CRS)


def _water_table(terrain: Terrain, built: Built) -> gpd.GeoDataFrame:
    """River, canal and ponds."""
    rows = [
        {"name": body.name.zh, "name_en": body.name.en, "kind": body.kind, "geometry": body.surface}
        for body in terrain.waters
    ]
    rows += [{"name": None, "name_en": None, "kind": "pond", "geometry": pond} for pond in built.ponds]
    return gpd.GeoDataFrame(rows, crs=CRS)


def _walls_table(built: Built) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        geometry=shapely.set_precision(np.array(built.walls, dtype=object), 0.001), crs=CRS
    )
