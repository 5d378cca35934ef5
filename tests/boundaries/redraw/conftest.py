"""Plans to edit, and what they should be: everything computed anew from the assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import text

from boundaries.blocks import store_blocks, store_counts
from boundaries.check import check_plan
from boundaries.figures import unit_figures
from boundaries.hierarchy import read_hierarchy
from boundaries.plans import LevelDraft, PlanDraft, StoredPlan, find_plan, store_plan
from boundaries.redraw import Actor, Edit, Result, edit
from boundaries.rules import DEFAULT_RULES
from boundaries.storage.database import geometries_of
from boundaries.storage.tables import District
from geo.barriers import BarrierLines
from tests.boundaries.conftest import COUNTED, ORIGIN, square_plan

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.storage.database import Database
    from boundaries.storage.plan_tables import Plan

ME = Actor("me", "王芳")
OTHER = Actor("other", "李强")


@pytest.fixture
def square(database: Database) -> StoredPlan:
    return square_plan(database)


class Desk:
    """Edits one plan, each edit in a transaction of its own, with keys and names in place of ids."""

    def __init__(self, database: Database, plan: int | str) -> None:
        self.database, self.wanted = database, plan

    def units(self) -> dict[str, int]:
        with self.database.session() as session:
            rows = session.execute(
                text("SELECT name, unit_id FROM plan_unit WHERE plan_id = :p"), {"p": self.plan(session).id}
            )
            return {row[0]: row[1] for row in rows}

    def blocks(self) -> dict[str, int]:
        with self.database.session() as session:
            rows = session.execute(
                text(
                    "SELECT b.key, b.id FROM assignment a JOIN block b ON b.id = a.block_id WHERE plan_id = :p"
                ),
                {"p": self.plan(session).id},
            )
            return {row[0]: row[1] for row in rows}

    def plan(self, session: Session) -> Plan:
        return find_plan(session, self.wanted)

    def revision(self) -> int:
        with self.database.session() as session:
            return self.plan(session).revision

    def do(self, operation: str, actor: Actor = ME, seen: int | None = None, **arguments: Any) -> Result:
        units, blocks = self.units(), self.blocks()

        def id_of(name: str, value: Any) -> Any:
            if name in {"unit", "into", "parent"} and isinstance(value, str):
                return units[value]
            if name == "units":
                return [units[one] if isinstance(one, str) else one for one in value]
            if name == "blocks":
                return [blocks[one] if isinstance(one, str) else one for one in value]
            if name == "edits":
                return [
                    {**part, "arguments": {n: id_of(n, v) for n, v in part["arguments"].items()}}
                    for part in value
                ]
            return value

        asked = Edit.of(operation, {name: id_of(name, value) for name, value in arguments.items()})
        with self.database.session() as session:
            plan = self.plan(session)
            return edit(session, plan, asked, actor=actor, revision=plan.revision if seen is None else seen)

    def names(self, units: list[int]) -> set[str]:
        known = {unit: name for name, unit in self.units().items()}
        return {known[unit] for unit in units}

    def require_sound(self) -> None:
        with self.database.session() as session:
            require_sound(session, self.plan(session))


def wide_plan(database: Database) -> StoredPlan:
    """24 x 12 blocks of 50 m: two streets of four communities of four cells of nine blocks, uneven counts, roads."""
    column, row = np.arange(288) % 24, np.arange(288) // 24
    shapes = [shapely.box(*corner, *(corner + 50)) for corner in ORIGIN + 50 * np.column_stack([column, row])]
    frame = gpd.GeoDataFrame({"key": [f"w{k:03d}" for k in range(288)]}, geometry=shapes, crs=4549)
    roads = [shapely.LineString(ORIGIN + np.array([[x, 0], [x, 600]])) for x in (150, 300, 600, 750)]
    counts = np.random.default_rng(1).integers(20, 400, 288) / 3
    cell, community, street = 8 * (row // 3) + column // 3, 4 * (row // 6) + column // 6, column // 12
    of_community, of_cell = (np.unique(of, return_index=True)[1] for of in (community, cell))
    levels = [
        LevelDraft("street", ["西街道", "东街道"], code=["320812001", "320812002"]),
        LevelDraft(
            "community",
            [f"{k}号社区" for k in range(8)],
            street[of_community],
            [f"32081200{street[b] + 1}{k + 1:03d}" for k, b in enumerate(of_community)],
        ),
        LevelDraft(
            "cell",
            [f"{k}号网格" for k in range(32)],
            community[of_cell],
            [f"32081200{street[b] + 1}{community[b] + 1:03d}{k + 1:03d}" for k, b in enumerate(of_cell)],
        ),
    ]
    with database.session() as session:
        rules = DEFAULT_RULES | {"parts_per_parent": [3, 5]}
        district = District(key="wide", name="宽区", srid=4549, code="320812", rules=rules)
        session.add(district)
        session.flush()
        ids = store_blocks(session, district, frame, BarrierLines(roads=np.array(roads)))
        households = np.where(counts > 50, counts / 3, np.nan)
        values = {("residents", COUNTED): counts, ("households", COUNTED): households}
        store_counts(session, district, "block", ids, values)
        return store_plan(session, district, PlanDraft("wide", levels, ids, cell, count_date=COUNTED))


@pytest.fixture
def wide(database: Database) -> Desk:
    return Desk(database, wide_plan(database).plan.id)


@pytest.fixture
def desk(database: Database, square: StoredPlan) -> Desk:
    return Desk(database, "first")


def require_sound(session: Session, plan: Plan) -> None:
    """Compare every stored unit with what its blocks say, and let the checks find nothing."""
    have = read_hierarchy(session, plan)
    edges = have.blocks.edges
    for level in have.levels:
        unit = have.unit[level.level]
        expected = unit_figures(have.blocks, unit, len(level))
        rows = session.execute(
            text(
                "SELECT unit_id, blocks, buildings, area_m2, perimeter_m, compactness, clear_border_share, border_um, "
                "clear_border_um, tallies, colour, ST_AsBinary(geom) AS geom FROM plan_unit "
                "WHERE plan_id = :p AND level = :l ORDER BY unit_id"
            ),
            {"p": plan.id, "l": level.level},
        ).all()
        assert [row.blocks for row in rows] == expected.blocks.tolist()
        assert [row.buildings for row in rows] == expected.buildings.tolist()
        assert [row.border_um for row in rows] == expected.border_um.tolist()
        if expected.clear_border_um is None:
            assert {row.clear_border_um for row in rows} == {None}
        else:
            assert [row.clear_border_um for row in rows] == expected.clear_border_um.tolist()
        stored = geometries_of(row.geom for row in rows)
        assert shapely.equals_exact(shapely.normalize(stored), expected.polygon).all()
        for column in ("area_m2", "perimeter_m", "compactness", "clear_border_share"):
            values = np.array([getattr(row, column) for row in rows], dtype=float)
            np.testing.assert_allclose(values, getattr(expected, column), rtol=1e-12, err_msg=column)
        for measure, values in expected.tallies.items():
            known = np.array([row.tallies.get(measure) for row in rows], dtype=float)
            np.testing.assert_array_equal(known, values, err_msg=measure)
        colour = np.array([row.colour for row in rows])
        pair = unit[edges]
        pair = pair[pair[:, 0] != pair[:, 1]]
        assert (colour[pair[:, 0]] != colour[pair[:, 1]]).all()
        assert (colour >= 0).all()
    assert [str(breach) for breach in check_plan(session, plan)] == []
