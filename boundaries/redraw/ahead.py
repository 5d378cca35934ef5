"""What an edit asks for around a line before it knows whether it needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import shapely

from boundaries.redraw.borders import ask_lines
from boundaries.redraw.edges import MICROMETRES, Edges, ask_edges
from boundaries.redraw.parts import ask_parts_of
from boundaries.redraw.people import ask_people
from boundaries.redraw.touched import ask_units_around

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from boundaries.redraw.borders import Box
    from boundaries.redraw.edges import Pair
    from boundaries.redraw.parts import AskedParts
    from boundaries.redraw.people import AskedPeople
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent

    Shapes = NDArray[np.object_]


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


def ask_ahead(state: State, near: list[int], polygons: Shapes, of_unit: list[int]) -> Ahead:
    """Ask for what an edit will most likely want to know of the blocks near its line and of its unit.

    The database then has done with it when the line has been worked out.

    Parameters
    ----------
    near, polygons
        The blocks the line comes near, (n,) shapely geometries in metres.
    of_unit
        The other blocks of the unit.
    """
    blocks = near + of_unit
    edges, units, people = ask_edges(state, blocks), ask_units_around(state, blocks), ask_people(state, near)
    left, low, right, high = shapely.total_bounds(polygons).tolist()
    box = (left, low, right, high)
    lines = ask_lines(state, box)
    state.run.flush()
    return Ahead(set(blocks), edges, units, set(near), people, box, lines)
