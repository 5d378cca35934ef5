"""A whole city, ten demo districts, divided into cells: one process, several, and the engine without the split.

    ./wangge bench city [--districts N] [--steps N] [--workers N]

prints a Markdown table; every way of searching unit by unit must give the same plan.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from boundaries.balancing import Answer, Band, Problem, propose  # noqa: E402
from boundaries.balancing.running import warm_up  # noqa: E402
from boundaries.city import propose_city  # noqa: E402
from boundaries.demo import make_demo  # noqa: E402
from boundaries.layers import barrier_lines  # noqa: E402
from geo.barriers import classify_borders  # noqa: E402
from geo.coverage import border_segments  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

GOALS = {"border": 1.0, "compactness": 1.0, "balance": 0.5}
STEPS_A_BLOCK = 5


def make_city(districts: int) -> Problem:
    """Return the cells' problem of so many demo districts, none of which touches another."""
    demo = make_demo()
    blocks, plan = demo.blocks, demo.rezonings["2010"]
    polygons = np.asarray(blocks.geometry.array, dtype=object)
    roads = {
        name: np.asarray(rows.geometry.array, dtype=object) for name, rows in demo.roads.groupby("class")
    }
    water = demo.water[demo.water["kind"] != "pond"]
    lines = barrier_lines(
        roads, water=np.asarray(water.geometry.array), walls=np.asarray(demo.walls.geometry.array)
    )
    around, barrier = classify_borders(border_segments(polygons), len(polygons), lines)
    kinds = dict(zip(plan.units["key"], plan.units["type"], strict=True))
    exclusive = np.array([kinds[cell] == "exclusive" for cell in plan.unit_of_block["cell"]])
    community = np.unique(plan.unit_of_block["community"], return_inverse=True)[1]
    cell = np.unique(plan.unit_of_block["cell"], return_inverse=True)[1]
    number = np.repeat(np.arange(districts), len(polygons))

    def every(values: Any) -> Any:
        return np.concatenate([np.asarray(values)] * districts)

    columns = {name: every(blocks[name]).astype(float) for name in ("residents", "households")}
    together = np.where(every(exclusive), every(cell) + number * (int(cell.max()) + 1), -1)
    return Problem(
        edges=np.concatenate([around.edges + k * len(polygons) for k in range(districts)]),
        columns={**columns, "area_m2": every(shapely.area(polygons))},
        bands={"residents": Band(1000, 1500), "households": Band(300, 500)},
        parts=265 * districts,
        parent=every(community) + number * (int(community.max()) + 1),
        parts_per_parent=(5, 7),
        border_m=every(around.border_m),
        barrier=every(barrier),
        outer_m=every(around.outer_m),
        exempt=every(exclusive),
        together=together,
    )


def tell(line: str) -> None:
    """Print a line of the table at once: the searches take minutes."""
    print(line, flush=True)  # noqa: T201


def main() -> int:
    """Measure, print the table, and return 1 when two ways of searching gave different plans."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--districts", type=int, default=10)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    given = parser.parse_args()
    problem = make_city(given.districts)
    arrays = problem.arrays
    steps = STEPS_A_BLOCK * arrays.blocks if given.steps is None else given.steps
    warm_up()
    ways: dict[str, Callable[[], Answer]] = {
        "unit by unit, this process": lambda: propose_city(problem, GOALS, steps=steps, seed=7, workers=1),
        f"unit by unit, {given.workers} processes": lambda: propose_city(
            problem, GOALS, steps=steps, seed=7, workers=given.workers
        ),
        f"whole, {given.workers} threads": lambda: propose(
            problem, GOALS, steps=steps, seed=7, workers=given.workers
        ),
    }
    tell(
        f"{arrays.blocks:,} blocks, {arrays.parents:,} communities, {steps:,} steps; {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}\n"
    )
    tell("| way | seconds | proposals | cells | out of band | unclear border | compactness score | plan |")
    tell("|---|---|---|---|---|---|---|---|")
    plans = []
    for way, search in ways.items():
        began = time.perf_counter()
        answer = search()
        seconds = time.perf_counter() - began
        best = answer.proposals[0]
        plans.append(hashlib.sha256(best.part.tobytes()).hexdigest()[:12])
        cells = len(np.unique(best.part[~arrays.exempt]))
        tell(
            f"| {way} | {seconds:.1f} | {len(answer.proposals)} | {cells:,} | {len(answer.unmet)} | "
            f"{best.scores['border']:.1%} | {best.scores['compactness']:.4f} | {plans[-1]} |"
        )
    return int(plans[0] != plans[1])


if __name__ == "__main__":
    sys.exit(main())
