"""Plans in the database: storing one whole assignment with its hierarchy, and reading it back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select, text

from boundaries.blocks import read_blocks, same_blocks_on
from boundaries.errors import NotFoundError, PlanError
from boundaries.figures import UnitFigures, unit_figures
from boundaries.sentences import Said
from boundaries.storage.database import copy_rows, ewkb, reserve_ids
from boundaries.storage.objects import as_read, select_of, unread
from boundaries.storage.plan_tables import LEVELS, Plan
from boundaries.storage.statements import Statements
from boundaries.storage.tables import District

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session

    from boundaries.blocks import Blocks, Ints

IDS = range(-(2**63), 2**63)
"""What can be an id; the database takes no other number."""


@dataclass
class LevelDraft:
    """The units of one level of a plan that is about to be stored.

    Attributes
    ----------
    level
        "street", "community" or "cell".
    name
        Names of the k units.
    parent : (k,) int or None
        Position of each unit's parent in the next level above; None on the highest level.
    unit_id : (k,) int or None
        Permanent ids of units that exist already; -1 asks for a new one. None: all are new.
    """

    level: str
    name: list[str]
    parent: Ints | None = None
    code: list[str | None] | None = None
    type: list[str] | None = None
    name_en: list[str | None] | None = None
    unit_id: Ints | None = None

    def __len__(self) -> int:
        return len(self.name)


@dataclass
class PlanDraft:
    """A plan that is about to be stored.

    Attributes
    ----------
    levels
        Highest first.
    block_ids : (n,) int
    unit : (n,) int
        Position of each block's unit in the lowest level.
    """

    name: str
    levels: list[LevelDraft]
    block_ids: Ints
    unit: Ints
    count_date: dt.date | None = None
    name_en: str | None = None
    state: str = "draft"
    base_id: int | None = None
    authority: str | None = None
    number: str | None = None
    adopted_on: dt.date | None = None
    in_force_from: dt.date | None = None
    in_force_to: dt.date | None = None
    created_by: str | None = None
    made_by: dict[str, Any] = field(default_factory=dict)


_COPIED = (
    "name",
    "name_en",
    "state",
    "base_id",
    "authority",
    "number",
    "adopted_on",
    "in_force_from",
    "in_force_to",
    "count_date",
    "created_by",
    "made_by",
)


@dataclass(frozen=True)
class StoredPlan:
    """A plan's row and, by level, the permanent ids of its units in the order of the draft."""

    plan: Plan
    unit_ids: dict[str, Ints]


def store_plan(session: Session, district: District, draft: PlanDraft) -> StoredPlan:
    """Store a plan with the polygons and tallies of all its units.

    Raises
    ------
    PlanError
        When levels, parents or names do not fit together, or the name is taken.
    """
    _require_sound(session, district, draft)
    order = np.argsort(draft.block_ids, kind="stable")
    unit = np.asarray(draft.unit, dtype=np.int64)[order]
    blocks = read_blocks(session, draft.block_ids, draft.count_date)
    plan = Plan(
        district_id=district.id,
        levels=[level.level for level in draft.levels],
        **{column: getattr(draft, column) for column in _COPIED},
    )
    session.add(plan)
    session.flush()
    unit_ids = {level.level: _unit_ids(session, district, level) for level in draft.levels}
    above: Ints | None = None
    for position, of_block in enumerate(_units_by_level(draft, unit)):
        level = draft.levels[position]
        figures = unit_figures(blocks, of_block, len(level))
        _copy_units(session, district, plan, level, unit_ids[level.level], above, figures)
        above = unit_ids[level.level]
    lowest = unit_ids[draft.levels[-1].level]
    copy_rows(
        session,
        "assignment",
        ["plan_id", "block_id", "unit_id"],
        ((plan.id, b, u) for b, u in zip(blocks.id.tolist(), lowest[unit].tolist(), strict=True)),
    )
    return StoredPlan(plan, unit_ids)


def _require_sound(session: Session, district: District, draft: PlanDraft) -> None:
    names = [level.level for level in draft.levels]
    if not names or names != [level for level in LEVELS if level in names]:
        raise PlanError(
            Said(
                "plan-levels",
                "a plan's levels are {levels} in this order, some left out; not {given}",
                levels=list(LEVELS),
                given=[str(name) for name in names],
            )
        )
    taken = select(Plan.id).where(Plan.district_id == district.id, Plan.name == draft.name)
    if session.scalar(taken) is not None:
        raise PlanError(
            Said(
                "plan-there",
                '{district} has a plan named "{name}" already; choose another name with --name.',
                district=district.name,
                name=draft.name,
            )
        )
    used = np.unique(draft.unit)
    for level in reversed(draft.levels):
        if not np.array_equal(used, np.arange(len(level))):
            empty = sorted(set(range(len(level))) - set(used.tolist()))
            raise PlanError(
                Said(
                    "plan-empty-unit",
                    '{level} "{name}" has no block; every unit needs at least one.',
                    level=level.level,
                    name=level.name[empty[0]],
                )
            )
        if level.parent is not None:
            used = np.unique(level.parent)


def _units_by_level(draft: PlanDraft, unit: Ints) -> list[Ints]:
    """Return each block's unit at every level, highest first."""
    found = [unit]
    for level in reversed(draft.levels[1:]):
        assert level.parent is not None  # noqa: S101  -- only the highest level has no parents
        found.append(np.asarray(level.parent, dtype=np.int64)[found[-1]])
    return found[::-1]


def _unit_ids(session: Session, district: District, level: LevelDraft) -> Ints:
    wanted = np.full(len(level), -1, dtype=np.int64) if level.unit_id is None else level.unit_id.copy()
    fresh = np.flatnonzero(wanted < 0)
    wanted[fresh] = reserve_ids(session, "unit", len(fresh))
    copy_rows(
        session,
        "unit",
        ["id", "district_id", "level"],
        ((unit, district.id, level.level) for unit in wanted[fresh].tolist()),
    )
    return wanted


