"""Lines drawn on the plan of 4 x 4 blocks: what is cut, who lives where, and which line is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from sqlalchemy import text

from boundaries.errors import EditError
from boundaries.storage.database import geometries_of
from tests.boundaries.conftest import ORIGIN

if TYPE_CHECKING:
    from boundaries.storage.database import Database
    from tests.boundaries.redraw.conftest import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The road between west and east stands in its table too, where new borders find it."""
    x, y = ORIGIN
    with desk.database.session() as session:
        session.execute(
            text(
                "INSERT INTO road (district_id, srid, class, width_m, geom) SELECT id, srid, 'collector', 12, "
                "ST_SetSRID(ST_MakeLine(ST_MakePoint(:x, :low), ST_MakePoint(:x, :high)), srid) FROM district"
            ),
            {"x": x + 200, "low": y, "high": y + 400},
        )
    return desk


def at(*places: tuple[float, float]) -> list[list[float]]:
    return [[float(ORIGIN[0] + x), float(ORIGIN[1] + y)] for x, y in places]


def assigned(desk: Desk) -> dict[str, str]:
    """Key of each block to the name of its cell."""
    with desk.database.session() as session:
        rows = session.execute(
            text(
                "SELECT b.key, u.name FROM assignment a JOIN block b ON b.id = a.block_id JOIN plan_unit u "
                "ON u.plan_id = a.plan_id AND u.unit_id = a.unit_id WHERE a.plan_id = :p"
            ),
            {"p": desk.plan(session).id},
        )
        return {row[0]: row[1] for row in rows}


def counts(database: Database, key: str) -> dict[str, tuple[float, str]]:
    with database.session() as session:
        rows = session.execute(
            text(
                "SELECT c.measure, c.value, c.source FROM count c JOIN block b ON b.id = c.block_id "
                "WHERE b.key = :k AND b.version = (SELECT max(version) FROM block WHERE key = :k)"
            ),
            {"k": key},
        )
        return {row[0]: (row[1], row[2]) for row in rows}


def test_a_cut_leaves_the_pieces_in_their_cell_and_shares_the_people_out_by_area(desk: Desk) -> None:
    before = assigned(desk)
    done = desk.do("cut", line=at((30, 0), (30, 100)))
    after = assigned(desk)
    assert after.keys() - before.keys() == {"b00.1", "b00.2"}
    assert before.keys() - after.keys() == {"b00"}
    assert {after["b00.1"], after["b00.2"]} == {before["b00"]}
    assert counts(desk.database, "b00.1")["residents"] == (210, "split")
    assert counts(desk.database, "b00.2")["residents"] == (90, "split")
    assert counts(desk.database, "b00.1")["floating"] == (0, "split")
    assert counts(desk.database, "b10")["residents"] == (300, "counted")
    assert len(done.blocks) == 3
    assert len(done.removed_blocks) == 2
    desk.require_sound()


def test_one_neighbour_gets_a_node_and_keeps_its_key_counts_and_shape(desk: Desk) -> None:
    desk.do("cut", line=at((30, 0), (30, 100)))
    with desk.database.session() as session:
        rows = session.execute(
            text(
                "SELECT n.version, o.id, n.id, ST_AsBinary(o.geom), ST_AsBinary(n.geom), ST_NPoints(n.geom) "
                "FROM block_origin l JOIN block o ON o.id = l.origin_id JOIN block n ON n.id = l.block_id "
                "WHERE n.key = 'b10'"
            )
        ).all()
    assert [(row[0], row[5]) for row in rows] == [(2, 6)]
    old, new = geometries_of(rows[0][3:5])
    assert shapely.equals(old, new)


def borders(database: Database, key: str) -> dict[str, tuple[float, int]]:
    """Return length and barrier of the borders a block has in the plan, by the other block's key."""
    query = (
        "SELECT f.key, s.key, border_m, barrier FROM block_border JOIN block f ON f.id = first_id "
        "JOIN block s ON s.id = second_id JOIN assignment a ON a.block_id = f.id "
        "JOIN assignment c ON c.block_id = s.id WHERE :key IN (f.key, s.key)"
    )
    with database.session() as session:
        rows = session.execute(text(query), {"key": key}).all()
    return {next(other for other in row[:2] if other != key): (row[2], row[3]) for row in rows}


