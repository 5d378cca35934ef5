"""Map colours."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.colouring import colour_graph


@given(st.integers(4, 60), st.integers(0, 2**16))
def test_neighbours_differ_and_planar_graphs_need_six_at_most(count: int, seed: int) -> None:
    points = np.random.default_rng(seed).random((count, 2))
    from scipy.spatial import Delaunay

    triangles = Delaunay(points).simplices
    graph = nx.Graph(
        (int(a), int(b)) for t in triangles for a, b in [(t[0], t[1]), (t[1], t[2]), (t[0], t[2])]
    )
    edges = np.array(sorted(graph.edges), dtype=np.int64)
    colour = colour_graph(count, edges)
    assert (colour[edges[:, 0]] != colour[edges[:, 1]]).all()
    assert colour.max() <= 5


def test_a_unit_without_neighbours_gets_the_first_colour() -> None:
    assert colour_graph(2, np.empty((0, 2), dtype=np.int64)).tolist() == [0, 0]
