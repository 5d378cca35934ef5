"""Another count of parts for pieces that no run brought into its bands, where the rules leave a choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.layout import Layout, counts_allowed

if TYPE_CHECKING:
    from boundaries.balancing.clock import Clock
    from boundaries.balancing.pieces import Reduction
    from boundaries.balancing.problem import Arrays
    from boundaries.balancing.search import Start

TRIES = 2
"""So many other counts are tried for a piece, the nearest first."""

MOST_NODES = 3_000
"""Larger pieces keep their count: repairing them once more takes too long."""


class Recount:
    """Keeps the counts of all pieces within the rules while single ones change."""

    def __init__(self, arrays: Arrays, reduction: Reduction, layout: Layout) -> None:
        self.layout = layout
        self.parent = [piece.parent for piece in reduction.pieces]
        self.allowed = [counts_allowed(arrays, reduction, number) for number in range(len(self.parent))]
        self.held = np.zeros(arrays.parents, dtype=np.int64)
        np.add.at(self.held, self.parent, layout.counts)
        for nodes in reduction.alone:
            self.held[reduction.parent[nodes[0]]] += 1
        self.per_parent, self.total = arrays.per_parent, arrays.parts

    def choices(self, number: int) -> list[int]:
        """Return the other counts a piece may have, nearest first, that keep its parent's and the total count."""
        now = self.layout.counts[number]
        near = sorted(
            range(max(now - TRIES, 2), now + TRIES + 1), key=lambda count: (abs(count - now), count)
        )
        return [count for count in near if count != now and self._fits(number, count - now)][:TRIES]

    def _fits(self, number: int, change: int) -> bool:
        ranges = (
            (self.layout.counts[number] + change, self.allowed[number]),
            (int(self.held[self.parent[number]]) + change, self.per_parent),
            (int(self.held.sum()) + change, self.total),
        )
        return all(low <= count <= high for count, (low, high) in ranges)

    def run(self, clock: Clock, wanted: int | None) -> int:
        """Repair the first run of every piece that is out of its bands anew with other counts, and keep what fits.

        The other runs of such a piece are given up. Nothing is tried where the time was over before.

        Parameters
        ----------
        clock
            Ends the trials; what it ended half-way is not kept.
        wanted
            Number of trials, to do what an earlier run did; None for all.

        Returns
        -------
        int
            Number of trials that came to their end.
        """
        tried = 0
        if any(start.ended is not None for start in self.layout.starts):
            return tried
        by_piece: dict[int, list[Start]] = {}
        for start in self.layout.starts:
            by_piece.setdefault(start.piece, []).append(start)
        for number, runs in by_piece.items():
            settled = runs[0].proven is not None and runs[0].span == self.allowed[number]
            fits = any(run.allowed <= 0 for run in runs if not run.skipped)
            if fits or settled or len(runs[0].weight) > MOST_NODES:
                continue
            for count in self.choices(number):
                if clock.over() or tried == wanted:
                    return tried
                trial = self._repaired(runs[0], count, clock)
                if trial.ended is not None:
                    return tried
                tried += 1
                if trial.allowed <= 0:
                    self._take(runs[0], trial)
                    for run in runs[1:]:
                        run.skipped = True
                    break
        return tried

    def _repaired(self, start: Start, count: int, clock: Clock) -> Start:
        """Repair a copy of a run with another count."""
        held = int(self.held[self.parent[start.piece]])
        change = count - self.layout.counts[start.piece]
        target = start.aims.target * (held / (held + change))
        trial = replace(
            start,
            aims=start.aims._replace(target=target),
            parts=count,
            span=(count, count),
            dice=start.dice.copy(),
            proven=None,
        )
        trial.repair(clock)
        return trial

    def _take(self, start: Start, trial: Start) -> None:
        """Put what a trial found in the run's place."""
        change = trial.parts - self.layout.counts[start.piece]
        start.graph, start.aims, start.parts, start.span = trial.graph, trial.aims, trial.parts, trial.span
        start.plan, start.best, start.best_cost, start.allowed = trial.plan, trial.best, trial.best_cost, 0.0
        start.dice[:] = trial.dice
        start.proven = None
        self.layout.counts[start.piece] = trial.parts
        self.held[self.parent[start.piece]] += change
