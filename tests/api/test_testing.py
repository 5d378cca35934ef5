"""What ``./wangge test`` finds and installs before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.cli import testing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that holds all programs; fonts and libraries are there, and apt gets nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(testing, "_has_chinese_font", lambda: True)
    monkeypatch.setattr(testing, "_has_library", lambda _: True)
    monkeypatch.setattr(testing, "may_install", lambda: True)
    monkeypatch.setattr(testing, "install", lambda *_: "no such package")
    return tmp_path


def program(folder: Path, name: str) -> str:
    path = folder / name
    path.touch(mode=0o755)
    return str(path)


def test_the_shell_is_taken_before_a_browser_with_windows(machine: Path) -> None:
    program(machine, "chromium")
    shell = program(machine, "chromium-headless-shell")
    assert testing.ensure_browser() == shell


def test_the_shell_is_installed_where_it_may_be(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine, "chromium")

    def install(*names: str) -> None:
        for name in names:
            program(machine, name)

    monkeypatch.setattr(testing, "install", install)
    assert testing.ensure_browser() == str(machine / "chromium-headless-shell")


@pytest.mark.parametrize("may", [True, False])
def test_another_chromium_is_taken_where_the_shell_is_not_to_be_had(
    machine: Path, monkeypatch: pytest.MonkeyPatch, may: bool
) -> None:
    monkeypatch.setattr(testing, "may_install", lambda: may)
    chromium = program(machine, "chromium")
    assert testing.ensure_browser() == chromium


@pytest.mark.parametrize(
    ("may", "words"), [(True, "no such package"), (False, "sudo apt-get install chromium")]
)
def test_no_browser_at_all_is_told_with_what_to_type(
    machine: Path, monkeypatch: pytest.MonkeyPatch, may: bool, words: str
) -> None:
    monkeypatch.setattr(testing, "may_install", lambda: may)
    with pytest.raises(testing.ToolMissingError, match=words):
        testing.ensure_browser()
