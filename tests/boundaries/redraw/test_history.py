"""Undo, redo, revert, older revisions, previews: what stands, what is refused, and what is told."""

from __future__ import annotations

import json

import psycopg
import pytest
import shapely
from sqlalchemy import text

from boundaries.errors import (
    ActorError,
    LockedError,
    NotContiguousError,
    NotDraftError,
    NothingToDoError,
    NothingToRedoError,
    NothingToUndoError,
    StaleError,
    StandsOnError,
)
from boundaries.redraw import CHANNEL, Actor, Change, Edit, edit, log, preview
from boundaries.redraw.changes import composed
from boundaries.redraw.replay import read_replayed
from boundaries.redraw.result import Result
from tests.boundaries.conftest import ORIGIN
from tests.boundaries.redraw.conftest import ME, OTHER, Desk


def line(*points: tuple[float, float]) -> list[list[float]]:
    return [(ORIGIN + point).tolist() for point in points]


def area_of(desk: Desk, key: str) -> float:
    with desk.database.session() as session:
        query = (
            "SELECT ST_AsBinary(b.geom) FROM block b JOIN assignment a ON a.block_id = b.id WHERE b.key = :k"
        )
        found = session.scalar(text(query), {"k": key})
    return shapely.from_wkb(bytes(found)).area if found is not None else 0.0


def test_undo_takes_back_my_own_last_edit_not_anothers(desk: Desk) -> None:
    desk.do("assign", unit="西北网格", blocks=["b11"])
    desk.do("assign", OTHER, unit="东北网格", blocks=["b12"])
    done = desk.do("undo")
    assert done.edit is not None
    assert done.edit.undoes == 1
    with desk.database.session() as session:
        standing = {one.revision: one.standing for one in log(session, desk.plan(session)).edits}
    assert standing == {1: False, 2: True, 3: True}
    with pytest.raises(NothingToUndoError):
        desk.do("undo")
    desk.do("undo", OTHER)
    desk.require_sound()


def test_an_edit_that_another_stands_on_is_named_with_who_did_it_and_when(desk: Desk) -> None:
    desk.do("create", level="cell", blocks=["b00", "b01"], name="新网格")
    desk.do("assign", OTHER, unit="新网格", blocks=["b11"])
    with pytest.raises(StandsOnError, match=r"edit 2 \(assign, by 李强, 20.* UTC\)") as refused:
        desk.do("undo")
    assert refused.value.members["edit"]["revision"] == 2
    desk.do("undo", OTHER)
    desk.do("undo")
    assert "新网格" not in desk.units()
    desk.require_sound()


def test_a_new_edit_ends_what_can_be_redone(desk: Desk) -> None:
    desk.do("assign", unit="西北网格", blocks=["b11"])
    desk.do("undo")
    desk.do("assign", unit="西北网格", blocks=["b10"])
    with pytest.raises(NothingToRedoError):
        desk.do("redo")
    desk.do("undo")
    desk.do("redo")
    with pytest.raises(NothingToRedoError):
        desk.do("redo")


def test_undo_and_redo_follow_each_other_as_often_as_one_likes(desk: Desk) -> None:
    desk.do("assign", unit="西北网格", blocks=["b11"])
    desk.do("assign", unit="西北网格", blocks=["b10"])
    for _ in range(3):
        desk.do("undo")
        desk.do("undo")
        assert desk.blocks()["b11"] in _blocks_of(desk, "西南网格")
        desk.do("redo")
        desk.do("redo")
        assert desk.blocks()["b11"] in _blocks_of(desk, "西北网格")
    desk.require_sound()


def _blocks_of(desk: Desk, name: str) -> set[int]:
    unit = desk.units()[name]
    with desk.database.session() as session:
        held = read_replayed(session, desk.plan(session)).blocks
    return {block for block, of in held.items() if of == unit}


def test_a_revert_is_one_edit_that_can_be_undone_and_frees_what_was_before(desk: Desk) -> None:
    desk.do("assign", unit="西北网格", blocks=["b11"])
    desk.do("assign", OTHER, unit="东北网格", blocks=["b12"])
    desk.do("lock", units=["东北网格"])
    with desk.database.session() as session:
        before = read_replayed(session, desk.plan(session))
    desk.do("revert", revision=0)
    with pytest.raises(NothingToUndoError):
        desk.do("undo", OTHER)
    desk.do("undo")
    with desk.database.session() as session:
        assert read_replayed(session, desk.plan(session)) == before
    desk.do("unlock", units=["东北网格"])
    desk.do("undo", OTHER)
    desk.require_sound()


def test_a_revert_that_was_not_looked_at_is_refused(desk: Desk) -> None:
    desk.do("assign", OTHER, unit="西北网格", blocks=["b11"])
    with pytest.raises(StaleError):
        desk.do("revert", revision=0, seen=0)


