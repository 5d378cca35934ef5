"""Workers share out the tests, but not those that share what takes long to make."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def kept_together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers have in common."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kept-together"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.parametrize("turn", range(4))
def test_tests_of_one_costly_fixture_run_on_one_worker(kept_together: Path, turn: int) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    (kept_together / worker).touch()
    assert [path.name for path in kept_together.iterdir()] == [worker]
