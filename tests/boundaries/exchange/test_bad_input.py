"""Files that cannot be taken in are refused with a sentence that names the thing, and nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import text

from boundaries.errors import BoundaryError, ImportFileError
from boundaries.exchange import import_layer
from boundaries.plans import StoredPlan
from boundaries.sentences import Said
from boundaries.storage.database import Database
from tests.boundaries.conftest import ORIGIN, square_blocks
from tests.chinese import english, in_chinese

Refused = Callable[..., str]


@pytest.fixture
def refused(database: Database) -> Refused:
    """Import a file that must be refused; return the sentence, after checking that nothing was stored."""

    def attempt(path: Path, layer: str = "blocks", **options: Any) -> str:
        before = _rows(database)
        with pytest.raises(BoundaryError) as caught, database.session() as session:
            import_layer(session, path, layer, **options)
        assert _rows(database) == before
        said = caught.value.args[0]
        assert isinstance(said, Said)
        assert english(in_chinese(said.as_json())) == []
        return str(caught.value)

    return attempt


def _rows(database: Database) -> list[int]:
    tables = ("district", "block", "count", "plan", "plan_unit", "unit", "road", "building", "layer")
    with database.session() as session:
        return [session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables]


def _geojson(path: Path, *shapes: Any, **columns: list[Any]) -> Path:
    """Write shapes in longitude and latitude as they stand, also those no writer would let pass."""
    features = [
        {
            "type": "Feature",
            "properties": {name: values[n] for name, values in columns.items()},
            "geometry": shape
            if isinstance(shape, dict) or shape is None
            else shapely.geometry.mapping(shape),
        }
        for n, shape in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    return path


WEST, EAST = shapely.box(119.00, 33.60, 119.01, 33.61), shapely.box(119.01, 33.60, 119.02, 33.61)


def test_a_missing_and_an_empty_file(refused: Refused, tmp_path: Path) -> None:
    assert "there is no file" in refused(tmp_path / "nothing.gpkg")
    for name in ("empty.geojson", "empty.csv", "empty.zip", "empty.xlsx", "empty.gpkg"):
        (tmp_path / name).write_bytes(b"")
        assert refused(tmp_path / name).startswith(f"{name} is empty")
    assert "has no rows" in refused(_geojson(tmp_path / "none.geojson"))
    (tmp_path / "head.csv").write_text("key,wkt\n")
    assert "has no rows" in refused(tmp_path / "head.csv")


def test_a_file_of_another_kind(refused: Refused, tmp_path: Path) -> None:
    for name in ("noise.gpkg", "noise.geojson", "noise.xlsx", "noise.parquet", "noise.shp", "noise.bin"):
        (tmp_path / name).write_bytes(b"\x07\x93noise" * 400)
        assert name in refused(tmp_path / name)
    (tmp_path / "half.geojson").write_text(_geojson(tmp_path / "whole.geojson", WEST).read_text()[:-40])
    assert "half.geojson cannot be read as map data" in refused(tmp_path / "half.geojson")


def test_lines_given_as_polygons(refused: Refused, tmp_path: Path) -> None:
    path = _geojson(
        tmp_path / "lines.geojson", WEST, shapely.LineString([(119, 33.6), (119.1, 33.7)]), key=["a", "b"]
    )
    said = refused(path)
    assert "blocks are drawn as Polygon," in said
    assert "block b is a LineString" in said


def test_coordinates_that_are_no_numbers(refused: Refused, tmp_path: Path) -> None:
    ring = shapely.geometry.mapping(EAST)["coordinates"][0]
    for value in (float("nan"), float("inf")):
        broken = {"type": "Polygon", "coordinates": [[[value, 33.6], *ring[1:4], [value, 33.6]]]}
        said = refused(_geojson(tmp_path / "nan.geojson", WEST, broken, key=["a", "b"]))
        assert "coordinates that are NaN or infinite" in said
        assert "row 2" in said or "block b" in said
    (tmp_path / "nan.csv").write_text('key,wkt\na,"POLYGON((0 0, 10 0, nan 10, 0 0))"\n')
    assert "block a: coordinates that are NaN or infinite" in refused(tmp_path / "nan.csv", crs=4549)


def test_no_reference_system(refused: Refused, tmp_path: Path) -> None:
    frame = square_blocks().set_crs(None, allow_override=True)
    frame.to_parquet(tmp_path / "blocks.parquet")
    said = refused(tmp_path / "blocks.parquet")
    assert "does not say in which coordinate reference system it is" in said
    assert "--crs" in said
    assert "no coordinate reference system" in refused(tmp_path / "blocks.parquet", crs="EPSG:999999")


def test_swapped_axes(refused: Refused, tmp_path: Path, square: StoredPlan) -> None:
    swap = [shapely.transform(box, lambda xy: xy[:, ::-1]) for box in (WEST, EAST)]
    assert "axes look swapped" in refused(_geojson(tmp_path / "swapped.geojson", *swap))
    planar = square_blocks()
    planar.geometry = shapely.transform(planar.geometry.array, lambda xy: xy[:, ::-1])
    planar.to_file(tmp_path / "swapped.gpkg")
    assert "axes may be swapped" in refused(tmp_path / "swapped.gpkg", name="second")
    assert "方区 only with its axes swapped" in refused(tmp_path / "swapped.gpkg", "cells", district="square")


def test_metres_that_claim_to_be_degrees(refused: Refused, tmp_path: Path) -> None:
    x, y = ORIGIN
    said = refused(_geojson(tmp_path / "metres.geojson", shapely.box(x, y, x + 100, y + 100)))
    assert "no longitude and latitude" in said
    assert "--crs" in said


def test_a_truncated_zip_and_gzip(refused: Refused, tmp_path: Path, shared_data: Path) -> None:
    whole = (shared_data / "providence_blocks.zip").read_bytes()
    for share in (0.3, 0.9, 0.999):
        (tmp_path / "cut.zip").write_bytes(whole[: int(len(whole) * share)])
        assert "cut off" in refused(tmp_path / "cut.zip")
    packed = (shared_data / "barcelona" / "barris.geojson.gz").read_bytes()
    (tmp_path / "cut.geojson.gz").write_bytes(packed[:5000])
    assert "cut off" in refused(tmp_path / "cut.geojson.gz")


def test_negative_infinite_and_unreadable_people(refused: Refused, tmp_path: Path) -> None:
    path = _geojson(tmp_path / "people.geojson", WEST, EAST, key=["a", "b"], residents=[5, -3])
    assert "negative residents" in refused(path)
    assert "block b (-3)" in refused(path)
    _geojson(path, WEST, EAST, key=["a", "b"], residents=["5", "many"])
    assert 'block b has residents "many"' in refused(path)
    rows = [f'{key},"{box.wkt}",{people}\n' for key, box, people in (("a", WEST, 1), ("b", EAST, "inf"))]
    (tmp_path / "people.csv").write_text("key,wkt,residents\n" + "".join(rows))
    assert "block b has infinitely many residents" in refused(tmp_path / "people.csv", crs=4326)


def test_a_missing_column_names_those_there_are_and_the_nearest(refused: Refused, tmp_path: Path) -> None:
    path = _geojson(tmp_path / "columns.geojson", WEST, EAST, key=["a", "b"], TOTPOP10x=[5, 3])
    said = refused(path, columns={"residents": "TOTPOP10"})
    assert 'has no column "TOTPOP10"' in said
    assert "Columns there are: key, TOTPOP10x" in said
    assert 'nearest is "TOTPOP10x"' in said
    assert 'no field "colour"' in refused(path, "roads", columns={"colour": "key"})


def test_doubled_and_missing_keys(refused: Refused, tmp_path: Path) -> None:
    path = _geojson(tmp_path / "keys.geojson", WEST, EAST, key=["a", "a"])
    assert "more than one of the blocks: a" in refused(path)
    assert "no key in row 2" in refused(_geojson(path, WEST, EAST, key=["a", None]))


def test_empty_invalid_and_overlapping_polygons(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "shapes.geojson"
    assert "block b: no geometry" in refused(_geojson(path, WEST, None, key=["a", "b"]))
    bow = shapely.Polygon([(119, 33.6), (119.01, 33.61), (119.01, 33.6), (119, 33.61)])
    assert "invalid shapes: block a (crosses itself" in refused(_geojson(path, bow, key=["a"]))
    wide = shapely.box(119.005, 33.60, 119.02, 33.61)
    said = refused(_geojson(path, WEST, wide, key=["a", "b"]))
    assert "are no coverage" in said
    assert "block a" in said or "block b" in said


def test_a_unit_outside_its_parent_is_named_with_its_parent(
    refused: Refused, tmp_path: Path, square: StoredPlan
) -> None:
    x, y = ORIGIN
    halves = [shapely.box(x, y, x + 400, y + 200), shapely.box(x, y + 200, x + 400, y + 400)]
    cells = gpd.GeoDataFrame({"name": ["南", "北"]}, geometry=halves, crs=4549)
    cells.to_file(tmp_path / "cells.gpkg", layer="cells")
    said = refused(tmp_path / "cells.gpkg", "cells", plan="first")
    assert 'cell "南" lies outside its parent community "西门社区"' in said
    assert "东门社区" in said
    beyond = cells.copy()
    beyond.geometry = [shapely.box(x, y, x + 900, y + 200), halves[1]]
    beyond.to_file(tmp_path / "beyond.gpkg", layer="cells")
    assert 'cell "南" (56% of it): reaches outside' in refused(tmp_path / "beyond.gpkg", "cells")
    wrong = gpd.GeoDataFrame(
        {"name": ["西", "东"], "community": ["东门社区", "西门社区"]},
        geometry=[shapely.box(x, y, x + 200, y + 400), shapely.box(x + 200, y, x + 400, y + 400)],
        crs=4549,
    )
    wrong.to_file(tmp_path / "wrong.gpkg", layer="cells")
    said = refused(tmp_path / "wrong.gpkg", "cells", plan="first")
    assert 'cell "西" lies outside its parent community "东门社区"' in said


def test_a_block_that_straddles_two_units_is_named_with_both(
    refused: Refused, tmp_path: Path, square: StoredPlan
) -> None:
    x, y = ORIGIN
    pieces = [shapely.box(x, y, x + 150, y + 400), shapely.box(x + 150, y, x + 400, y + 400)]
    gpd.GeoDataFrame({"name": ["西", "东"]}, geometry=pieces, crs=4549).to_file(tmp_path / "c.gpkg")
    said = refused(tmp_path / "c.gpkg", "communities")
    assert "block b01 lies 50% in community" in said
    assert '"西"' in said
    assert '"东"' in said


def test_blocks_that_lie_in_several_parents_by_their_columns(refused: Refused, tmp_path: Path) -> None:
    path = _geojson(
        tmp_path / "b.geojson", WEST, EAST, key=["a", "b"], cell=["一号", "一号"], cell_code=["1", "1"],
        community=["东", "西"],
    )  # fmt: skip
    said = refused(path)
    assert 'cell "一号" (1) lies outside its parent community "东"' in said


def test_units_without_blocks_or_district(refused: Refused, tmp_path: Path) -> None:
    path = _geojson(tmp_path / "d.geojson", WEST, name=["区"])
    assert "none yet" in refused(path, "cells")
    assert "there is no layer" in refused(path, "parcels")


def test_a_virtual_file_that_points_elsewhere(refused: Refused, tmp_path: Path) -> None:
    for name in ("far.vrt", "far.gml"):
        (tmp_path / name).write_text("<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>")
        assert "only points to other data" in refused(tmp_path / name)


def test_refusals_are_one_kind_of_error(tmp_path: Path) -> None:
    assert issubclass(ImportFileError, BoundaryError)
