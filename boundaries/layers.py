"""Layers of a district in the database: roads, water, walls, compounds, buildings, service points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import text

from boundaries.errors import BoundaryError
from boundaries.sentences import Said, spot
from boundaries.storage.database import copy_rows, ewkb, geometries_of, reserve_ids
from geo.barriers import BarrierLines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.blocks import Ints
    from boundaries.storage.tables import District


def store_layer(
    session: Session, district: District, table: str, frame: gpd.GeoDataFrame, columns: Sequence[str]
) -> Ints:
    """Store the rows of a frame in a table of the district, each with its geometry.

    Parameters
    ----------
    table
        "road", "water", "wall", "compound", "building", "service_point" or "incident".
    frame
        Planar geometry, and a column for each of ``columns``; missing values become NULL.

    Returns
    -------
    (n,) int
        Ids, in the order of the frame.
    """
    ids = reserve_ids(session, table, len(frame))
    shapes = ewkb(frame.geometry.array, district.srid)
    values = [_plain(frame[column]) for column in columns]
    copy_rows(
        session,
        table,
        ["id", "district_id", "srid", *columns, "geom"],
        (
            (int(ids[i]), district.id, district.srid, *(column[i] for column in values), shapes[i])
            for i in range(len(frame))
        ),
    )
    return ids


def _plain(column: Iterable[Any]) -> list[Any]:
    """Return the values of a column as the driver takes them: no numpy scalars, no NaN, no NA."""
    from pandas import isna
    from pandas.api.types import is_list_like

    def plain(value: Any) -> Any:
        if is_list_like(value):
            return list(value)
        if isna(value):
            return None
        return value.item() if isinstance(value, np.generic) else value

    return [plain(value) for value in column]


def touch_layer(
    session: Session, district: District, kind: str, source: str | None, notes: Sequence[str] = ()
) -> None:
    """Say that a layer was loaded: its revision goes up by one, so that caches look again."""
    import json

    session.execute(
        text(
            "INSERT INTO layer (district_id, kind, source, notes) VALUES (:d, :k, :s, CAST(:n AS jsonb)) "
            "ON CONFLICT (district_id, kind) DO UPDATE SET revision = layer.revision + 1, loaded_at = now(), "
            "source = excluded.source, notes = excluded.notes"
        ),
        {"d": district.id, "k": kind, "s": source, "n": json.dumps(list(notes), ensure_ascii=False)},
    )


def place_buildings(
    session: Session, district: District, building_ids: Ints, footprints: NDArray[np.object_]
) -> None:
    """Put each building into the newest block version that holds its representative point.

    On a border the block with the lower key has it, so a building is in exactly one block (R1).

    Raises
    ------
    BoundaryError
        When a building stands outside every block, naming it.
    """
    rows = session.execute(
        text(
            "SELECT DISTINCT ON (key) id, key, ST_AsBinary(geom) FROM block WHERE district_id = :d "
            "ORDER BY key, version DESC"
        ),
        {"d": district.id},
    ).all()
    if not rows:
        raise BoundaryError(
            Said(
                "buildings-first-blocks",
                "{district} has no blocks yet; import them before its buildings.",
                district=district.name,
            )
        )
    block_ids = np.array([row[0] for row in rows], dtype=np.int64)  # ascending keys
    tree = shapely.STRtree(geometries_of(row[2] for row in rows))
    point_at, block_at = tree.query(shapely.point_on_surface(footprints), predicate="intersects")
    order = np.lexsort((block_at, point_at))
    placed, first = np.unique(point_at[order], return_index=True)
    if len(placed) < len(footprints):
        lost = int(np.setdiff1d(np.arange(len(footprints)), placed)[0])
        key = session.scalar(text("SELECT key FROM building WHERE id = :id"), {"id": int(building_ids[lost])})
        point = shapely.point_on_surface(footprints[lost])
        raise BoundaryError(
            Said(
                "buildings-lost",
                "building {key} at {at} stands in no block ({count} such "
                "{count:building|buildings}); check its coordinate system, "
                "or leave it out. Nothing was stored.",
                key=key,
                at=spot(point.x, point.y, 2),
                count=len(footprints) - len(placed),
            )
        )
    blocks = block_ids[block_at[order][first]]
    copy_rows(
        session,
        "block_building",
        ["block_id", "building_id"],
        zip(blocks.tolist(), building_ids[placed].tolist(), strict=True),
    )


def barrier_lines(roads: Mapping[str, NDArray[np.object_]], **others: NDArray[np.object_]) -> BarrierLines:
    """Return what makes borders clear, from roads by class.

    Parameters
    ----------
    roads
        "arterial", "collector" and "lane" to geometries; the last two count as roads.
    others
        ``water`` and ``walls``.
    """
    small = [shapes for name, shapes in roads.items() if name != "arterial"]
    empty = np.empty(0, dtype=object)
    return BarrierLines(
        roads=np.concatenate(small) if small else empty,
        arterials=roads.get("arterial", empty),
        water=others.get("water", empty),
        walls=others.get("walls", empty),
    )


def read_barrier_lines(session: Session, district: District) -> BarrierLines:
    """Read the roads, water and walls of a district."""

    def shapes(query: str) -> NDArray[np.object_]:
        return geometries_of(session.scalars(text(query), {"d": district.id}))

    classes = session.scalars(
        text("SELECT class FROM road WHERE district_id = :d ORDER BY id"), {"d": district.id}
    )
    of_class = np.array(list(classes), dtype=object)
    roads = shapes("SELECT ST_AsBinary(geom) FROM road WHERE district_id = :d ORDER BY id")
    return barrier_lines(
        {name: roads[of_class == name] for name in ("arterial", "collector", "lane")},
        water=shapes("SELECT ST_AsBinary(geom) FROM water WHERE district_id = :d ORDER BY id"),
        walls=shapes("SELECT ST_AsBinary(geom) FROM wall WHERE district_id = :d ORDER BY id"),
    )
