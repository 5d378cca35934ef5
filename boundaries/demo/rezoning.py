"""The two plans of the demo district, of 2009 and of 2010, and who succeeded whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.codes import give_codes
from boundaries.demo.division import GOALS, SEED, Division, DivisionError, divide
from boundaries.demo.graph import BlockGraph
from boundaries.demo.history import COMMUNITIES, OldPlan, grow_old_plan
from boundaries.demo.naming import Name
from boundaries.demo.place_names import FARM, STREETS_2009, VILLAGE_NAMES
from boundaries.demo.tables import optional
from boundaries.demo.unit_names import cell_names, community_names, street_names

Ints = NDArray[np.int64]

COUNTY = "320812"
COUNT_DATES = {"2009": dt.date(2006, 11, 1), "2010": dt.date(2011, 11, 1)}
_OLD_PLAN_SEED = 6
OLD_PLANS = 100
"""So many are grown at most; one takes 0.03 s."""
UNEVEN = 4
"""How many times the residents of the smallest street the largest of 2009 has."""


@dataclass(frozen=True)
class Rezoning:
    """One plan of the demo district.

    Attributes
    ----------
    key
        "2009" or "2010".
    levels
        Highest first.
    units
        key, level, parent (key, None on the highest level), name, name_en, code, type; by level, highest first.
    unit_of_block
        Level to the (n,) keys of the units the blocks are in, in the order of ``Demo.blocks``.
    adopted_on, in_force_from, in_force_to
        Dates; in_force_to is exclusive and None while the plan is in force.
    count_date
        Date of the counts the plan is read with.
    made_by
        How the plan was made.
    """

    key: str
    name: str
    name_en: str
    levels: tuple[str, ...]
    units: pd.DataFrame
    unit_of_block: dict[str, NDArray[np.object_]]
    authority: str
    number: str
    adopted_on: dt.date
    in_force_from: dt.date
    in_force_to: dt.date | None
    count_date: dt.date
    made_by: dict[str, Any]


@dataclass(frozen=True)
class Layers:
    """The demo's tables that names and codes are taken from."""

    blocks: gpd.GeoDataFrame
    compounds: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame


def make_rezonings(
    graph: BlockGraph, layers: Layers, scale: float, tell: Callable[[float, str], None]
) -> tuple[dict[str, Rezoning], pd.DataFrame]:
    """Make both plans and the table of succession.

    Parameters
    ----------
    graph, layers
        Blocks and what stands on them.
    scale
        Of `boundaries.demo.terrain.place`.
    tell
        Called with the share done and what is being done.

    Returns
    -------
    plans, succession
        Plans by key; level, from, to, kind, residents, area_m2, with a row for each pair of units that share people
        or ground.
    """
    seed, old = _uneven_old_plan(graph, scale)
    before = _plan_2009(graph, layers, old, seed)
    division = divide(graph, tell)
    after = _plan_2010(graph, layers, scale, division, before)
    rows = [
        row
        for level in ("street", "community")
        for row in _succession(level, before.unit_of_block[level], after.unit_of_block[level], graph)
    ]
    return {"2009": before, "2010": after}, pd.DataFrame(rows)


def _uneven_old_plan(graph: BlockGraph, scale: float) -> tuple[int, OldPlan]:
    """Grow old plans until the largest street has four times the residents of the smallest, as in the source.

    Processors differ in the last digit of what the ground is made of, so no one seed does it on all of them.
    """
    for seed in range(_OLD_PLAN_SEED, _OLD_PLAN_SEED + OLD_PLANS):
        old = grow_old_plan(graph, scale, np.random.default_rng(seed))
        streets = [
            np.bincount(old.street, counts)[: len(STREETS_2009) - 1]
            for counts in (graph.residents, graph.residents_2006)
        ]
        if all(held.max() >= UNEVEN * held.min() for held in streets):
            return seed, old
    raise DivisionError(
        f"none of {OLD_PLANS} old plans is as uneven as the source's; choose other halls for the streets."
    )


