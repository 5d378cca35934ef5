"""Finding PostgreSQL programs that have PostGIS, or installing them where that is allowed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from boundaries.errors import StorageError
from boundaries.storage.debian import install, may_install

if TYPE_CHECKING:
    from collections.abc import Callable

DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
DEBIAN_SHARE = Path("/usr/share/postgresql")
SERVER_USER = "postgres"


@dataclass(frozen=True)
class Programs:
    """A folder with ``initdb``, ``pg_ctl`` and ``postgres``, of a version that has PostGIS."""

    folder: Path

    def command(self, name: str, *arguments: str | Path) -> list[str]:
        """Return a command line; as root it runs as the user ``postgres``, which the server insists on."""
        line = [str(self.folder / name), *map(str, arguments)]
        if os.geteuid() != 0:
            return line
        return [
            "setpriv",
            f"--reuid={SERVER_USER}",
            f"--regid={SERVER_USER}",
            "--clear-groups",
            "--reset-env",
            *line,
        ]


def find_programs() -> Programs | None:
    """Return the newest PostgreSQL programs that have PostGIS beside them, or None."""
    for folder in sorted(DEBIAN_PROGRAMS.glob("*/bin"), key=_version, reverse=True):
        extension = DEBIAN_SHARE / folder.parent.name / "extension" / "postgis.control"
        if extension.exists() and (folder / "initdb").exists():
            return Programs(folder)
    config = shutil.which("pg_config")
    if config is None:
        return None
    told = subprocess.run([config, "--bindir", "--sharedir"], capture_output=True, text=True, check=False)
    lines = told.stdout.splitlines()
    if told.returncode == 0 and len(lines) == 2 and (Path(lines[1]) / "extension/postgis.control").exists():
        return Programs(Path(lines[0]))
    return None


def _version(folder: Path) -> int:
    match = re.match(r"\d+", folder.parent.name)
    return int(match.group()) if match else 0


def ensure_programs(say: Callable[[str], None]) -> Programs:
    """Return PostgreSQL programs with PostGIS; on Debian or Ubuntu as root they are installed when missing.

    Raises
    ------
    StorageError
        With the one command to type, when they are missing and may not be installed.
    """
    found = find_programs()
    if found is not None:
        return found
    package = _package()
    if not may_install():
        command = (
            f"sudo apt-get install {package}"
            if shutil.which("apt-get")
            else "install PostgreSQL with PostGIS"
        )
        raise StorageError(
            f"PostGIS is not installed. Type: {command} — or set WANGGE_DATABASE_URL to a PostgreSQL database "
            "that has it. Nothing was changed."
        )
    say(f"installing {package} ...")
    failed = install(package)
    if failed is not None:
        raise StorageError(
            f"apt-get could not install {package}: {failed} Check the network, then type: "
            f"apt-get update && apt-get install {package}"
        )
    found = find_programs()
    if found is None:
        raise StorageError(
            f"{package} was installed, but no PostgreSQL with PostGIS was found in {DEBIAN_PROGRAMS}. "
            f"Type: apt-get install --reinstall {package}"
        )
    return found


def _package() -> str:
    installed = sorted(DEBIAN_PROGRAMS.glob("*/bin"), key=_version, reverse=True)
    return f"postgresql-{_version(installed[0])}-postgis-3" if installed else "postgresql-postgis"