def test_borders_of_pieces_know_what_runs_along_them(desk: Desk) -> None:
    desk.do("cut", line=at((130, 0), (130, 100)))
    assert borders(desk.database, "b01.1") == {"b02": (100, 3), "b11": (70, 1), "b01.2": (100, 1)}


def test_borders_that_are_not_cut_keep_what_runs_along_them(desk: Desk) -> None:
    blocks = desk.blocks()
    pair = sorted([blocks["b10"], blocks["b11"]])
    with desk.database.session() as session:
        query = "UPDATE block_border SET barrier = 5 WHERE first_id = :f AND second_id = :s RETURNING 1"
        assert session.execute(text(query), {"f": pair[0], "s": pair[1]}).all() == [(1,)]
    desk.do("cut", line=at((30, 0), (30, 100)))
    assert desk.blocks()["b10"] != blocks["b10"]
    kept = {"b11": (100, 5), "b20": (100, 1)}
    assert borders(desk.database, "b10") == {"b00.1": (70, 1), "b00.2": (30, 1), **kept}


def test_a_border_that_one_piece_has_whole_keeps_what_runs_along_it(desk: Desk) -> None:
    blocks = desk.blocks()
    with desk.database.session() as session:
        for key in ("b10", "b01"):
            pair = sorted([blocks["b00"], blocks[key]])
            query = "UPDATE block_border SET barrier = 5 WHERE first_id = :f AND second_id = :s RETURNING 1"
            assert session.execute(text(query), {"f": pair[0], "s": pair[1]}).all() == [(1,)]
    desk.do("cut", line=at((30, 0), (30, 100)))
    # Both pieces have a part of the border with b10: what runs along each part is found anew.
    assert borders(desk.database, "b00.1") == {"b00.2": (100, 1), "b01": (100, 5), "b10": (70, 1)}
    assert borders(desk.database, "b00.2") == {"b00.1": (100, 1), "b10": (30, 1)}


def test_a_neighbour_whose_border_alone_is_parted_keeps_its_blocks_and_counts(desk: Desk) -> None:
    desk.do("reshape", unit=WEST, line=at((200, 0), (230, 26), (200, 100)))
    [piece] = [key for key, cell in assigned(desk).items() if key.startswith("b02") and cell == WEST]
    before = desk.blocks()
    # In whole micrometres the two parts of its border make one more, or one less, than the whole.
    done = desk.do("cut", line=at((230, 26), (190, 60)), blocks=[piece])
    assert EAST in desk.names(done.units)
    east = {key for key, cell in assigned(desk).items() if cell == EAST}
    assert {key: block for key, block in desk.blocks().items() if key in east} == {
        key: block for key, block in before.items() if key in east
    }
    desk.require_sound()


