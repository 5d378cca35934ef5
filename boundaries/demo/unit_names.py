"""Giving streets, communities and cells of the demo district names with local character, each once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from boundaries.demo.graph import BlockGraph
from boundaries.demo.naming import Name
from boundaries.demo.place_names import COMMUNITIES, GROUNDS, HAMLETS, STREETS_2010, VILLAGE_NAMES
from boundaries.demo.terrain import place
from boundaries.demo.zones import Zone

Ints = NDArray[np.int64]

_KINDS = {
    Zone.OLD: "old", Zone.CENTRE: "centre", Zone.WALKUP: "walk-up", Zone.TOWER: "tower", Zone.INDUSTRY: "industry",
    Zone.RURAL: "fields", Zone.CAMPUS: "tower", Zone.PARK: "walk-up", Zone.WATERSIDE: "walk-up",
}  # fmt: skip
_SIDES = (("东", "East"), ("西", "West"), ("南", "South"), ("北", "North"), ("中", "Middle"))
BY_WATER_M = 260.0
"""A community whose middle is this near to the canal or river is named after it."""


def street_names(graph: BlockGraph, street: Ints, scale: float) -> list[Name]:
    """Names for the streets of 2010: as near as possible to the places the names come from."""
    middle = _middles(graph, street)
    wanted = place(np.array([(u, v) for _, u, v in STREETS_2010], dtype=float), scale)
    distance = np.hypot(*(middle[:, None] - wanted[None]).transpose(2, 0, 1))
    _, chosen = linear_sum_assignment(distance)
    return [STREETS_2010[i][0] for i in chosen]


def community_names(graph: BlockGraph, community: Ints, water: gpd.GeoDataFrame) -> list[Name]:
    """Names for communities by what most of their residents live in, or the water they lie on.

    Parameters
    ----------
    graph, community
        Blocks and the (n,) community of each, from 0.
    water
        The demo's water.
    """
    count = int(community.max()) + 1
    taken: set[str] = set()
    spare = [name for names in COMMUNITIES.values() for name in names]
    names: list[Name] = []
    for kind in _community_kinds(graph, community, count, water):
        zh, en = next(name for name in (*COMMUNITIES[kind], *spare) if name[0] not in taken)
        taken.add(zh)
        names.append(Name(f"{zh}社区", f"{en} Community"))
    return names


def _community_kinds(graph: BlockGraph, community: Ints, count: int, water: gpd.GeoDataFrame) -> list[str]:
    """Say what kind of place each community is."""
    middle = shapely.points(_middles(graph, community, graph.residents + 1.0))
    near = {
        kind: np.asarray(
            shapely.distance(middle, shapely.union_all(water.geometry[water["kind"] == kind].to_numpy()))
        )
        for kind in ("canal", "river")
    }
    kinds = []
    for i in range(count):
        held: Counter[str] = Counter()
        for j in np.flatnonzero(community == i).tolist():
            held[_KINDS[graph.zone[j]]] += int(graph.residents[j]) + 1
        kind = held.most_common(1)[0][0]
        by_water = next((name for name, metres in near.items() if metres[i] < BY_WATER_M), None)
        kinds.append(by_water if by_water and kind != "old" else kind)
    return kinds


def _middles(
    graph: BlockGraph, unit: Ints, weight: NDArray[np.floating[Any]] | None = None
) -> NDArray[np.float64]:
    """(k, 2) weighted middles of units; by area unless told otherwise."""
    by = graph.area_m2 if weight is None else weight
    total = np.bincount(unit, by)
    return np.column_stack([np.bincount(unit, by * graph.xy[:, axis]) / total for axis in (0, 1)])


def cell_names(
    graph: BlockGraph,
    cell: Ints,
    ordinary: int,
    blocks: gpd.GeoDataFrame,
    compounds: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
) -> list[Name]:
    """Names for cells: after their largest compound, an old lane, a hamlet or a road; grounds after what they are.

    Parameters
    ----------
    graph, cell
        Blocks and the (n,) cell of each, from 0.
    ordinary
        Number of ordinary cells; those from there on are exclusive.
    blocks, compounds, roads
        Tables of the demo.
    """
    count = int(cell.max()) + 1
    points = shapely.points(graph.xy)
    named = roads[roads["name"].notna() & (roads["class"] != "arterial")].reset_index(drop=True)
    beside = np.asarray(shapely.STRtree(named.geometry.to_numpy()).nearest(points), dtype=np.int64)
    offers = _compound_offers(cell, blocks, compounds)
    offers += _hamlet_offers(graph, cell)
    offers += _lane_offers(graph, cell, named, beside)
    names: dict[int, Name] = {}
    taken: set[str] = set()
    for _, unit, name in sorted(offers, key=lambda offer: (-offer[0], offer[1], offer[2].zh)):
        if unit < ordinary and unit not in names and name.zh not in taken:
            names[unit] = name
            taken.add(name.zh)
    for unit in range(count):
        if unit not in names:
            own = _own_ground(np.flatnonzero(cell == unit), blocks, compounds) if unit >= ordinary else None
            fresh = own is not None and own.zh not in taken
            names[unit] = (
                own
                if own and fresh
                else _after_a_road(graph, cell, unit, ordinary, blocks, named, beside, taken)
            )
            taken.add(names[unit].zh)
    return [Name(f"{names[unit].zh}网格", f"{names[unit].en} Cell") for unit in range(count)]


Offer = tuple[float, int, Name]


def _compound_offers(cell: Ints, blocks: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame) -> list[Offer]:
    """Residential compounds offer their names by the residents they have in a cell."""
    named = {
        row.key: Name(row.name, row.name_en)
        for row in compounds.itertuples(index=False)
        if row.kind == "residential"
    }
    held: Counter[tuple[int, str]] = Counter()
    for unit, key, residents in zip(cell.tolist(), blocks["compound_key"], blocks["residents"], strict=True):
        if key in named:
            held[unit, key] += int(residents)
    return [(float(residents), unit, named[key]) for (unit, key), residents in held.items()]


def _hamlet_offers(graph: BlockGraph, cell: Ints) -> list[Offer]:
    """Villages offer their own name once and those of their hamlets."""
    held: Counter[tuple[int, int]] = Counter()
    for unit, village, residents in zip(
        cell.tolist(), graph.village.tolist(), graph.residents.tolist(), strict=True
    ):
        if 0 <= village < len(VILLAGE_NAMES):
            held[unit, village] += int(residents)
    offers: list[Offer] = []
    for (unit, village), residents in held.items():
        zh, en = VILLAGE_NAMES[village]
        offers.append((3.0 * residents, unit, Name(zh, en)))
        offers += [
            (2.0 * residents - i, unit, Name(zh + tail, f"{en} {end}"))
            for i, (tail, end) in enumerate(HAMLETS)
        ]
    return offers


def _lane_offers(
    graph: BlockGraph, cell: Ints, named: gpd.GeoDataFrame, beside: NDArray[np.int64]
) -> list[Offer]:
    """Lanes of the old town offer their names by the residents that live along them."""
    held: Counter[tuple[int, int]] = Counter()
    for j in np.flatnonzero((graph.zone == Zone.OLD) & (graph.residents > 0)).tolist():
        held[int(cell[j]), int(beside[j])] += int(graph.residents[j])
    offers = []
    for (unit, road), residents in held.items():
        zh, en = named["name"].iat[road], named["name_en"].iat[road]
        offers.append((4.0 * residents, unit, Name(zh, en)))
    return offers


def _after_a_road(
    graph: BlockGraph,
    cell: Ints,
    unit: int,
    ordinary: int,
    blocks: gpd.GeoDataFrame,
    named: gpd.GeoDataFrame,
    beside: NDArray[np.int64],
    taken: set[str],
) -> Name:
    """Name a cell after the road beside it: grounds by road and what they are, others by road and side."""
    members = np.flatnonzero(cell == unit)
    roads = [road for road, _ in Counter(beside[members].tolist()).most_common()]
    ends: tuple[tuple[str, str], ...] = _SIDES
    if unit >= ordinary:
        main = blocks["use"].iat[int(members[graph.area_m2[members].argmax()])]
        use = next((blocks["use"].iat[j] for j in members.tolist() if blocks["use"].iat[j] in GROUNDS), main)
        ends = GROUNDS[use][unit % 2 :] + GROUNDS[use][: unit % 2]
    reach = [
        *roads,
        *np.argsort(np.hypot(*(_road_middles(named) - graph.xy[members[0]]).T), kind="stable").tolist(),
    ]
    for road in reach:
        zh, en = str(named["name"].iat[road]), str(named["name_en"].iat[road])
        stem = (zh[:-1], en.rsplit(" ", 1)[0]) if unit >= ordinary else (zh, en)
        for tail, end in ends:
            if stem[0] + tail not in taken:
                return Name(stem[0] + tail, f"{stem[1]} {end}")
    raise ValueError(f"no name is left for cell {unit} of the demo district")


def _own_ground(members: Ints, blocks: gpd.GeoDataFrame, compounds: gpd.GeoDataFrame) -> Name | None:
    """Name of the first walled ground among an exclusive cell's blocks."""
    keys = [key for key in blocks["compound_key"].iloc[members] if key is not None]
    if not keys:
        return None
    ground = compounds[compounds["key"] == keys[0]].iloc[0]
    return Name(ground["name"], ground["name_en"])


def _road_middles(named: gpd.GeoDataFrame) -> NDArray[np.float64]:
    return shapely.get_coordinates(
        shapely.line_interpolate_point(named.geometry.to_numpy(), 0.5, normalized=True)
    )
