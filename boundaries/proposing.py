"""From a stored plan to a balancing problem and the engine's answer."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from boundaries.balancing import Band, Problem, Steps, propose
from boundaries.balancing.goals import GOALS
from boundaries.errors import ArgumentError, PlanError
from boundaries.rules import EXEMPT_TYPES, UNASSIGNED, Rules
from boundaries.sentences import Said
from boundaries.storage.plan_tables import LEVELS
from boundaries.walks import walks_note
from geo.barriers import Barrier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from boundaries.balancing import Answer
    from boundaries.blocks import Floats, Ints
    from boundaries.hierarchy import Hierarchy
    from boundaries.plans import LevelDraft
    from geo.walking import Walks

    Bools = np.ndarray[Any, np.dtype[np.bool_]]

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
    parts_per_parent
        Least and most units in each unit of the level above; None takes the district's rule for cells.
    goals
        Goal -> weight; empty takes `DEFAULT_GOALS` as far as the data allow.
    keep
        Permanent ids of units of this level that keep all their blocks; they may gain others.
    barrier_costs
        Name of a `geo.barriers.Barrier` in small letters -> cost of a metre of border on it, 0 to 1.
    links
        Pairs of block keys that count as neighbours: a ferry, a bridge, whatever joins an island.
    steps
        Search steps in all, or the `Steps` of an earlier search that is to be repeated.
    time_limit_s
        Seconds; without steps and without a limit, 10.
    workers
        Threads of a search, processes of a city's; None is one thread, or a process for every core.
    """

    level: str
    parts: int | None = None
    bands: Mapping[str, tuple[float, float]] | None = None
    parts_per_parent: tuple[int, int] | None = None
    goals: Mapping[str, float] = field(default_factory=dict)
    keep: Sequence[int] = ()
    barrier_costs: Mapping[str, float] | None = None
    links: Sequence[tuple[str, str]] = ()
    steps: int | None = None
    time_limit_s: float | None = None
    seed: int = 7
    workers: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what was asked for, as it is kept with what was made."""
        return asdict(replace(self, steps=None if self.steps is None else int(self.steps)))

    @classmethod
    def again(cls, made_by: Mapping[str, Any]) -> Wanted:
        """Return what was asked for when a proposal was made, with the steps that were done then.

        Raises
        ------
        PlanError
            When the proposal was kept before its steps were.
        """
        from boundaries.city.steps import steps_of

        if "steps_done" not in made_by:
            raise PlanError(
                Said(
                    "proposal-no-steps",
                    "this proposal was kept without the steps of its search; propose anew.",
                )
            )
        bands = {
            measure: (low, math.inf if high is None else high)
            for measure, (low, high) in made_by["bands"].items()
        }
        per_parent = made_by["parts_per_parent"]
        return cls(
            level=made_by["level"],
            parts=made_by["parts"],
            bands=bands,
            parts_per_parent=tuple(per_parent) if per_parent is not None else None,
            goals=made_by["goals"],
            keep=made_by["keep"],
            barrier_costs=made_by["barrier_costs"],
            links=[(one, two) for one, two in made_by["links"]],
            steps=steps_of(made_by["steps_done"]),
            seed=made_by["seed"],
        )


@dataclass(frozen=True)
class Found:
    """A problem, the goals it was searched by, and what the engine answered."""

    problem: Problem
    goals: Mapping[str, float]
    answer: Answer


def search(
    have: Hierarchy,
    rules: Rules,
    wanted: Wanted,
    on_progress: Callable[[float, str], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    *,
    walks: Walks | None = None,
    scheduler: str | None = None,
) -> Found:
    """Divide a plan at one level.

    Levels above stay as they are. Exclusive cells stay as they are. Streets are made of whole communities where
    the plan has them; levels below a community are dropped, because its border would cut them. A plan as large
    as a city is searched unit by unit (`boundaries.city`).

    Parameters
    ----------
    walks
        Minutes from each block to the level's service points, for the goal walking.
    scheduler
        Address of a `distributed` scheduler for a city's search; None starts processes here.

    Raises
    ------
    PlanError
        When the plan lacks what the level needs: a level above cells, counts for the bands.
    """
    problem = make_problem(have, rules, wanted, walks)
    goals = dict(wanted.goals) or usable_goals(have)
    answer = _answer(problem, goals, wanted, scheduler, on_progress, cancel)
    if walks is not None:
        answer.notes.append(walks_note(walks))
    if not answer.proposals:
        if not answer.reasons:
            raise PlanError(
                Said("propose-stopped", "nothing was divided: the search was stopped before a first plan")
            )
        why = " ".join(str(reason) for reason in answer.reasons)
        raise PlanError(Said("propose-nothing", "nothing was divided: {why}", why=why))
    return Found(problem, goals, answer)


def _answer(
    problem: Problem,
    goals: Mapping[str, float],
    wanted: Wanted,
    scheduler: str | None,
    on_progress: Callable[[float, str], None] | None,
    cancel: Callable[[], bool] | None,
) -> Answer:
    """Ask the engine, unit by unit where the plan is a city's; what is repeated is repeated as it was done."""
    from boundaries.city import CitySteps, is_city, propose_city  # the engine, a second of imports

    repeated = isinstance(wanted.steps, Steps)
    if isinstance(wanted.steps, CitySteps) or (is_city(problem) and not repeated):
        return propose_city(
            problem,
            goals,
            steps=wanted.steps,
            time_limit_s=wanted.time_limit_s,
            seed=wanted.seed,
            workers=wanted.workers,
            scheduler=scheduler,
            on_progress=on_progress,
            cancel=cancel,
        )
    return propose(
        problem,
        goals,
        steps=wanted.steps,
        time_limit_s=wanted.time_limit_s,
        seed=wanted.seed,
        workers=wanted.workers or 1,
        on_progress=on_progress,
        cancel=cancel,
    )


