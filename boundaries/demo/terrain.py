"""The ground of the demo district: its outline, its waters and the arterials that shape everything else.

All of it is drawn by hand in a frame of its own (u roughly east, v roughly north, metres from the centre),
then turned and bent gently, so that no street runs along the axes of the map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.demo.cutting import largest_polygon
from boundaries.demo.naming import ARTERIALS, Name

CENTRE = (409_967.0, 3_719_716.0)
"""119.03 E 33.60 N in EPSG:4549, metres."""

AREA_M2 = 30_500_000.0
"""Area of the district that is retold."""

TURN = np.radians(-12.0)
"""The street net is turned clockwise against the axes."""

STUB_M = 150.0
"""An arterial that ends less than this beyond a crossing ends at the crossing, metres."""

CANAL_WIDTH_M = 72.0
RIVER_WIDTH_M = 96.0

_OUTLINE = (
    (-3420, -640), (-3310, -1000), (-3010, -1080), (-2950, -1390), (-2520, -1560), (-2380, -1900), (-1900, -1960),
    (-1560, -2260), (-900, -2190), (-720, -2470), (80, -2560), (560, -2390), (1010, -2700), (1820, -2760),
    (2120, -2520), (2640, -2610), (3060, -2330), (3010, -1840), (3330, -1500), (3250, -900), (3480, -480),
    (3390, 300), (3560, 820), (3260, 1180), (3300, 1790), (2870, 2040), (2810, 2420), (2230, 2380), (1900, 2660),
    (1240, 2560), (960, 2240), (420, 2330), (40, 2620), (-640, 2540), (-980, 2280), (-1600, 2470), (-2040, 2320),
    (-2500, 2440), (-2850, 2110), (-3240, 2020), (-3190, 1500), (-3480, 1130), (-3390, 520), (-3530, 100),
)  # fmt: skip

_CANAL = (
    (-4000, 420), (-3300, 190), (-2600, -120), (-1900, -450), (-1100, -660), (-300, -720), (500, -790),
    (1300, -1000), (2100, -1370), (2900, -1700), (3900, -1980),
)  # fmt: skip
_RIVER = (
    (-4000, 1480), (-3300, 1390), (-2750, 1500), (-2200, 1800), (-1600, 1880), (-1000, 1640), (-500, 1360),
    (80, 1330), (600, 1560), (1150, 1830), (1750, 1800), (2300, 1500), (2900, 1340), (3400, 1430), (4000, 1420),
)  # fmt: skip

_ARTERIALS: tuple[tuple[str, float, tuple[tuple[float, float], ...]], ...] = (
    # east and west
    ("huaihai", 40, ((-4000, 960), (-2600, 880), (-1400, 700), (-300, 660), (1000, 720), (2300, 700), (4000, 560))),
    ("jiefang", 36, ((-1660, 120), (-700, -40), (400, -70), (1500, -120), (2500, -300), (4000, -420))),
    ("yunhenan", 32, ((-4000, 120), (-2660, -330), (-1880, -650), (-1000, -870), (500, -990), (1420, -1260),
                    (2200, -1620), (3900, -2250))),
    ("mingyuan", 40, ((-3200, -1010), (-1900, -1420), (-900, -1640), (300, -1790), (1300, -2010), (3400, -2480))),
    ("beihuan", 40, ((-4000, 1960), (-2400, 2150), (-1600, 2170), (-500, 1950), (500, 1960), (1500, 2130),
                     (2600, 1900), (4000, 1830))),
    # north and south
    ("tongfu", 32, ((-2560, 2900), (-2490, 1900), (-2450, 800))),
    ("chengde", 36, ((-2770, 990), (-2680, -100), (-2580, -1000), (-2500, -2100))),
    ("jiankang", 36, ((-1500, 2900), (-1520, 1700), (-1560, 700), (-1700, -560), (-1640, -1480), (-1560, -2600))),
    ("beimen", 44, ((-560, 3000), (-520, 1400), (-490, 660), (-560, -60), (-640, -800), (-600, -1700),
                     (-540, -2700))),
    ("shuidukou", 32, ((280, 690), (330, -70), (400, -760), (360, -1800))),
    ("xiangyu", 40, ((860, 2900), (890, 1700), (930, 720), (1050, -100), (1130, -960), (1240, -2000),
                      (1300, -3000))),
    ("xianfeng", 36, ((2020, 2900), (1930, 1700), (1900, 700), (2010, -210), (2120, -1400), (2270, -2800))),
    ("kaifa", 36, ((2790, 2700), (2760, 1400), (2720, 650), (2790, -330), (2880, -1500), (2950, -2300))),
)  # fmt: skip


@dataclass(frozen=True)
class Arterial:
    """A main road: its name, its width in metres and its centreline, which may be interrupted."""

    name: Name
    width_m: float
    line: BaseGeometry


@dataclass(frozen=True)
class Water:
    """A river, canal or pond: its name, its kind, its surface and, where it flows, its centreline."""

    name: Name
    kind: str
    surface: Polygon
    centre: LineString | None


@dataclass(frozen=True)
class Terrain:
    """What is there before anything is built, in EPSG:4549."""

    outline: Polygon
    waters: tuple[Water, ...]
    arterials: tuple[Arterial, ...]
    scale: float


def smooth(points: NDArray[np.float64], rounds: int = 4) -> NDArray[np.float64]:
    """Cut corners (Chaikin) so that a hand-drawn line bends as a road or river does; ends stay."""
    for _ in range(rounds):
        near, far = points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75
        inner = np.stack([near, far], axis=1).reshape(-1, 2)
        points = np.vstack([points[:1], inner[1:-1], points[-1:]])
    return points


def simplified(points: NDArray[np.float64], by_m: float) -> NDArray[np.float64]:
    """Return the vertices of a line without those that bend it by less than a distance, metres."""
    return shapely.get_coordinates(shapely.simplify(LineString(points), by_m))


def place(frame_xy: NDArray[np.float64], scale: float = 1.0) -> NDArray[np.float64]:
    """Bring (n, 2) points of the hand-drawn frame to EPSG:4549: bend, scale, turn, move."""
    u, v = frame_xy[:, 0], frame_xy[:, 1]
    bent_u = u + 50 * np.sin(v / 1050 + 0.6)
    bent_v = v + 70 * np.sin(u / 1500)
    cos, sin = np.cos(TURN) * scale, np.sin(TURN) * scale
    return np.column_stack([CENTRE[0] + bent_u * cos - bent_v * sin, CENTRE[1] + bent_u * sin + bent_v * cos])


def make_terrain() -> Terrain:
    """Lay out outline, waters and arterials; the outline has the area of the district."""
    dense = _winding(np.array([*_OUTLINE, _OUTLINE[0]], dtype=float))
    scale = float(np.sqrt(AREA_M2 / Polygon(place(dense)).area))
    outline = shapely.set_precision(Polygon(place(dense, scale)), 0.001)
    reach = outline.buffer(250.0)
    waters = (
        _flow(Name("里运河", "Li Canal"), "canal", _CANAL, CANAL_WIDTH_M, 0.05, scale, outline),
        _flow(Name("古清河", "Old Qing River"), "river", _RIVER, RIVER_WIDTH_M, 0.28, scale, outline),
    )
    arterials = tuple(
        Arterial(ARTERIALS[key], width_m, shapely.intersection(_line(points, scale, 3), reach))
        for key, width_m, points in _ARTERIALS
    )
    return Terrain(outline, waters, tuple(_trimmed(arterials, outline)), scale)


def _trimmed(arterials: tuple[Arterial, ...], outline: Polygon) -> list[Arterial]:
    """Let arterials that stop inside the district stop where they meet another one."""
    kept = []
    for arterial in arterials:
        others = shapely.union_all([other.line for other in arterials if other is not arterial])
        pieces = list(shapely.get_parts(shapely.difference(arterial.line, others)))
        for end in (0, -1):
            stub = pieces[end]
            if stub.length < STUB_M and outline.contains(shapely.get_point(stub, end)):
                del pieces[end]
        line = shapely.line_merge(shapely.union_all(pieces))
        kept.append(Arterial(arterial.name, arterial.width_m, line))
    return kept


def _winding(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let a drawn ring follow ditches and field edges: small steps aside every 90 metres or so."""
    ring = LineString(drawn)
    along = np.arange(0.0, ring.length, 92.0)
    xy = shapely.get_coordinates(shapely.line_interpolate_point(ring, along))
    aside = np.column_stack(
        [np.sin(along / 83.0) + np.sin(along / 31.0), np.cos(along / 71.0) + np.sin(along / 39.0)]
    )
    moved = xy + 17.0 * aside
    return np.vstack([moved, moved[:1]])