def test_people_follow_the_buildings_and_the_buildings_their_points(desk: Desk) -> None:
    houses = {"h1": (10, 20, 30), "h2": (25, 35, 60), "h3": (80, 90, 210)}
    with desk.database.session() as session:
        district = session.execute(text("SELECT id FROM district")).scalar_one()
        for key, (left, right, residents) in houses.items():
            box = shapely.box(ORIGIN[0] + left, ORIGIN[1] + 10, ORIGIN[0] + right, ORIGIN[1] + 20)
            house = session.execute(
                text(
                    "INSERT INTO building (district_id, srid, key, floors, geom) VALUES (:d, 4549, :k, 2, "
                    "ST_GeomFromWKB(:g, 4549)) RETURNING id"
                ),
                {"d": district, "k": key, "g": shapely.to_wkb(box)},
            ).scalar_one()
            session.execute(
                text("INSERT INTO block_building SELECT id, :b FROM block WHERE key = 'b00'"), {"b": house}
            )
            session.execute(
                text(
                    "INSERT INTO count (district_id, building_id, measure, on_date, value) "
                    "VALUES (:d, :b, 'residents', '2020-11-01', :v)"
                ),
                {"d": district, "b": house, "v": residents},
            )
        session.execute(
            text("UPDATE plan_unit SET buildings = 3 WHERE unit_id IN (SELECT unit_id FROM assignment a "
                 "JOIN block b ON b.id = a.block_id WHERE b.key = 'b00') OR unit_id IN (SELECT unit_id FROM plan_unit "
                 "WHERE level = 'street' OR code = '320812001001')")
        )  # fmt: skip
    desk.require_sound()
    # h2 stands with its point exactly on the line: the lower key has it.
    desk.do("cut", line=at((30, 0), (30, 100)))
    with desk.database.session() as session:
        rows = session.execute(
            text(
                "SELECT b.key, array_agg(g.key ORDER BY g.key) FROM block_building k JOIN block b ON b.id = k.block_id "
                "JOIN building g ON g.id = k.building_id WHERE b.key <> 'b00' GROUP BY b.key"
            )
        ).all()
    assert {row[0]: row[1] for row in rows} == {"b00.1": ["h2", "h3"], "b00.2": ["h1"]}
    assert counts(desk.database, "b00.1")["residents"] == (270, "counted")
    assert counts(desk.database, "b00.2")["residents"] == (30, "counted")
    # Households are counted by the block only, and are shared out by the room in its buildings.
    assert counts(desk.database, "b00.1")["households"] == (67, "split")
    assert counts(desk.database, "b00.2")["households"] == (33, "split")
    desk.require_sound()


def test_the_piece_with_fewer_residents_becomes_the_new_cell(desk: Desk) -> None:
    done = desk.do("split", unit="西南网格", line=at((60, 0), (60, 200)), name="新网格")
    assert desk.names(done.units) >= {"西南网格", "新网格"}
    assert done.edit is not None
    assert (done.edit.label["from"], done.edit.label["made"]) == (["西南网格"], ["新网格"])
    held = assigned(desk)
    assert {key for key in held if held[key] == "新网格"} == {"b00.1", "b10.1"}
    assert {key for key in held if held[key] == "西南网格"} == {"b00.2", "b10.2", "b01", "b11"}
    desk.require_sound()
    desk.do("undo")
    assert set(assigned(desk)) == {f"b{y}{x}" for y in range(4) for x in range(4)}
    desk.require_sound()
    desk.do("redo")
    assert assigned(desk) == held
    desk.require_sound()


def test_a_split_that_leaves_blocks_whole_gives_each_to_the_side_with_most_of_it(desk: Desk) -> None:
    done = desk.do("split", unit="西南网格", line=at((60, 0), (130, 200)), name="新网格", cut=False)
    assert done.blocks == []
    held = assigned(desk)
    assert {key for key in held if held[key] == "新网格"} in ({"b00", "b10"}, {"b01", "b11"})
    desk.require_sound()


def test_an_edit_stands_in_one_plan_and_leaves_the_others_their_versions(desk: Desk) -> None:
    with desk.database.session() as session:
        session.execute(
            text("INSERT INTO plan (district_id, name, levels, count_date) SELECT district_id, 'second', levels, "
                 "count_date FROM plan")
        )  # fmt: skip
        session.execute(
            text("INSERT INTO plan_unit SELECT (jsonb_populate_record(u, jsonb_build_object('plan_id', p.id))).* "
                 "FROM plan_unit u, plan p WHERE p.name = 'second'")
        )  # fmt: skip
        session.execute(
            text(
                "INSERT INTO assignment SELECT p.id, block_id, unit_id FROM assignment, plan p WHERE p.name = 'second'"
            )
        )
    other = type(desk)(desk.database, "second")
    desk.do("cut", line=at((30, 0), (30, 100)))
    assert "b00" in assigned(other)
    other.require_sound()
    other.do("cut", line=at((0, 40), (100, 40)))
    assert {"b00.3", "b00.4"} <= set(assigned(other))
    assert {"b00.1", "b00.2"} <= set(assigned(desk))
    desk.require_sound()
    other.require_sound()


