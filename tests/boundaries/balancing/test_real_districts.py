"""Real blocks and the synthetic 100 x 100 grid of the shared data."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from boundaries.balancing import Band, Problem, propose
from boundaries.balancing.goals import polsby_popper
from geo.coverage import adjacency
from geo.crs import to_grid

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.balancing import Answer

pytestmark = pytest.mark.real


def assert_whole(problem: Problem, answer: Answer) -> None:
    graph = nx.Graph(problem.arrays.edges.tolist())
    part = answer.proposals[0].part
    for label in range(int(part.max()) + 1):
        members = np.flatnonzero(part == label).tolist()
        assert len(members) == 1 or nx.is_connected(graph.subgraph(members))


@pytest.fixture(scope="module")
def providence(shared_data: Path) -> Problem:
    blocks = gpd.read_file(shared_data / "providence_blocks.zip").to_crs(32619)
    polygons = to_grid(blocks.geometry.to_numpy())
    borders = adjacency(polygons)
    wards, ward = np.unique(blocks["WARD"].astype(str), return_inverse=True)
    return Problem(
        borders.edges,
        {"residents": blocks["TOTPOP"].to_numpy(), "area_m2": shapely.area(polygons)},
        {"residents": Band(1000, 1500)},
        parent=ward,
        parent_names=list(wards),
        names=blocks["GEOID10"].astype(str).tolist(),
        border_m=borders.border_m,
        outer_m=borders.outer_m,
    )


def test_providence_is_divided_within_its_wards(providence: Problem) -> None:
    residents = providence.arrays.columns["residents"]
    assert residents.sum() == 178_040
    answer = propose(providence, {"compactness": 1.0}, steps=60_000, seed=1, workers=2)
    part = answer.proposals[0].part
    sums = np.bincount(part, residents)
    assert np.mean((sums >= 1000) & (sums <= 1500)) >= 0.97
    assert_whole(providence, answer)
    biggest = providence.arrays.names[int(residents.argmax())]
    assert any(reason.blocks == (biggest,) and "1,873" in str(reason) for reason in answer.reasons)
    assert np.median(polsby_popper(providence.arrays, part)) >= 0.50


def test_a_district_of_ten_thousand_blocks_is_in_band_within_seconds(shared_data: Path) -> None:
    graph = np.load(shared_data / "graphs" / "grid100.npz")
    mean = graph["pop"].sum() / 265
    problem = Problem(
        graph["edges"], {"residents": graph["pop"]}, {"residents": Band(0.85 * mean, 1.15 * mean)}, parts=265
    )
    propose(problem, {"cut_edges": 1.0}, steps=1)
    began = time.monotonic()
    answer = propose(problem, {"cut_edges": 1.0}, steps=4000, seed=2)
    assert time.monotonic() - began < 20
    assert answer.unmet == []
    assert len(np.unique(answer.proposals[0].part)) == 265
    assert_whole(problem, answer)
    assert answer.proposals[0].scores["cut_edges"] <= 3250


def test_chicago_names_every_precinct_above_its_bands(shared_data: Path) -> None:
    precincts = gpd.read_file(shared_data / "chicago_precincts.zip")
    polygons = to_grid(precincts.geometry.to_numpy())
    borders = adjacency(polygons)
    residents, households = precincts["TOTPOP"].to_numpy(), precincts["TOTHH"].to_numpy()
    alone = np.bincount(borders.edges.ravel(), minlength=len(precincts)) == 0
    wards, ward = np.unique(precincts["ward"].astype(str), return_inverse=True)
    problem = Problem(
        borders.edges,
        {"residents": residents, "households": households},
        {"residents": Band(1000, 1500), "households": Band(300, 500)},
        parent=ward,
        parent_names=list(wards),
        exempt=alone,
    )
    answer = propose(problem, {"cut_edges": 1.0}, steps=200)
    above = ((residents > 1500) | (households > 500)) & ~alone
    named = {
        int(block)
        for reason in answer.reasons
        if reason.rule == "block_above_band"
        for block in reason.blocks
    }
    assert named == set(np.flatnonzero(above).tolist())
    assert_whole(problem, answer)
