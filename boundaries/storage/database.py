"""An open database: its engine, its sessions, and rows in bulk."""

from __future__ import annotations

import select
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
import shapely
from psycopg import sql
from pydantic_core import from_json
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

from boundaries.storage.statements import keep_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray


class Database:
    """A database with wangge's tables in it."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(
            url,
            pool_size=10,
            max_overflow=10,
            connect_args={"options": "-c jit=off"},
            json_deserializer=from_json,
        )
        event.listen(self.engine, "connect", keep_statements)
        event.listen(self.engine, "checkout", _require_open)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session whose work is committed at the end, or rolled back whole on any error."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _require_open(connection: psycopg.Connection[Any], *_: object) -> None:
    """Let the pool replace a connection that the server has ended meanwhile; it said so, nobody need ask."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    try:
        while waiting.poll(0):
            connection.pgconn.consume_input()
    except psycopg.OperationalError as error:
        raise DisconnectionError(str(error)) from error


def reserve_ids(session: Session, table: str, count: int) -> NDArray[np.int64]:
    """Take ``count`` fresh ids of a table, ascending."""
    rows = session.execute(
        text("SELECT nextval(pg_get_serial_sequence(:t, 'id')) FROM generate_series(1, :n)"),
        {"t": table, "n": count},
    )
    return np.sort(np.fromiter(rows.scalars(), dtype=np.int64, count=count))


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write many rows at once with COPY, inside the session's transaction."""
    session.flush()
    connection = session.connection().connection.driver_connection
    assert connection is not None  # noqa: S101  -- a pooled connection that is checked out has its driver's
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def ewkb(geometries: Any, srid: int) -> list[str]:
    """Return hexadecimal EWKB of (n,) geometries, as COPY takes it."""
    shapes = shapely.set_srid(np.asarray(geometries, dtype=object), srid)
    # GEOS takes three times as long to write hexadecimal digits itself.
    return [shape.hex() for shape in shapely.to_wkb(shapes, include_srid=True)]


def geometries_of(values: Iterable[Any]) -> NDArray[np.object_]:
    """Return (n,) shapely geometries from what ``ST_AsBinary`` gave."""
    shapes: NDArray[np.object_] = shapely.from_wkb([bytes(value) for value in values])
    return shapes