def test_versions_that_never_met_know_their_borders_when_an_undo_brings_them_together(desk: Desk) -> None:
    desk.do("cut", line=at((30, 0), (30, 100)))
    desk.do("cut", line=at((200, 150), (300, 150)))
    desk.do("cut", line=at((150, 100), (150, 200)))
    desk.do("undo", revision=1)
    desk.require_sound()
    assert desk.do("assign", unit="东南网格", blocks=["b01"]).removed_units == []
    desk.require_sound()
    desk.do("undo", revision=3)
    desk.do("undo", revision=2)
    desk.require_sound()


def test_what_a_group_has_cut_can_be_cut_again_in_the_group(desk: Desk) -> None:
    done = desk.do(
        "group",
        edits=[
            {"operation": "cut", "arguments": {"line": at((30, 0), (30, 100))}},
            {"operation": "cut", "arguments": {"line": at((30, 50), (100, 50))}},
            {"operation": "split", "arguments": {"unit": "西南网格", "line": at((60, 0), (60, 200)), "name": "新网格"}},
        ],
    )  # fmt: skip
    held = assigned(desk)
    assert {held[key] for key in held if key.startswith("b00.2")} == {"新网格"}
    assert len([key for key in held if key.startswith("b00")]) == 5
    assert done.revision == 1
    desk.require_sound()
    desk.do("undo")
    desk.require_sound()


def test_what_a_group_has_cut_or_given_a_node_can_change_its_cell_in_the_group(desk: Desk) -> None:
    desk.do(
        "group",
        edits=[
            {"operation": "cut", "arguments": {"line": at((30, 0), (30, 100))}},
            {"operation": "assign", "arguments": {"unit": "西北网格", "blocks": ["b10"]}},
            {"operation": "cut", "arguments": {"line": at((60, 100), (60, 200))}},
        ],
    )
    held = assigned(desk)
    assert {key: held[key] for key in held if key.startswith(("b10", "b00"))} == {
        "b00.1": WEST, "b00.2": WEST, "b10.1": "西北网格", "b10.2": "西北网格",
    }  # fmt: skip
    desk.require_sound()
    desk.do("undo")
    desk.require_sound()
    desk.do("redo")
    desk.require_sound()


WEST, EAST, NORTH = "西南网格", "东南网格", "西北网格"
GAINED = {
    # what goes where: piece or block -> cell
    "cut: through the vertex of four": (
        "cut", {"line": at((0, 0), (200, 200))},
        {"b00.1": WEST, "b00.2": WEST, "b11.1": WEST, "b11.2": WEST},
    ),
    "cut: beyond the district on both ends": (
        "cut", {"line": at((30, -70), (30, 100.7))}, {"b00.1": WEST, "b00.2": WEST},
    ),
    "cut: only the blocks that are named": (
        "cut", {"line": at((30, -10), (30, 410)), "blocks": ["b10"]}, {"b10.1": WEST, "b10.2": WEST},
    ),
    "split: along borders that are there": (
        "split", {"unit": WEST, "line": at((100, 0), (100, 200)), "name": "新"}, {"b01": "新", "b11": "新"},
    ),
    "split: 1 mm beside them": (
        "split", {"unit": WEST, "line": at((100.001, 0), (100.001, 200)), "name": "新"}, {"b01": "新", "b11": "新"},
    ),
    "split: through the vertex of four": (
        "split", {"unit": WEST, "line": at((0, 0), (200, 200)), "name": "新"},
        {"b00.1": "新", "b00.2": WEST, "b11.1": "新", "b11.2": WEST, "b01": "新"},
    ),
    "reshape: into the neighbour": (
        "reshape", {"unit": WEST, "line": at((200, 20), (250, 20), (250, 180), (200, 180))},
        {"b02.1": EAST, "b02.2": WEST, "b12.1": EAST, "b12.2": WEST},
    ),
    "reshape: into the unit": (
        "reshape", {"unit": WEST, "line": at((200, 20), (150, 20), (150, 180), (200, 180))},
        {"b01.1": WEST, "b01.2": EAST, "b11.1": WEST, "b11.2": EAST},
    ),
    "reshape: across the border": (
        "reshape", {"unit": WEST, "line": at((150, 0), (250, 200))},
        {"b01.1": WEST, "b01.2": EAST, "b12.1": EAST, "b12.2": WEST},
    ),
    "reshape: along blocks of the neighbour": (
        "reshape", {"unit": WEST, "line": at((200, 100), (300, 100), (300, 200))}, {"b12": WEST},
    ),
    "reshape: straight over all cells, to the neighbour above": (
        "reshape", {"unit": WEST, "line": at((-20, 110), (420, 110))},
        {"b10.1": NORTH, "b10.2": WEST, "b11.1": NORTH, "b11.2": WEST},
    ),
    "reshape: straight over all cells, to the only neighbour": (
        "reshape", {"unit": WEST, "line": at((-20, 60), (420, 60))},
        {"b00.1": EAST, "b00.2": WEST, "b01.1": EAST, "b01.2": WEST},
    ),
    "reshape: straight over all cells, from below": (
        "reshape", {"unit": WEST, "line": at((60, 420), (60, -20))},
        {"b00.1": NORTH, "b00.2": WEST, "b10.1": NORTH, "b10.2": WEST},
    ),
    "reshape: straight through the middle of all cells": (
        "reshape", {"unit": WEST, "line": at((-20, 100), (420, 100))}, {"b10": NORTH, "b11": NORTH},
    ),
    "reshape: aslant over three cells, all of it of use": (
        "reshape", {"unit": WEST, "line": at((-20, 320), (320, -20))},
        {"b11.1": WEST, "b11.2": EAST, "b02.1": WEST, "b02.2": EAST, "b20.1": WEST, "b20.2": NORTH},
    ),
    "cut: in a locked cell, where nothing enters or leaves": (
        "cut", {"line": at((230, 0), (230, 100))}, {"b02.1": EAST, "b02.2": EAST},
    ),
}  # fmt: skip

