"""Each operation on a district of sixteen blocks, compared with everything computed anew."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import text

from boundaries.errors import (
    LastBlockError,
    NameTakenError,
    NotContiguousError,
    NothingToDoError,
    NothingToUndoError,
    WrongLevelError,
)
from tests.boundaries.conftest import ORIGIN
from tests.boundaries.redraw.conftest import OTHER, Desk


def test_a_painted_block_changes_its_two_cells_and_nothing_else(desk: Desk) -> None:
    done = desk.do("assign", unit="西北网格", blocks=["b11"])
    assert desk.names(done.units) == {"西北网格", "西南网格"}
    assert done.assignment == [(desk.blocks()["b11"], desk.units()["西北网格"])]
    assert (done.revision, done.edit and done.edit.label["from"]) == (1, ["西南网格"])
    desk.require_sound()


def test_a_block_that_changes_its_community_changes_both(desk: Desk) -> None:
    done = desk.do("assign", unit="东北网格", blocks=["b21"])
    assert desk.names(done.units) == {"西北网格", "东北网格", "西门社区", "东门社区"}
    desk.require_sound()


def test_a_new_cell_has_a_name_and_a_code_of_its_own(desk: Desk) -> None:
    done = desk.do("create", level="cell", parent=desk.units()["西门社区"], blocks=["b00", "b01"])
    assert desk.names(done.units) == {"西南网格", "西门社区第三网格"}
    assert desk.names(done.parents) == {"西门社区"}
    desk.require_sound()


def test_siblings_have_different_names_on_every_level_and_cousins_may_share_one(desk: Desk) -> None:
    units = desk.units()
    with pytest.raises(NameTakenError):
        desk.do("create", level="street", units=["东门社区"], name="城中街道")
    with pytest.raises(NameTakenError):
        desk.do("create", level="community", parent=units["城中街道"], units=["西北网格"], name="东门社区")
    desk.do("update", unit="东北网格", name="西北网格")
    with pytest.raises(NameTakenError):
        desk.do("move", unit=units["西北网格"], parent=units["东门社区"])
    desk.require_sound()


def english_names(desk: Desk) -> dict[str, str | None]:
    with desk.database.session() as session:
        rows = session.execute(
            text("SELECT name, name_en FROM plan_unit WHERE plan_id = :p"), {"p": desk.plan(session).id}
        )
        return {row[0]: row[1] for row in rows}


def test_a_new_cell_has_an_english_name_where_its_community_has_one(desk: Desk) -> None:
    desk.do("update", unit="西门社区", name_en="Ximen Community")
    desk.do("create", level="cell", parent=desk.units()["西门社区"], blocks=["b00", "b01"])
    line = (ORIGIN + np.array([[-10.0, 150.0], [210.0, 150.0]])).tolist()
    desk.do("split", unit="西南网格", line=line)
    desk.do("create", level="cell", parent=desk.units()["东门社区"], blocks=["b03"])
    desk.do("create", level="cell", parent=desk.units()["西门社区"], blocks=["b30"], name="堤上网格")
    names = english_names(desk)
    assert names["西门社区第三网格"] == "Ximen Community Cell 3"
    assert names["西门社区第四网格"] == "Ximen Community Cell 4"
    assert names["东门社区第三网格"] is None
    assert names["堤上网格"] is None


def test_the_log_knows_a_unit_that_is_gone_in_both_languages(desk: Desk) -> None:
    desk.do("create", level="cell", parent=desk.units()["西门社区"], blocks=["b00", "b01"], name="堤上网格")
    desk.do("update", unit="堤上网格", name_en="Dike Cell")
    done = desk.do("dissolve", unit="堤上网格")
    assert done.edit is not None
    assert done.edit.label["removed"] == ["堤上网格"]
    assert done.edit.label["english"] == {"堤上网格": "Dike Cell"}


def test_merged_moved_dissolved_and_new_units_leave_a_sound_plan(desk: Desk) -> None:
    desk.do("create", level="community", parent=desk.units()["城中街道"], units=["西北网格"], name="北门社区")
    desk.require_sound()
    desk.do("create", level="cell", blocks=["b30", "b31"], name="堤上网格")
    desk.require_sound()
    desk.do("merge", units=["北门社区", "西门社区"], into="西门社区")
    desk.require_sound()
    desk.do("dissolve", unit="堤上网格")
    desk.require_sound()
    desk.do("merge", units=["西北网格", "西南网格"], into="西南网格")
    desk.require_sound()
    assert sorted(desk.units()) == ["东北网格", "东南网格", "东门社区", "城中街道", "西南网格", "西门社区"]
    for _ in range(5):
        desk.do("undo")
        desk.require_sound()
    with pytest.raises(NothingToUndoError):
        desk.do("undo")
    for _ in range(5):
        desk.do("redo")
        desk.require_sound()
    desk.do("revert", revision=2)
    desk.require_sound()


@pytest.mark.parametrize(
    ("operation", "arguments", "error"),
    [
        ("assign", {"unit": "西门社区", "blocks": ["b00"]}, WrongLevelError),
        ("assign", {"unit": "西北网格", "blocks": ["b00", "b01", "b10", "b11"]}, LastBlockError),
        ("assign", {"unit": "东北网格", "blocks": ["b00"]}, NotContiguousError),
        ("assign", {"unit": "西南网格", "blocks": ["b00"]}, NothingToDoError),
        ("update", {"unit": "西南网格", "name": "西北网格"}, NameTakenError),
    ],
)
def test_what_must_not_be_is_refused_and_nothing_changes(
    desk: Desk, operation: str, arguments: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        desk.do(operation, **arguments)
    assert desk.revision() == 0
    desk.require_sound()


def test_an_edit_on_an_older_revision_is_done_on_top_where_places_differ(desk: Desk) -> None:
    desk.do("assign", OTHER, unit="东北网格", blocks=["b12"])
    done = desk.do("assign", unit="西北网格", blocks=["b10"], seen=0)
    assert [summary.revision for summary in done.rebased_over] == [1]
    desk.require_sound()
