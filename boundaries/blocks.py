"""Blocks in the database: stored once as a coverage, read as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from sqlalchemy import bindparam, text

from boundaries.errors import BoundaryError
from boundaries.sentences import Said, spot
from boundaries.storage.database import copy_rows, ewkb, geometries_of, reserve_ids
from geo.barriers import Barrier, BarrierLines, classify_borders
from geo.coverage import border_segments, coverage_faults

if TYPE_CHECKING:
    import datetime as dt

    import geopandas as gpd
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.storage.tables import District

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MEASURES = ("residents", "floating", "households")
"""The counts every plan is read with; imports may bring more."""


@dataclass(frozen=True)
class Blocks:
    """n blocks as flat arrays, in ascending order of their ids.

    Attributes
    ----------
    id : (n,) int
    key, use : lists of n
    polygon : (n,) shapely geometries, metres
    area_m2, outer_m : (n,) float
    buildings : (n,) int
        Number of buildings.
    edges : (m, 2) int
        Positions of neighbours in these arrays.
    border_m : (m,) float
    barrier : (m,) int
        Codes of `geo.barriers.Barrier`.
    counts : measure -> (n,) float
        NaN where a block has no count of a measure.
    """

    id: Ints
    key: list[str]
    use: list[str | None]
    polygon: NDArray[np.object_]
    area_m2: Floats
    outer_m: Floats
    buildings: Ints
    edges: Ints
    border_m: Floats
    barrier: Ints
    counts: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.id)


def store_blocks(
    session: Session,
    district: District,
    frame: gpd.GeoDataFrame,
    lines: BarrierLines,
    compound_ids: dict[str, int] | None = None,
) -> Ints:
    """Store a district's blocks, the borders between them and what runs along those.

    Parameters
    ----------
    frame
        Columns ``key``, ``use``, ``compound_key`` (the last two optional) and planar geometry on the 1 mm grid.

    Returns
    -------
    (n,) int
        Ids, in the order of the frame.

    Raises
    ------
    BoundaryError
        When the polygons are no valid coverage, naming the blocks.
    """
    polygons = np.asarray(frame.geometry.array, dtype=object)
    keys = [str(key) for key in frame["key"]]
    require_coverage(polygons, keys)
    segments = border_segments(polygons)
    who, barrier = classify_borders(segments, len(polygons), lines)
    ids = reserve_ids(session, "block", len(keys))
    uses = list(frame["use"]) if "use" in frame else [None] * len(keys)
    compounds = list(frame["compound_key"]) if "compound_key" in frame else [None] * len(keys)
    of_compound = [(compound_ids or {}).get(key) if isinstance(key, str) else None for key in compounds]
    copy_rows(
        session,
        "block",
        ["id", "district_id", "srid", "key", "use", "compound_id", "area_m2", "outer_m", "geom"],
        zip(
            ids.tolist(),
            [district.id] * len(keys),
            [district.srid] * len(keys),
            keys,
            uses,
            of_compound,
            shapely.area(polygons).tolist(),
            who.outer_m.tolist(),
            ewkb(polygons, district.srid),
            strict=True,
        ),
    )
    copy_rows(
        session,
        "block_border",
        ["first_id", "second_id", "border_m", "barrier"],
        zip(
            ids[who.edges[:, 0]].tolist(),
            ids[who.edges[:, 1]].tolist(),
            who.border_m.tolist(),
            barrier.tolist(),
            strict=True,
        ),
    )
    return ids


def require_coverage(polygons: NDArray[np.object_], keys: list[str]) -> None:
    """Refuse polygons that overlap or miss each other's vertices, naming the first of them."""
    faults = coverage_faults(polygons)
    if not faults:
        return
    named = [keys[fault.index] for fault in faults[:5]]
    more = Said("and-more", " and {count} more", count=len(faults) - 5) if len(faults) > 5 else ""
    x, y = shapely.get_coordinates(faults[0].edges)[0]
    raise BoundaryError(
        Said(
            "blocks-no-coverage",
            "the blocks are no coverage: {keys}{more} overlap their neighbours or lack vertices of theirs, first at "
            "{at}. Mend the file (mapshaper -clean, or QGIS 'Check geometries') and import it again; nothing was "
            "stored.",
            keys=named,
            more=more,
            at=spot(x, y, 3),
        )
    )


