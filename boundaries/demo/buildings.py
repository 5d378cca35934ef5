"""Buildings of the demo district and the walled compounds they stand in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon
from shapely.affinity import rotate, translate
from shapely.geometry.base import BaseGeometry

from boundaries.demo.cutting import largest_polygon, lines_of
from boundaries.demo.land import PATTERNS, Use
from boundaries.demo.layout import Layout, across, lay_rows
from boundaries.demo.streets import Network, Parcel, Street
from boundaries.demo.terrain import Terrain

SPINE_M = 5.0
"""Width of a compound's own lane."""

DOORSTEP_M = 3.0
"""The path along a row runs this far from its houses."""

SURELY_WHOLE, SURELY_CUT = 95, 180
"""Dwellings of a compound that stays whole, and of one that is cut, whoever reads a third of the band."""

_WALLED = {Use.ESTATE, Use.TOWERS, Use.FACTORY, Use.SCHOOL, Use.CAMPUS, Use.HOSPITAL, Use.DORMITORY}
_HOMES_PER_M2 = {Use.ESTATE: 1 / 86, Use.TOWERS: 1 / 112, Use.OLD: 1 / 80, Use.FARMHOUSES: 1 / 230}


@dataclass(frozen=True)
class House:
    """A building before anyone lives in it.

    Attributes
    ----------
    footprint
        Its ground, EPSG:4549.
    use, floors
        What it is for and how high.
    parcel
        Number of its parcel.
    row
        Row of the parcel it stands in, counted from the south.
    homes
        Dwellings in it.
    """

    footprint: Polygon
    use: Use
    floors: int
    parcel: int
    row: int
    homes: int


@dataclass
class Built:
    """Everything built on the parcels.

    Attributes
    ----------
    houses
        All buildings.
    layouts
        For each parcel the rows its buildings stand in, or None.
    lanes
        Lanes inside compounds; they end there.
    walls
        Walls along streets; and between parcels.
    plots
        For each parcel the ground left by streets and water.
    ponds
        Lakes of parks and fish ponds among the fields.
    """

    houses: list[House] = field(default_factory=list)
    layouts: list[Layout | None] = field(default_factory=list)
    lanes: list[Street] = field(default_factory=list)
    walls: list[LineString] = field(default_factory=list)
    plots: list[Polygon] = field(default_factory=list)
    ponds: list[Polygon] = field(default_factory=list)


def build(terrain: Terrain, network: Network, uses: list[Use], rng: np.random.Generator) -> Built:
    """Fill every parcel with the buildings, lanes and walls of its use."""
    built = Built()
    lines = np.array([street.line for street in network.streets], dtype=object)
    widths = np.array([street.width_m for street in network.streets])
    tree = shapely.STRtree(lines)
    water = shapely.union_all([body.surface.buffer(6.0) for body in terrain.waters])
    shapely.prepare(water)
    for number, (parcel, use) in enumerate(zip(network.parcels, uses, strict=True)):
        near = tree.query(parcel.polygon, predicate="dwithin", distance=30.0)
        plot = _plot(parcel.polygon, lines[np.sort(near)], widths[np.sort(near)], water)
        built.plots.append(plot)
        pond = _pond(plot, use, rng)
        if pond is not None:
            built.ponds.append(pond)
            plot = largest_polygon(plot.difference(pond.buffer(8.0)))
        pattern = PATTERNS.get(use)
        if pattern is None or plot.is_empty:
            built.layouts.append(None)
            continue
        angle = parcel.angle + float(rng.normal(0, 0.02))
        spine = _spine(parcel, plot, use, angle, lines[np.sort(near)], rng)
        free = None if spine is None else (spine.at - SPINE_M, spine.at + SPINE_M)
        layout = lay_rows(plot, angle, pattern, rng, free)
        if not layout.slabs:
            layout, spine = lay_rows(plot, angle + np.pi / 2, pattern, rng), None
        built.layouts.append(layout)
        houses = [
            House(
                slab.footprint,
                use,
                slab.floors,
                number,
                slab.row,
                homes_of(use, slab.footprint.area, slab.floors),
            )
            for slab in layout.slabs
        ]
        built.houses.extend(_off_the_limit(houses) if use in {Use.ESTATE, Use.TOWERS} else houses)
        if spine is not None:
            built.lanes.extend(_lanes(spine, layout, plot, angle))
        if use in _WALLED:
            built.walls.extend(_street_walls(parcel.polygon, plot, spine))
    built.walls.extend(_off_the_streets(network.walls, lines, widths))
    return built


def without_buildings_green(uses: list[Use], built: Built) -> list[Use]:
    """Return the uses with parcels on which no building found room turned into small greens."""
    filled = {house.parcel for house in built.houses}
    kept = {Use.FIELD, Use.PARK, Use.GREEN}
    return [use if i in filled or use in kept else Use.GREEN for i, use in enumerate(uses)]


def _off_the_streets(
    walls: list[LineString], lines: NDArray[np.object_], widths: NDArray[np.float64]
) -> list[LineString]:
    """Walls between parcels, from street to street instead of from centreline to centreline."""
    tree = shapely.STRtree(lines)
    kept: list[LineString] = []
    for wall in walls:
        near = np.sort(tree.query(wall, predicate="dwithin", distance=30.0))
        streets = shapely.union_all(shapely.buffer(lines[near], widths[near] / 2))
        kept.extend(part for part in lines_of(wall.difference(streets)) if part.length > 5.0)
    return kept


