"""Every workbook runs from top to bottom on the demo district."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.storage.database import Database

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_workbook_runs(path: Path, demo_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_DATABASE_URL", demo_database.engine.url.render_as_string(hide_password=False))
    names: dict[str, Any] = {}
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        assert not cell.get("outputs"), "workbooks are kept without their results"
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert len(names["ordinary"]) == 265
    assert names["answer"].unmet == []
