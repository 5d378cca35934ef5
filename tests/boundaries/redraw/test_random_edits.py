"""Random edits: everything holds after each, the log leads back and forth, and several writers never tear a plan."""

from __future__ import annotations

import os
import threading
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import text

from boundaries.errors import BoundaryError, NothingToDoError
from boundaries.redraw import Actor, Edit, changes_since, edit, units_at
from boundaries.redraw.logged import change_of, edits_after
from boundaries.redraw.replay import Replayed, read_replayed
from boundaries.storage.plan_tables import Plan
from tests.boundaries.redraw.conftest import ME, Desk, require_sound
from tests.boundaries.redraw.random_edits import Snapshot, random_edit

if TYPE_CHECKING:
    from boundaries.storage.database import Database

EDITS = int(os.environ.get("WANGGE_TEST_EDITS", "120"))
"""Edits of the four writers together; 10,000 by hand."""


def do_random(database: Database, plan: int, rng: np.random.Generator, actor: Actor = ME) -> str:
    """Do one random edit; return what became of it."""
    with database.session() as session:
        found = session.get_one(Plan, plan)
        asked, seen = random_edit(session, found, rng), found.revision
    try:
        with database.session() as session:
            edit(session, session.get_one(Plan, plan), asked, actor=actor, revision=seen)
    except BoundaryError as refusal:
        return type(refusal).__name__
    return asked.operation


def replayed(database: Database, plan: int) -> Replayed:
    with database.session() as session:
        return read_replayed(session, session.get_one(Plan, plan))


def tallies(database: Database, plan: int) -> dict[int, tuple[object, ...]]:
    with database.session() as session:
        rows = session.execute(
            text(
                "SELECT unit_id, blocks, buildings, tallies, border_um, clear_border_um, area_m2 FROM plan_unit "
                "WHERE plan_id = :p"
            ),
            {"p": plan},
        )
        return {row[0]: tuple(row[1:]) for row in rows}


def require_replay(database: Database, plan: int, start: Replayed) -> None:
    """Replay the log from the beginning and compare with the plan as it is."""
    with database.session() as session:
        rows = edits_after(session, plan, 0)
    for row in rows:
        assert list(start.apply(change_of(row))) == []
    now = replayed(database, plan)
    assert start.blocks == now.blocks
    assert start.units == now.units


@pytest.mark.parametrize(("drawn", "seed"), [("desk", 1), ("desk", 2), ("wide", 3)])
def test_everything_holds_after_each_of_many_random_edits(
    request: pytest.FixtureRequest, drawn: str, seed: int
) -> None:
    desk: Desk = request.getfixturevalue(drawn)
    rng = np.random.default_rng(seed)
    with desk.database.session() as session:
        plan = desk.plan(session).id
    start, first = replayed(desk.database, plan), tallies(desk.database, plan)
    done: Counter[str] = Counter()
    for _ in range(60):
        done[do_random(desk.database, plan, rng)] += 1
        desk.require_sound()
    assert done["assign"] >= 5, done
    assert done["cut"] + done["split"] + done["reshape"], done
    require_replay(desk.database, plan, replayed_at(desk.database, plan, 0))
    desk.do("revert", revision=0)
    assert replayed(desk.database, plan) == start
    assert tallies(desk.database, plan) == first


def replayed_at(database: Database, plan: int, revision: int) -> Replayed:
    state = replayed(database, plan)
    with database.session() as session:
        for row in reversed(edits_after(session, plan, revision)):
            assert list(state.apply(change_of(row).inverse())) == []
    return state


def test_undoing_everything_and_doing_it_again_leads_back_and_forth(desk: Desk) -> None:
    rng = np.random.default_rng(11)
    with desk.database.session() as session:
        plan = desk.plan(session).id
    seen = [(replayed(desk.database, plan), tallies(desk.database, plan))]
    for operation in ["assign", "create", "assign", "merge", "create", "update", "assign", "dissolve"] * 2:
        with desk.database.session() as session:
            asked = Snapshot(session, desk.plan(session), rng).edit(operation)
        try:
            desk.do(asked.operation, **asked.arguments)
        except BoundaryError:
            continue
        seen.append((replayed(desk.database, plan), tallies(desk.database, plan)))
    assert len(seen) > 6
    for expected in reversed(seen[:-1]):
        desk.do("undo")
        assert (replayed(desk.database, plan), tallies(desk.database, plan)) == expected
    for expected in seen[1:]:
        desk.do("redo")
        assert (replayed(desk.database, plan), tallies(desk.database, plan)) == expected
    desk.require_sound()


