"""Remarks on a plan, pinned to a place: made in review, replied to, resolved."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from boundaries.errors import ArgumentError, NotFoundError
from boundaries.planning.life import announce
from boundaries.sentences import Said
from boundaries.storage.plan_tables import Comment, Plan, PlanUnit
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.redraw import Actor

LONGEST_TEXT = 4000


def comments_of(session: Session, plan: Plan) -> list[dict[str, Any]]:
    """Return the remarks on a plan with their replies, oldest first, ready for JSON."""
    rows = session.execute(
        text(
            "SELECT id, parent_id, unit_id, text, author, created_at, resolved_at, resolved_by, ST_X(geom) AS x, "
            "ST_Y(geom) AS y FROM comment WHERE plan_id = :plan ORDER BY id"
        ),
        {"plan": plan.id},
    ).all()
    told: dict[int, dict[str, Any]] = {}
    for row in rows:
        said = {
            "id": row.id,
            "text": row.text,
            "author": row.author,
            "created_at": row.created_at.isoformat(),
        }
        if row.parent_id is not None:
            told[row.parent_id]["replies"].append(said)
            continue
        resolved = row.resolved_at.isoformat() if row.resolved_at else None
        told[row.id] = {
            **said,
            "at": [row.x, row.y],
            "unit": row.unit_id,
            "resolved_at": resolved,
            "resolved_by": row.resolved_by,
            "replies": [],
        }
    return list(told.values())


def pin(
    session: Session, plan: Plan, actor: Actor, at: tuple[float, float], words: str, unit: int | None = None
) -> Comment:
    """Pin a remark to a place of a plan.

    Raises
    ------
    ArgumentError
        When it says nothing.
    NotFoundError
        When the plan has no such unit.
    """
    if unit is not None and session.get(PlanUnit, (plan.id, unit)) is None:
        raise NotFoundError(
            Said("comment-unit", '"{plan}" has no unit {unit} to comment on.', plan=plan.name, unit=str(unit))
        )
    srid = session.get_one(District, plan.district_id).srid
    made = Comment(
        plan_id=plan.id,
        unit_id=unit,
        text=_words(words),
        author=actor.as_json(),
        geom=f"SRID={srid};POINT({at[0]!r} {at[1]!r})",
    )
    return _added(session, plan, made, actor)


def reply(session: Session, comment: int, actor: Actor, words: str) -> Comment:
    """Reply to a remark.

    Raises
    ------
    ArgumentError, NotFoundError
        When it says nothing, or there is no such remark.
    """
    first = find_comment(session, comment)
    made = Comment(
        plan_id=first.plan_id, parent_id=first.id, text=_words(words), author=actor.as_json(), geom=None
    )
    return _added(session, session.get_one(Plan, first.plan_id), made, actor)


def resolve(session: Session, comment: int, actor: Actor, *, resolved: bool) -> None:
    """Say that a remark is settled, or that it is open again; saying so twice changes nothing.

    Raises
    ------
    NotFoundError
        When there is no such remark.
    """
    found = find_comment(session, comment)
    if resolved != (found.resolved_at is not None):
        found.resolved_at = dt.datetime.now(dt.UTC) if resolved else None
        found.resolved_by = actor.as_json() if resolved else None
        session.flush()
        announce(session, session.get_one(Plan, found.plan_id), "comment", actor)


def find_comment(session: Session, comment: int) -> Comment:
    """Return the remark that begins a thread.

    Raises
    ------
    NotFoundError
        When there is none with this id.
    """
    query = select(Comment).where(Comment.id == comment, Comment.parent_id.is_(None))
    found = session.scalar(query)
    if found is None:
        raise NotFoundError(
            Said("comment-none", "there is no comment {id}; it may have gone with its plan.", id=str(comment))
        )
    return found


def _words(given: str) -> str:
    said = given.strip()
    if not 0 < len(said) <= LONGEST_TEXT:
        raise ArgumentError(Said("comment-text", "a comment has 1 to {most} characters.", most=LONGEST_TEXT))
    return said


def _added(session: Session, plan: Plan, made: Comment, actor: Actor) -> Comment:
    session.add(made)
    session.flush()
    announce(session, plan, "comment", actor)
    return made
