"""The balancing engine beside its peers, on the same graphs, in one run.

    ./wangge bench balancing [--shared DIR] [--seconds S] [--only NAME ...]

prints a Markdown table, ratios first. Peers that are not installed are said to be missing, never guessed. The rows are
rates, first, cuts, regions, states, demo, million; the last takes about seven minutes.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import math
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(Path(__file__).parent)]

from _scale import (  # noqa: E402
    MILLION_OFF,
    MILLION_PARTS,
    demo_problem,
    million_problem,
    run_area_balance,
    run_demo,
    run_million,
)

from boundaries.balancing import Band, Problem, propose  # noqa: E402
from boundaries.balancing.annealing import random_pair  # noqa: E402
from boundaries.balancing.clock import Clock  # noqa: E402
from boundaries.balancing.compiled import compiled  # noqa: E402
from boundaries.balancing.goals import border_costs  # noqa: E402
from boundaries.balancing.layout import lay_out  # noqa: E402
from boundaries.balancing.pieces import reduce  # noqa: E402
from boundaries.balancing.recom import try_recom  # noqa: E402
from boundaries.balancing.running import warm_up  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from boundaries.balancing.search import Start

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    ratio: str
    ours: str
    peer: str


@dataclass(frozen=True)
class District:
    """A graph to divide: (m, 2) edges, (n,) residents, parts and the share they may be off."""

    name: str
    edges: Ints
    residents: Floats
    parts: int
    off: float

    def problem(self) -> Problem:
        mean = self.residents.sum() / self.parts
        band = Band((1 - self.off) * mean, (1 + self.off) * mean)
        return Problem(self.edges, {"residents": self.residents}, {"residents": band}, parts=self.parts)


@compiled
def chain(graph: Any, aims: Any, plan: Any, dice: Any, steps: int) -> int:
    """Do ReCom steps over random cut edges; whatever stays within the bands is taken. Return those taken."""
    taken = 0
    for _ in range(steps):
        v, a, b = random_pair(graph, plan, dice)
        if v >= 0 and try_recom(graph, aims, plan, dice, -1.0, v, a, b):
            taken += 1
    return taken


def seeded(district: District) -> Start:
    arrays = district.problem().arrays
    layout = lay_out(arrays, reduce(arrays), {"cut_edges": 1.0}, border_costs(arrays, None), seed=1)
    start = layout.starts[0]
    start.repair(Clock(None))
    return start


def our_steps_a_second(start: Start, seconds: float) -> float:
    plan = start.plan
    if plan is None:
        raise RuntimeError("seed the start first")
    chain(start.graph, start.aims, plan, start.dice, 10)
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        chain(start.graph, start.aims, plan, start.dice, 200)
        done += 200
    return done / (time.perf_counter() - began)


def gerrychain_steps_a_second(district: District, part: Ints, seconds: float) -> float:
    """Return the rate of GerryChain's ReCom from the same plan, with populations and cut edges kept up to date."""
    from functools import partial

    import networkx as nx
    from gerrychain import Graph, MarkovChain, Partition, accept, constraints, updaters
    from gerrychain.proposals import recom

    nodes = nx.Graph(district.edges.tolist())
    for v, count in enumerate(district.residents.tolist()):
        nodes.nodes[v]["residents"] = count
        nodes.nodes[v]["part"] = int(part[v])
    mean = float(district.residents.sum()) / district.parts
    first = Partition(
        Graph.from_networkx(nodes),
        assignment="part",
        updaters={
            "residents": updaters.Tally("residents", alias="residents"),
            "cut_edges": updaters.cut_edges,
        },
    )
    walk = MarkovChain(
        proposal_fn=partial(
            recom, pop_col="residents", pop_target=mean, epsilon=district.off, node_repeats=0
        ),
        constraints=[
            constraints.within_percent_of_ideal_population(first, district.off, pop_key="residents")
        ],
        acceptance_fn=accept.always_accept,
        initial_partition=first,
        total_steps=1_000_000,
    )
    done, began = -1, time.perf_counter()
    for plan in walk:
        _ = len(plan["cut_edges"])
        done += 1
        if done == 0:
            began = time.perf_counter()
        elif time.perf_counter() - began > seconds:
            break
    return done / (time.perf_counter() - began)


def metis_contiguous(district: District) -> tuple[int, int]:
    """Return METIS's cut edges and the parts it leaves out of band."""
    import pymetis

    n = len(district.residents)
    source = np.concatenate([district.edges[:, 0], district.edges[:, 1]])
    target = np.concatenate([district.edges[:, 1], district.edges[:, 0]])
    order = np.lexsort((target, source))
    starts = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=n))])
    found = pymetis.part_graph(
        district.parts,
        adjacency=pymetis.CSRAdjacency(adj_starts=starts, adjacent=target[order].astype(np.int64)),
        vweights=district.residents.astype(np.int64).tolist(),
        recursive=False,
        options=pymetis.Options(contig=1, ufactor=150, seed=1),
    )
    sums = np.bincount(found.vertex_part, district.residents, district.parts) / district.residents.sum()
    return int(found.edge_cuts), int((np.abs(sums * district.parts - 1) > district.off).sum())


