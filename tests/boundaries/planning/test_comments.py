"""Comments in review are pinned to places, replied to and resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from boundaries.errors import ArgumentError, NotFoundError
from boundaries.planning import comments
from boundaries.plans import find_plan
from boundaries.redraw import Actor
from tests.boundaries.planning.conftest import PLANNER

if TYPE_CHECKING:
    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

REVIEWER = Actor("r1", "赵审核", "reviewer")


def test_a_thread_is_told_with_its_place_replies_and_end(database: Database, square: StoredPlan) -> None:
    with database.session() as session:
        plan = find_plan(session, square.plan.id)
        first = comments.pin(session, plan, REVIEWER, (500_050.5, 3_700_050.25), " 这里为何改？ ", 4)
        second = comments.pin(session, plan, REVIEWER, (500_150.0, 3_700_050.0), "界线不清")
        comments.reply(session, first.id, PLANNER, "因为新修了路。")
        comments.resolve(session, second.id, PLANNER, resolved=True)
        told = comments.comments_of(session, plan)
        assert [one["text"] for one in told] == ["这里为何改？", "界线不清"]
        assert (told[0]["at"], told[0]["unit"], told[0]["author"]["name"]) == (
            [500_050.5, 3_700_050.25],
            4,
            "赵审核",
        )
        assert [(one["text"], one["author"]["name"]) for one in told[0]["replies"]] == [
            ("因为新修了路。", "王规划")
        ]
        assert told[0]["resolved_at"] is None
        assert told[1]["resolved_by"]["name"] == "王规划"
        comments.resolve(session, second.id, REVIEWER, resolved=False)
        assert comments.comments_of(session, plan)[1]["resolved_at"] is None


def test_comments_on_nothing_or_saying_nothing_are_refused(database: Database, square: StoredPlan) -> None:
    with database.session() as session:
        plan = find_plan(session, square.plan.id)
        with pytest.raises(NotFoundError, match="no unit 99"):
            comments.pin(session, plan, REVIEWER, (0.0, 0.0), "x", 99)
        with pytest.raises(ArgumentError, match="1 to 4,000"):
            comments.pin(session, plan, REVIEWER, (0.0, 0.0), "  ")
        with pytest.raises(NotFoundError, match="no comment 7"):
            comments.reply(session, 7, REVIEWER, "x")
        first = comments.pin(session, plan, REVIEWER, (0.0, 0.0), "x")
        answer = comments.reply(session, first.id, REVIEWER, "y")
        with pytest.raises(NotFoundError):
            comments.reply(session, answer.id, REVIEWER, "z")
