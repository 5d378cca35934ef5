"""Reader for notebooks: plans and layers as GeoDataFrames, and edits of drafts.

>>> import wangge
>>> with wangge.open() as district_data:  # the private cluster of the data folder, started when it is not running
...     cells = district_data.units("2010年区划（演示）", "cell")
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import text

from api.opening import open_database
from api.settings import Settings
from boundaries import redraw
from boundaries.hierarchy import read_hierarchy
from boundaries.plans import find_district, find_plan
from boundaries.redraw.by_name import with_ids
from boundaries.storage.database import geometries_of
from boundaries.storage.tables import District
from maps.layers import PROPERTIES
from maps.units import require_level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from boundaries.storage.database import Database

__all__ = ["Reader", "open"]


class Reader:
    """Reads an open database into tables, and edits the plans in it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def plans(self) -> pd.DataFrame:
        """Return all plans: district, id, name, state, levels, dates."""
        return pd.read_sql(
            "SELECT d.key AS district, p.id, p.name, p.state, p.levels, p.in_force_from, p.in_force_to, p.count_date "
            "FROM plan p JOIN district d ON d.id = p.district_id ORDER BY p.id",
            self.database.engine,
        )

    def units(self, plan: str | int, level: str, district: str | None = None) -> gpd.GeoDataFrame:
        """Return the units of one level, with a column for each measure, in the district's planar CRS."""
        with self.database.session() as session:
            found = find_plan(session, plan, find_district(session, district) if district else None)
            rows = session.execute(
                text(
                    "SELECT unit_id, parent_id, code, name, name_en, type, blocks, buildings, area_m2, perimeter_m, "
                    "compactness, clear_border_share, tallies, srid, ST_AsBinary(geom) AS shape FROM plan_unit "
                    "WHERE plan_id = :plan AND level = :level ORDER BY code NULLS LAST, unit_id"
                ),
                {"plan": found.id, "level": require_level(found, level)},
            ).mappings().all()  # fmt: skip
        table = pd.DataFrame([{**row, **row["tallies"]} for row in rows]).drop(
            columns=["tallies", "shape", "srid"]
        )
        return gpd.GeoDataFrame(table, geometry=geometries_of(r["shape"] for r in rows), crs=rows[0]["srid"])

    def blocks(self, plan: str | int, district: str | None = None) -> gpd.GeoDataFrame:
        """Return a plan's blocks: key, use, counts on its date, and the unit and type at each of its levels."""
        with self.database.session() as session:
            found = find_plan(session, plan, find_district(session, district) if district else None)
            have = read_hierarchy(session, found)
            srid = session.get_one(District, found.district_id).srid
        table = pd.DataFrame({"key": have.blocks.key, "use": have.blocks.use, **have.blocks.counts})
        for level in have.levels:
            unit = have.unit[level.level]
            table[f"{level.level}_id"] = np.asarray(level.unit_id)[unit]
            table[f"{level.level}_type"] = np.asarray(level.type, dtype=object)[unit]
        return gpd.GeoDataFrame(table, geometry=have.blocks.polygon, crs=srid)

    def edit(
        self, plan: str | int, operation: str, *, district: str | None = None, **arguments: object
    ) -> redraw.Result:
        """Edit a draft plan, whole or not at all; return what it did.

        >>> reader.edit("方案一", "assign", unit="西门社区第三网格", blocks=["0417", "0418"])  # doctest: +SKIP

        Parameters
        ----------
        operation, arguments
            As of ``./wangge edit``: units by id, code or name, blocks by id or key, lines as [[x, y], ...] in metres.

        Raises
        ------
        EditError
            When the edit is refused; nothing was changed.
        """
        with self.database.session() as session:
            found = find_plan(session, plan, find_district(session, district) if district else None)
            asked = redraw.Edit.of(operation, with_ids(session, found, arguments))
            actor = redraw.Actor.of_machine()
            return redraw.edit(session, found, asked, actor=actor, revision=found.revision)

    def layer(self, layer: str, district: str | None = None) -> gpd.GeoDataFrame:
        """Return a layer such as "roads" or "buildings" in the district's planar CRS."""
        table, _ = PROPERTIES[layer]
        with self.database.session() as session:
            found = find_district(session, district)
            columns = "SELECT t.*, ST_AsBinary(geom) AS shape"
            query = text(f"{columns} FROM {table} t WHERE district_id = :d ORDER BY id")
            rows = session.execute(query, {"d": found.id}).mappings().all()
        frame = pd.DataFrame([{k: v for k, v in row.items() if k not in {"geom", "shape"}} for row in rows])
        return gpd.GeoDataFrame(frame, geometry=geometries_of(row["shape"] for row in rows), crs=found.srid)


@contextmanager
def open(data: Path | None = None) -> Iterator[Reader]:  # noqa: A001  -- reads as wangge.open()
    """Open the database of a data folder, or of WANGGE_DATABASE_URL, while the block lasts."""
    settings = Settings() if data is None else Settings(data=data)
    with open_database(settings, lambda message: print(message, file=sys.stderr)) as database:  # noqa: T201
        yield Reader(database)
