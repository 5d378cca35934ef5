"""Units that were redrawn elsewhere, laid over a plan's blocks: what each block belongs to, and what is not clean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.sentences import Said, spot
from geo.cutting import SMALLEST_M2
from geo.snapping import SNAP_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from boundaries.blocks import Floats, Ints

    Shapes = NDArray[np.object_]

HELD = 0.5
"""A block of which less lies in drawn units stays where it is."""

NOTICED_M2 = 1.0
"""Gaps and overlaps up to this size are told by their number only."""


@dataclass(frozen=True)
class Laid:
    """n blocks under k drawn polygons.

    Attributes
    ----------
    owner : (n,) int
        The polygon that holds most of each block; -1 where none holds half of it.
    split : (m,) int
        Blocks that polygons truly divide: the smaller part is wider than lines are snapped by, and no sliver.
    pair, area_m2
        (p, 2) block and polygon, and the area they share, where they share any.
    """

    owner: Ints
    split: Ints
    pair: Ints
    area_m2: Floats


def lay(blocks: Shapes, polygons: Shapes) -> Laid:
    """Find the polygon of each block, and the blocks that several polygons divide."""
    polygon, block = shapely.STRtree(blocks).query(polygons, predicate="intersects")
    common = shapely.intersection(blocks[block], polygons[polygon])
    area = shapely.area(common)
    size = shapely.area(blocks)
    owner = np.full(len(blocks), -1, dtype=np.int64)
    order = np.lexsort((polygon, -area, block))
    first = order[np.unique(block[order], return_index=True)[1]]
    held = np.bincount(block, area, minlength=len(blocks)) >= HELD * size
    owner[block[first]] = polygon[first]
    owner[~held] = -1
    rest = np.flatnonzero((owner[block] >= 0) & (owner[block] != polygon) & (area > SMALLEST_M2))
    # Ground that the block's own polygon claims too is an overlap, no border.
    left = shapely.difference(common[rest], polygons[owner[block[rest]]])
    wide = rest[(shapely.area(left) > SMALLEST_M2) & ~shapely.is_empty(shapely.buffer(left, -SNAP_M / 2))]
    return Laid(owner, np.unique(block[wide]), np.column_stack([block, polygon]), area)


def seams(blocks: Shapes, polygons: Shapes, laid: Laid) -> list[tuple[int, shapely.LineString]]:
    """Return the lines along which drawn polygons divide blocks, each with its block."""
    found = []
    for at in laid.split.tolist():
        inside = blocks[at].buffer(-SNAP_M / 4)  # what runs along the block's own border divides nothing
        over = laid.pair[laid.pair[:, 0] == at, 1]
        rims = [polygons[k].boundary for k in over[over != laid.owner[at]].tolist()]
        joined = shapely.line_merge(shapely.intersection(shapely.union_all(rims), inside))
        lines = [line for line in shapely.get_parts(joined) if line.length > SNAP_M]
        found += [(at, reaching(line, SNAP_M / 2)) for line in lines]
    return found


def reaching(line: shapely.LineString, by_m: float) -> shapely.LineString:
    """Return a line made longer at both ends, straight on."""
    xy = shapely.get_coordinates(line)
    for end, next_ in ((0, 1), (-1, -2)):
        step = xy[end] - xy[next_]
        xy[end] = xy[end] + step / max(float(np.hypot(*step)), 1e-9) * by_m
    return shapely.LineString(xy)


def unclean(blocks: Shapes, polygons: Shapes, names: Sequence[str]) -> list[Said]:
    """Say where drawn polygons overlap, leave ground uncovered, or reach beyond the blocks."""
    notes: list[Said] = []
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = one < other
    common = shapely.intersection(polygons[one[pairs]], polygons[other[pairs]])
    for k in np.flatnonzero(shapely.area(common) > NOTICED_M2).tolist():
        area, at = _size(common[k])
        said = Said(
            "return-overlap",
            '"{one}" and "{other}" overlap by {area} m2 at {at}; blocks there went to the one that holds more',
            one=names[one[pairs][k]],
            other=names[other[pairs][k]],
            area=area,
            at=at,
        )
        notes.append(said)
    drawn, ground = shapely.union_all(polygons), shapely.coverage_union_all(blocks)
    for gap in _pieces(shapely.difference(ground, drawn)):
        area, at = _size(gap)
        said = Said(
            "return-gap",
            "no unit covers {area} m2 at {at}; blocks that lie there for the most part stay in their unit",
            area=area,
            at=at,
        )
        notes.append(said)
    for part in _pieces(shapely.difference(drawn, ground)):
        area, at = _size(part)
        said = Said(
            "return-outside",
            "{area} m2 at {at} lies outside the district and was left out",
            area=area,
            at=at,
        )
        notes.append(said)
    return notes


def _pieces(ground: BaseGeometry) -> list[BaseGeometry]:
    parts = [part for part in shapely.get_parts(ground) if part.area > NOTICED_M2]
    return sorted(parts, key=lambda part: -part.area)[:20]


def _size(ground: BaseGeometry) -> tuple[str, str]:
    """Return how many square metres some ground has, and a place in it, as they are written."""
    inside = shapely.point_on_surface(ground)
    return f"{ground.area:,.1f}", spot(inside.x, inside.y)