def _plan_2009(graph: BlockGraph, layers: Layers, old: OldPlan, seed: int) -> Rezoning:
    """Name and code the plan of 2009."""
    streets = list(STREETS_2009)
    of_communities = old.community < COMMUNITIES
    named = community_names(graph, np.where(of_communities, old.community, COMMUNITIES), layers.water)[
        :COMMUNITIES
    ]
    communities = [*named, *(Name(f"{zh}村", f"{en} Village") for zh, en in VILLAGE_NAMES), FARM]
    street_types = ["street"] * (len(streets) - 1) + ["office"]
    community_types = ["community"] * COMMUNITIES + ["village"] * len(VILLAGE_NAMES) + ["farm"]
    street_codes = give_codes("street", COUNTY, street_types, _middles(graph, old.street))
    parent = _parents(old.community, old.street)
    community_codes = _codes_below(
        "community", parent, street_codes, community_types, _middles(graph, old.community)
    )
    street_keys = _keys("S2009", len(streets))
    community_keys = _keys("C2009", len(communities))
    units = pd.concat(
        [
            _units("street", street_keys, None, streets, street_codes, street_types),
            _units(
                "community",
                community_keys,
                street_keys[parent],
                communities,
                community_codes,
                community_types,
            ),
        ],
        ignore_index=True,
    )
    return Rezoning(
        key="2009",
        name="2009年区划（演示）",
        name_en="Map of 2009 (synthetic)",
        levels=("street", "community"),
        units=units,
        unit_of_block={"street": street_keys[old.street], "community": community_keys[old.community]},
        authority="清河区人民政府（演示）",
        number="清政发〔2001〕14号",
        adopted_on=dt.date(2001, 3, 20),
        in_force_from=dt.date(2001, 4, 1),
        in_force_to=dt.date(2010, 6, 18),
        count_date=COUNT_DATES["2009"],
        made_by={
            "generator": "synthetic demo district",
            "method": "grown from seeds",
            "seed": seed,
        },
    )


def _plan_2010(
    graph: BlockGraph, layers: Layers, scale: float, division: Division, before: Rezoning
) -> Rezoning:
    """Name and code the plan of 2010; no code of 2009 is used again."""
    used = set(before.units["code"])
    streets = street_names(graph, division.street, scale)
    communities = community_names(graph, division.community, layers.water)
    ordinary = int(division.cell[division.exclusive < 0].max()) + 1
    cells = cell_names(graph, division.cell, ordinary, layers.blocks, layers.compounds, layers.roads)
    street_codes = give_codes(
        "street", COUNTY, ["street"] * len(streets), _middles(graph, division.street), used
    )
    community_parent = _parents(division.community, division.street)
    cell_parent = _parents(division.cell, division.community)
    merged = _merged(division.community, before.unit_of_block["community"], graph)
    code_types = ["merged" if each else "community" for each in merged]
    middles = _middles(graph, division.community)
    community_codes = _codes_below("community", community_parent, street_codes, code_types, middles, used)
    cell_types = ["ordinary" if i < ordinary else "exclusive" for i in range(len(cells))]
    cell_codes = _codes_below(
        "cell", cell_parent, community_codes, cell_types, _middles(graph, division.cell)
    )
    keys = {
        "street": _keys("S2010", len(streets)),
        "community": _keys("C2010", len(communities)),
        "cell": _keys("G2010", len(cells)),
    }
    parts = [
        _units("street", keys["street"], None, streets, street_codes, ["street"] * len(streets)),
        _units("community", keys["community"], keys["street"][community_parent], communities, community_codes,
               ["community"] * len(communities)),
        _units("cell", keys["cell"], keys["community"][cell_parent], cells, cell_codes, cell_types),
    ]  # fmt: skip
    of_block = {"street": division.street, "community": division.community, "cell": division.cell}
    return Rezoning(
        key="2010",
        name="2010年区划（演示）",
        name_en="Map of 2010 (synthetic)",
        levels=("street", "community", "cell"),
        units=pd.concat(parts, ignore_index=True),
        unit_of_block={level: keys[level][unit] for level, unit in of_block.items()},
        authority="清河区人民政府（演示）",
        number="清政发〔2010〕38号",
        adopted_on=dt.date(2010, 6, 12),
        in_force_from=dt.date(2010, 6, 18),
        in_force_to=None,
        count_date=COUNT_DATES["2010"],
        made_by={
            "generator": "synthetic demo district",
            "method": "boundaries.balancing.propose",
            "seed": SEED,
            "steps": division.steps,
            "goals": dict(GOALS),
        },
    )