def _line(points: tuple[tuple[float, float], ...], scale: float, rounds: int) -> LineString:
    """Draw one smooth line and thin out vertices that bend it by less than 0.4 m."""
    bent = smooth(np.array(points, dtype=float), rounds)
    dense = np.array(shapely.segmentize(LineString(bent), 120.0).coords)
    return LineString(simplified(place(dense, scale), 0.4))


def _flow(
    name: Name,
    kind: str,
    points: tuple[tuple[float, float], ...],
    width_m: float,
    swell: float,
    scale: float,
    outline: Polygon,
) -> Water:
    """Draw a water along a line; its width swells by a share of it and shrinks again."""
    centre = _line(points, scale, 4)
    along = np.arange(0.0, centre.length, 60.0)
    middle = shapely.get_coordinates(shapely.line_interpolate_point(centre, along))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(centre, along + 5.0))
    step = ahead - middle
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(*step.T)[:, None]
    half = (width_m / 2 * (1 + swell * np.sin(along / 310.0) * np.cos(along / 770.0 + 1.0)))[:, None]
    banks = Polygon(np.vstack([middle + normal * half, (middle - normal * half)[::-1]]))
    return Water(
        name, kind, largest_polygon(shapely.set_precision(banks.intersection(outline), 0.001)), centre
    )
