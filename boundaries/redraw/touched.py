"""What a change touches: units whose blocks change at every level, and the borders they gain and lose.

Only the blocks that come, go or change their unit are read, with their borders; sums of borders then follow by adding
and taking away, in whole micrometres, whatever the size of the units.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from boundaries.redraw.borders import ask_lacking, complete_borders
from boundaries.redraw.changes import Attributes
from geo.barriers import CLEAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from boundaries.redraw.changes import Change
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
_ROWS = (
    f"WITH low AS MATERIALIZED ({_OF_UNIT}(:ids)), "
    f"mid AS MATERIALIZED ({_OF_UNIT}(ARRAY(SELECT parent_id FROM low))), "
    f"top AS ({_OF_UNIT}(ARRAY(SELECT parent_id FROM mid))) "
    "SELECT * FROM low UNION ALL SELECT * FROM mid UNION ALL SELECT * FROM top"
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


def touched_by(state: State, change: Change) -> Touched:
    """Find what a change touches; the plan is read as it is stored, before the change.

    Borders that blocks lack that come with it are stored first.
    """
    replanted = [
        unit
        for unit, (before, after) in change.units.items()
        if before and after and before.parent_id != after.parent_id
    ]
    shifted = {*change.blocks, *change.versions, *change.versions.values()}
    for unit in replanted:
        shifted.update(state.blocks_under(unit))
    lacking, asked = ask_lacking(state, change), _ask_edges(state, shifted)
    if complete_borders(state, lacking):
        asked = _ask_edges(state, shifted)
    edges, held, rim = _edges(asked)
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
    for edge in edges:
        _count_border(found, edge)
    found.outlined.update(
        unit for chains in (before, after) for block in rim & chains.keys() for unit in chains[block]
    )
    # A cut that ends on a vertex parts a neighbour's border in two although the neighbour stays as it is.
    for unit in {*found.border_um, *found.clear_border_um} & rows.keys():
        if found.border_um[unit] or found.clear_border_um[unit]:
            found.dirty[rows[unit].attributes.level].add(unit)
    return found


def _count_border(found: Touched, edge: tuple[int, int, int, bool]) -> None:
    """Take one border from the units it parted before and add it to those it parts afterwards."""
    first, second, border_um, clear = edge
    for chains, sign in ((found.before, -1), (found.after, 1)):
        if first not in chains or second not in chains:
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


def _ask_edges(state: State, blocks: set[int]) -> Sent:
    """Ask for the borders and the rim of blocks and, for these and their neighbours, the unit of each in the plan."""
    query = (
        # Units are looked up block by block: a join is planned as one of the whole assignment.
        "SELECT e.first_id, e.second_id, round(e.border_m * 1e6)::bigint, e.barrier, "
        "(SELECT unit_id FROM assignment WHERE plan_id = :plan AND block_id = e.first_id), "
        "(SELECT unit_id FROM assignment WHERE plan_id = :plan AND block_id = e.second_id) FROM ("
        "SELECT * FROM block_border WHERE first_id = ANY(:ids) UNION "
        "SELECT * FROM block_border WHERE second_id = ANY(:ids)) e "
        # Blocks come by themselves too: one that touches no other has no border.
        "UNION ALL SELECT id, NULL, round(outer_m * 1e6)::bigint, NULL, "
        "(SELECT unit_id FROM assignment WHERE plan_id = :plan AND block_id = b.id), NULL "
        "FROM block b WHERE id = ANY(:ids)"
    )
    return state.send(query, ids=list(blocks))


def _edges(asked: Sent) -> tuple[list[tuple[int, int, int, bool]], dict[int, int], set[int]]:
    """Return borders, the unit of each block that is in the plan, and the blocks on the rim."""
    edges: list[tuple[int, int, int, bool]] = []
    held: dict[int, int] = {}
    rim: set[int] = set()
    for first, second, border_um, barrier, first_unit, second_unit in asked.rows():
        if second is not None:
            edges.append((first, second, border_um, barrier in CLEAR))
        elif border_um:
            rim.add(first)
        at = {first: first_unit, second: second_unit}
        held |= {block: unit for block, unit in at.items() if unit is not None}
    return edges, held, rim


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


def _unit_rows(state: State, change: Change, units: Iterable[int]) -> dict[int, UnitRow]:
    """Read units with all their ancestors."""
    wanted = {*units, *change.units}
    wanted |= {after.parent_id for _, after in change.units.values() if after and after.parent_id is not None}
    rows: list[Any] = state.rows(_ROWS, ids=list(wanted))
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