def rate_row(district: District, seconds: float) -> Row:
    start = seeded(district)
    part = start.best.astype(np.int64).copy()
    ours = our_steps_a_second(start, seconds)
    what = f"ReCom steps/s, {district.name} into {district.parts}, +-{district.off:.0%}"
    if importlib.util.find_spec("gerrychain") is None:
        return Row(what, "-", f"{ours:,.0f}", "gerrychain is not installed")
    whole = np.empty(len(district.residents), dtype=np.int64)
    whole[:] = part
    peer = gerrychain_steps_a_second(district, whole, max(seconds, 10.0))
    return Row(
        what, f"{ours / peer:,.0f}x", f"{ours:,.0f}", f"GerryChain {version('gerrychain')}: {peer:,.1f}"
    )


def first_plan_row(district: District) -> Row:
    times, good = [], 0
    for seed in range(20):
        began = time.perf_counter()
        answer = propose(district.problem(), {"cut_edges": 1.0}, steps=1, seed=seed, workers=2)
        times.append(time.perf_counter() - began)
        good += not answer.unmet
    _, out = metis_contiguous(district)
    return Row(
        f"first plan, {district.name} into {district.parts}, 20 seeds",
        "-",
        f"{good} of 20 within all bands, {max(times):.1f} s at most",
        f"METIS {version('pymetis')} (pymetis): {out} parts out",
    )


def cut_row(district: District, seconds: float) -> Row:
    answer = propose(district.problem(), {"cut_edges": 1.0}, time_limit_s=seconds, seed=3, workers=2)
    ours = int(answer.proposals[0].scores["cut_edges"])
    metis, out = metis_contiguous(district)
    return Row(
        f"cut edges, {district.name} into {district.parts}, {seconds:.0f} s",
        f"{ours / metis:.3f}",
        f"{ours:,} with {len(answer.unmet)} out of band",
        f"METIS contiguous: {metis:,} with {out} out of band",
    )


def state_row(folder: Path, name: str, seconds: float) -> Row:
    graph = np.load(folder / f"{name}.npz")
    total, parts = graph["population"].sum(), int(graph["k"])
    band = Band(math.ceil(0.995 * total / parts), math.floor(1.005 * total / parts))
    problem = Problem(graph["edges"], {"residents": graph["population"]}, {"residents": band}, parts=parts)
    began = time.perf_counter()
    answer = propose(problem, {"cut_edges": 1.0}, time_limit_s=seconds, seed=1, workers=2)
    took = time.perf_counter() - began
    ours, best = int(answer.proposals[0].scores["cut_edges"]), int(graph["best_known"])
    proof = f", proven {answer.proven}" if answer.proven else ""
    return Row(
        f"cut edges, {name} ({len(graph['population'])} into {parts}, +-0.5 %)",
        f"{ours / best:.3f}",
        f"{ours} in {took:.1f} s, {len(answer.unmet)} out of band{proof}",
        f"published: {best}",
    )


def max_p_row(folder: Path) -> Row:
    """Compare with spopt's max-p regions on 299 areas, where a region's size has a lower limit only."""
    graph = np.load(folder / "leeds_msoa.npz")
    edges, people = graph["edges"].astype(np.int64), graph["pop"].astype(np.float64)
    district = District("Leeds", edges, people, 41, 0.15)
    began = time.perf_counter()
    answer = propose(district.problem(), {"cut_edges": 1.0}, steps=4000, seed=1, workers=2)
    ours = f"{len(answer.unmet)} of 41 out in {time.perf_counter() - began:.1f} s"
    what = "parts out of band, Leeds 299 areas into 41, +-15 %"
    if importlib.util.find_spec("spopt") is None:
        return Row(what, "-", ours, "spopt is not installed")
    import geopandas as gpd
    from libpysal.weights import W
    from spopt.region import MaxPHeuristic

    near: dict[int, list[int]] = {i: [] for i in range(len(people))}
    for a, b in edges.tolist():
        near[a].append(b)
        near[b].append(a)
    mean = people.sum() / 41
    frame = gpd.GeoDataFrame({"people": people}, geometry=gpd.points_from_xy(graph["x"], graph["y"]))
    began = time.perf_counter()
    np.random.seed(1)  # noqa: NPY002 - spopt draws from numpy's global state
    model = MaxPHeuristic(frame, W(near, silence_warnings=True), ["people"], "people", 0.85 * mean, 2, 10, 10)
    model.solve()
    sums = np.bincount(np.asarray(model.labels_, dtype=np.int64), people)
    sums = sums[sums > 0]
    out = int(((sums < 0.85 * mean) | (sums > 1.15 * mean)).sum())
    took = time.perf_counter() - began
    return Row(what, "-", ours, f"spopt {version('spopt')} max-p: {out} of {len(sums)} out in {took:.1f} s")


