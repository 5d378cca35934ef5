"""Collectors and lanes: how superblocks between arterials become quarters and parcels."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from boundaries.demo.cutting import Cut, Manner, dominant_angle, faces, lines_of, subdivide, width_m
from boundaries.demo.terrain import Terrain, place, simplified
from boundaries.demo.zones import FABRICS, VILLAGE_SEEDS, Fabric, Zone, ZoneMap

BANK_M = 28.0
"""Width of the green strip between a river or canal and the road along it, metres."""

_QUARTER = Manner(125_000, skew=0.02, bend=0.012, off_centre=0.15)
_VILLAGE_M2 = 92_000.0


@dataclass(frozen=True)
class Street:
    """A street before it has a name: its centreline, class (arterial, collector, lane) and width in metres."""

    line: LineString
    rank: str
    width_m: float
    arterial: int = -1


@dataclass(frozen=True)
class Parcel:
    """A piece of ground between streets and walls, up to their centrelines.

    Attributes
    ----------
    polygon
        The ground, EPSG:4549.
    zone
        Character of the quarter it lies in.
    angle
        Direction of the quarter's streets, radians within (-pi/4, pi/4].
    quarter
        Number of the quarter.
    superblock
        Number of the superblock between arterials.
    village
        Number of the village it belongs to, -1 elsewhere.
    """

    polygon: Polygon
    zone: Zone
    angle: float
    quarter: int
    superblock: int
    village: int = -1


@dataclass
class Network:
    """Streets, walls and ditches with the parcels between them; filled while the district is cut up."""

    streets: list[Street] = field(default_factory=list)
    walls: list[LineString] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    quarters: list[Polygon] = field(default_factory=list)


def make_network(terrain: Terrain, rng: np.random.Generator) -> Network:
    """Cut the district into superblocks, quarters and parcels."""
    network = Network()
    for number, arterial in enumerate(terrain.arterials):
        parts = lines_of(arterial.line.intersection(terrain.outline))
        network.streets.extend(Street(part, "arterial", arterial.width_m, number) for part in parts)
    banks = _bank_roads(terrain)
    network.streets.extend(Street(line, "lane", 7.0) for line in banks)
    centres = [water.centre for water in terrain.waters if water.centre is not None]
    lines = [*(arterial.line for arterial in terrain.arterials), *banks, *centres]
    superblocks = faces(lines, terrain.outline)
    zones = ZoneMap(place(ZoneMap.seeds_uv(), terrain.scale))
    waterside = shapely.union_all([water.surface.buffer(BANK_M + 1.0) for water in terrain.waters])
    for number, superblock in enumerate(superblocks):
        _cut_superblock(network, number, superblock, zones, waterside, rng)
    _settle_villages(network, terrain, rng)
    return network


def _bank_roads(terrain: Terrain) -> list[LineString]:
    """Draw roads along the banks, a green strip away from the water."""
    inside = terrain.outline.buffer(-0.5)
    roads: list[LineString] = []
    for water in terrain.waters:
        ring = water.surface.buffer(BANK_M).exterior
        bank = LineString(simplified(shapely.get_coordinates(ring), 1.0))
        # Where the strip meets the district's border the buffer's cap follows it; that is no road.
        cap = terrain.outline.exterior.buffer(BANK_M + 4.0)
        stretches = lines_of(shapely.line_merge(bank.difference(cap)))
        roads.extend(_reach(part, inside) for part in stretches if part.length > 300.0)
    return roads


def _reach(line: LineString, within: Polygon) -> LineString:
    """Extend both ends of a line straight to just beyond a polygon's border."""
    xy = shapely.get_coordinates(line)
    ends = []
    for tip, before in ((xy[0], xy[1]), (xy[-1], xy[-2])):
        step = (tip - before) / np.hypot(*(tip - before))
        ends.append(tip + step * 80.0)
    longer = LineString(np.vstack([ends[0], xy, ends[1]]))
    parts = shapely.get_parts(longer.intersection(within.buffer(1.5)))
    longest: LineString = max(parts, key=lambda part: part.length)
    return longest


