"""What the exact answers of the pieces prove of the whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.answer import Proven, Reason
from boundaries.balancing.layout import Layout, counts_allowed
from boundaries.balancing.pieces import Reduction
from boundaries.balancing.relaxing import nearest_limits

if TYPE_CHECKING:
    from boundaries.balancing.problem import Arrays
    from boundaries.balancing.search import Start

SUMMED_GOALS = frozenset({"cut_edges", "compactness", "balance", "area_balance"})


def verdict(
    arrays: Arrays,
    reduction: Reduction,
    layout: Layout,
    goals: Mapping[str, float],
    reasons: Sequence[Reason],
) -> Proven | None:
    """Return what is proven: no plan at all, or no better one than the best proposal.

    A plan is optimal when every piece's division is, the counts of parts are forced, and the only goal is a sum
    over cut edges or parts or grows with one. Of several goals the search weighs a scaled sum.
    """
    if reasons:
        return "infeasible"
    if len(goals) > 1 or not goals.keys() <= SUMMED_GOALS or not reduction.pieces:
        return None
    spans = {start.piece: start.span for start in layout.starts if start.proven == "optimal"}
    for number, count in enumerate(layout.counts):
        if count > 1 and number not in spans:
            return None
        allowed = counts_allowed(arrays, reduction, number)
        forced = allowed == (count, count)
        chosen = len(reduction.pieces) == 1 and spans.get(number) == allowed and goals.keys() == {"cut_edges"}
        if not forced and not chosen:
            return None
    return "optimal"


def unsolvable(
    arrays: Arrays, reduction: Reduction, layout: Layout, left_s: Callable[[], float]
) -> list[Reason]:
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
            found.append(_reason(arrays, reduction, runs[0], left_s))
    return found


def _reason(arrays: Arrays, reduction: Reduction, start: Start, left_s: Callable[[], float]) -> Reason:
    piece = reduction.pieces[start.piece]
    parent = arrays.parent_names[piece.parent]
    least, most = start.span
    span = str(least) if least == most else f"{least} to {most}"
    message = (
        f"Parent {parent}: no division of its {len(piece.nodes)} blocks or groups into {span} connected parts keeps "
        "every band; all groups that could be a part were tried."
    )
    names, bands = list(arrays.bands), list(arrays.bands.values())
    low, high = (
        np.array([getattr(band, side) for band in bands], dtype=np.float64) for side in ("low", "high")
    )
    lower, upper, nearest = nearest_limits(start, low, high, left_s)
    figures: dict[str, float | str] = {"least": least, "most": most}
    texts = []
    for c, name in enumerate(names):
        if lower[c] < low[c] or upper[c] > high[c]:
            figures |= {f"low:{name}": math.floor(lower[c]), f"high:{name}": math.ceil(upper[c])}
            texts.append(f"{name} of {math.floor(lower[c]):,} to {math.ceil(upper[c]):,}")
    near = ", the nearest," if nearest else ""
    relaxation = f"With bands{near} of {' and '.join(texts)} it can be divided."
    return Reason("no_division", parent, (), 0, message, relaxation, figures)