def test_an_old_version_comes_back_as_it_was_when_nothing_was_built_on_the_cut(desk: Desk) -> None:
    block = desk.blocks()["b11"]
    desk.do("cut", line=line((100, 130), (200, 170)), blocks=["b11"])
    assert "b11" not in desk.blocks()
    desk.require_sound()
    desk.do("undo")
    assert desk.blocks()["b11"] == block
    desk.require_sound()
    desk.do("redo")
    assert "b11" not in desk.blocks()
    desk.require_sound()


def test_a_cut_that_a_neighbours_cut_touched_is_united_with_the_vertices_that_came(desk: Desk) -> None:
    block = desk.blocks()["b11"]
    desk.do("cut", line=line((100, 130), (200, 170)), blocks=["b11"])
    desk.do("cut", OTHER, line=line((200, 120), (300, 140)), blocks=["b12"])
    desk.require_sound()
    desk.do("undo", revision=1)
    assert desk.blocks()["b11"] != block
    assert area_of(desk, "b11") == pytest.approx(10_000, abs=0.2)
    desk.require_sound()
    desk.do("undo", OTHER)
    desk.require_sound()
    assert sorted(desk.blocks()) == sorted(f"b{y}{x}" for y in range(4) for x in range(4))
    with desk.database.session() as session:
        query = "SELECT sum((tallies ->> 'residents')::float) FROM plan_unit WHERE level = 'street'"
        assert session.scalar(text(query)) == 4800


def test_a_block_painted_before_a_neighbours_cut_goes_back_in_the_version_of_now(desk: Desk) -> None:
    desk.do("assign", unit="西北网格", blocks=["b11"])
    old = desk.blocks()["b11"]
    desk.do("cut", OTHER, line=line((200, 120), (300, 140)), blocks=["b12"])
    assert desk.blocks()["b11"] != old
    desk.do("undo")
    assert desk.blocks()["b11"] in _blocks_of(desk, "西南网格")
    desk.require_sound()


def test_a_code_given_away_meanwhile_is_not_given_twice(desk: Desk) -> None:
    desk.do("create", level="cell", blocks=["b00", "b01"], name="甲网格")
    desk.do("undo")
    desk.do("create", OTHER, level="cell", blocks=["b30", "b31"], name="乙网格")
    desk.do("redo")
    with desk.database.session() as session:
        codes = session.execute(
            text("SELECT code FROM plan_unit WHERE name IN ('甲网格', '乙网格')")
        ).scalars()
        assert len(set(codes)) == 2
    desk.require_sound()


def test_codes_of_units_made_meanwhile_follow_a_parent_that_goes_back(wide: Desk) -> None:
    wide.do("move", unit="1号社区", parent="东街道")
    wide.do("create", OTHER, level="cell", blocks=["w006"], name="中途网格")
    wide.do("undo")
    wide.require_sound()
    wide.do("redo")
    wide.require_sound()


def test_an_undo_may_not_tear_what_others_have_built_on_it_without_touching_its_blocks(wide: Desk) -> None:
    wide.do("assign", unit="4号网格", blocks=["w011"])
    wide.do("assign", OTHER, unit="4号网格", blocks=["w010"])
    with pytest.raises(NotContiguousError):
        wide.do("undo")
    wide.do("undo", OTHER)
    wide.do("undo")
    wide.require_sound()


def test_long_logs_are_composed_as_short_ones() -> None:
    steps = [Change({block: (1, 2)}, {10 * block: 10 * block + 1}) for block in range(1, 8)]
    one_by_one = Change()
    for step in steps:
        one_by_one = one_by_one.then(step)
    assert composed(steps) == one_by_one
    assert composed([]) == Change()
    assert not composed([*steps, *(step.inverse() for step in reversed(steps))])


def test_an_edit_at_the_same_place_shows_both_sides(desk: Desk) -> None:
    desk.do("assign", OTHER, unit="西北网格", blocks=["b11"])
    with pytest.raises(StaleError, match="by 李强") as refused:
        desk.do("assign", unit="东南网格", blocks=["b11"], seen=0)
    members = refused.value.members
    assert members["mine"]["operation"] == "assign"
    assert [(one["revision"], one["lines"]) for one in members["theirs"]] == [(1, [])]
    assert members["revision"] == 1
    assert desk.revision() == 1


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("assign", {"unit": "西北网格", "blocks": ["b11"]}),
        ("update", {"unit": "西北网格", "name": "北门网格"}),
        ("lock", {"units": ["西北网格"]}),
    ],
)
def test_who_asks_for_what_another_did_meanwhile_has_nothing_to_choose(
    desk: Desk, operation: str, arguments: dict[str, object]
) -> None:
    given = dict(arguments)
    if "unit" in given:  # it may be called otherwise by then
        given["unit"] = desk.units()[str(given["unit"])]
    desk.do(operation, OTHER, **given)
    with pytest.raises(NothingToDoError):
        desk.do(operation, seen=0, **given)
    assert desk.revision() == 1


