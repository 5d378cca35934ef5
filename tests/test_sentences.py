"""What the server says can be said in the page's languages: every sentence with a key stands in both files of messages."""

from __future__ import annotations

import ast
import copy
import json
import re
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from boundaries.sentences import Said, Word, told
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCES = [
    path for folder in ("boundaries", "maps", "api") for path in sorted((PROJECT / folder).rglob("*.py"))
]
SOURCES = [path for path in SOURCES if "node_modules" not in path.parts]

KEYED = (
    "boundaries/planning",
    "boundaries/check.py",
    "boundaries/check_rows.py",
    "boundaries/exchange",
    "boundaries/proposals.py",
    "boundaries/walks.py",
    "maps/blocks.py",
    "maps/figures.py",
    "maps/incidents.py",
    "maps/layers.py",
    "maps/sheets.py",
    "maps/units.py",
    "api/http",
)
"""Where a refusal is never a bare English sentence, because the page shows it."""


NAMES = (
    "EPSG", "UTF", "GB", "QGIS", "WKT", "GeoPackage", "GeoJSON", "GeoParquet", "shapefile", "CSV", "XLSX", "lon", "lat",
    "wkt", r"\.shp", r"\.shx", r"\.dbf", "--plan",
)  # fmt: skip
"""What is called the same in Chinese: formats, systems, columns, options."""


def said_in(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Said":
            key, template = node.args
            assert isinstance(key, ast.Constant), f"{path}:{node.lineno}: a key is written out"
            assert isinstance(template, ast.Constant), f"{path}:{node.lineno}: a template is written out"
            names = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
            whole = any(keyword.arg is None for keyword in node.keywords)
            assert whole or names == fields(template.value), f"{path}:{node.lineno}: {names}"
            yield key.value, template.value


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.fixture(scope="module")
def sentences() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in SOURCES:
        for key, template in said_in(path):
            assert found.setdefault(key, template) == template, f"{path}: {key} says two things"
    return found


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_sentence_with_a_key_is_in_the_pages_messages(language: str, sentences: dict[str, str]) -> None:
    file = PROJECT / f"maps/web/src/messages/{language}.json"
    messages = {
        key.removeprefix("said."): text
        for key, text in json.loads(file.read_text()).items()
        if key.startswith("said.")
    }
    assert sentences.keys() - messages.keys() == set(), "sentences the page does not know"
    assert messages.keys() - sentences.keys() == set(), "messages nobody sends"
    for key, template in sentences.items():
        assert set(re.findall(r"\{(\w+)\}", messages[key])) <= fields(template), key
        if language == "en":
            assert messages[key] == template
        else:
            assert not re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", template)) or re.search(
                r"[\u4e00-\u9fff]", messages[key]
            ), key
            own = re.sub(rf"\{{\w+\}}|{'|'.join(NAMES)}", "", messages[key])
            assert not re.search(r"[A-Za-z]{2}", own), key


@pytest.mark.parametrize("place", KEYED)
def test_a_refusal_the_page_shows_has_a_key(place: str) -> None:
    found = PROJECT / place
    for path in sorted(found.rglob("*.py")) if found.is_dir() else [found]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                assert not isinstance(node.exc.args[0], ast.JoinedStr | ast.Constant), f"{path}:{node.lineno}"


TOLD = {
    "append": ("notes", 0), "on_progress": ("request", 1), "progress": (None, 1), "RowProblem": (None, 1),
}  # fmt: skip
"""What an import tells: the call, what it is called on, and which argument is the sentence."""


def told_in(path: Path) -> Iterator[ast.expr]:
    """Every sentence that an importer notes, every reason for a row left out, and every word on progress."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        on, at = TOLD.get(name, ("", 0))
        holder = node.func.value if isinstance(node.func, ast.Attribute) else None
        held = getattr(holder, "attr", getattr(holder, "id", None))
        if name in TOLD and held == on:
            yield node.args[at]


def test_nothing_an_import_tells_is_a_bare_english_sentence() -> None:
    found = {
        path.name: list(told_in(path))
        for path in [*sorted((PROJECT / "boundaries/exchange").glob("*.py")), PROJECT / "maps/incidents.py"]
    }
    bare = [
        f"{name}:{one.lineno}"
        for name, some in found.items()
        for one in some
        if isinstance(one, ast.JoinedStr | ast.Constant)
    ]
    assert bare == []
    # That it looks where importers speak: these are known to.
    assert {name for name, some in found.items() if some} >= {
        "base_layers.py", "block_layer.py", "building_layer.py", "columns.py", "compound_layer.py", "district_layer.py",
        "fitting.py", "hierarchy.py", "importing.py", "incidents.py", "placing.py", "reading.py", "service_layer.py",
        "tabular.py", "unit_layer.py", "values.py",
    }  # fmt: skip


def test_a_sentence_reads_as_english_and_carries_what_it_is_made_of() -> None:
    unit = Said("unit", '{level} "{name}" ({code})', level="cell", name="东门", code="7")
    said = Said("x", "{unit} has {count} of {names}", unit=unit, count=1234, names=["a", "b"])
    assert said == 'cell "东门" (7) has 1,234 of a, b'
    assert said.as_json()["values"]["unit"] == {
        "text": 'cell "东门" (7)',
        "key": "unit",
        "values": {"level": "cell", "name": "东门", "code": "7"},
    }
    several = Said("y", "{rows}", rows=[Said("row", "row {row}", row="1"), "and others"])
    assert several == "row 1, and others"
    assert several.as_json()["values"]["rows"][0]["values"] == {"row": "1"}
    assert told("no key") == {"text": "no key"}
    assert json.loads(json.dumps(copy.deepcopy(said))) == str(said)
    assert copy.deepcopy(said).values == said.values


def test_a_word_is_of_one_or_of_several() -> None:
    def said(count: int) -> str:
        return str(Said("x", "{count} {count:unit breaks|units break} a rule", count=count))

    assert [said(count) for count in (0, 1, 2)] == [
        "0 units break a rule", "1 unit breaks a rule", "2 units break a rule",
    ]  # fmt: skip
    assert said(1001) == "1,001 units break a rule"


def test_a_word_the_page_has_reads_as_english_and_is_sent_as_its_key() -> None:
    said = copy.deepcopy(
        Said("x", "not followed: {refusal}", refusal=Word("line-too-close", "It is too close."))
    )
    assert said == "not followed: It is too close."
    assert json.loads(json.dumps(said.as_json()))["values"] == {"refusal": "line-too-close"}
