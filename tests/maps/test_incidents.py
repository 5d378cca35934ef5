"""Good rows of a file of incidents are kept, bad ones are listed with their reasons."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import select, text

from boundaries.errors import ImportFileError
from boundaries.exchange import import_layer
from boundaries.plans import StoredPlan, find_district
from boundaries.storage.database import Database
from maps.incidents import LAYERS
from maps.tables import Incident
from tests.boundaries.conftest import ORIGIN

X, Y = ORIGIN

ROWS = f"""时间,类别,级别,来源,姓名,x,y
2010-06-01 08:30,市容,一般,热线,张三,{X + 50},{Y + 50}
2010-06-01T08:30:00Z,治安,重大,网格员,,{X + 150},{Y + 50}
2010年6月2日,治安,,,,{X + 150},{Y + 50}
yesterday,治安,,,,{X + 150},{Y + 50}
2010-06-03,治安,urgent,,,{X + 150},{Y + 50}
2010-06-03,治安,,,,,
2010-06-03,治安,,,,{X + 9000},{Y}
"""


def test_times_tiers_and_places_are_read_and_bad_rows_listed(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    (tmp_path / "事件.csv").write_bytes(ROWS.encode("gb18030"))
    with database.session() as session:
        report = import_layer(session, tmp_path / "事件.csv", "incidents", crs=4549, layers=LAYERS)
    with database.session() as session:
        stored = list(session.scalars(select(Incident).order_by(Incident.id)))
    assert [incident.at for incident in stored] == [
        dt.datetime(2010, 6, 1, 0, 30, tzinfo=dt.UTC),  # 08:30 in Shanghai
        dt.datetime(2010, 6, 1, 8, 30, tzinfo=dt.UTC),
        dt.datetime(2010, 6, 1, 16, tzinfo=dt.UTC),
    ]
    assert [(i.category, i.tier, i.source) for i in stored] == [
        ("市容", "ordinary", "热线"),
        ("治安", "major", "网格员"),
        ("治安", "ordinary", None),
    ]
    assert [(problem.row, problem.reason) for problem in report.skipped] == [
        (4, 'has the time "yesterday", which cannot be read'),
        (5, 'has the tier "urgent"; tiers are ordinary, larger and major'),
        (6, "has no coordinates"),
        (7, "lies 8.6 km outside 方区"),
    ]
    assert report.stored == 3
    assert "姓名" in report.unused
    assert "张三" not in str(stored[0].provenance)
    assert any("local time of the district (Asia/Shanghai)" in note for note in report.notes)
    assert any("GB18030" in note for note in report.notes)


def test_the_same_file_is_not_counted_twice(database: Database, square: StoredPlan, tmp_path: Path) -> None:
    path = tmp_path / "incidents.csv"
    path.write_text(ROWS)
    with database.session() as session:
        import_layer(session, path, "incidents", crs=4549, layers=LAYERS)
    with (
        pytest.raises(ImportFileError, match="taken in before, with 3 incidents"),
        database.session() as session,
    ):
        import_layer(session, path, "incidents", crs=4549, layers=LAYERS)
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM incident")) == 3


def test_a_file_without_one_good_row_is_refused(
    database: Database, square: StoredPlan, tmp_path: Path
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("time,x,y\nsome day,,\n")
    with pytest.raises(ImportFileError, match="row 1 has no coordinates"), database.session() as session:
        import_layer(session, path, "incidents", crs=4549, layers=LAYERS)


@pytest.mark.real
def test_houston_keeps_its_good_rows_and_reports_the_others(
    database: Database, shared_data: Path, tmp_path: Path
) -> None:
    west, south, east, north = -95.85, 29.45, -94.95, 30.15
    middle = (west + east) / 2
    halves = gpd.GeoDataFrame(
        {"key": ["w", "e"]},
        geometry=[shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)],
        crs=4326,
    )
    halves.to_file(tmp_path / "houston.gpkg")
    with database.session() as session:
        import_layer(session, tmp_path / "houston.gpkg", "blocks", name="Houston")
        find_district(session, None).time_zone = "America/Chicago"
        report = import_layer(
            session, shared_data / "houston_incidents_2010.csv.gz", "incidents", crs=4326, layers=LAYERS
        )
    assert report.rows == 86_314
    assert report.stored + len(report.skipped) == 86_314
    reasons = [problem.reason for problem in report.skipped]
    assert reasons.count("has no coordinates") == 5
    rows = pd.read_csv(shared_data / "houston_incidents_2010.csv.gz")[["lon", "lat"]].dropna()
    bounds = [
        ~(rows.lon.between(west - d, east + d) & rows.lat.between(south - d, north + d))
        for d in (0.02, -0.02)
    ]
    assert bounds[0].sum() <= sum("outside" in reason for reason in reasons) <= bounds[1].sum()
    assert any("rows repeat an earlier row" in note for note in report.notes)
    assert report.mapping == {"time": "time", "category": "offense"}