def _cut_superblock(
    network: Network,
    number: int,
    superblock: Polygon,
    zones: ZoneMap,
    waterside: BaseGeometry,
    rng: np.random.Generator,
) -> None:
    """Cut one superblock into quarters by collectors, and each quarter into parcels."""
    angle = dominant_angle(superblock)
    if superblock.intersection(waterside).area > 0.8 * superblock.area:
        _cut_quarter(network, superblock, Zone.WATERSIDE, angle, number, rng)
        return

    def collector(cut: Cut) -> None:
        middle = cut.line.interpolate(0.5, normalized=True)
        if zones.zone_at(middle.x, middle.y) is Zone.RURAL:
            network.streets.append(Street(cut.line, "lane", 6.0))
        else:
            network.streets.append(Street(cut.line, "collector", 24.0 if cut.area_m2 > 400_000 else 18.0))

    for quarter in subdivide(superblock, angle, _QUARTER, rng, collector):
        middle = quarter.representative_point()
        zone = zones.zone_at(middle.x, middle.y)
        if width_m(quarter) < 55.0:
            zone = Zone.WATERSIDE
        _cut_quarter(network, quarter, zone, angle, number, rng)


def _cut_quarter(
    network: Network, quarter: Polygon, zone: Zone, angle: float, superblock: int, rng: np.random.Generator
) -> None:
    """Cut a quarter into parcels in the manner of its zone."""
    number = len(network.quarters)
    network.quarters.append(quarter)
    if zone in {Zone.OLD, Zone.RURAL, Zone.VILLAGE}:
        angle += float(rng.normal(0, 0.06))
    for polygon in _cut_up(network, quarter, FABRICS[zone], angle, rng):
        network.parcels.append(Parcel(polygon, zone, angle, number, superblock))


def _cut_up(
    network: Network, ground: Polygon, fabric: Fabric, angle: float, rng: np.random.Generator
) -> list[Polygon]:
    """Cut ground into parcels, laying lanes and walls along the cuts."""

    def lane_or_wall(cut: Cut) -> None:
        wide = cut.area_m2 > 4 * fabric.manner.target_m2
        if fabric.lane_share == 0.0:
            return
        if not wide and rng.random() > fabric.lane_share:
            if fabric.walled:
                network.walls.append(cut.line)
            return
        width = fabric.lane_m[0] if wide else fabric.lane_m[1]
        if not wide and rng.random() < fabric.dead_end_share:
            reach = float(rng.uniform(0.45, 0.75))
            ends = (0.0, reach) if rng.random() < 0.5 else (1.0 - reach, 1.0)
            network.streets.append(Street(_stretch(cut.line, *ends), "lane", width))
            rest = (reach, 1.0) if ends[0] == 0.0 else (0.0, 1.0 - reach)
            if fabric.walled:
                network.walls.append(_stretch(cut.line, *rest))
        else:
            network.streets.append(Street(cut.line, "lane", width))

    return subdivide(ground, angle, fabric.manner, rng, lane_or_wall)


def _stretch(line: LineString, start: float, end: float) -> LineString:
    """Return the part of a line between two shares of its length."""
    return LineString(shapely.get_coordinates(substring(line, start, end, normalized=True)))


def _settle_villages(network: Network, terrain: Terrain, rng: np.random.Generator) -> None:
    """Turn the fields nearest each village's place into the village, cut up by its lanes."""
    for number, (x, y) in enumerate(place(np.array(VILLAGE_SEEDS, dtype=float), terrain.scale)):
        fields = [i for i, parcel in enumerate(network.parcels) if parcel.zone is Zone.RURAL]
        fields.sort(key=lambda i: (network.parcels[i].polygon.distance(Point(x, y)), i))
        taken: list[int] = []
        held_m2 = 0.0
        for i in fields:
            if held_m2 > _VILLAGE_M2:
                break
            taken.append(i)
            held_m2 += network.parcels[i].polygon.area
        grounds = [network.parcels[i] for i in taken]
        network.parcels = [parcel for i, parcel in enumerate(network.parcels) if i not in set(taken)]
        for ground in grounds:
            for polygon in _cut_up(network, ground.polygon, FABRICS[Zone.VILLAGE], ground.angle, rng):
                network.parcels.append(
                    Parcel(polygon, Zone.VILLAGE, ground.angle, ground.quarter, ground.superblock, number)
                )