def _copy_units(
    session: Session,
    district: District,
    plan: Plan,
    level: LevelDraft,
    ids: Ints,
    above: Ints | None,
    figures: UnitFigures,
) -> None:
    parents = [None] * len(level) if level.parent is None or above is None else above[level.parent].tolist()
    columns = [
        "plan_id", "unit_id", "district_id", "srid", "level", "parent_id", "name", "name_en", "code", "type",
        "colour", "blocks", "buildings", "area_m2", "perimeter_m", "compactness", "clear_border_share", "border_um",
        "clear_border_um", "tallies", "geom",
    ]  # fmt: skip
    shapes = ewkb(figures.polygon, district.srid)
    rows = (
        (
            plan.id,
            int(ids[k]),
            district.id,
            district.srid,
            level.level,
            parents[k],
            level.name[k],
            level.name_en[k] if level.name_en else None,
            level.code[k] if level.code else None,
            level.type[k] if level.type else ("ordinary" if level.level == "cell" else level.level),
            int(figures.colour[k]),
            int(figures.blocks[k]),
            int(figures.buildings[k]),
            float(figures.area_m2[k]),
            float(figures.perimeter_m[k]),
            float(figures.compactness[k]),
            _or_none(figures.clear_border_share[k]),
            int(figures.border_um[k]),
            None if figures.clear_border_um is None else int(figures.clear_border_um[k]),
            json.dumps({measure: _or_none(values[k]) for measure, values in figures.tallies.items()}),
            shapes[k],
        )
        for k in range(len(level))
    )
    copy_rows(session, "plan_unit", columns, rows)


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True)
class PlanBlocks:
    """The blocks of a plan, the permanent id of each block's unit on the lowest level, and the date of the counts."""

    blocks: Blocks
    unit_id: Ints
    count_date: dt.date | None


def read_plan_blocks(session: Session, plan: Plan, beside: PlanBlocks | None = None) -> PlanBlocks:
    """Read a plan's assignment with its blocks, counts as of the plan's date.

    Parameters
    ----------
    beside
        Blocks of another plan: where it has the same, they are not read again.
    """
    rows = session.execute(
        text("SELECT block_id, unit_id FROM assignment WHERE plan_id = :plan ORDER BY block_id"),
        {"plan": plan.id},
    ).all()
    table = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 2)
    if beside is not None and np.array_equal(beside.blocks.id, table[:, 0]):
        same_day = beside.count_date == plan.count_date
        blocks = beside.blocks if same_day else same_blocks_on(session, beside.blocks, plan.count_date)
    else:
        blocks = read_blocks(session, table[:, 0], plan.count_date)
    return PlanBlocks(blocks, table[:, 1], plan.count_date)


def find_district(session: Session, wanted: str | int | None) -> District:
    """Return a district by id, key or name; without one, the only district there is.

    Raises
    ------
    NotFoundError
        Naming the districts there are.
    """
    districts = list(session.scalars(select(District).order_by(District.id)))
    if wanted is None and len(districts) == 1:
        return districts[0]
    for district in districts:
        if str(wanted) in {str(district.id), district.key, district.name, district.name_en}:
            return district
    known = [f'"{district.key}" ({district.name})' for district in districts] or [
        Said("none-yet", "none yet")
    ]
    if wanted is None:
        raise NotFoundError(
            Said(
                "district-which",
                "say which district with --district; districts here: {districts}.",
                districts=known,
            )
        )
    raise NotFoundError(
        Said(
            "district-none",
            'there is no district "{district}"; districts here: {districts}.',
            district=str(wanted),
            districts=known,
        )
    )


def find_plan(session: Session, wanted: str | int, district: District | None = None) -> Plan:
    """Return a plan by id or name, newest first where districts share a name; a number that is no text is an id.

    Raises
    ------
    NotFoundError
        Naming the plans there are.
    """
    by_id = _plan_of_id(session, wanted) if isinstance(wanted, int) else None
    if by_id is not None and (district is None or by_id.district_id == district.id):
        return by_id
    query = select(Plan).order_by(Plan.id.desc())
    if district is not None:
        query = query.where(Plan.district_id == district.id)
    plans = list(session.scalars(query))
    named = [plan for plan in plans if plan.name == wanted]
    if not named:
        named = [plan for plan in plans if str(plan.id) == str(wanted) or plan.name_en == str(wanted)]
    if not named:
        known = [f'{plan.id} "{plan.name}"' for plan in reversed(plans)] or [Said("none-yet", "none yet")]
        raise NotFoundError(
            Said(
                "plan-none", 'there is no plan "{plan}"; plans here: {plans}.', plan=str(wanted), plans=known
            )
        )
    if len({plan.district_id for plan in named}) > 1:
        ids = [f"{plan.id} (district {plan.district_id})" for plan in named]
        raise NotFoundError(
            Said(
                "plan-several",
                'several districts have a plan "{plan}"; give its number: {plans}.',
                plan=str(wanted),
                plans=ids,
            )
        )
    return named[0]


def plan_to_edit(session: Session, plan: int) -> Plan:
    """Return the plan of an id without reading it: `boundaries.redraw.edit` reads it under its lock."""
    return unread(session, Plan, plan) if plan in IDS else find_plan(session, plan)


def _plan_of_id(session: Session, plan: int) -> Plan | None:
    if plan not in IDS:
        return None
    session.flush()
    asked = Statements.of(session).send(f"{select_of(Plan)} WHERE id = :plan", {"plan": plan})
    return as_read(session, Plan, asked)
