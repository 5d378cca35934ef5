"""Checks of a problem before any search; each failure names what is wrong and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.errors import (
    BandError,
    ColumnError,
    EdgeError,
    KeepError,
    ParentError,
    PartsError,
    ProblemError,
)
from boundaries.balancing.problem import Arrays, Band, Count, Problem, is_number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

MOST = 1e12
"""Greater numbers in a column are refused: sums over a city would lose their last digits."""

SHOWN = 5
"""So many names stand in a message before "and 12 more"."""


def listed(names: Iterable[str]) -> str:
    """Join names for a sentence, at most `SHOWN` of them."""
    every = list(names)
    text = ", ".join(every[:SHOWN])
    return text if len(every) <= SHOWN else f"{text} and {len(every) - SHOWN} more"


def checked_arrays(problem: Problem) -> Arrays:
    """Return the problem's data as arrays of one dtype.

    Raises
    ------
    ProblemError
        For everything `Problem` promises to refuse.
    """
    columns = _columns(problem)
    blocks = len(next(iter(columns.values())))
    names = _names(problem.names, blocks)
    edges = _pairs(problem.edges, "edges", names)
    links = _pairs(problem.links, "links", names)
    exempt = _flags(problem.exempt, "exempt", blocks)
    parent, parents, parent_names = _parents(problem, blocks)
    border_m = _metres(problem.border_m, "border_m", len(edges), None)
    barrier = _codes(problem.barrier, "barrier", len(edges), 0)
    arrays = Arrays(
        blocks=blocks,
        parents=parents,
        edges=edges,
        links=links,
        columns=columns,
        bands=dict(problem.bands),
        parts=_count(problem.parts, "parts", blocks),
        per_parent=_count(problem.parts_per_parent, "parts_per_parent", blocks),
        parent=parent,
        names=names,
        parent_names=parent_names,
        border_m=border_m,
        barrier=barrier,
        outer_m=_metres(problem.outer_m, "outer_m", blocks, names),
        xy=_points(problem.xy, blocks),
        walk_minutes=_minutes(problem.walk_minutes, blocks, names),
        exempt=exempt,
        present=_codes(problem.present, "present", blocks, -1),
        locked=_flags(problem.locked, "locked", blocks),
        together=_codes(problem.together, "together", blocks, -1),
        known=frozenset(
            name
            for name in ("border_m", "barrier", "outer_m", "xy", "walk_minutes", "present")
            if getattr(problem, name) is not None
        ),
    )
    _check_graph(arrays)
    _check_counts(arrays, problem)
    _check_kept(arrays)
    return arrays


def _columns(problem: Problem) -> dict[str, Floats]:
    if not isinstance(problem.columns, Mapping) or not problem.columns:
        raise ColumnError("Give at least one column by name: without it the number of blocks is unknown.")
    if not isinstance(problem.bands, Mapping):
        raise BandError("bands must give a Band by column name; without any rule it is empty: {}.")
    columns = {name: _column(name, values) for name, values in problem.columns.items()}
    blocks = len(next(iter(columns.values())))
    if blocks == 0:
        raise ColumnError("There are no blocks: the columns are empty.")
    names = _names(problem.names, blocks)
    for name, values in columns.items():
        if values.shape != (blocks,):
            raise ColumnError(f"Column {name!r} has shape {values.shape}, expected ({blocks},).")
        _refuse(~np.isfinite(values), f"Column {name!r} is not a finite number", names)
        _refuse(values < 0, f"Column {name!r} is negative", names)
        _refuse(values > MOST, f"Column {name!r} is above {MOST:.0e}, too large to be summed exactly,", names)
    for name, band in problem.bands.items():
        if name not in columns:
            raise ColumnError(f"There is a band on {name!r} but no such column; columns: {listed(columns)}.")
        if not isinstance(band, Band):
            raise ColumnError(f"The band on {name!r} is {band!r}; write Band(low, high).")
    return columns


def _column(name: str, values: ArrayLike) -> Floats:
    column = _numbers(values, f"Column {name!r}", ColumnError)
    if column.ndim != 1:
        raise ColumnError(f"Column {name!r} has shape {column.shape}; give one number for each block.")
    return column


def _numbers(values: ArrayLike, what: str, error: type[ProblemError]) -> Floats:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise error(f"{what} does not hold numbers only: {cause}.") from cause


def _refuse(bad: Bools, what: str, names: Sequence[str]) -> None:
    if bad.any():
        raise ColumnError(f"{what} for block {listed(names[i] for i in np.flatnonzero(bad).tolist())}.")


def _names(names: Sequence[str] | None, blocks: int) -> tuple[str, ...]:
    if names is None:
        return tuple(str(i) for i in range(blocks))
    if len(names) != blocks:
        raise ColumnError(f"There are {len(names)} names for {blocks} blocks.")
    return tuple(str(name) for name in names)


def _whole(values: ArrayLike, what: str) -> Ints:
    try:
        array = np.asarray(values)
    except ValueError as cause:
        raise ProblemError(f"{what} is ragged: its rows differ in length.") from cause
    if array.dtype.kind not in "iub":
        numbers = _numbers(array, what, ProblemError)
        if numbers.size and not (np.isfinite(numbers).all() and (numbers == np.floor(numbers)).all()):
            raise ProblemError(f"{what} must hold whole numbers.")
        array = numbers
    return array.astype(np.int64)


def _pairs(values: ArrayLike, what: str, names: Sequence[str]) -> Ints:
    pairs = _whole(values, what)
    if pairs.size == 0:
        return np.empty((0, 2), dtype=np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise EdgeError(f"{what} has shape {pairs.shape}, expected (m, 2).")
    if pairs.min() < 0 or pairs.max() >= len(names):
        wrong = pairs[((pairs < 0) | (pairs >= len(names))).any(axis=1)][0]
        raise EdgeError(f"{what} has the pair {wrong.tolist()}, but blocks run from 0 to {len(names) - 1}.")
    loops = pairs[:, 0] == pairs[:, 1]
    if loops.any():
        raise EdgeError(f"{what} joins a block to itself: block {listed(names[i] for i in pairs[loops, 0])}.")
    ordered = np.sort(pairs, axis=1)
    unique, counts = np.unique(ordered[:, 0] * len(names) + ordered[:, 1], return_counts=True)
    doubled = unique[counts > 1]
    if len(doubled):
        shown = listed(f"{names[key // len(names)]} - {names[key % len(names)]}" for key in doubled.tolist())
        raise EdgeError(
            f"{what} lists a pair of blocks more than once; give each once, in one direction: {shown}."
        )
    return ordered


def _flags(values: ArrayLike | None, what: str, blocks: int) -> Bools:
    if values is None:
        return np.zeros(blocks, dtype=np.bool_)
    flags = np.asarray(values)
    if flags.shape != (blocks,) or not np.isin(flags, (0, 1)).all():
        raise ProblemError(f"{what} must be {blocks} times true or false; its shape is {flags.shape}.")
    return flags.astype(np.bool_)


def _codes(values: ArrayLike | None, what: str, length: int, default: int) -> Ints:
    if values is None:
        return np.full(length, default, dtype=np.int64)
    codes = _whole(values, what)
    if codes.shape != (length,):
        raise ProblemError(f"{what} has shape {codes.shape}, expected ({length},).")
    if length and codes.min() < min(default, 0):
        raise ProblemError(f"{what} holds {codes.min()}; codes start at {min(default, 0)}.")
    return codes


def _metres(values: ArrayLike | None, what: str, length: int, names: Sequence[str] | None) -> Floats:
    if values is None:
        return np.zeros(length)
    metres = _numbers(values, what, ColumnError)
    if metres.shape != (length,):
        raise ColumnError(f"{what} has shape {metres.shape}, expected ({length},).")
    bad = ~np.isfinite(metres) | (metres < 0)
    if bad.any():
        kind, shown = ("block", names) if names is not None else ("edge", [str(i) for i in range(length)])
        where = listed(shown[i] for i in np.flatnonzero(bad).tolist())
        raise ColumnError(f"{what} is negative or no number at {kind} {where}.")
    return metres


def _points(values: ArrayLike | None, blocks: int) -> Floats | None:
    if values is None:
        return None
    points = _numbers(values, "xy", ColumnError)
    if points.shape != (blocks, 2) or not np.isfinite(points).all():
        raise ColumnError(f"xy must be {blocks} pairs of finite numbers; its shape is {points.shape}.")
    return points


def _minutes(values: ArrayLike | None, blocks: int, names: Sequence[str]) -> Floats | None:
    if values is None:
        return None
    minutes = _numbers(values, "walk_minutes", ColumnError)
    if minutes.ndim == 1:
        minutes = minutes[:, None]
    if minutes.ndim != 2 or len(minutes) != blocks or minutes.shape[1] == 0:
        raise ColumnError(
            f"walk_minutes has shape {minutes.shape}, expected ({blocks},) or ({blocks}, points)."
        )
    bad = np.asarray((~np.isfinite(minutes) | (minutes < 0)).any(axis=1))
    _refuse(bad, "walk_minutes is negative or no number", names)
    return minutes


def _parents(problem: Problem, blocks: int) -> tuple[Ints, int, tuple[str, ...]]:
    if problem.parent is None:
        if problem.parent_names is not None and len(problem.parent_names) != 1:
            raise ParentError("There are parent_names but no parent column.")
        return np.zeros(blocks, dtype=np.int64), 1, tuple(problem.parent_names or ("the whole",))
    parent = _whole(problem.parent, "parent")
    if parent.shape != (blocks,) or parent.min() < 0:
        raise ParentError(f"parent must hold {blocks} codes from 0; its shape is {parent.shape}.")
    given = problem.parent_names
    parents = len(given) if given is not None else int(parent.max()) + 1
    names = tuple(str(name) for name in given) if given is not None else tuple(str(i) for i in range(parents))
    if parent.max() >= parents:
        raise ParentError(f"parent holds the code {parent.max()}, but there are {parents} parent_names.")
    empty = np.flatnonzero(np.bincount(parent, minlength=parents) == 0)
    if len(empty):
        raise ParentError(f"Parent without a block: {listed(names[i] for i in empty)}.")
    return parent, parents, names


def _count(count: Count, what: str, blocks: int) -> tuple[int, int]:
    if count is None:
        return 0, blocks
    given = np.asarray(count, dtype=object).ravel().tolist()
    pair = given * 2 if is_number(count) else given
    if len(pair) != 2 or not all(is_number(value) and float(value).is_integer() for value in pair):
        raise PartsError(f"{what} is {count!r}; give a whole number, (low, high) or None.")
    low, high = int(pair[0]), int(pair[1])
    if low > high or high < 1 or low < 0:
        raise PartsError(f"{what} is {count!r}: it must be at least 1 and not upside down.")
    return low, high


def _check_graph(arrays: Arrays) -> None:
    touched = np.zeros(arrays.blocks, dtype=np.bool_)
    touched[arrays.edges.ravel()] = True
    touched[arrays.links.ravel()] = True
    alone = ~touched & ~arrays.exempt
    if arrays.blocks > 1 and alone.any():
        shown = listed(arrays.names[i] for i in np.flatnonzero(alone))
        raise EdgeError(f"No edge reaches block {shown}; join it with links=, or mark it exempt.")


def _check_counts(arrays: Arrays, problem: Problem) -> None:
    ordinary = int((~arrays.exempt).sum())
    if arrays.parts[0] > ordinary:
        raise PartsError(
            f"{arrays.parts[0]} parts were asked for, but there are only {ordinary} blocks to divide."
        )
    per_parent = np.bincount(arrays.parent[~arrays.exempt], minlength=arrays.parents)
    few = np.flatnonzero((per_parent < arrays.per_parent[0]) & (per_parent > 0))
    if problem.parts_per_parent is not None and len(few):
        shown = listed(f"{arrays.parent_names[i]} ({per_parent[i]})" for i in few)
        raise PartsError(f"Fewer blocks than the {arrays.per_parent[0]} parts asked for in parent {shown}.")


def _check_kept(arrays: Arrays) -> None:
    unplaced = arrays.locked & (arrays.present < 0)
    if unplaced.any():
        shown = listed(arrays.names[i] for i in np.flatnonzero(unplaced))
        raise KeepError(f"Locked without a present part: block {shown}.")
    held = arrays.locked & ~arrays.exempt
    _one_each(
        arrays,
        held,
        arrays.present,
        arrays.parent,
        "Locked blocks of present part {} lie in two parents: {}.",
    )
    grouped = (arrays.together >= 0) & ~arrays.exempt
    _one_each(arrays, grouped, arrays.together, arrays.parent, "Together-group {} lies in two parents: {}.")
    both = held & grouped
    _one_each(arrays, both, arrays.together, arrays.present, "Together-group {} is locked in two parts: {}.")


def _one_each(arrays: Arrays, mask: Bools, key: Ints, value: Ints, message: str) -> None:
    """Raise when blocks of one key (under the mask) have two values."""
    where = np.flatnonzero(mask)
    order = where[np.lexsort((value[where], key[where]))]
    differ = (key[order][1:] == key[order][:-1]) & (value[order][1:] != value[order][:-1])
    if differ.any():
        at = int(np.flatnonzero(differ)[0])
        pair = listed(arrays.names[i] for i in order[at : at + 2])
        raise KeepError(message.format(key[order[at]], pair))
