"""Statements run on the driver's connection in a session's transaction: prepared once, several in one round trip.

An edit runs dozens of small statements, and most of what they would cost is not the work they do: reading and planning
them anew, waiting for each answer before the next one is sent, and what a cursor does around each. So they are sent
through the driver's own libpq, whose results the driver still reads.
"""

from __future__ import annotations

import re
from collections import deque
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg._preparing import PrepareManager
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch, send
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from pydantic_core import to_json
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from psycopg.pq.abc import PGresult
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

_PARAMETER = re.compile(r"(?<![:\w]):([a-z]\w*)")
_BIGINT, _BOOLEAN, _UNKNOWN = 20, 16, 0
_DONE = {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}


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


Key = tuple[str, tuple[int, ...]]
"""A query and the types of its parameters."""


class Sent:
    """A statement on its way; `rows` waits for its answer."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self.result: PGresult | None = None

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows it gave.

        Raises
        ------
        sqlalchemy.exc.DBAPIError
            When the database refused this statement, or one sent before it that nobody waited for.
        """
        return self._statements.rows_of(self)


class Statements:
    """Runs statements on a connection, in the transaction a session is in."""

    def __init__(self, connection: Connection) -> None:
        self.driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        self._connection = connection
        self._libpq = self.driver.pgconn
        self._values = Transformer(self.driver)
        self._names: dict[Key, bytes] = {}
        self._numbers = count()
        self._awaited: deque[Sent | Key | None] = deque()  # None: the end, as far as it was sent
        self._refused: psycopg.Error | None = None
        self._is_open = self._is_ended = False
        self._telling = _Telling(self._told)

    @classmethod
    def of(cls, session: Session) -> Statements:
        """Return the one of the connection a session has; it stays with it, for what was prepared does."""
        connection = session.connection()
        found = connection.info.get(cls)
        if found is None:
            found = connection.info[cls] = cls(connection)
        found._connection = connection
        return cast("Statements", found)

    def send(self, query: str, values: Mapping[str, Any]) -> Sent:
        """Run a statement; inside of `together` without waiting for what it gives.

        Parameters
        ----------
        query
            With parameters as ``:name``; casts say what lists are of.
        values
            Whole numbers go as bigint and lists of numbers as array literals: the types of a statement are then
            always the same, and it is prepared once. Dictionaries, and lists of them, go as JSON.
        """
        if not self._is_open:
            with self.together():
                return self.send(query, values)
        text, names = _driver_form(query)
        with self._telling:
            given = [self._driver_value(values[name]) for name in names]
            types = tuple(kind for _, kind in given)
            self._libpq.send_query_prepared(
                self._name(query, text, types), [value for value, _ in given], None, Format.BINARY
            )
            # The answer then comes as soon as it is there, whatever is sent after it.
            self._libpq.send_flush_request()
        sent, self._is_ended = Sent(self), False
        self._awaited.append(sent)
        return sent

    def end(self) -> None:
        """End what was sent `together`; where nothing more is sent, leaving that need not ask for its end and wait."""
        if self._is_open:
            self._end_sent()

    def _end_sent(self) -> None:
        with self._telling:
            self._libpq.pipeline_sync()
        self._awaited.append(None)
        self._is_ended = True

    def flush(self) -> None:
        """Let the database begin with what was sent; for where much is computed before an answer is asked for."""
        with self._telling:
            if self._libpq.flush():
                self.driver.wait(send(self._libpq))

    def _name(self, query: str, text: bytes, types: tuple[int, ...]) -> bytes:
        """Return the name a statement is prepared under, as it is now or was before."""
        name = self._names.get((query, types))
        if name is None:
            name = self._names[query, types] = b"wangge_%d" % next(self._numbers)
            self._libpq.send_prepare(name, text, types)
            self._awaited.append((query, types))
        return name

    def _driver_value(self, value: Any) -> tuple[bytes | None, int]:
        """Return a value as text, and the type it goes as."""
        if value is None:
            return None, _UNKNOWN
        if isinstance(value, bool):
            return b"t" if value else b"f", _BOOLEAN
        if isinstance(value, int):
            return b"%d" % value, _BIGINT
        if isinstance(value, list | dict) and (literal := _literal(value)) is not None:
            return literal, _UNKNOWN
        dumper = self._values.get_dumper(value, PyFormat.TEXT)
        return cast("bytes", dumper.dump(value)), dumper.oid

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send statements without waiting for each, until rows are asked for or the end.

        Nothing but this class may use the session's connection meanwhile.
        """
        with self._telling:
            self._libpq.enter_pipeline_mode()
        self._is_open, self._is_ended, self._refused = True, False, None
        try:
            with self._telling:
                if self._libpq.transaction_status == TransactionStatus.IDLE:
                    self._libpq.send_query_params(b"BEGIN", None)
                    self._awaited.append(Sent(self))
            yield
        finally:
            self._is_open = False
            with self._telling:
                self._end()
        with self._telling:
            self._require_none_refused()

    def _require_none_refused(self) -> None:
        if self._refused is not None:
            raise self._refused

    def _end(self) -> None:
        """Take all answers that nobody waited for, and leave pipeline mode."""
        if self._libpq.status == ConnStatus.BAD:
            return
        if not self._is_ended:
            self._end_sent()
        self.driver.wait(send(self._libpq))
        while self._awaited:
            self._take()
        self._libpq.exit_pipeline_mode()

    def _take(self) -> None:
        """Take the next answer."""
        asked = self._awaited.popleft()
        result = cast("PGresult", self._next())
        if asked is None:
            return
        while (further := self._next()) is not None:
            result = further
        if isinstance(asked, Sent):
            asked.result = result
        if result.status in _DONE:
            return
        if not isinstance(asked, Sent):
            del self._names[asked]
        if self._refused is None:
            self._refused = error_from_result(result, self._values.encoding)

    def _next(self) -> PGresult | None:
        """Return the next result as soon as it is there; None at the end of a statement's."""
        return self.driver.wait(fetch(self._libpq)) if self._libpq.is_busy() else self._libpq.get_result()

    def rows_of(self, sent: Sent) -> list[tuple[Any, ...]]:
        """Return the rows a statement gave; as `Sent.rows`."""
        with self._telling:
            if sent.result is None:
                self.flush()
            while sent.result is None:
                self._take()
            if sent.result.status not in _DONE:
                raise self._refused or psycopg.OperationalError("the statement was not run")
            self._values.set_pgresult(sent.result, set_loaders=True, format=Format.BINARY)
            return self._values.load_rows(0, sent.result.ntuples, tuple)

    def _told(self, error: psycopg.Error) -> BaseException:
        """Return what the driver raised as the session would tell it."""
        if self.driver.closed:
            self._connection.invalidate(error)
        dialect = self._connection.dialect
        return DBAPIError.instance(None, None, error, psycopg.Error, dialect=dialect)


class _Telling:
    """Tells what the driver raises as the session would; a context that costs next to nothing."""

    def __init__(self, tell: Callable[[psycopg.Error], BaseException]) -> None:
        self._tell = tell

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, psycopg.Error):
            raise self._tell(error) from error


def _literal(value: list[Any] | dict[str, Any]) -> bytes | None:
    """Return a list as the literal of an array, dictionaries as JSON; None for what only the driver can write."""
    kind = dict if isinstance(value, dict) else type(next((one for one in value if one is not None), 0))
    if kind is dict:
        # What is no number stays what it is, for the database to refuse.
        return to_json(value, inf_nan_mode="constants")
    if kind in {int, float}:
        return f"{{{','.join(map(repr, value)).replace('None', 'NULL')}}}".encode()
    if kind is str and None not in value and "\x00" not in (whole := '","'.join(map(_escaped, value))):
        return f'{{"{whole}"}}'.encode()
    return None


def _escaped(text: str) -> str:
    """Return a text as it stands between quotes in the literal of an array."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


@lru_cache(maxsize=256)
def _driver_form(query: str) -> tuple[bytes, list[str]]:
    """Return a query with parameters as libpq takes them, and their names in that order."""
    names: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return _PARAMETER.sub(numbered, query).encode(), names
