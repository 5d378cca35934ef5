"""Editing a plan from the command line, line by line or all together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database
    from tests.api.conftest import Run


def lines(path: Path, *edits: tuple[str, dict[str, Any]]) -> Path:
    path.write_text(
        "\n\n".join(
            json.dumps({"operation": name, "arguments": given}, ensure_ascii=False) for name, given in edits
        )
    )
    return path


PAINT = ("assign", {"unit": "西北网格", "blocks": ["b11", "b10"]})
NEW = ("create", {"level": "cell", "blocks": ["b33"], "name": "角上网格"})
WRONG = ("assign", {"unit": "320812001001001", "blocks": ["b33"]})


def revision(database: Database) -> int:
    with database.session() as session:
        return session.scalar(text("SELECT revision FROM plan")) or 0


def test_each_line_is_an_edit_and_undo_is_one_too(
    run: Run, square: StoredPlan, database: Database, tmp_path: Path
) -> None:
    code, out, _ = run("edit", "first", lines(tmp_path / "a.jsonl", PAINT, NEW, ("undo", {})))
    assert code == 0
    assert out.splitlines()[0] == "revision 1: assign: 2 blocks; from 西南网格; to 西北网格; 4 rules broken"
    assert "revision 2: create: 1 block; from 东北网格; to 角上网格; made 角上网格" in out.splitlines()[1]
    assert out.splitlines()[2].startswith("revision 3: undo: ")
    assert run("check", "first")[:2] == (0, "every invariant holds\n")
    with database.session() as session:
        actors = set(session.execute(text("SELECT actor ->> 'id' FROM edit")).scalars())
    assert all(actor.startswith("cli:") for actor in actors)


def test_a_refused_line_is_named_and_those_before_it_stay(
    run: Run, square: StoredPlan, database: Database, tmp_path: Path
) -> None:
    code, _, told = run("edit", "first", lines(tmp_path / "a.jsonl", PAINT, WRONG, NEW))
    assert (code, revision(database)) == (46, 1)
    assert 'line 3: "西南网格" would fall into 2 pieces' in told


def test_together_all_is_done_or_nothing(
    run: Run, square: StoredPlan, database: Database, tmp_path: Path
) -> None:
    assert run("edit", "first", lines(tmp_path / "a.jsonl", PAINT, WRONG), "--together")[0] == 46
    assert revision(database) == 0
    code, out, _ = run("edit", "first", lines(tmp_path / "b.jsonl", PAINT, NEW), "--together")
    assert (code, revision(database)) == (0, 1)
    assert out.startswith("revision 1: group: 3 blocks")


def test_what_is_no_edit_is_refused_with_its_line(run: Run, square: StoredPlan, tmp_path: Path) -> None:
    for content, named in [
        ("", "holds no edit"),
        ("{", "line 1 is no JSON"),
        ("\n[]", "line 2 is no object"),
        ('{"operation": "paint", "arguments": {}}', 'line 1: there is no operation "paint"'),
        ('{"operation": "assign", "arguments": {"unit": 3}}', 'line 1: assign needs the argument "blocks"'),
        ('{"operation": "undo", "arguments": []}', "line 1: the arguments of undo are an object"),
    ]:
        path = tmp_path / "bad.jsonl"
        path.write_text(content)
        code, _, told = run("edit", "first", path)
        assert (code, named in told) == (16, True), told
    unknown = lines(tmp_path / "c.jsonl", ("move", {"unit": "无名网格", "parent": "西门社区"}))
    code, _, told = run("edit", "first", unknown)
    assert code == 56
    assert 'no unit with the code or name "无名网格"' in told
