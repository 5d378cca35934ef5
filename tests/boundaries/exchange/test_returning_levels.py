"""Communities and streets come back from QGIS: units below follow their blocks, and what a border cuts is split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from boundaries.check import check_plan
from boundaries.errors import ImportFileError
from boundaries.exchange.export import export_plan
from boundaries.plans import find_plan
from tests.boundaries.exchange.test_returning import X, Y, box, bring_back, cell_of, draw, session

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from boundaries.exchange import ImportReport

__all__ = ["session"]

Parents = dict[str, tuple[str | None, float]]


@pytest.fixture
def level(session: Session, tmp_path: Path) -> Any:
    """Exports a level of the plan and opens it as QGIS does."""

    def exported(name: str) -> gpd.GeoDataFrame:
        export_plan(session, find_plan(session, "first"), name, "gpkg", tmp_path / f"{name}.gpkg")
        return gpd.read_file(tmp_path / f"{name}.gpkg", layer="units")

    return exported


def units(session: Session, report: ImportReport, level: str) -> Parents:
    """Names of the units of a level with the name of their parent and their residents."""
    rows = session.execute(
        text(
            "SELECT u.name, p.name, u.tallies ->> 'residents' FROM plan_unit u LEFT JOIN plan_unit p "
            "ON p.plan_id = u.plan_id AND p.unit_id = u.parent_id WHERE u.plan_id = :p AND u.level = :l"
        ),
        {"p": report.plan_id, "l": level},
    )
    return {row[0]: (row[1], float(row[2])) for row in rows}


def sound(session: Session, report: ImportReport) -> bool:
    return check_plan(session, find_plan(session, report.plan_id or 0)) == []


@pytest.mark.parametrize("name", ["community", "street"])
def test_a_level_that_was_not_changed_comes_back_as_it_was(
    session: Session, level: Any, tmp_path: Path, name: str
) -> None:
    report = bring_back(session, level(name), tmp_path)
    assert f"the file is read as the units of level {name}" in report.notes
    assert "0 of 16 blocks change their unit" in report.notes
    assert find_plan(session, report.plan_id or 0).revision == 0
    assert sound(session, report)


def test_cells_follow_a_community_border_that_moved_around_them(
    session: Session, level: Any, tmp_path: Path
) -> None:
    l_shape = shapely.union_all([box(0, 0, 200, 400), box(200, 200, 400, 400)])
    moved = draw(level("community"), {"西门社区": l_shape, "东门社区": box(200, 0, 400, 200)})
    report = bring_back(session, moved, tmp_path)
    assert units(session, report, "cell") == {
        "西南网格": ("西门社区", 1200), "西北网格": ("西门社区", 1200), "东北网格": ("西门社区", 1200),
        "东南网格": ("东门社区", 1200),
    }  # fmt: skip
    assert units(session, report, "community") == {
        "西门社区": ("城中街道", 3600),
        "东门社区": ("城中街道", 1200),
    }
    assert any(
        "1 unit lies in another unit above now" in note and "东北网格" in note for note in report.notes
    )
    code = session.scalar(
        text("SELECT code FROM plan_unit WHERE plan_id = :p AND name = '东北网格'"), {"p": report.plan_id}
    )
    assert code.startswith("320812001001")  # a code that follows its new community
    assert sound(session, report)


def test_a_cell_that_a_community_border_cuts_is_split_there_and_told(
    session: Session, level: Any, tmp_path: Path
) -> None:
    # The border runs 50 m east of where it was: a half of two blocks of every eastern cell goes west.
    moved = draw(level("community"), {"西门社区": box(0, 0, 250, 400), "东门社区": box(250, 0, 400, 400)})
    report = bring_back(session, moved, tmp_path)
    cells = units(session, report, "cell")
    assert cells["东南网格"] == ("东门社区", 900)
    assert cells["东南网格（2）"] == ("西门社区", 300)
    assert cells["东北网格（2）"] == ("西门社区", 300)
    assert sum(residents for _, residents in cells.values()) == 4800
    assert units(session, report, "community")["西门社区"] == ("城中街道", 3000)
    told = [note for note in report.notes if "a border of the file cuts cell" in note]
    assert len(told) == 2
    assert any('"东南网格"' in note and "300 residents" in note and "at (5002" in note for note in told)
    assert sound(session, report)


def test_a_cell_cut_off_in_two_places_gives_two_cells(session: Session, level: Any, tmp_path: Path) -> None:
    corners = [box(200, 0, 300, 100), box(200, 300, 300, 400)]  # a block of either eastern cell
    west = shapely.union_all([box(0, 0, 200, 400), *corners, box(300, 100, 400, 200)])
    east = shapely.difference(box(200, 0, 400, 400), west)
    report = bring_back(session, draw(level("community"), {"西门社区": west, "东门社区": east}), tmp_path)
    cells = units(session, report, "cell")
    assert {name for name in cells if "东南" in name} == {"东南网格", "东南网格（2）", "东南网格（3）"}
    assert sum(residents for _, residents in cells.values()) == 4800


def test_a_community_united_with_its_neighbour_goes_and_its_cells_stay(
    session: Session, level: Any, tmp_path: Path
) -> None:
    frame = level("community")
    frame = draw(frame[frame["name"] == "西门社区"], {"西门社区": box(0, 0, 400, 400)})
    report = bring_back(session, frame, tmp_path)
    assert '"东门社区" has no block any more and is gone' in report.notes
    assert {parent for parent, _ in units(session, report, "cell").values()} == {"西门社区"}
    assert len(units(session, report, "cell")) == 4
    assert sound(session, report)


def test_a_new_community_takes_the_cells_on_its_ground(session: Session, level: Any, tmp_path: Path) -> None:
    frame = draw(level("community"), {"西门社区": box(0, 0, 200, 200)})
    new = gpd.GeoDataFrame({"name": ["北门社区"]}, geometry=[box(0, 200, 200, 400)], crs=frame.crs)
    report = bring_back(session, gpd.GeoDataFrame(pd.concat([frame, new], ignore_index=True)), tmp_path)
    assert units(session, report, "cell")["西北网格"] == ("北门社区", 1200)
    assert units(session, report, "community")["北门社区"] == ("城中街道", 1200)
    assert sound(session, report)


def test_a_street_border_splits_communities_and_cells_alike(
    session: Session, level: Any, tmp_path: Path
) -> None:
    frame = draw(level("street"), {"城中街道": box(0, 0, 250, 400)})
    new = gpd.GeoDataFrame({"name": ["城东街道"]}, geometry=[box(250, 0, 400, 400)], crs=frame.crs)
    report = bring_back(session, gpd.GeoDataFrame(pd.concat([frame, new], ignore_index=True)), tmp_path)
    assert units(session, report, "street") == {"城中街道": (None, 3000), "城东街道": (None, 1800)}
    communities = units(session, report, "community")
    assert communities["西门社区"] == ("城中街道", 2400)
    assert communities["东门社区"] == ("城东街道", 1800)
    assert communities["东门社区（2）"] == ("城中街道", 600)
    cells = units(session, report, "cell")
    assert cells["东南网格"] == ("东门社区", 900)
    assert cells["东南网格（2）"] == ("东门社区（2）", 300)
    assert sound(session, report)


def test_unclean_communities_are_told_with_their_places(session: Session, level: Any, tmp_path: Path) -> None:
    east = shapely.difference(box(200, 0, 400, 400), box(300, 390, 400, 400))
    shapes = {"西门社区": box(-10, 0, 210, 400), "东门社区": east}
    report = bring_back(session, draw(level("community"), shapes), tmp_path)
    told = "\n".join(report.notes)
    assert '"西门社区" and "东门社区" overlap by 4,000.0 m2 at (500205.0' in told
    assert "no unit covers 1,000.0 m2 at (5003" in told
    assert "4,000.0 m2 at (499995.0" in told
    assert set(cell_of(session, report).values()) == {"西南网格", "东南网格", "西北网格", "东北网格"}
    assert sound(session, report)


def test_the_level_is_known_without_a_column_for_it(session: Session, level: Any, tmp_path: Path) -> None:
    report = bring_back(session, level("community")[["name", "code", "geometry"]], tmp_path)
    assert "the file is read as the units of level community" in report.notes


def test_units_of_several_levels_in_one_file_are_refused(
    session: Session, level: Any, tmp_path: Path
) -> None:
    mixed = gpd.GeoDataFrame(pd.concat([level("community"), level("cell")], ignore_index=True))
    with pytest.raises(
        ImportFileError, match=r"several levels \(community, cell\); bring them back one level"
    ):
        bring_back(session, mixed, tmp_path)


assert (X, Y) == (500_000.0, 3_700_000.0)  # what the places in this file are written for
