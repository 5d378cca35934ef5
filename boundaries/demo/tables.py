"""The demo district as tables: blocks, buildings, compounds, water and walls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from boundaries.demo.blocks import Blocks
from boundaries.demo.buildings import Built
from boundaries.demo.land import Use
from boundaries.demo.naming import Name, compound_names
from boundaries.demo.people import People
from boundaries.demo.place_names import GROUNDS
from boundaries.demo.streets import Parcel
from boundaries.demo.terrain import Terrain

CRS = "EPSG:4549"

COMPOUND_KINDS = {
    Use.ESTATE: "residential", Use.TOWERS: "residential", Use.DORMITORY: "dormitory", Use.SCHOOL: "school",
    Use.HOSPITAL: "hospital", Use.CAMPUS: "campus", Use.FACTORY: "factory",
}  # fmt: skip


def optional(values: Sequence[str | None]) -> pd.Series[str]:
    """Return a column in which what is missing stays None."""
    column: pd.Series[str] = pd.Series(list(values), dtype=object)
    return column


def compound_keys(built: Built, uses: list[Use]) -> dict[int, str]:
    """Keys of the walled compounds by parcel."""
    inhabited = {house.parcel for house in built.houses}
    walled = [number for number, use in enumerate(uses) if use in COMPOUND_KINDS and number in inhabited]
    return {number: f"C{i:04d}" for i, number in enumerate(walled, start=1)}


def _block_keys(count: int) -> NDArray[np.object_]:
    return np.array([f"B{i:05d}" for i in range(1, count + 1)], dtype=object)


def blocks_table(
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
            "compound_key": optional([compound_of.get(int(parcel)) for parcel in ground.parcel]),
            "residents": total(people.residents),
            "floating": total(people.floating),
            "households": total(people.households),
            "residents_2006": total(people.residents_2006),
        },
        geometry=ground.polygons,
        crs=CRS,
    )


def buildings_table(
    built: Built, ground: Blocks, compound_of: dict[int, str], people: People
) -> gpd.GeoDataFrame:
    """Table of the buildings with the people in them."""
    return gpd.GeoDataFrame(
        {
            "key": [f"H{i:05d}" for i in range(1, len(built.houses) + 1)],
            "use": [str(house.use) for house in built.houses],
            "floors": np.array([house.floors for house in built.houses], dtype=np.int64),
            "compound_key": optional([compound_of.get(house.parcel) for house in built.houses]),
            "block_key": _block_keys(len(ground.polygons))[ground.block_of_house],
            "residents": people.residents,
            "floating": people.floating,
            "households": people.households,
            "residents_2006": people.residents_2006,
        },
        geometry=[house.footprint for house in built.houses],
        crs=CRS,
    )


def compounds_table(
    built: Built, parcels: list[Parcel], uses: list[Use], compound_of: dict[int, str], roads: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Walled compounds: residential ones named as estates are, others after the road beside them."""
    homes = [number for number in compound_of if COMPOUND_KINDS[uses[number]] == "residential"]
    names = dict(
        zip(
            homes,
            compound_names([(uses[number] is Use.TOWERS, parcels[number].superblock) for number in homes]),
            strict=True,
        )
    )
    others = [number for number in compound_of if number not in names]
    names.update(zip(others, _ground_names(built, uses, others, roads), strict=True))
    rows = [
        {
            "key": key,
            "name": names[number].zh,
            "name_en": names[number].en,
            "kind": COMPOUND_KINDS[uses[number]],
            "geometry": shapely.set_precision(built.plots[number], 0.001),
        }
        for number, key in compound_of.items()
    ]
    return gpd.GeoDataFrame(rows, crs=CRS)


def _ground_names(built: Built, uses: list[Use], numbers: list[int], roads: gpd.GeoDataFrame) -> list[Name]:
    """Names of schools, works and the like: the nearest road that leaves the name free, and what they are."""
    named = roads[roads["name"].notna() & (roads["class"] == "collector")]
    middles = shapely.line_interpolate_point(named.geometry.to_numpy(), 0.5, normalized=True)
    stems = list(zip(named["name"].str[:-1], named["name_en"].str.rsplit(" ", n=1).str[0], strict=True))
    taken: set[str] = set()
    turn: Counter[str] = Counter()
    names = []
    for number in numbers:
        kind = COMPOUND_KINDS[uses[number]]
        ends = GROUNDS[kind]
        first = turn[kind] % len(ends)
        turn[kind] += 1
        near = np.argsort(
            shapely.distance(middles, shapely.point_on_surface(built.plots[number])), kind="stable"
        )
        free = (
            Name(stems[i][0] + zh, f"{stems[i][1]} {en}")
            for i in near.tolist()
            for zh, en in (*ends[first:], *ends[:first])
            if stems[i][0] + zh not in taken
        )
        names.append(next(free))
        taken.add(names[-1].zh)
    return names


def water_table(terrain: Terrain, built: Built) -> gpd.GeoDataFrame:
    """River, canal and ponds; ponds have no name."""
    none = [None] * len(built.ponds)
    return gpd.GeoDataFrame(
        {
            "name": optional([*(body.name.zh for body in terrain.waters), *none]),
            "name_en": optional([*(body.name.en for body in terrain.waters), *none]),
            "kind": [body.kind for body in terrain.waters] + ["pond"] * len(built.ponds),
        },
        geometry=[*(body.surface for body in terrain.waters), *built.ponds],
        crs=CRS,
    )


def walls_table(built: Built) -> gpd.GeoDataFrame:
    """Walls of compounds, geometry only."""
    return gpd.GeoDataFrame(
        geometry=shapely.set_precision(np.array(built.walls, dtype=object), 0.001), crs=CRS
    )
