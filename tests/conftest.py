"""Fixtures every test may use."""

from __future__ import annotations

import os
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import psycopg
import pytest
from sqlalchemy import make_url

from api.cli.testing import find_browser
from api.demo import store_demo
from api.opening import keep_compiled_code
from api.schema import migrate
from boundaries.demo import Demo, make_demo
from boundaries.storage.cluster import prepare_database, private_cluster
from boundaries.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

hypothesis.settings.register_profile("wangge", deadline=None, print_blob=True)
hypothesis.settings.load_profile("wangge")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; absent folders skip with the reason, except in CI where nothing is skipped."""
    folder = Path(os.environ.get("WANGGE_SHARED_DATA", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        message = f"real data not found: {folder} (set WANGGE_SHARED_DATA)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a private PostGIS cluster, one for each worker."""
    with tempfile.TemporaryDirectory(prefix="wangge-cluster-") as folder:
        Path(folder).chmod(0o755)
        with private_cluster(Path(folder), lambda _: None, durable=False) as url:
            yield url


class Databases:
    """Makes databases from templates in a cluster, and lends empty ones that are used again."""

    def __init__(self, url: str) -> None:
        self._server = make_url(url)
        self._serial = count()
        self._empty: list[str] = []
        self._shape: list[Any] | None = None

    def address(self, name: str) -> str:
        """Return the address of a database of the cluster."""
        return self._server.set(database=name).render_as_string(hide_password=False)

    def make(self, template: str = "template1", name: str | None = None) -> str:
        name = name or f"test_{next(self._serial)}"
        with _connected(self.address("postgres")) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            admin.execute(f"ALTER DATABASE {name} SET search_path = public, extensions")
        return self.address(name)

    def lend(self, template: str) -> str:
        """Return a database with nothing but the schema: one that was given back, or a new one."""
        if self._shape is None:
            with _connected(self.address(template)) as made:
                self._shape = shape(made)
        return self._empty.pop() if self._empty else self.make(template)

    def give_back(self, url: str) -> None:
        """Take a database back: emptied where its schema is still the template's, else dropped."""
        with _connected(url) as used:
            if ended_all_others(used) and shape(used) == self._shape:
                empty(used)
                self._empty.append(url)
                return
        with _connected(self.address("postgres")) as admin:
            admin.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    @staticmethod
    def empty(url: str) -> None:
        """Empty a database of which programs hold connections."""
        with _connected(url) as used:
            empty(used)


def _connected(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def ended_all_others(database: psycopg.Connection[Any]) -> bool:
    """End every other connection to a database, such as those of programs that were killed; not if more come."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(1000):
        if not database.execute(f"SELECT pg_terminate_backend(pid) {others}").fetchall():
            return True
        time.sleep(0.01)
    return False


def shape(database: psycopg.Connection[Any]) -> list[Any]:
    """Return whatever makes up the schema of a database, in any order it can be compared in."""
    return database.execute(SHAPE).fetchall()


SHAPE = """
SELECT 'column', attrelid::regclass::text, attname::text, format('%s %s %s %s', atttypid, atttypmod, attnotnull,
  pg_get_expr(adbin, adrelid)) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', tablename::text, indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname::text, format('%s %s', tgfoid, tgenabled)
  FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', pronamespace::regnamespace::text, proname::text, md5(prosrc)
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'schema', nspname::text, '', '' FROM pg_namespace WHERE nspname !~ '^pg_'
UNION ALL SELECT 'setting', '', '', setconfig::text FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase
  WHERE datname = current_database()
UNION ALL SELECT 'revision', '', version_num::text, '' FROM alembic_version
ORDER BY 1, 2, 3, 4
"""


def empty(database: psycopg.Connection[Any]) -> None:
    """Delete all rows and start all sequences anew; TRUNCATE takes ten times as long, for it makes all files anew."""
    names = database.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    filled = " UNION ALL ".join(
        f"""SELECT '{name}' WHERE EXISTS (SELECT 1 FROM public."{name}")""" for (name,) in names
    )
    tables = [f'public."{name}"' for (name,) in database.execute(filled)]
    database.execute("SET session_replication_role = replica")  # in any order: foreign keys are not asked
    for table in tables:
        database.execute(f"DELETE FROM {table}")
    database.execute("SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence")
    if tables:
        database.execute(f"VACUUM {', '.join(tables)}")


@pytest.fixture(scope="session")
def databases(cluster_url: str) -> Databases:
    return Databases(cluster_url)


@pytest.fixture(scope="session")
def empty_template(databases: Databases) -> str:
    """The name of a database with the schema and nothing in it."""
    url = databases.make(name="empty_template")
    prepare_database(url)
    database = Database(url)
    migrate(database.engine)
    database.close()
    return "empty_template"


@pytest.fixture
def database(databases: Databases, empty_template: str) -> Iterator[Database]:
    """An open database with the schema and nothing in it, for one test."""
    url = databases.lend(empty_template)
    opened = Database(url)
    yield opened
    opened.close()
    databases.give_back(url)


@pytest.fixture(scope="session")
def made_demo() -> tuple[Demo, list[tuple[float, str]]]:
    """The synthetic demo district, made once, and what making it told of its progress."""
    told: list[tuple[float, str]] = []
    return make_demo(lambda share, doing: told.append((share, doing))), told


@pytest.fixture(scope="session")
def demo(made_demo: tuple[Demo, list[tuple[float, str]]]) -> Demo:
    """The synthetic demo district."""
    return made_demo[0]


@pytest.fixture(scope="session")
def demo_url(databases: Databases, empty_template: str, demo: Demo) -> str:
    """The address of a database that holds the demo district; to be read, not changed."""
    url = databases.make(empty_template, "demo_district")
    database = Database(url)
    with database.session() as session:
        store_demo(session, demo, lambda _share, _doing: None)
    database.close()
    with _connected(url) as stored:
        stored.execute("ANALYZE")  # as `load_demo` does
    return url


@pytest.fixture(scope="session")
def demo_database(demo_url: str) -> Iterator[Database]:
    """The open database of the demo district; to be read, not changed."""
    database = Database(demo_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start Debian's Chromium, quiet: it asks no one for updates or hints."""
    quiet = ["no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"]
    args = ["--no-sandbox", "--disable-quic", *(f"--{one}" for one in quiet)]
    return {**browser_type_launch_args, "executable_path": find_browser(), "args": args}


def pytest_configure() -> None:
    """Take the balancing engine as the launcher compiled it: one cache for workers and what they start."""
    keep_compiled_code()


SHARED = {
    "made_demo": "demo", "editing_server": "editing", "scheduler": "city", "alone": "city",
    "made_once": "up", "dying": "kill", "kept_together": "together", "plans_server": "plans",
}  # fmt: skip
"""Fixtures that take long to make, and the group of tests that is kept on one worker for each."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep tests that share a costly fixture on one worker, so that it is made once."""
    if not config.getoption("loadgroup", False):
        return
    for item in items:
        wanted = SHARED.keys() & set(getattr(item, "fixturenames", ()))
        if wanted:
            # What xdist's own marker does for a name that pytest 9 no longer reads.
            item._id = type(item._id).parse(f"{item.nodeid}@{SHARED[min(wanted)]}")
