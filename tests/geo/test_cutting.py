"""Cutting a coverage with lines: drawings by hand, random districts, the demo and real blocks."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from geo.coverage import coverage_faults
from geo.crs import to_grid
from geo.cutting import SMALLEST_M2, Cutting, cut_coverage
from geo.errors import CoverageError, LineError
from geo.snapping import drawn_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from boundaries.demo import Demo

CUTS = 500
X0, Y0 = 500_000.0, 3_700_000.0


def squares(columns: int = 2, rows: int = 2) -> np.ndarray:
    return np.array(
        [
            shapely.box(X0 + 100 * x, Y0 + 100 * y, X0 + 100 * x + 100, Y0 + 100 * y + 100)
            for y in range(rows)
            for x in range(columns)
        ]
    )


def at(*places: tuple[float, float]) -> LineString:
    return drawn_line([(X0 + x, Y0 + y) for x, y in places])


def replaced(polygons: np.ndarray, result: Cutting) -> np.ndarray:
    kept = np.setdiff1d(np.arange(len(polygons)), result.parent)
    return np.concatenate([polygons[kept], result.polygon])


def assert_sound(polygons: np.ndarray, result: Cutting) -> None:
    """The coverage is valid, no ground is lost or gained, and every piece lies where its parent lay."""
    after = replaced(polygons, result)
    assert shapely.coverage_is_valid(after)
    assert shapely.is_valid(after).all()
    for polygon in result.polygon:
        xy = shapely.get_coordinates(polygon)
        assert (np.round(xy, 3) == xy).all()
    assert shapely.area(polygons).sum() == pytest.approx(shapely.area(after).sum(), abs=0.01)
    for parent in np.unique(result.parent):
        pieces = shapely.coverage_union_all(result.polygon[result.parent == parent])
        moved = shapely.symmetric_difference(pieces, polygons[parent]).area
        assert moved <= 0.0005 * polygons[parent].length
    assert len(result.cut()) > 0
    assert (np.diff(result.parent) >= 0).all()


def test_a_line_across_a_square_makes_two_pieces_and_gives_the_neighbour_a_node() -> None:
    polygons = squares()
    result = cut_coverage(polygons, at((30, 0), (30, 100)))
    assert result.parent.tolist() == [0, 0, 2]
    assert shapely.area(result.polygon).tolist() == [7000, 3000, 10000]
    assert shapely.get_num_coordinates(result.polygon[2]) == 6
    assert shapely.equals(result.seams, at((30, 0), (30, 100)))
    assert_sound(polygons, result)


def test_a_line_through_the_corner_of_four_cuts_two_and_gives_no_node() -> None:
    polygons = squares()
    result = cut_coverage(polygons, at((0, 0), (200, 200)))
    assert result.parent.tolist() == [0, 0, 3, 3]
    assert_sound(polygons, result)


def test_ends_are_trimmed_where_they_run_beyond_and_extended_where_they_stop_short() -> None:
    polygons = squares()
    for line in (at((30, -50), (30, 140)), at((30, 1.5), (30, 98.5)), at((30, -0.4), (30, 101))):
        result = cut_coverage(polygons, line)
        assert shapely.area(result.polygon[result.parent == 0]).tolist() == [7000, 3000]
        assert result.cut().tolist() == [0]
        assert_sound(polygons, result)


def test_only_what_may_be_cut_is_cut() -> None:
    polygons = squares()
    result = cut_coverage(polygons, at((30, -10), (30, 210)), np.array([False, False, True, False]))
    assert result.cut().tolist() == [2]
    assert result.parent.tolist() == [0, 2, 2]
    assert_sound(polygons, result)


def test_a_line_that_starts_inside_and_leaves_cuts_only_what_it_crosses() -> None:
    polygons = squares(3, 1)
    result = cut_coverage(polygons, at((50, 50), (250, 50)))
    assert result.cut().tolist() == [1]
    assert result.parent.tolist() == [0, 1, 1, 2]
    assert_sound(polygons, result)


def test_a_closed_line_cuts_out_what_it_encloses() -> None:
    polygons = squares()
    result = cut_coverage(polygons, at((20, 20), (70, 20), (70, 60), (20, 60), (20, 20)))
    assert shapely.area(result.polygon).tolist() == [8000, 2000]
    assert len(result.polygon[0].interiors) == 1
    assert_sound(polygons, result)


def test_where_the_line_runs_along_a_border_it_follows_it() -> None:
    bow = [(X0 + 100, Y0), (X0 + 101.5, Y0 + 50), (X0 + 100, Y0 + 100)]
    west = shapely.Polygon([(X0, Y0), *bow, (X0, Y0 + 100)])
    east = shapely.Polygon([(X0 + 200, Y0), (X0 + 200, Y0 + 100), *bow[::-1]])
    polygons = np.array([west, east])
    result = cut_coverage(polygons, at((100.5, 0.2), (100.8, 99), (40, 100.4), (40, 0)))
    assert result.cut().tolist() == [0]
    assert_sound(polygons, result)
    assert shapely.equals(result.seams, at((40, 0), (40, 100)))


def test_slivers_are_absorbed_and_proper_pieces_kept() -> None:
    polygons = squares(3, 1)
    # It clips a corner of 8 m² off the first square, and then halves the second.
    result = cut_coverage(polygons, at((96, -2), (100, 4), (150, 50), (200, 50)), snap_m=0.0)
    assert result.cut().tolist() == [1]
    assert (shapely.area(result.polygon) >= SMALLEST_M2).all()
    assert_sound(polygons, result)


def test_parts_of_a_block_that_the_line_leaves_whole_go_with_the_largest_piece() -> None:
    polygons = squares(3, 1)
    both = shapely.MultiPolygon([polygons[0], polygons[2]])
    polygons = np.array([both, polygons[1]])
    result = cut_coverage(polygons, at((30, 0), (30, 100)))
    assert shapely.area(result.polygon).tolist() == [17000, 3000]
    assert_sound(polygons, result)


def test_what_fills_a_hole_stays_as_it_is_and_is_returned_by_nobody() -> None:
    inner = shapely.box(X0 + 40, Y0 + 40, X0 + 60, Y0 + 60)
    ring = shapely.box(X0, Y0, X0 + 100, Y0 + 100).difference(inner)
    polygons = np.array([ring, inner])
    result = cut_coverage(polygons, at((0, 50), (100, 50)), np.array([True, False]))
    assert result.parent.tolist() == [0, 0, 1]
    assert shapely.area(result.polygon).tolist() == [4800, 4800, 400]
    assert_sound(polygons, result)


LAKE = np.concatenate([squares(3, 3)[:4], squares(3, 3)[5:]])
REFUSED = {
    "beside the district": (squares(), [(300, 0), (300, 200)], 2.0, "line-outside"),
    "across a lake": (LAKE, [(50, 150), (250, 150)], 2.0, "line-through-hole"),
    "as far along a border as across a lake": (
        LAKE, [(0, 100), (100, 100), (100, 150), (200, 150), (250, 150)], 2.0, "line-through-hole",
    ),
    "a loop": (squares(), [(0, 50), (80, 50), (80, 80), (40, 80), (40, 0)], 2.0, "line-self-crossing"),
    "on a border": (squares(), [(100, 0), (100, 200)], 2.0, "line-along-border"),
    "1 mm beside a border": (squares(), [(100.001, 0), (100.001, 200)], 2.0, "line-along-border"),
    "1 mm beside a border, not snapped": (squares(), [(100.001, 0), (100.001, 200)], 0.0, "line-along-border"),
    "a dead end": (squares(), [(50, -10), (50, 60)], 2.0, "line-not-across"),
    "inside a block": (squares(), [(20, 20), (70, 70)], 2.0, "line-not-across"),
    "a corner": (squares(), [(95, 0), (100, 5)], 2.0, "sliver"),
    "a point": (squares(), [(50, 50), (50, 50.0001)], 2.0, "line-not-across"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_line_that_cuts_nothing_is_refused_with_its_reason(case: str) -> None:
    polygons, places, snap_m, key = REFUSED[case]
    with pytest.raises(LineError) as refusal:
        cut_coverage(polygons, at(*places), snap_m=snap_m)
    assert refusal.value.key == key


def test_a_narrow_block_is_not_cut_lengthwise() -> None:
    alley = shapely.box(X0, Y0, X0 + 200, Y0 + 5.4)
    with pytest.raises(LineError) as refusal:
        cut_coverage(np.array([alley]), at((0, 2.7), (200, 2.7)), snap_m=3.0)
    assert refusal.value.key == "line-along-border"
    result = cut_coverage(np.array([alley]), at((0, 2.7), (200, 2.7)))
    assert shapely.area(result.polygon) == pytest.approx([540, 540])


def test_blocks_that_overlap_are_refused_rather_than_cut() -> None:
    polygons = squares(2, 1)
    polygons[1] = shapely.box(X0 + 99, Y0, X0 + 200, Y0 + 100)
    with pytest.raises(CoverageError, match="no valid coverage"):
        cut_coverage(polygons, at((0, 50), (200, 50)))


corners = st.floats(20, 180, allow_nan=False)


@given(
    corners, corners, st.lists(st.tuples(st.floats(-20, 220), st.floats(-20, 220)), min_size=2, max_size=6)
)
def test_any_line_over_four_crooked_blocks_leaves_a_valid_coverage_or_is_refused(
    x: float, y: float, places: list[tuple[float, float]]
) -> None:
    middle = (X0 + x, Y0 + y)
    sides = [(X0 + x, Y0), (X0 + 200, Y0 + y), (X0 + x, Y0 + 200), (X0, Y0 + y)]
    outer = [(X0, Y0), (X0 + 200, Y0), (X0 + 200, Y0 + 200), (X0, Y0 + 200)]
    rings = [[outer[k], sides[k], middle, sides[k - 1]] for k in range(4)]
    polygons = to_grid(np.array([shapely.Polygon(ring) for ring in rings]))
    before = polygons.copy()
    with contextlib.suppress(LineError):
        assert_sound(polygons, cut_coverage(polygons, at(*places)))
    assert shapely.equals_exact(polygons, before).all()


def random_lines(polygons: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Lines across a random block: straight, bent, through its vertices, and 0.3 mm beside its border."""
    while True:
        block = polygons[rng.integers(len(polygons))]
        middle = np.array(shapely.point_on_surface(block).coords[0])
        reach = np.sqrt(block.area) * rng.uniform(0.6, 2)
        way = rng.uniform(0, 2 * np.pi)
        ahead = reach * np.array([np.cos(way), np.sin(way)])
        vertices = shapely.get_coordinates(block)
        corner = rng.integers(len(vertices) - 1)
        side = vertices[corner + 1] - vertices[corner]
        beside = 0.0003 * np.array([-side[1], side[0]]) / np.hypot(*side)
        yield np.array([middle - ahead, middle + ahead])
        yield np.array([middle - ahead, middle + rng.normal(0, reach / 4, 2), middle + ahead])
        yield vertices[rng.choice(len(vertices), 2)]
        yield np.array([vertices[corner] + beside, vertices[corner + 1] + beside, middle, middle + ahead])


