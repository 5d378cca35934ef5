"""Outlines told in runs, on units drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.barriers import Barrier
from maps.outline import AROUND, AlongLine, Run, facing_of, outline_runs

NOTHING: tuple[list[AlongLine], np.ndarray] = ([], np.empty(0, dtype=object))


def box(x: float, y: float, wide: float = 200, high: float = 200) -> shapely.Polygon:
    return shapely.box(x, y, x + wide, y + high)


def shapes(*geometries: shapely.Geometry) -> np.ndarray:
    found = np.empty(len(geometries), dtype=object)
    found[:] = geometries
    return found


def road(name: str | None, kind: str = "arterial") -> AlongLine:
    rank = {"arterial": Barrier.ARTERIAL, "lane": Barrier.ROAD, "canal": Barrier.RIVER, "wall": Barrier.WALL}[
        kind
    ]
    return AlongLine(kind, name, None, int(rank))


def said(runs: list[Run]) -> list[tuple[str, int | None, str | None, float]]:
    return [
        (run.facing, run.neighbour, run.along.name if run.along else None, round(run.length_m, 1))
        for run in runs
    ]


def test_a_square_with_two_neighbours_is_told_clockwise_from_the_north() -> None:
    runs = outline_runs(box(0, 0), shapes(box(0, 200), box(200, 0)), *NOTHING)
    assert said(runs) == [("north", 0, None, 200), ("east", 1, None, 200), ("south_west", None, None, 400)]


def test_the_runs_are_as_long_as_the_outline() -> None:
    unit = shapely.Polygon([(0, 0), (310, 20), (290, 180), (150, 240), (-20, 170)])
    runs = outline_runs(unit, shapes(), [road("淮海路")], shapes(shapely.LineString([(0, 0), (310, 20)])))
    assert sum(run.length_m for run in runs) == pytest.approx(unit.length)


def test_a_border_on_a_road_names_it_and_the_roads_it_runs_between() -> None:
    lines = [road("淮海路"), road("北京路", "lane"), road("长征路", "lane")]
    drawn = shapes(
        shapely.LineString([(-300, 201), (500, 201)]),
        shapely.LineString([(-3, -300), (-3, 500)]),
        shapely.LineString([(202, -300), (202, 500)]),
    )
    runs = outline_runs(box(0, 0), shapes(), lines, drawn)
    north = runs[0]
    assert (north.facing, north.along, north.length_m) == ("north", lines[0], 200)
    assert (north.start_at, north.end_at) == (lines[1], lines[2])  # clockwise: from the west to the east
    assert said(runs)[1:] == [
        ("east", None, "长征路", 200),
        ("south", None, None, 200),
        ("west", None, "北京路", 200),
    ]
    assert runs[1].start_at == lines[0]
    assert runs[1].end_at is None  # nothing passes the south-east corner


def test_the_strongest_of_what_lies_side_by_side_is_told() -> None:
    lines = [road(None, "wall"), road("里运河", "canal"), road("河堤路", "lane")]
    canal = shapely.box(-10, 201, 210, 230)
    wall, bank = shapely.LineString([(0, 200), (200, 200)]), shapely.LineString([(0, 202), (200, 202)])
    runs = outline_runs(box(0, 0), shapes(), lines, shapes(wall, canal, bank))
    assert runs[0].along == lines[1]


def test_a_road_that_crosses_the_border_makes_no_run_of_its_own() -> None:
    crossing = shapely.LineString([(100, 100), (100, 300)])
    runs = outline_runs(box(0, 0), shapes(box(0, 200)), [road("都天庙街", "lane")], shapes(crossing))
    assert said(runs)[0] == ("north", 0, None, 200)


def test_a_road_stored_in_pieces_is_one_run() -> None:
    pieces = [shapely.LineString([(x, 200), (x + 50, 200)]) for x in (0, 50, 100, 150)]
    runs = outline_runs(box(0, 0), shapes(), [road("淮海路")] * 4, shapes(*pieces))
    assert said(runs)[0] == ("north", None, "淮海路", 200)


def test_another_neighbour_ends_a_run_on_the_same_road_however_short() -> None:
    lane = shapely.LineString([(0, 200), (200, 200)])
    runs = outline_runs(
        box(0, 0), shapes(box(0, 200, 190), box(190, 200, 10)), [road("淮海路")], shapes(lane)
    )
    assert said(runs)[:2] == [("north", 0, "淮海路", 190), ("north", 1, "淮海路", 10)]


def test_a_neighbour_all_around_is_told_as_around() -> None:
    hole = shapely.Polygon(box(-200, -200, 600, 600).exterior, [box(0, 0).exterior])
    assert said(outline_runs(box(0, 0), shapes(hole), *NOTHING)) == [(AROUND, 0, None, 800)]


def test_a_hole_faces_inward() -> None:
    inner = box(0, 0)
    ring = shapely.Polygon(box(-200, -200, 600, 600).exterior, [inner.exterior])
    wall = shapely.LineString([(0, 200), (200, 200)])
    runs = outline_runs(ring, shapes(inner), [road("墙", "wall")], shapes(wall))
    # The hole's north side is where the unit lies south of its neighbour's edge: it looks south, into the hole.
    assert ("south", 0, "墙", 200) in said(runs)


@pytest.mark.parametrize("turned", [False, True])
def test_a_polygons_winding_does_not_matter(turned: bool) -> None:
    square = box(0, 0)
    unit = shapely.reverse(square) if turned else square
    assert said(outline_runs(unit, shapes(box(0, 200)), *NOTHING))[0] == ("north", 0, None, 200)


@pytest.mark.parametrize(
    ("outward", "told"),
    [((0, 1), "north"), ((1, 1), "north_east"), ((1, 0.1), "east"), ((-0.1, -1), "south"), ((-1, 0.9), "north_west"), ((0.05, 0), AROUND)],
)  # fmt: skip
def test_a_normal_is_told_by_the_eighth_of_the_compass_it_lies_in(
    outward: tuple[float, float], told: str
) -> None:
    assert facing_of(np.array(outward), 1.0) == told
