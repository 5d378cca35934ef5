"""Borders of blocks as an edit needs them: read ahead around a line, kept where the edit makes them itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from boundaries.redraw.parts import ask_parts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from boundaries.redraw.borders import Box
    from boundaries.redraw.parts import AskedParts
    from boundaries.redraw.people import AskedPeople
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent

Pair = tuple[int, int]
"""Two block versions that share a border, the lower id first."""

MICROMETRES = 1e6
"""In a metre; borders are added up in whole ones."""


@dataclass
class Edges:
    """Borders of some blocks, with the plan as it is stored.

    Attributes
    ----------
    of : pair of blocks -> (micrometres, code of `geo.barriers.Barrier`)
    held
        The unit of each of these blocks, and of their neighbours, that is in the plan.
    rim
        Which of them lie on the rim of the district.
    """

    of: dict[Pair, tuple[int, int]] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    rim: set[int] = field(default_factory=set)

    def read(self, asked: Sent) -> None:
        """Wait for what `ask_edges` asked for and add it."""
        for first, second, border_um, barrier, first_unit, second_unit in asked.rows():
            if second is not None:
                self.of[first, second] = border_um, barrier
            elif border_um:
                self.rim.add(first)
            if first_unit is not None:
                self.held[first] = first_unit
            if second_unit is not None:
                self.held[second] = second_unit

    def those(self, blocks: Collection[int]) -> Edges:
        """Return the borders of some of the blocks."""
        of = {pair: known for pair, known in self.of.items() if pair[0] in blocks or pair[1] in blocks}
        near = {block for pair in of for block in pair} | set(blocks)
        held = {block: unit for block, unit in self.held.items() if block in near}
        return Edges(of, held, self.rim & set(blocks))


def ask_edges(state: State, blocks: Iterable[int]) -> Sent:
    """Ask for the borders and the rim of blocks and, for these and their neighbours, the unit of each in the plan."""
    return state.send(_EDGES, ids=list(blocks))


_EDGES = (
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


@dataclass
class Ahead:
    """What an edit asked for around a line before it knew whether it needs it.

    The database reads it while the line is fitted and the blocks are cut; assignment, units and polygons are
    written after that only, so they are what the plan was before the edit.

    Attributes
    ----------
    blocks
        Whose borders were asked for, or made by the edit.
    asked, known
        What will tell of their borders, until it is read, and the borders.
    units
        What will tell of the units these and their neighbours are in.
    near
        The blocks the line comes near.
    people
        What will tell of the people of these.
    box, lines
        The box around these, and what will tell what runs along borders in it.
    parts
        What will tell of what the units consist of whose blocks the line cuts; None until it is asked for.
    counted
        The blocks whose counts were asked for with these.
    """

    blocks: set[int]
    asked: Sent | None
    units: Sent
    near: set[int]
    people: AskedPeople
    box: Box
    lines: Sent
    parts: AskedParts | None = None
    counted: set[int] = field(default_factory=set)
    known: Edges = field(default_factory=Edges)

    @property
    def edges(self) -> Edges:
        """The borders of the blocks; waits for them the first time."""
        if self.asked is not None:
            self.known.read(self.asked)
            self.asked = None
        return self.known

    def ask_parts(self, state: State, units: Collection[int], blocks: Collection[int]) -> None:
        """Ask for what units of the lowest level consist of, and for the counts of blocks of theirs."""
        self.parts, self.counted = ask_parts_of(state, units, [], blocks), set(blocks)

    def make(self, blocks: Collection[int], of: Mapping[Pair, tuple[float, int]], rim: Iterable[int]) -> None:
        """Add the borders, in metres, of block versions that the edit has just stored with them."""
        whole = {pair: (round(metres * MICROMETRES), barrier) for pair, (metres, barrier) in of.items()}
        self.edges.of.update(whole)
        self.edges.rim.update(rim)
        self.blocks.update(blocks)


def ask_edges_of(state: State, blocks: Collection[int]) -> Sent | None:
    """Ask for the borders of blocks, as far as they were not asked for ahead."""
    unread = set(blocks) - state.ahead.blocks if state.ahead is not None else set(blocks)
    return ask_edges(state, unread) if unread else None


def edges_of(state: State, blocks: Collection[int], asked: Sent | None) -> Edges:
    """Return the borders of blocks; the rest of them is what `ask_edges_of` asked for."""
    found = state.ahead.edges.those(blocks) if state.ahead is not None else Edges()
    if asked is not None:
        found.read(asked)
    return found
