"""Installing Debian packages, where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess


def may_install() -> bool:
    """Whether this is root on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> str | None:
    """Install packages; return None, or in apt's own words why it failed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        # The list of packages is often missing or old on a fresh machine.
        subprocess.run(["apt-get", "update", "-q"], env=environment, capture_output=True, check=False)
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode == 0:
        return None
    return next(
        (line.strip() for line in reversed(ran.stderr.splitlines()) if line.strip()), "no reason given"
    )