REFUSED = {
    "cut: outside the district": ("cut", {"line": at((500, 0), (500, 400))}, "line-outside"),
    "cut: crossing itself": ("cut", {"line": at((0, 50), (80, 50), (80, 80), (40, 80), (40, 0))}, "line-self-crossing"),
    "cut: along a border": ("cut", {"line": at((100, 0), (100, 400))}, "line-along-border"),
    "cut: 1 mm beside a border": ("cut", {"line": at((100.001, 0), (100.001, 400))}, "line-along-border"),
    "cut: along the rim": ("cut", {"line": at((-0.5, 0), (-0.5, 400))}, "line-along-border"),
    "cut: not reaching across": ("cut", {"line": at((50, -10), (50, 60))}, "line-not-across"),
    "cut: beside the block that is named": (
        "cut", {"line": at((30, 0), (30, 100)), "blocks": ["b33"]}, "line-not-across",
    ),
    "cut: no length": ("cut", {"line": at((50, 50), (50, 50))}, "line-not-across"),
    "cut: a corner of 12 m²": ("cut", {"line": at((95, 0), (100, 5))}, "sliver"),
    "split: in another cell": ("split", {"unit": WEST, "line": at((300, 0), (300, 200))}, "line-outside"),
    "split: along its border": ("split", {"unit": WEST, "line": at((200, 0), (200, 200))}, "line-along-border"),
    "split: not reaching across": ("split", {"unit": WEST, "line": at((60, 0), (60, 150))}, "line-not-across"),
    "split: crossing itself": (
        "split", {"unit": WEST, "line": at((60, 0), (60, 150), (20, 150), (20, 60), (90, 60))}, "line-self-crossing",
    ),
    "split: a name that is taken": (
        "split", {"unit": WEST, "line": at((60, 0), (60, 200)), "name": NORTH}, "name-taken",
    ),
    "split: a community": ("split", {"unit": "西门社区", "line": at((60, 0), (60, 400))}, "wrong-level"),
    "split: a locked cell": ("split", {"unit": EAST, "line": at((260, 0), (260, 200))}, "locked"),
    "reshape: outside the district": ("reshape", {"unit": NORTH, "line": at((500, 0), (500, 400))}, "line-outside"),
    "reshape: along the border": ("reshape", {"unit": WEST, "line": at((0, 200), (200, 200))}, "line-along-border"),
    "reshape: a dead end": ("reshape", {"unit": WEST, "line": at((60, 200), (60, 260))}, "line-not-across"),
    "reshape: far from the cell": ("reshape", {"unit": WEST, "line": at((300, 200), (300, 400))}, "not-touching"),
    "reshape: into a locked cell": (
        "reshape", {"unit": WEST, "line": at((200, 20), (250, 20), (250, 180), (200, 180))}, "locked",
    ),
    "merge: cells that do not touch": ("merge", {"units": [WEST], "into": "东北网格"}, "not-touching"),
    "assign: the last block of a cell": (
        "assign", {"unit": NORTH, "blocks": ["b00", "b01", "b10", "b11"]}, "last-block",
    ),
    "assign: out of a locked cell": ("assign", {"unit": WEST, "blocks": ["b02"]}, "locked"),
}  # fmt: skip


