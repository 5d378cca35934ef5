"""Dissolving a unit: all it holds goes to one unit, or each part to the sibling it shares most border with."""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import TYPE_CHECKING

from boundaries.errors import NothingToDoError, NotTouchingError
from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.new_units import Codes, moved_unit
from boundaries.redraw.operations import merge

if TYPE_CHECKING:
    from boundaries.redraw.operations import Arguments
    from boundaries.redraw.state import State

Lengths = dict[int, dict[int, float]]


def dissolve(state: State, arguments: Arguments) -> Change:
    """Give what a unit holds to ``into``, else part by part to its siblings, and remove it."""
    unit, into = arguments["unit"], arguments.get("into")
    known = state.unit(unit)
    if into == unit:
        raise NothingToDoError(f'"{known.name}" cannot be dissolved into itself; choose another unit.')
    if into is not None:
        return merge(state, {"units": [unit], "into": into})
    parts = _parts(state, unit, known)
    to = spread(set(parts.values()), *_part_borders(state, parts, unit, known))
    if to is None:
        raise NotTouchingError(
            f'parts of "{known.name}" touch no unit beside it under the same parent. Say with "into" where it goes.',
            units=[unit],
        )
    gone: dict[int, tuple[Attributes | None, Attributes | None]] = {unit: (known, None)}
    if known.level == state.lowest:
        return Change({block: (unit, to[block]) for block in sorted(to)}, units=gone)
    codes = Codes(state)
    for child in sorted(to):
        gone |= moved_unit(state, codes, child, to[child])
    return Change(units=gone)


def _parts(state: State, unit: int, known: Attributes) -> dict[int, int]:
    """Return the part of each block of a unit: the block itself, or the child it is in."""
    if known.level == state.lowest:
        return {block: block for block in state.blocks_of([unit])[unit]}
    return {block: child for child in state.children_of([unit])[unit] for block in state.blocks_under(child)}


def _part_borders(
    state: State, parts: dict[int, int], unit: int, known: Attributes
) -> tuple[Lengths, Lengths]:
    """Return the metres that parts share with each other and with siblings of the unit."""
    edges = state.borders(list(parts))
    around = state.held({block for edge in edges for block in edge[:2]} - set(parts))
    top = state.above(set(around.values()), known.level)
    beside_it = state.units(top.values())
    sibling_of = {
        block: top[held]
        for block, held in around.items()
        if top[held] != unit and beside_it[top[held]].parent_id == known.parent_id
    }
    among: Lengths = defaultdict(lambda: defaultdict(float))
    beside: Lengths = defaultdict(lambda: defaultdict(float))
    for first, second, metres in edges:
        for here, there in ((first, second), (second, first)):
            if here in parts and there in sibling_of:
                beside[parts[here]][sibling_of[there]] += metres
            elif here in parts and there in parts and parts[here] != parts[there]:
                among[parts[here]][parts[there]] += metres
    return among, beside


def spread(parts: set[int], among: Lengths, beside: Lengths) -> dict[int, int] | None:
    """Give parts to siblings, longest shared border first; parts inside follow those around them.

    Parameters
    ----------
    parts
        What is to be given.
    among, beside : part -> part or sibling -> metres
        Borders between parts, and of parts with siblings.

    Returns
    -------
    part -> sibling, or None when a part cannot be reached.
    """
    shared = {part: dict(beside.get(part, {})) for part in parts}
    waiting = [(-metres, part, sibling) for part in shared for sibling, metres in shared[part].items()]
    heapq.heapify(waiting)
    to: dict[int, int] = {}
    while waiting:
        metres, part, sibling = heapq.heappop(waiting)
        if part in to or -metres != shared[part][sibling]:
            continue
        to[part] = sibling
        for other, more in among.get(part, {}).items():
            if other not in to:
                shared[other][sibling] = shared[other].get(sibling, 0.0) + more
                heapq.heappush(waiting, (-shared[other][sibling], other, sibling))
    return to if len(to) == len(parts) else None
