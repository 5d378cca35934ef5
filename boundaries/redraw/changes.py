"""What an edit did, as a value: it can be taken back, put after another, and written as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Attributes:
    """What a plan says about a unit, apart from its blocks and figures."""

    level: str
    parent_id: int | None
    name: str
    name_en: str | None
    code: str | None
    type: str
    locked: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the attributes as the log keeps them."""
        return dict(vars(self))


@dataclass(frozen=True)
class Change:
    """What one edit did.

    Attributes
    ----------
    blocks : block id -> (unit before, unit after)
        Units of the plan's lowest level; None where that version of the block was not, or is no longer, in the plan.
    versions : block id -> block id
        A version of a block that took another's place in the same unit, with the same counts: it got a vertex.
    units : unit id -> (attributes before, attributes after)
        None where the unit was not, or is no longer, in the plan.
    """

    blocks: Mapping[int, tuple[int | None, int | None]] = field(default_factory=dict)
    versions: Mapping[int, int] = field(default_factory=dict)
    units: Mapping[int, tuple[Attributes | None, Attributes | None]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.blocks or self.versions or self.units)

    def coming(self) -> set[int]:
        """Return the block versions that the change brings into the plan."""
        new = {block for block, (before, _) in self.blocks.items() if before is None}
        return new | set(self.versions.values())

    def entered_or_left(self) -> set[int]:
        """Return the units of the lowest level that blocks enter or leave; those of versions are not known here."""
        return {unit for pair in self.blocks.values() for unit in pair if unit is not None}

    def parents(self) -> set[int]:
        """Return the units whose number of units below may change: of what is made, removed or moved."""
        return {
            side.parent_id
            for before, after in self.units.values()
            if before is None or after is None or before.parent_id != after.parent_id
            for side in (before, after)
            if side is not None and side.parent_id is not None
        }

    def inverse(self) -> Change:
        """Return what takes this change back."""
        return Change(
            {block: (after, before) for block, (before, after) in self.blocks.items()},
            {new: old for old, new in self.versions.items()},
            {unit: (after, before) for unit, (before, after) in self.units.items()},
        )

    def then(self, later: Change) -> Change:
        """Return what this change and a later one do together."""
        blocks, versions = _blocks_then(self, later)
        units = dict(self.units)
        for unit, (before, after) in later.units.items():
            first = units.pop(unit)[0] if unit in units else before
            if first != after:
                units[unit] = (first, after)
        return Change(blocks, versions, units)

    def as_json(self) -> dict[str, Any]:
        """Return the change as the log keeps it, in ascending order of ids."""
        return {
            "blocks": [[block, *self.blocks[block]] for block in sorted(self.blocks)],
            "versions": [[old, self.versions[old]] for old in sorted(self.versions)],
            "units": [
                [unit, *(side.as_json() if side else None for side in self.units[unit])]
                for unit in sorted(self.units)
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Change:
        """Read a change as `as_json` wrote it."""
        return cls(
            {block: (before, after) for block, before, after in stored.get("blocks", ())},
            dict(stored.get("versions", ())),
            {
                unit: (Attributes(**before) if before else None, Attributes(**after) if after else None)
                for unit, before, after in stored.get("units", ())
            },
        )


def composed(changes: Iterable[Change]) -> Change:
    """Return what changes do one after the other; put together in pairs, so that long logs take no square time."""
    parts = list(changes) or [Change()]
    while len(parts) > 1:
        last = parts[-1:] if len(parts) % 2 else []
        parts = [first.then(second) for first, second in zip(parts[::2], parts[1::2], strict=False)] + last
    return parts[0]


def _blocks_then(
    first: Change, later: Change
) -> tuple[dict[int, tuple[int | None, int | None]], dict[int, int]]:
    """Put the block side of one change after another's; a version whose unit becomes known is written as blocks."""
    blocks, versions = dict(first.blocks), dict(first.versions)
    origin = {new: old for old, new in versions.items()}

    def put(block: int, before: int | None, after: int | None) -> None:
        begun = blocks.pop(block)[0] if block in blocks else before
        if begun != after:
            blocks[block] = (begun, after)

    def spell(block: int, unit: int | None) -> None:
        """Write the version that led to a block as one block going and one coming."""
        old = origin.pop(block)
        del versions[old]
        put(old, unit, None)
        put(block, None, unit)

    for old, new in later.versions.items():
        if old in blocks:
            unit = blocks[old][1]
            put(old, unit, None)
            put(new, None, unit)
        elif old in origin:
            begun = origin.pop(old)
            del versions[begun]
            if begun != new:
                versions[begun], origin[new] = new, begun
        else:
            versions[old], origin[new] = new, old
    # What goes is taken first: a version that comes back finds its place free.
    for block, (before, after) in sorted(later.blocks.items(), key=lambda item: item[1][1] is not None):
        if block in origin and block not in blocks:
            spell(block, before)
        put(block, before, after)
    return blocks, versions
