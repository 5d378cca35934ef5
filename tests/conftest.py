"""Fixtures every test may use."""

from __future__ import annotations

import os
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import psycopg
import pytest

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
    """Makes databases from templates in a cluster."""

    def __init__(self, url: str) -> None:
        self.server, _ = url.rsplit("/", 1)
        self._serial = count()

    def make(self, template: str = "template1", name: str | None = None) -> str:
        name = name or f"test_{next(self._serial)}"
        with self._admin() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            admin.execute(f"ALTER DATABASE {name} SET search_path = public, extensions")
        return f"{self.server}/{name}"

    def drop(self, url: str) -> None:
        with self._admin() as admin:
            admin.execute(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")

    def _admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(f"{self.server}/postgres".replace("+psycopg", ""), autocommit=True)


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
    url = databases.make(empty_template)
    opened = Database(url)
    yield opened
    opened.close()
    databases.drop(url)


@pytest.fixture(scope="session")
def demo() -> Demo:
    """The synthetic demo district, made once."""
    return make_demo()


@pytest.fixture(scope="session")
def demo_url(databases: Databases, empty_template: str, demo: Demo) -> str:
    """The address of a database that holds the demo district; to be read, not changed."""
    url = databases.make(empty_template, "demo_district")
    database = Database(url)
    with database.session() as session:
        store_demo(session, demo, lambda _share, _doing: None)
    database.close()
    return url


@pytest.fixture(scope="session")
def demo_database(demo_url: str) -> Iterator[Database]:
    """The open database of the demo district; to be read, not changed."""
    database = Database(demo_url)
    yield database
    database.close()


def pytest_configure() -> None:
    """Take the balancing engine as the launcher compiled it: one cache for workers and what they start."""
    keep_compiled_code()


SHARED = {
    "demo": "demo", "laid_again": "demo", "editing_server": "editing", "scheduler": "city", "alone": "city",
    "made_once": "up", "dying": "kill",
}  # fmt: skip
"""Fixtures that take long to make, and the group of tests that is kept on one worker for each."""


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share a costly fixture on one worker, so that it is made once."""
    for item in items:
        wanted = SHARED.keys() & set(getattr(item, "fixturenames", ()))
        if wanted:
            item.add_marker(pytest.mark.xdist_group(SHARED[min(wanted)]))
