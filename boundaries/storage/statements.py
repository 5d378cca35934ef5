"""Statements run on the driver's connection in a session's transaction: prepared once, several in one round trip.

An edit runs dozens of small statements, and most of what they would cost is not the work they do: reading and planning
them anew, and waiting for each answer before the next one is sent.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg._preparing import PrepareManager
from psycopg.types.numeric import Int8
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

_PARAMETER = re.compile(r"(?<![:\w]):([a-z]\w*)")


class KeptStatements(PrepareManager):
    """Prepared statements of a connection that stay when a transaction is rolled back.

    The driver forgets all of them on every rollback, even one to a savepoint, in case that brought other tables back.
    Here tables change by migrations only, and a refused or previewed edit is rolled back all the time.
    """

    prepared_max = 400

    def clear(self) -> bool:
        """Forget nothing."""
        return False


def keep_statements(connection: psycopg.Connection[Any], _record: object) -> None:
    """Let a new connection keep its prepared statements."""
    connection._prepared = KeptStatements()  # noqa: SLF001  -- see there


class Sent:
    """A statement on its way; `rows` waits for its answer."""

    def __init__(self, statements: Statements, cursor: psycopg.Cursor[tuple[Any, ...]]) -> None:
        self._statements = statements
        self._cursor = cursor

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows it gave; ask once, and only of a statement that gives rows.

        Raises
        ------
        sqlalchemy.exc.DBAPIError
            When the database refused this statement, or one sent before it that nobody waited for.
        """
        with self._statements.telling():
            return self._cursor.fetchall()


class Statements:
    """Runs statements in the transaction a session is in."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection()
        self._driver = cast("psycopg.Connection[Any]", self._connection.connection.driver_connection)

    def send(self, query: str, values: Mapping[str, Any]) -> Sent:
        """Run a statement; inside of `together` without waiting for what it gives.

        Parameters
        ----------
        query
            With parameters as ``:name``; casts say what lists are of.
        values
            Whole numbers go as bigint and lists of numbers as array literals: the types of a statement are then
            always the same, and it is prepared once.
        """
        given = {name: _driver_value(value) for name, value in values.items()}
        with self.telling():
            return Sent(self, self._driver.execute(_driver_form(query), given, prepare=True, binary=True))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send statements without waiting for each, until rows are asked for or the end.

        Nothing but this class may use the session's connection meanwhile.
        """
        with self.telling(), self._driver.pipeline():
            yield

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Tell what the driver raises as the session would."""
        try:
            yield
        except psycopg.Error as error:
            if self._driver.closed:
                self._connection.invalidate(error)
            dialect = self._connection.dialect
            raise DBAPIError.instance(None, None, error, psycopg.Error, dialect=dialect) from error


@lru_cache(maxsize=256)
def _driver_form(query: str) -> bytes:
    """Return a query with parameters as the driver takes them."""
    return _PARAMETER.sub(r"%(\1)s", query.replace("%", "%%")).encode()


def _driver_value(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Int8(value)
    if isinstance(value, list) and type(next(filter(None, value), 0)) in {int, float}:
        return f"{{{','.join(map(repr, value)).replace('None', 'NULL')}}}"
    return value
