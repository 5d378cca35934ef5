"""How many live where: households, residents and floating people of every building, summing exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaries.demo.buildings import House
from boundaries.demo.land import Use

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

RESIDENTS = 318_000
FLOATING = 104_100
HOUSEHOLDS = 109_000
RESIDENTS_2006 = 244_600

_PERSONS = {Use.ESTATE: 2.88, Use.TOWERS: 2.95, Use.OLD: 2.70, Use.FARMHOUSES: 3.35}
_FLOATING = {Use.ESTATE: 0.62, Use.TOWERS: 0.68, Use.OLD: 1.1, Use.FARMHOUSES: 3.4}
_FLOATING_PER_1000_M2 = {
    Use.DORMITORY: 42.0, Use.FACTORY: 5.5, Use.OFFICE: 1.6, Use.SHOPS: 3.2, Use.MARKET: 5.0, Use.CAMPUS: 5.0,
    Use.HOSPITAL: 2.0,
}  # fmt: skip
_BUILT_SINCE_2006 = {Use.ESTATE: 0.10, Use.TOWERS: 0.55, Use.OLD: 0.0, Use.FARMHOUSES: 0.03}


@dataclass(frozen=True)
class People:
    """Counts per building, each (n,) int; residents and floating people do not include each other."""

    households: Ints
    residents: Ints
    floating: Ints
    residents_2006: Ints


def apportion(total: int, weights: Floats | Ints) -> Ints:
    """Divide a whole number in proportion to weights by the largest remainder; ties go to the first.

    Parameters
    ----------
    total
        What is divided.
    weights
        (n,) weights, not negative, with a positive sum.

    Raises
    ------
    ValueError
        When the weights have no positive sum or one is negative.
    """
    if weights.min() < 0 or weights.sum() <= 0:
        raise ValueError("weights must not be negative and need a positive sum")
    exact = total * weights / weights.sum()
    shares: Ints = np.floor(exact).astype(np.int64)
    largest = np.argsort(shares - exact, kind="stable")[: total - int(shares.sum())]
    shares[largest] += 1
    return shares


def settle(houses: list[House], rng: np.random.Generator) -> People:
    """Let people move in: the district's totals, shared by dwellings, use and age of the buildings."""
    homes = np.array([house.homes for house in houses], dtype=float)
    households = apportion(HOUSEHOLDS, homes * rng.uniform(0.94, 1.0, len(houses)))
    persons = np.array([_PERSONS.get(house.use, 0.0) for house in houses])
    # Parcels differ from each other (young families here, pensioners there) more than neighbours do.
    parcels = np.array([house.parcel for house in houses])
    by_parcel = rng.normal(1.0, 0.035, int(parcels.max()) + 1)[parcels]
    crowd = households * persons * by_parcel * rng.normal(1.0, 0.02, len(houses))
    residents = apportion(RESIDENTS, crowd)
    ground_m2 = np.array([house.footprint.area * house.floors for house in houses])
    workers = np.array([_FLOATING_PER_1000_M2.get(house.use, 0.0) for house in houses]) * ground_m2 / 1000
    lodgers = np.array([_FLOATING.get(house.use, 0.0) for house in houses]) * households
    patchy = rng.gamma(2.2, 1 / 2.2, int(parcels.max()) + 1)[parcels]
    floating = apportion(FLOATING, (workers + lodgers) * patchy)
    newer = rng.random(int(parcels.max()) + 1)[parcels] < np.array(
        [_BUILT_SINCE_2006.get(house.use, 0.0) for house in houses]
    )
    earlier = residents * np.where(newer, 0.0, rng.uniform(0.9, 1.05, len(houses)))
    return People(households, residents, floating, apportion(RESIDENTS_2006, earlier))
