"""The plan of 2010: streets, communities and cells, proposed by the balancing module from the blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boundaries.balancing import Answer, Band, Problem, propose
from boundaries.demo.graph import BlockGraph
from boundaries.demo.land import Use
from geo.coverage import connected_pieces

Ints = NDArray[np.int64]

STREETS, COMMUNITIES, CELLS = 7, 41, 265
GOALS: Mapping[str, float] = {"border": 1.0, "compactness": 0.6}
STEPS = {"street": 2_000, "community": 10_000, "cell": 20_000}
SEED = 2010

_EXCLUSIVE_M2 = {
    Use.SCHOOL: 9_000.0, Use.HOSPITAL: 9_000.0, Use.MARKET: 6_000.0, Use.PARK: 12_000.0, Use.CAMPUS: 20_000.0,
    Use.FACTORY: 90_000.0,
}  # fmt: skip
"""Grounds without residents at least this large become exclusive cells (专属网格), square metres."""


class DivisionError(RuntimeError):
    """The demo district could not be divided; a fault of its generator or of the balancing module."""


@dataclass(frozen=True)
class Division:
    """Street, community and cell of each block, each (n,) int from 0; ordinary cells come first.

    Attributes
    ----------
    exclusive
        (n,) group of blocks that is an exclusive cell, -1 elsewhere.
    steps
        Search steps done by level.
    """

    street: Ints
    community: Ints
    cell: Ints
    exclusive: Ints
    steps: dict[str, int]


def divide(graph: BlockGraph, tell: Callable[[float, str], None]) -> Division:
    """Divide the district from the top: streets, communities within streets, cells within communities.

    Parameters
    ----------
    graph
        Blocks, which already balance: no reason may stand against the rules.
    tell
        Called with the share done and the level.

    Raises
    ------
    DivisionError
        When a hard rule is not met.
    """
    steps: dict[str, int] = {}
    tell(0.0, "streets")
    average = float(graph.residents.sum()) / STREETS
    street = _solve(
        graph, "street", steps, bands={"residents": Band(0.86 * average, 1.14 * average)}, parts=STREETS
    )
    tell(0.3, "communities")
    community = _solve(
        graph,
        "community",
        steps,
        bands={"residents": Band(6_350, 9_250)},
        parts=COMMUNITIES,
        parent=street,
        parts_per_parent=(5, 7),
    )
    exclusive = _exclusive_grounds(graph, community)
    tell(0.55, "cells")
    cell = _solve(
        graph,
        "cell",
        steps,
        bands={"residents": Band(1_000, 1_500), "households": Band(300, 500)},
        parts=CELLS,
        parent=community,
        parts_per_parent=(5, 7),
        exempt=exclusive >= 0,
        together=exclusive,
    )
    tell(1.0, "cells")
    return Division(street, community, cell, exclusive, steps)


def _solve(
    graph: BlockGraph,
    level: str,
    steps: dict[str, int],
    *,
    bands: Mapping[str, Band],
    parts: int,
    parent: Ints | None = None,
    parts_per_parent: tuple[int, int] | None = None,
    exempt: NDArray[np.bool_] | None = None,
    together: Ints | None = None,
) -> Ints:
    """Ask the balancing module for one level."""
    problem = Problem(
        graph.edges,
        columns={"residents": graph.residents, "households": graph.households, "area_m2": graph.area_m2},
        bands=bands,
        parts=parts,
        parent=parent,
        parts_per_parent=parts_per_parent,
        border_m=graph.border_m,
        barrier=graph.barrier,
        outer_m=graph.outer_m,
        xy=graph.xy,
        exempt=exempt,
        together=together,
    )
    answer: Answer = propose(problem, GOALS, steps=STEPS[level], seed=SEED)
    broken = [str(each) for each in (*answer.reasons, *answer.unmet)]
    if broken:
        raise DivisionError(f"the demo's {level} level breaks {len(broken)} rules; first: {broken[0]}")
    steps[level] = int(answer.steps_done)
    return answer.proposals[0].part


def _exclusive_grounds(graph: BlockGraph, community: Ints) -> Ints:
    """Group grounds without residents that are a school, market, park ... and not what holds a community together.

    Returns
    -------
    (n,) int
        Group of each block, -1 for ordinary blocks.
    """
    empty = (graph.residents == 0) & (graph.households == 0)
    group = np.full(len(graph), -1, dtype=np.int64)
    ordinary = np.ones(len(graph), dtype=bool)
    count = 0
    for use, least_m2 in _EXCLUSIVE_M2.items():
        fit = empty & (graph.use == str(use))
        pieces = connected_pieces(
            len(graph), graph.edges, np.where(fit, community, -1 - np.arange(len(graph)))
        )
        for piece in np.unique(pieces[fit]):
            members = fit & (pieces == piece)
            if graph.area_m2[members].sum() < least_m2:
                continue
            members |= _left_alone(graph, (community == community[members][0]) & ordinary & ~members)
            home = (community == community[members][0]) & ordinary & ~members
            if not graph.is_connected(home):
                continue
            group[members] = count
            ordinary &= ~members
            count += 1
    return group


def _left_alone(graph: BlockGraph, rest: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Blocks without residents that hang on nothing else once a ground is taken out; they go with it."""
    pieces = connected_pieces(len(graph), graph.edges, rest.astype(np.int64))
    people = np.bincount(pieces, (graph.residents + graph.households) * rest)
    alone: NDArray[np.bool_] = rest & (people[pieces] == 0)
    return alone
