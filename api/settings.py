"""Settings, each from one environment variable."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from boundaries.storage.cluster import data_folder

PROJECT = Path(__file__).resolve().parent.parent


def default_data_folder() -> Path:
    """Return the folder for the database, caches and logs.

    In a checkout it lies beside the code; where the database server's user may not enter that, in /var/lib. An
    installed wangge uses the home folder.
    """
    if not (PROJECT / "pyproject.toml").exists():
        return Path.home() / ".local" / "share" / "wangge"
    tag = hashlib.sha256(str(PROJECT).encode()).hexdigest()[:8]
    return data_folder(PROJECT / ".wangge", Path(f"/var/lib/wangge-{tag}"))


class Settings(BaseSettings):
    """What can be set from outside; every field is documented in README.md."""

    model_config = SettingsConfigDict(env_prefix="WANGGE_")

    data: Path = Field(default_factory=default_data_folder)
    """Folder of the private cluster, caches and logs."""

    database_url: str | None = None
    """SQLAlchemy address of a PostGIS database; without it a private cluster is made in the data folder."""

    port: int = Field(default=8000, ge=0, le=65535)
    """Port of the page on 127.0.0.1; 0 takes a free one."""

    scheduler: str | None = None
    """Address of a `distributed` scheduler for searches of a whole city; without it, processes of this machine."""
