"""Small districts that can be drawn by hand, and an independent judge of plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

from boundaries.balancing import Band, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from boundaries.balancing import Answer


def grid_edges(width: int, height: int) -> NDArray[np.int64]:
    """Rook adjacency of width x height squares, numbered row by row."""
    number = np.arange(width * height).reshape(height, width)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    down = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    return np.concatenate([across, down])


@pytest.fixture
def grid() -> Callable[[int, int], NDArray[np.int64]]:
    return grid_edges


@pytest.fixture
def four_cells() -> Callable[..., Problem]:
    """Four squares of 100 m: 0 and 1 above 2 and 3; residents 1, 2, 3, 4; a road between 1 and 3 only."""

    def make(**changes: object) -> Problem:
        given: dict[str, object] = {
            "edges": [(0, 1), (0, 2), (1, 3), (2, 3)],
            "columns": {"residents": [1.0, 2.0, 3.0, 4.0], "area_m2": [10_000.0] * 4},
            "bands": {"residents": Band(3, 7)},
            "parts": 2,
            "border_m": [100.0] * 4,
            "barrier": [1, 1, 3, 1],
            "outer_m": [200.0] * 4,
            "names": ["a", "b", "c", "d"],
        }
        return Problem(**(given | changes))

    return make


def assert_lawful(problem: Problem, answer: Answer) -> None:
    """Compare the best proposal with what the answer says of it, by networkx and plain sums."""
    part = answer.proposals[0].part
    arrays = problem.arrays
    ordinary = np.unique(part[~arrays.exempt])
    assert sorted(np.unique(part)) == list(range(int(part.max()) + 1))
    assert list(ordinary) == list(range(len(ordinary)))
    graph = nx.Graph()
    graph.add_nodes_from(range(arrays.blocks))
    graph.add_edges_from(arrays.edges.tolist())
    graph.add_edges_from(arrays.links.tolist())
    broken = set()
    for label in np.unique(part):
        members = np.flatnonzero(part == label)
        assert nx.is_connected(graph.subgraph(members.tolist())), f"part {label} is in scraps"
        assert len(np.unique(arrays.parent[members])) == 1, f"part {label} crosses parents"
        assert len(np.unique(arrays.exempt[members])) == 1
        for name, band in arrays.bands.items():
            total = arrays.columns[name][members].sum()
            inside = band.low * (1 - 1e-9) <= total <= band.high * (1 + 1e-9)
            if not arrays.exempt[members].any() and not inside:
                broken.add((f"band:{name}", int(label)))
    assert broken == {
        (unmet.rule, unmet.parts[0]) for unmet in answer.unmet if unmet.rule.startswith("band:")
    }
    for group in np.unique(arrays.together[arrays.together >= 0]):
        assert len(np.unique(part[(arrays.together == group) & ~arrays.exempt])) <= 1
    for label in np.unique(arrays.present[arrays.locked]):
        assert len(np.unique(part[arrays.locked & (arrays.present == label) & ~arrays.exempt])) <= 1
    counted = arrays.parts[0] <= len(ordinary) <= arrays.parts[1]
    assert counted == (not any(unmet.rule == "total_count" for unmet in answer.unmet))


@pytest.fixture(scope="session")
def lawful() -> Callable[[Problem, Answer], None]:
    return assert_lawful
