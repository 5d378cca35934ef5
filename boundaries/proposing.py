"""From a stored plan to a balancing problem, and from its best proposal to a draft plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from boundaries.balancing import Band, Problem, propose
from boundaries.errors import PlanError
from boundaries.hierarchy import Hierarchy, read_hierarchy
from boundaries.naming import numbered_names, provisional_codes
from boundaries.plans import LevelDraft, PlanDraft, StoredPlan, store_plan
from boundaries.rules import EXEMPT_TYPES, Rules
from boundaries.storage.plan_tables import LEVELS
from boundaries.storage.tables import District
from geo.barriers import Barrier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from boundaries.balancing import Answer
    from boundaries.blocks import Floats, Ints
    from boundaries.storage.plan_tables import Plan

DEFAULT_GOALS: dict[str, float] = {"border": 1.0, "compactness": 1.0, "balance": 0.5}
SPREAD = 0.25
"""Without a band, units of a level above cells may differ from the mean by this share."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of the balancing module.

    Attributes
    ----------
    level
        "street", "community" or "cell".
    parts
        Number of units in all; None leaves it to the bands.
    bands
        Measure -> (low, high); None takes the district's rules for cells, a spread around the mean above.
    """

    level: str
    name: str | None = None
    parts: int | None = None
    bands: Mapping[str, tuple[float, float]] | None = None
    goals: Mapping[str, float] = field(default_factory=dict)
    steps: int | None = None
    time_limit_s: float = 10
    seed: int = 7


@dataclass(frozen=True)
class Proposed:
    """The draft plan that was stored, and the answer it was made from."""

    stored: StoredPlan
    answer: Answer
    problem: Problem


def propose_plan(
    session: Session,
    plan: Plan,
    wanted: Wanted,
    on_progress: Callable[[float, str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Proposed:
    """Divide a plan at one level and store the best proposal as a draft.

    Levels above stay as they are. Exclusive cells stay as they are. Streets are made of whole communities where
    the plan has them; levels below a community are dropped, because its border would cut them.

    Raises
    ------
    PlanError
        When the plan lacks what the level needs: a level above cells, counts for the bands.
    """
    district = session.get_one(District, plan.district_id)
    have = read_hierarchy(session, plan)
    problem = make_problem(have, Rules.of(district.rules), wanted)
    answer = propose(
        problem,
        goals=dict(wanted.goals) or _usable_goals(have),
        steps=wanted.steps,
        time_limit_s=wanted.time_limit_s,
        seed=wanted.seed,
        on_progress=on_progress,
        cancel=cancel,
    )
    if not answer.proposals:
        why = (
            " ".join(str(reason) for reason in answer.reasons) or "the search was stopped before a first plan"
        )
        raise PlanError(f'"{plan.name}" was not divided: {why}')
    part = np.asarray(answer.proposals[0].part, dtype=np.int64)
    draft = _draft(session, district, plan, have, wanted, part, answer)
    return Proposed(store_plan(session, district, draft), answer, problem)


def make_problem(have: Hierarchy, rules: Rules, wanted: Wanted) -> Problem:
    """Return the balancing problem of dividing a plan at one level."""
    blocks = have.blocks
    above = _level_above(have, wanted.level)
    columns: dict[str, Floats] = {measure: np.nan_to_num(values) for measure, values in blocks.counts.items()}
    columns["area_m2"] = blocks.area_m2
    exempt, together = _kept(have, wanted.level)
    return Problem(
        edges=blocks.edges,
        columns=columns,
        bands=_bands(columns, rules, wanted),
        parts=wanted.parts,
        parent=have.unit[above.level] if above is not None else None,
        parts_per_parent=rules.parts_per_parent if above is not None and above.level == "community" else None,
        names=blocks.key,
        parent_names=above.name if above is not None else None,
        border_m=blocks.border_m,
        barrier=blocks.barrier,
        outer_m=blocks.outer_m,
        xy=shapely.get_coordinates(shapely.point_on_surface(blocks.polygon)),
        exempt=exempt,
        together=together,
    )


def _level_above(have: Hierarchy, level: str) -> LevelDraft | None:
    higher = [unit for unit in have.levels if LEVELS.index(unit.level) < LEVELS.index(level)]
    if not higher and level == "cell":
        raise PlanError("cells belong to communities: this plan has none. Propose communities first.")
    return higher[-1] if higher else None


def _bands(columns: Mapping[str, Floats], rules: Rules, wanted: Wanted) -> dict[str, Band]:
    if wanted.bands is not None:
        missing = [measure for measure in wanted.bands if measure not in columns]
        if missing:
            raise PlanError(
                f'the plan has no counts of "{missing[0]}" on its date; it has {", ".join(sorted(columns))}.'
            )
        return {measure: Band(low, high) for measure, (low, high) in wanted.bands.items()}
    if wanted.level == "cell":
        usable = {
            measure: Band(low, high) for measure, (low, high) in rules.bands.items() if measure in columns
        }
        if usable:
            return usable
        raise PlanError("the plan has no counts that the district's bands speak of; give bands with --band.")
    if wanted.parts is None or "residents" not in columns:
        raise PlanError(f"say how many: --parts N for a {wanted.level} proposal, or a band with --band.")
    mean = float(columns["residents"].sum()) / wanted.parts
    return {"residents": Band(mean * (1 - SPREAD), mean * (1 + SPREAD))}


def _kept(have: Hierarchy, level: str) -> tuple[np.ndarray[Any, np.dtype[np.bool_]] | None, Ints | None]:
    """Return exempt blocks and groups that stay together: exclusive cells, or communities within streets."""
    if level == "street" and "community" in have.unit:
        return None, have.unit["community"]
    if level != "cell" or "cell" not in have.unit:
        return None, None
    types = have.level("cell").type or []
    exclusive = np.array([kind in EXEMPT_TYPES for kind in types])
    cell = have.unit["cell"]
    return exclusive[cell], np.where(exclusive[cell], cell, -1)


def _usable_goals(have: Hierarchy) -> dict[str, float]:
    goals = dict(DEFAULT_GOALS)
    if not (have.blocks.barrier != Barrier.UNKNOWN).any():
        goals.pop("border")
    return goals


def _draft(
    session: Session,
    district: District,
    plan: Plan,
    have: Hierarchy,
    wanted: Wanted,
    part: Ints,
    answer: Answer,
) -> PlanDraft:
    above = [unit for unit in have.levels if LEVELS.index(unit.level) < LEVELS.index(wanted.level)]
    made = _made_level(session, district, have, wanted.level, above[-1] if above else None, part)
    below = _whole_below(session, district, have, made, part) if wanted.level == "street" else []
    unit = have.unit[below[-1].level] if below else part
    return PlanDraft(
        name=wanted.name or f"{plan.name}·{wanted.level}方案",
        levels=[*above, made, *below],
        block_ids=have.blocks.id,
        unit=unit,
        count_date=plan.count_date,
        base_id=plan.id,
        made_by={
            "module": "balancing",
            "level": wanted.level,
            "seed": wanted.seed,
            "goals": dict(wanted.goals),
            "scores": {goal: float(score) for goal, score in answer.proposals[0].scores.items()},
            "reasons": [str(reason) for reason in answer.reasons],
            "unmet": [str(rule) for rule in answer.unmet],
            "stopped_by": answer.stopped_by,
        },
    )


def _whole_below(
    session: Session, district: District, have: Hierarchy, streets: LevelDraft, part: Ints
) -> list[LevelDraft]:
    """Return the levels below new streets: the same units, under new parents and with codes that follow them."""
    below = [unit for unit in have.levels if unit.level != "street"]
    above = streets
    of_block = part
    for level in below:
        unit = have.unit[level.level]
        level.parent = of_block[np.unique(unit, return_index=True)[1]]
        level.code = provisional_codes(session, district, level, above, _middles(have, unit, len(level)))
        above, of_block = level, unit
    return below


def _made_level(
    session: Session, district: District, have: Hierarchy, level: str, above: LevelDraft | None, part: Ints
) -> LevelDraft:
    """Return the new units with provisional names and codes; exclusive cells keep what they have."""
    count = int(part.max()) + 1
    first = np.unique(part, return_index=True)[1]
    exempt, _ = _kept(have, level)
    kept = exempt[first] if exempt is not None else np.zeros(count, dtype=bool)
    made = LevelDraft(
        level,
        name=[""] * count,
        parent=have.unit[above.level][first] if above is not None else None,
        type=["exclusive" if k else ("ordinary" if level == "cell" else level) for k in kept],
        unit_id=np.full(count, -1, dtype=np.int64),
    )
    middle = _middles(have, part, count)
    made.name = numbered_names(made, above, middle)
    made.code = provisional_codes(session, district, made, above, middle)
    if kept.any():
        _keep_exclusive(have, made, np.flatnonzero(kept), first)
    return made


def _keep_exclusive(have: Hierarchy, made: LevelDraft, kept: Ints, first: Ints) -> None:
    old = have.level("cell")
    assert made.code is not None  # noqa: S101
    assert made.unit_id is not None  # noqa: S101
    assert old.unit_id is not None  # noqa: S101  -- stored units have ids
    for k in kept:
        was = have.unit["cell"][first[k]]
        made.name[k], made.unit_id[k] = old.name[was], old.unit_id[was]
        made.code[k] = old.code[was] if old.code is not None else None


def _middles(have: Hierarchy, part: Ints, count: int) -> Floats:
    """Return (k, 2) area-weighted middles of the parts, metres."""
    xy = shapely.get_coordinates(shapely.centroid(have.blocks.polygon))
    weight = have.blocks.area_m2
    total = np.zeros((count, 2))
    np.add.at(total, part, xy * weight[:, None])
    area = np.zeros(count)
    np.add.at(area, part, weight)
    middles: Floats = total / area[:, None]
    return middles
