"""Layers beside blocks: roads, water, buildings, service points and outlines, from several formats."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import select, text

from boundaries.errors import ImportFileError
from boundaries.exchange import import_layer
from boundaries.plans import StoredPlan, find_district, find_plan, read_plan_blocks
from boundaries.storage.database import Database
from boundaries.storage.tables import Layer, Road, ServicePoint, Water
from geo.barriers import Barrier
from tests.boundaries.conftest import ORIGIN, square_blocks

X, Y = ORIGIN


def _lines(path: Path, *ends: tuple[float, float, float, float], **columns: list[object]) -> Path:
    shapes = [shapely.LineString([(X + a, Y + b), (X + c, Y + d)]) for a, b, c, d in ends]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4549).to_file(path)
    return path


def _barriers(database: Database) -> dict[tuple[str, str], Barrier]:
    with database.session() as session:
        blocks = read_plan_blocks(session, find_plan(session, "first")).blocks
    return {
        (blocks.key[a], blocks.key[b]): Barrier(code)
        for (a, b), code in zip(blocks.edges.tolist(), blocks.barrier.tolist(), strict=True)
    }


def test_roads_and_water_reclassify_borders_and_clear_shares(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    roads = _lines(tmp_path / "roads.gpkg", (0, 200, 400, 200), (100, 0, 100, 100), 名称=["人民路", None],
                   highway=["primary", "footway"])  # fmt: skip
    with database.session() as session:
        report = import_layer(session, roads, "roads")
        stored = list(session.scalars(select(Road).order_by(Road.id)))
    assert [(r.name, r.road_class, r.width_m) for r in stored] == [
        ("人民路", "arterial", 40.0),
        (None, "lane", 8.0),
    ]
    assert report.mapping == {"name": "名称", "class": "highway"}
    found = _barriers(database)
    assert found["b10", "b20"] == Barrier.ARTERIAL
    assert found["b00", "b01"] == Barrier.ROAD
    assert found["b11", "b12"] == Barrier.NOTHING
    with database.session() as session:
        shares = session.scalars(text("SELECT clear_border_share FROM plan_unit WHERE level = 'cell'")).all()
    assert shares == [0.5] * 4  # the arterial runs between south and north, nothing between west and east
    water = _lines(tmp_path / "water.geojson", (200, 0, 200, 400), waterway=["canal"])
    with database.session() as session:
        import_layer(session, water, "water", crs=4549)
        assert session.scalars(select(Water.kind)).all() == ["canal"]
    assert _barriers(database)["b11", "b12"] == Barrier.RIVER
    assert _barriers(database)["b10", "b20"] == Barrier.ARTERIAL


def test_a_layer_is_replaced_and_its_row_counts_revisions(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        path = _lines(tmp_path / f"{name}.gpkg", (0, 200, 400, 200))
        with database.session() as session:
            report = import_layer(session, path, "roads")
    assert any("replaced the 1 row " in note for note in report.notes)
    assert any('has no known class: stored as "lane"' in note for note in report.notes)
    with database.session() as session:
        row = session.get_one(Layer, (find_district(session, None).id, "roads"))
        assert (row.revision, row.source, row.notes) == (2, "two.gpkg", report.notes)
        assert session.scalar(text("SELECT count(*) FROM road")) == 1


def test_polygons_are_no_roads(database: Database, square: StoredPlan, tmp_path: Path) -> None:
    square_blocks().to_file(tmp_path / "blocks.gpkg")
    with pytest.raises(ImportFileError, match="roads are drawn as LineString"), database.session() as session:
        import_layer(session, tmp_path / "blocks.gpkg", "roads")


def test_buildings_belong_to_the_block_of_their_point_and_on_a_border_to_the_lower_key(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    boxes = [(10, 10), (90, 40), (95, 95), (3000, 10)]
    frame = gpd.GeoDataFrame(
        {"编号": ["A", "B", "C", "D"], "层数": [6, 18, 1, 1], "户数": [40.0, 60.0, np.nan, 1.0]},
        geometry=[shapely.box(X + x, Y + y, X + x + (10 if x == 95 else 20), Y + y + 10) for x, y in boxes],
        crs=4549,
    )
    frame.to_parquet(tmp_path / "buildings.parquet")
    with database.session() as session:
        report = import_layer(
            session, tmp_path / "buildings.parquet", "buildings", count_date=dt.date(2020, 11, 1)
        )
        held = session.execute(
            text(
                "SELECT g.key, b.key FROM block_building k JOIN building g ON g.id = k.building_id "
                "JOIN block b ON b.id = k.block_id ORDER BY 1"
            )
        ).all()
        cells = session.execute(
            text("SELECT name, buildings FROM plan_unit WHERE level = 'cell' ORDER BY buildings DESC LIMIT 1")
        ).one()
        counted = session.scalar(text("SELECT sum(value) FROM count WHERE building_id IS NOT NULL"))
    assert [tuple(row) for row in held] == [("A", "b00"), ("B", "b00"), ("C", "b00")]
    assert tuple(cells) == ("西南网格", 3)
    assert counted == 100  # D stands in no block
    assert [problem.row for problem in report.skipped] == [4]
    assert any("households: buildings add up to 100, blocks to 1,600" in note for note in report.notes)


def test_service_points_from_a_workbook_find_their_units(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    table = pd.DataFrame(
        {
            "编号": ["H1", "H2"],
            "名称": ["西门社区服务中心", "流动窗口"],
            "级别": ["社区", "园区"],
            "所属单元": ["320812001001", "不存在"],
            "窗口数": [3, None],
            "服务事项": ["低保；老年证", None],
            "x": [X + 50, X + 350],
            "y": [Y + 50, Y + 350],
        }
    )
    with pd.ExcelWriter(tmp_path / "点.xlsx") as book:
        pd.DataFrame([["服务点清单"]]).to_excel(book, index=False, header=False)
        table.to_excel(book, index=False, startrow=1)
    with database.session() as session:
        report = import_layer(session, tmp_path / "点.xlsx", "service_points", crs=4549)
        first, second = session.scalars(select(ServicePoint).order_by(ServicePoint.key))
    assert (first.name, first.level, first.windows, first.offers) == (
        "西门社区服务中心", "community", 3, ["低保", "老年证"],
    )  # fmt: skip
    assert first.unit_id == square.unit_ids["community"][0]
    assert (second.level, second.unit_id, second.windows, second.offers) == (None, None, None, [])
    assert any("园区" in note for note in report.notes)
    assert any("不存在" in note for note in report.notes)


def test_blocks_come_from_wkt_in_gb18030_with_their_units(database: Database, tmp_path: Path) -> None:
    frame = square_blocks()
    rows = [
        f'{key};"{shape.wkt}";"1,200";{"东村" if n % 4 > 1 else "西社区"};{20 + n}.5'
        for n, (key, shape) in enumerate(zip(frame["key"], frame.geometry, strict=True))
    ]
    (tmp_path / "街块.csv").write_bytes(
        "\n".join(["编码;wkt;户籍人口;所属社区;老人", *rows]).encode("gb18030")
    )
    with database.session() as session:
        report = import_layer(
            session, tmp_path / "街块.csv", "blocks", crs=4549, name="方区", columns={"elderly": "老人"}
        )
        plan = find_plan(session, "方区 (import)")
        tallies = session.execute(
            text("SELECT name, (tallies->>'residents')::float, (tallies->>'elderly')::float FROM plan_unit "
                 "WHERE plan_id = :p ORDER BY name"), {"p": plan.id},
        ).all()  # fmt: skip
    assert report.totals == {"residents": 19_200, "elderly": sum(20.5 + n for n in range(16))}
    assert [tuple(row) for row in tallies] == [
        ("东村", 9600, sum(20.5 + n for n in range(16) if n % 4 > 1)),
        ("西社区", 9600, sum(20.5 + n for n in range(16) if n % 4 < 2)),
    ]
    assert any("elderly: 16 of 16 counts are fractional" in note for note in report.notes)
    assert any("GB18030" in note for note in report.notes)


def test_an_outline_waits_for_blocks_and_refuses_those_outside(database: Database, tmp_path: Path) -> None:
    outline = gpd.GeoDataFrame(
        {"名称": ["方区"], "code": ["320812"]}, geometry=[shapely.box(X, Y, X + 400, Y + 400)], crs=4549
    )
    outline.to_file(tmp_path / "outline.gpkg")
    road = _lines(tmp_path / "roads.gpkg", (200, 0, 200, 400))
    square_blocks().to_file(tmp_path / "blocks.gpkg")
    moved = square_blocks()
    moved.geometry = moved.geometry.translate(150, 0)
    moved.to_file(tmp_path / "moved.gpkg")
    with database.session() as session:
        import_layer(session, tmp_path / "outline.gpkg", "district")
        import_layer(session, road, "roads")
    with (
        pytest.raises(ImportFileError, match="outside their district 方区: block b0"),
        database.session() as session,
    ):
        import_layer(session, tmp_path / "moved.gpkg", "blocks")
    with database.session() as session:
        report = import_layer(session, tmp_path / "blocks.gpkg", "blocks")
        district = find_district(session, None)
        read = read_plan_blocks(session, find_plan(session, "blocks (import)"))
    assert (district.name, district.code, district.srid) == ("方区", "320812", 4549)
    assert (report.district, report.district_id) == ("方区", district.id)
    assert (read.blocks.barrier == Barrier.ROAD).sum() == 4
    with pytest.raises(ImportFileError, match="has blocks already"), database.session() as session:
        import_layer(session, tmp_path / "blocks.gpkg", "blocks", district=district.id)


def test_districts_with_chinese_names_get_keys_of_their_own(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "街块.gpkg"
    square_blocks().to_file(path)
    names = ("方区", "圆区", "Square")
    with database.session() as session:
        told = [import_layer(session, path, "blocks", name=name).district for name in names]
        keys = [find_district(session, name).key for name in names]
    assert (told, keys) == ([*names], ["district", "district-2", "square"])
    for name in ("圆区", "square"):
        with pytest.raises(ImportFileError, match="already"), database.session() as session:
            import_layer(session, path, "blocks", name=name)


def test_geographic_blocks_in_feet_or_degrees_become_metres(database: Database, tmp_path: Path) -> None:
    feet = gpd.GeoDataFrame(
        {"key": ["a", "b"]},
        geometry=[shapely.box(3_150_000, 1_690_000, 3_150_328, 1_690_328), shapely.box(3_150_328, 1_690_000, 3_150_656, 1_690_328)],
        crs=2232,
    )  # fmt: skip
    feet.to_file(tmp_path / "feet.gpkg")
    with database.session() as session:
        report = import_layer(session, tmp_path / "feet.gpkg", "blocks")
        area = session.scalar(text("SELECT sum(area_m2) FROM block"))
    assert report.srid == 32613
    assert area == pytest.approx(2 * (328 * 1200 / 3937) ** 2, rel=2e-3)
    assert any("US survey foot" in note for note in report.notes)


@pytest.mark.real
def test_leeds_and_denver_are_taken_in(database: Database, shared_data: Path) -> None:
    with database.session() as session:
        leeds = import_layer(
            session, shared_data / "leeds_msoa.geojson", "blocks", columns={"key": "CENSUS_ID"}
        )
        denver = import_layer(
            session, shared_data / "denver_precincts_2016_original.zip", "blocks", name="Denver"
        )
    assert leeds.stored == 299
    assert leeds.mapping["residents"] == "POPULATION"
    assert any("2 of 299 blocks overlapped" in note for note in leeds.notes)
    assert denver.srid == 32613
    assert denver.stored > 300
