"""Polygons and figures of units, computed from their blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.blocks import any_border_known
from geo.barriers import CLEAR
from geo.colouring import colour_graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.blocks import Blocks, Floats, Ints

MILLIONTHS = 1e6
"""Counts are added in whole millionths, so that no order of adding shows, nor adding unit by unit."""


@dataclass(frozen=True)
class UnitFigures:
    """Figures of k units of one level.

    Attributes
    ----------
    polygon : (k,) shapely geometries, metres
    blocks, buildings, colour : (k,) int
        Colours differ between neighbours.
    area_m2, perimeter_m : (k,) float
    compactness : (k,) float
        Polsby-Popper: 4 pi area / perimeter squared, 1 for a disc.
    clear_border_share : (k,) float
        Share of the border with siblings and other units that runs along roads, rivers or walls (R6); the rim of
        the district is left out; NaN where there is no such border or nothing is known about borders.
    border_um, clear_border_um : (k,) int
        Border with other units and what of it is clear, in whole micrometres; the latter None where nothing is known.
    tallies : measure -> (k,) float
        Sums over blocks of counts in whole millionths; NaN where none of a unit's blocks has a count.
    """

    polygon: NDArray[np.object_]
    blocks: Ints
    buildings: Ints
    colour: Ints
    area_m2: Floats
    perimeter_m: Floats
    compactness: Floats
    clear_border_share: Floats
    border_um: Ints
    clear_border_um: Ints | None
    tallies: dict[str, Floats]


def unit_figures(blocks: Blocks, unit: Ints, count: int) -> UnitFigures:
    """Compute the figures of units from their blocks.

    Parameters
    ----------
    blocks
        n blocks that form a valid coverage.
    unit
        (n,) position of each block's unit, 0 .. count - 1; every unit has a block.
    """
    polygon = union_by(blocks.polygon, unit, count)
    area, perimeter = shapely.area(polygon), shapely.length(polygon)
    pair = unit[blocks.edges]
    crossing = pair[:, 0] != pair[:, 1]
    border_um, clear_border_um = _border_sums(blocks, pair, crossing, count)
    return UnitFigures(
        polygon=polygon,
        blocks=np.bincount(unit, minlength=count),
        buildings=sum_by(blocks.buildings, unit, count).astype(np.int64),
        colour=colour_graph(count, np.unique(np.sort(pair[crossing], axis=1), axis=0)),
        area_m2=area,
        perimeter_m=perimeter,
        compactness=4 * np.pi * area / perimeter**2,
        clear_border_share=clear_share(border_um, clear_border_um),
        border_um=border_um,
        clear_border_um=clear_border_um,
        tallies={measure: _tally(values, unit, count) for measure, values in blocks.counts.items()},
    )


def sum_by(values: NDArray[np.float64 | np.int64], unit: Ints, count: int) -> Floats:
    """Sum (n,) values to (count,) units."""
    total = np.zeros(count)
    np.add.at(total, unit, values)
    return total


def union_by(polygons: NDArray[np.object_], unit: Ints, count: int) -> NDArray[np.object_]:
    """Unite (n,) polygons of a valid coverage to (count,) units; each result is a Polygon or MultiPolygon."""
    order = np.argsort(unit, kind="stable")
    starts = np.searchsorted(unit[order], np.arange(count + 1))
    united = np.empty(count, dtype=object)
    for k in range(count):
        united[k] = shapely.coverage_union_all(polygons[order[starts[k] : starts[k + 1]]])
    normal: NDArray[np.object_] = shapely.normalize(
        united
    )  # the same polygon is then always written the same way
    return normal


def _tally(values: Floats, unit: Ints, count: int) -> Floats:
    known = np.isfinite(values)
    total = sum_by(np.rint(values[known] * MILLIONTHS), unit[known], count) / MILLIONTHS
    return np.where(np.bincount(unit[known], minlength=count) > 0, total, np.nan)


def micrometres(border_m: Floats) -> Ints:
    """Return lengths in whole micrometres: sums of them are exact in any order."""
    whole: Ints = np.rint(border_m * 1e6).astype(np.int64)
    return whole


def _border_sums(
    blocks: Blocks, pair: Ints, crossing: NDArray[np.bool_], count: int
) -> tuple[Ints, Ints | None]:
    """Sum the borders between units, and those of them that are clear."""
    length = micrometres(blocks.border_m[crossing])
    clear = np.isin(blocks.barrier[crossing], CLEAR)
    total, of_it = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for side in (0, 1):
        np.add.at(total, pair[crossing, side], length)
        np.add.at(of_it, pair[crossing, side], length * clear)
    return total, of_it if any_border_known(blocks) else None


def clear_share(border_um: Ints, clear_border_um: Ints | None) -> Floats:
    """Return (k,) shares of clear border; NaN where a unit has no border with others or nothing is known."""
    share = np.full(len(border_um), np.nan)
    if clear_border_um is not None:
        np.divide(clear_border_um, border_um, out=share, where=border_um > 0)
    return share