def version(package: str) -> str:
    return importlib.metadata.version(package)


def chicago(shared: Path) -> District:
    import geopandas as gpd

    from geo.coverage import adjacency
    from geo.crs import to_grid

    precincts = gpd.read_file(shared / "chicago_precincts.zip")
    edges = adjacency(to_grid(precincts.geometry.to_numpy())).edges
    return District("Chicago precincts", edges, precincts["TOTPOP"].to_numpy(), 18, 0.05)


def machine() -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        cpu = f"{len(names)} x {names[0]}" if names else cpu
    return f"{cpu}, Python {platform.python_version()}, numpy {np.__version__}, numba {version('numba')}"


def demo_row(problem: Problem, seconds: float) -> Row:
    answer, found, took = run_demo(problem, seconds)
    clear = 1 - answer.proposals[0].scores["border"]
    return Row(
        f"clear borders, demo district, {len(answer.proposals[0].part):,} blocks, {found.parts} cells, {seconds:.0f} s",
        "-",
        f"{clear:.1%} on roads, rivers, walls; {found.out} out of band, {found.fragments} fragments, "
        f"{len(answer.unmet)} unmet, in {took:.1f} s",
        "none takes barriers into account",
    )


def area_row(problem: Problem, seconds: float) -> Row:
    found = run_area_balance(problem, seconds)
    return Row(
        f"area balance, demo district, bands kept, {seconds:.0f} s",
        f"{found.share():.0%} of what the bound allows",
        f"coefficient of variation {found.without:.3f} without the goal, {found.reached:.3f} with it, "
        f"{found.unmet} unmet",
        f"continuous bound {found.bound:.3f}",
    )


def million_row(seconds: float) -> Row:
    answer, found, took, memory_gb = run_million(seconds)
    problem = million_problem()
    district = District(
        "million",
        np.asarray(problem.edges),
        np.asarray(problem.columns["residents"]),
        MILLION_PARTS,
        MILLION_OFF,
    )
    began = time.perf_counter()
    metis, out = metis_contiguous(district)
    ours = int(answer.proposals[0].scores["cut_edges"])
    return Row(
        f"cut edges, a million blocks into {found.parts:,}, +-{MILLION_OFF:.0%}",
        f"{ours / metis:.3f}",
        f"{ours:,} in {took:.0f} s and {memory_gb:.1f} GB, {found.out} out of band, {found.fragments} fragments",
        f"METIS contiguous: {metis:,} in {time.perf_counter() - began:.0f} s, {out} out of band",
    )


STATES = ("county_ID", "county_ME", "county_NM", "county_AR", "county_AL", "tract_NH", "tract_ID", "tract_UT")
GROUPS = ("rates", "first", "cuts", "regions", "states", "demo", "million")


def rows(shared: Path, seconds: float, only: Sequence[str]) -> Iterator[Row]:
    """Measure the rows of the chosen groups one by one."""
    grid = np.load(shared / "graphs" / "grid100.npz")
    square = District("grid100", grid["edges"].astype(np.int64), grid["pop"], 265, 0.15)
    if "rates" in only:
        yield rate_row(square, seconds / 12)
        yield rate_row(chicago(shared), seconds / 12)
    if "first" in only:
        yield first_plan_row(square)
    if "cuts" in only:
        yield cut_row(square, seconds)
    if "regions" in only:
        yield max_p_row(shared / "graphs")
    if "states" in only:
        for name in STATES:
            yield state_row(shared / "graphs", name, seconds if name.startswith("tract") else seconds / 6)
    if "demo" in only:
        problem = demo_problem()
        yield demo_row(problem, seconds / 6)
        yield area_row(problem, seconds / 6)
    if "million" in only:
        yield million_row(5 * seconds)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared" / "data")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="time limit of the longest instance but the million"
    )
    parser.add_argument(
        "--only", nargs="+", choices=GROUPS, default=list(GROUPS), help="rows to measure; all without it"
    )
    given = parser.parse_args(arguments)
    if not given.shared.is_dir():
        sys.stderr.write(f"Real data not found: {given.shared}. Give its folder with --shared.\n")
        return 2
    warm_up()
    write = sys.stdout.write
    write(f"{machine()}\n\n| ratio | what | this engine | peer |\n|---|---|---|---|\n")
    for row in rows(given.shared, given.seconds, given.only):
        write(f"| {row.ratio} | {row.what} | {row.ours} | {row.peer} |\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