def make_problem(have: Hierarchy, rules: Rules, wanted: Wanted, walks: Walks | None = None) -> Problem:
    """Return the balancing problem of dividing a plan at one level."""
    blocks = have.blocks
    above = level_above(have, wanted.level)
    columns: dict[str, Floats] = {measure: np.nan_to_num(values) for measure, values in blocks.counts.items()}
    columns["area_m2"] = blocks.area_m2
    exempt, together = fixed_blocks(have, wanted.level)
    per_parent = wanted.parts_per_parent
    if per_parent is None and above is not None and above.level == "community":
        per_parent = rules.parts_per_parent
    locked = _locked(have, wanted)
    follow = locked is not None or wanted.goals.get("moved", 0) > 0
    return Problem(
        edges=blocks.edges,
        columns=columns,
        bands=_bands(columns, rules, wanted),
        parts=wanted.parts,
        parent=have.unit[above.level] if above is not None else None,
        parts_per_parent=per_parent if above is not None else None,
        names=blocks.key,
        parent_names=above.name if above is not None else None,
        border_m=blocks.border_m,
        barrier=blocks.barrier,
        outer_m=blocks.outer_m,
        xy=shapely.get_coordinates(shapely.point_on_surface(blocks.polygon)),
        walk_minutes=None if walks is None else walks.minutes,
        links=_links(have, wanted),
        exempt=exempt,
        together=together,
        present=have.unit.get(wanted.level) if follow else None,
        locked=locked,
        barrier_costs=_barrier_costs(wanted.barrier_costs),
    )


def level_above(have: Hierarchy, level: str) -> LevelDraft | None:
    """Return the level whose units hold those of ``level``, or None for the highest.

    Raises
    ------
    ArgumentError
        For a level there is not.
    PlanError
        When the plan has no level above cells.
    """
    if level not in LEVELS:
        raise ArgumentError(
            Said(
                "level-none",
                'there is no level "{name}"; levels are {levels}.',
                name=level,
                levels=list(LEVELS),
            )
        )
    higher = [unit for unit in have.levels if LEVELS.index(unit.level) < LEVELS.index(level)]
    if not higher and level == "cell":
        raise PlanError(
            Said(
                "propose-no-communities",
                "cells belong to communities: this plan has none. Propose communities first.",
            )
        )
    return higher[-1] if higher else None


def fixed_blocks(have: Hierarchy, level: str) -> tuple[Bools | None, Ints | None]:
    """Return exempt blocks and groups that stay together: exclusive cells, or communities within streets."""
    if level == "street" and "community" in have.unit:
        return None, have.unit["community"]
    if level != "cell" or "cell" not in have.unit:
        return None, None
    types = have.level("cell").type or []
    exclusive = np.array([kind in EXEMPT_TYPES - {UNASSIGNED} for kind in types])
    cell = have.unit["cell"]
    return exclusive[cell], np.where(exclusive[cell], cell, -1)