def store_counts(
    session: Session, district: District, owner: str, ids: Ints, counts: dict[tuple[str, dt.date], Floats]
) -> None:
    """Store dated counts; NaN means not counted and is left out.

    Parameters
    ----------
    owner
        "block" or "building".
    ids
        (n,) ids of the owners.
    counts
        (measure, date) -> (n,) values.
    """
    for (measure, on_date), values in counts.items():
        known = np.isfinite(values)
        copy_rows(
            session,
            "count",
            ["district_id", f"{owner}_id", "measure", "on_date", "value"],
            (
                (district.id, block, measure, on_date, value)
                for block, value in zip(ids[known].tolist(), values[known].tolist(), strict=True)
            ),
        )


def read_blocks(session: Session, block_ids: Ints, count_date: dt.date | None) -> Blocks:
    """Read blocks as flat arrays with the counts of one date.

    Parameters
    ----------
    block_ids
        (n,) ids, any order.
    count_date
        None reads no counts.
    """
    wanted = {"ids": np.unique(block_ids).tolist()}
    rows = session.execute(
        text(
            "SELECT id, key, use, ST_AsBinary(geom), area_m2, outer_m, "
            "(SELECT count(*) FROM block_building k WHERE k.block_id = b.id) "
            "FROM block b WHERE id = ANY(:ids) ORDER BY id"
        ),
        wanted,
    ).all()
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    borders = session.execute(
        text(
            # Joined, since two lists of ids would have the index searched for every pair of them.
            "WITH wanted AS MATERIALIZED (SELECT unnest(CAST(:ids AS bigint[])) AS id) "
            "SELECT first_id, second_id, border_m, barrier FROM block_border "
            "JOIN wanted f ON f.id = first_id JOIN wanted s ON s.id = second_id ORDER BY first_id, second_id"
        ),
        wanted,
    ).all()
    table = np.array([tuple(row) for row in borders], dtype=np.float64).reshape(-1, 4)
    return Blocks(
        id=ids,
        key=[row[1] for row in rows],
        use=[row[2] for row in rows],
        polygon=geometries_of(row[3] for row in rows),
        area_m2=np.array([row[4] for row in rows], dtype=np.float64),
        outer_m=np.array([row[5] for row in rows], dtype=np.float64),
        buildings=np.array([row[6] for row in rows], dtype=np.int64),
        edges=np.searchsorted(ids, table[:, :2].astype(np.int64)),
        border_m=table[:, 2],
        barrier=table[:, 3].astype(np.int64),
        counts=_read_counts(session, ids, count_date),
    )


def _read_counts(session: Session, ids: Ints, count_date: dt.date | None) -> dict[str, Floats]:
    if count_date is None:
        return {}
    rows = session.execute(
        text(
            "SELECT measure, block_id, value FROM count WHERE block_id = ANY(:ids) AND on_date = :on "
            "ORDER BY measure, block_id"
        ).bindparams(bindparam("on", count_date)),
        {"ids": ids.tolist()},
    )
    known: dict[str, list[tuple[int, float]]] = {}
    for measure, block, value in rows:
        known.setdefault(measure, []).append((block, value))
    counts: dict[str, Floats] = {}
    for measure, pairs in known.items():
        blocks, values = zip(*pairs, strict=True)
        counts[measure] = np.full(len(ids), np.nan)
        counts[measure][np.searchsorted(ids, np.array(blocks, dtype=np.int64))] = values
    return counts


def same_blocks_on(session: Session, blocks: Blocks, count_date: dt.date | None) -> Blocks:
    """Return blocks that were read already, with the counts of another date."""
    return replace(blocks, counts=_read_counts(session, blocks.id, count_date))


def any_border_known(blocks: Blocks) -> bool:
    """Whether the district has roads, water or walls to compare borders with."""
    return bool((blocks.barrier != Barrier.UNKNOWN).any())
