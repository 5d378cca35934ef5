"""Splits a problem into one task a parent, and does one task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from boundaries.balancing import Problem, Steps, propose
from boundaries.balancing.counts import count_range
from boundaries.balancing.layout import piece_counts
from boundaries.balancing.sums import sums_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from boundaries.balancing import Reason
    from boundaries.balancing.answer import Proven, StoppedBy
    from boundaries.balancing.pieces import Reduction
    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


PlainSteps = tuple[tuple[tuple[int, int], ...], tuple[int | None, ...]]
"""``per_start`` and ``finish`` of a `Steps`, as they travel between processes."""


class Stop(Protocol):
    """The wish to stop, which a task asks about while it runs."""

    def is_set(self) -> bool:
        """Whether to stop."""


@dataclass(frozen=True, eq=False)
class Task:
    """The division of one parent by itself.

    Attributes
    ----------
    parent
        Its number in the whole problem.
    blocks
        (b,) numbers of its blocks there, ascending; exempt ones are among them.
    fields
        Arguments of its `Problem`.
    size
        Blocks that are to be divided; steps and seconds are shared out by it.
    forced
        Whether the rules leave it no other number of parts than it is given.
    """

    parent: int
    blocks: Ints
    fields: dict[str, Any]
    goals: Mapping[str, float]
    seed: int
    size: int
    forced: bool


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a task found: (b,) parts of each proposal, best first, and what it proves."""

    parts: list[NDArray[np.int32]]
    steps: PlainSteps
    reasons: list[Reason]
    proven: Proven | None
    lower_bound: float | None
    stopped_by: StoppedBy


@dataclass(frozen=True, eq=False)
class Split:
    """A problem in tasks; ``lone`` are blocks that touch no other of their parent and are parts by themselves."""

    tasks: list[Task]
    lone: Ints
    reduction: Reduction


def split(problem: Problem, reduction: Reduction, goals: Mapping[str, float], seed: int) -> Split:
    """Return one task for each parent that has a choice.

    Where the number of all parts is limited, it is allotted to the parents first, as the engine allots it.

    Parameters
    ----------
    reduction
        Of ``problem.arrays``.
    goals
        Weights, checked.
    seed
        Every task draws from a stream of its own.
    """
    arrays = problem.arrays
    allotted = None if problem.parts is None else _allotted(arrays, reduction)
    lone = _lone_blocks(arrays)
    every = np.concatenate([arrays.edges, arrays.links])
    lost = arrays.parent[arrays.edges[:, 0]] != arrays.parent[arrays.edges[:, 1]]
    rim_m = arrays.outer_m.copy()
    for side in (0, 1):
        rim_m += sums_by(arrays.edges[lost, side], arrays.border_m[lost], arrays.blocks)
    in_tasks = np.ones(arrays.blocks, dtype=np.bool_)
    in_tasks[lone] = False
    place = np.full(arrays.blocks, -1, dtype=np.int64)
    by_parent = _groups(arrays.parent[every[:, 0]], arrays.parents)
    blocks_of = _groups(arrays.parent, arrays.parents)
    lone_in = np.bincount(arrays.parent[lone], minlength=arrays.parents)
    tasks = []
    for parent in range(arrays.parents):
        blocks = blocks_of[parent][in_tasks[blocks_of[parent]]]
        size = int((~arrays.exempt[blocks]).sum())
        if size == 0:
            continue
        place[blocks] = np.arange(len(blocks))
        rows = by_parent[parent]
        rows = rows[(place[every[rows]] >= 0).all(axis=1)]
        fields = _fields(problem, blocks, rows, rim_m) | {
            "edges": place[every[rows[rows < len(arrays.edges)]]],
            "links": place[every[rows[rows >= len(arrays.edges)]]],
        }
        place[blocks] = -1
        span = _span(arrays, int(lone_in[parent]), size)
        count = None if allotted is None else max(int(allotted[parent] - lone_in[parent]), 1)
        fields["parts"] = count
        fields["parts_per_parent"] = None if count is not None or problem.parts_per_parent is None else span
        forced = count is None or _forced(arrays, blocks, span) == (count, count)
        own_seed = int(np.random.SeedSequence(entropy=seed, spawn_key=(parent,)).generate_state(1)[0])
        tasks.append(Task(parent, blocks, fields, goals, own_seed, size, forced))
    return Split(tasks, lone, reduction)