def cut_again_and_again(polygons: np.ndarray, snap_m: float) -> np.ndarray:
    """Cut a district `CUTS` times, each time what the cuts before have left, and look at each result."""
    lines = random_lines(polygons, np.random.default_rng(20261123))
    done = 0
    while done < CUTS:
        try:
            line = drawn_line(next(lines))
            tree = shapely.STRtree(polygons)
            near = np.unique(tree.query(line, predicate="dwithin", distance=snap_m + 1))
            around = np.unique(tree.query(polygons[near], predicate="intersects")[1])
            result = cut_coverage(polygons[around], line, snap_m=snap_m)
        except LineError:
            continue
        assert_sound(polygons[around], result)
        done += 1
        polygons = np.concatenate([np.delete(polygons, around[np.unique(result.parent)]), result.polygon])
    return polygons


@pytest.mark.real
@pytest.mark.parametrize("snap_m", [2.0, 0.0])
def test_five_hundred_cuts_leave_the_real_blocks_a_valid_coverage(shared_data: Path, snap_m: float) -> None:
    blocks = to_grid(gpd.read_file(shared_data / "providence_blocks.zip").to_crs(32619).geometry.to_numpy())
    assert coverage_faults(blocks) == []
    after = cut_again_and_again(blocks, snap_m)
    assert coverage_faults(after) == []
    assert len(after) > len(blocks) + CUTS
    assert shapely.area(after).sum() == pytest.approx(shapely.area(blocks).sum(), abs=0.01)


@pytest.mark.parametrize("snap_m", [2.0, 0.0])
def test_five_hundred_cuts_leave_the_demo_a_valid_coverage(demo: Demo, snap_m: float) -> None:
    blocks = demo.blocks.geometry.to_numpy()
    after = cut_again_and_again(blocks, snap_m)
    assert coverage_faults(after) == []
    assert shapely.area(after).sum() == pytest.approx(shapely.area(blocks).sum(), abs=0.01)
