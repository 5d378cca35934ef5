"""What an edit did, as it is told: ids and rows; maps make features of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from boundaries.redraw.changes import Change
    from boundaries.redraw.findings import UnitFinding
    from boundaries.redraw.logged import Summary
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent

Border = tuple[int, int, float, int]


@dataclass(frozen=True)
class Result:
    """What an edit did.

    Attributes
    ----------
    revision
        Of the plan, after the edit.
    edit
        None where several edits are told as one.
    units
        Units of every level that were made, or whose blocks or attributes changed.
    parents
        Other units whose number of units below changed.
    assignment
        [block, unit] of each block that changed its unit or is new.
    blocks, removed_blocks
        Block versions that are new in the plan, and those that are no longer in it.
    borders
        (first block, second block, metres, code of `geo.barriers.Barrier`) of the borders of new block versions with
        blocks of the plan.
    broken, mended
        Findings there are now and were not before, and the other way round.
    rebased_over
        Edits of others that came in between and touched other places.
    reload
        Whether so much changed that it is better to load the plan anew.
    """

    plan: int
    revision: int
    edit: Summary | None
    units: list[int]
    removed_units: list[int]
    parents: list[int]
    assignment: list[tuple[int, int]]
    blocks: list[int]
    removed_blocks: list[int]
    borders: list[Border]
    broken: list[UnitFinding] = field(default_factory=list)
    mended: list[UnitFinding] = field(default_factory=list)
    rebased_over: list[Summary] = field(default_factory=list)
    preview: bool = False
    reload: bool = False


def result_of(
    state: State,
    change: Change,
    units: list[int],
    *,
    edit: Summary | None,
    broken: Sequence[UnitFinding] = (),
    mended: Sequence[UnitFinding] = (),
    rebased_over: Sequence[Summary] = (),
    borders: Sent | None = None,
    held: Mapping[int, int] | None = None,
) -> Result:
    """Return the result of a change that is written.

    Parameters
    ----------
    units
        Units of every level that were made, or whose blocks or attributes changed.
    borders
        Of `ask_borders`, where it was asked before.
    held
        Units of the versions that took others' places, where they are known.
    """
    new = sorted(change.coming())
    gone = [block for block, (_, after) in change.blocks.items() if after is None]
    now = {block: after for block, (_, after) in change.blocks.items() if after is not None}
    now |= state.held(change.versions.values()) if held is None else held
    removed = {unit for unit, (_, after) in change.units.items() if after is None}
    return Result(
        plan=state.plan.id,
        revision=state.plan.revision,
        edit=edit,
        units=units,
        removed_units=sorted(removed),
        parents=sorted(change.parents() - removed - set(units)),
        assignment=sorted(now.items()),
        blocks=new,
        removed_blocks=sorted([*gone, *change.versions]),
        borders=_borders(state, change, new, borders or ask_borders(state, change)),
        broken=list(broken),
        mended=list(mended),
        rebased_over=list(rebased_over),
    )


def ask_borders(state: State, change: Change) -> Sent | None:
    """Ask for the borders of the block versions that a change brings, once it is written; not if the edit made all."""
    new = sorted(change.coming())
    if state.made.keys() >= set(new):
        return None
    query = (
        "SELECT e.first_id, e.second_id, e.border_m, e.barrier FROM (SELECT * FROM block_border "
        "WHERE first_id = ANY(:ids) UNION SELECT * FROM block_border WHERE second_id = ANY(:ids)) e "
        "WHERE (SELECT unit_id FROM assignment WHERE plan_id = :plan AND block_id = e.first_id) IS NOT NULL "
        "AND (SELECT unit_id FROM assignment WHERE plan_id = :plan AND block_id = e.second_id) IS NOT NULL "
        "ORDER BY 1, 2"
    )
    return state.send(query, ids=new)


def _borders(state: State, change: Change, new: list[int], asked: Sent | None) -> list[Border]:
    """Return the borders of new blocks of the plan with others, ascending."""
    if asked is not None:
        return [(row[0], row[1], row[2], row[3]) for row in asked.rows()]
    here = set(new)
    # Of what an edit of several parts makes some is cut again by the next.
    gone = state.made.keys() - here | change.versions.keys()
    gone |= {block for block, (_, after) in change.blocks.items() if after is None}
    return sorted(
        (*pair, *border)
        for pair, border in state.made_borders.items()
        if not here.isdisjoint(pair) and gone.isdisjoint(pair)
    )