def _allotted(arrays: Arrays, reduction: Reduction) -> Ints:
    """Return the ordinary parts of every parent when the engine shares out the number of all."""
    counts = np.zeros(arrays.parents, dtype=np.int64)
    for piece, count in zip(reduction.pieces, piece_counts(arrays, reduction), strict=True):
        counts[piece.parent] += count
    for nodes in reduction.alone:
        counts[reduction.parent[nodes[0]]] += 1
    return counts


def _lone_blocks(arrays: Arrays) -> Ints:
    """Return ordinary blocks that nothing joins to another block of their parent."""
    every = np.concatenate([arrays.edges, arrays.links])
    inner = every[arrays.parent[every[:, 0]] == arrays.parent[every[:, 1]]]
    touched = np.zeros(arrays.blocks, dtype=np.bool_)
    touched[inner.ravel()] = True
    return np.flatnonzero(~touched & ~arrays.exempt)


def _groups(number: Ints, count: int) -> list[Ints]:
    """Return the positions of each number, 0 .. count-1, ascending."""
    order = np.argsort(number, kind="stable")
    return np.split(order, np.cumsum(np.bincount(number, minlength=count))[:-1])


def _fields(problem: Problem, blocks: Ints, rows: Ints, rim_m: Floats) -> dict[str, Any]:
    """Return what a parent's own problem takes over; the rim towards other parents counts as its outer rim."""
    arrays = problem.arrays
    known, inner = arrays.known, rows[rows < len(arrays.edges)]
    needed = {arrays.measure(), "area_m2", *arrays.bands}
    present = _renumbered(arrays.present[blocks]) if "present" in known else None
    return {
        "columns": {name: values[blocks] for name, values in arrays.columns.items() if name in needed},
        "bands": dict(arrays.bands),
        "parent_names": [arrays.parent_names[arrays.parent[blocks[0]]]],
        "border_m": arrays.border_m[inner] if "border_m" in known else None,
        "barrier": arrays.barrier[inner] if "barrier" in known else None,
        "outer_m": rim_m[blocks] if known & {"outer_m", "border_m"} else None,
        "xy": arrays.xy[blocks] if arrays.xy is not None else None,
        "walk_minutes": arrays.walk_minutes[blocks] if arrays.walk_minutes is not None else None,
        "exempt": arrays.exempt[blocks],
        "present": present,
        "locked": arrays.locked[blocks] if arrays.locked[blocks].any() else None,
        "together": _renumbered(arrays.together[blocks]),
        "barrier_costs": problem.barrier_costs,
    }


def _renumbered(labels: Ints) -> Ints:
    """Return labels numbered from 0 in their order; -1 stays."""
    found: Ints = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    return found - 1 if (labels < 0).any() else found


def _span(arrays: Arrays, lone: int, size: int) -> tuple[int, int]:
    least, most = arrays.per_parent
    return min(max(least - lone, 1), size), max(min(most - lone, size), 1)


def _forced(arrays: Arrays, blocks: Ints, span: tuple[int, int]) -> tuple[int, int]:
    """Return the least and most parts that bands and counts leave the blocks of a task."""
    free = blocks[~arrays.exempt[blocks]]
    sums = np.array([arrays.columns[name][free].sum() for name in arrays.bands])
    least, most = count_range(sums, list(arrays.bands.values()))
    return max(least, span[0]), min(most, span[1])


def do_task(
    task: Task, steps: int | PlainSteps | None, time_limit_s: float | None, stop: Stop | None = None
) -> Outcome:
    """Divide one parent; what it finds depends on the task and its steps only."""
    asked: Callable[[], bool] | None = None if stop is None else stop.is_set
    given = Steps(*steps) if isinstance(steps, tuple) else steps
    answer = propose(
        Problem(**task.fields),
        task.goals,
        steps=given,
        time_limit_s=time_limit_s,
        seed=task.seed,
        workers=1,
        cancel=asked,
    )
    return Outcome(
        [proposal.part.astype(np.int32) for proposal in answer.proposals],
        (answer.steps_done.per_start, answer.steps_done.finish),
        [reason for reason in answer.reasons if reason.rule == "no_division"],
        answer.proven,
        answer.lower_bound,
        answer.stopped_by,
    )
