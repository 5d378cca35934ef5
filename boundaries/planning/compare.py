"""What differs between two plans of one district: whose unit changes, from what to what, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from boundaries.balancing.labels import matched_labels
from boundaries.blocks import MEASURES, same_blocks_on
from boundaries.errors import ArgumentError
from boundaries.hierarchy import Hierarchy, read_hierarchies
from boundaries.planning.pieces import Pieces, shared_pieces
from boundaries.sentences import Said
from boundaries.storage.plan_tables import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.blocks import Floats, Ints
    from boundaries.storage.plan_tables import Plan


@dataclass(frozen=True)
class LevelPair:
    """One level that both plans have, over the pieces they share.

    Attributes
    ----------
    old, new : (p,) int
        Permanent ids of each piece's unit in the old and in the new plan.
    changed : (p,) bool
        Whether the piece's unit changes. A unit is the same when its permanent id is; units that only one of the
        plans has are matched so that as few residents as possible change theirs.
    """

    level: str
    old: Ints
    new: Ints
    changed: NDArray[np.bool_]


@dataclass(frozen=True)
class Flow:
    """What goes from one unit to another: residents, floating, households, buildings, square metres, and where."""

    old: int
    new: int
    changed: bool
    sums: dict[str, float]
    pieces: Ints


@dataclass(frozen=True)
class Comparison:
    """Two plans over the pieces they share."""

    old_plan: Plan
    new_plan: Plan
    old: Hierarchy
    new: Hierarchy
    pieces: Pieces
    levels: list[LevelPair]
    same_blocks: bool

    def level(self, name: str | None) -> LevelPair:
        """Return one level, the lowest common one without a name.

        Raises
        ------
        ArgumentError
            Naming the levels both plans have.
        """
        if name is None and self.levels:
            return self.levels[-1]
        for pair in self.levels:
            if pair.level == name:
                return pair
        said = Said(
            "compare-level",
            'the plans cannot be compared at the level "{level}"; levels of both: {levels}.',
            level=name or "none",
            levels=[pair.level for pair in self.levels] or ["none"],
        )
        raise ArgumentError(said)


def compare(session: Session, old_plan: Plan, new_plan: Plan) -> Comparison:
    """Compare two plans of one district; all counts are those of the new plan's date.

    Raises
    ------
    ArgumentError
        When the plans belong to different districts.
    """
    if old_plan.district_id != new_plan.district_id:
        raise ArgumentError(
            Said(
                "compare-districts",
                '"{old}" and "{new}" are plans of different districts and share no ground.',
                old=old_plan.name,
                new=new_plan.name,
            )
        )
    new, old = read_hierarchies(session, new_plan, old_plan)
    on = new_plan.count_date or old_plan.count_date
    blocks = new.blocks if on == new_plan.count_date else same_blocks_on(session, new.blocks, on)
    pieces = shared_pieces(session, old.blocks, blocks, on)
    levels = [_pair(level, old, new, pieces) for level in LEVELS if level in old.unit and level in new.unit]
    same = np.array_equal(old.blocks.id, new.blocks.id)
    return Comparison(old_plan, new_plan, old, new, pieces, levels, same)


def flows(of: Comparison, pair: LevelPair) -> list[Flow]:
    """Return what goes from each old unit to each new one, most residents first."""
    keys, at = np.unique(np.column_stack([pair.old, pair.new]), axis=0, return_inverse=True)
    at = at.reshape(-1)
    values = _values(of.pieces)
    sums = {name: np.bincount(at, column, minlength=len(keys)) for name, column in values.items()}
    order = np.lexsort((keys[:, 1], keys[:, 0], -sums["area_m2"], -sums["residents"]))
    members = np.split(np.argsort(at, kind="stable"), np.cumsum(np.bincount(at, minlength=len(keys)))[:-1])
    return [
        Flow(
            int(keys[k, 0]),
            int(keys[k, 1]),
            bool(pair.changed[members[k][0]]),
            {name: float(total[k]) for name, total in sums.items()},
            members[k],
        )
        for k in order.tolist()
    ]


def moved(of: Comparison, pair: LevelPair) -> dict[str, float | None]:
    """Return the residents, floating, households, buildings and area whose unit changes.

    ``share`` is that of the residents; None where nobody is counted.
    """
    values = _values(of.pieces)
    found: dict[str, float | None] = {
        name: float(column[pair.changed].sum()) for name, column in values.items()
    }
    everyone = float(values["residents"].sum())
    went = float(values["residents"][pair.changed].sum())
    return {**found, "share": went / everyone if everyone > 0 else None}


def changed_areas(of: Comparison, pair: LevelPair) -> Iterator[tuple[Flow, shapely.Geometry]]:
    """Give each pair of units between which something changes, with the ground that does."""
    for flow in flows(of, pair):
        if flow.changed:
            ground = of.pieces.polygon[flow.pieces]
            whole = (flow.pieces < of.pieces.whole).all()
            yield flow, shapely.coverage_union_all(ground) if whole else shapely.union_all(ground)


def units_named(have: Hierarchy) -> dict[int, dict[str, Any]]:
    """Return level, names and code of every unit by its id."""
    found: dict[int, dict[str, Any]] = {}
    for level in have.levels:
        assert level.unit_id is not None  # noqa: S101  -- stored units have ids
        for k, unit in enumerate(level.unit_id.tolist()):
            found[unit] = {
                "level": level.level,
                "name": level.name[k],
                "name_en": level.name_en[k] if level.name_en else None,
                "code": level.code[k] if level.code else None,
            }
    return found


def _values(pieces: Pieces) -> dict[str, Floats]:
    return {
        **{measure: pieces.counts[measure] for measure in MEASURES},
        "buildings": pieces.buildings,
        "area_m2": pieces.area_m2,
    }


def _pair(level: str, old: Hierarchy, new: Hierarchy, pieces: Pieces) -> LevelPair:
    before = _ids(old, level)[old.unit[level]][pieces.old]
    after = _ids(new, level)[new.unit[level]][pieces.new]
    return LevelPair(level, before, after, _same_units(before, after, pieces) != after)


def _ids(have: Hierarchy, level: str) -> Ints:
    ids = have.level(level).unit_id
    assert ids is not None  # noqa: S101  -- stored units have ids
    return ids


def _same_units(before: Ints, after: Ints, pieces: Pieces) -> Ints:
    """Return for each piece the unit that its old unit is in the new plan; -1 where it is none."""
    same = np.where(np.isin(before, after), before, -1)
    loose = (same < 0) & ~np.isin(after, before)
    if not loose.any():
        return same
    old_ids, one = np.unique(before[loose], return_inverse=True)
    new_ids, two = np.unique(after[loose], return_inverse=True)
    # Ground without people follows the larger area.
    weight = pieces.counts["residents"] + 1e-6 * pieces.area_m2 / max(float(pieces.area_m2.sum()), 1.0)
    label = matched_labels(one, two, weight[loose], (len(old_ids), len(new_ids)))
    shared = np.zeros((len(old_ids), len(new_ids)), dtype=bool)
    shared[one, two] = True
    for k in np.flatnonzero(label >= 0).tolist():
        if shared[k, label[k]]:
            same[before == old_ids[k]] = new_ids[label[k]]
    return same
