"""What each operation on units means: from the state of what it touches to a change of that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from boundaries.codes import FIRST_NUMBERS, LENGTHS, parse_code
from boundaries.errors import (
    ArgumentError,
    LastBlockError,
    NothingToDoError,
    NotTouchingError,
    WrongLevelError,
    WrongParentError,
)
from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.new_units import Codes, ask_new_unit, moved_unit, recoded_below
from boundaries.redraw.pieces import groups_of
from boundaries.rules import UNASSIGNED

if TYPE_CHECKING:
    from boundaries.redraw.state import State

Arguments = Mapping[str, Any]
Operation = Callable[["State", Arguments], Change]


def assign(state: State, arguments: Arguments) -> Change:
    """Give blocks to a unit of the lowest level."""
    unit = arguments["unit"]
    state.ask_units([unit])
    held = state.units_of(arguments["blocks"])
    state.require_level(unit, state.lowest)
    moved: dict[int, tuple[int | None, int | None]] = {
        block: (before, unit) for block, before in held.items() if before != unit
    }
    if not moved:
        raise NothingToDoError(f'the blocks are in "{state.unit(unit).name}" already.')
    return Change(blocks=moved, units=emptied(state, moved))


def emptied(
    state: State, moved: Mapping[int, tuple[int | None, int | None]], arriving: Collection[int | None] = ()
) -> dict[int, tuple[Attributes | None, Attributes | None]]:
    """Return the units that nobody has drawn and that go with their last block.

    Parameters
    ----------
    arriving
        Parents that get a new unit.

    Raises
    ------
    LastBlockError
        When any other unit would lose its last block.
    """
    sources = {before for before, _ in moved.values() if before is not None}
    entered = {after for _, after in moved.values() if after is not None}
    left = {
        unit for unit, blocks in state.blocks_of(sources - entered).items() if not set(blocks) - set(moved)
    }
    gone: dict[int, tuple[Attributes | None, Attributes | None]] = {}
    for unit in sorted(left):
        known = state.unit(unit)
        if known.type != UNASSIGNED:
            raise LastBlockError(
                f'"{known.name}" would lose its last block. Merge or dissolve it instead.', units=[unit]
            )
        gone[unit] = (known, None)
    if gone:
        _require_children_left(state, gone, arriving)
    return gone


def _require_children_left(
    state: State,
    gone: Collection[int],
    arriving: Collection[int | None] = (),
) -> None:
    """Refuse to take the last unit out of a parent that nothing comes to."""
    parents = {known.parent_id for known in state.units(gone).values()} - set(arriving)
    for parent, children in state.children_of([p for p in parents if p is not None]).items():
        if not set(children) - set(gone):
            name = state.unit(parent).name
            raise LastBlockError(
                f'"{name}" would lose its last unit. Merge or dissolve it instead.', units=[parent]
            )


def create(state: State, arguments: Arguments) -> Change:
    """Make a new unit of blocks, or of units of the level below."""
    level = arguments["level"]
    if level not in state.plan.levels:
        raise WrongLevelError(f'"{state.plan.name}" has no {level}; it has {", ".join(state.plan.levels)}.')
    wanted = "blocks" if level == state.lowest else "units"
    if wanted not in arguments:
        raise ArgumentError(f'a new {level} of this plan is made of "{wanted}".')
    return (_create_lowest if wanted == "blocks" else _create_above)(state, arguments)


def _create_lowest(state: State, arguments: Arguments) -> Change:
    held = state.units_of(arguments["blocks"])
    parent = _parent(state, arguments, next(iter(held.values())))
    unit, made = _new_unit(state, arguments, parent)
    moved: dict[int, tuple[int | None, int | None]] = {
        block: (before, unit) for block, before in held.items()
    }
    gone = emptied(state, moved, arriving=[parent])
    return Change(blocks=moved, units={**gone, unit: (None, made)})


def _create_above(state: State, arguments: Arguments) -> Change:
    below = state.plan.levels[state.plan.levels.index(arguments["level"]) + 1]
    children = list(dict.fromkeys(arguments["units"]))
    for child in children:
        state.require_level(child, below)
    old = state.unit(children[0]).parent_id
    parent = _parent(state, arguments, old)
    _require_children_left(state, children)
    unit, made = _new_unit(state, arguments, parent)
    seen = _with(state, Change(units={unit: (None, made)}))
    codes = Codes(seen)
    moved: dict[int, tuple[Attributes | None, Attributes | None]] = {unit: (None, made)}
    for child in children:
        moved |= moved_unit(seen, codes, child, unit)
    return Change(units=moved)


def _with(state: State, change: Change) -> State:
    """Return the state with one more change pending, leaving the given one as it is."""
    return replace(state, pending=state.pending.then(change))


def _parent(state: State, arguments: Arguments, sibling: int | None) -> int | None:
    """Return the parent a new unit is asked to have; without one, that of the unit it is taken from."""
    above = state.level_above(arguments["level"])
    asked = arguments.get("parent")
    if above is None:
        if asked is not None:
            raise WrongParentError(f"a {arguments['level']} of this plan has no parent.")
        return None
    if asked is None and sibling is not None:
        return state.unit(sibling).parent_id
    if asked is None or state.unit(asked).level != above:
        raise WrongParentError(f"the parent of a {arguments['level']} is a {above}.")
    return int(asked)


def _new_unit(state: State, arguments: Arguments, parent: int | None) -> tuple[int, Attributes]:
    level = arguments["level"]
    type_ = arguments.get("type") or ("ordinary" if level == "cell" else level)
    _require_type(level, type_)
    return ask_new_unit(state, level, type_, parent, arguments.get("name")).made(arguments.get("name_en"))


def _require_type(level: str, type_: str) -> None:
    if type_ not in FIRST_NUMBERS[level]:
        known = ", ".join(FIRST_NUMBERS[level])
        raise ArgumentError(f'there is no type of {level} called "{type_}"; types are {known}.')


def merge(state: State, arguments: Arguments) -> Change:
    """Make several units of one level one; what they hold goes to ``into``."""
    into = arguments["into"]
    others = [unit for unit in dict.fromkeys(arguments["units"]) if unit != into]
    kept = state.unit(into)
    if not others:
        raise NothingToDoError(f'choose a unit besides "{kept.name}" to merge with it.')
    for unit in others:
        state.require_level(unit, kept.level)
    _require_touching(state, [into, *others])
    _require_children_left(state, others, arriving=[kept.parent_id])
    targets: dict[int, int] = dict.fromkeys(others, int(into))
    return _joined(state, targets)


def _joined(state: State, into: Mapping[int, int]) -> Change:
    """Return the change that gives all that units hold to others and removes them."""
    gone: dict[int, tuple[Attributes | None, Attributes | None]] = {
        unit: (known, None) for unit, known in state.units(into).items()
    }
    if state.unit(next(iter(into))).level == state.lowest:
        held = state.blocks_of(list(into))
        return Change({block: (unit, into[unit]) for unit in held for block in held[unit]}, units=gone)
    codes = Codes(state)
    for unit, children in state.children_of(list(into)).items():
        for child in children:
            gone |= moved_unit(state, codes, child, into[unit])
    return Change(units=gone)


def _require_touching(state: State, units: list[int]) -> None:
    of = {block: unit for unit in units for block in state.blocks_under(unit)}
    group = groups_of(of, state.borders(list(of)))
    apart = [unit for unit in units if group[unit] != group[units[0]]]
    if apart:
        names = state.units([units[0], apart[0]])
        raise NotTouchingError(
            f'"{names[units[0]].name}" and "{names[apart[0]].name}" do not touch. Merge units that share a border.',
            units=apart,
        )


def move(state: State, arguments: Arguments) -> Change:
    """Put a unit under another parent."""
    unit, parent = arguments["unit"], arguments["parent"]
    known = state.unit(unit)
    above = state.level_above(known.level)
    if above is None:
        raise WrongParentError(f'"{known.name}" is of the highest level of the plan and has no parent.')
    target = state.unit(parent)
    if target.level != above:
        raise WrongParentError(f'the parent of a {known.level} is a {above}; "{target.name}" is none.')
    if known.parent_id == parent:
        raise NothingToDoError(f'"{known.name}" is in "{target.name}" already.')
    _require_children_left(state, [unit])
    return Change(units=dict(moved_unit(state, Codes(state), unit, parent)))


def update(state: State, arguments: Arguments) -> Change:
    """Change a unit's name, code or type."""
    unit = arguments["unit"]
    before = state.unit(unit)
    given = {
        name: arguments[name].strip() for name in ("name", "name_en", "code", "type") if name in arguments
    }
    if "type" in given and given["type"] != before.type:
        _require_type(before.level, given["type"])
    after = replace(before, **given)
    if after == before:
        raise NothingToDoError(f'"{before.name}" is already so.')
    if after.code is not None and after.code != before.code:
        _require_code(state, before, after.code)
    below = recoded_below(state, unit, before.code, after.code)
    return Change(units={unit: (before, after), **below})


def _require_code(state: State, unit: Attributes, code: str) -> None:
    """Refuse a code that is not by the rule, in districts that have codes by it."""
    if state.district.code is None:
        return
    length = next(length for length, level in LENGTHS.items() if level == unit.level)
    stem = state.district.code if unit.parent_id is None else state.unit(unit.parent_id).code
    if len(str(parse_code(code))) != length or not code.startswith(stem or ""):
        raise ArgumentError(
            f'the code of a {unit.level} has {length} digits and begins with {stem}, not "{code}".'
        )


def lock(state: State, arguments: Arguments) -> Change:
    """Lock units."""
    return _set_lock(state, arguments["units"], locked=True)


def unlock(state: State, arguments: Arguments) -> Change:
    """Unlock units."""
    return _set_lock(state, arguments["units"], locked=False)


def _set_lock(state: State, units: list[int], *, locked: bool) -> Change:
    changed = {
        unit: (known, replace(known, locked=locked))
        for unit, known in state.units(units).items()
        if known.locked != locked
    }
    if not changed:
        raise NothingToDoError("the units are so already.")
    return Change(units=changed)
