"""Each invariant is corrupted by SQL; `check` must name the unit or block, and the place."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely
from sqlalchemy import text

from boundaries.check import check_all, check_plan
from boundaries.plans import StoredPlan, find_plan
from boundaries.storage.database import Database
from tests.boundaries.conftest import ORIGIN, square_plan


def breaches(database: Database) -> list[str]:
    with database.session() as session:
        return [str(breach) for breach in check_all(session)]


def corrupt(database: Database, *statements: str) -> None:
    with database.session() as session:
        for statement in statements:
            session.execute(text(statement))


def test_a_sound_plan_has_no_breach(database: Database, square: StoredPlan) -> None:
    assert breaches(database) == []
    with database.session() as session:
        assert check_plan(session, find_plan(session, "first")) == []


def block_moved(dx: float) -> str:
    """Move the east side of block b11 by so many metres, in the stored geometry."""
    x0, y0 = ORIGIN
    shape = shapely.box(x0 + 100, y0 + 100, x0 + 200 + dx, y0 + 200)
    return f"UPDATE block SET geom = ST_GeomFromText('{shape.wkt}', 4549) WHERE key = 'b11'"


MUTATIONS = [
    ("overlap", [block_moved(+2)], ["coverage", "block b12", "at (500200.000, 3700"]),
    ("gap", [block_moved(-0.4)], ["coverage", "a gap of 40.000 m2", "(500"]),
    (
        "parent of a wrong level",
        [
            "UPDATE plan_unit SET parent_id = (SELECT unit_id FROM plan_unit WHERE level = 'street') WHERE name = '东南网格'"
        ],
        ["one parent", '"东南网格" (320812001002001)', '"城中街道"'],
    ),
    (
        "no parent",
        ["UPDATE plan_unit SET parent_id = NULL WHERE name = '西门社区'"],
        ["one parent", '"西门社区"', "has no parent"],
    ),
    (
        "level the plan does not have",
        ["UPDATE plan SET levels = ARRAY['community', 'cell']"],
        ["one parent", '"城中街道"', "level the plan does not have"],
    ),
    (
        "block in no unit",
        ["DELETE FROM assignment WHERE block_id = (SELECT id FROM block WHERE key = 'b23')"],
        ["one unit a block", "block b23 at (500350.0, 3700250.0) is in 0 units"],
    ),
    (
        "block in two versions",
        [
            "INSERT INTO block (district_id, srid, key, version, area_m2, outer_m, geom) "
            "SELECT district_id, srid, key, 2, area_m2, outer_m, geom FROM block WHERE key = 'b23'",
            "INSERT INTO assignment SELECT plan_id, (SELECT max(id) FROM block), unit_id FROM assignment LIMIT 1",
        ],
        ["one unit a block", "block b23 at (500350.0, 3700250.0) is in 2 units"],
    ),
    (
        "block in a community",
        [
            "UPDATE assignment SET unit_id = (SELECT unit_id FROM plan_unit WHERE name = '东门社区') "
            "WHERE block_id = (SELECT id FROM block WHERE key = 'b00')"
        ],
        ["one unit a block", "block b00", '"东门社区"', "not of level cell"],
    ),
    (
        "cell without blocks",
        [
            "UPDATE assignment SET unit_id = (SELECT unit_id FROM plan_unit WHERE name = '东南网格') "
            "WHERE unit_id = (SELECT unit_id FROM plan_unit WHERE name = '西南网格')"
        ],
        ["one unit a block", '"西南网格"', "has no block"],
    ),
    (
        "cell in two pieces",
        [
            "UPDATE assignment SET unit_id = (SELECT unit_id FROM plan_unit WHERE name = '西南网格') "
            "WHERE block_id = (SELECT id FROM block WHERE key = 'b33')"
        ],
        ["contiguity", '"西南网格" is in 2 pieces', "block b33 at (500350.0, 3700350.0)"],
    ),
    (
        "polygon that is not its blocks",
        ["UPDATE plan_unit SET geom = ST_Translate(geom, 0, 1) WHERE name = '东北网格'"],
        ["polygon", '"东北网格"', "near (500300.0, 3700351.0)", "400.000 m2"],
    ),
    (
        "area that is not the polygon's",
        ["UPDATE plan_unit SET area_m2 = area_m2 + 10 WHERE name = '城中街道'"],
        ["polygon", '"城中街道"'],
    ),
    (
        "tally that is no sum",
        [
            "UPDATE plan_unit SET tallies = jsonb_set(tallies, '{residents}', '1201') WHERE name = '东门社区'",
        ],
        ["tallies", '"东门社区"', "1201 residents", "2400.0"],
    ),
    (
        "number of blocks",
        ["UPDATE plan_unit SET blocks = 5 WHERE name = '西北网格'"],
        ["tallies", '"西北网格"', "5 blocks and has 4"],
    ),
    (
        "count that changed below",
        [
            "UPDATE count SET value = 301 WHERE measure = 'residents' AND block_id = (SELECT id FROM block WHERE key = 'b00')"
        ],
        ["tallies", '"西南网格"', "1200", "1201"],
    ),
    (
        "code used twice",
        [
            "DROP INDEX uq_plan_unit_code",
            "UPDATE plan_unit SET code = '320812001001001' WHERE name = '西北网格'",
        ],
        ["codes", "320812001001001 belongs to 西北网格, 西南网格"],
    ),
    (
        "code of another parent",
        ["UPDATE plan_unit SET code = '320812001001009' WHERE name = '东北网格'"],
        ["codes", '"东北网格" (320812001001009)', "320812001002"],
    ),
    ("revision without an edit", ["UPDATE plan SET revision = 3"], ["log", "revision 3", "0 edits"]),
    (
        "edit that is missing",
        [
            "UPDATE plan SET revision = 1",
            "INSERT INTO edit (plan_id, revision, operation, arguments, inverse) SELECT id, 2, 'x', '{}', '{}' FROM plan",
        ],
        ["log", "revision 1"],
    ),
]


@pytest.mark.parametrize(("statements", "named"), [m[1:] for m in MUTATIONS], ids=[m[0] for m in MUTATIONS])
def test_a_corrupted_invariant_is_named_with_its_place(
    database: Database, square: StoredPlan, statements: list[str], named: list[str]
) -> None:
    corrupt(database, *statements)
    with database.session() as session:
        found = check_all(session)
    first = next((one for one in found if all(word in str(one) for word in named)), None)
    assert first is not None, found
    x0, y0 = ORIGIN
    if first.invariant == "log":
        assert first.bounds is None  # all of the plan is meant
    else:
        assert first.bounds is not None
        assert shapely.box(x0 - 5, y0 - 5, x0 + 405, y0 + 405).contains(shapely.box(*first.bounds))
        assert first.bounds != [x0, y0, x0 + 400, y0 + 400] or "城中街道" in first.what


@pytest.mark.parametrize(
    ("statements", "invariant", "unit", "bounds"),
    [
        ([block_moved(-0.4)], "coverage", None, [199.6, 100, 200, 200]),
        (MUTATIONS[9][1], "contiguity", 4, [300, 300, 400, 400]),
        (["DELETE FROM assignment WHERE block_id = 11"], "one unit a block", None, [200, 200, 300, 300]),
        (["UPDATE plan_unit SET geom = ST_Translate(geom, 0, 1) WHERE unit_id = 7"], "polygon", 7, [200, 200, 400, 401]),
        (["UPDATE plan_unit SET tallies = '{\"residents\": 1}' WHERE unit_id = 5"], "tallies", 5, [200, 0, 400, 200]),
    ],
    ids=["gap", "piece apart", "block", "polygon", "tallies"],
)  # fmt: skip
def test_a_breach_has_its_unit_and_the_bounds_of_what_is_at_fault(
    database: Database,
    square: StoredPlan,
    statements: list[str],
    invariant: str,
    unit: int | None,
    bounds: list[float],
) -> None:
    corrupt(database, *statements)
    with database.session() as session:
        found = [
            one for one in check_plan(session, find_plan(session, "first")) if one.invariant == invariant
        ]
    expected = pytest.approx([ORIGIN[k % 2] + bounds[k] for k in range(4)], abs=0.001)
    assert any(one.bounds == expected and one.unit == unit for one in found), found


BUILDING = (
    "INSERT INTO building (district_id, srid, key, geom) SELECT id, srid, 'h1', "
    "ST_GeomFromText('POLYGON((500010 3700010,500020 3700010,500020 3700020,500010 3700020,500010 3700010))', 4549) "
    "FROM district"
)


def test_a_slit_between_matching_vertices_and_a_district_that_is_not_filled_are_named(
    database: Database, square: StoredPlan
) -> None:
    x0, y0 = ORIGIN
    slit = [(x0 + 200, y0 + 110), (x0 + 199.9, y0 + 150), (x0 + 200, y0 + 190)]
    west = shapely.Polygon(
        [(x0 + 100, y0 + 100), (x0 + 200, y0 + 100), *slit, (x0 + 200, y0 + 200), (x0 + 100, y0 + 200)]
    )
    east = shapely.Polygon(
        [
            (x0 + 200, y0 + 100),
            (x0 + 300, y0 + 100),
            (x0 + 300, y0 + 200),
            (x0 + 200, y0 + 200),
            slit[2],
            slit[0],
        ]
    )
    corrupt(
        database,
        f"UPDATE block SET geom = ST_GeomFromText('{west.wkt}', 4549) WHERE key = 'b11'",
        f"UPDATE block SET geom = ST_GeomFromText('{east.wkt}', 4549) WHERE key = 'b12'",
        f"UPDATE district SET geom = ST_GeomFromText('{shapely.box(x0, y0, x0 + 401, y0 + 400).wkt}', 4549)",
    )
    found = breaches(database)
    assert any("a gap of 4.000 m2" in line and "(5001" in line for line in found), found
    assert any("blocks and district differ by 404.000 m2" in line for line in found), found


@pytest.mark.parametrize(
    ("blocks", "named"),
    [
        ([], "building h1 at (500015.0, 3700015.0) is in 0 blocks"),
        (["b00", "b01"], "building h1 at (500015.0, 3700015.0) is in 2 blocks"),
        (["b33"], "building h1 at (500015.0, 3700015.0) is not inside its block b33"),
    ],
)
def test_a_building_that_is_not_in_one_cell_is_named(
    database: Database, square: StoredPlan, blocks: list[str], named: str
) -> None:
    into = [
        f"INSERT INTO block_building SELECT b.id, g.id FROM block b, building g WHERE b.key = '{key}'"
        for key in blocks
    ]
    corrupt(database, BUILDING, *into)
    assert any(named in line and "one cell a building" in line for line in breaches(database))


def test_a_block_that_counts_other_people_than_its_buildings_is_named(
    database: Database, square: StoredPlan
) -> None:
    corrupt(
        database,
        BUILDING,
        "INSERT INTO block_building SELECT b.id, g.id FROM block b, building g WHERE b.key = 'b00'",
        "INSERT INTO count (district_id, building_id, measure, on_date, value) "
        "SELECT g.district_id, g.id, 'residents', '2020-11-01', 299 FROM building g",
        "UPDATE plan_unit SET buildings = 1 WHERE name IN ('西南网格', '西门社区', '城中街道')",
    )
    [line] = breaches(database)
    assert "block b00 says 300 residents on 2020-11-01, its buildings have 299" in line


def test_a_code_that_two_adopted_plans_gave_to_different_units_is_named(database: Database) -> None:
    first = square_plan(database)
    corrupt(
        database,
        "UPDATE plan SET state = 'superseded', authority = 'a', adopted_on = '2000-01-01', "
        "in_force_from = '2000-01-01', in_force_to = '2010-01-01'",
        "INSERT INTO plan (district_id, name, levels, state, authority, adopted_on, in_force_from, count_date) "
        "SELECT district_id, 'second', levels, 'adopted', 'a', '2010-01-01', '2010-01-01', count_date FROM plan",
        "INSERT INTO unit (district_id, level) SELECT district_id, level FROM unit ORDER BY id",
    )
    columns = "district_id, srid, level, name, code, type, blocks, buildings, area_m2, perimeter_m, compactness, tallies, geom"
    lowest = first.unit_ids["street"][0]
    shift = "(SELECT max(id) FROM unit) / 2"
    corrupt(
        database,
        f"INSERT INTO plan_unit (plan_id, unit_id, parent_id, {columns}) "
        f"SELECT (SELECT id FROM plan WHERE name = 'second'), unit_id + {shift}, parent_id + {shift}, {columns} "
        f"FROM plan_unit",
        "INSERT INTO assignment SELECT (SELECT id FROM plan WHERE name = 'second'), block_id, "
        f"unit_id + {shift} FROM assignment",
    )
    assert lowest == 1
    found = breaches(database)
    assert len(found) == 7  # one street, two communities, four cells
    assert any("320812001 was given to several units" in line for line in found)


def test_a_named_exception_excuses_a_unit_in_pieces(database: Database, square: StoredPlan) -> None:
    corrupt(
        database,
        "UPDATE assignment SET unit_id = (SELECT unit_id FROM plan_unit WHERE name = '西南网格') "
        "WHERE block_id = (SELECT id FROM block WHERE key = 'b33')",
        "UPDATE plan SET exceptions = (SELECT jsonb_agg(jsonb_build_object('invariant', 'contiguity', 'unit_id', unit_id,"
        " 'reason', 'an exclave')) FROM plan_unit WHERE name IN ('西南网格', '西门社区'))",
    )
    assert not any("contiguity" in line for line in breaches(database))


def test_dates_of_force_must_run_forward(database: Database, square: StoredPlan) -> None:
    with pytest.raises(Exception, match="ck_plan_in_force"):
        corrupt(database, "UPDATE plan SET in_force_from = '2010-06-01', in_force_to = '2009-06-01'")
    assert dt.date(2009, 6, 1) < dt.date(2010, 6, 1)


def test_only_the_unit_whose_polygon_is_wrong_is_named_at_any_level(
    database: Database, square: StoredPlan
) -> None:
    def named(moved: str) -> set[int | None]:
        with database.session() as session:
            trial = session.begin_nested()
            session.execute(
                text(f"UPDATE plan_unit SET geom = ST_Translate(geom, 0, 1) WHERE name = '{moved}'")
            )
            found = check_plan(session, find_plan(session, "first"))
            trial.rollback()
        return {one.unit for one in found if one.invariant == "polygon"}

    assert named("东北网格") == {7}
    assert named("东门社区") == {3}
    assert named("城中街道") == {1}
