"""``./wangge bench NAME``: measures this engine and its peers side by side in one run."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

from api.cli.work import say
from api.errors import ToolMissingError
from api.settings import PROJECT
from boundaries.errors import ArgumentError

BENCHES = PROJECT / "tests" / "bench"
LOCK = PROJECT / "requirements-bench.lock"
PEERS = ("gerrychain", "spopt")
WITH_PEERS = ("balancing",)
"""Benches that run peers; the others measure this platform alone."""


def run_bench(name: str, arguments: list[str]) -> int:
    """Run one bench, installing the peers as locked when they are missing; return its exit code.

    Raises
    ------
    ArgumentError
        When there is no such bench.
    ToolMissingError
        When the peers cannot be installed.
    """
    known = sorted(path.stem for path in BENCHES.glob("*.py") if not path.stem.startswith("_"))
    if name not in known:
        raise ArgumentError(
            f'there is no bench "{name}"; benches are {", ".join(known) or "none in this installation"}.'
        )
    if name in WITH_PEERS and any(importlib.util.find_spec(peer) is None for peer in PEERS):
        say(f"installing the peers {', '.join(PEERS)} ...")
        pip = [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
        if subprocess.run(pip, capture_output=True, check=False).returncode != 0:
            raise ToolMissingError(
                f"the peers could not be installed. Check the network, then type: ./wangge bench {name}"
            )
    command = [sys.executable, str(BENCHES / f"{name}.py"), *arguments]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode
