"""What each parcel of the demo district is used for, and the pattern its buildings stand in."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from boundaries.demo.cutting import width_m
from boundaries.demo.layout import Pattern
from boundaries.demo.streets import Network, Parcel
from boundaries.demo.zones import Zone


class Use(StrEnum):
    """Use of a parcel, a block or a building."""

    ESTATE = "estate"
    TOWERS = "towers"
    OLD = "old houses"
    OFFICE = "office"
    SHOPS = "shops"
    FACTORY = "factory"
    DORMITORY = "dormitory"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    MARKET = "market"
    CAMPUS = "campus"
    PARK = "park"
    GREEN = "green"
    FARMHOUSES = "farmhouses"
    FIELD = "field"


PATTERNS: dict[Use, Pattern] = {
    Use.ESTATE: Pattern((10.8, 12.6), (22, 58), (24.5, 30), (7, 11), (5, 6), 4.0),
    Use.TOWERS: Pattern((13, 16), (22, 44), (40, 52), (12, 20), (9, 17), 7.0, 0.97, 2),
    Use.OLD: Pattern((6.2, 8.2), (8, 18), (9.8, 12.2), (0.8, 3.0), (1, 2), 1.0, 0.93),
    Use.OFFICE: Pattern((15, 24), (20, 46), (30, 36), (8, 13), (5, 20), 3.5, 0.97, 3),
    Use.SHOPS: Pattern((14, 28), (22, 64), (32, 40), (8, 12), (2, 5), 3.0),
    Use.FACTORY: Pattern((18, 34), (32, 92), (40, 50), (10, 16), (1, 2), 6.0, 0.94),
    Use.DORMITORY: Pattern((13, 15), (40, 60), (32, 38), (10, 14), (5, 6), 8.0),
    Use.SCHOOL: Pattern((11, 13), (46, 76), (34, 42), (12, 18), (3, 5), 10.0, 0.6),
    Use.HOSPITAL: Pattern((16, 22), (50, 80), (42, 50), (14, 20), (5, 12), 9.0, 0.9, 2),
    Use.MARKET: Pattern((28, 36), (50, 90), (42, 50), (8, 12), (1, 2), 7.0),
    Use.CAMPUS: Pattern((14, 18), (50, 84), (44, 54), (18, 30), (3, 6), 12.0, 0.7, 1),
    Use.PARK: Pattern((9, 13), (14, 26), (150, 200), (90, 160), (1, 1), 25.0, 0.4),
    Use.FARMHOUSES: Pattern((8.5, 10.0), (11, 14), (20, 24.5), (2.5, 4.5), (2, 3), 3.0, 0.95),
}
"""Uses without a pattern are not built on."""

_MIXES: dict[Zone, tuple[tuple[Use, float], ...]] = {
    Zone.OLD: ((Use.OLD, 0.955), (Use.SHOPS, 0.035), (Use.OFFICE, 0.01)),
    Zone.CENTRE: ((Use.OFFICE, 0.42), (Use.SHOPS, 0.31), (Use.TOWERS, 0.23), (Use.GREEN, 0.04)),
    Zone.WALKUP: ((Use.ESTATE, 0.86), (Use.OFFICE, 0.06), (Use.SHOPS, 0.05), (Use.GREEN, 0.03)),
    Zone.TOWER: ((Use.TOWERS, 0.84), (Use.SHOPS, 0.08), (Use.GREEN, 0.08)),
    Zone.INDUSTRY: ((Use.FACTORY, 0.82), (Use.DORMITORY, 0.07), (Use.OFFICE, 0.05), (Use.GREEN, 0.06)),
    Zone.PARK: ((Use.PARK, 1.0),),
    Zone.CAMPUS: ((Use.CAMPUS, 0.9), (Use.GREEN, 0.1)),
    Zone.RURAL: ((Use.FIELD, 0.96), (Use.FACTORY, 0.02), (Use.GREEN, 0.02)),
    Zone.VILLAGE: ((Use.FARMHOUSES, 0.95), (Use.GREEN, 0.05)),
    Zone.WATERSIDE: ((Use.GREEN, 1.0),),
}

_NARROW_M = {Use.ESTATE: 24.0, Use.TOWERS: 34.0, Use.OFFICE: 22.0, Use.SHOPS: 22.0, Use.FACTORY: 34.0}

# One in so many parcels of fitting size in these zones becomes what a neighbourhood needs.
_NEEDED: tuple[tuple[Use, tuple[Zone, ...], float, float, int], ...] = (
    (Use.SCHOOL, (Zone.WALKUP, Zone.TOWER), 14_000, 30_000, 14),
    (Use.MARKET, (Zone.WALKUP, Zone.TOWER), 7_000, 15_000, 17),
    (Use.PARK, (Zone.WALKUP, Zone.TOWER), 9_000, 26_000, 23),
    (Use.HOSPITAL, (Zone.WALKUP, Zone.CENTRE), 12_000, 24_000, 60),
    (Use.SCHOOL, (Zone.OLD,), 4_500, 9_000, 26),
    (Use.PARK, (Zone.OLD,), 3_500, 9_000, 31),
)


def choose_uses(network: Network, rng: np.random.Generator) -> list[Use]:
    """Give every parcel its use: drawn from the mix of its zone, then schools, markets and parks by need."""
    uses = [_drawn(parcel, rng) for parcel in network.parcels]
    for use, zones, least_m2, most_m2, one_in in _NEEDED:
        fitting = [
            i
            for i, parcel in enumerate(network.parcels)
            if parcel.zone in zones
            and least_m2 <= parcel.polygon.area <= most_m2
            and width_m(parcel.polygon) > 40
        ]
        for i in fitting[one_in // 2 :: one_in]:
            uses[i] = use
    return uses


def _drawn(parcel: Parcel, rng: np.random.Generator) -> Use:
    """Draw a use from the zone's mix; what is too narrow to build on is green."""
    mix = _MIXES[parcel.zone]
    shares = np.array([share for _, share in mix])
    use = mix[int(rng.choice(len(mix), p=shares / shares.sum()))][0]
    return Use.GREEN if width_m(parcel.polygon) < _NARROW_M.get(use, 0.0) else use
