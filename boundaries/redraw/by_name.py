"""Edits written by hand: units by code or name and blocks by key, where the edit itself takes ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from boundaries.errors import UnknownBlockError, UnknownUnitError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan

_ONE_UNIT = ("unit", "into", "parent")


def with_ids(session: Session, plan: Plan, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an edit with ids in place of codes, names and keys; numbers are ids already.

    Raises
    ------
    UnknownUnitError, UnknownBlockError
        Naming what the plan does not have, or what several units are called.
    """
    found = dict(arguments)
    for name in _ONE_UNIT:
        if isinstance(found.get(name), str):
            found[name] = _unit(session, plan, found[name])
    if isinstance(found.get("units"), list):
        found["units"] = [
            _unit(session, plan, one) if isinstance(one, str) else one for one in found["units"]
        ]
    if isinstance(found.get("blocks"), list):
        found["blocks"] = [
            _block(session, plan, one) if isinstance(one, str) else one for one in found["blocks"]
        ]
    if isinstance(found.get("edits"), list):
        found["edits"] = [
            {**part, "arguments": with_ids(session, plan, part["arguments"])}
            if isinstance(part, dict) and isinstance(part.get("arguments"), dict)
            else part
            for part in found["edits"]
        ]
    return found


def _unit(session: Session, plan: Plan, word: str) -> int:
    query = text(
        "SELECT unit_id, level, code FROM plan_unit WHERE plan_id = :p AND (code = :w OR name = :w) ORDER BY unit_id"
    )
    rows = session.execute(query, {"p": plan.id, "w": word}).all()
    if not rows:
        raise UnknownUnitError(f'"{plan.name}" has no unit with the code or name "{word}".')
    if len(rows) > 1:
        listed = ", ".join(f"{row.level} {row.code or row.unit_id}" for row in rows)
        raise UnknownUnitError(f'"{plan.name}" has several units called "{word}": {listed}. Give the code.')
    return int(rows[0].unit_id)


def _block(session: Session, plan: Plan, key: str) -> int:
    query = text(
        "SELECT b.id FROM block b JOIN assignment a ON a.block_id = b.id AND a.plan_id = :p "
        "WHERE b.district_id = :d AND b.key = :k"
    )
    found = session.scalar(query, {"p": plan.id, "d": plan.district_id, "k": key})
    if found is None:
        raise UnknownBlockError(f'"{plan.name}" has no block "{key}"; it may have been cut.')
    return int(found)
