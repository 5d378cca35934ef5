"""What units consist of: read as it is stored before a change, then changed as the change says.

So nothing has to wait until the change is written, and what it writes need not be read back.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from boundaries.figures import MILLIONTHS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shapely.geometry.base import BaseGeometry

    from boundaries.redraw.changes import Change
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent


@dataclass(frozen=True)
class Part:
    """A part of a unit: a block, or a unit of the level below.

    Attributes
    ----------
    shape
        A polygon, or the bytes it was read as: few units get a new outline, and only these look at it.
    """

    shape: BaseGeometry | bytes
    blocks: int
    buildings: int
    tallies: Mapping[str, float | None]


@dataclass
class Sums:
    """Sums over blocks: millionths of each measure, and of how many blocks it is known."""

    millionths: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    known: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, counts: Mapping[str, int], sign: int = 1) -> None:
        """Add the counts of one block in millionths, or take them away."""
        for measure, millionths in counts.items():
            self.millionths[measure] += sign * millionths
            self.known[measure] += sign

    def tallies(self) -> dict[str, float | None]:
        """Return the sum of each measure that is known of any block."""
        known = [measure for measure, blocks in self.known.items() if blocks]
        return {measure: self.millionths[measure] / MILLIONTHS for measure in known}


@dataclass
class Parts:
    """What units consist of.

    Attributes
    ----------
    blocks : unit of the lowest level -> block id -> part
    units : any other unit -> unit of the level below -> part
    sums : unit of the lowest level -> sums over its blocks
    loose : block id -> part
        Blocks that are in no unit.
    counts : block id -> measure -> millionths
        Of the blocks that change.
    """

    blocks: dict[int, dict[int, Part]] = field(default_factory=lambda: defaultdict(dict))
    units: dict[int, dict[int, Part]] = field(default_factory=lambda: defaultdict(dict))
    sums: dict[int, Sums] = field(default_factory=lambda: defaultdict(Sums))
    loose: dict[int, Part] = field(default_factory=dict)
    counts: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def read(self, state: State, asked: AskedParts) -> None:
        """Wait for what was asked for and add it."""
        for unit, measure, millionths, blocks in asked.sums.rows() if asked.sums is not None else ():
            self.sums[unit].millionths[measure] = millionths
            self.sums[unit].known[measure] = blocks
        for unit, block, shape, buildings in asked.blocks.rows() if asked.blocks is not None else ():
            part = Part(state.drawn[block] if shape is None else shape, 1, buildings, {})
            if unit is None:
                self.loose[block] = part
            else:
                self.blocks[unit][block] = part
        for block, measure, millionths in asked.counts.rows() if asked.counts is not None else ():
            self.counts[block][measure] = millionths
        children = asked.children.rows() if asked.children is not None else ()
        for parent, unit, shape, blocks, buildings, tallies in children:
            self.units[parent][unit] = Part(shape, blocks, buildings, tallies or {})

    def add_made(self, state: State, blocks: Collection[int]) -> None:
        """Add those blocks that the edit made, in no unit yet: what they have need not be read."""
        new = [block for block in blocks if block in state.made]
        if not new:
            return
        held = {block: part for its in self.blocks.values() for block, part in its.items()}
        for block in new:
            source, made = block, state.made.get(block)
            while made is not None and made.own is None:
                source, made = made.origin, state.made.get(made.origin)
            own = made.own if made is not None else None
            counts, buildings = own or (self.counts[source], held[source].buildings)
            self.counts[block] = dict(counts)
            self.loose[block] = Part(state.drawn[block], 1, buildings, {})

    def apply(self, change: Change) -> list[int]:
        """Let blocks and units leave and enter as a change says; return the blocks that are not where it has them."""
        versions = change.versions
        unit_of = {block: unit for unit, held in self.blocks.items() for block in held if block in versions}
        leave = [(block, before) for block, (before, _) in change.blocks.items() if before is not None]
        enter = [(block, after) for block, (_, after) in change.blocks.items() if after is not None]
        leave += [(old, unit_of.get(old, -1)) for old in versions]
        enter += [(new, unit_of.get(old, -1)) for old, new in versions.items()]
        astray = []
        for block, unit in leave:
            part = self.blocks[unit].pop(block, None)
            if part is None:
                astray.append(block)
            else:
                self.loose[block] = part
                self.sums[unit].add(self.counts[block], -1)
        for block, unit in enter:
            part = self.loose.pop(block, None)
            if part is None:
                astray.append(block)
            else:
                self.blocks[unit][block] = part
                self.sums[unit].add(self.counts[block])
        self._apply_units(change)
        return astray

    def _apply_units(self, change: Change) -> None:
        """Let units leave and enter their parents; those that are made come with their figures."""
        for unit, (before, after) in change.units.items():
            left = before.parent_id if before else None
            part = self.units[left].pop(unit, None) if left is not None else None
            if part is not None and after is not None and after.parent_id is not None:
                self.units[after.parent_id][unit] = part


@dataclass(frozen=True)
class AskedParts:
    """What units consist of, and the blocks that change, asked for; None what is known or was asked for ahead."""

    sums: Sent | None
    blocks: Sent | None
    counts: Sent | None
    children: Sent | None


def ask_parts(state: State, change: Change) -> AskedParts | None:
    """Ask for what all units consist of that blocks or units leave or enter, and all above them.

    The blocks and units must not be written yet; new block versions are. Where `ahead.Ahead` asked for the units, only
    the blocks that change are asked for, as far as they are neither among those nor made by the edit.
    """
    parents, coming = change.parents(), change.coming() - state.made.keys()
    if not (parents or change.blocks or change.versions):
        return None
    changing = {*change.blocks, *change.versions, *coming} - state.made.keys()
    if state.ahead is not None and state.ahead.parts is not None:
        changing -= state.ahead.counted
        blocks = _ask_blocks(state, [], [], coming) if coming else None
        return AskedParts(None, blocks, _ask_counts(state, changing) if changing else None, None)
    return _ask(state, change.entered_or_left(), parents, change.versions, coming, changing)


def ask_parts_of(
    state: State, units: Collection[int], parents: Collection[int], counted: Collection[int] = ()
) -> AskedParts:
    """Ask for what units of the lowest level, and units above it, consist of, and for the counts of some blocks."""
    return _ask(state, units, parents, [], [], counted)


def _ask(
    state: State,
    units: Collection[int],
    parents: Collection[int],
    versions: Collection[int],
    coming: Collection[int],
    changing: Collection[int],
) -> AskedParts:
    """Ask for the parts of units, of those that hold some block versions, of some parents, and of all above them."""
    named = {"units": list(units), "versions": list(versions)}
    return AskedParts(
        sums=state.send(_SUMS, **named, on=state.plan.count_date),
        blocks=_ask_blocks(state, units, versions, coming),
        counts=_ask_counts(state, changing),
        children=state.send(_CHILDREN, **named, parents=list(parents)),
    )


def _ask_blocks(
    state: State, units: Collection[int], versions: Collection[int], coming: Collection[int]
) -> Sent:
    """Ask for the blocks of units, of those that hold some block versions, and for some that come."""
    return state.send(
        _BLOCKS, units=list(units), versions=list(versions), coming=list(coming), drawn=list(state.drawn)
    )


def _ask_counts(state: State, blocks: Collection[int]) -> Sent:
    return state.send(_COUNTS, ids=list(blocks), on=state.plan.count_date)


_LOW = (
    "low AS MATERIALIZED (SELECT unnest(CAST(:units AS bigint[])) AS unit UNION "
    "SELECT unit_id FROM assignment WHERE plan_id = :plan AND block_id = ANY(:versions))"
)
_COUNTED = f"round(c.value * {MILLIONTHS:.0f})::bigint"
_SUMS = (
    f"WITH {_LOW} SELECT a.unit_id, c.measure, sum({_COUNTED})::bigint, count(*) FROM assignment a CROSS JOIN LATERAL "
    "(SELECT measure, value FROM count WHERE block_id = a.block_id AND on_date = :on OFFSET 0) c "
    "WHERE a.plan_id = :plan AND a.unit_id = ANY(ARRAY(SELECT unit FROM low)) GROUP BY 1, 2"
)
_BLOCKS = (
    # Polygons that the edit has read or made already are not read again.
    f"WITH {_LOW}, held AS (SELECT unit_id, block_id FROM assignment "
    "WHERE plan_id = :plan AND unit_id = ANY(ARRAY(SELECT unit FROM low)) "
    "UNION ALL SELECT NULL, unnest(CAST(:coming AS bigint[]))) SELECT h.unit_id, h.block_id, "
    "CASE WHEN h.block_id <> ALL(:drawn) THEN (SELECT ST_AsBinary(b.geom) FROM block b WHERE b.id = h.block_id) END, "
    "(SELECT count(*) FROM block_building k WHERE k.block_id = h.block_id) FROM held h"
)
_COUNTS = f"SELECT block_id, measure, {_COUNTED} FROM count c WHERE block_id = ANY(:ids) AND on_date = :on"
_CHILDREN = (
    f"WITH {_LOW}, mid AS MATERIALIZED (SELECT parent_id FROM plan_unit WHERE plan_id = :plan "
    "AND unit_id = ANY(ARRAY(SELECT unit FROM low)) UNION SELECT unnest(CAST(:parents AS bigint[]))), "
    "above AS (SELECT parent_id FROM mid UNION SELECT parent_id FROM plan_unit WHERE plan_id = :plan "
    "AND unit_id = ANY(ARRAY(SELECT parent_id FROM mid))) "
    "SELECT parent_id, unit_id, ST_AsBinary(geom), blocks, buildings, tallies FROM plan_unit "
    "WHERE plan_id = :plan AND parent_id = ANY(ARRAY(SELECT parent_id FROM above))"
)
