"""Importing, proposing and exporting from the command line, and files that are refused there."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import text

from tests.boundaries.conftest import square_blocks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from boundaries.storage.database import Database
    from tests.api.conftest import Run


def stored(database: Database) -> int:
    with database.session() as session:
        return (
            session.scalar(text("SELECT (SELECT count(*) FROM district) + (SELECT count(*) FROM block)")) or 0
        )


def blocks_file(path: Path) -> Path:
    frame = square_blocks()
    frame["residents"], frame["households"] = 300, 100
    frame["community"] = ["西社区" if i % 4 < 2 else "东社区" for i in range(16)]
    frame.to_file(path)
    return path


def test_from_a_file_to_a_proposal_to_a_file(run: Run, database: Database, tmp_path: Path) -> None:
    code, out, _ = run("import", blocks_file(tmp_path / "a.gpkg"), "--as", "blocks", "--name", "方区")
    assert code == 0
    assert "16 of 16 rows stored as blocks" in out
    assert "residents: 4,800" in out
    plan = out.split("plan ")[1].split(" ")[0]
    maps = tmp_path / "maps"
    asked = ["propose", plan, "--level", "cell", "--name", "方案一", "--steps", "200", "--maps", maps]
    code, out, _ = run(*asked)
    assert code == 0
    assert "4 units of level cell" in out
    assert "out of band" in out
    assert "score: border" in out or "score: cut_edges" in out
    assert '<iframe src="proposal-1.html">' in (maps / "compare.html").read_text()
    assert "第一网格".encode("unicode-escape").decode() in (maps / "proposal-1.html").read_text()
    assert run(*asked, "--keep", "99")[0] == 16
    assert run("plans")[1].count("方案") == 1  # a map makes no plan
    assert run("check", "方案一")[:2] == (0, "every invariant holds\n")
    target = tmp_path / "cells.geojson"
    assert run("export", "方案一", "--format", "geojson", "--out", target)[0] == 0
    cells = json.loads(target.read_text())["features"]
    assert len(cells) == 4
    assert {cell["properties"]["residents"] for cell in cells} == {1200}
    assert run("map", "方案一", "--out", tmp_path / "map.html")[0] == 0
    assert "西社区第一网格".encode("unicode-escape").decode() in (tmp_path / "map.html").read_text()


def test_a_broken_plan_leaves_with_exit_code_1(run: Run, database: Database, tmp_path: Path) -> None:
    run("import", blocks_file(tmp_path / "a.gpkg"), "--as", "blocks", "--name", "方区")
    with database.session() as session:
        session.execute(text("UPDATE plan_unit SET tallies = '{\"residents\": 1}' WHERE name = '西社区'"))
    code, out, _ = run("check")
    assert code == 1
    assert '"西社区"' in out


def geojson(path: Path, geometry: object, crs: str | None = None) -> Path:
    features = [{"type": "Feature", "properties": {"residents": 5}, "geometry": geometry}]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def box(x: float, y: float) -> object:
    return shapely.geometry.mapping(shapely.box(x, y, x + 0.01, y + 0.01))


def empty(folder: Path) -> Path:
    (folder / "bad.gpkg").write_bytes(b"")
    return folder / "bad.gpkg"


def lines(folder: Path) -> Path:
    return geojson(folder / "bad.geojson", {"type": "LineString", "coordinates": [[119, 33], [119.1, 33.1]]})


def not_a_number(folder: Path) -> Path:
    path = geojson(folder / "bad.geojson", box(119, 33.6))
    path.write_text(path.read_text().replace("33.6]", "NaN]"))
    return path


def infinity(folder: Path) -> Path:
    path = geojson(folder / "bad.geojson", box(119, 33.6))
    path.write_text(path.read_text().replace("33.6]", "Infinity]"))
    return path


def no_reference_system(folder: Path) -> Path:
    square_blocks().to_file(folder / "bad.shp")
    (folder / "bad.prj").unlink()
    return folder / "bad.shp"


def swapped_axes(folder: Path) -> Path:
    return geojson(folder / "bad.geojson", box(33.6, 119))


def truncated_zip(folder: Path) -> Path:
    square_blocks().to_file(folder / "a.geojson")
    with zipfile.ZipFile(folder / "bad.zip", "w") as archive:
        archive.write(folder / "a.geojson", "a.geojson")
    whole = (folder / "bad.zip").read_bytes()
    (folder / "bad.zip").write_bytes(whole[: len(whole) // 2])
    return folder / "bad.zip"


def negative_people(folder: Path) -> Path:
    frame = square_blocks()
    frame["residents"] = [-3, *[5] * 15]
    frame.to_file(folder / "bad.gpkg")
    return folder / "bad.gpkg"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (empty, ["bad.gpkg", "empty"]),
        (lines, ["block 1", "LineString"]),
        (not_a_number, ["NaN"]),
        (infinity, ["block 1", "infinite"]),
        (no_reference_system, ["bad.shp", "--crs"]),
        (swapped_axes, ["bad.geojson", "swapped"]),
        (truncated_zip, ["bad.zip"]),
        (negative_people, ["b00", "-3"]),
    ],
)
def test_a_bad_file_is_one_sentence_and_nothing_is_stored(
    run: Run, database: Database, tmp_path: Path, make: Callable[[Path], Path], words: list[str]
) -> None:
    code, out, err = run("import", make(tmp_path), "--as", "blocks")
    assert code not in {0, 70}
    assert all(word in err for word in words), err
    assert "Traceback" not in out + err
    assert stored(database) == 0


def test_a_missing_column_names_those_there_are(run: Run, database: Database, tmp_path: Path) -> None:
    path = blocks_file(tmp_path / "a.gpkg")
    code, _, err = run("import", path, "--as", "blocks", "--column", "residents=POPULATION")
    assert code not in {0, 70}
    assert "POPULATION" in err
    assert "households" in err
    assert stored(database) == 0


def test_a_unit_outside_its_parent_is_refused_with_both_names(
    run: Run, database: Database, tmp_path: Path
) -> None:
    run("import", blocks_file(tmp_path / "a.gpkg"), "--as", "blocks", "--name", "方区")
    west, south, _, _ = square_blocks().total_bounds
    shapes = [
        shapely.box(west, south, west + 300, south + 400),
        shapely.box(west + 300, south, west + 400, south + 400),
    ]
    cells = gpd.GeoDataFrame(
        {"name": ["跨界网格", "东边网格"], "parent": ["西社区", "东社区"]}, geometry=shapes, crs=4549
    )
    cells.to_file(tmp_path / "cells.gpkg")
    code, _, err = run("import", tmp_path / "cells.gpkg", "--as", "cells")
    assert code not in {0, 70}
    assert "跨界网格" in err
    assert "社区" in err
    with database.session() as session:
        assert session.scalar(text("SELECT count(*) FROM plan_unit WHERE level = 'cell'")) == 0


def test_a_plan_is_refused_for_what_belongs_to_none(run: Run, database: Database, tmp_path: Path) -> None:
    file = blocks_file(tmp_path / "a.gpkg")
    code, _, told = run("import", file, "--as", "blocks", "--name", "方区", "--plan", "first")
    assert code == 35
    assert "leave --plan out" in told
    assert stored(database) == 0
