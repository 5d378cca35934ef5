"""Real and small files of blocks become a district with its counts and first plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from boundaries.exchange import import_layer
from boundaries.plans import find_plan, read_plan_blocks
from boundaries.storage.database import Database


@pytest.mark.real
def test_providence_keeps_its_residents_and_wards(database: Database, shared_data: Path) -> None:
    with database.session() as session:
        report = import_layer(session, shared_data / "providence_blocks.zip", "blocks", name="Providence")
    assert report.stored == 3014
    assert report.totals["residents"] == 178_040
    assert report.mapping == {"key": "GEOID10", "residents": "TOTPOP", "community": "WARD"}
    with database.session() as session:
        read = read_plan_blocks(session, find_plan(session, "Providence (import)"))
        wards = session.execute(
            text("SELECT name, tallies->>'residents' FROM plan_unit WHERE level = 'community'")
        ).all()
    assert read.blocks.counts["residents"].sum() == 178_040
    assert len(wards) == 15
    assert sum(float(residents) for _, residents in wards) == 178_040
    assert "WARD 5" in {name for name, _ in wards}


@pytest.mark.real
def test_chicago_keeps_fractional_residents_and_households_and_says_what_was_fitted(
    database: Database, shared_data: Path
) -> None:
    with database.session() as session:
        report = import_layer(session, shared_data / "chicago_precincts.zip", "blocks", name="Chicago")
    assert report.stored == 2069
    assert report.totals["residents"] == pytest.approx(2_695_055.2222369146, abs=1e-6)
    assert report.mapping["households"] == "TOTHH"
    assert any("residents: 2,010 of 2,069 counts are fractional" in note for note in report.notes)
    fitted = next(note for note in report.notes if "were fitted" in note)
    assert "m² moved in all" in fitted
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM plan_unit WHERE level = 'community'")) == 50


@pytest.mark.real
def test_barcelona_becomes_a_clean_hierarchy_of_four_levels(database: Database, shared_data: Path) -> None:
    folder = shared_data / "barcelona"
    with database.session() as session:
        import_layer(session, folder / "seccio-censal.geojson.gz", "blocks", name="Barcelona",
                     columns={"key": "DISTRICTE+SEC_CENS"})  # fmt: skip
        import_layer(session, folder / "districtes.geojson.gz", "streets", columns={"code": "DISTRICTE"})
        import_layer(session, folder / "barris.geojson.gz", "communities")
        import_layer(session, folder / "area-estadistica-basica.geojson.gz", "cells",
                              columns={"name": "AEB"})  # fmt: skip
    with database.session() as session:
        plan = find_plan(session, "Barcelona (import)")
        assert plan.levels == ["street", "community", "cell"]
        counted = session.execute(
            text("SELECT level, count(*), sum(blocks) FROM plan_unit WHERE plan_id = :p GROUP BY level"),
            {"p": plan.id},
        ).all()
        chains = session.scalar(
            text(
                "SELECT count(*) FROM assignment a JOIN plan_unit c ON (c.plan_id, c.unit_id) = (a.plan_id, a.unit_id) "
                "JOIN plan_unit m ON (m.plan_id, m.unit_id) = (c.plan_id, c.parent_id) "
                "JOIN plan_unit s ON (s.plan_id, s.unit_id) = (m.plan_id, m.parent_id) "
                "WHERE a.plan_id = :p AND c.level = 'cell' AND m.level = 'community' AND s.level = 'street'"
            ),
            {"p": plan.id},
        )
    assert {tuple(row) for row in counted} == {
        ("street", 10, 1068),
        ("community", 73, 1068),
        ("cell", 233, 1068),
    }
    assert chains == 1068
