"""The part of a plan an edit asks for, as it stands with what the edit has changed so far.

Every read is bounded by what is asked for, never by the district.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from boundaries.errors import PlanError, UnknownBlockError, UnknownUnitError, WrongLevelError
from boundaries.redraw.changes import Attributes, Change
from boundaries.storage.statements import Sent, Statements

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from boundaries.redraw.ahead import Ahead
    from boundaries.redraw.edges import Pair
    from boundaries.redraw.ground import Around
    from boundaries.redraw.people import Made
    from boundaries.storage.plan_tables import Plan
    from boundaries.storage.tables import District

ATTRIBUTES = "level, parent_id, name, name_en, code, type, locked"


_UNDER = f"SELECT unit_id, {ATTRIBUTES} FROM plan_unit WHERE plan_id = :plan AND parent_id = ANY(:ids)"
_OF_LEVEL = f"SELECT unit_id, {ATTRIBUTES} FROM plan_unit WHERE plan_id = :plan AND level = :level"
_OF_UNITS = f"SELECT unit_id, {ATTRIBUTES} FROM plan_unit WHERE plan_id = :plan AND unit_id = ANY"
_WITH_ABOVE = (
    f"WITH low AS MATERIALIZED ({_OF_UNITS}(:ids)), "
    f"mid AS MATERIALIZED ({_OF_UNITS}(ARRAY(SELECT parent_id FROM low))), "
    f"top AS ({_OF_UNITS}(ARRAY(SELECT parent_id FROM mid))) "
    "SELECT * FROM low UNION ALL SELECT * FROM mid UNION ALL SELECT * FROM top"
)


@dataclass
class State:
    """A plan under an edit; ``pending`` is what the edit has decided and not yet written.

    Operations read through this and return a `Change` of what they read; `push` makes it seen by the next one.
    """

    session: Session
    plan: Plan
    district: District
    pending: Change = field(default_factory=Change)
    stored: dict[int, Attributes] = field(default_factory=dict)
    """Units as they were read; nothing writes them while operations are decided."""
    asked: list[Sent] = field(default_factory=list)
    """What will tell of units."""
    drawn: dict[int, BaseGeometry] = field(default_factory=dict)
    """Polygons of block versions that were read or made; versions never change."""
    made: dict[int, Made] = field(default_factory=dict)
    """Block versions that the edit made: all their borders were stored with them."""
    made_borders: dict[Pair, tuple[float, int]] = field(default_factory=dict)
    """These borders, with the blocks as they were then: metres, and code of `geo.barriers.Barrier`."""
    new_units: set[int] = field(default_factory=set)
    """Ids that the edit took for units."""
    around: Around | None = None
    """What was asked for around the line of the edit, until it is read."""
    ahead: Ahead | None = None
    """What was asked for around a line."""

    @cached_property
    def run(self) -> Statements:
        """What runs statements in the session's transaction."""
        return Statements.of(self.session)

    def push(self, change: Change) -> None:
        """Let what follows see a change."""
        self.pending = self.pending.then(change)

    @property
    def lowest(self) -> str:
        """The plan's lowest level, the one blocks are assigned to."""
        return self.plan.levels[-1]

    def level_above(self, level: str) -> str | None:
        """Return the next level above that the plan has; None above the highest."""
        at = self.plan.levels.index(level)
        return self.plan.levels[at - 1] if at else None

    def unexpected(self, what: str) -> PlanError:
        """Return what to raise when the plan is not as a change expects it."""
        return PlanError(
            f'{what} of "{self.plan.name}" is not as the edit expects it. '
            'Check the plan with "check" and load it anew.'
        )

    def send(self, query: str, **values: Any) -> Sent:
        """Run a statement about the plan; ``:plan`` and ``:district`` are filled in."""
        known = {"plan": self.plan.id, "district": self.district.id}
        used = {name: value for name, value in known.items() if f":{name}" in query}
        return self.run.send(query, {**used, **values})

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Return what a statement about the plan gives; ``:plan`` and ``:district`` are filled in."""
        return self.send(query, **values).rows()

    def unit(self, unit: int) -> Attributes:
        """Return one unit.

        Raises
        ------
        UnknownUnitError
        """
        return self.units([unit])[unit]

    def ask_units(self, units: Collection[int]) -> None:
        """Ask for units, and all above them, that will be needed; whoever needs one waits."""
        self.asked.append(ask_units(self.run, self.plan, units))

    def units(self, units: Iterable[int]) -> dict[int, Attributes]:
        """Return units by id.

        Raises
        ------
        UnknownUnitError
            Naming the first that the plan does not have.
        """
        wanted = list(dict.fromkeys(units))
        while self.asked:
            self.stored.update({row[0]: Attributes(*row[1:]) for row in self.asked.pop().rows()})
        found: dict[int, Attributes | None] = {
            unit: self.pending.units[unit][1] for unit in wanted if unit in self.pending.units
        }
        found |= {unit: self.stored[unit] for unit in wanted if unit not in found and unit in self.stored}
        unread = [unit for unit in wanted if unit not in found]
        if unread:
            query = (
                f"SELECT unit_id, {ATTRIBUTES} FROM plan_unit WHERE plan_id = :plan AND unit_id = ANY(:ids)"
            )
            read = {row[0]: Attributes(*row[1:]) for row in self.rows(query, ids=unread)}
            self.stored.update(read)
            found |= read
        missing = [unit for unit in wanted if found.get(unit) is None]
        if missing:
            raise UnknownUnitError(
                f'"{self.plan.name}" has no unit {missing[0]}; it may be merged or dissolved. Load the plan anew.',
                units=missing,
            )
        return {unit: attributes for unit in wanted if (attributes := found[unit]) is not None}

    def require_level(self, unit: int, level: str) -> Attributes:
        """Return a unit of a level.

        Raises
        ------
        UnknownUnitError, WrongLevelError
        """
        known = self.unit(unit)
        if known.level != level:
            raise WrongLevelError(f'"{known.name}" is a {known.level}; choose a {level}.')
        return known

    def units_of(self, blocks: Iterable[int]) -> dict[int, int]:
        """Return the unit of each block, by the version the plan has now: an older one of the same key will do.

        Raises
        ------
        UnknownBlockError
            Naming the first that the plan does not have in any version.
        """
        wanted = [self.pending.versions.get(block, block) for block in dict.fromkeys(blocks)]
        known = self.held(wanted)
        missing = [block for block in wanted if block not in known]
        if not missing:
            return known
        replaced = self._newer_versions(missing)
        for block in missing:
            if block not in replaced:
                raise UnknownBlockError(
                    f'"{self.plan.name}" has no block {block} any more; it may have been cut. Load the plan anew.',
                    blocks=[block],
                )
        return known | self.held(replaced.values())

    def held(self, blocks: Iterable[int]) -> dict[int, int]:
        """Return the unit of each of some block versions that the plan has; those it does not have are left out."""
        wanted = list(dict.fromkeys(blocks))
        back = {new: old for old, new in self.pending.versions.items()}
        query = "SELECT block_id, unit_id FROM assignment WHERE plan_id = :plan AND block_id = ANY(:ids)"
        asked = [back.get(block, block) for block in wanted if block not in self.pending.blocks]
        stored = {row[0]: row[1] for row in self.rows(query, ids=asked)} if asked else {}
        found = {}
        for block in wanted:
            if block in self.pending.blocks:
                unit = self.pending.blocks[block][1]
            else:
                unit = None if block in self.pending.versions else stored.get(back.get(block, block))
            if unit is not None:
                found[block] = unit
        return found

    def above(self, units: Iterable[int], level: str) -> dict[int, int]:
        """Return the unit of a level that each unit of the lowest level is in."""
        top = {unit: unit for unit in units}
        while top and (known := self.units(top.values()))[next(iter(top.values()))].level != level:
            parents = {unit: known[at].parent_id for unit, at in top.items()}
            top = {unit: parent for unit, parent in parents.items() if parent is not None}
        return top

    def _newer_versions(self, blocks: list[int]) -> dict[int, int]:
        """Return the version the plan has now of blocks that it has in another version."""
        query = (
            "SELECT o.id, n.id FROM block o JOIN block n ON n.district_id = o.district_id AND n.key = o.key "
            "JOIN assignment a ON a.block_id = n.id AND a.plan_id = :plan "
            "WHERE o.id = ANY(:ids) AND o.district_id = :district"
        )
        now = {old: self.pending.versions.get(new, new) for old, new in self.rows(query, ids=blocks)}
        gone = {block for block, (_, after) in self.pending.blocks.items() if after is None}
        return {old: new for old, new in now.items() if new not in gone and new != old}

    def blocks_of(self, units: Collection[int]) -> dict[int, list[int]]:
        """Return the blocks of units of the lowest level, ascending."""
        query = "SELECT unit_id, block_id FROM assignment WHERE plan_id = :plan AND unit_id = ANY(:ids)"
        held: dict[int, set[int]] = {unit: set() for unit in units}
        for unit, block in self.rows(query, ids=list(held)):
            if block not in self.pending.blocks:
                held[unit].add(self.pending.versions.get(block, block))
        for block, (_, unit) in self.pending.blocks.items():
            if unit in held:
                held[unit].add(block)
        return {unit: sorted(blocks) for unit, blocks in held.items()}

    def children_of(self, parents: Collection[int]) -> dict[int, dict[int, Attributes]]:
        """Return the units under each parent, ascending."""
        return self._children(parents, self.send(_UNDER, ids=list(parents)))

    def _children(self, parents: Collection[int], asked: Sent) -> dict[int, dict[int, Attributes]]:
        held: dict[int, dict[int, Attributes]] = {parent: {} for parent in parents}
        for unit, known in self._as_pending(asked).items():
            if known.parent_id in held:
                held[known.parent_id][unit] = known
        return held

    def _as_pending(self, asked: Sent) -> dict[int, Attributes]:
        """Return units as they are with what is pending, and all that pends, ascending."""
        found = {row[0]: Attributes(*row[1:]) for row in asked.rows()}
        found |= {unit: after for unit, (_, after) in self.pending.units.items() if after is not None}
        gone = {unit for unit, (_, after) in self.pending.units.items() if after is None}
        return {unit: found[unit] for unit in sorted(found.keys() - gone)}

    def ask_siblings(self, level: str, parent: int | None) -> Sent:
        """Ask for the units of a level under a parent, or for all of the highest level."""
        return self.send(_OF_LEVEL, level=level) if parent is None else self.send(_UNDER, ids=[parent])

    def siblings(self, level: str, parent: int | None, asked: Sent | None = None) -> dict[int, Attributes]:
        """Return the units of a level under a parent, or all of the highest level.

        Parameters
        ----------
        asked
            Of `ask_siblings`, where it was asked before.
        """
        asked = asked or self.ask_siblings(level, parent)
        if parent is not None:
            return self._children([parent], asked)[parent]
        return {unit: known for unit, known in self._as_pending(asked).items() if known.level == level}

    def ask_new_id(self, level: str) -> Sent:
        """Ask for the permanent id of a new unit."""
        return self.send(
            "INSERT INTO unit (district_id, level) VALUES (:district, :level) RETURNING id", level=level
        )

    def new_unit(self, level: str) -> int:
        """Return the permanent id of a new unit."""
        return int(self.ask_new_id(level).rows()[0][0])

    def blocks_under(self, unit: int) -> list[int]:
        """Return the blocks of a unit of any level, ascending."""
        units = {unit: self.unit(unit)}
        while next(iter(units.values())).level != self.lowest:
            units = {
                child: known
                for under in self.children_of(list(units)).values()
                for child, known in under.items()
            }
        return sorted(block for blocks in self.blocks_of(list(units)).values() for block in blocks)

    def borders(self, blocks: Collection[int]) -> list[tuple[int, int, float]]:
        """Return [first, second, metres] of the borders of blocks with any block version, in ascending order."""
        query = (
            "SELECT first_id, second_id, border_m FROM block_border WHERE first_id = ANY(:ids) UNION "
            "SELECT first_id, second_id, border_m FROM block_border WHERE second_id = ANY(:ids) ORDER BY 1, 2"
        )
        return [(row[0], row[1], row[2]) for row in self.rows(query, ids=list(blocks))]


def ask_units(run: Statements, plan: Plan, units: Collection[int]) -> Sent:
    """Ask for units of a plan and all above them."""
    return run.send(_WITH_ABOVE, {"plan": plan.id, "ids": list(units)})
