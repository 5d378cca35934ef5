"""Every format gives the same table, and damaged copies of it never more than a sentence."""

from __future__ import annotations

import gzip
import random
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import shapely

from boundaries.errors import BoundaryError, ImportFileError
from boundaries.exchange.reading import read_table
from tests.boundaries.conftest import square_blocks

FORMATS = ("gpkg", "geojson", "geojson.gz", "parquet", "zip", "csv", "csv.gz", "xlsx", "kml", "fgb")


def _write(folder: Path, suffix: str) -> Path:
    """Write the sixteen blocks with a Chinese column in one format; their plane is EPSG:4549 unless the format has its own."""
    frame = square_blocks().assign(名称=[f"街块{n}" for n in range(16)])
    path = folder / f"blocks.{suffix}"
    if suffix.endswith(".gz"):
        path.write_bytes(gzip.compress(_write(folder, suffix[:-3]).read_bytes()))
    elif suffix == "zip":
        frame.to_file(folder / "blocks.shp", encoding="UTF-8")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(folder.glob("blocks.*")):
                if part.suffix in {".shp", ".shx", ".dbf", ".prj", ".cpg"}:
                    archive.write(part, f"folder/{part.name}")
    elif suffix in {"csv", "xlsx"}:
        table = frame.drop(columns="geometry").assign(WKT=frame.geometry.to_wkt())
        table.to_csv(path, index=False) if suffix == "csv" else table.to_excel(path, index=False)
    elif suffix == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_crs(4326 if suffix in {"geojson", "kml"} else 4549).to_file(
            path,
            driver={"kml": "KML"}.get(suffix),
            **({"SPATIAL_INDEX": "NO"} if suffix == "fgb" else {}),  # its index would change the order
        )
    return path


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_format_gives_all_rows_columns_and_shapes(tmp_path: Path, suffix: str) -> None:
    table = read_table(_write(tmp_path, suffix))
    assert len(table.frame) == 16
    assert table.source == f"blocks.{suffix}"
    if suffix != "kml":
        assert table.frame["名称"].tolist() == [f"街块{n}" for n in range(16)]
    given = table.frame if table.frame.crs is not None else table.frame.set_crs(4549)
    moved = given.to_crs(4549).geometry.array
    expected = square_blocks().geometry.array
    assert shapely.area(shapely.symmetric_difference(moved, expected)).max() < 0.1


@pytest.mark.parametrize("suffix", FORMATS)
def test_damaged_copies_are_read_or_refused_but_never_break(tmp_path: Path, suffix: str) -> None:
    whole = _write(tmp_path, suffix).read_bytes()
    chance = random.Random(suffix)
    said = list[str]()
    for _ in range(12):
        copy = bytearray(whole)
        if chance.random() < 0.4:
            del copy[chance.randrange(len(copy)) :]
        for _ in range(chance.choice((1, 20, 200))):
            copy[chance.randrange(len(copy))] = chance.randrange(256) if copy else 0
        (tmp_path / f"copy.{suffix}").write_bytes(copy)
        try:
            read_table(tmp_path / f"copy.{suffix}")
        except BoundaryError as error:
            said.append(str(error))
    assert said
    assert all("copy." in sentence for sentence in said)


def test_a_file_without_a_suffix_is_read_by_what_is_in_it(tmp_path: Path) -> None:
    for suffix in ("geojson", "gpkg", "zip"):
        bare = _write(tmp_path, suffix).rename(tmp_path / f"blocks_{suffix}")
        assert len(read_table(bare).frame) == 16


def test_a_layer_is_chosen_by_name_and_asked_for_where_there_are_several(tmp_path: Path) -> None:
    frame = square_blocks()
    path = tmp_path / "two.gpkg"
    frame.to_file(path, layer="blocks")
    frame.head(3).to_file(path, layer="others")
    assert len(read_table(path, layer="others").frame) == 3
    assert len(read_table(path, layer=("cells", "blocks")).frame) == 16
    with pytest.raises(ImportFileError, match="several layers: blocks, others"):
        read_table(path)


def test_a_zip_must_hold_one_whole_data_set(tmp_path: Path) -> None:
    shapes = _write(tmp_path, "zip")
    with zipfile.ZipFile(tmp_path / "part.zip", "w") as part:
        part.writestr("blocks.shp", (tmp_path / "blocks.shp").read_bytes())
    with pytest.raises(ImportFileError, match=r"no \.shx beside it"):
        read_table(tmp_path / "part.zip")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as two:
        two.write(shapes, "a.geojson")
        two.write(shapes, "b.geojson")
    with pytest.raises(ImportFileError, match=r"several data sets: a\.geojson, b\.geojson"):
        read_table(tmp_path / "two.zip")
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as none:
        none.writestr("readme.txt", "nothing here")
    with pytest.raises(ImportFileError, match="holds no data set"):
        read_table(tmp_path / "none.zip")


def test_chinese_text_of_a_shapefile_without_its_encoding_is_guessed_and_said(tmp_path: Path) -> None:
    frame = square_blocks().assign(名称="清江浦")
    frame.to_file(tmp_path / "old.shp", encoding="GB18030")
    (tmp_path / "old.cpg").unlink()
    table = read_table(tmp_path / "old.shp")
    assert set(table.frame["名称"]) == {"清江浦"}
    assert any("GB18030" in note for note in table.notes)


def test_a_reference_system_given_by_hand_wins_and_is_said(tmp_path: Path) -> None:
    table = read_table(_write(tmp_path, "gpkg"), crs=4528)
    assert table.frame.crs.to_epsg() == 4528
    assert any("was taken instead, as asked for" in note for note in table.notes)


def test_a_table_needs_coordinates_and_even_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,residents\na,1\n")
    with pytest.raises(ImportFileError, match=r"no coordinates: .* Columns there are: name, residents"):
        read_table(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text("name,lon,lat\na,119,33,7\n")
    with pytest.raises(ImportFileError, match=r"row 1 of b\.csv has more values than the 3 columns"):
        read_table(tmp_path / "b.csv")
    (tmp_path / "c.csv").write_text("name,name,lon,lat\na,b,119,33\n")
    with pytest.raises(ImportFileError, match='the column "name" twice'):
        read_table(tmp_path / "c.csv")
    (tmp_path / "d.csv").write_text("经度;纬度\n119;33\n")
    assert read_table(tmp_path / "d.csv").frame.geometry[0] == shapely.Point(119, 33)


def test_a_plain_parquet_table_with_coordinates_is_read(tmp_path: Path) -> None:
    points = pd.DataFrame({"name": ["a"], "lng": [119.0], "lat": [33.0]})
    points.to_parquet(tmp_path / "points.parquet")
    table = read_table(tmp_path / "points.parquet", crs=4326)
    assert table.frame.geometry[0] == shapely.Point(119, 33)
