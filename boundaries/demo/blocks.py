"""Blocks of the demo district: parcels, and the rows of compounds too large to stay whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.ops import split

from boundaries.demo.buildings import Built, House
from boundaries.demo.cutting import lines_of
from boundaries.demo.land import Use
from boundaries.demo.streets import Network

Ints = NDArray[np.int64]

WHOLE_HOUSEHOLDS = 100
"""A compound with more households is cut between its rows: a third of the lower limit of the band."""

SMALL_M2 = 60.0
NARROW_M = 2.5
"""Faces smaller or narrower than this join the neighbour they share most border with."""


@dataclass(frozen=True)
class Blocks:
    """The coverage: polygons, the parcel each lies in, and the block of each building."""

    polygons: NDArray[np.object_]
    parcel: Ints
    block_of_house: Ints


def make_blocks(
    outline: Polygon, network: Network, built: Built, households: Ints, uses: list[Use]
) -> Blocks:
    """Cut the district into blocks, every shared vertex in both neighbours, on the 1 mm grid.

    Parameters
    ----------
    outline
        The district.
    network, built
        Parcels, and the rows on them.
    households
        (n,) households of each building, which decide what compound is cut.
    uses
        Use of each parcel.
    """
    lines: list[shapely.Geometry] = [outline.exterior]
    lines.extend(parcel.polygon.exterior for parcel in network.parcels)
    of_parcel: dict[int, list[int]] = {}
    for i, house in enumerate(built.houses):
        of_parcel.setdefault(house.parcel, []).append(i)
    for number, members in of_parcel.items():
        if uses[number] in {Use.ESTATE, Use.TOWERS} and households[members].sum() > WHOLE_HOUSEHOLDS:
            houses = [built.houses[i] for i in members]
            lines.extend(
                _inner_lines(network.parcels[number].polygon, number, built, houses, households[members])
            )
    noded = shapely.union_all(np.array(lines, dtype=object), grid_size=0.001)
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    found = found[shapely.contains_properly(outline, shapely.point_on_surface(found))]
    found = absorb_slivers(found)
    parcel = _locate(
        np.array([p.polygon for p in network.parcels], dtype=object), shapely.point_on_surface(found)
    )
    order = np.lexsort((*shapely.get_coordinates(shapely.centroid(found)).T, parcel))
    polygons = shapely.normalize(found[order])
    footprints = np.array([house.footprint for house in built.houses], dtype=object)
    return Blocks(polygons, parcel[order], _locate(polygons, shapely.point_on_surface(footprints)))


def _inner_lines(
    ground: Polygon, number: int, built: Built, houses: list[House], households: Ints
) -> list[LineString]:
    """Lines between the rows of a compound and, in rows that are too large, between buildings."""
    layout = built.layouts[number]
    if layout is None:
        return []
    lines: list[LineString] = []
    strips = [ground]
    for row_line in layout.row_lines:
        lines.extend(lines_of(row_line.intersection(ground)))
        strips = [
            piece for strip in strips for piece in split(strip, row_line).geoms if isinstance(piece, Polygon)
        ]
    rows = np.array([house.row for house in houses])
    middles = shapely.centroid(np.array([house.footprint for house in houses], dtype=object))
    for strip in strips:
        inside = shapely.contains(strip, middles)
        if households[inside].sum() <= WHOLE_HOUSEHOLDS:
            continue
        row = int(rows[inside][0])
        for gap in even_gaps(households[inside & (rows == row)]):
            if gap < len(layout.gap_lines[row]):
                lines.extend(lines_of(layout.gap_lines[row][gap].intersection(strip)))
    return lines


def even_gaps(households: Ints) -> list[int]:
    """Gaps of a row to cut at, so that no part between them exceeds what may stay whole if it can be helped."""
    gaps, held = [], 0
    parts = -(-int(households.sum()) // WHOLE_HOUSEHOLDS)
    share = households.sum() / parts
    for i, count in enumerate(households[:-1].tolist()):
        held += count
        if held + households[i + 1] / 2 > share:
            gaps.append(i)
            held = 0
    return gaps


def absorb_slivers(found: NDArray[np.object_]) -> NDArray[np.object_]:
    """Join faces too small or too narrow to be blocks to the neighbour with the longest shared border."""
    polygons = found.copy()
    tree = shapely.STRtree(found)
    areas = shapely.area(found)
    widths = 2 * areas / shapely.length(found)
    joined_to = np.arange(len(found))
    for i in np.flatnonzero((areas < SMALL_M2) | (widths < NARROW_M)).tolist():
        near = np.unique(joined_to[tree.query(found[i], predicate="touches")])
        near = near[near != joined_to[i]]
        shared = shapely.length(
            shapely.intersection(shapely.boundary(polygons[near]), shapely.boundary(polygons[joined_to[i]]))
        )
        best, own = int(near[shared.argmax()]), int(joined_to[i])
        polygons[best] = shapely.coverage_union_all(polygons[[best, own]])
        joined_to[joined_to == own] = best
    return polygons[np.unique(joined_to)]


def _locate(polygons: NDArray[np.object_], points: NDArray[np.object_]) -> Ints:
    """Return the number of the polygon each point lies in; on a border the lower one.

    Raises
    ------
    ValueError
        When a point lies in none, which would be a fault of the generator.
    """
    which, polygon = shapely.STRtree(polygons).query(points, predicate="intersects")
    order = np.lexsort((polygon, which))
    first = np.unique(which[order], return_index=True)
    if len(first[0]) != len(points):
        raise ValueError(f"{len(points) - len(first[0])} points of the demo district lie in no polygon")
    located: Ints = polygon[order][first[1]].astype(np.int64)
    return located
