"""Rows of buildings on a plot: parallel, facing about south, with room between them and lines to cut along."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

Interval = tuple[float, float]

BEYOND_M = 500.0
"""Lines between buildings reach this far beyond what is built on, so that they cut the whole parcel."""


@dataclass(frozen=True)
class Pattern:
    """How buildings stand in rows; all lengths in metres.

    Attributes
    ----------
    depth, length
        Least and greatest depth (across the row) and length (along it) of a building; the depth is drawn once
        a plot, the length once a building.
    pitch
        Least and greatest distance from one row to the next, drawn once a plot.
    gap
        Least and greatest gap between neighbours in a row.
    floors
        Least and greatest number of floors, drawn once a plot.
    setback_m
        Room left along the plot's border.
    filled
        Share of the places that are built on.
    storey_spread
        Buildings differ from the plot's floors by up to this many.
    """

    depth: Interval
    length: Interval
    pitch: Interval
    gap: Interval
    floors: tuple[int, int]
    setback_m: float
    filled: float = 1.0
    storey_spread: int = 0


@dataclass(frozen=True)
class Slab:
    """One building of a layout: footprint, floors and the row it stands in, counted from the south."""

    footprint: Polygon
    floors: int
    row: int


@dataclass
class Layout:
    """Buildings on a plot with the lines between them.

    Attributes
    ----------
    slabs
        Buildings, row by row from the south, west to east.
    row_lines
        Lines between rows, one fewer than rows, reaching beyond the plot.
    row_gaps_m
        Distance between the fronts on either side of each row line, metres.
    gap_lines
        For each row, short lines through the gaps between its buildings, from row line to row line.
    """

    slabs: list[Slab] = field(default_factory=list)
    row_lines: list[LineString] = field(default_factory=list)
    row_gaps_m: list[float] = field(default_factory=list)
    gap_lines: list[list[LineString]] = field(default_factory=list)


def lay_rows(
    plot: Polygon,
    angle: float,
    pattern: Pattern,
    rng: np.random.Generator,
    keep_free: tuple[float, float] | None = None,
) -> Layout:
    """Fill a plot with rows of buildings along an angle.

    Parameters
    ----------
    plot
        Ground that may be built on, EPSG:4549.
    angle
        Direction of the rows, radians.
    pattern
        Sizes and spacings.
    keep_free
        A strip across all rows, from and to in metres along the rows in the turned frame (`across` tells
        positions), kept free for a lane.
    """
    ground = rotate(plot, -angle, origin=(0, 0), use_radians=True).buffer(
        -pattern.setback_m, join_style="mitre"
    )
    grounds = [part for part in shapely.get_parts(ground) if isinstance(part, Polygon) and not part.is_empty]
    if not grounds:
        return Layout()
    site = max(grounds, key=lambda part: part.area)
    left, low, right, high = site.bounds
    depth, pitch = rng.uniform(*pattern.depth), rng.uniform(*pattern.pitch)
    floors = int(rng.integers(pattern.floors[0], pattern.floors[1] + 1))
    rows = int((high - low - depth) // pitch) + 1 if high - low >= depth else 0
    slack = high - low - depth - (rows - 1) * pitch
    spread = pitch + (slack / rows if rows > 1 else 0.0) * 0.6
    first = low + depth / 2 + slack / 2 - (spread - pitch) * (rows - 1) / 2
    rings = [shapely.get_coordinates(ring) for ring in (site.exterior, *site.interiors)]
    shapely.prepare(site)
    placed: list[list[tuple[Polygon, int]]] = []
    middles: list[float] = []
    gap_lines: list[list[LineString]] = []
    for i in range(rows):
        middle = first + i * spread
        slabs, gaps = _fill_row(site, rings, middle, depth, pattern, floors, keep_free, rng)
        if not slabs:
            continue
        placed.append(slabs)
        middles.append(middle)
        reach = spread / 2 + BEYOND_M
        gap_lines.append([LineString([(x, middle - reach), (x, middle + reach)]) for x in gaps])
    return _turned_back(placed, middles, gap_lines, (left - BEYOND_M, right + BEYOND_M), depth, angle)


def _turned_back(
    placed: list[list[tuple[Polygon, int]]],
    middles: list[float],
    gap_lines: list[list[LineString]],
    reach: Interval,
    depth: float,
    angle: float,
) -> Layout:
    """Turn rows of footprints with floors, and the lines between them, back to where the plot lies."""
    between = [(below + above) / 2 for below, above in pairwise(middles)]
    row_lines = [LineString([(reach[0], y), (reach[1], y)]) for y in between]
    footprints = shapely.set_precision(
        _turned([shape for slabs in placed for shape, _ in slabs], angle), 0.001
    )
    places = [(row, storeys) for row, slabs in enumerate(placed) for _, storeys in slabs]
    return Layout(
        slabs=[
            Slab(shape, storeys, row)
            for shape, (row, storeys) in zip(footprints.tolist(), places, strict=True)
        ],
        row_lines=_turned(row_lines, angle).tolist(),
        row_gaps_m=[above - below - depth for below, above in pairwise(middles)],
        gap_lines=[_turned(lines, angle).tolist() for lines in gap_lines],
    )


def across(plot: Polygon, angle: float, share: float) -> float:
    """Position along the rows of a plot, in the turned frame, at a share of its width from the left."""
    left, _, right, _ = rotate(plot, -angle, origin=(0, 0), use_radians=True).bounds
    return float(left + share * (right - left))


def _fill_row(
    site: Polygon,
    rings: list[NDArray[np.float64]],
    middle: float,
    depth: float,
    pattern: Pattern,
    floors: int,
    keep_free: Interval | None,
    rng: np.random.Generator,
) -> tuple[list[tuple[Polygon, int]], list[float]]:
    """Place one row: footprints with floors, and the positions of the gaps between neighbours."""
    spans = _inside(rings, middle)
    for y in (middle - depth / 2, middle + depth / 2):
        spans = _overlap(spans, _inside(rings, y))
    if keep_free is not None:
        spans = _overlap(spans, [(-np.inf, keep_free[0]), (keep_free[1], np.inf)])
    placed: list[tuple[float, float, int]] = []
    for start, end in spans:
        for x, length in _lengths(end - start, pattern, rng):
            if rng.random() > pattern.filled:
                continue
            storeys = floors + int(rng.integers(-pattern.storey_spread, pattern.storey_spread + 1))
            placed.append((start + x, start + x + length, max(storeys, 1)))
    west, east = np.array([x0 for x0, _, _ in placed]), np.array([x1 for _, x1, _ in placed])
    low, high = np.full(len(placed), middle - depth / 2), np.full(len(placed), middle + depth / 2)
    boxes = shapely.box(west, low, east, high)
    fits = shapely.contains(site, boxes).tolist()
    kept = [(box, place) for box, place, fit in zip(boxes, placed, fits, strict=True) if fit]
    gaps = [(one[1][1] + two[1][0]) / 2 for one, two in pairwise(kept)]
    return [(box, place[2]) for box, place in kept], gaps


def _lengths(room: float, pattern: Pattern, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Divide a stretch into buildings and gaps: starts and lengths, the slack shared by the gaps."""
    lengths: list[float] = []
    gaps: list[float] = []
    used = 0.0
    while True:
        length, gap = float(rng.uniform(*pattern.length)), float(rng.uniform(*pattern.gap))
        lead = gap if lengths else 0.0
        if used + lead + length > room:
            length = room - used - lead
            if length < pattern.length[0]:
                break
        lengths.append(length)
        gaps.append(lead)
        used += lead + length
    spare = (room - used) / (len(lengths) + 1) if lengths else 0.0
    starts, at = [], 0.0
    for length, lead in zip(lengths, gaps, strict=True):
        at += lead + spare
        starts.append((at, length))
        at += length
    return starts


