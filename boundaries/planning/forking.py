"""A fork: a draft of one's own, from the revision one knew, with the edits that were refused there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boundaries import redraw
from boundaries.planning.branch import branch
from boundaries.planning.levelling import confined_change
from boundaries.redraw.apply import apply
from boundaries.redraw.changes import composed
from boundaries.redraw.edits import Edit
from boundaries.redraw.log import write_edit
from boundaries.redraw.past import require_revision
from boundaries.redraw.replay import inverses
from boundaries.redraw.state import State
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from boundaries.redraw import Actor
    from boundaries.storage.plan_tables import Plan


def fork(
    session: Session,
    plan: Plan,
    revision: int,
    edits: Sequence[Edit],
    *,
    actor: Actor,
    name: str | None = None,
) -> Plan:
    """Make a draft that begins as a plan was at a revision, and do edits on it.

    Raises
    ------
    ArgumentError
        When the plan never had the revision.
    EditError
        When one of the edits is refused; nothing is stored then.
    """
    require_revision(plan, revision)
    made = branch(session, plan, actor=actor, name=name)
    # Levels the plan dropped since do not come back: nothing lower hangs on them.
    back = confined_change(composed(inverse for _, inverse in inverses(session, plan, revision)), made.levels)
    if back:
        state = State(session, made, session.get_one(District, plan.district_id))
        applied = apply(state, back, whole=False)
        asked = Edit("fork", {"plan": plan.id, "revision": revision})
        write_edit(state, asked, applied, actor, request=None, undoes=None)
    for edit in edits:
        redraw.edit(session, made, edit, actor=actor, revision=made.revision)
    return made