def test_who_asks_for_more_than_another_did_meanwhile_is_shown_both_sides(desk: Desk) -> None:
    desk.do("assign", OTHER, unit="西北网格", blocks=["b11"])
    with pytest.raises(StaleError):
        desk.do("assign", unit="西北网格", blocks=["b11", "b10"], seen=0)


def test_an_edit_at_the_same_place_shows_the_lines_the_other_was_drawn_with(desk: Desk) -> None:
    theirs, mine = line((150, -20), (150, 120)), line((170, -20), (170, 120))
    name = {"operation": "update", "arguments": {"unit": "西北网格", "name": "北门网格"}}
    desk.do("group", OTHER, edits=[{"operation": "cut", "arguments": {"line": theirs}}, name])
    with pytest.raises(StaleError) as refused:
        desk.do("cut", line=mine, seen=0)
    members = refused.value.members
    assert members["mine"]["arguments"]["line"] == mine
    assert [one["lines"] for one in members["theirs"]] == [[theirs]]


@pytest.mark.parametrize(("follows", "is_met"), [([], True), (["first"], False), (["another"], True)])
def test_an_edit_meets_none_that_its_sender_made_it_on_top_of(
    desk: Desk, follows: list[str], is_met: bool
) -> None:
    blocks, units = desk.blocks(), desk.units()

    def give(unit: str, request: str, follows: list[str]) -> Result:
        asked = Edit.of("assign", {"unit": units[unit], "blocks": [blocks["b11"]]})
        with desk.database.session() as session:
            plan = desk.plan(session)
            return edit(session, plan, asked, actor=ME, revision=0, request=request, follows=follows)

    give("西北网格", "first", [])
    if is_met:
        with pytest.raises(StaleError):
            give("东南网格", "second", follows)
    else:
        assert give("东南网格", "second", follows).rebased_over == []
    assert desk.revision() == (1 if is_met else 2)


def test_what_another_has_removed_is_stale_not_unknown(desk: Desk) -> None:
    desk.do("merge", OTHER, units=["西北网格", "西南网格"], into="西南网格")
    with desk.database.session() as session:
        [gone] = session.execute(
            text("SELECT id FROM unit WHERE id NOT IN (SELECT unit_id FROM plan_unit)")
        ).scalars()
    with pytest.raises(StaleError):
        desk.do("assign", unit=gone, blocks=["b12"], seen=0)
    with pytest.raises(StaleError):
        desk.do("update", unit=gone, name="别名网格", seen=0)


def test_a_name_changed_by_one_and_a_block_painted_by_another_do_not_collide(desk: Desk) -> None:
    desk.do("update", OTHER, unit="西北网格", name="北门网格")
    done = desk.do("assign", unit="北门网格", blocks=["b11"], seen=0)
    assert [one.revision for one in done.rebased_over] == [1]
    desk.require_sound()


def test_sending_a_request_again_does_nothing_and_tells_the_same(desk: Desk) -> None:
    asked = Edit.of("create", {"level": "cell", "blocks": [desk.blocks()["b00"]], "name": "一次网格"})
    told = []
    for _ in range(2):
        with desk.database.session() as session:
            told.append(edit(session, desk.plan(session), asked, actor=ME, revision=0, request="r1"))
    assert told[0].revision == told[1].revision == 1
    assert set(told[0].units) <= set(told[1].units)
    for member in ("removed_units", "assignment", "broken", "mended"):
        assert getattr(told[0], member) == getattr(told[1], member), member
    assert desk.revision() == 1


def test_what_the_session_has_changed_before_an_edit_is_kept(desk: Desk) -> None:
    asked = Edit.of("update", {"unit": desk.units()["西北网格"], "name": "北门网格"})
    with desk.database.session() as session:
        plan = desk.plan(session)
        plan.name_en = "First"
        assert edit(session, plan, asked, actor=ME, revision=0).revision == 1
        assert (plan.name_en, plan.revision) == ("First", 1)
    with desk.database.session() as session:
        assert desk.plan(session).name_en == "First"


def test_a_preview_tells_and_stores_nothing(desk: Desk) -> None:
    asked = Edit.of("assign", {"unit": desk.units()["西北网格"], "blocks": [desk.blocks()["b11"]]})
    with desk.database.session() as session:
        plan = desk.plan(session)
        with preview(session, plan, asked, actor=ME, revision=0) as told:
            assert told.preview
            query = text("SELECT blocks FROM plan_unit WHERE unit_id = :u")
            assert session.scalar(query, {"u": desk.units()["西北网格"]}) == 5
        assert plan.revision == 0
    assert desk.revision() == 0
    desk.require_sound()


