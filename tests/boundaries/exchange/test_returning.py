"""A plan that was edited in QGIS comes back: what differs is found block by block, and what is not clean is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import text

from boundaries.check import check_plan
from boundaries.errors import ImportFileError
from boundaries.exchange import import_layer
from boundaries.exchange.export import export_plan
from boundaries.plans import find_plan
from tests.boundaries.conftest import square_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from boundaries.exchange import ImportReport
    from boundaries.storage.database import Database

X, Y = 500_000.0, 3_700_000.0


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    square_plan(database)
    with database.session() as opened:
        yield opened


@pytest.fixture
def cells(session: Session, tmp_path: Path) -> gpd.GeoDataFrame:
    """The plan's cells as QGIS opens them."""
    export_plan(session, find_plan(session, "first"), "cell", "gpkg", tmp_path / "out.gpkg")
    return gpd.read_file(tmp_path / "out.gpkg", layer="units")


def bring_back(session: Session, cells: gpd.GeoDataFrame, tmp_path: Path) -> ImportReport:
    cells.to_file(tmp_path / "back.gpkg", layer="units")
    return import_layer(session, tmp_path / "back.gpkg", "units", plan="first", name="回来的方案")


def cell_of(session: Session, report: ImportReport) -> dict[str, str]:
    rows = session.execute(
        text(
            "SELECT b.key, u.name FROM assignment a JOIN block b ON b.id = a.block_id JOIN plan_unit u "
            "ON u.plan_id = a.plan_id AND u.unit_id = a.unit_id WHERE a.plan_id = :p"
        ),
        {"p": report.plan_id},
    )
    return dict(rows.all())  # type: ignore[arg-type]


def draw(cells: gpd.GeoDataFrame, shapes: dict[str, Any]) -> gpd.GeoDataFrame:
    cells = cells.copy()
    for name, shape in shapes.items():
        cells.loc[cells["name"] == name, "geometry"] = shape
    return cells


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def test_what_was_not_changed_comes_back_as_it_was(
    session: Session, cells: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    report = bring_back(session, cells, tmp_path)
    plan = find_plan(session, report.plan_id or 0)
    assert (plan.name, plan.state, plan.revision) == ("回来的方案", "draft", 0)
    assert "0 of 16 blocks change their unit" in report.notes
    assert check_plan(session, plan) == []


def test_a_border_moved_over_whole_blocks_moves_them_and_cuts_none(
    session: Session, cells: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    # Drawn by hand: a metre off the blocks' borders here and there.
    moved = draw(
        cells,
        {
            "西南网格": shapely.Polygon([(X, Y), (X + 100.8, Y), (X + 99.3, Y + 100.9), (X + 200, Y + 100), (X + 200, Y + 200), (X, Y + 200)]),
            "东南网格": shapely.Polygon([(X + 100.8, Y), (X + 400, Y), (X + 400, Y + 200), (X + 200, Y + 200), (X + 200, Y + 100), (X + 99.3, Y + 100.9)]),
        },
    )  # fmt: skip
    report = bring_back(session, moved, tmp_path)
    assert "1 of 16 blocks changes its unit" in report.notes
    assert cell_of(session, report)["b01"] == "东南网格"
    assert check_plan(session, find_plan(session, report.plan_id or 0)) == []


def test_a_border_through_blocks_cuts_them_there(
    session: Session, cells: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    moved = draw(cells, {"西南网格": box(0, 0, 150, 200), "东南网格": box(150, 0, 400, 200)})
    report = bring_back(session, moved, tmp_path)
    assert any("2 borders of the file run through blocks" in note for note in report.notes)
    areas = dict(
        session.execute(
            text("SELECT name, area_m2 FROM plan_unit WHERE plan_id = :p AND level = 'cell'"),
            {"p": report.plan_id},
        ).all()
    )
    assert areas["西南网格"] == pytest.approx(30_000, abs=1)
    assert areas["东南网格"] == pytest.approx(50_000, abs=1)
    assert len(cell_of(session, report)) == 18
    assert check_plan(session, find_plan(session, report.plan_id or 0)) == []
    untouched = session.scalar(text("SELECT count(*) FROM assignment WHERE plan_id = 1"))
    assert untouched == 16


def test_new_renamed_and_vanished_cells_come_back_as_such(
    session: Session, cells: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    moved = draw(cells, {"西南网格": box(0, 0, 200, 100)})
    moved = moved[moved["name"] != "东北网格"]
    moved.loc[moved["name"] == "东南网格", "geometry"] = shapely.union_all([box(200, 0, 400, 400)])
    moved.loc[moved["name"] == "东南网格", "name"] = "东部网格"
    new = gpd.GeoDataFrame({"name": ["新网格"]}, geometry=[box(0, 100, 200, 200)], crs=4549)
    frame = gpd.GeoDataFrame(
        {"name": [*moved["name"], "新网格"], "code": [*moved["code"], None]},
        geometry=[*moved.geometry, *new.geometry],
        crs=4549,
    )
    report = bring_back(session, frame, tmp_path)
    held = cell_of(session, report)
    assert set(held.values()) == {"西南网格", "东部网格", "西北网格", "新网格"}
    assert (held["b10"], held["b33"]) == ("新网格", "东部网格")
    assert '"东北网格" has no block any more and is gone' in report.notes
    assert check_plan(session, find_plan(session, report.plan_id or 0)) == []


def test_overlaps_gaps_and_what_lies_outside_are_told_with_their_places(
    session: Session, cells: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    shapes = {"西南网格": box(-10, 0, 210, 200), "东南网格": box(200, 0, 400, 190)}
    report = bring_back(session, draw(cells, shapes), tmp_path)
    told = "\n".join(report.notes)
    assert '"西南网格" and "东南网格" overlap by 1,900.0 m2' in told
    assert "no unit covers 1,900.0 m2" in told
    assert "2,000.0 m2 at" in told
    assert "outside the district" in told
    assert check_plan(session, find_plan(session, report.plan_id or 0)) == []


def test_units_that_cannot_be_told_apart_or_belong_to_no_plan_are_refused(
    session: Session, cells: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    double = cells.copy()
    double["code"] = double["code"].iloc[0]
    with pytest.raises(ImportFileError, match="stands twice"):
        bring_back(session, double, tmp_path)
    with pytest.raises(ImportFileError, match="--plan"):
        import_layer(session, tmp_path / "back.gpkg", "units")