def _keys(prefix: str, count: int) -> NDArray[np.object_]:
    digits = len(str(count))
    return np.array([f"{prefix}-{i:0{digits}d}" for i in range(1, count + 1)], dtype=object)


def _parents(unit: Ints, above: Ints) -> Ints:
    """Return the unit above each unit, which holds all of its blocks."""
    parent = np.empty(int(unit.max()) + 1, dtype=np.int64)
    parent[unit] = above
    return parent


def _middles(graph: BlockGraph, unit: Ints) -> NDArray[np.float64]:
    """(k, 2) centres of area."""
    area = np.bincount(unit, graph.area_m2)
    return np.column_stack([np.bincount(unit, graph.area_m2 * graph.xy[:, axis]) / area for axis in (0, 1)])


def _codes_below(
    level: str,
    parent: Ints,
    parent_codes: list[str],
    types: list[str],
    xy: NDArray[np.float64],
    used: set[str] | None = None,
) -> list[str]:
    """Codes of all units of a level, numbered within each parent."""
    codes = [""] * len(parent)
    for above, code in enumerate(parent_codes):
        members = np.flatnonzero(parent == above)
        given = give_codes(level, code, [types[i] for i in members], xy[members], used or ())
        for i, own in zip(members.tolist(), given, strict=True):
            codes[i] = own
    return codes


def _units(
    level: str,
    keys: NDArray[np.object_],
    parent: NDArray[np.object_] | None,
    names: list[Name],
    codes: list[str],
    types: list[str],
) -> pd.DataFrame:
    """One level of the table of units."""
    return pd.DataFrame(
        {
            "key": keys,
            "level": level,
            "parent": optional([None] * len(keys) if parent is None else parent.tolist()),
            "name": [name.zh for name in names],
            "name_en": [name.en for name in names],
            "code": codes,
            "type": types,
        }
    )


def _merged(unit: Ints, before: NDArray[np.object_], graph: BlockGraph) -> NDArray[np.bool_]:
    """(k,) whether a unit was put together from several: none of them gave half of its residents."""
    shares = pd.DataFrame({"unit": unit, "before": before, "residents": graph.residents})
    held = shares.groupby(["unit", "before"])["residents"].sum()
    largest = held.groupby(level="unit").max() / held.groupby(level="unit").sum()
    return (largest < 0.5).to_numpy()


def _succession(
    level: str, before: NDArray[np.object_], after: NDArray[np.object_], graph: BlockGraph
) -> list[dict[str, Any]]:
    """Rows of one level: what share of whom went where.

    A pair is "continued" when nearly all of both is shared, "merged" when nearly all of the old unit went along,
    "split" when nearly all of the new unit came from it, else "redrawn"; nearly all is 95 % of the residents.
    """
    table = pd.DataFrame(
        {"from": before, "to": after, "residents": graph.residents, "area_m2": graph.area_m2}
    )
    pairs = table.groupby(["from", "to"], as_index=False)[["residents", "area_m2"]].sum()
    of_old = table.groupby("from")["residents"].sum()
    of_new = table.groupby("to")["residents"].sum()
    rows = []
    for row in pairs.to_dict("records"):
        gave = row["residents"] >= 0.95 * of_old[row["from"]] and row["residents"] > 0
        made = row["residents"] >= 0.95 * of_new[row["to"]] and row["residents"] > 0
        kind = {(True, True): "continued", (True, False): "merged", (False, True): "split"}.get(
            (gave, made), "redrawn"
        )
        rows.append(
            {
                "level": level,
                "from": row["from"],
                "to": row["to"],
                "kind": kind,
                "residents": int(row["residents"]),
                "area_m2": float(row["area_m2"]),
            }
        )
    return rows
