"""``./wangge test``: installs what the tests need and runs all of them; a part that cannot run says so loudly."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from api.cli.work import say
from api.errors import ToolMissingError
from api.opening import keep_compiled_code
from api.page import built_page, install_packages, run_node
from api.settings import PROJECT
from boundaries.errors import ArgumentError
from boundaries.storage.debian import install, may_install
from boundaries.storage.postgis import ensure_programs

SHELL = "chromium-headless-shell"
"""Chromium without the windows nobody sees: a test's page takes a quarter of the processor's time of theirs."""
BROWSERS = (SHELL, "chromium", "chromium-browser", "google-chrome")
FONT = "fonts-noto-cjk"
BESIDE = 3
"""So many quick parts run at once, one more than cores are counted on: each waits for the network at times."""


@dataclass(frozen=True)
class Part:
    """One part of the tests; ``run`` tells how it went. What it is made ready by is done beside the quick parts."""

    name: str
    run: Callable[[], Ran]
    make_ready: Callable[[], Ran] | None = None

    @property
    def is_quick(self) -> bool:
        """Whether it is run beside others, its output kept until it is done."""
        return self.make_ready is None


@dataclass(frozen=True)
class Ran:
    """How something went: whether it passed, what it printed unless that was shown at once, and how long it took."""

    passed: bool
    output: str = ""
    seconds: float = 0.0


def run_tests(wanted: list[str]) -> int:
    """Run the parts that were asked for, or all; return the exit code."""
    unknown = [name for name in wanted if name not in {part.name for part in PARTS}]
    if unknown:
        raise ArgumentError(
            f'there is no part "{unknown[0]}"; parts are {", ".join(part.name for part in PARTS)}.'
        )
    keep_compiled_code()
    parts = [part for part in PARTS if not wanted or part.name in wanted]
    outcome: dict[str, bool] = {}
    say(f"=== {', '.join(part.name if part.is_quick else f'what {part.name} needs' for part in parts)}")
    with ThreadPoolExecutor(BESIDE) as pool:
        running = {part.name: pool.submit(_timed, part.make_ready or part.run) for part in parts}
        for part in parts:
            ran = running[part.name].result()
            if part.is_quick or not ran.passed:
                outcome[part.name] = _told(part.name, ran)
    for part in parts:
        if part.name not in outcome:
            say(f"=== {part.name}")
            outcome[part.name] = _told(part.name, _timed(part.run))
    failed = [part.name for part in parts if not outcome[part.name]]
    if failed:
        say(f"FAILED: {', '.join(failed)}")
    print(f"{len(outcome) - len(failed)} passed, {len(failed)} failed", flush=True)  # noqa: T201
    return 1 if failed else 0


def _timed(run: Callable[[], Ran]) -> Ran:
    started = time.monotonic()
    try:
        ran = run()
    except Exception as error:  # noqa: BLE001  -- the other parts still run, and this one counts as failed
        ran = Ran(False, f"COULD NOT RUN: {error}\n")
    return replace(ran, seconds=time.monotonic() - started)


def _told(name: str, ran: Ran) -> bool:
    print(ran.output, end="", flush=True)  # noqa: T201
    say(f"=== {name} {'passed' if ran.passed else 'FAILED'} in {ran.seconds:.0f} s")
    return ran.passed


def _python(*arguments: str) -> Ran:
    """Run a module and keep what it prints."""
    ran = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=PROJECT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return Ran(ran.returncode == 0, ran.stdout)


def _lint() -> Ran:
    checked = _python("ruff", "check", "--quiet", ".")
    formatted = _python("ruff", "format", "--check", "--quiet", ".")
    return Ran(checked.passed and formatted.passed, checked.output + formatted.output)


def _types() -> Ran:
    return _python("mypy")


def _page() -> Ran:
    install_packages()
    output = run_node("npm", "run", "typecheck", "--silent")
    output += run_node("npm", "test", "--silent", "--", "--minWorkers=1", "--maxWorkers=1")
    built_page(say)
    return Ran(True, output)


def _make_pytest_ready() -> Ran:
    """Install what the Python tests need and compile the balancing engine once for all workers."""
    ensure_programs(say)
    ensure_browser()
    return _python("api", "compile")


def _pytest() -> Ran:
    """All Python tests, those in the browser too, on as many workers as there are cores, two at most."""
    built_page(say)
    workers = str(min(os.cpu_count() or 1, 2))
    command = ["pytest", "-q", "-n", workers, "--dist", "loadgroup", "--durations", "12"]
    # The tests start some hundred interpreters, each of which would compile the project's modules anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ran = subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, env=environment, check=False)
    return Ran(ran.returncode == 0)


def ensure_browser() -> str:
    """Return the browser's path; on Debian as root it is installed when missing, with a Chinese font.

    Where there is another Chromium, and Debian's shell of it is not to be had, that one is taken.

    Raises
    ------
    ToolMissingError
        With the command to type.
    """
    if shutil.which(SHELL) is None and may_install():
        say(f"installing {SHELL} ...")
        install(SHELL)
    wanted = {
        "chromium": find_browser() is not None,
        f"fontconfig {FONT}": _has_chinese_font(),
        "libatomic1": _has_library("libatomic.so.1"),  # Playwright's own Node needs it
    }
    packages = [name for names, there in wanted.items() if not there for name in names.split()]
    if packages:
        _install(packages)
    path = find_browser()
    if path is None:
        raise ToolMissingError(f"no browser was found after {' and '.join(packages)} had been installed.")
    return path


def _install(packages: list[str]) -> None:
    command = f"apt-get install {' '.join(packages)}"
    if not may_install():
        raise ToolMissingError(f"the browser tests need {' and '.join(packages)}. Type: sudo {command}")
    say(f"installing {' '.join(packages)} ...")
    failed = install(*packages)
    if failed is not None:
        raise ToolMissingError(f"{' and '.join(packages)} could not be installed ({failed}). Type: {command}")


def find_browser() -> str | None:
    """Return the path of the browser that the tests drive, the lightest there is."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


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


PARTS = [
    Part("types", _types),
    Part("page", _page),
    Part("lint", _lint),
    Part("python", _pytest, make_ready=_make_pytest_ready),
]
"""The longest of the quick ones first. ``page`` needs only Node, ``python`` needs PostGIS and Chromium."""
