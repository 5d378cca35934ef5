"""Proofs that name blocks: those above a band, and those that alone hold a scrap.

``sums`` are the (v,) sums of each banded column over the nodes of a `Reduction`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.answer import Reason
from boundaries.balancing.cut_blocks import hanging_sums
from boundaries.balancing.pieces import Reduction, components
from boundaries.balancing.validation import listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def figure(value: float) -> str:
    """Write a number for a sentence: thousands separated, fractions only where there are any."""
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-6 else f"{value:,.1f}"


def blocks_above(arrays: Arrays, reduction: Reduction, sums: Mapping[str, Floats]) -> dict[int, Reason]:
    """Return a reason for every node that is above a band by itself, by node."""
    found: dict[int, Reason] = {}
    for name, band in arrays.bands.items():
        for v in np.flatnonzero(sums[name] > band.high * (1 + 1e-9)):
            if int(v) in found:
                continue
            blocks = tuple(arrays.names[i] for i in np.flatnonzero(reduction.node == v))
            total = float(sums[name][v])
            what = (
                f"Block {blocks[0]} has"
                if len(blocks) == 1
                else f"Blocks {listed(blocks)}, kept together, have"
            )
            found[int(v)] = Reason(
                rule="block_above_band",
                parent=arrays.parent_names[reduction.parent[v]],
                blocks=blocks,
                parts=1,
                message=f"{what} {figure(total)} {name}, above the upper band of {figure(band.high)}.",
                relaxation=f"Cut it, exempt it, or raise the upper band to {math.ceil(total):,}.",
                figures={"column": name, "total": total, "high": band.high},
            )
    return found


def adjacency(edges: Ints, nodes: int) -> tuple[Ints, Ints]:
    """Return the offsets (v+1,) and neighbours (2e,) of a graph given by its (e, 2) edges."""
    source = np.concatenate([edges[:, 0], edges[:, 1]])
    target = np.concatenate([edges[:, 1], edges[:, 0]])
    order = np.lexsort((target, source))
    indptr = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=nodes), out=indptr[1:])
    return indptr, target[order]


def blocks_of(arrays: Arrays, reduction: Reduction, nodes: Ints) -> tuple[str, ...]:
    """Return the names of the blocks in some nodes."""
    return tuple(arrays.names[i] for i in np.flatnonzero(np.isin(reduction.node, nodes)))


def blocks_between(
    arrays: Arrays, reduction: Reduction, sums: Mapping[str, Floats], above: set[int]
) -> list[Reason]:
    """Return a reason for every block that alone holds scraps too small for a part, too large with the block."""
    if not sums or not len(reduction.parent):
        return []
    bands = list(arrays.bands.values())
    values = np.column_stack(list(sums.values()))
    indptr, neighbour = adjacency(reduction.edges, len(values))
    held, scraps = hanging_sums(
        indptr, neighbour, values, np.array([band.low for band in bands], dtype=np.float64)
    )
    found = []
    for c, (name, band) in enumerate(arrays.bands.items()):
        for v in np.flatnonzero((held[:, c] > band.high * (1 + 1e-9)) & (scraps > 0)):
            if int(v) not in above:
                above.add(int(v))
                found.append(_between(arrays, reduction, sums, int(v), name, float(held[v, c])))
    return found


def _between(
    arrays: Arrays, reduction: Reduction, sums: Mapping[str, Floats], v: int, name: str, held: float
) -> Reason:
    band = arrays.bands[name]
    same = np.flatnonzero((reduction.parent == reduction.parent[v]) & (np.arange(len(reduction.parent)) != v))
    beside = reduction.edges[(reduction.edges == v).any(axis=1)].ravel()
    scraps = [
        scrap
        for scrap in components(reduction.edges, same, len(reduction.parent))
        if np.isin(beside, scrap).any()
        and any(sums[column][scrap].sum() < rule.low * (1 - 1e-9) for column, rule in arrays.bands.items())
    ]
    cut_off = [float(sums[name][scrap].sum()) for scrap in scraps]
    own = blocks_of(arrays, reduction, np.array([v]))
    others = blocks_of(arrays, reduction, np.concatenate(scraps))
    parent = arrays.parent_names[reduction.parent[v]]
    joined = " and ".join(map(figure, cut_off))
    message = (
        f"Block {own[0]} in {parent} ({figure(float(sums[name][v]))} {name}) alone joins {joined} "
        f"{name} behind it to the rest: too few for a part without it, {figure(held)} with it, above "
        f"the upper band of {figure(band.high)}."
    )
    relaxation = f"Cut it, join the others by a link, or raise the upper band to {math.ceil(held):,}."
    figures: dict[str, float | str] = {
        "column": name,
        "total": held,
        "cut_off": sum(cut_off),
        "high": band.high,
    }
    return Reason("articulation", parent, (*own, *others), 1, message, relaxation, figures)
