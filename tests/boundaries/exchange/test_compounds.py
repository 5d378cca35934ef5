"""Compounds and walls as layers: who stands in which compound, which are split, and borders along walls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import text

from boundaries.compounds import Share, SplitCompound, split_compounds
from boundaries.errors import ImportFileError
from boundaries.exchange import import_layer
from boundaries.plans import find_plan, read_plan_blocks
from geo.barriers import Barrier
from tests.boundaries.conftest import ORIGIN, square_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.exchange import ImportReport
    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

X, Y = ORIGIN


def load(
    database: Database, path: Path, layer: str, shapes: list[object], **columns: list[object]
) -> ImportReport:
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4549).to_file(path)
    with database.session() as session:
        return import_layer(session, path, layer)


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    return shapely.box(X + x, Y + y, X + x + width, Y + y + height)


def buildings(database: Database, folder: Path) -> None:
    """One building of 20 m in the middle of every block."""
    shapes = [shapely.box(c.x - 10, c.y - 10, c.x + 10, c.y + 10) for c in square_blocks().geometry.centroid]
    load(database, folder / "buildings.gpkg", "buildings", shapes, key=[f"h{k}" for k in range(16)])


def test_a_compound_has_the_buildings_in_it_and_is_reported_where_cells_split_it(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    buildings(database, tmp_path)
    report = load(
        database,
        tmp_path / "compounds.gpkg",
        "compounds",
        [box(0, 0, 200, 200), box(100, 200, 200, 100)],  # a whole cell; two blocks on either side of the road
        key=["C1", "C2"],
        name=["阳光小区", "河畔花园"],
        name_en=["Sunshine Court", None],
    )
    assert (report.stored, report.rows) == (2, 2)
    assert "6 buildings and 6 blocks stand in a compound" in report.notes
    assert any('split between units of plan "first": 河畔花园 (buildings: ' in note for note in report.notes)
    with database.session() as session:
        found = split_compounds(session, find_plan(session, "first"))
        names = {
            int(unit): name
            for unit, name in session.execute(
                text("SELECT unit_id, name FROM plan_unit WHERE level = 'cell'")
            )
        }
    assert [one.name for one in found] == ["河畔花园"]
    assert {(share.name, share.buildings) for share in found[0].shares} == {("西北网格", 1), ("东北网格", 1)}
    assert all(names[share.unit] == share.name for share in found[0].shares)


def test_new_buildings_find_the_compounds_that_were_there_before(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    load(database, tmp_path / "c.gpkg", "compounds", [box(0, 0, 100, 100)], name=["院"])
    buildings(database, tmp_path)
    with database.session() as session:
        rows = session.scalars(text("SELECT key FROM building WHERE compound_id IS NOT NULL")).all()
    assert rows == ["h0"]


def test_compounds_that_overlap_are_told_and_the_lower_key_has_the_building(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    buildings(database, tmp_path)
    report = load(
        database,
        tmp_path / "c.gpkg",
        "compounds",
        [box(0, 0, 200, 100), box(100, 0, 200, 100)],
        key=["B", "A"],
        name=["乙", "甲"],
    )
    assert any("overlap" in note and "10,000 m²" in note for note in report.notes)
    with database.session() as session:
        query = (
            "SELECT c.name FROM building b JOIN compound c ON c.id = b.compound_id WHERE b.key IN ('h0', 'h1', 'h2') "
            "ORDER BY b.key"
        )
        assert session.scalars(text(query)).all() == ["乙", "甲", "甲"]


def test_compounds_are_replaced_whole(database: Database, square: StoredPlan, tmp_path: Path) -> None:
    load(database, tmp_path / "one.gpkg", "compounds", [box(0, 0, 100, 100)], name=["甲"])
    report = load(database, tmp_path / "two.gpkg", "compounds", [box(300, 300, 100, 100)], name=["乙"])
    assert "replaced the 1 compound there was before" in report.notes
    with database.session() as session:
        query = "SELECT b.key, c.name FROM block b JOIN compound c ON c.id = b.compound_id"
        assert [tuple(row) for row in session.execute(text(query))] == [("b33", "乙")]


def test_walls_make_borders_that_run_along_them_clear(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    wall = shapely.LineString([(X, Y + 200), (X + 200, Y + 200)])
    report = load(database, tmp_path / "walls.gpkg", "walls", [wall], name=["围墙"])
    assert report.stored == 1
    with database.session() as session:
        blocks = read_plan_blocks(session, find_plan(session, "first")).blocks
    along = {
        (blocks.key[a], blocks.key[b])
        for (a, b), code in zip(blocks.edges.tolist(), blocks.barrier.tolist(), strict=True)
        if code == Barrier.WALL
    }
    assert along == {("b10", "b20"), ("b11", "b21")}


def test_lines_are_no_compounds_and_polygons_no_walls(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    line = shapely.LineString([(X, Y), (X + 100, Y)])
    with pytest.raises(ImportFileError, match="compounds are drawn as Polygon"):
        load(database, tmp_path / "a.gpkg", "compounds", [line], name=["甲"])
    with pytest.raises(ImportFileError, match="walls are drawn as LineString"):
        load(database, tmp_path / "b.gpkg", "walls", [box(0, 0, 100, 100)], name=["墙"])


def test_a_split_compound_says_who_has_how_many_buildings() -> None:
    one = SplitCompound(7, "甲", None, (0, 0, 1, 1), (Share(1, "西", None, 1200), Share(2, "东", "East", 1)))
    assert one.said() == "甲 (buildings: 西 1,200, 东 1)"
    assert one.as_json()["shares"][1]["name_en"] == "East"
