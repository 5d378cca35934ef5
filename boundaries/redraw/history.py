"""Undo, redo and revert: edits that take others back, and which edits stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select, update

from boundaries.errors import (
    ArgumentError,
    NothingToDoError,
    NothingToRedoError,
    NothingToUndoError,
    StaleError,
    StandsOnError,
)
from boundaries.redraw.changes import Change, composed
from boundaries.redraw.log import Summary, edits_after
from boundaries.redraw.restoring import restorable
from boundaries.storage.plan_tables import Edit as EditRow

if TYPE_CHECKING:
    from sqlalchemy import Select

    from boundaries.redraw.edits import Actor, Edit
    from boundaries.redraw.state import State

TAKES_BACK = ("undo", "redo")

FINAL = ("bring-up-to-date", "codes")
"""Edits that are not taken back: the plan stands on another base after one, and is in force after the other."""


@dataclass(frozen=True)
class TakenBack:
    """What takes an edit back.

    Attributes
    ----------
    undoes
        Revision of that edit; None for a revert.
    whole
        Whether units must be checked to stay in one piece: not where what was there before comes back as it was.
    """

    change: Change
    undoes: int | None
    whole: bool


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
    query = _standing(state).where(EditRow.undoes.is_(None), EditRow.operation.not_in((*TAKES_BACK, *FINAL)))
    row = _last(state, query, actor, wanted)
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
    row = _last(state, _standing(state).where(EditRow.operation == "undo"), actor, wanted)
    if row is not None and wanted is None:
        newer = _standing(state).where(
            EditRow.undoes.is_(None), EditRow.operation.not_in((*TAKES_BACK, *FINAL))
        )
        last = _last(state, newer, actor, None)
        if last is not None and last.revision > row.revision:
            row = None
    if row is None:
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
    rows = edits_after(state.session, state.plan, to)
    for row in reversed(rows):
        if row.operation in FINAL:
            raise StandsOnError(
                f'"{state.plan.name}" was brought up to date at revision {row.revision}: it cannot go back further.',
                edit=Summary.of(row).as_json(),
            )
    whole = composed(Change.from_json(row.inverse) for row in reversed(rows))
    if not whole:
        raise NothingToDoError(f'"{state.plan.name}" is as it was at revision {to} already.')
    return TakenBack(whole, None, whole=False)


def _standing(state: State) -> Select[EditRow]:
    return select(EditRow).where(EditRow.plan_id == state.plan.id, EditRow.standing)


def _last(state: State, query: Select[EditRow], actor: Actor, revision: int | None) -> EditRow | None:
    if revision is not None:
        return state.session.scalar(query.where(EditRow.revision == revision))
    mine = query.where(EditRow.actor["id"].astext == actor.id)
    return state.session.scalar(mine.order_by(EditRow.revision.desc()).limit(1))


def _taken_back(state: State, row: EditRow) -> TakenBack:
    """Return the inverse of an edit, unless an edit that stands came later to the same place."""
    change = Change.from_json(row.inverse)
    come_or_gone = {unit for unit, pair in change.units.items() if None in pair}
    standing_later = (
        EditRow.plan_id == state.plan.id,
        EditRow.standing,
        EditRow.revision > row.revision,
        EditRow.undoes.is_(None),
    )
    query = (
        select(EditRow.revision, EditRow.keys, EditRow.rows, EditRow.members)
        .where(
            *standing_later,
            EditRow.keys.overlap(row.keys)
            | EditRow.rows.overlap(row.rows)
            | EditRow.rows.overlap(row.members)
            | EditRow.members.overlap(list(come_or_gone)),
        )
        .order_by(EditRow.revision.desc())
    )
    for other in state.session.execute(query):
        on_it = set(other.keys) & set(row.keys) or set(other.rows) & set(row.rows)
        emptied = set(other.rows) & set(row.members)
        if (
            on_it
            or set(other.members) & come_or_gone
            or (emptied and _removed(state, other.revision) & emptied)
        ):
            raise _stands_on(_at(state, other.revision))
    # With nothing later standing, what comes back is a state that was there, in pieces or not.
    later = state.session.scalar(select(exists().where(*standing_later)))
    return TakenBack(restorable(state, change), row.revision, whole=bool(later))


def _at(state: State, revision: int) -> EditRow:
    query = select(EditRow).where(EditRow.plan_id == state.plan.id, EditRow.revision == revision)
    return state.session.scalars(query).one()


def _stands_on(other: EditRow) -> StandsOnError:
    who = (other.actor or {}).get("name", "somebody")
    return StandsOnError(
        f"edit {other.revision} ({other.operation}, by {who}, {other.at:%Y-%m-%d %H:%M %Z}) came later to the "
        "same place. Take it back first.",
        edit=Summary.of(other).as_json(),
    )


def _removed(state: State, revision: int) -> set[int]:
    """Return the units that an edit removed: what would go back into them stands on it."""
    units = _at(state, revision).inverse["units"]
    return {unit for unit, before, after in units if before is None and after is not None}


def mark_standing(state: State, undoes: int | None, *, revert: bool) -> None:
    """Keep `standing` right after an edit that takes others back was written."""
    if undoes is not None:
        row = _at(state, undoes)
        revert = revert or row.operation == "revert" or _undoes_a_revert(state, row)
        if not revert:
            _toggle(state, row, standing=False)
    if revert:
        _mark_all(state)


def _undoes_a_revert(state: State, row: EditRow) -> bool:
    while row.undoes is not None:
        row = _at(state, row.undoes)
    return row.operation == "revert"


def _toggle(state: State, row: EditRow, *, standing: bool) -> None:
    at: int | None = row.revision
    while at is not None:
        found = state.session.execute(
            update(EditRow)
            .where(EditRow.plan_id == state.plan.id, EditRow.revision == at)
            .values(standing=standing)
            .returning(EditRow.undoes)
        )
        at, standing = found.scalar_one(), not standing


def _mark_all(state: State) -> None:
    """Find anew which edits stand: those that no standing later one takes back."""
    rows = edits_after(state.session, state.plan, 0)
    taken: set[int] = set()
    for row in reversed(rows):
        row.standing = row.revision not in taken
        if row.standing and row.undoes is not None:
            taken.add(row.undoes)
        elif row.standing and row.operation == "revert":
            taken.update(range(row.arguments["revision"] + 1, row.revision))
    state.session.flush()
