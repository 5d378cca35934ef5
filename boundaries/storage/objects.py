"""Objects of a session whose rows plain statements read: a query of the ORM takes several times as long."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

from sqlalchemy import inspect
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.storage.statements import Sent

_Row = TypeVar("_Row", bound=DeclarativeBase)

GEOMETRY = "geom"
"""Columns of this name are not read; who asks for one of the object reads it then."""


@cache
def _columns(kind: type[DeclarativeBase]) -> tuple[str, ...]:
    return tuple(column.key for column in inspect(kind).column_attrs if column.key != GEOMETRY)


@cache
def select_of(kind: type[DeclarativeBase]) -> str:
    """Return the statement that reads rows of a table for `as_read`, without its conditions."""
    return " ".join(["SELECT", ", ".join(_columns(kind)), "FROM", kind.__tablename__])


def unread(session: Session, kind: type[_Row], key: int) -> _Row:
    """Return the session's object of a row by its id; one the session does not know is read once it is asked about."""
    mapper = inspect(kind)
    known = cast("_Row | None", session.identity_map.get(mapper.identity_key_from_primary_key((key,))))
    if known is None:
        known = kind(**{str(mapper.primary_key[0].key): key})
        make_transient_to_detached(known)
        session.add(known)
    return known


def as_read(session: Session, kind: type[_Row], asked: Sent) -> _Row | None:
    """Wait for a row with an id and return the session's object of it, as it was read; None without a row.

    What the session has changed must have been flushed before it was asked.
    """
    rows = asked.rows()
    if not rows:
        return None
    row = dict(zip(_columns(kind), rows[0], strict=True))
    known = unread(session, kind, row[str(inspect(kind).primary_key[0].key)])
    for name, value in row.items():
        if name not in known.__dict__ or known.__dict__[name] != value:
            set_committed_value(known, name, value)
    return known
