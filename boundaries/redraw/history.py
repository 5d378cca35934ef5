"""Undo, redo and revert: edits that take others back, and which edits stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from boundaries.errors import (
    ArgumentError,
    NothingToDoError,
    NothingToRedoError,
    NothingToUndoError,
    StaleError,
    StandsOnError,
)
from boundaries.redraw.changes import Change, composed
from boundaries.redraw.logged import ask_log, edits_after, logged
from boundaries.redraw.restoring import restorable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boundaries.redraw.edits import Actor, Edit
    from boundaries.redraw.logged import Logged
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent

FINAL = ("bring-up-to-date", "codes")
"""Edits that are not taken back: the plan stands on another base after one, and is in force after the other."""

_DONE = f"AND standing AND undoes IS NULL AND operation NOT IN {('undo', 'redo', *FINAL)} "
_UNDOS = "AND standing AND operation = 'undo' "


@dataclass(frozen=True)
class TakenBack:
    """What takes an edit back.

    Attributes
    ----------
    undoes
        Revision of that edit; None for a revert.
    whole
        Whether units must be checked to stay in one piece: not where what was there before comes back as it was.
    colours
        What units were coloured before what is taken back.
    """

    change: Change
    undoes: int | None
    whole: bool
    colours: Mapping[int, int] = field(default_factory=dict)


def undo(state: State, edit: Edit, actor: Actor) -> TakenBack:
    """Take back the actor's last edit that stands, or the edit of a revision.

    Raises
    ------
    NothingToUndoError
        When there is none, or it does not stand.
    StandsOnError
        When a later edit touched the same blocks or units.
    """
    wanted = edit.arguments.get("revision")
    row = _found(_ask_last(state, _DONE, actor, wanted))
    if row is None:
        which = f"edit {wanted} does not stand" if wanted is not None else "no edit of yours stands"
        raise NothingToUndoError(f'{which} in "{state.plan.name}"; there is nothing to undo.')
    return _taken_back(state, row)


def redo(state: State, edit: Edit, actor: Actor) -> TakenBack:
    """Do again what the actor's last undo took back, unless the actor has edited since.

    Raises
    ------
    NothingToRedoError
        When there is none.
    StandsOnError
        When a later edit touched the same blocks or units.
    """
    wanted = edit.arguments.get("revision")
    asked = _ask_last(state, _UNDOS, actor, wanted)
    newer = _ask_last(state, _DONE, actor, None)
    row, last = _found(asked), _found(newer)
    edited_since = wanted is None and row is not None and last is not None and last.revision > row.revision
    if row is None or edited_since:
        raise NothingToRedoError(f'no undo of yours stands in "{state.plan.name}"; there is nothing to redo.')
    return _taken_back(state, row)


def revert(state: State, edit: Edit, revision: int) -> TakenBack:
    """Bring the plan back to a revision, as one edit.

    Raises
    ------
    StaleError
        When the plan was changed since the revision that was looked at.
    """
    if revision != state.plan.revision:
        raise StaleError(
            f'"{state.plan.name}" is at revision {state.plan.revision}, not {revision}. Look at it again before '
            "reverting."
        )
    to = edit.arguments["revision"]
    if to > revision:
        raise ArgumentError(f'"{state.plan.name}" is at revision {revision}; there is no revision {to} yet.')
    rows = edits_after(state.session, state.plan.id, to)
    for row in reversed(rows):
        if row.operation in FINAL:
            raise StandsOnError(
                f'"{state.plan.name}" was brought up to date at revision {row.revision}: it cannot go back further.',
                edit=row.as_json(),
            )
    whole = composed(Change.from_json(row.inverse) for row in reversed(rows))
    if not whole:
        raise NothingToDoError(f'"{state.plan.name}" is as it was at revision {to} already.')
    colours = {unit: colour for row in reversed(rows) for unit, colour in _colours(row).items()}
    return TakenBack(whole, None, whole=False, colours=colours)


def _ask_last(state: State, those: str, actor: Actor, revision: int | None) -> Sent:
    """Ask for the last of some edits that the actor did, or for that of a revision."""
    if revision is not None:
        return ask_log(state.session, state.plan.id, f"{those}AND revision = :revision", revision=revision)
    mine = f"{those}AND actor ->> 'id' = :actor ORDER BY revision DESC LIMIT 1"
    return ask_log(state.session, state.plan.id, mine, actor=actor.id)


def _found(asked: Sent) -> Logged | None:
    return next(iter(logged(asked)), None)


_LATER = "plan_id = :plan AND standing AND revision > :revision AND undoes IS NULL"
_AT_THE_SAME_PLACE = (
    f"SELECT revision, keys, rows, members FROM edit WHERE {_LATER} AND (keys && CAST(:keys AS text[]) "
    "OR rows && CAST(:rows AS bigint[]) OR rows && CAST(:members AS bigint[]) "
    "OR members && CAST(:come_or_gone AS bigint[])) ORDER BY revision DESC"
)


def _taken_back(state: State, row: Logged) -> TakenBack:
    """Return the inverse of an edit, unless an edit that stands came later to the same place."""
    change = Change.from_json(row.inverse)
    come_or_gone = {unit for unit, pair in change.units.items() if None in pair}
    same_place = state.send(
        _AT_THE_SAME_PLACE,
        revision=row.revision,
        keys=row.keys,
        rows=row.rows,
        members=row.members,
        come_or_gone=list(come_or_gone),
    )
    any_later = state.send(f"SELECT EXISTS (SELECT 1 FROM edit WHERE {_LATER})", revision=row.revision)
    for revision, keys, rows, members in same_place.rows():
        on_it = set(keys) & set(row.keys) or set(rows) & set(row.rows)
        emptied = set(rows) & set(row.members)
        if on_it or set(members) & come_or_gone or (emptied and _removed(state, revision) & emptied):
            raise _stands_on(_at(state, revision))
    # With nothing later standing, what comes back is a state that was there, in pieces or not.
    whole = bool(any_later.rows()[0][0])
    return TakenBack(restorable(state, change), row.revision, whole=whole, colours=_colours(row))


def _colours(row: Logged) -> dict[int, int]:
    """Return what units were coloured that an edit removed or coloured anew; older logs tell of none."""
    return {int(unit): colour for unit, colour in row.label.get("colours", {}).items()}


def _at(state: State, revision: int) -> Logged:
    return logged(ask_log(state.session, state.plan.id, "AND revision = :revision", revision=revision))[0]


def _stands_on(other: Logged) -> StandsOnError:
    who = (other.actor or {}).get("name", "somebody")
    return StandsOnError(
        f"edit {other.revision} ({other.operation}, by {who}, {other.at:%Y-%m-%d %H:%M %Z}) came later to the "
        "same place. Take it back first.",
        edit=other.as_json(),
    )


def _removed(state: State, revision: int) -> set[int]:
    """Return the units that an edit removed: what would go back into them stands on it."""
    units = _at(state, revision).inverse["units"]
    return {unit for unit, before, after in units if before is None and after is not None}


# What takes an edit back lets it stand no more, and what that had taken back stands again, and so on.
_TOGGLE = (
    "WITH RECURSIVE chain AS (SELECT revision, undoes, operation, false AS standing FROM edit "
    "WHERE plan_id = :plan AND revision = :revision UNION ALL SELECT e.revision, e.undoes, e.operation, "
    "NOT c.standing FROM chain c JOIN edit e ON e.plan_id = :plan AND e.revision = c.undoes), "
    "reverts AS (SELECT bool_or(operation = 'revert') AS found FROM chain), "
    "marked AS (UPDATE edit e SET standing = c.standing FROM chain c, reverts r WHERE e.plan_id = :plan "
    "AND e.revision = c.revision AND NOT r.found) SELECT found FROM reverts"
)


def ask_toggled(state: State, undoes: int | None) -> Sent | None:
    """Keep `standing` right for an edit that takes one back, unless that goes back to a revert."""
    return None if undoes is None else state.send(_TOGGLE, revision=undoes)


def mark_standing(state: State, toggled: Sent | None, *, revert: bool) -> None:
    """Keep `standing` right after an edit was written: a revert, or one for which `ask_toggled` left it to this."""
    if revert or (toggled is not None and toggled.rows()[0][0]):
        _mark_all(state)


def _mark_all(state: State) -> None:
    """Find anew which edits stand: those that no standing later one takes back."""
    taken: set[int] = set()
    standing: dict[int, bool] = {}
    for row in reversed(edits_after(state.session, state.plan.id, 0)):
        standing[row.revision] = row.revision not in taken
        if standing[row.revision] and row.undoes is not None:
            taken.add(row.undoes)
        elif standing[row.revision] and row.operation == "revert":
            taken.update(range(row.arguments["revision"] + 1, row.revision))
    state.send(
        "UPDATE edit e SET standing = m.revision <> ALL(:taken) FROM unnest(CAST(:revisions AS bigint[])) "
        "AS m (revision) WHERE e.plan_id = :plan AND e.revision = m.revision "
        "AND e.standing <> (m.revision <> ALL(:taken))",
        revisions=list(standing),
        taken=[revision for revision, stands in standing.items() if not stands],
    )
