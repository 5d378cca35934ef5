"""The three-way merge of assignments: what two plans that go back to one made of its blocks, block by block.

Pure: it knows blocks by id, their lineage and who touches whom, and neither polygons nor a database.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Side = str
MINE, THEIRS = "mine", "theirs"

Assigned = dict[int, int]
"""Block version -> unit of the lowest level."""


@dataclass(frozen=True)
class Conflict:
    """Something both sides changed, each in another way.

    Attributes
    ----------
    id
        The block's id; "c" and a block's id where both sides cut the same ground; "u" and a unit's id.
    kind
        "block", "cut" or "unit".
    blocks
        Block versions whose ground is in question.
    mine, theirs
        The unit either side gave the block to; None where there is no single one.
    """

    id: str
    kind: str
    blocks: tuple[int, ...]
    mine: int | None = None
    theirs: int | None = None
    words: Mapping[Side, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Merged:
    """The merged assignment, and what could not be decided; undecided blocks are as mine."""

    assigned: Assigned
    conflicts: list[Conflict]


@dataclass
class _Piece:
    """Ground whose blocks are related by lineage, with the blocks of each plan on it."""

    base: set[int] = field(default_factory=set)
    mine: set[int] = field(default_factory=set)
    theirs: set[int] = field(default_factory=set)

    @property
    def changed(self) -> bool:
        """Whether either side has other block versions than the base."""
        return self.mine != self.base or self.theirs != self.base

    @property
    def torn(self) -> bool:
        """Whether both sides have other block versions than the base, and not the same ones."""
        return self.base not in (self.mine, self.theirs) and self.mine != self.theirs


@dataclass(frozen=True)
class ThreePlans:
    """Three assignments that go back to one, with what relates their blocks.

    Attributes
    ----------
    lineage
        Pairs of block versions of any of the three plans, one made from the other, over any number of steps.
    touching
        Pairs of blocks of the base that share a border.
    """

    base: Assigned
    mine: Assigned
    theirs: Assigned
    lineage: Iterable[tuple[int, int]] = ()
    touching: Iterable[tuple[int, int]] = ()


def merge(plans: ThreePlans, resolve: Mapping[str, Side]) -> Merged:
    """Merge two assignments that go back to one.

    A block that one side alone changed is as that side has it. Where one side alone cut, its pieces are taken, each
    with the other side's change if there is one. Ground that both sides cut, with all changed ground it touches, is
    taken from one side as a whole: nodes of one side's cut would be missing in the other side's blocks.

    Parameters
    ----------
    resolve
        Conflict id -> "mine" or "theirs".
    """
    related = _related(plans.lineage)
    pieces = _pieces(plans, related)
    cluster = _clusters(plans, pieces)
    torn = {cluster[at] for at, piece in enumerate(pieces) if piece.torn}
    assigned: Assigned = {}
    conflicts: list[Conflict] = []
    whole: dict[int, list[_Piece]] = defaultdict(list)
    for at, piece in enumerate(pieces):
        if piece.changed and cluster[at] in torn:
            whole[cluster[at]].append(piece)
        else:
            _take_piece(plans, piece, related, resolve, assigned, conflicts)
    for members in whole.values():
        _take_side(plans, members, resolve, assigned, conflicts)
    return Merged(assigned, sorted(conflicts, key=lambda one: (one.kind, one.blocks)))


def _related(lineage: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    related: dict[int, set[int]] = defaultdict(set)
    for one, other in lineage:
        related[one].add(other)
        related[other].add(one)
    return related


class _Groups:
    """Groups of things that are the same or related (union-find)."""

    def __init__(self) -> None:
        self._of: dict[int, int] = {}

    def find(self, one: int) -> int:
        at = self._of.setdefault(one, one)
        while self._of[at] != at:
            self._of[at] = self._of[self._of[at]]
            at = self._of[at]
        self._of[one] = at
        return at

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self._of[second] = first


def _pieces(plans: ThreePlans, related: Mapping[int, set[int]]) -> list[_Piece]:
    groups = _Groups()
    known = {*plans.base, *plans.mine, *plans.theirs}
    for one, others in related.items():
        for other in others:
            if one in known and other in known:
                groups.join(one, other)
    found: dict[int, _Piece] = defaultdict(_Piece)
    for name in ("base", "mine", "theirs"):
        for block in getattr(plans, name):
            getattr(found[groups.find(block)], name).add(block)
    return [found[key] for key in sorted(found)]


def _clusters(plans: ThreePlans, pieces: list[_Piece]) -> dict[int, int]:
    """Return a cluster for each changed piece: changed pieces that touch are in one."""
    groups = _Groups()
    of = {block: at for at, piece in enumerate(pieces) if piece.changed for block in piece.base}
    for one, other in plans.touching:
        if one in of and other in of:
            groups.join(of[one], of[other])
    return {at: groups.find(at) for at, piece in enumerate(pieces) if piece.changed}


def _take_piece(
    plans: ThreePlans,
    piece: _Piece,
    related: Mapping[int, set[int]],
    resolve: Mapping[str, Side],
    assigned: Assigned,
    conflicts: list[Conflict],
) -> None:
    """Decide each block of a piece that at most one side cut."""
    cut_by_them = piece.mine == piece.base and piece.theirs != piece.base
    own, other = (plans.theirs, plans.mine) if cut_by_them else (plans.mine, plans.theirs)
    for block in sorted(piece.theirs if cut_by_them else piece.mine):
        was = {plans.base[one] for one in _links(block, related, plans.base)}
        beside = _links(block, related, other)
        units = {other[one] for one in beside}
        other_changed = any(other[one] not in _before(plans.base, one, was) for one in beside)
        if units == {own[block]} or not other_changed:
            assigned[block] = own[block]
        elif was == {own[block]} and len(units) == 1:
            assigned[block] = next(iter(units))
        else:
            options = (own[block], min(units))
            mine, theirs = options[::-1] if cut_by_them else options
            side = resolve.get(str(block))
            assigned[block] = theirs if side == THEIRS else mine
            if side not in {MINE, THEIRS}:
                conflicts.append(Conflict(str(block), "block", (block,), mine, theirs))


def _before(base: Assigned, block: int, was: set[int]) -> set[int]:
    """Return the units a block, or the ground it was made from, was in."""
    return {base[block]} if block in base else was


def _links(block: int, related: Mapping[int, set[int]], among: Assigned) -> list[int]:
    """Return the blocks of a plan on the ground of a block: itself, or those it is related to."""
    return [block] if block in among else sorted(one for one in related.get(block, ()) if one in among)


def _take_side(
    plans: ThreePlans,
    members: list[_Piece],
    resolve: Mapping[str, Side],
    assigned: Assigned,
    conflicts: list[Conflict],
) -> None:
    """Take ground that both sides cut from one side as a whole."""
    base = sorted(block for piece in members for block in piece.base)
    mine = sorted(block for piece in members for block in piece.mine)
    theirs = sorted(block for piece in members for block in piece.theirs)
    name = f"c{min([*base, *mine, *theirs])}"
    side = resolve.get(name)
    chosen, of = (theirs, plans.theirs) if side == THEIRS else (mine, plans.mine)
    assigned.update({block: of[block] for block in chosen})
    if side not in {MINE, THEIRS}:
        conflicts.append(Conflict(name, "cut", tuple(mine or base)))