def _inside(rings: list[NDArray[np.float64]], y: float) -> list[Interval]:
    """Where a horizontal line lies inside a polygon, by the even-odd rule."""
    crossings: list[float] = []
    for ring in rings:
        y0, y1 = ring[:-1, 1], ring[1:, 1]
        hit = (y0 <= y) != (y1 <= y)
        share = (y - y0[hit]) / (y1[hit] - y0[hit])
        crossings.extend(ring[:-1, 0][hit] + share * (ring[1:, 0] - ring[:-1, 0])[hit])
    crossings.sort()
    return list(zip(crossings[::2], crossings[1::2], strict=True))


def _overlap(some: list[Interval], others: list[Interval]) -> list[Interval]:
    """Intersect two lists of disjoint intervals."""
    both = [(max(a, c), min(b, d)) for a, b in some for c, d in others]
    return sorted((a, b) for a, b in both if b > a)


def _turned(shapes: Sequence[BaseGeometry], angle: float) -> NDArray[np.object_]:
    """Return (n,) shapes turned around the origin by radians, as `shapely.affinity.rotate` turns each."""
    cos, sin = math.cos(angle), math.sin(angle)

    def turn(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = xy.T
        return np.column_stack([cos * x - sin * y, sin * x + cos * y])

    array: NDArray[np.object_] = shapely.transform(np.array(shapes, dtype=object), turn)
    return array
