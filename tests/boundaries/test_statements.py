"""Statements on the driver's connection: prepared once, kept over a rollback, answered in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from boundaries.storage.statements import Statements

if TYPE_CHECKING:
    from boundaries.storage.database import Database

QUERY = "SELECT id FROM unnest(CAST(:ids AS bigint[])) AS u (id) WHERE id % 2 = 0 AND id > :least ORDER BY id"


def prepared(session: Session) -> int:
    rows = session.execute(text("SELECT statement FROM pg_prepared_statements")).scalars()
    return sum("unnest" in row for row in rows)


@pytest.mark.parametrize("ids", [[], [1], [2, 40_000, 5_000_000_000], [None, 4]])
def test_a_statement_is_prepared_once_whatever_it_is_asked(database: Database, ids: list[Any]) -> None:
    with database.session() as session:
        statements = Statements.of(session)
        for least in (0, 100_000, 10_000_000_000):
            rows = statements.send(QUERY, {"ids": ids, "least": least}).rows()
            assert rows == [
                (one,) for one in sorted(one for one in ids if one) if one % 2 == 0 and one > least
            ]
        assert prepared(session) == 1


def test_prepared_statements_are_kept_when_a_transaction_is_rolled_back(database: Database) -> None:
    with Session(database.engine) as session:
        with session.begin_nested() as savepoint:
            Statements.of(session).send(QUERY, {"ids": [2], "least": 0})
            savepoint.rollback()
        assert prepared(session) == 1
        session.rollback()
        assert prepared(session) == 1


def test_statements_sent_together_are_done_in_order_and_answered_when_asked(database: Database) -> None:
    with database.session() as session:
        statements = Statements.of(session)
        with statements.together():
            statements.send("CREATE TEMPORARY TABLE t (id bigint) ON COMMIT DROP", {})
            statements.send("INSERT INTO t SELECT unnest(CAST(:ids AS bigint[]))", {"ids": [1, 2, 3]})
            before = statements.send("SELECT count(*) FROM t", {})
            statements.send("DELETE FROM t WHERE id = :id", {"id": 2})
            after = statements.send("SELECT count(*) FROM t", {})
            assert after.rows() == [(2,)]
            assert before.rows() == [(3,)]
        assert session.scalar(text("SELECT count(*) FROM t")) == 2


@pytest.mark.parametrize("after", [0, 1, 2])
def test_what_is_sent_after_the_end_is_done_too(database: Database, after: int) -> None:
    with database.session() as session:
        statements = Statements.of(session)
        with statements.together():
            statements.send("CREATE TEMPORARY TABLE t (id bigint) ON COMMIT DROP", {})
            statements.end()
            for number in range(after):
                statements.send("INSERT INTO t VALUES (:id)", {"id": number})
                statements.end()
            counted = statements.send("SELECT count(*) FROM t", {})
            statements.end()
            assert counted.rows() == [(after,)]
        assert session.scalar(text("SELECT count(*) FROM t")) == after


def test_what_is_sent_alone_has_no_end_to_ask_for(database: Database) -> None:
    with database.session() as session:
        statements = Statements.of(session)
        sent = statements.send("SELECT 1", {})
        statements.end()
        assert sent.rows() == statements.send("SELECT 1", {}).rows() == [(1,)]


def test_a_statement_refused_before_the_end_is_told_and_the_connection_is_of_use_after(
    database: Database,
) -> None:
    def insert_and_end(statements: Statements) -> None:
        with statements.together():
            statements.send("INSERT INTO nowhere VALUES (1)", {})
            statements.end()

    with Session(database.engine) as session:
        with pytest.raises(DBAPIError):
            insert_and_end(Statements.of(session))
        session.rollback()
        assert Statements.of(session).send("SELECT 1", {}).rows() == [(1,)]


def insert_nowhere(database: Database, *queries: str) -> None:
    """Insert a unit into a district that is not there, then ask other things; all of it together."""
    with database.session() as session:
        statements = Statements.of(session)
        with statements.together():
            statements.send(
                "INSERT INTO unit (district_id, level) VALUES (:district, 'cell')", {"district": 7}
            )
            for query in queries:
                statements.send(query, {}).rows()


@pytest.mark.parametrize("queries", [[], ["SELECT 1"]])
def test_a_refused_statement_is_told_of_whoever_waits_first(database: Database, queries: list[str]) -> None:
    with pytest.raises(DBAPIError) as caught:
        insert_nowhere(database, *queries)
    assert isinstance(caught.value.orig, psycopg.errors.ForeignKeyViolation)
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM unit")) == 0


def test_text_with_colons_casts_and_percent_signs_is_left_alone(database: Database) -> None:
    with database.session() as session:
        rows = (
            Statements.of(session)
            .send("SELECT '50%'::text || :word, to_char(time '12:30', 'HH24:MI')", {"word": "x"})
            .rows()
        )
    assert rows == [("50%x", "12:30")]


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(database: Database) -> None:
    with database.session() as session:
        ended = session.scalar(text("SELECT pg_backend_pid()"))
    url = database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as other:
        assert other.execute("SELECT pg_terminate_backend(%s, 10000)", [ended]).fetchone() == (True,)
    with database.session() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != ended


def test_what_was_prepared_is_known_to_the_next_session_of_the_connection(database: Database) -> None:
    for _ in range(3):
        with database.session() as session:
            assert Statements.of(session).send(QUERY, {"ids": [1, 2], "least": 0}).rows() == [(2,)]
            assert prepared(session) == 1


def test_a_statement_that_could_not_be_prepared_is_prepared_later(database: Database) -> None:
    query = "SELECT count(*) FROM later"
    with pytest.raises(DBAPIError), database.session() as session:
        Statements.of(session).send(query, {})
    with database.session() as session:
        session.execute(text("CREATE TEMPORARY TABLE later (id bigint) ON COMMIT DROP"))
        assert Statements.of(session).send(query, {}).rows() == [(0,)]


def test_a_transaction_is_begun_where_there_is_none(database: Database) -> None:
    with Session(database.engine) as session:
        Statements.of(session).send("CREATE TABLE undone (id bigint)", {})
        session.rollback()
        assert session.scalar(text("SELECT to_regclass('undone')")) is None


def test_a_large_statement_and_many_answers_fit_through(database: Database) -> None:
    numbers = list(range(300_000))
    with database.session() as session, (statements := Statements.of(session)).together():
        query = "SELECT * FROM unnest(CAST(:ids AS bigint[])) AS u (id)"
        sent = [statements.send(query, {"ids": numbers}) for _ in range(4)]
        assert all([row[0] for row in one.rows()] == numbers for one in sent)


@pytest.mark.parametrize(
    "texts",
    [["", "NULL", "null"], ['a"b', "c\\d", "{e,f}", "g\nh\ti ", "网格"], ["one", None, "'"], [""], []],
)
def test_texts_come_back_as_they_went(database: Database, texts: list[Any]) -> None:
    with database.session() as session:
        sent = Statements.of(session).send("SELECT * FROM unnest(CAST(:texts AS text[]))", {"texts": texts})
        assert [row[0] for row in sent.rows()] == texts


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": [1, 2.5, None, True, 1e-7, 2**60]},
        {'"': "\\ 网格\n", "b": {"c": []}},
        [{"d": 0.1 + 0.2}, {}],
    ],
)
def test_json_comes_back_as_it_went(database: Database, value: Any) -> None:
    with database.session() as session:
        sent = Statements.of(session).send("SELECT CAST(:value AS jsonb)", {"value": value})
        assert sent.rows() == [(value,)]


@pytest.mark.parametrize("value", [{"area": float("nan")}, [{"area": float("inf")}]])
def test_json_of_what_is_no_number_is_refused(database: Database, value: Any) -> None:
    with database.session() as session, pytest.raises(DBAPIError):
        Statements.of(session).send("SELECT CAST(:value AS jsonb)", {"value": value})


@pytest.mark.parametrize("value", ["x\0y", ["x\0y"]])
def test_text_that_would_be_cut_short_is_refused_and_nothing_is_sent(database: Database, value: Any) -> None:
    with database.session() as session:
        with pytest.raises(DBAPIError):
            Statements.of(session).send("SELECT :word", {"word": value})
        assert session.scalar(text("SELECT 1")) == 1
