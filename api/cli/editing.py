"""The command that edits: one operation a line, each done whole or refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.cli.work import say
from api.opening import open_database
from boundaries import redraw
from boundaries.errors import ArgumentError, EditError
from boundaries.plans import find_district, find_plan
from boundaries.redraw.by_name import with_ids
from boundaries.sentences import counted

if TYPE_CHECKING:
    from api.settings import Settings
    from boundaries.storage.database import Database


def edit_plan(settings: Settings, plan: str, district: str | None, file: Path, *, together: bool) -> None:
    """Do the edits of a file of JSON lines; those before a line that is refused stay done.

    Parameters
    ----------
    file
        One ``{"operation": ..., "arguments": {...}}`` a line; "-" is standard input. Units may be given by code or
        name and blocks by key.
    together
        Do all of them as one edit, whole or not at all.

    Raises
    ------
    ArgumentError, EditError
        Naming the line.
    """
    asked = _read(file)
    if together:
        edits = [one for _, one in asked]
        asked = [(asked[0][0], {"operation": "group", "arguments": {"edits": edits}})]
    actor = redraw.Actor.of_machine()
    with open_database(settings, say) as database:
        with database.session() as session:
            number = find_plan(session, plan, find_district(session, district) if district else None).id
        for line, one in asked:
            where = "" if together else f"line {line}: "
            try:
                print(_do(database, number, actor, one))  # noqa: T201
            except EditError as error:
                raise type(error)(f"{where}{error}", **error.members) from None
            except ArgumentError as error:
                raise ArgumentError(f"{where}{error}") from None


def _read(file: Path) -> list[tuple[int, dict[str, Any]]]:
    """Return the edits of a file with their line numbers; blank lines are left out."""
    try:
        lines = (sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{file} cannot be read as text: {error}.") from None
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
        except json.JSONDecodeError as error:
            raise ArgumentError(f"line {number} is no JSON: {error.msg} at column {error.colno}.") from None
        if not isinstance(one, dict):
            raise ArgumentError(f'line {number} is no object with "operation" and "arguments".')
        found.append((number, one))
    if not found:
        raise ArgumentError(f"{file} holds no edit; write one JSON object a line.")
    return found


def _do(database: Database, number: int, actor: redraw.Actor, one: dict[str, Any]) -> str:
    with database.session() as session:
        plan = find_plan(session, number)
        arguments = one.get("arguments", {})
        if isinstance(arguments, dict):
            arguments = with_ids(session, plan, arguments)
        asked = redraw.Edit.of(one.get("operation"), arguments)
        done = redraw.edit(session, plan, asked, actor=actor, revision=plan.revision)
        return _told(done)


SIDES = ("from", "to", "made", "removed", "changed")
"""What a line of output names, in this order."""


def _told(done: redraw.Result) -> str:
    assert done.edit is not None  # noqa: S101  -- an edit that was done has a summary
    label = done.edit.label
    words = [counted(label["blocks"], "block", "blocks")] if label.get("blocks") else []
    words += [f"{side} {', '.join(label[side])}" for side in SIDES if side in label]
    words += [f"{was} is now {now}" for was, now in label.get("renamed", ())]
    found = (("broken", done.broken), ("mended", done.mended))
    rules = [f"{counted(len(findings), 'rule', 'rules')} {word}" for word, findings in found if findings]
    return f"revision {done.revision}: {done.edit.operation}: {'; '.join([*words, *rules])}"
