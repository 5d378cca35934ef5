"""The demo district as the platform holds it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from boundaries.check import check_all
from boundaries.exchange.export import export_plan
from boundaries.plans import find_plan
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.demo import Demo
    from boundaries.storage.database import Database


def test_every_invariant_holds(demo_database: Database) -> None:
    with demo_database.session() as session:
        assert [str(breach) for breach in check_all(session)] == []


def test_the_figures_of_the_story_are_in_the_database(demo_database: Database) -> None:
    with demo_database.session() as session:
        rows = session.execute(
            text(
                "SELECT p.name_en, u.level, u.type, count(*), sum((u.tallies->>'residents')::float), "
                "sum((u.tallies->>'floating')::float), sum(u.area_m2), min((u.tallies->>'residents')::float), "
                "max((u.tallies->>'residents')::float) FROM plan p JOIN plan_unit u ON u.plan_id = p.id "
                "GROUP BY 1, 2, 3"
            )
        ).all()
    found = {(name[7:11], level, type_): rest for name, level, type_, *rest in rows}
    counts = {key: rest[0] for key, rest in found.items()}
    exclusive = counts.pop(("2010", "cell", "exclusive"))
    assert exclusive > 0
    assert counts == {
        ("2009", "street", "street"): 6,
        ("2009", "street", "office"): 1,
        ("2009", "community", "community"): 33,
        ("2009", "community", "village"): 11,
        ("2009", "community", "farm"): 1,
        ("2010", "street", "street"): 7,
        ("2010", "community", "community"): 41,
        ("2010", "cell", "ordinary"): 265,
    }
    _, residents, floating, area, low, high = found["2010", "street", "street"]
    assert (residents, floating) == (318_000, 104_100)
    assert abs(area - 30.5e6) < 10_000
    assert high / low <= 1.5
    assert found["2010", "community", "community"][5] / found["2010", "community", "community"][4] <= 1.6


def test_people_and_area_are_conserved_across_the_rezoning(demo_database: Database) -> None:
    with demo_database.session() as session:
        moved = session.execute(
            text(
                "SELECT u.level, sum(s.residents), sum(s.area_m2) FROM succession s JOIN unit u ON u.id = s.from_unit_id "
                "GROUP BY 1"
            )
        ).all()
    assert {level for level, _, _ in moved} == {"street", "community"}
    for _, residents, area in moved:
        assert residents == 318_000
        assert abs(area - 30.5e6) < 1


def test_as_of_a_date_one_plan_is_in_force(demo_database: Database) -> None:
    with demo_database.session() as session:
        for day, name in (("2009-12-31", "Map of 2009"), ("2011-06-01", "Map of 2010")):
            names = session.scalars(
                text(
                    "SELECT name_en FROM plan WHERE in_force_from <= :day AND (in_force_to IS NULL OR :day < in_force_to)"
                ),
                {"day": day},
            ).all()
            assert len(names) == 1
            assert names[0].startswith(name)


def test_exports_are_the_same_bytes_under_another_hash_seed(demo_database: Database, tmp_path: Path) -> None:
    with demo_database.session() as session:
        plan = session.scalar(text("SELECT id FROM plan WHERE state = 'adopted'"))
        export_plan(session, find_plan(session, plan), "cell", "geojson", tmp_path / "here.geojson")
    out = tmp_path / "there.geojson"
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "1",
        "WANGGE_DATABASE_URL": demo_database.engine.url.render_as_string(hide_password=False),
    }
    subprocess.run(
        [sys.executable, "-m", "api", "export", str(plan), "--format", "geojson", "--out", out],
        env=environment, cwd=PROJECT, check=True, capture_output=True,
    )  # fmt: skip
    assert out.read_bytes() == (tmp_path / "here.geojson").read_bytes()


DIGEST = """
import hashlib, sys
from boundaries.demo import make_demo

def digest(demo):
    told = hashlib.sha256(b"".join(demo.blocks.geometry.to_wkb()))
    told.update(b"".join(demo.buildings.geometry.to_wkb()))
    told.update(demo.buildings["residents"].to_numpy().tobytes())
    told.update("".join(demo.rezonings["2010"].unit_of_block["cell"]).encode())
    told.update(demo.rezonings["2010"].units.to_csv().encode())
    return told.hexdigest()
"""


def test_the_demo_is_the_same_district_under_another_hash_seed(demo: Demo) -> None:
    here: dict[str, Any] = {}
    exec(DIGEST, here)
    told = subprocess.run(
        [sys.executable, "-c", f"{DIGEST}\nsys.stdout.write(digest(make_demo()))"],
        env={**os.environ, "PYTHONHASHSEED": "7"}, cwd=PROJECT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert told == here["digest"](demo)
