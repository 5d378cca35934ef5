"""Walking minutes: drawn by hand, and against networkx on random streets."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString

from geo.walking import DETOUR, SPEED_M_PER_MIN, walk_minutes


def minutes(streets: list[object], origins: list[object], goals: list[object]) -> list[list[float]]:
    walks = walk_minutes(np.array(streets, dtype=object), np.array(origins, float), np.array(goals, float))
    assert not walks.straight.any()
    return (walks.minutes * SPEED_M_PER_MIN).round(6).tolist()


def test_the_way_goes_round_the_corner_and_to_the_street_and_from_it() -> None:
    corner = [LineString([(0, 0), (100, 0), (100, 100)])]
    # 10 m to the street at (20, 0), 80 m to the corner, 60 m up, 5 m to the hall.
    assert minutes(corner, [(20, 10)], [(105, 60)]) == [[10 + 80 + 60 + 5]]


def test_streets_are_joined_where_they_cross_and_where_one_ends_on_another() -> None:
    cross = [
        LineString([(0, 50), (100, 50)]),
        LineString([(50, 0), (50, 100)]),
        LineString([(80, 50), (80, 90)]),
    ]
    assert minutes(cross, [(50, 0), (80, 90)], [(0, 50), (50, 100)]) == [[100, 100], [120, 120]]


def test_points_on_one_piece_of_street_walk_between_them_and_not_round_its_ends() -> None:
    street = [LineString([(0, 0), (1000, 0)])]
    assert minutes(street, [(400, 3), (450, 0)], [(450, 0), (500, 4)]) == [[53, 107], [0, 54]]


def test_a_point_on_a_hall_is_there() -> None:
    street = [LineString([(0, 0), (100, 0)])]
    assert minutes(street, [(30, 20)], [(30, 20)]) == [[0]]


def test_without_streets_the_straight_line_with_a_detour_is_taken_and_said() -> None:
    walks = walk_minutes(np.array([], dtype=object), np.array([[0.0, 0.0]]), np.array([[300.0, 400.0]]))
    assert walks.minutes.tolist() == [[500 * DETOUR / SPEED_M_PER_MIN]]
    assert walks.straight.all()


def test_only_what_no_street_joins_is_walked_straight() -> None:
    banks = np.array([LineString([(0, 0), (100, 0)]), LineString([(0, 200), (100, 200)])], dtype=object)
    walks = walk_minutes(banks, np.array([[0.0, 0.0]]), np.array([[100.0, 0.0], [0.0, 200.0]]))
    assert walks.straight.tolist() == [[False, True]]
    assert walks.minutes[0] == pytest.approx([100 / 80, 200 * DETOUR / 80])


def test_there_may_be_no_points_at_all() -> None:
    street = np.array([LineString([(0, 0), (100, 0)])], dtype=object)
    assert walk_minutes(street, np.empty((0, 2)), np.zeros((1, 2))).minutes.shape == (0, 1)
    assert walk_minutes(street, np.zeros((3, 2)), np.empty((0, 2))).minutes.shape == (3, 0)


@pytest.mark.parametrize("seed", range(6))
def test_random_streets_agree_with_networkx_on_lines_cut_by_shapely(seed: int) -> None:
    dice = np.random.default_rng(seed)
    lines = [LineString(dice.uniform(0, 1000, (dice.integers(2, 5), 2))) for _ in range(14)]
    lines.append(MultiLineString([[(0, 0), (1000, 1000)], [(0, 1000), (1000, 0)]]))
    origins, goals = dice.uniform(0, 1000, (25, 2)), dice.uniform(0, 1000, (4, 2))
    walks = walk_minutes(np.array(lines, dtype=object), origins, goals)
    whole = shapely.union_all(lines)
    graph = nx.Graph()

    def name(x: float, y: float) -> tuple[float, float]:
        return round(x, 4), round(y, 4)

    entry = [
        shapely.get_coordinates(shapely.shortest_line(shapely.Point(p), whole)) for p in (*origins, *goals)
    ]
    for part in whole.geoms:
        here = [(x, y) for _, (x, y) in entry if part.distance(shapely.Point(x, y)) < 1e-6]
        stops = sorted([part.project(shapely.Point(at)) for at in here] + [0.0, part.length])
        places = [part.interpolate(stop) for stop in stops]
        for a, b, one, two in zip(places[:-1], places[1:], stops[:-1], stops[1:], strict=True):
            known = graph.get_edge_data(name(a.x, a.y), name(b.x, b.y), {"weight": np.inf})["weight"]
            graph.add_edge(name(a.x, a.y), name(b.x, b.y), weight=min(two - one, known))
    for j in range(len(goals)):
        point, place = entry[len(origins) + j]
        reached = nx.single_source_dijkstra_path_length(graph, name(*place))
        for i in range(len(origins)):
            here, at = entry[i]
            if name(*at) not in reached:
                assert walks.straight[i, j]
                continue
            metres = reached[name(*at)] + np.hypot(*(here - at)) + np.hypot(*(point - place))
            assert walks.minutes[i, j] * SPEED_M_PER_MIN == pytest.approx(metres, abs=1e-2)
