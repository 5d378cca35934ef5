"""Rows of the balancing bench at scale: the demo district, and a million blocks, judged independently."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from boundaries.balancing import Band, Problem, propose
from boundaries.demo import division, make_demo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing import Answer

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

MILLION_SIDE, MILLION_PARTS, MILLION_OFF = 1000, 20_000, 0.15


@dataclass(frozen=True)
class Judged:
    """What an independent count finds in a plan: parts, parts out of a band, fragments beyond one a part."""

    parts: int
    out: int
    fragments: int


def judged(problem: Problem, part: Ints) -> Judged:
    """Count with plain sums and scipy's components, not with the engine's own code."""
    edges = np.asarray(problem.edges, dtype=np.int64)
    inside = edges[part[edges[:, 0]] == part[edges[:, 1]]]
    n = len(part)
    matrix = csr_array((np.ones(len(inside), dtype=np.int8), (inside[:, 0], inside[:, 1])), shape=(n, n))
    pieces = int(connected_components(matrix, directed=False)[0])
    parts = len(np.unique(part))
    free = np.ones(n, dtype=np.bool_) if problem.exempt is None else ~np.asarray(problem.exempt, dtype=bool)
    ordinary = np.unique(part[free])
    bad = np.zeros(int(part.max()) + 1, dtype=np.bool_)
    for name, band in problem.bands.items():
        sums = np.bincount(part, np.asarray(problem.columns[name], dtype=np.float64))
        bad |= (sums < band.low * (1 - 1e-9)) | (sums > band.high * (1 + 1e-9))
    return Judged(parts, int(bad[ordinary].sum()), pieces - parts)


def grid_edges(side: int) -> Ints:
    """Rook adjacency of side x side squares."""
    number = np.arange(side * side).reshape(side, side)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    return np.concatenate([across, np.column_stack([number[:-1].ravel(), number[1:].ravel()])])


def million_problem(side: int = MILLION_SIDE, parts: int = MILLION_PARTS) -> Problem:
    """Return a grid with lognormal residents, as uneven as `grid100`, to be divided within +-15 %."""
    rng = np.random.default_rng(20240701)
    raw = rng.lognormal(0.0, 0.7, side * side)
    residents = np.round(raw * 1200 * parts / raw.sum())
    mean = residents.sum() / parts
    band = Band((1 - MILLION_OFF) * mean, (1 + MILLION_OFF) * mean)
    return Problem(grid_edges(side), {"residents": residents}, {"residents": band}, parts=parts)


def run_million(
    seconds: float, side: int = MILLION_SIDE, parts: int = MILLION_PARTS
) -> tuple[Answer, Judged, float, float]:
    """Return the answer, what is found in it, the seconds it took, and the process's greatest memory in GB so far."""
    problem = million_problem(side, parts)
    began = time.perf_counter()
    answer = propose(problem, {"cut_edges": 1.0}, time_limit_s=seconds, seed=1, workers=2)
    took = time.perf_counter() - began
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return answer, judged(problem, answer.proposals[0].part), took, memory_gb


def demo_problem() -> Problem:
    """Return what the demo district asks of the engine for its cells within its communities."""
    asked: list[Problem] = []

    def recorded(problem: Problem, *given: Any, **named: Any) -> Answer:
        asked.append(problem)
        return propose(problem, *given, **named)

    with patch.object(division, "propose", recorded):
        make_demo()
    return asked[-1]


@dataclass(frozen=True)
class AreaBalance:
    """Coefficient of variation of siblings' areas without and with the goal, and its continuous bound."""

    without: float
    reached: float
    bound: float
    unmet: int

    def share(self) -> float:
        """Return the share of the possible reduction that is reached."""
        return (self.without - self.reached) / (self.without - self.bound)


def run_demo(problem: Problem, seconds: float) -> tuple[Answer, Judged, float]:
    """Return the answer for clear and compact cells, what is found in it, and the seconds it took."""
    began = time.perf_counter()
    answer = propose(
        problem, {"border": 1.0, "compactness": 1.0, "balance": 0.5}, time_limit_s=seconds, seed=1, workers=2
    )
    took = time.perf_counter() - began
    return answer, judged(problem, answer.proposals[0].part), took


def run_area_balance(problem: Problem, seconds: float) -> AreaBalance:
    """Compare the areas of cells with the goal of even areas and without it, all bands kept."""
    plain = propose(problem, {"border": 1.0, "compactness": 1.0}, time_limit_s=seconds, seed=1, workers=2)
    even = propose(problem, {"area_balance": 1.0, "border": 0.2}, time_limit_s=seconds, seed=1, workers=2)
    return AreaBalance(
        plain.proposals[0].scores["area_balance"],
        even.proposals[0].scores["area_balance"],
        even.bounds.get("area_balance", 0.0),
        len(even.unmet),
    )
