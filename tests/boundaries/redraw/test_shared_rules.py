"""The rules of editing, stated once in tests/rules/edits.json, hold on the server."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import text

from boundaries.blocks import store_blocks, store_counts
from boundaries.errors import EditError
from boundaries.plans import LevelDraft, PlanDraft, StoredPlan, find_plan, store_plan
from boundaries.redraw import Actor, Edit, Result, edit
from boundaries.storage.tables import District
from geo.barriers import Barrier, BarrierLines
from tests.boundaries.redraw.conftest import require_sound

if TYPE_CHECKING:
    from boundaries.storage.database import Database

FILE = json.loads((Path(__file__).parents[2] / "rules" / "edits.json").read_text(encoding="utf-8"))
DRAWN = FILE["district"]
COUNTED = dt.date(2020, 11, 1)
ORIGIN = np.array([500_000.0, 3_700_000.0])
MEASURES = ("residents", "floating", "households")
FIGURES = ("blocks", *MEASURES, "area_m2", "perimeter_m", "clear_border_share")


def drawn_plan(database: Database) -> StoredPlan:
    """Store the drawn district with its plan."""
    blocks = DRAWN["blocks"]
    boxes = np.array([block["box"] for block in blocks], dtype=float) + np.tile(ORIGIN, 2)
    frame = gpd.GeoDataFrame(
        {"key": [block["key"] for block in blocks]}, geometry=shapely.box(*boxes.T), crs=4549
    )
    counts = {
        (measure, COUNTED): np.array([block[measure] for block in blocks], dtype=float)
        for measure in MEASURES
    }
    with database.session() as session:
        district = District(key="rules", name="规则区", srid=4549, code="320812", rules=DRAWN["rules"])
        session.add(district)
        session.flush()
        ids = store_blocks(session, district, frame, BarrierLines())
        store_counts(session, district, "block", ids, counts)
        at = {block["key"]: int(block_id) for block, block_id in zip(blocks, ids, strict=True)}
        for first, second, _, barrier in DRAWN["borders"]:
            session.execute(
                text("UPDATE block_border SET barrier = :b WHERE first_id = :f AND second_id = :s"),
                {"b": int(Barrier[barrier.upper()]), "f": at[first], "s": at[second]},
            )
        return store_plan(session, district, drawn_levels(ids))


def drawn_levels(ids: np.ndarray) -> PlanDraft:
    levels: list[LevelDraft] = []
    above: list[str] = []
    for level in DRAWN["levels"]:
        units = [unit for unit in DRAWN["units"] if unit["level"] == level]
        levels.append(
            LevelDraft(
                level,
                [unit["name"] for unit in units],
                np.array([above.index(unit["parent"]) for unit in units]) if above else None,
                [unit["code"] for unit in units],
                [unit["type"] for unit in units],
            )
        )
        above = [unit["key"] for unit in units]
    letters = "".join(DRAWN["assignment"])
    return PlanDraft(
        "drawn", levels, ids, np.array([above.index(letter) for letter in letters]), count_date=COUNTED
    )


class Table:
    """A plan that a case is played on, with the keys of the file for ids."""

    def __init__(self, database: Database) -> None:
        self.database = database
        stored = drawn_plan(database)
        self.plan = stored.plan.id
        self.unit: dict[str, int] = {}
        for level in DRAWN["levels"]:
            keys = [unit["key"] for unit in DRAWN["units"] if unit["level"] == level]
            self.unit |= dict(zip(keys, stored.unit_ids[level].tolist(), strict=True))
        with database.session() as session:
            self.block = {row[0]: row[1] for row in session.execute(text("SELECT key, id FROM block"))}

    def key_of(self, unit: int) -> str:
        return next(key for key, known in self.unit.items() if known == unit)

    def ids(self, name: str, value: Any) -> Any:
        if name in {"unit", "into", "parent"}:
            return self.unit[value]
        if name in {"units", "blocks"}:
            return [(self.unit if name == "units" else self.block)[key] for key in value]
        if name == "edits":
            return [
                {**one, "arguments": {n: self.ids(n, v) for n, v in one["arguments"].items()}}
                for one in value
            ]
        return value

    def do(self, step: dict[str, Any]) -> Result:
        asked = Edit.of(step["operation"], {n: self.ids(n, v) for n, v in step["arguments"].items()})
        who = Actor(step.get("by", "me"), step.get("by", "me"))
        with self.database.session() as session:
            plan = find_plan(session, self.plan)
            done = edit(session, plan, asked, actor=who, revision=plan.revision)
        if "makes" in step:
            (new,) = set(done.units) - set(self.unit.values())
            self.unit[step["makes"]] = new
        return done

    def picture(self) -> list[str]:
        with self.database.session() as session:
            rows = session.execute(
                text(
                    "SELECT b.key, a.unit_id FROM assignment a JOIN block b ON b.id = a.block_id "
                    "WHERE plan_id = :p ORDER BY b.key"
                ),
                {"p": self.plan},
            ).all()
        letters = "".join(self.key_of(row[1]) for row in rows)
        return [letters[at : at + 6] for at in range(0, 24, 6)]

    def state(self) -> dict[str, dict[str, Any]]:
        """Return figures and attributes of all units."""
        with self.database.session() as session:
            rows = session.execute(
                text("SELECT * FROM plan_unit WHERE plan_id = :p ORDER BY unit_id"), {"p": self.plan}
            ).mappings()
            found = {}
            for row in rows:
                share = row["clear_border_share"]
                found[self.key_of(row["unit_id"])] = {
                    **{name: row[name] for name in ("blocks", "level", "name", "code", "type", "locked")},
                    **{name: round(row[name], 6) for name in ("area_m2", "perimeter_m")},
                    **{measure: row["tallies"].get(measure) for measure in MEASURES},
                    "clear_border_share": None if share is None else round(share, 6),
                    "parent": None if row["parent_id"] is None else self.key_of(row["parent_id"]),
                }
            return found

    def revision(self) -> int:
        with self.database.session() as session:
            return find_plan(session, self.plan).revision

    def require_sound(self) -> None:
        with self.database.session() as session:
            require_sound(session, find_plan(session, self.plan))


def test_the_district_is_as_the_file_says_before_any_edit(database: Database) -> None:
    table = Table(database)
    assert table.picture() == DRAWN["assignment"]
    for key, known in table.state().items():
        assert {name: known[name] for name in FIGURES} == DRAWN["figures"][key], key
    table.require_sound()


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["name"])
def test_edits_do_what_the_file_says(database: Database, case: dict[str, Any]) -> None:
    table = Table(database)
    revision = 0
    for step in case["steps"]:
        before, picture = table.state(), table.picture()
        if "refused" in step:
            with pytest.raises(EditError) as refusal:
                table.do(step)
            assert refusal.value.key == step["refused"]
            assert (table.state(), table.picture()) == (before, picture)
        else:
            require_as_expected(table, before, table.do(step), step["expect"])
            revision += 1
        assert table.revision() == revision
        table.require_sound()


def require_as_expected(
    table: Table, before: dict[str, dict[str, Any]], done: Result, expected: dict[str, Any]
) -> None:
    after = table.state()
    assert table.picture() == expected["assignment"]
    assert sorted(before.keys() - after.keys()) == sorted(expected.get("gone", []))
    assert {table.key_of(unit) for unit in done.removed_units} == set(expected.get("gone", []))
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == set(expected["units"])
    assert {table.key_of(unit) for unit in done.units} == changed
    for key, figures in expected["units"].items():
        assert {name: after[key][name] for name in figures} == figures, key
    for told, wanted in ((done.broken, expected["broken"]), (done.mended, expected["mended"])):
        assert sorted(
            (table.key_of(one.unit), one.finding.rule, one.finding.value) for one in told
        ) == sorted((unit, rule, value) for unit, rule, value in wanted)
