"""The soft goals: what a good division is among those that keep the hard rules.

Every goal is a number >= 0, smaller is better. `moved` is `labels.moved_measure`, in residents.
Parts of exempt blocks are not judged. Siblings are the ordinary parts of one parent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.errors import GoalError
from boundaries.balancing.labels import moved_measure
from boundaries.balancing.problem import is_number
from boundaries.balancing.sums import sums_by
from geo.barriers import Barrier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

GOALS = ("cut_edges", "border", "compactness", "balance", "area_balance", "walking", "moved")

BARRIER_COSTS: Mapping[int, float] = {
    Barrier.UNKNOWN: 1.0,
    Barrier.NOTHING: 1.0,
    Barrier.WALL: 0.25,
    Barrier.ROAD: 0.0,
    Barrier.ARTERIAL: 0.0,
    Barrier.RIVER: 0.0,
}
"""Cost per metre of a border by what runs along it; `Problem.barrier_costs` overrides single codes."""


def checked_goals(goals: Mapping[str, float] | None, arrays: Arrays) -> dict[str, float]:
    """Return the goals with their weights; without any: clear borders and compactness where data allow.

    Raises
    ------
    GoalError
        For an unknown goal, a negative weight, or a goal whose data the problem lacks.
    """
    possible = [goal for goal in GOALS if lacking(goal, arrays) is None]
    if goals is None:
        preferred = [goal for goal in ("border", "compactness") if goal in possible]
        return dict.fromkeys(preferred or GOALS[:1], 1.0)
    if not isinstance(goals, Mapping):
        raise GoalError(f"goals is {goals!r}; give a weight for each goal by its name.")
    for goal, weight in goals.items():
        if goal not in GOALS:
            raise GoalError(f"There is no goal {goal!r}; goals are {', '.join(GOALS)}.")
        if not (is_number(weight) and math.isfinite(weight) and weight >= 0):
            raise GoalError(f"The weight of goal {goal!r} is {weight}; give a number >= 0.")
        missing = lacking(goal, arrays)
        if missing is not None and weight > 0:
            raise GoalError(f"Goal {goal!r} needs {missing}, which the problem does not give.")
    return {goal: float(weight) for goal, weight in goals.items() if weight > 0}


def lacking(goal: str, arrays: Arrays) -> str | None:
    """Return the name of the data a goal needs and the problem lacks, or None."""
    if goal in ("border", "compactness") and "border_m" not in arrays.known:
        return "border_m"
    if goal in ("compactness", "area_balance") and "area_m2" not in arrays.columns:
        return "the column area_m2"
    own = {"walking": "walk_minutes", "moved": "present"}.get(goal)
    return own if own is not None and own not in arrays.known else None


def scores(arrays: Arrays, part: Ints, costs: Floats) -> dict[str, float]:
    """Return every goal the data allow for one plan.

    Parameters
    ----------
    arrays
        The problem.
    part
        (n,) int, 0 .. k-1.
    costs
        (m,) cost per metre of border, of `border_costs`.
    """
    found: dict[str, float] = {"cut_edges": cut_edges(arrays, part)}
    if lacking("border", arrays) is None:
        found["border"] = border(arrays, part, costs)
    if lacking("compactness", arrays) is None:
        found["compactness"] = compactness(arrays, part)
    found["balance"] = balance(arrays, part, arrays.columns[arrays.measure()])
    if lacking("area_balance", arrays) is None:
        found["area_balance"] = balance(arrays, part, arrays.columns["area_m2"])
    if lacking("walking", arrays) is None:
        found["walking"] = walking(arrays, part)
    if lacking("moved", arrays) is None:
        found["moved"] = moved_measure(arrays, part)
    return found


def border_costs(arrays: Arrays, overrides: Mapping[int, float] | None) -> Floats:
    """Return the (m,) cost per metre, 0..1, of a border along each edge.

    Raises
    ------
    GoalError
        For a cost outside 0..1, or a barrier code without a cost.
    """
    table = {**BARRIER_COSTS, **(overrides or {})}
    for code, cost in table.items():
        if not 0 <= cost <= 1:
            raise GoalError(f"The cost of barrier {code} is {cost}; it must lie between 0 and 1.")
    codes = np.unique(arrays.barrier)
    unknown = [int(code) for code in codes if int(code) not in table]
    if unknown:
        raise GoalError(f"barrier holds the codes {unknown}, which have no cost.")
    by_code = np.zeros(int(codes.max(initial=0)) + 1)
    for code in codes:
        by_code[code] = table[int(code)]
    return by_code[arrays.barrier]


def _cut(arrays: Arrays, part: Ints) -> NDArray[np.bool_]:
    cut: NDArray[np.bool_] = part[arrays.edges[:, 0]] != part[arrays.edges[:, 1]]
    return cut


def cut_edges(arrays: Arrays, part: Ints) -> float:
    r"""Count adjacent blocks in different parts: :math:`|\{uv \in E : part_u \ne part_v\}|`."""
    return float(_cut(arrays, part).sum())


def border(arrays: Arrays, part: Ints, costs: Floats) -> float:
    r"""Share of the inner border that is not clear (R6), 0..1.

    :math:`\sum_{uv\ cut} border_{uv} cost_{uv} / \sum_{uv\ cut} border_{uv}`; the cost is 1 per metre along
    nothing or an unknown barrier, 0 along roads and rivers, between for walls. 0 without any inner border.
    """
    cut_m = arrays.border_m[_cut(arrays, part)]
    total = float(cut_m.sum())
    return float((cut_m * costs[_cut(arrays, part)]).sum() / total) if total > 0 else 0.0


def perimeters_m(arrays: Arrays, part: Ints) -> Floats:
    """Return the (k,) metres of border and rim around each part."""
    count = int(part.max()) + 1
    around = sums_by(part, arrays.outer_m, count)
    cut = _cut(arrays, part)
    for side in (0, 1):
        around += sums_by(part[arrays.edges[cut, side]], arrays.border_m[cut], count)
    return around


def polsby_popper(arrays: Arrays, part: Ints) -> Floats:
    r"""Return the (k,) compactness :math:`4 \pi A / P^2` of each part, 1 for a disc, 0 for a part without rim.

    Source: Polsby and Popper, "The third criterion", Yale Law & Policy Review 9 (1991).
    """
    around = perimeters_m(arrays, part)
    area = sums_by(part, arrays.columns["area_m2"], len(around))
    compact: Floats = np.divide(4 * math.pi * area, around**2, out=np.zeros_like(area), where=around > 0)
    return compact


def compactness(arrays: Arrays, part: Ints) -> float:
    r"""One minus the mean Polsby-Popper of the ordinary parts: :math:`1 - \frac1k \sum_p 4 \pi A_p / P_p^2`."""
    judged = ordinary_parts(arrays, part)
    return float(1 - polsby_popper(arrays, part)[judged].mean()) if len(judged) else 0.0


def ordinary_parts(arrays: Arrays, part: Ints) -> Ints:
    """Return the sorted labels of the parts that are not exempt."""
    return np.unique(part[~arrays.exempt])


def walking(arrays: Arrays, part: Ints) -> float:
    r"""Mean minutes on foot to the service point of the own part, over residents.

    :math:`\sum_p \min_s \sum_{v \in p} r_v t_{vs} / \sum_v r_v`: each part is served by the one point that is
    nearest to its residents (or whatever `Problem` balances) in the mean. With one time a block, to its nearest
    point, the plan cannot change it. Exempt parts do not count.
    """
    if arrays.walk_minutes is None:
        raise GoalError("Goal 'walking' needs walk_minutes, which the problem does not give.")
    weight = np.where(arrays.exempt, 0.0, arrays.columns[arrays.measure()])
    spent = np.zeros((int(part.max()) + 1, arrays.walk_minutes.shape[1]))
    np.add.at(spent, part, weight[:, None] * arrays.walk_minutes)
    return float(spent.min(axis=1).sum() / weight.sum()) if weight.sum() > 0 else 0.0


def balance(arrays: Arrays, part: Ints, values: Floats) -> float:
    r"""Coefficient of variation between siblings.

    :math:`\sqrt{\frac1k \sum_p ((S_p - \bar S_{parent(p)}) / \bar S_{parent(p)})^2}` over ordinary parts,
    with :math:`S_p` the part's sum of the values and :math:`\bar S` its mean over the siblings. `balance` takes
    the residents, `area_balance` the area.
    """
    judged = ordinary_parts(arrays, part)
    if not len(judged):
        return 0.0
    sums = np.bincount(part, values)[judged]
    parent_of = np.zeros(int(part.max()) + 1, dtype=np.int64)
    parent_of[part] = arrays.parent
    parents = parent_of[judged]
    mean = np.bincount(parents, sums) / np.maximum(np.bincount(parents), 1)
    expected = mean[parents]
    off = np.divide(sums - expected, expected, out=np.zeros_like(sums), where=expected > 0)
    return float(np.sqrt(np.mean(off**2)))