@pytest.mark.parametrize("case", GAINED)
def test_a_line_is_an_edit(desk: Desk, case: str) -> None:
    operation, arguments, gained = GAINED[case]
    if "locked" in case:
        desk.do("lock", units=[EAST])
    before = assigned(desk)
    desk.do(operation, **arguments)
    after = assigned(desk)
    assert {key: unit for key, unit in after.items() if before.get(key) != unit} == gained
    assert before.keys() - after.keys() == {key.split(".")[0] for key in gained if "." in key}
    desk.require_sound()
    desk.do("undo")
    assert assigned(desk) == before
    desk.require_sound()


@pytest.mark.parametrize("case", REFUSED)
def test_a_line_no_one_wants_is_refused_and_the_plan_is_unharmed(desk: Desk, case: str) -> None:
    operation, arguments, key = REFUSED[case]
    if key == "locked":
        desk.do("lock", units=[EAST])
    before, revision, blocks = assigned(desk), desk.revision(), stored_blocks(desk)
    with pytest.raises(EditError) as refusal:
        desk.do(operation, **arguments)
    assert refusal.value.key == key
    assert str(refusal.value).endswith(".")
    assert (assigned(desk), desk.revision(), stored_blocks(desk)) == (before, revision, blocks)
    desk.require_sound()


OVER_THREE = {
    # cell 1 lies between cells 0 and 2, with cell 9 above it and the rim of the district below
    "its upper side goes to the cell above": (110, {"9号网格"}),
    "its larger part stays, whatever the line does to others": (60, None),
    "its lower side borders two cells alike": (40, None),
    "along blocks, its lower third": (50, None),
    "along blocks, its upper third": (100, {"9号网格"}),
}


@pytest.mark.parametrize("case", OVER_THREE)
def test_a_straight_line_over_three_cells_redraws_the_chosen_one_or_asks_who_gets_the_piece(
    wide: Desk, case: str
) -> None:
    height, gaining = OVER_THREE[case]
    before, stored, revision = assigned(wide), stored_blocks(wide), wide.revision()
    line = at((-30, height), (1230, height))
    if gaining is None:
        with pytest.raises(EditError) as refusal:
            wide.do("reshape", unit="1号网格", line=line)
        assert refusal.value.key == "line-unclear"
        assert wide.names(refusal.value.members["units"]) == {"0号网格", "2号网格"}
        assert '"0号网格" and "2号网格"' in str(refusal.value)
        assert (assigned(wide), stored_blocks(wide), wide.revision()) == (before, stored, revision)
        # What the message says to draw instead does it.
        wide.do("reshape", unit="2号网格", line=at((150, height), (300, height)))
        gaining = {"2号网格"}
    else:
        wide.do("reshape", unit="1号网格", line=line)
    after = assigned(wide)
    lost = {key for key, unit in after.items() if unit != before.get(key, before.get(key.split(".")[0]))}
    assert {before.get(key, before.get(key.split(".")[0])) for key in lost} == {"1号网格"}
    assert {after[key] for key in lost} == gaining
    wide.require_sound()
    wide.do("undo")
    assert assigned(wide) == before
    wide.require_sound()


def stored_blocks(desk: Desk) -> int:
    with desk.database.session() as session:
        return int(session.execute(text("SELECT count(*) FROM block")).scalar_one())
