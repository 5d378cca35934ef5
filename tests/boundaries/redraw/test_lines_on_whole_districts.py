"""Lines on the demo and on real blocks: random ones, and those no one wants."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from boundaries.blocks import store_blocks, store_counts
from boundaries.check import check_plan
from boundaries.errors import EditError
from boundaries.plans import LevelDraft, PlanDraft, find_plan, store_plan
from boundaries.redraw import Actor, Edit, edit
from boundaries.storage.database import geometries_of
from boundaries.storage.tables import District
from geo.barriers import BarrierLines
from geo.coverage import adjacency
from geo.crs import to_grid
from tests.boundaries.conftest import COUNTED
from tests.boundaries.redraw.conftest import ME
from tests.boundaries.redraw.random_lines import LINES, asked, random_line_edit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from boundaries.storage.database import Database
    from boundaries.storage.plan_tables import Plan

RANDOM_EDITS = 60


@pytest.fixture
def demo_plan(demo_database: Database) -> Iterator[tuple[Session, Plan]]:
    """The demo's plan as a draft, in a transaction that is rolled back: the district is others' too."""
    with Session(demo_database.engine) as session:
        plan = find_plan(session, session.scalar(text("SELECT max(id) FROM plan WHERE 'cell' = ANY(levels)")))
        plan.state = "draft"
        session.flush()
        yield session, plan
        session.rollback()


@pytest.fixture
def providence_plan(database: Database, shared_data: Path) -> Iterator[tuple[Session, Plan]]:
    """The real blocks in cells of about twenty."""
    frame = gpd.read_file(shared_data / "providence_blocks.zip").to_crs(32619)
    frame = frame.set_geometry(to_grid(frame.geometry.to_numpy()), crs=32619).rename(
        columns={"GEOID10": "key"}
    )
    with Session(database.engine) as session:
        district = District(key="providence", name="Providence", srid=32619, time_zone="America/New_York")
        session.add(district)
        session.flush()
        ids = store_blocks(session, district, frame[["key", "geometry"]], BarrierLines())
        people = {("residents", COUNTED): frame["TOTPOP"].to_numpy(dtype=float)}
        store_counts(session, district, "block", ids, people)
        cell = grown_cells(adjacency(frame.geometry.to_numpy()).edges, len(frame), 20)
        names = [f"cell {k}" for k in range(cell.max() + 1)]
        draft = PlanDraft("cells", [LevelDraft("cell", names)], ids, cell, count_date=COUNTED)
        plan = store_plan(session, district, draft).plan
        session.execute(text("ANALYZE"))  # in a running cluster autovacuum has done it by the first edit
        yield session, plan
        session.rollback()


def grown_cells(edges: np.ndarray, count: int, size: int) -> np.ndarray:
    """Group blocks into connected cells of at most ``size``, each grown from the first block that is left."""
    near: list[list[int]] = [[] for _ in range(count)]
    for first, second in edges.tolist():
        near[first].append(second)
        near[second].append(first)
    cell = np.full(count, -1, dtype=np.int64)
    for start in range(count):
        if cell[start] >= 0:
            continue
        cell[start] = number = cell.max() + 1
        waiting, held = deque([start]), 1
        while waiting and held < size:
            for other in near[waiting.popleft()]:
                if cell[other] < 0 and held < size:
                    cell[other] = number
                    held += 1
                    waiting.append(other)
    return cell


def do(session: Session, plan: Plan, asked_for: Edit, actor: Actor = ME) -> None:
    """Do an edit, or leave everything as it was."""
    with session.begin_nested():
        edit(session, plan, asked_for, actor=actor, revision=plan.revision)


def draw_at_random(session: Session, plan: Plan) -> Counter[str]:
    """Draw lines of all kinds, take every fifth back, and count what became of them."""
    rng = np.random.default_rng(20261123)
    became: Counter[str] = Counter()
    area = plan_area(session, plan)
    for number in range(RANDOM_EDITS):
        operation = str(rng.choice(LINES))
        try:
            do(session, plan, random_line_edit(session, plan, rng, operation))
            became[operation] += 1
        except EditError as refusal:
            became[refusal.key] += 1
        if number % 5 == 4 and sum(became[one] for one in LINES) > became["undo"]:
            do(session, plan, Edit.of("undo", {}))
            became["undo"] += 1
    assert [str(breach) for breach in check_plan(session, plan)] == []
    assert plan_area(session, plan) == pytest.approx(area, abs=0.05)
    return became


def plan_area(session: Session, plan: Plan) -> float:
    query = text(
        "SELECT sum(b.area_m2) FROM assignment a JOIN block b ON b.id = a.block_id WHERE a.plan_id = :p"
    )
    return float(session.execute(query, {"p": plan.id}).scalar_one())


def test_random_lines_leave_the_demo_sound(demo_plan: tuple[Session, Plan]) -> None:
    became = draw_at_random(*demo_plan)
    assert min(became[operation] for operation in LINES) >= 10


@pytest.mark.real
def test_random_lines_leave_real_blocks_sound(providence_plan: tuple[Session, Plan]) -> None:
    became = draw_at_random(*providence_plan)
    assert min(became[operation] for operation in LINES) >= 10


@dataclass(frozen=True)
class Place:
    """A cell to draw on, with its blocks, and the district around it."""

    unit: int
    far: int
    neighbour: int
    block_ids: list[int]
    blocks: np.ndarray
    district: np.ndarray


def a_place(session: Session, plan: Plan) -> Place:
    """Return the first cell in one piece without holes that has six blocks or more, all of them polygons."""
    rows = session.execute(
        text(
            "SELECT a.unit_id, b.id, ST_AsBinary(b.geom) FROM assignment a JOIN block b ON b.id = a.block_id "
            "WHERE a.plan_id = :p ORDER BY 1, 2"
        ),
        {"p": plan.id},
    ).all()
    unit = np.array([row[0] for row in rows])
    shapes = geometries_of(row[2] for row in rows)
    for one in np.unique(unit):
        whole = shapely.coverage_union_all(shapes[unit == one])
        single = whole.geom_type == "Polygon" and not whole.interiors
        if single and np.sum(unit == one) >= 6 and borders_between(shapes[unit == one]):
            away = shapely.distance(shapes, whole)
            return Place(
                int(one),
                int(unit[away.argmax()]),
                int(unit[(away == 0) & (unit != one)][0]),
                [row[1] for row in rows if row[0] == one],
                shapes[unit == one],
                shapes,
            )
    raise AssertionError("no such cell")


def borders_between(blocks: np.ndarray) -> list[np.ndarray]:
    """Return the borders of 30 m or more that two of some blocks share, from end to end."""
    found = []
    for first, second in adjacency(blocks).edges.tolist():
        shared = shapely.line_merge(shapely.intersection(blocks[first], blocks[second]))
        if shared.geom_type == "LineString" and shared.length > 30 and not shared.is_ring:
            found.append(np.array(shared.coords))
    return found


def through_a_hole(place: Place) -> np.ndarray:
    """Return a line between two blocks on the rim that leaves the district between them."""
    ground = shapely.coverage_union_all(place.district)
    beyond = shapely.buffer(ground, 20)
    rim = place.district[shapely.intersects(place.district, ground.boundary)]
    middle = shapely.get_coordinates(shapely.point_on_surface(rim))
    for first in range(len(rim)):
        for second in range(first + 1, len(rim)):
            line = shapely.LineString(middle[[first, second]])
            if line.length < 2000 and not line.within(beyond):
                return middle[[first, second]]
    raise AssertionError("the district has no bay")


def through_many(place: Place) -> np.ndarray:
    """Return a line from the vertex where most blocks meet through the middle of one of these and beyond."""
    places, times = np.unique(
        np.vstack([np.unique(shapely.get_coordinates(block), axis=0) for block in place.district]),
        axis=0,
        return_counts=True,
    )
    assert times.max() >= 4
    vertex = places[times.argmax()]
    touching = place.district[shapely.dwithin(place.district, shapely.Point(vertex), 0.0005)]
    largest = touching[shapely.area(touching).argmax()]
    middle = np.array(shapely.point_on_surface(largest).coords[0])
    return np.array(
        [
            vertex,
            middle,
            middle + 3 * np.sqrt(largest.area) * (middle - vertex) / np.hypot(*(middle - vertex)),
        ]
    )


def from_end_to_end(polygon: BaseGeometry) -> np.ndarray:
    """Return a level line that crosses a polygon once and leaves a good part of it on either side."""
    left, low, right, high = polygon.bounds
    for height in np.linspace(0.5, 0.2, 31):
        y = low + height * (high - low)
        line = shapely.LineString([(left - 10, y), (right + 10, y)])
        below = polygon.intersection(shapely.box(left, low, right, y)).area / polygon.area
        if polygon.intersection(line).geom_type == "LineString" and 0.1 < below < 0.9:
            return np.array(line.coords)
    raise AssertionError("no level line crosses the cell once")


def unwanted(place: Place) -> dict[str, tuple[Edit, str | None]]:
    """Return edits, each with the key of its refusal, or None where it is an edit."""
    whole = shapely.coverage_union_all(place.blocks)
    middle = np.array(shapely.point_on_surface(place.blocks[0]).coords[0])
    small = 0.3 * shapely.Point(middle).distance(place.blocks[0].boundary)
    left, low, right, high = whole.bounds
    centre, reach = np.array([(left + right) / 2, (low + high) / 2]), max(right - left, high - low)
    border = borders_between(place.blocks)[0]
    step = border[-1] - border[0]
    beside = border + 0.001 * np.array([-step[1], step[0]]) / np.hypot(*step)
    bow = centre + reach * np.array([[-1, -1], [1, 1], [1, -1], [-1, 1]])
    across = from_end_to_end(whole)
    far_across = across + np.array([[-2, 0], [2, 0]]) * (right - left)
    far_off = np.array([[right + 200_000, low], [right + 200_000, high]])
    tiny = np.array([middle, middle + np.array([small, 0])])
    unit = {"unit": place.unit}
    return {
        "outside the district": (asked("cut", far_off), "line-outside"),
        "outside the cell": (asked("split", tiny, unit=place.far), "line-outside"),
        "through a hole": (asked("cut", through_a_hole(place)), "line-through-hole"),
        "crossing itself": (asked("split", bow, **unit), "line-self-crossing"),
        "along a border": (asked("cut", border), "line-along-border"),
        "1 mm beside a border": (asked("cut", beside), "line-along-border"),
        "not reaching across": (asked("cut", tiny), "line-not-across"),
        "a split not reaching across": (asked("split", tiny, **unit), "line-not-across"),
        "a reshape not reaching across": (asked("reshape", tiny, **unit), "line-not-across"),
        "through the vertex where most blocks meet": (asked("cut", through_many(place)), None),
        "a split from end to end": (asked("split", across, **unit), None),
        "a reshape straight over the cells beside": (asked("reshape", far_across, **unit), None),
        "cells that do not touch": (
            Edit.of("merge", {"units": [place.far], "into": place.unit}),
            "not-touching",
        ),
        "the last block": (
            Edit.of("assign", {"unit": place.neighbour, "blocks": place.block_ids}),
            "last-block",
        ),
        "a locked cell": (asked("split", across, **unit), "locked"),
    }


def assignment(session: Session, plan: Plan) -> dict[int, int]:
    rows = session.execute(
        text("SELECT block_id, unit_id FROM assignment WHERE plan_id = :p"), {"p": plan.id}
    )
    return {row[0]: row[1] for row in rows}


def require_outcomes(session: Session, plan: Plan) -> None:
    """Draw each line; what is refused leaves nothing behind, and what is done is undone whole."""
    outcomes: dict[str, Any] = {}
    before = assignment(session, plan)
    cases = unwanted(a_place(session, plan))
    for name, (edit_, key) in cases.items():
        if key == "locked":
            do(session, plan, Edit.of("lock", {"units": [edit_.arguments["unit"]]}))
        revision = plan.revision
        try:
            do(session, plan, edit_)
            outcomes[name] = None
            assert assignment(session, plan) != before
            assert [str(breach) for breach in check_plan(session, plan)] == []
            do(session, plan, Edit.of("undo", {}))
        except EditError as refusal:
            outcomes[name] = refusal.key
            session.refresh(plan)
            assert plan.revision == revision
        assert assignment(session, plan) == before
    assert outcomes == {name: key for name, (_, key) in cases.items()}
    assert [str(breach) for breach in check_plan(session, plan)] == []


def test_lines_no_one_wants_do_on_the_demo_what_the_table_says(demo_plan: tuple[Session, Plan]) -> None:
    require_outcomes(*demo_plan)


@pytest.mark.real
def test_lines_no_one_wants_do_on_real_blocks_what_the_table_says(
    providence_plan: tuple[Session, Plan],
) -> None:
    require_outcomes(*providence_plan)
