"""``./wangge test``: installs what the tests need and runs all of them; a part that cannot run says so loudly."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from api.cli.work import say
from api.errors import ToolMissingError
from api.page import built_page, install_packages, run_node
from api.settings import PROJECT
from boundaries.errors import ArgumentError
from boundaries.storage.debian import install, may_install
from boundaries.storage.postgis import ensure_programs

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FONT = "fonts-noto-cjk"


@dataclass(frozen=True)
class Part:
    """One part of the tests; ``run`` returns whether it passed."""

    name: str
    run: Callable[[], bool]


def run_tests(wanted: list[str]) -> int:
    """Run the parts that were asked for, or all; return the exit code."""
    unknown = [name for name in wanted if name not in {part.name for part in PARTS}]
    if unknown:
        raise ArgumentError(
            f'there is no part "{unknown[0]}"; parts are {", ".join(part.name for part in PARTS)}.'
        )
    outcome = []
    for part in PARTS:
        if wanted and part.name not in wanted:
            continue
        started = time.monotonic()
        say(f"=== {part.name}")
        passed = _run(part)
        outcome.append((part.name, passed))
        say(f"=== {part.name} {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s")
    failed = [name for name, passed in outcome if not passed]
    if failed:
        say(f"FAILED: {', '.join(failed)}")
    print(f"{len(outcome) - len(failed)} passed, {len(failed)} failed", flush=True)  # noqa: T201
    return 1 if failed else 0


def _run(part: Part) -> bool:
    try:
        return part.run()
    except Exception as error:  # noqa: BLE001  -- the other parts still run, and this one counts as failed
        say(f"{part.name} COULD NOT RUN: {error}")
        return False


def _call(*command: str) -> bool:
    return subprocess.run(command, cwd=PROJECT, check=False).returncode == 0


def _python(*arguments: str) -> bool:
    return _call(sys.executable, "-m", *arguments)


def _lint() -> bool:
    return _python("ruff", "check", "--quiet", ".") and _python("ruff", "format", "--check", "--quiet", ".")


def _types() -> bool:
    return _python("mypy")


def _page() -> bool:
    install_packages()
    print(run_node("npm", "run", "typecheck", "--silent"), end="")  # noqa: T201
    print(run_node("npm", "test", "--silent"), flush=True)  # noqa: T201
    return True


def _pytest() -> bool:
    """All Python tests, those in the browser too, on as many workers as there are cores, two at most."""
    ensure_programs(say)
    ensure_browser()
    built_page(say)
    workers = str(min(os.cpu_count() or 1, 2))
    return _python("pytest", "-q", "-n", workers, "--dist", "loadgroup", "--durations", "12")


def ensure_browser() -> str:
    """Return Chromium's path; on Debian as root it is installed when missing, with a Chinese font.

    Raises
    ------
    ToolMissingError
        With the command to type.
    """
    path = _chromium()
    wanted = {
        "chromium": path is not None,
        f"fontconfig {FONT}": _has_chinese_font(),
        "libatomic1": _has_library("libatomic.so.1"),  # Playwright's own Node needs it
    }
    packages = [name for names, there in wanted.items() if not there for name in names.split()]
    if path is not None and not packages:
        return path
    command = f"apt-get install {' '.join(packages)}"
    if not may_install():
        raise ToolMissingError(f"the browser tests need {' and '.join(packages)}. Type: sudo {command}")
    say(f"installing {' '.join(packages)} ...")
    failed = install(*packages)
    path = _chromium()
    if failed is not None or path is None:
        raise ToolMissingError(f"{' and '.join(packages)} could not be installed ({failed}). Type: {command}")
    return path


def _chromium() -> str | None:
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    told = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(told.stdout.strip())


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


PARTS = [Part("lint", _lint), Part("types", _types), Part("page", _page), Part("python", _pytest)]
"""Quick parts first. ``page`` needs only Node, ``python`` needs PostGIS and Chromium."""
