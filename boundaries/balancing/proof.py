"""What the exact answers of the pieces prove of the whole."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from boundaries.balancing.answer import Proven, Reason
from boundaries.balancing.layout import Layout, counts_allowed
from boundaries.balancing.pieces import Reduction
from boundaries.balancing.state import breach, make_plan

if TYPE_CHECKING:
    from boundaries.balancing.problem import Arrays
    from boundaries.balancing.search import Start

SUMMED_GOALS = frozenset({"cut_edges", "compactness"})
LONE_GOALS = frozenset({"balance", "area_balance"})


def verdict(
    arrays: Arrays,
    reduction: Reduction,
    layout: Layout,
    goals: Mapping[str, float],
    reasons: Sequence[Reason],
) -> Proven | None:
    """Return what is proven: no plan at all, or no better one than the best proposal.

    A plan is optimal when every piece's division is, the counts of parts are forced, and the weighted goals
    are a sum over cut edges and parts or grow with one.
    """
    if reasons:
        return "infeasible"
    additive = goals.keys() <= SUMMED_GOALS or (len(goals) == 1 and goals.keys() <= LONE_GOALS)
    if not additive or not reduction.pieces:
        return None
    settled = {start.piece for start in layout.starts if start.proven == "optimal"}
    for number, count in enumerate(layout.counts):
        if count > 1 and number not in settled:
            return None
        forced = counts_allowed(arrays, reduction, number) == (count, count)
        chosen = len(reduction.pieces) == 1 and number in settled and goals.keys() == {"cut_edges"}
        if not forced and not chosen:
            return None
    return "optimal"


def unsolvable(arrays: Arrays, reduction: Reduction, layout: Layout) -> list[Reason]:
    """Return a reason for every piece of which an enumeration proved that no division keeps the bands.

    Pieces beside a block above a band are passed over: that block's part might take some of theirs.
    """
    found = []
    beside_alone = {int(reduction.parent[nodes[0]]) for nodes in reduction.alone}
    for number, runs in layout.ranked().items():
        tried = [start for start in runs if start.proven == "infeasible"]
        if not tried or reduction.pieces[number].parent in beside_alone:
            continue
        least, most = counts_allowed(arrays, reduction, number)
        if (least, most) == tried[0].span:
            found.append(_reason(arrays, reduction, runs[0]))
    return found


def _reason(arrays: Arrays, reduction: Reduction, start: Start) -> Reason:
    piece = reduction.pieces[start.piece]
    parent = arrays.parent_names[piece.parent]
    least, most = start.span
    span = str(least) if least == most else f"{least} to {most}"
    message = (
        f"Parent {parent}: no division of its {len(piece.nodes)} blocks or groups into {span} connected parts keeps "
        "every band; all groups that could be a part were tried."
    )
    wider = _wider(arrays, start)
    figures: dict[str, float | str] = {"least": least, "most": most}
    for name, (low, high) in wider.items():
        figures |= {f"low:{name}": low, f"high:{name}": high}
    bands = " and ".join(f"{name} of {low:,.0f} to {high:,.0f}" for name, (low, high) in wider.items())
    return Reason("no_division", parent, (), 0, message, f"With bands of {bands} it can be divided.", figures)


def _wider(arrays: Arrays, start: Start) -> dict[str, tuple[int, int]]:
    """Return the bands, in whole numbers, with which the nearest plan that was found would do."""
    plan = make_plan(start.graph, start.aims, start.best, start.parts)
    out = [p for p in range(start.parts) if breach(start.aims, plan.sums[p]) > 0]
    wider = {}
    for c, (name, band) in enumerate(arrays.bands.items()):
        low, high = float(plan.sums[out, c].min()), float(plan.sums[out, c].max())
        if low < band.low or high > band.high:
            wider[name] = (math.floor(min(low, band.low)), math.ceil(max(high, band.high)))
    return wider
