"""The balancing problem: blocks, their graph, and the rules a division has to keep."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.errors import BandError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


def is_number(value: object) -> bool:
    """Whether a value is a number, of Python or of numpy."""
    return isinstance(value, Real)


def is_whole(value: object) -> bool:
    """Whether a value is a whole number, of Python or of numpy."""
    return isinstance(value, Integral)


@dataclass(frozen=True)
class Band:
    """Lower and upper limit of a column's sum over a part, both allowed themselves.

    Parameters
    ----------
    low, high
        In the unit of the column; ``high`` may be infinite.

    Raises
    ------
    BandError
        When a limit is not a number or ``low`` lies above ``high``.
    """

    low: float
    high: float = math.inf

    def __post_init__(self) -> None:
        if not (is_number(self.low) and is_number(self.high)):
            raise BandError(f"Band({self.low!r}, {self.high!r}): give numbers.")
        if math.isnan(self.low) or math.isnan(self.high) or math.isinf(self.low):
            raise BandError(
                f"Band({self.low}, {self.high}): give numbers; only the upper limit may be infinite."
            )
        if self.low > self.high:
            raise BandError(
                f"Band({self.low}, {self.high}) is upside down: the lower limit is above the upper."
            )
        if self.high < 0:
            raise BandError(f"Band({self.low}, {self.high}): counts are never negative.")


Count = int | tuple[int, int] | None
"""A number of parts, an inclusive range of it, or any the bands allow."""


@dataclass(frozen=True, eq=False)
class Problem:
    """n blocks to be grouped into connected parts within bands.

    Parameters
    ----------
    edges
        (m, 2) int, rook adjacency; every pair once, in either order.
    columns
        Name to (n,) numbers >= 0, counts may be fractional. ``area_m2`` is needed by some goals.
    bands
        Column name to `Band` of the sum over each part.
    parts
        Number of parts over all parents without the exempt ones, (low, high), or None: any.
    parent
        (n,) int, 0 .. p-1: parts never cross parents. None is one parent.
    parts_per_parent
        (low, high) parts in each parent, inclusive, an int for exactly so many, or None.
    names, parent_names
        For messages; by default the index.
    border_m
        (m,) metres of shared border.
    barrier
        (m,) codes of `geo.barriers.Barrier`.
    outer_m
        (n,) metres of the block's rim that no block shares.
    xy
        (n, 2) metres, a point of each block.
    walk_minutes
        (n,) or (n, s) minutes on foot to the service point, or to each of s service points.
    links
        (p, 2) int, joins that make islands connected; they have no border.
    exempt
        (n,) bool: parts of their own, in no band and no count.
    present
        (n,) int >= 0, the part each block is in now, -1 for none.
    locked
        (n,) bool: the block stays in its present part.
    together
        (n,) int, blocks of one group >= 0 share a part; -1 is no group.
    barrier_costs
        Cost per metre, 0..1, of a border on each barrier code; overrides the default table of
        `boundaries.balancing.goals`.

    Raises
    ------
    ProblemError
        A ValueError that names the blocks, parents or columns, for anything that cannot be meant.
    """

    edges: ArrayLike
    columns: Mapping[str, ArrayLike]
    bands: Mapping[str, Band]
    parts: Count = None
    parent: ArrayLike | None = None
    parts_per_parent: Count = None
    names: Sequence[str] | None = None
    parent_names: Sequence[str] | None = None
    border_m: ArrayLike | None = None
    barrier: ArrayLike | None = None
    outer_m: ArrayLike | None = None
    xy: ArrayLike | None = None
    walk_minutes: ArrayLike | None = None
    links: ArrayLike = ()
    exempt: ArrayLike | None = None
    present: ArrayLike | None = None
    locked: ArrayLike | None = None
    together: ArrayLike | None = None
    barrier_costs: Mapping[int, float] | None = None
    arrays: Arrays = field(init=False, repr=False)

    def __post_init__(self) -> None:
        from boundaries.balancing.validation import checked_arrays

        object.__setattr__(self, "arrays", checked_arrays(self))


@dataclass(frozen=True, eq=False)
class Arrays:
    """A problem's data after the checks: one dtype each, every default filled in.

    Shapes as in `Problem`; ``parts`` and ``per_parent`` are inclusive ranges, ``links`` is (p, 2).
    ``known`` says which optional data were given.
    """

    blocks: int
    parents: int
    edges: Ints
    links: Ints
    columns: Mapping[str, Floats]
    bands: Mapping[str, Band]
    parts: tuple[int, int]
    per_parent: tuple[int, int]
    parent: Ints
    names: tuple[str, ...]
    parent_names: tuple[str, ...]
    border_m: Floats
    barrier: Ints
    outer_m: Floats
    xy: Floats | None
    walk_minutes: Floats | None
    exempt: Bools
    present: Ints
    locked: Bools
    together: Ints
    known: frozenset[str]

    def measure(self) -> str:
        """Return the column that `balance` is about: residents, else the first banded column, else the first."""
        if "residents" in self.columns:
            return "residents"
        return next(iter(self.bands), None) or next(iter(self.columns))
