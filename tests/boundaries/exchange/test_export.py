"""What is exported comes back the same, and the same plan gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from sqlalchemy import select, text

from boundaries.errors import ExportError
from boundaries.exchange import import_layer
from boundaries.exchange.export import FORMATS, export_plan
from boundaries.plans import StoredPlan, find_plan, read_plan_blocks
from boundaries.storage.database import Database
from boundaries.storage.plan_tables import PlanUnit


def _write(database: Database, plan: str, level: str, path: Path) -> Path:
    with database.session() as session:
        export_plan(session, find_plan(session, plan), level, path.suffix[1:], path)
    return path


def _content(database: Database, plan: str) -> dict[str, Any]:
    """What a plan says, with units by their codes instead of their ids."""
    with database.session() as session:
        found = find_plan(session, plan)
        units = {u.unit_id: u for u in session.scalars(select(PlanUnit).where(PlanUnit.plan_id == found.id))}
        read = read_plan_blocks(session, found)
        codes = dict(zip(read.blocks.key, [units[unit].code for unit in read.unit_id.tolist()], strict=True))
        return {
            "units": sorted(
                (u.level, u.code, u.name, u.type, units[u.parent_id].code if u.parent_id else None, u.area_m2,
                 json.dumps(u.tallies, sort_keys=True))
                for u in units.values()
            ),
            "assignment": codes,
            "counts": {m: dict(zip(read.blocks.key, v.tolist(), strict=True)) for m, v in read.blocks.counts.items()},
            "polygons": {k: shapely.normalize(p).wkt for k, p in zip(read.blocks.key, read.blocks.polygon, strict=True)},
            "use": dict(zip(read.blocks.key, read.blocks.use, strict=True)),
            "count_date": found.count_date,
        }  # fmt: skip


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("level", ["street", "community", "cell", "block"])
def test_the_same_plan_gives_the_same_bytes(
    database: Database, square: StoredPlan, tmp_path: Path, format_: str, level: str
) -> None:
    first = _write(database, "first", level, tmp_path / f"one.{format_}").read_bytes()
    again = _write(database, "first", level, tmp_path / f"two.{format_}").read_bytes()
    assert hashlib.sha256(first).digest() == hashlib.sha256(again).digest()
    assert len(first) > 500


def test_geojson_is_wgs84_with_names_codes_parents_tallies_findings_and_blocks(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    written = json.loads(_write(database, "first", "cell", tmp_path / "cells.geojson").read_text("utf-8"))
    assert written["about"]["plan"] == "first"
    assert written["about"]["count_date"] == "2020-11-01"
    cells = [feature["properties"] for feature in written["features"]]
    assert [cell["code"] for cell in cells] == sorted(cell["code"] for cell in cells)
    south_west = next(cell for cell in cells if cell["name"] == "西南网格")
    assert south_west["parent_name"] == "西门社区"
    assert south_west["parent_code"] == "320812001001"
    assert south_west["street"] == "城中街道"
    assert (south_west["residents"], south_west["households"], south_west["floating"]) == (1200, 400, 10)
    assert south_west["area_m2"] == 40_000
    assert south_west["block_keys"] == ["b00", "b01", "b10", "b11"]
    assert south_west["findings"] == []
    shape = shapely.geometry.shape(written["features"][0]["geometry"])
    assert shape.exterior.is_ccw
    assert 119.9 < shape.centroid.x < 120.1  # the middle of the zone
    assert 33.3 < shape.centroid.y < 33.5
    assert "合成" not in json.dumps(written["about"], ensure_ascii=False)


def test_cells_as_geojson_come_back_with_the_same_assignment(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    path = _write(database, "first", "cell", tmp_path / "cells.geojson")
    with database.session() as session:
        report = import_layer(session, path, "cells", name="back")
    assert report.plan == "back"
    before, after = _content(database, "first"), _content(database, "back")
    assert after["assignment"] == before["assignment"]
    assert after == before


def test_blocks_as_geopackage_come_back_with_keys_counts_units_and_polygons(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    path = _write(database, "first", "cell", tmp_path / "square.gpkg")
    assert [row[0] for row in pyogrio.list_layers(path)] == ["units", "blocks", "about"]
    with database.session() as session:
        report = import_layer(session, path, "blocks", name="copy")
    assert report.srid == 4549
    assert _content(database, "copy (import)") == _content(database, "first")


def test_blocks_as_geojson_come_back_on_the_same_millimetres(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    path = _write(database, "first", "block", tmp_path / "square.geojson")
    with database.session() as session:
        import_layer(session, path, "blocks", name="copy")
    assert _content(database, "copy (import)") == _content(database, "first")


def test_a_workbook_has_a_title_the_rows_and_where_they_come_from(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    with database.session() as session:
        session.execute(text("UPDATE district SET synthetic = true"))
        session.execute(text("UPDATE plan_unit SET name = '=1+1' WHERE name = '东北网格'"))
    book = openpyxl.load_workbook(_write(database, "first", "cell", tmp_path / "cells.xlsx"))
    assert book.sheetnames == ["units", "blocks", "about"]
    rows = list(book["units"].iter_rows(values_only=True))
    assert rows[0][0] == "方区 · first · revision 0 · counts of 2020-11-01 · 合成数据 synthetic"
    table = [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]
    assert len(table) == 4
    assert sum(row["residents"] for row in table) == 4800
    assert {row["name"] for row in table} == {"西南网格", "东南网格", "西北网格", "'=1+1"}
    assert book["blocks"].max_row == 18
    about = {row[0]: row[1] for row in book["about"].iter_rows(values_only=True)}
    assert about["plan"] == "first"
    assert "synthetic" in about["data"]


def test_a_level_format_or_folder_that_is_not_there_is_refused(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    with database.session() as session:
        plan = find_plan(session, "first")
        with pytest.raises(ExportError, match="no format of export"):
            export_plan(session, plan, "cell", "shp", tmp_path / "a.shp")
        with pytest.raises(ExportError, match="no level"):
            export_plan(session, plan, "house", "gpkg", tmp_path / "a.gpkg")
        with pytest.raises(ExportError, match="cannot be written"):
            export_plan(session, plan, "cell", "geojson", tmp_path / "none" / "a.geojson")
        plan.levels = ["community", "cell"]
        with pytest.raises(ExportError, match='has no level "street"; it has community, cell, and block'):
            export_plan(session, plan, "street", "gpkg", tmp_path / "a.gpkg")
        session.rollback()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.real
def test_providence_goes_out_as_geopackage_and_comes_back_whole(
    database: Database, shared_data: Path, tmp_path: Path
) -> None:
    with database.session() as session:
        import_layer(session, shared_data / "providence_blocks.zip", "blocks", name="one")
    path = _write(database, "one (import)", "community", tmp_path / "one.gpkg")
    with database.session() as session:
        import_layer(session, path, "blocks", name="two")
    with database.session() as session:
        first, second = (
            read_plan_blocks(session, find_plan(session, f"{name} (import)")).blocks
            for name in ("one", "two")
        )
    order = [np.argsort(blocks.key) for blocks in (first, second)]
    assert sorted(first.key) == sorted(second.key)
    assert (first.counts["residents"][order[0]] == second.counts["residents"][order[1]]).all()
    assert shapely.equals_exact(
        shapely.normalize(first.polygon[order[0]]), shapely.normalize(second.polygon[order[1]])
    ).all()