def test_only_drafts_are_edited_and_locks_hold_for_undo_too(desk: Desk) -> None:
    desk.do("assign", unit="西北网格", blocks=["b11"])
    desk.do("lock", OTHER, units=["西北网格"])
    with pytest.raises(LockedError):
        desk.do("undo")
    with desk.database.session() as session:
        session.execute(text("UPDATE plan SET state = 'submitted'"))
    with pytest.raises(NotDraftError, match="take a branch"):
        desk.do("unlock", units=["西北网格"])


def test_an_edit_is_told_to_listeners_once_it_is_committed(desk: Desk) -> None:
    url = desk.database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        desk.do("assign", unit="西北网格", blocks=["b11"])
        [told] = listener.notifies(timeout=10, stop_after=1)
    with desk.database.session() as session:
        assert json.loads(told.payload) == {"plan": desk.plan(session).id, "revision": 1}


def test_the_log_is_read_page_by_page_and_by_actor(desk: Desk) -> None:
    names = ["城中街道", *(f"城中{turn}街道" for turn in range(5))]
    for turn in range(5):
        desk.do("update", ME if turn % 2 else OTHER, unit=names[turn], name=names[turn + 1])
    with desk.database.session() as session:
        plan = desk.plan(session)
        first = log(session, plan, limit=2)
        assert ([one.revision for one in first.edits], first.next) == ([5, 4], 4)
        rest = log(session, plan, before=first.next, limit=3)
        assert ([one.revision for one in rest.edits], rest.next) == ([3, 2, 1], None)
        assert [one.revision for one in log(session, plan, actor="me").edits] == [4, 2]
        assert first.edits[0].label["renamed"] == [["城中3街道", "城中4街道"]]


@pytest.mark.parametrize(
    "stated",
    [None, [], {}, {"id": "a", "name": "b"}, {"id": 1, "name": "b", "role": "planner"}, {"id": "a", "name": " ", "role": "planner"},
     {"id": "a", "name": "b", "role": "mayor"}, {"id": "a", "name": "b" * 81, "role": "planner"}],
)  # fmt: skip
def test_who_does_not_say_who_edits_is_refused(stated: object) -> None:
    with pytest.raises(ActorError):
        Actor.from_json(stated)


def test_nobody_verifies_himself() -> None:
    stated = {"id": "a", "name": "b", "role": "leader", "verified": True}
    assert Actor.from_json(stated) == Actor("a", "b", "leader", verified=False)


def test_a_change_reads_back_as_it_was_written_and_its_inverse_takes_it_back() -> None:
    change = Change({1: (2, 3), 4: (None, 2), 5: (2, None)}, {6: 7})
    assert Change.from_json(json.loads(json.dumps(change.as_json()))) == change
    assert not change.then(change.inverse())


def colours(desk: Desk) -> dict[str, int]:
    with desk.database.session() as session:
        query = "SELECT name, colour FROM plan_unit WHERE plan_id = :p AND level = 'cell'"
        return {row[0]: row[1] for row in session.execute(text(query), {"p": desk.plan(session).id})}


def colour(desk: Desk, given: dict[str, int]) -> None:
    with desk.database.session() as session:
        for name, number in given.items():
            query = "UPDATE plan_unit SET colour = :c WHERE plan_id = :p AND name = :n"
            session.execute(text(query), {"p": desk.plan(session).id, "n": name, "c": number})


def test_units_have_the_colours_back_that_they_had(desk: Desk) -> None:
    # 西北 and 东南 meet in a point only; merged with 西南, 西北 lies along 东南 and is coloured anew.
    given = {"西北网格": 7, "东南网格": 7, "西南网格": 5, "东北网格": 4}
    colour(desk, given)
    start = desk.do("lock", units=["东南网格"]).revision
    desk.do("merge", units=["西北网格", "西南网格"], into="西北网格")
    assert colours(desk)["西北网格"] != 7
    desk.do("undo")
    assert colours(desk) == given
    desk.do("redo")
    desk.do("revert", revision=start)
    assert colours(desk) == given
    desk.require_sound()


def test_a_colour_that_a_neighbour_has_meanwhile_stays_with_it(desk: Desk) -> None:
    colour(desk, {"西北网格": 7, "东南网格": 4, "西南网格": 5, "东北网格": 3})
    desk.do("merge", units=["西北网格", "西南网格"], into="西南网格")
    colour(desk, {"东北网格": 7})
    desk.do("undo")
    now = colours(desk)
    assert (now["西南网格"], now["东北网格"]) == (5, 7)
    assert now["西北网格"] not in {5, 7}
    desk.require_sound()
