"""What must hold after an edit: locks, names, codes, and units in one piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from boundaries.errors import CodeTakenError, LockedError, NameTakenError, NotContiguousError
from boundaries.redraw.pieces import count_pieces
from boundaries.rules import UNASSIGNED
from boundaries.storage.database import geometries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from boundaries.redraw.changes import Attributes, Change
    from boundaries.redraw.settling import Settled
    from boundaries.redraw.state import State
    from boundaries.redraw.touched import Touched
    from boundaries.storage.statements import Sent

_CHILDREN = "SELECT unit_id FROM plan_unit WHERE plan_id = :plan AND parent_id = ANY(:ids)"
_BLOCKS = "SELECT block_id FROM assignment WHERE plan_id = :plan AND unit_id = ANY(:ids)"

REDRAWN_M2 = 0.01
"""A polygon that differs by more covers other ground; less comes from the 1 mm grid."""


def guarded_units(touched: Touched, change: Change, *, restores: bool) -> set[int]:
    """Return the units that are locked and stay so; one that the same change unlocks is free.

    Parameters
    ----------
    restores
        Whether an earlier state comes back: units that were not there then are free too.
    """
    locked = {unit for unit, row in touched.rows.items() if row.attributes.locked}
    after = {unit: change.units[unit][1] for unit in locked & change.units.keys()}
    freed = {unit for unit, known in after.items() if (restores if known is None else not known.locked)}
    return locked - freed


def require_unlocked(touched: Touched, change: Change, guarded: set[int]) -> None:
    """Refuse to rename, move or remove what is locked, and to let blocks enter or leave it.

    Raises
    ------
    LockedError
    """
    held = set(change.units)
    for block in touched.shifted:
        # A cut inside a locked unit is free: whether ground leaves it is seen by its polygon.
        if block in touched.before and block in touched.after:
            held.update(set(touched.before[block]) ^ set(touched.after[block]))
    for unit in sorted(held & guarded):
        raise LockedError(f'"{touched.rows[unit].attributes.name}" is locked. Unlock it first.', units=[unit])


@dataclass(frozen=True)
class NamesAndCodes:
    """The names and codes a change gives to units, and who has the same, asked for."""

    change: Change
    named: dict[int, Attributes]
    coded: dict[str, int]
    same_name: Sent | None
    same_code: Sent | None

    def require_free(self) -> None:
        """Refuse a name that a sibling has, and a code that any unit of the plan or of one in force has.

        Raises
        ------
        NameTakenError, CodeTakenError
        """
        if self.same_name is not None:
            _require_names(self.change, self.named, self.same_name.rows())
        if self.same_code is not None:
            _require_codes(self.change, self.coded, self.same_code.rows())


def ask_names_and_codes(state: State, change: Change) -> NamesAndCodes:
    """Ask who has the names and codes that a change gives."""
    named = {
        unit: after
        for unit, (before, after) in change.units.items()
        if after and (before is None or (before.name, before.parent_id) != (after.name, after.parent_id))
    }
    coded = {
        after.code: unit
        for unit, (before, after) in change.units.items()
        if after and after.code is not None and (before is None or before.code != after.code)
    }
    same_name = _ask_same_names(state, list(named.values())) if named else None
    same_code = state.send(_SAME_CODE, codes=list(coded)) if coded else None
    return NamesAndCodes(change, named, coded, same_name, same_code)


def _ask_same_names(state: State, named: Sequence[Attributes]) -> Sent:
    """Ask which siblings-to-be of units have their names."""
    parents = {one.parent_id for one in named}
    return state.send(
        _SAME_NAME,
        parents=[parent for parent in parents if parent is not None],
        top=None in parents,
        names=[one.name for one in named],
    )


# Siblings are few, and found by their parent: a look at all units of the plan takes longer in a larger district.
_SAME_NAME = (
    "SELECT unit_id, level, parent_id, name FROM plan_unit WHERE plan_id = :plan "
    "AND (parent_id = ANY(:parents) OR (:top AND parent_id IS NULL)) AND name = ANY(:names)"
)
_SAME_CODE = (
    "SELECT u.unit_id, u.code, u.name, u.plan_id = :plan FROM plan_unit u JOIN plan p ON p.id = u.plan_id "
    "WHERE u.district_id = :district AND u.code = ANY(:codes) "
    "AND (u.plan_id = :plan OR p.state IN ('adopted', 'superseded'))"
)


def _require_names(change: Change, named: Mapping[int, Attributes], same: Iterable[tuple[Any, ...]]) -> None:
    seen: dict[tuple[str, int | None, str], int] = {}
    for unit, after in named.items():
        place = (after.level, after.parent_id, after.name)
        if seen.setdefault(place, unit) != unit:
            raise NameTakenError(f'two units would be called "{after.name}". Choose another name.')
    for unit, level, parent, name in same:
        stays = change.units[unit][1] if unit in change.units else True
        place = (level, parent, name)
        if stays is True and place in seen and seen[place] != unit:
            raise NameTakenError(
                f'a {level} beside it is called "{name}" already. Choose another name.', units=[unit]
            )


def _require_codes(change: Change, coded: Mapping[str, int], same: Iterable[tuple[Any, ...]]) -> None:
    for unit, code, name, here in same:
        if unit == coded[code]:
            continue
        changed = change.units.get(unit) if here else None
        if changed is not None and (changed[1] is None or changed[1].code != code):
            continue
        raise CodeTakenError(f'"{name}" has or had the code {code} already. Choose another.', units=[unit])


def require_one_piece(state: State, touched: Touched, settled: Mapping[int, Settled]) -> None:
    """Refuse units in more pieces than before, but for exceptions the plan names and what nobody has drawn.

    Called before the polygons are written, so that those before can still be read.

    Raises
    ------
    NotContiguousError
    """
    excused = {entry["unit_id"] for entry in state.plan.exceptions if entry["invariant"] == "contiguity"}
    apart = [
        unit
        for unit, one in settled.items()
        if shapely.get_num_geometries(one.polygon) > 1
        and one.row.attributes.type != UNASSIGNED
        and unit not in excused
    ]
    for unit in apart:
        known = settled[unit].row.attributes
        now, allowed = _pieces_now_and_allowed(state, touched, unit)
        if now > allowed:
            middle = shapely.point_on_surface(min(shapely.get_parts(settled[unit].polygon), key=shapely.area))
            raise NotContiguousError(
                f'"{known.name}" would fall into {now} pieces; one lies at ({middle.x:.1f}, {middle.y:.1f}).',
                units=[unit],
                at=[round(middle.x, 3), round(middle.y, 3)],
            )


def _pieces_now_and_allowed(state: State, touched: Touched, unit: int) -> tuple[int, int]:
    """Count a unit's pieces after the change, and the pieces it may have: those it had before, at least one."""
    units = [unit]
    # The unit itself may not be written yet; all below it is.
    while below := [row[0] for row in state.rows(_CHILDREN, ids=units)]:
        units = below
    after = {row[0] for row in state.rows(_BLOCKS, ids=units)}
    now = count_pieces(after, state.borders(after))
    row = touched.rows.get(unit)
    if row is None or row.attributes.type == UNASSIGNED:
        return now, 1
    entered = {block for block in touched.shifted if unit in touched.after.get(block, ())}
    left = {block for block in touched.shifted if unit in touched.before.get(block, ())}
    before = (after - entered) | left
    return now, max(1, count_pieces(before, state.borders(before)))


def require_locked_shapes(
    state: State, touched: Touched, settled: Mapping[int, Settled], guarded: set[int]
) -> None:
    """Refuse locked units that would cover other ground: a cut inside one is free, but nothing enters or leaves.

    Called before the polygons are written.

    Raises
    ------
    LockedError
    """
    locked = sorted(unit for unit in guarded & settled.keys() if settled[unit].polygon is not None)
    if not locked:
        return
    query = "SELECT unit_id, ST_AsBinary(geom) FROM plan_unit WHERE plan_id = :plan AND unit_id = ANY(:ids)"
    for unit, stored in state.rows(query, ids=locked):
        moved = shapely.symmetric_difference(geometries_of([stored])[0], settled[unit].polygon)
        if moved.area > REDRAWN_M2:
            raise LockedError(
                f'"{touched.rows[unit].attributes.name}" is locked. Unlock it first.', units=[unit]
            )