def test_the_plan_at_a_revision_is_the_plan_as_it_was(desk: Desk) -> None:
    rng = np.random.default_rng(5)
    with desk.database.session() as session:
        plan = desk.plan(session).id
    was = {0: (replayed(desk.database, plan), tallies(desk.database, plan))}
    for _ in range(25):
        do_random(desk.database, plan, rng)
        was[desk.revision()] = (replayed(desk.database, plan), tallies(desk.database, plan))
    for revision, (state, figures) in was.items():
        with desk.database.session() as session:
            then = units_at(session, desk.plan(session), revision)
        assert then.blocks.id.tolist() == sorted(state.blocks)
        for level in then.levels:
            assert level.unit_id is not None
            for k, unit in enumerate(level.unit_id.tolist()):
                assert level.name[k] == state.units[unit].name
                residents = then.figures[level.level].tallies["residents"][k]
                assert figures[unit][2]["residents"] == residents  # type: ignore[index]


def test_changes_since_a_revision_are_what_differs(desk: Desk) -> None:
    rng = np.random.default_rng(6)
    with desk.database.session() as session:
        plan = desk.plan(session).id
    was = {0: replayed(desk.database, plan)}
    for _ in range(20):
        do_random(desk.database, plan, rng)
        was[desk.revision()] = replayed(desk.database, plan)
    now = replayed(desk.database, plan)
    for revision, state in was.items():
        with desk.database.session() as session:
            told = changes_since(session, desk.plan(session), revision)
        assert told.revision == desk.revision()
        assert dict(told.assignment) == {b: u for b, u in now.blocks.items() if state.blocks.get(b) != u}
        assert set(told.removed_units) == set(state.units) - set(now.units)
        changed = {unit for unit, known in now.units.items() if state.units.get(unit) != known}
        assert changed <= set(told.units)


def test_four_writers_at_once_leave_a_sound_plan_and_every_acknowledged_edit_in_the_log(wide: Desk) -> None:
    with wide.database.session() as session:
        plan = wide.plan(session).id
    start = replayed(wide.database, plan)
    acknowledged: list[str] = []
    faults: list[BaseException] = []

    def write(number: int) -> None:
        rng, actor = np.random.default_rng([7, number]), Actor(f"writer {number}", f"第{number}位")
        for turn in range(EDITS // 4):
            request = f"{number}-{turn}"
            try:
                with wide.database.session() as session:
                    # What is chosen from is read by several statements; the others must not commit in between.
                    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                    found = session.get_one(Plan, plan)
                    asked, seen = random_edit(session, found, rng), found.revision
                with wide.database.session() as session:
                    found = session.get_one(Plan, plan)
                    edit(
                        session,
                        found,
                        asked,
                        actor=actor,
                        revision=seen,
                        request=request,
                    )
            except BoundaryError:
                continue
            except BaseException as fault:  # noqa: BLE001  -- told by the test, whatever it is
                faults.append(fault)
                return
            acknowledged.append(request)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    for fault in faults:
        raise fault
    with wide.database.session() as session:
        found = session.get_one(Plan, plan)
        logged = {row.request for row in edits_after(session, plan, 0)}
        assert set(acknowledged) == logged
        assert len(acknowledged) > EDITS // 8
        require_sound(session, found)
    require_replay(wide.database, plan, start)


def test_a_group_that_takes_itself_back_is_nothing_to_do(desk: Desk) -> None:
    units, blocks = desk.units(), desk.blocks()
    there = {"operation": "assign", "arguments": {"unit": units["西北网格"], "blocks": [blocks["b11"]]}}
    back = {"operation": "assign", "arguments": {"unit": units["西南网格"], "blocks": [blocks["b11"]]}}
    with desk.database.session() as session, pytest.raises(NothingToDoError):
        edit(session, desk.plan(session), Edit.of("group", {"edits": [there, back]}), actor=ME, revision=0)