def _off_the_limit(houses: list[House]) -> list[House]:
    """Build a compound lower or higher when its size would leave open whether it is cut.

    A third of the household band is 100 by its lower limit and 167 by its upper one; no compound lies between.
    """
    while houses and SURELY_WHOLE < (homes := sum(house.homes for house in houses)) < SURELY_CUT:
        floors = -1 if homes < (SURELY_WHOLE + SURELY_CUT) / 2 and houses[0].floors > 2 else 1
        houses = [
            replace(
                house,
                floors=max(house.floors + floors, 1),
                homes=homes_of(house.use, house.footprint.area, max(house.floors + floors, 1)),
            )
            for house in houses
        ]
    return houses


def homes_of(use: Use, footprint_m2: float, floors: int) -> int:
    """Dwellings of a building: as many a floor as its ground holds."""
    per_m2 = _HOMES_PER_M2.get(use)
    if per_m2 is None:
        return 0
    return (
        max(1, floors * max(1, round(footprint_m2 * per_m2)))
        if use is not Use.FARMHOUSES
        else max(1, floors - 1)
    )


def _plot(
    parcel: Polygon, lines: NDArray[np.object_], widths: NDArray[np.float64], water: BaseGeometry
) -> Polygon:
    """Ground of a parcel that neither street nor water takes; the largest piece where there are several."""
    left, low, right, high = parcel.bounds
    clipped = shapely.clip_by_rect(lines, left - 40, low - 40, right + 40, high + 40)
    taken = shapely.union_all(shapely.buffer(clipped, widths / 2 + 1.0, cap_style="square"))
    ground = parcel.difference(taken)
    if water.intersects(ground):
        ground = ground.difference(water)
    return largest_polygon(ground)


def _pond(plot: Polygon, use: Use, rng: np.random.Generator) -> Polygon | None:
    """Dig a lake in most parks, a fish pond with straight banks in some fields."""
    if use is Use.PARK and plot.area > 8_000:
        centre, radius = plot.representative_point(), 0.24 * np.sqrt(plot.area)
        turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        wave = 1 + 0.22 * np.sin(2 * turn + rng.uniform(0, 6)) + 0.14 * np.sin(3 * turn + rng.uniform(0, 6))
        shore = np.column_stack(
            [centre.x + 1.25 * radius * wave * np.cos(turn), centre.y + radius * wave * np.sin(turn)]
        )
        water = Polygon(shore).intersection(plot.buffer(-12.0))
    elif use is Use.FIELD and rng.random() < 0.11:
        water = plot.buffer(-9.0, join_style="mitre").simplify(2.0)
    else:
        return None
    parts = [part for part in shapely.get_parts(water) if isinstance(part, Polygon) and part.area > 400.0]
    return shapely.set_precision(max(parts, key=lambda part: part.area), 0.001) if parts else None


@dataclass(frozen=True)
class _Spine:
    """A compound's lane: its gate on the street and its end inside, and where it lies along the rows."""

    line: LineString
    at: float


def _spine(
    parcel: Parcel,
    plot: Polygon,
    use: Use,
    angle: float,
    lines: NDArray[np.object_],
    rng: np.random.Generator,
) -> _Spine | None:
    """Lead a lane from a street across the rows to a dead end, where a street lies north or south."""
    if use not in {Use.ESTATE, Use.TOWERS, Use.FACTORY, Use.CAMPUS, Use.DORMITORY} or plot.area < 4_000:
        return None
    streets = shapely.union_all(lines)
    left, low, right, high = rotate(parcel.polygon, -angle, origin=(0, 0), use_radians=True).bounds
    room = 4.0 + PATTERNS[use].setback_m
    sides = np.array([room / (right - left), 1 - room / (right - left)])
    shares = np.array([0.36, 0.5, 0.64]) if right - left > 125.0 else sides
    for share in rng.permutation(shares):
        x = across(plot, angle, float(share))
        line = rotate(LineString([(x, low - 5), (x, high + 5)]), angle, origin=(0, 0), use_radians=True)
        inside = parcel.polygon.intersection(line)
        if not isinstance(inside, LineString) or inside.length < 50.0:
            continue
        ends = [shapely.get_point(inside, 0), shapely.get_point(inside, -1)]
        gates = [i for i in (0, 1) if streets.distance(ends[i]) < 0.01]
        if not gates:
            continue
        gate = gates[int(rng.integers(len(gates)))]
        reach = inside.length - float(rng.uniform(16.0, 26.0))
        stop = reach if gate == 0 else inside.length - reach
        return _Spine(LineString([ends[gate], inside.interpolate(stop)]), x)
    return None


def _lanes(spine: _Spine, layout: Layout, plot: Polygon, angle: float) -> list[Street]:
    """Lead paths from the spine along the north side of each row, where the doors are, to a dead end."""
    lanes = [Street(spine.line, "lane", SPINE_M)]
    room = plot.buffer(-4.0)
    for middle_line, gap_m in zip(layout.row_lines, layout.row_gaps_m, strict=True):
        aside = max(gap_m / 2 - DOORSTEP_M, 0.0)
        row_line = translate(middle_line, aside * np.sin(angle), -aside * np.cos(angle))
        crossing = row_line.intersection(spine.line)
        if not isinstance(crossing, Point) or crossing.is_empty:
            continue
        for part in shapely.get_parts(row_line.intersection(room)):
            if part.length < 25.0 or part.distance(crossing) > 0.01:
                continue
            for end in (shapely.get_point(part, 0), shapely.get_point(part, -1)):
                path = LineString([crossing, end])
                if path.length > 18.0:
                    lanes.append(Street(path, "lane", 3.5))
    return lanes


def _street_walls(parcel: Polygon, plot: Polygon, spine: _Spine | None) -> list[LineString]:
    """Walls of a compound along its streets, open at the gate."""
    front = plot.exterior.difference(parcel.exterior.buffer(0.5))
    if spine is not None:
        front = front.difference(shapely.get_point(spine.line, 0).buffer(16.0))
    return [part for part in lines_of(front) if part.length > 5.0]