def usable_goals(have: Hierarchy) -> dict[str, float]:
    """Return the default goals without those whose data the district lacks."""
    goals = dict(DEFAULT_GOALS)
    if not (have.blocks.barrier != Barrier.UNKNOWN).any():
        goals.pop("border")
    return goals


def possible_goals(have: Hierarchy, level: str, served: frozenset[str] = frozenset()) -> list[str]:
    """Return the goals the engine knows and the plan has the data for.

    Parameters
    ----------
    served
        Levels with service points, of `boundaries.walks.served_levels`.
    """
    lacking = set() if level in served else {"walking"}
    if level not in have.unit:
        lacking.add("moved")
    if not (have.blocks.barrier != Barrier.UNKNOWN).any():
        lacking.add("border")
    return [goal for goal in GOALS if goal not in lacking]


def default_bands(have: Hierarchy, rules: Rules, level: str) -> dict[str, tuple[float, float]]:
    """Return the district's bands for cells; above, a spread around the mean of the units there are."""
    counted = set(have.blocks.counts)
    if level == "cell":
        return {measure: band for measure, band in rules.bands.items() if measure in counted}
    if level not in have.unit or "residents" not in counted:
        return {}
    mean = float(np.nansum(have.blocks.counts["residents"])) / len(have.level(level))
    return {"residents": (round(mean * (1 - SPREAD), -1), round(mean * (1 + SPREAD), -1))}


def _bands(columns: Mapping[str, Floats], rules: Rules, wanted: Wanted) -> dict[str, Band]:
    if wanted.bands is not None:
        missing = [measure for measure in wanted.bands if measure not in columns]
        if missing:
            raise PlanError(
                Said(
                    "propose-no-counts",
                    'the plan has no counts of "{measure}" on its date; it has {measures}.',
                    measure=missing[0],
                    measures=sorted(columns),
                )
            )
        return {measure: Band(low, high) for measure, (low, high) in wanted.bands.items()}
    if wanted.level == "cell":
        usable = {
            measure: Band(low, high) for measure, (low, high) in rules.bands.items() if measure in columns
        }
        if usable:
            return usable
        raise PlanError(
            Said(
                "propose-no-bands",
                "the plan has no counts that the district's bands speak of; give bands with --band.",
            )
        )
    if wanted.parts is None or "residents" not in columns:
        raise PlanError(
            Said(
                "propose-how-many",
                "say how many: --parts N for a {level} proposal, or a band with --band.",
                level=wanted.level,
            )
        )
    mean = float(columns["residents"].sum()) / wanted.parts
    return {"residents": Band(mean * (1 - SPREAD), mean * (1 + SPREAD))}


def _locked(have: Hierarchy, wanted: Wanted) -> Bools | None:
    if not wanted.keep:
        return None
    if wanted.level not in have.unit:
        raise PlanError(
            Said(
                "propose-keep-none",
                "the plan has no units of level {level} that could be kept.",
                level=wanted.level,
            )
        )
    ids = have.level(wanted.level).unit_id
    assert ids is not None  # noqa: S101  -- stored units have ids
    unknown = sorted(set(wanted.keep) - set(ids.tolist()))
    if unknown:
        raise PlanError(
            Said(
                "propose-keep",
                "unit {unit} is no {level} of this plan and cannot be kept.",
                unit=str(unknown[0]),
                level=wanted.level,
            )
        )
    locked: Bools = np.isin(ids, list(wanted.keep))[have.unit[wanted.level]]
    return locked


def _links(have: Hierarchy, wanted: Wanted) -> list[tuple[int, int]]:
    at = {key: position for position, key in enumerate(have.blocks.key)}
    for key in (key for pair in wanted.links for key in pair):
        if key not in at:
            raise ArgumentError(
                Said(
                    "propose-link", 'the plan has no block "{key}" that could be linked to another.', key=key
                )
            )
    return [(at[one], at[two]) for one, two in wanted.links]


def _barrier_costs(given: Mapping[str, float] | None) -> dict[int, float] | None:
    if not given:
        return None
    known = {barrier.name.lower(): barrier for barrier in Barrier}
    for name, cost in given.items():
        if name not in known or not 0 <= cost <= 1:
            raise ArgumentError(
                Said(
                    "propose-barrier",
                    'a barrier costs 0 to 1 a metre and is one of {names}; not "{name}" at {cost}.',
                    names=list(known),
                    name=name,
                    cost=cost,
                )
            )
    return {known[name]: float(cost) for name, cost in given.items()}
