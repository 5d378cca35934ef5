"""The house stands: imports only point down, settings are documented, help is what it says."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import PROJECT

FLOORS = {"geo": 0, "boundaries": 1, "maps": 2, "api": 3}
DATABASE_OR_WEB = {
    "sqlalchemy",
    "geoalchemy2",
    "psycopg",
    "alembic",
    "fastapi",
    "starlette",
    "uvicorn",
    "folium",
}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide their floor"
            names.add((node.module or "").split(".")[0])
    return names


def modules(folder: str) -> list[Path]:
    return sorted((PROJECT / folder).rglob("*.py"))


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_only_point_down(floor: str) -> None:
    for path in modules(floor):
        above = {name for name in imported(path) if FLOORS.get(name, -1) > FLOORS[floor]}
        assert not above, f"{path.relative_to(PROJECT)} imports {above} from above"


@pytest.mark.parametrize("folder", ["geo", "boundaries/balancing", "boundaries/demo"])
def test_geometry_balancing_and_demo_know_no_database_and_no_web(folder: str) -> None:
    assert modules(folder)
    for path in modules(folder):
        assert not imported(path) & DATABASE_OR_WEB, path


def test_the_server_starts_without_what_only_searches_and_files_need() -> None:
    heavy = "'numba', 'distributed', 'scipy', 'openpyxl', 'pandas', 'geopandas', 'pyogrio'"
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, api.http.app; print({{{heavy}}} & set(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    assert loaded.stdout == "set()\n"


@pytest.mark.parametrize("floor", FLOORS)
def test_no_module_passes_400_lines_by_much(floor: str) -> None:
    long = {
        str(path.relative_to(PROJECT)): lines
        for path in modules(floor)
        if "migrations" not in path.parts and "node_modules" not in path.parts
        and (lines := len(path.read_text().splitlines())) > 450
    }  # fmt: skip
    assert not long


def test_every_setting_is_documented_in_both_readmes() -> None:
    from api.settings import Settings

    for readme in ("README.md", "README.zh-CN.md"):
        text = (PROJECT / readme).read_text()
        missing = [name for name in Settings.model_fields if f"WANGGE_{name.upper()}" not in text]
        assert not missing, f"{readme} lacks {missing}"


def test_the_launchers_quick_help_is_the_real_help() -> None:
    environment = {**os.environ, "COLUMNS": "100"}
    real = subprocess.run(
        [sys.executable, "-m", "api", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=PROJECT,
    )
    assert real.stdout.replace("python -m api", "wangge") == (PROJECT / "api/cli/help.txt").read_text()


def test_quick_help_needs_no_environment(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "WANGGE_ENV": str(tmp_path / "none")}
    started = time.monotonic()
    told = subprocess.run(
        [PROJECT / "wangge", "--help"], capture_output=True, text=True, check=True, env=environment
    )
    assert "up " in told.stdout
    assert not (tmp_path / "none").exists()
    assert time.monotonic() - started < 30  # a hang would be noticed; the 0.5 s are measured in the docs


def test_lock_files_name_no_host_and_pin_every_package() -> None:
    for lock in PROJECT.glob("requirements*.lock"):
        lines = [line for line in lock.read_text().splitlines() if line and not line.startswith((" ", "#"))]
        assert lines
        assert all("==" in line for line in lines), lock
        assert "://" not in lock.read_text()
    assert "resolved" not in (PROJECT / "maps/web/package-lock.json").read_text()
