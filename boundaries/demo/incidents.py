"""Synthetic incidents of two years, where and when such matters happen in a town."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from boundaries.demo.land import Use
from boundaries.demo.tables import CRS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Matter:
    """A category of incidents.

    Attributes
    ----------
    category
        Its name.
    in_2010, in_2011
        Numbers of incidents.
    residents, floating
        Incidents follow the residents and floating people of buildings by these weights.
    uses
        Further weight of a building by its use, in persons.
    hours
        Local hour around which they are reported, and its standard deviation.
    larger, major
        Shares of the two upper tiers.
    sources
        Who reports them.
    """

    category: str
    in_2010: int
    in_2011: int
    residents: float
    floating: float
    uses: dict[Use, float]
    hours: tuple[float, float]
    larger: float
    major: float
    sources: tuple[str, ...]


MATTERS: tuple[Matter, ...] = (
    # Petitions fall by 22.5 %, preventable crime by 12.6 %, as in the source.
    Matter(
        "信访",
        400,
        310,
        1.0,
        0.3,
        {Use.FACTORY: 12, Use.FARMHOUSES: 9},
        (10, 2.0),
        0.34,
        0.09,
        ("信访局", "网格员"),
    ),
    Matter(
        "可防性案件",
        1000,
        874,
        0.3,
        1.0,
        {Use.SHOPS: 60, Use.MARKET: 90, Use.OFFICE: 12},
        (2, 4.5),
        0.16,
        0.03,
        ("公安", "网格员", "热线"),
    ),
    Matter(
        "市容环卫",
        520,
        600,
        0.7,
        0.6,
        {Use.MARKET: 260, Use.SHOPS: 70, Use.OLD: 3},
        (9, 3.0),
        0.05,
        0.0,
        ("网格员", "城管", "热线"),
    ),
    Matter(
        "邻里纠纷",
        330,
        350,
        1.0,
        0.5,
        {Use.OLD: 4, Use.FARMHOUSES: 4},
        (19, 3.0),
        0.10,
        0.01,
        ("网格员", "司法", "热线"),
    ),
    Matter(
        "噪声扰民",
        180,
        210,
        0.6,
        0.6,
        {Use.SHOPS: 50, Use.FACTORY: 25},
        (22, 2.5),
        0.05,
        0.0,
        ("热线", "环保", "网格员"),
    ),
    Matter(
        "设施损坏",
        240,
        260,
        1.0,
        0.2,
        {Use.OLD: 3, Use.PARK: 30},
        (11, 4.0),
        0.09,
        0.01,
        ("网格员", "住建", "热线"),
    ),
    Matter(
        "违章搭建",
        130,
        120,
        0.5,
        0.4,
        {Use.OLD: 6, Use.FARMHOUSES: 8},
        (10, 2.5),
        0.22,
        0.02,
        ("城管", "网格员"),
    ),
    Matter(
        "消防隐患",
        150,
        140,
        0.4,
        0.8,
        {Use.OLD: 7, Use.MARKET: 60, Use.FACTORY: 22},
        (15, 3.0),
        0.26,
        0.07,
        ("网格员", "公安", "安监"),
    ),
    Matter("困难求助", 90, 96, 1.0, 0.2, {Use.OLD: 2}, (10, 2.5), 0.06, 0.0, ("网格员", "民政", "热线")),
)
"""Eight departments, the hotline and the cells' managers report; 6,000 matters in two years."""

LOCAL = dt.timezone(dt.timedelta(hours=8))
_CLOSE_M = 14.0


def make_incidents(
    outline: Polygon, buildings: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Draw incidents near buildings, unevenly: some blocks are ten times as busy as others alike.

    Returns
    -------
    GeoDataFrame
        time (UTC), category, tier (ordinary, larger, major), source, geometry (points in the district); by time.
    """
    blocks, of_block = np.unique(buildings["block_key"].to_numpy(dtype=str), return_inverse=True)
    busy = rng.gamma(0.7, 1 / 0.7, len(blocks))[of_block]
    homes = shapely.centroid(buildings.geometry.to_numpy())
    parts = [_drawn(matter, buildings, busy, shapely.get_coordinates(homes), rng) for matter in MATTERS]
    table = pd.concat(parts, ignore_index=True)
    points: NDArray[np.object_] = np.asarray(shapely.points(np.round(table[["x", "y"]].to_numpy(), 3)))
    outside = ~shapely.contains_properly(outline, points)
    points[outside] = shapely.set_precision(homes[table["building"].to_numpy()[outside]], 0.001)
    frame = gpd.GeoDataFrame(table[["time", "category", "tier", "source"]], geometry=points, crs=CRS)
    return frame.sort_values("time", kind="stable").reset_index(drop=True)


def _drawn(
    matter: Matter, buildings: gpd.GeoDataFrame, busy: Floats, homes: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """All incidents of one category."""
    extra = (
        buildings["use"]
        .map({str(use): weight for use, weight in matter.uses.items()})
        .fillna(0.0)
        .to_numpy(dtype=float)
    )
    people = matter.residents * buildings["residents"] + matter.floating * buildings["floating"]
    weight = (people.to_numpy(dtype=float) + extra) * busy
    count = matter.in_2010 + matter.in_2011
    building = rng.choice(len(buildings), count, p=weight / weight.sum())
    aside = rng.normal(0, _CLOSE_M, (count, 2))
    tier = rng.choice(
        ["ordinary", "larger", "major"],
        count,
        p=[1 - matter.larger - matter.major, matter.larger, matter.major],
    )
    times = _times(2010, matter.in_2010, matter.hours, rng) + _times(2011, matter.in_2011, matter.hours, rng)
    return pd.DataFrame(
        {
            "time": pd.to_datetime(times, utc=True),
            "category": matter.category,
            "tier": tier,
            "source": rng.choice(matter.sources, count),
            "x": homes[building, 0] + aside[:, 0],
            "y": homes[building, 1] + aside[:, 1],
            "building": building,
        }
    )


def _times(year: int, count: int, hours: tuple[float, float], rng: np.random.Generator) -> list[dt.datetime]:
    """Moments of a local year in UTC, fewer at weekends, around an hour of the day, to the minute."""
    first = dt.datetime(year, 1, 1, tzinfo=LOCAL)
    days = np.arange((dt.datetime(year + 1, 1, 1, tzinfo=LOCAL) - first).days)
    weekday = (first.weekday() + days) % 7
    weight = np.where(weekday < 5, 1.0, 0.6) * (1 + 0.25 * np.sin(2 * np.pi * (days - 110) / 365))
    day = rng.choice(days, count, p=weight / weight.sum())
    minute = np.round(rng.normal(hours[0] * 60, hours[1] * 60, count)).astype(int) % (24 * 60)
    local = (first + dt.timedelta(days=int(d), minutes=int(m)) for d, m in zip(day, minute, strict=True))
    return [moment.astimezone(dt.UTC) for moment in local]
