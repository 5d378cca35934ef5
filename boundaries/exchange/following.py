"""Lower units follow the ground when units above them come back redrawn; what a new border cuts is split there.

A unit stays whole where its ground goes to one unit above. Otherwise it keeps the part with most residents, and each
other part becomes a unit of its own under the unit above that has its ground: nothing is lost, and nothing goes to a
neighbour unasked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.new_units import Codes, moved_unit
from boundaries.rules import UNASSIGNED
from boundaries.sentences import Said, spot
from geo.coverage import adjacency, connected_pieces

if TYPE_CHECKING:
    from boundaries.blocks import Blocks, Ints
    from boundaries.redraw.state import State


@dataclass(frozen=True)
class Redrawn:
    """n blocks whose unit of a level was redrawn.

    Attributes
    ----------
    unit : level -> (n,) int
        The unit of each block as the plan has it, for the levels below the redrawn one.
    target : (n,) int
        The unit of the redrawn level that each block is to be in.
    """

    blocks: Blocks
    unit: dict[str, Ints]
    target: Ints


@dataclass(frozen=True)
class _Part:
    """The blocks of one unit that go to one unit above, in one piece where parts become units of their own."""

    unit: int
    target: int
    blocks: Ints
    stays: bool


def follow(state: State, codes: Codes, redrawn: Redrawn) -> list[Said]:
    """Let the units below a redrawn level follow their blocks; the changes are pushed. Return what is to be told."""
    notes: list[Said] = []
    moved: list[str] = []
    above: dict[tuple[int, int], int] = {}
    now = np.zeros(len(redrawn.blocks), dtype=np.int64)
    for level, unit in redrawn.unit.items():
        made: dict[tuple[int, int], int] = {}
        for part in _parts(state, redrawn, level, unit):
            known = state.unit(part.unit)
            parent = above.get((known.parent_id or 0, part.target), part.target)
            if part.stays:
                number = part.unit
                if known.parent_id != parent:
                    _move(state, codes, part.unit, parent)
                    moved.append(known.name)
            else:
                number = _split_off(state, codes, known, parent)
                notes.append(_told(state, redrawn.blocks, known, number, part))
            made.setdefault((part.unit, part.target), number)
            now[part.blocks] = number
        above = made
    held = redrawn.unit[state.lowest]
    ids = redrawn.blocks.id
    change = {int(ids[n]): (int(held[n]), int(now[n])) for n in np.flatnonzero(now != held).tolist()}
    state.push(Change(blocks=change))
    if moved:
        said = Said(
            "return-followed",
            "{count} {count:unit lies|units lie} in another unit above now and went there with all "
            "{count:it holds|they hold}: {names}",
            count=len(moved),
            names=moved,
        )
        notes.append(said)
    return notes


def _parts(state: State, redrawn: Redrawn, level: str, unit: Ints) -> list[_Part]:
    """Return the parts of the units of a level, the one that stays first."""
    residents = np.nan_to_num(redrawn.blocks.counts.get("residents", np.zeros(len(unit))))
    area = redrawn.blocks.area_m2
    piece = np.zeros(len(unit), dtype=np.int64)
    if level == state.lowest:
        label = np.unique(np.column_stack([unit, redrawn.target]), axis=0, return_inverse=True)[1].reshape(-1)
        piece = connected_pieces(len(unit), adjacency(redrawn.blocks.polygon).edges, label)
    parts = []
    for number in np.unique(unit).tolist():
        mine = np.flatnonzero(unit == number)
        targets = np.unique(redrawn.target[mine]).tolist()
        weight = {
            one: (
                residents[mine][redrawn.target[mine] == one].sum(),
                area[mine][redrawn.target[mine] == one].sum(),
            )
            for one in targets
        }
        main = max(targets, key=lambda one: (*weight[one], -one))
        parts.append(_Part(number, main, mine[redrawn.target[mine] == main], stays=True))
        for target in targets:
            ground = mine[redrawn.target[mine] == target]
            if target != main:
                pieces = piece[ground] if state.unit(number).type != UNASSIGNED else np.zeros(len(ground))
                parts += [_Part(number, target, ground[pieces == p], stays=False) for p in np.unique(pieces)]
    return parts


def _move(state: State, codes: Codes, unit: int, parent: int) -> None:
    pairs = moved_unit(state, codes, unit, parent)
    before, after = pairs[unit]
    pairs[unit] = (before, replace(after, name=_free_name(state, after, parent)))
    state.push(Change(units=dict(pairs)))


def _split_off(state: State, codes: Codes, known: Attributes, parent: int) -> int:
    number = state.new_unit(known.level)
    code = codes.under(parent, known.level, known.type)
    made = replace(known, parent_id=parent, code=code, locked=False)
    name = _free_name(state, replace(made, name=f"{known.name}（2）"), parent, known.name)
    english = known.name_en and f"{known.name_en}{name.removeprefix(known.name)}".replace("（", " (").replace(
        "）", ")"
    )
    state.push(Change(units={number: (None, replace(made, name=name, name_en=english))}))
    return number


def _free_name(state: State, known: Attributes, parent: int, stem: str | None = None) -> str:
    taken = {one.name for one in state.siblings(known.level, parent).values()}
    name, number = known.name, 2
    while name in taken:
        name, number = f"{stem or known.name}（{number}）", number + 1
    return name


def _told(state: State, blocks: Blocks, known: Attributes, number: int, part: _Part) -> Said:
    ground = shapely.coverage_union_all(blocks.polygon[part.blocks])
    point = shapely.point_on_surface(ground)
    residents = np.nan_to_num(blocks.counts.get("residents", np.zeros(len(blocks))))[part.blocks].sum()
    return Said(
        "return-split",
        'a border of the file cuts {level} "{name}" at {at}: the part with {residents} residents is {level} "{new}" in '
        '"{parent}" now; unite it with a neighbour where you want it',
        level=known.level,
        name=known.name,
        at=spot(point.x, point.y),
        residents=round(float(residents)),
        new=state.unit(number).name,
        parent=state.unit(part.target).name,
    )
