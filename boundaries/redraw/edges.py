"""Borders of blocks as an edit needs them: read ahead around a line, kept where the edit makes them itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

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
