"""What a change touches: units whose blocks change at every level, and the borders they gain and lose.

Only the blocks that come, go or change their unit are read, with their borders; sums of borders then follow by adding
and taking away, in whole micrometres, whatever the size of the units.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from boundaries.redraw.borders import Lacking, ask_lacking, complete_borders
from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.edges import Edges, ask_edges, ask_edges_of, edges_of
from geo.barriers import CLEAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from boundaries.redraw.edges import Pair
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent


@dataclass(frozen=True)
class UnitRow:
    """A unit as the plan has it, without its polygon."""

    attributes: Attributes
    colour: int
    blocks: int
    buildings: int
    border_um: int
    clear_border_um: int | None
    tallies: Mapping[str, float | None]


_OF_UNIT = (
    "SELECT unit_id, level, parent_id, name, name_en, code, type, locked, colour, blocks, buildings, border_um, "
    "clear_border_um, tallies FROM plan_unit WHERE plan_id = :plan AND unit_id = ANY"
)
# Three levels are all there are; arrays keep the planner at the primary key however many units there are.
_WITH_ANCESTORS = (
    f"mid AS MATERIALIZED ({_OF_UNIT}(ARRAY(SELECT parent_id FROM low))), "
    f"top AS ({_OF_UNIT}(ARRAY(SELECT parent_id FROM mid))) "
    "SELECT * FROM low UNION ALL SELECT * FROM mid UNION ALL SELECT * FROM top"
)
_ROWS = f"WITH low AS MATERIALIZED ({_OF_UNIT}(:ids)), {_WITH_ANCESTORS}"
_ROWS_AROUND = (
    "WITH around AS MATERIALIZED (SELECT unnest(CAST(:ids AS bigint[])) AS id "
    "UNION SELECT second_id FROM block_border WHERE first_id = ANY(:ids) "
    "UNION SELECT first_id FROM block_border WHERE second_id = ANY(:ids)), "
    "held AS MATERIALIZED (SELECT DISTINCT (SELECT unit_id FROM assignment WHERE plan_id = :plan AND block_id = a.id) "
    f"AS unit FROM around a), low AS MATERIALIZED ({_OF_UNIT}(ARRAY(SELECT unit FROM held))), {_WITH_ANCESTORS}"
)

Chain = tuple[int, ...]
"""The units a block is in, lowest level first."""


@dataclass
class Touched:
    """What a change touches.

    Attributes
    ----------
    rows
        Units before the change: those touched, their ancestors and their neighbours.
    before, after : block id -> chain
        The units of the blocks that change, and of their neighbours; blocks that are not in the plan are left out.
    shifted
        Blocks that come, go or change a unit at some level.
    dirty : level -> unit ids
        Units whose blocks change.
    border_um, clear_border_um : unit id -> int
        What a unit's border with others gains, in micrometres.
    neighbours : unit id -> unit ids
        Units that share a border with shifted blocks of a unit afterwards.
    outlined
        Units whose outline may change: one of their blocks changes that reaches other units, or the rim of the plan.
    """

    rows: dict[int, UnitRow]
    before: dict[int, Chain]
    after: dict[int, Chain]
    shifted: set[int]
    dirty: dict[str, set[int]]
    border_um: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    clear_border_um: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    neighbours: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    outlined: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class AskedTouched:
    """The blocks that come, go or change a unit at some level, and their borders, asked for."""

    shifted: set[int]
    lacking: Lacking
    edges: Sent | None


def ask_touched(state: State, change: Change) -> AskedTouched:
    """Ask for what tells what a change touches; the plan is read as it is stored, before the change."""
    replanted = [
        unit
        for unit, (before, after) in change.units.items()
        if before and after and before.parent_id != after.parent_id
    ]
    shifted = {*change.blocks, *change.versions, *change.versions.values()}
    for unit in replanted:
        shifted.update(state.blocks_under(unit))
    return AskedTouched(shifted, ask_lacking(state, change), ask_edges_of(state, shifted))


def touched_by(state: State, change: Change, asked: AskedTouched) -> Touched:
    """Find what a change touches; borders that blocks lack that come with it are stored first."""
    shifted, edges = asked.shifted, edges_of(state, asked.shifted, asked.edges)
    if complete_borders(state, asked.lacking):
        edges = Edges()
        edges.read(ask_edges(state, shifted))
    held = _with_strangers(state, change, edges)
    then = _units_after(change, held)
    rows = _unit_rows(state, change, {*held.values(), *then.values()})
    parent = {unit: row.attributes.parent_id for unit, row in rows.items()}
    later = parent | {unit: after.parent_id for unit, (_, after) in change.units.items() if after}
    before, after = _chains(held, parent), _chains(then, later)
    found = Touched(rows, before, after, shifted, {level: set() for level in state.plan.levels})
    levels = state.plan.levels[::-1]
    for block in shifted:
        was, will = before.get(block), after.get(block)
        for at, level in enumerate(levels):
            if was is None or will is None or was[at] != will[at]:
                found.dirty[level].update(chain[at] for chain in (was, will) if chain is not None)
    for pair, (border_um, barrier) in edges.of.items():
        _count_border(found, pair, border_um, clear=barrier in CLEAR)
    found.outlined.update(
        unit for chains in (before, after) for block in edges.rim & chains.keys() for unit in chains[block]
    )
    # A cut that ends on a vertex parts a neighbour's border in two although the neighbour stays as it is.
    for unit in {*found.border_um, *found.clear_border_um} & rows.keys():
        if found.border_um[unit] or found.clear_border_um[unit]:
            found.dirty[rows[unit].attributes.level].add(unit)
    return found


def _count_border(found: Touched, pair: Pair, border_um: int, *, clear: bool) -> None:
    """Take one border from the units it parted before and add it to those it parts afterwards."""
    first, second = pair
    if _is_inside(found.before, pair) and _is_inside(found.after, pair):
        return
    # Where one is no block of the plan, before or after, the rim of the plan may be here.
    is_inside = all(block in found.before or block in found.after for block in pair)
    for chains, sign in ((found.before, -1), (found.after, 1)):
        if first not in chains or second not in chains:
            if not is_inside:
                found.outlined.update(chains.get(first, ()), chains.get(second, ()))
            continue
        for here, there in zip(chains[first], chains[second], strict=True):
            if here == there:
                break  # and so are all units above
            found.outlined.update((here, there))
            for unit in (here, there):
                found.border_um[unit] += sign * border_um
                found.clear_border_um[unit] += sign * border_um * clear
            if sign > 0:
                found.neighbours[here].add(there)
                found.neighbours[there].add(here)


def _is_inside(chains: Mapping[int, Chain], pair: Pair) -> bool:
    """Whether both blocks are in one unit of the lowest level."""
    one = chains.get(pair[0])
    return one is not None and one is chains.get(pair[1])


def _with_strangers(state: State, change: Change, edges: Edges) -> dict[int, int]:
    """Return the unit of each block with a border, in the plan as it is stored.

    Noding moves corners by less than a millimetre, so a block that was made may touch another that its parent did
    not: nobody has asked for that one's unit.
    """
    coming = change.coming()
    made = {block for pair in edges.of if not state.made.keys().isdisjoint(pair) for block in pair}
    strangers = made - edges.held.keys() - coming
    return edges.held | (replace(state, pending=Change()).held(strangers) if strangers else {})


def _units_after(change: Change, held: dict[int, int]) -> dict[int, int]:
    """Return the unit of each block after the change."""
    then = {block: unit for block, unit in held.items() if block not in change.versions}
    then |= {new: held[old] for old, new in change.versions.items() if old in held}
    for block, (_, unit) in change.blocks.items():
        if unit is None:
            then.pop(block, None)
        else:
            then[block] = unit
    return then


def ask_units_around(state: State, blocks: Iterable[int]) -> Sent:
    """Ask for the units of blocks and of all that touch them, with all their ancestors."""
    return state.send(_ROWS_AROUND, ids=list(blocks))


def ask_unit_rows(state: State, units: Iterable[int]) -> Sent:
    """Ask for units with all their ancestors."""
    return state.send(_ROWS, ids=list(units))


def _unit_rows(state: State, change: Change, units: Iterable[int]) -> dict[int, UnitRow]:
    """Read units with all their ancestors, as far as they were not asked for ahead."""
    wanted = {*units, *change.units}
    wanted |= {after.parent_id for _, after in change.units.values() if after and after.parent_id is not None}
    rows = state.ahead.units.rows() if state.ahead is not None else []
    unread = wanted - {row[0] for row in rows} - state.new_units
    if unread:
        rows = [*rows, *ask_unit_rows(state, unread).rows()]
    return {row[0]: UnitRow(Attributes(*row[1:8]), *row[8:]) for row in rows}


def _chains(units: dict[int, int], parent: dict[int, int | None]) -> dict[int, Chain]:
    """Return the units of each block, lowest first."""
    chain: dict[int, Chain] = {}
    for unit in set(units.values()):
        found, at = [unit], parent[unit]
        while at is not None:
            found.append(at)
            at = parent[at]
        chain[unit] = tuple(found)
    return {block: chain[unit] for block, unit in units.items()}
