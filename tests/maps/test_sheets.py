"""The sheet of a unit, on the district drawn by hand and on the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from boundaries.errors import NotFoundError
from boundaries.plans import find_plan
from boundaries.storage.tables import Road, ServicePoint, Staff
from maps.sheets import unit_sheet
from tests.boundaries.conftest import ORIGIN

if TYPE_CHECKING:
    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

X0, Y0 = ORIGIN


def sheet(database: Database, plan: int, unit: int) -> dict[str, Any]:
    with database.session() as session:
        return unit_sheet(session, find_plan(session, plan), unit)


def cell(database: Database, name: str) -> int:
    with database.session() as session:
        found = session.scalar(text("SELECT unit_id FROM plan_unit WHERE name = :name"), {"name": name})
    assert found is not None
    return int(found)


def put(database: Database, *rows: Any) -> None:
    with database.session() as session:
        session.add_all(rows)


def road(name: str, kind: str, *points: tuple[float, float]) -> Road:
    line = ", ".join(f"{X0 + x} {Y0 + y}" for x, y in points)
    return Road(
        district_id=1, srid=4549, name=name, road_class=kind, width_m=20, geom=f"SRID=4549;LINESTRING({line})"
    )


def test_a_cell_tells_its_neighbours_clockwise_with_the_common_border(
    square: StoredPlan, database: Database
) -> None:
    told = sheet(database, square.plan.id, cell(database, "西南网格"))
    assert [(one["name"], one["facing"], one["border_m"]) for one in told["neighbours"]] == [
        ("西北网格", "north", 200),
        ("东南网格", "east", 200),
    ]
    assert told["rim_m"] == 400
    assert (told["staff"], told["vacancies"], told["service_points"]) == (None, None, [])


def test_the_border_in_words_names_roads_and_where_they_end(square: StoredPlan, database: Database) -> None:
    put(
        database,
        road("淮海路", "arterial", (0, 200), (400, 200)),
        road("北京路", "lane", (200, 0), (200, 400)),
    )
    border = sheet(database, square.plan.id, cell(database, "西南网格"))["border"]
    north, east = border[0], border[1]
    assert (north["facing"], north["name"], north["kind"], north["length_m"]) == (
        "north",
        "淮海路",
        "arterial",
        200,
    )
    assert (north["from"], north["to"]) == (None, {"name": "北京路", "name_en": None})
    assert (east["facing"], east["name"], east["from"]) == (
        "east",
        "北京路",
        {"name": "淮海路", "name_en": None},
    )
    assert (border[2]["neighbour"], border[2]["kind"]) == (None, None)


def test_a_community_and_a_street_have_sheets_too(square: StoredPlan, database: Database) -> None:
    west = sheet(database, square.plan.id, cell(database, "西门社区"))
    assert [(one["name"], one["facing"], one["border_m"]) for one in west["neighbours"]] == [
        ("东门社区", "east", 400)
    ]
    whole = sheet(database, square.plan.id, cell(database, "城中街道"))
    assert (whole["neighbours"], whole["rim_m"]) == ([], 1600)


def test_a_missing_manager_is_an_error_and_a_missing_volunteer_a_warning(
    square: StoredPlan, database: Database
) -> None:
    unit = cell(database, "西南网格")
    put(database, Staff(district_id=1, unit_id=unit, role="volunteer", level="cell", headcount=1, source="s"))
    told = sheet(database, square.plan.id, unit)
    assert told["staff"] == [{"role": "volunteer", "level": "cell", "headcount": 1, "sources": ["s"]}]
    assert told["vacancies"] == [
        {"role": "manager", "missing": 1, "severity": "error"},
        {"role": "volunteer", "missing": 1, "severity": "warning"},
    ]
    above = sheet(database, square.plan.id, cell(database, "西门社区"))
    assert [one["missing"] for one in above["vacancies"]] == [2, 3]  # of its two cells


def test_staff_beyond_what_is_needed_in_one_cell_fills_no_post_in_another(
    square: StoredPlan, database: Database
) -> None:
    for name, count in (("西南网格", 5), ("西北网格", 1)):
        put(
            database,
            Staff(
                district_id=1, unit_id=cell(database, name), role="volunteer", level="cell", headcount=count
            ),
        )
    missing = {
        one["role"]: one["missing"]
        for one in sheet(database, square.plan.id, cell(database, "西门社区"))["vacancies"]
    }
    assert missing == {"manager": 2, "volunteer": 1}


def test_the_hall_of_the_community_serves_its_cells_wherever_it_stands(
    square: StoredPlan, database: Database
) -> None:
    hall = ServicePoint(
        district_id=1, srid=4549, key="P1", name="西门社区便民服务站", kind="community_hall", level="community", windows=2,
        unit_id=cell(database, "西门社区"), offers=["民政", "人社"], geom=f"SRID=4549;POINT({X0 + 50} {Y0 + 260})",
    )  # fmt: skip
    put(database, hall)
    south, north = (
        sheet(database, square.plan.id, cell(database, name)) for name in ("西南网格", "西北网格")
    )
    one = south["service_points"][0]
    assert (one["serves"], one["inside"], one["distance_m"], one["offers"]) == (True, False, 60, 2)
    assert north["service_points"][0]["inside"] is True
    assert sheet(database, square.plan.id, cell(database, "东南网格"))["service_points"] == []


def test_a_unit_the_plan_does_not_have_is_named(square: StoredPlan, database: Database) -> None:
    with pytest.raises(NotFoundError, match='plan "first" has no unit 999'):
        sheet(database, square.plan.id, 999)


def test_common_borders_are_what_the_blocks_say(demo_database: Database) -> None:
    """The blocks' own borders, summed in SQL, against the outlines of every tenth cell and community of the demo."""
    summed = text(
        "SELECT CASE WHEN a.unit_id = :unit THEN b.unit_id ELSE a.unit_id END AS other, sum(bb.border_m) FROM block_border bb "
        "JOIN assignment a ON a.plan_id = :plan AND a.block_id = bb.first_id "
        "JOIN assignment b ON b.plan_id = :plan AND b.block_id = bb.second_id "
        "WHERE a.unit_id <> b.unit_id AND :unit IN (a.unit_id, b.unit_id) GROUP BY 1"
    )
    with demo_database.session() as session:
        plan = find_plan(session, 2)
        cells = session.scalars(
            text("SELECT unit_id FROM plan_unit WHERE plan_id = 2 AND level = 'cell' AND unit_id % 10 = 0")
        ).all()
        assert len(cells) > 20
        for unit in cells:
            told = unit_sheet(session, plan, unit)
            want = {row.other: row.sum for row in session.execute(summed, {"plan": plan.id, "unit": unit})}
            have = {one["id"]: one["border_m"] for one in told["neighbours"]}
            assert have == pytest.approx(want, abs=0.1)
            perimeter = session.scalar(
                text("SELECT perimeter_m FROM plan_unit WHERE plan_id = 2 AND unit_id = :unit"),
                {"unit": unit},
            )
            assert sum(run["length_m"] for run in told["border"]) == pytest.approx(perimeter, abs=1)
            assert told["vacancies"] == []
            assert told["service_points"]
