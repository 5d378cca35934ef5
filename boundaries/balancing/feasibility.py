"""Checks before any search that prove, in closed form, that a rule cannot be kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.answer import Reason
from boundaries.balancing.block_reasons import blocks_above, blocks_between, figure
from boundaries.balancing.counts import count_range
from boundaries.balancing.pieces import Reduction, components, node_sums
from boundaries.balancing.problem import Band
from boundaries.balancing.reach_reasons import blocks_out_of_reach, blocks_without_makeup
from boundaries.sentences import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


def find_reasons(arrays: Arrays, reduction: Reduction) -> list[Reason]:
    """Return the proven impossibilities of a problem, blocks first, then counts from the small to the whole."""
    sums = {name: node_sums(reduction.node, arrays.columns[name]) for name in arrays.bands}
    above = blocks_above(arrays, reduction, sums)
    taken = set(above)
    named = blocks_between(arrays, reduction, sums, taken)
    named += blocks_out_of_reach(arrays, reduction, sums, taken)
    named += blocks_without_makeup(arrays, reduction, sums, taken)
    return [*above.values(), *named, *_counts(arrays, reduction, sums, set(above))]


@dataclass(frozen=True)
class Place:
    """Something that must be divided by itself: a connected piece, a parent, or the whole."""

    rule: str
    text: str
    parent: str
    blocks: tuple[str, ...]
    sums: Floats
    least: int
    most: int


def _counts(arrays: Arrays, reduction: Reduction, sums: dict[str, Floats], above: set[int]) -> list[Reason]:
    """Compare the counts that the bands allow with one another and with those asked for."""
    nodes = len(reduction.parent)
    columns, bands = list(arrays.bands), list(arrays.bands.values())
    table = np.column_stack([sums[name] for name in columns]) if columns else np.empty((nodes, 0))
    reasons: list[Reason] = []
    by_parent: dict[int, list[Place]] = {}
    spoilt: set[int] = {int(reduction.parent[v]) for v in above}
    every = components(reduction.edges, np.arange(nodes), nodes)
    scattered = np.bincount([reduction.parent[members[0]] for members in every], minlength=arrays.parents) > 1
    for members in every:
        parent = int(reduction.parent[members[0]])
        if parent in spoilt and above.intersection(members.tolist()):
            continue
        place = _place(arrays, reduction, table, bands, members, scattered=bool(scattered[parent]))
        by_parent.setdefault(parent, []).append(place)
        reason = _conflict(place, columns, bands, (0, len(members)))
        if reason is not None:
            spoilt.add(parent)
            reasons.append(reason)
    parents = [
        _joined("parent_count", f"Parent {arrays.parent_names[p]}", arrays.parent_names[p], by_parent[p])
        for p in range(arrays.parents)
        if p not in spoilt and p in by_parent
    ]
    broken = bool(spoilt)
    for place in parents:
        reason = _conflict(place, columns, bands, arrays.per_parent)
        if reason is not None:
            broken = True
            reasons.append(reason)
    if not broken and parents:
        narrowed = [_narrowed(place, arrays.per_parent) for place in parents]
        whole = _joined("total_count", "The whole", "", narrowed)
        reason = _conflict(whole, columns, bands, arrays.parts)
        reasons.extend([reason] if reason is not None else [])
    return reasons


def _place(
    arrays: Arrays,
    reduction: Reduction,
    table: Floats,
    bands: Sequence[Band],
    members: Ints,
    *,
    scattered: bool,
) -> Place:
    total = table[members].sum(axis=0)
    least, most = count_range(total, bands)
    locks = len(np.unique(reduction.lock[members][reduction.lock[members] >= 0]))
    parent = arrays.parent_names[reduction.parent[members[0]]]
    blocks: tuple[str, ...] = ()
    text = f"Parent {parent}"
    if scattered:
        inside = np.isin(reduction.node, members)
        blocks = tuple(arrays.names[i] for i in np.flatnonzero(inside))
        text = f"In parent {parent}, the separate piece of {len(blocks)} blocks around block {blocks[0]}"
    return Place(
        "piece_count" if scattered else "parent_count",
        text,
        parent,
        blocks,
        total,
        max(least, locks),
        min(most, len(members)) if most >= least else most,
    )


def _joined(rule: str, text: str, parent: str, places: Sequence[Place]) -> Place:
    sums = np.sum([place.sums for place in places], axis=0)
    least, most = sum(place.least for place in places), sum(place.most for place in places)
    return Place(rule, text, parent, (), sums, least, most)


def _narrowed(place: Place, allowed: tuple[int, int]) -> Place:
    least, most = max(place.least, allowed[0]), min(place.most, allowed[1])
    return Place(place.rule, place.text, place.parent, place.blocks, place.sums, least, most)


def _conflict(
    place: Place, columns: Sequence[str], bands: Sequence[Band], allowed: tuple[int, int]
) -> Reason | None:
    """Return the reason why no count of parts suits a place, or None."""
    if place.least > place.most:
        message, relaxation = _between_bands(place, columns, bands)
    elif place.least > allowed[1]:
        message, relaxation = _too_few_allowed(place, columns, bands, allowed[1])
    elif place.most < allowed[0]:
        message, relaxation = _too_many_asked(place, columns, bands, allowed[0])
    else:
        return None
    figures: dict[str, float | str] = dict(zip(columns, place.sums.tolist(), strict=True))
    figures |= {
        "least": place.least,
        "most": place.most,
        "allowed_low": allowed[0],
        "allowed_high": allowed[1],
    }
    return Reason(place.rule, place.parent, place.blocks, 0, message, relaxation, figures)


def _parts(number: int) -> str:
    return counted(number, "part", "parts")


def _between_bands(place: Place, columns: Sequence[str], bands: Sequence[Band]) -> tuple[str, str]:
    needs = [count_range(place.sums[c : c + 1], bands[c : c + 1]) for c in range(len(columns))]
    high = max(range(len(columns)), key=lambda c: needs[c][0])
    low = min(range(len(columns)), key=lambda c: needs[c][1])
    least, most = needs[high][0], needs[low][1]
    message = (
        f"{place.text}: {figure(place.sums[high])} {columns[high]} need at least {_parts(least)} of at most "
        f"{figure(bands[high].high)}, but {figure(place.sums[low])} {columns[low]} fill at most {_parts(most)} of at "
        f"least {figure(bands[low].low)}."
    )
    lower = f"a lower band of {math.floor(place.sums[low] / least):,} {columns[low]}"
    upper = f"an upper band of {math.ceil(place.sums[high] / most):,} {columns[high]} or " if most else ""
    return message, f"With {upper}{lower} it could be divided."


def _too_few_allowed(
    place: Place, columns: Sequence[str], bands: Sequence[Band], most: int
) -> tuple[str, str]:
    binding = [
        c for c in range(len(columns)) if count_range(place.sums[c : c + 1], bands[c : c + 1])[0] > most
    ]
    span = _parts(place.least) if place.least == place.most else f"{place.least}-{place.most} parts"
    allowed = f"{most} {'is' if most == 1 else 'are'} allowed"
    if not binding:
        return f"{place.text} needs at least {_parts(place.least)}; {allowed}.", f"Allow {span}."
    c = binding[0]
    message = (
        f"{place.text}: {figure(place.sums[c])} {columns[c]} need {span} of at most {figure(bands[c].high)}; "
        f"at most {allowed}."
    )
    return (
        message,
        f"Allow {span}, or an upper band of {math.ceil(place.sums[c] / most):,} {columns[c]}.",
    )


def _too_many_asked(
    place: Place, columns: Sequence[str], bands: Sequence[Band], least: int
) -> tuple[str, str]:
    binding = [
        c for c in range(len(columns)) if count_range(place.sums[c : c + 1], bands[c : c + 1])[1] < least
    ]
    span = _parts(place.most) if place.least == place.most else f"{place.least}-{place.most} parts"
    if not binding:
        return (
            f"{place.text} can have at most {_parts(place.most)}; {least} are asked for.",
            f"Ask for {span}.",
        )
    c = binding[0]
    message = (
        f"{place.text}: {figure(place.sums[c])} {columns[c]} fill {span} of at least {figure(bands[c].low)}; "
        f"at least {least} are asked for."
    )
    return (
        message,
        f"Ask for {span}, or a lower band of {math.floor(place.sums[c] / least):,} {columns[c]}.",
    )
