"""Edits sent on an older revision: applied on top where they touch other places, else refused with both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boundaries.errors import StaleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boundaries.redraw.edits import Edit
    from boundaries.redraw.logged import Logged
    from boundaries.redraw.state import State


def touching(
    rows: Sequence[Logged], keys: set[str], units: set[int], come_or_gone: set[int], members: set[int]
) -> list[Logged]:
    """Return the edits that touch the same blocks or units as another one.

    Painting into one unit from two sides is no conflict; a unit that one side makes, changes or removes is one if the
    other side makes, changes, removes, or fills or empties it.
    """
    found = []
    for row in rows:
        theirs = {unit for unit, before, after in row.inverse["units"] if before is None or after is None}
        same = keys & set(row.keys) or units & set(row.rows)
        if same or come_or_gone & set(row.members) or theirs & members:
            found.append(row)
    return found


def named_in(state: State, edit: Edit) -> tuple[set[str], set[int]]:
    """Return the keys of blocks and the units that an edit names."""
    blocks: set[int] = set()
    units: set[int] = set()
    for part in edit.parts():
        given = part.arguments
        blocks.update(given.get("blocks", ()))
        units.update(given.get("units", ()))
        units.update(given[name] for name in ("unit", "into", "parent") if name in given)
    if not blocks:
        return set(), units
    rows = state.rows("SELECT key FROM block WHERE id = ANY(:ids)", ids=list(blocks))
    return {row[0] for row in rows}, units


def stale(state: State, edit: Edit, revision: int, theirs: Sequence[Logged]) -> StaleError:
    """Return the refusal with both sides."""
    who = ", ".join(dict.fromkeys((row.actor or {}).get("name", "somebody") for row in theirs))
    return StaleError(
        f'"{state.plan.name}" was changed at the same place since revision {revision}, by {who}. Take theirs, do '
        "yours again on top, or keep yours as a plan of its own.",
        mine=edit.as_json(),
        theirs=[row.as_json() | {"lines": lines_of(row)} for row in theirs],
        revision=state.plan.revision,
    )


def lines_of(row: Logged) -> list[list[list[float]]]:
    """Return the lines that an edit of the log was drawn with, in the district's planar CRS; a group has several."""
    parts = [row.arguments, *(part["arguments"] for part in row.arguments.get("edits", ()))]
    return [part["line"] for part in parts if "line" in part]
