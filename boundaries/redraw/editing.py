"""Editing a plan: one transaction under a lock on its row, from the edit that was asked for to what it did."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.exc import NoResultFound

from boundaries.errors import EditError, NotDraftError, NothingToDoError, StaleError
from boundaries.plans import find_plan
from boundaries.redraw import history, rebase
from boundaries.redraw.apply import Applied, apply
from boundaries.redraw.changes import Change
from boundaries.redraw.findings import UnitFinding
from boundaries.redraw.ground import ask_first
from boundaries.redraw.log import touched_keys, touched_units, write_edit
from boundaries.redraw.logged import Summary, ask_request, change_of, edits_after, logged
from boundaries.redraw.operations_table import OPERATIONS
from boundaries.redraw.past import with_ancestors
from boundaries.redraw.result import Result, ask_borders, result_of
from boundaries.redraw.state import State
from boundaries.storage.objects import as_read, select_of
from boundaries.storage.plan_tables import Plan
from boundaries.storage.statements import Statements
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.orm import Session

    from boundaries.redraw.edits import Actor, Edit
    from boundaries.redraw.logged import Logged
    from boundaries.storage.statements import Sent

SETTING = frozenset({"assign", "move", "update", "lock", "unlock"})
"""Operations that say how something is to be, and may find it so."""


def edit(
    session: Session,
    plan: Plan,
    edit: Edit,
    *,
    actor: Actor,
    revision: int | None,
    request: str | None = None,
    follows: Collection[str] = (),
) -> Result:
    """Do an edit and log it; the caller commits.

    Parameters
    ----------
    plan
        It is read under its lock; `boundaries.plans.plan_to_edit` gives one that was not read before.
    revision
        Of the plan as the actor saw it. On an older one the edit is done on top of what came in between, if that
        touched other places. None: whatever it is.
    request
        The sender's own mark: an edit that was done under it before is not done again, its result is told again.
    follows
        Marks of edits since that revision that the sender made this one on top of: it meets none of them.

    Raises
    ------
    EditError
        When the edit is refused; nothing was changed once the transaction is rolled back.
    NotFoundError
        When there is no such plan.
    """
    session.flush()  # what the caller has changed is read too
    run = Statements.of(session)
    with _named_when_gone(session, plan.id), run.together():
        locked = _ask_locked(run, plan)
        # Planning a statement anew takes longer than most of them do; none of them needs to know its values for it.
        run.send("SET LOCAL plan_cache_mode = force_generic_plan", {})
        run.flush()
        asked_before = ask_request(session, plan.id, request) if request is not None else None
        around = ask_first(run, plan, edit)
        state = _locked(session, locked)
        if asked_before is not None and (done := logged(asked_before)):
            return _told_again(state, done[0])
        _require_draft(plan)
        state.around = around
        revision = plan.revision if revision is None else revision
        between = _between(state, revision, follows)
        decided = _taken_back(state, edit, actor, revision) or _decide(state, edit, revision, between)
        applied = apply(
            replace_pending(state),
            decided.change,
            whole=decided.whole,
            restores=edit.operation == "revert",
            colours=decided.colours,
        )
        over = _rebased_over(state, edit, applied, revision, between, decided)
        borders = ask_borders(state, applied.change)
        toggled = history.ask_toggled(state, decided.undoes)
        summary = write_edit(state, edit, applied, actor, request=request, undoes=decided.undoes)
        history.mark_standing(state, toggled, revert=edit.operation == "revert")
        return _result(state, applied, summary, over, borders)


@contextmanager
def preview(
    session: Session, plan: Plan, asked: Edit, *, actor: Actor, revision: int | None
) -> Iterator[Result]:
    """Give what an edit would do, readable in the session while the block lasts; nothing is stored.

    Raises
    ------
    EditError
        As `edit`.
    """
    with session.begin_nested() as savepoint:
        done = edit(session, plan, asked, actor=actor, revision=revision)
        yield Result(**{**vars(done), "preview": True})
        savepoint.rollback()
    session.refresh(plan)


def replace_pending(state: State) -> State:
    """Return the state with nothing pending, as it is stored."""
    return replace(state, pending=Change(), stored={}, asked=[])


@contextmanager
def _named_when_gone(session: Session, plan: int) -> Iterator[None]:
    """Tell a plan that is not there as whoever looks for one is told."""
    try:
        yield
    except NoResultFound:
        find_plan(session, plan)
        raise


def _ask_locked(run: Statements, plan: Plan) -> tuple[Sent, Sent]:
    """Lock a plan, and ask for it and its district as they are then."""
    return run.send(_LOCK, {"plan": plan.id}), run.send(_DISTRICT, {"plan": plan.id})


_LOCK = f"{select_of(Plan)} WHERE id = :plan FOR UPDATE"
_DISTRICT = f"{select_of(District)} WHERE id = (SELECT district_id FROM plan WHERE id = :plan)"


def _locked(session: Session, asked: tuple[Sent, Sent]) -> State:
    """Wait for a plan's lock; the session's own objects of plan and district are then as they are now."""
    plan, district = as_read(session, Plan, asked[0]), as_read(session, District, asked[1])
    if plan is None or district is None:
        raise NoResultFound("the plan is gone")
    return State(session, plan, district)


def _require_draft(plan: Plan) -> None:
    if plan.state != "draft" or plan.archived_at is not None:
        what = "archived" if plan.archived_at is not None else plan.state
        raise NotDraftError(f'"{plan.name}" is {what} and cannot be edited; take a branch of it.')


def _between(state: State, revision: int, follows: Collection[str]) -> list[Logged]:
    """Return the edits since a revision, without those whose marks the edit was made on top of."""
    now = state.plan.revision
    if revision > now:
        raise StaleError(
            f'"{state.plan.name}" is at revision {now}, not {revision}. Load it anew.',
            mine=None,
            theirs=[],
            revision=now,
        )
    if revision == now:
        return []
    rows = edits_after(state.session, state.plan.id, revision)
    return [row for row in rows if row.request is None or row.request not in follows]


def _taken_back(state: State, asked: Edit, actor: Actor, revision: int) -> history.TakenBack | None:
    """Find the change of an edit that takes others back; None for any other."""
    if asked.operation == "undo":
        return history.undo(state, asked, actor)
    if asked.operation == "redo":
        return history.redo(state, asked, actor)
    return history.revert(state, asked, revision) if asked.operation == "revert" else None


def _decide(state: State, asked: Edit, revision: int, between: Sequence[Logged]) -> history.TakenBack:
    """Find the change that an edit means for the plan as it is now."""
    theirs: list[Logged] = []
    if between:
        keys, units = rebase.named_in(state, asked)
        theirs = rebase.touching(between, keys, set(), set(), units)
    try:
        for part in asked.parts():
            state.push(OPERATIONS[part.operation](state, part.arguments))
    except EditError as error:
        if isinstance(error, NothingToDoError) and asked.operation in SETTING:
            raise  # who asks for what others have done meanwhile need not choose
        _, units = rebase.named_in(state, asked)
        theirs = theirs or [row for row in between if units & {*row.rows, *row.members}]
        if not theirs:
            raise
    if theirs:
        raise rebase.stale(state, asked, revision, theirs)
    if not state.pending:
        raise NothingToDoError("the edits of the group take each other back; there is nothing to do.")
    return history.TakenBack(state.pending, None, whole=True)


def _rebased_over(
    state: State,
    asked: Edit,
    applied: Applied,
    revision: int,
    between: Sequence[Logged],
    decided: history.TakenBack,
) -> list[Summary]:
    """Return the edits in between, or refuse when one touched the same place."""
    if between and decided.undoes is None:
        keys = touched_keys(state, applied.change)
        rows, members = touched_units(applied.change)
        come_or_gone = {unit for unit, pair in applied.change.units.items() if None in pair}
        theirs = rebase.touching(between, keys, set(rows), come_or_gone, set(members))
        if theirs:
            raise rebase.stale(state, asked, revision, theirs)
    return [*between]


def _result(
    state: State, applied: Applied, summary: Summary, over: list[Summary], borders: Sent | None
) -> Result:
    held = {block: applied.touched.after[block][0] for block in applied.change.versions.values()}
    return result_of(
        state,
        applied.change,
        sorted(applied.units),
        edit=summary,
        broken=applied.findings.broken,
        mended=applied.findings.mended,
        rebased_over=over,
        borders=borders,
        held=held,
    )


def _told_again(state: State, row: Logged) -> Result:
    """Return the result of an edit that was done before; its units, and all above them, are told as they are now."""
    change = change_of(row)
    return result_of(
        state,
        change,
        with_ancestors(state, {*row.rows, *row.members}),
        edit=row,
        broken=[UnitFinding.from_json(one) for one in row.label.get("broken", ())],
        mended=[UnitFinding.from_json(one) for one in row.label.get("mended", ())],
    )
