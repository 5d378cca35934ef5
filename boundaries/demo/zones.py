"""What each part of the demo district is like, and how such a part is cut up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from boundaries.demo.cutting import Manner


class Zone(StrEnum):
    """The character of a quarter."""

    OLD = "old town"
    CENTRE = "centre"
    WALKUP = "walk-up estates"
    TOWER = "tower estates"
    INDUSTRY = "industry"
    PARK = "park"
    CAMPUS = "campus"
    RURAL = "fields"
    VILLAGE = "village"
    WATERSIDE = "waterside"


@dataclass(frozen=True)
class Fabric:
    """How quarters of a zone are cut into parcels.

    Attributes
    ----------
    manner
        Size and regularity of the parcels.
    lane_m
        Widths of the lanes cut into it: of the first cuts and of the later ones, metres.
    lane_share, dead_end_share
        Share of the cuts that are lanes, and of those that reach only part of the way; other cuts are walls
        (in the fields: ditches). No share at all means no lanes and no walls.
    walled
        Whether the other cuts carry walls.
    """

    manner: Manner
    lane_m: tuple[float, float]
    lane_share: float
    dead_end_share: float
    walled: bool = True


FABRICS = {
    Zone.OLD: Fabric(
        Manner(2_350, skew=0.11, bend=0.035, off_centre=0.2, spread=0.45), (7.0, 4.0), 0.72, 0.30
    ),
    Zone.CENTRE: Fabric(Manner(8_500, skew=0.02), (14.0, 9.0), 0.80, 0.20),
    Zone.WALKUP: Fabric(Manner(19_000, skew=0.03, spread=0.45), (10.0, 7.0), 0.55, 0.25),
    Zone.TOWER: Fabric(Manner(32_000, skew=0.02, spread=0.35), (14.0, 10.0), 0.75, 0.15),
    Zone.INDUSTRY: Fabric(Manner(24_000, skew=0.012, bend=0.002), (16.0, 10.0), 0.55, 0.30),
    Zone.PARK: Fabric(Manner(70_000), (6.0, 4.0), 0.90, 0.0, walled=False),
    Zone.CAMPUS: Fabric(Manner(38_000), (10.0, 8.0), 0.80, 0.30),
    Zone.RURAL: Fabric(
        Manner(20_000, skew=0.035, bend=0.012, off_centre=0.2, spread=0.7),
        (5.0, 4.0),
        0.45,
        0.35,
        walled=False,
    ),
    Zone.VILLAGE: Fabric(
        Manner(3_700, skew=0.05, bend=0.015, spread=0.35), (5.0, 4.0), 0.75, 0.35, walled=False
    ),
    Zone.WATERSIDE: Fabric(Manner(14_000), (6.0, 4.0), 0.0, 0.0),
}

# Frame coordinates (u, v) of `terrain`, metres; a quarter is like the nearest of these.
_SEEDS: tuple[tuple[Zone, float, float], ...] = (
    (Zone.OLD, -1250, 420), (Zone.OLD, -820, 420), (Zone.OLD, -1150, 60), (Zone.OLD, -800, 150),
    (Zone.OLD, -1250, -330), (Zone.OLD, -800, -420),
    (Zone.CENTRE, -200, 430), (Zone.CENTRE, 120, 250), (Zone.CENTRE, 640, 330), (Zone.CENTRE, 150, 900),
    (Zone.CENTRE, 620, -20), (Zone.CENTRE, -240, 80),
    (Zone.PARK, -1250, 1450), (Zone.PARK, 1600, -80), (Zone.PARK, -300, -1250), (Zone.CAMPUS, 2350, 1050),
    (Zone.CAMPUS, -2050, -900), (Zone.CAMPUS, 620, 1330),
    (Zone.WALKUP, -2150, 520), (Zone.WALKUP, -2200, 120), (Zone.WALKUP, -2000, -200), (Zone.WALKUP, -2550, 500),
    (Zone.WALKUP, -1150, 950), (Zone.WALKUP, -800, 1200), (Zone.WALKUP, -1900, 1100), (Zone.WALKUP, -2100, 1500),
    (Zone.WALKUP, 1450, 430), (Zone.WALKUP, 1400, 100), (Zone.WALKUP, 0, -400), (Zone.WALKUP, 700, -500),
    (Zone.WALKUP, -300, -500), (Zone.WALKUP, -1150, -1100), (Zone.WALKUP, -1200, -1400), (Zone.WALKUP, 100, -1300),
    (Zone.WALKUP, -1500, -900), (Zone.WALKUP, 800, -1250), (Zone.WALKUP, 1500, 900), (Zone.WALKUP, -200, 1000),
    (Zone.WALKUP, -2800, 150), (Zone.WALKUP, 2350, 450),
    (Zone.TOWER, 500, 1000), (Zone.TOWER, 1250, 1300), (Zone.TOWER, 1650, 1400), (Zone.TOWER, 2400, 120),
    (Zone.TOWER, 1500, -500), (Zone.TOWER, 1450, -850), (Zone.TOWER, 400, 1750), (Zone.TOWER, -200, 1680),
    (Zone.TOWER, 750, -1600), (Zone.TOWER, -2500, -700), (Zone.TOWER, 2000, -500), (Zone.TOWER, 3000, 950),
    (Zone.TOWER, -100, -1700), (Zone.TOWER, -2900, 1150),
    (Zone.INDUSTRY, 2500, -750), (Zone.INDUSTRY, 2400, -1150), (Zone.INDUSTRY, 1750, -1650),
    (Zone.INDUSTRY, 2950, -1000), (Zone.INDUSTRY, 2500, -2050), (Zone.INDUSTRY, 3100, -350),
    (Zone.INDUSTRY, -2150, -1350), (Zone.INDUSTRY, 2950, 150),
    (Zone.RURAL, -3200, 1750), (Zone.RURAL, -2850, 1900), (Zone.RURAL, -2100, 2150), (Zone.RURAL, -1250, 2200),
    (Zone.RURAL, -400, 2250), (Zone.RURAL, 400, 2150), (Zone.RURAL, 1300, 2300), (Zone.RURAL, 2300, 2150),
    (Zone.RURAL, 3000, 1650), (Zone.RURAL, 1950, 1800), (Zone.RURAL, -1900, 1950), (Zone.RURAL, -1000, 1900),
    (Zone.RURAL, -3250, 800), (Zone.RURAL, -3200, -300), (Zone.RURAL, -2900, -850), (Zone.RURAL, -2500, -1400),
    (Zone.RURAL, -1900, -1850), (Zone.RURAL, -1000, -2000), (Zone.RURAL, 0, -2200), (Zone.RURAL, 700, -2150),
    (Zone.RURAL, 1500, -2400), (Zone.RURAL, 2300, -2500), (Zone.RURAL, 3250, 550), (Zone.RURAL, 3150, -1400),
    (Zone.RURAL, 2750, 1700), (Zone.RURAL, 1000, -1850), (Zone.RURAL, 3300, -50),
)  # fmt: skip

# Where villages stand among the fields, the farm last.
VILLAGE_SEEDS: tuple[tuple[float, float], ...] = (
    (-3080, 1720), (-2150, 2180), (-1180, 2180), (-250, 2280), (1150, 2330), (2450, 2150), (3050, 1640),
    (-3250, 740), (-2600, -1330), (-1150, -1960), (150, -2260), (3200, -1330),
)  # fmt: skip


class ZoneMap:
    """Answers which zone a place is in.

    Parameters
    ----------
    seeds_xy
        (n, 2) places of the seeds in EPSG:4549, in the order of `seeds_uv`.
    """

    def __init__(self, seeds_xy: NDArray[np.float64]) -> None:
        self._tree = cKDTree(seeds_xy)

    @staticmethod
    def seeds_uv() -> NDArray[np.float64]:
        """Return the (n, 2) frame coordinates of the seeds."""
        return np.array([(u, v) for _, u, v in _SEEDS], dtype=float)

    def zone_at(self, x: float, y: float) -> Zone:
        """Return the zone of the nearest seed."""
        return _SEEDS[int(self._tree.query((x, y))[1])][0]
