"""Reading a file as a table with geometry, whatever its format."""

from __future__ import annotations

import gzip
import io
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from boundaries.errors import ImportFileError
from boundaries.exchange.tabular import DAMAGED, no_rows, read_delimited, read_workbook, with_geometry
from boundaries.exchange.values import listed
from boundaries.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

DELIMITED = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".geoparquet")
SIDE_FILES = (".dbf", ".shx", ".prj", ".cpg", ".qpj", ".qix", ".sbn", ".sbx", ".xml", ".txt", ".md", ".pdf")
_VIRTUAL = (b"<OGRVRT", b"<VRTDataset", b"<OGRWFS", b"<WFS_", b"<OGRWMS")


@dataclass(frozen=True)
class Table:
    """Rows of a file with their geometry.

    Attributes
    ----------
    frame
        A GeoDataFrame; its CRS is None where the file says nothing, its geometry None in rows without.
    source
        Name of the file, without its folder.
    notes
        What had to be chosen to read it.
    """

    frame: gpd.GeoDataFrame
    source: str
    notes: list[str] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """Names of the columns besides the geometry."""
        return [str(name) for name in self.frame.columns if name != self.frame.geometry.name]


def read_table(
    path: Path | str,
    *,
    crs: str | int | None = None,
    layer: str | Sequence[str] | None = None,
    encoding: str | None = None,
) -> Table:
    """Read a file of any vector format of GDAL, of GeoParquet, CSV or XLSX; zipped and gzipped ones too.

    Parameters
    ----------
    crs
        Taken instead of what the file says, such as "EPSG:4549"; the table's notes say so.
    layer
        The layer or sheet to read where there are several; of several names, the first that is there.
    encoding
        Of the text; guessed between UTF-8 and GB18030 when not given.

    Raises
    ------
    ImportFileError
        When the file is missing, empty, broken or of no readable format, or has several layers and none is
        named.
    """
    path = Path(path)
    _require_content(path)
    wanted = [layer] if isinstance(layer, str) else list(layer or [])
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        frame = _read(path, wanted, encoding, notes)
    notes += [
        Said("file-warning", "while reading: {what}", what=what)
        for what in sorted({str(warning.message) for warning in heard if _matters(warning)})
    ]
    if len(frame) == 0:
        raise ImportFileError(no_rows(path.name))
    if crs is not None:
        frame = _with_crs(frame, crs, notes)
    return Table(frame.reset_index(drop=True), path.name, notes)


def _matters(warning: warnings.WarningMessage) -> bool:
    return issubclass(warning.category, RuntimeWarning | UserWarning)


def _require_content(path: Path) -> None:
    if not path.is_file():
        raise ImportFileError(Said("file-none", "there is no file {file}; check the name.", file=str(path)))
    if path.stat().st_size == 0:
        raise ImportFileError(_empty(path.name))


def _empty(name: str) -> Said:
    return Said("file-empty", "{file} is empty (0 bytes): export or download it again.", file=name)


def _with_crs(frame: gpd.GeoDataFrame, crs: str | int, notes: list[str]) -> gpd.GeoDataFrame:
    from boundaries.exchange.placing import parse_crs

    asked = parse_crs(crs)
    if frame.crs is not None and not frame.crs.equals(asked, ignore_axis_order=True):
        notes.append(
            Said(
                "crs-instead",
                "the file says {stated}; {crs} was taken instead, as asked for",
                stated=frame.crs.name,
                crs=asked.name,
            )
        )
    return frame.set_crs(asked, allow_override=True)


def _read(path: Path, wanted: list[str], encoding: str | None, notes: list[str]) -> gpd.GeoDataFrame:
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return _read_bytes(path.name[:-3], _gunzip(path), wanted, encoding, notes)
    if suffix in (".zip", ".kmz") or (suffix not in WORKBOOKS and zipfile.is_zipfile(path)):
        return _read_zip(path, wanted, encoding, notes)
    if suffix == ".shp":
        sides = {side.suffix.lower(): side for side in path.parent.glob(f"{path.stem}.*")}
        text: dict[str, bytes] = {end: sides[end].read_bytes() for end in (".dbf", ".cpg") if end in sides}
        return _read_vector(path, path.name, wanted, encoding or _dbf_encoding(text, notes))
    if suffix in (*DELIMITED, *WORKBOOKS, *PARQUET):
        return _read_bytes(path.name, path.read_bytes(), wanted, encoding, notes)
    with path.open("rb") as opened:
        _refuse_virtual(path.name, opened.read(4096))
    return _read_vector(path, path.name, wanted, encoding)


def _read_bytes(
    name: str, content: bytes, wanted: list[str], encoding: str | None, notes: list[str]
) -> gpd.GeoDataFrame:
    suffix = PurePosixPath(name).suffix.lower()
    if not content:
        raise ImportFileError(_empty(name))
    if suffix in DELIMITED:
        return with_geometry(read_delimited(name, content, encoding, notes), name, notes)
    if suffix in WORKBOOKS:
        return with_geometry(read_workbook(name, content, wanted), name, notes)
    if suffix in PARQUET:
        return _read_parquet(name, content, notes)
    _refuse_virtual(name, content[:4096])
    return _read_vector(content, name, wanted, encoding)


def _refuse_virtual(name: str, head: bytes) -> None:
    """Refuse virtual data sets, which name other files and addresses to read."""
    if any(mark in head for mark in _VIRTUAL):
        raise ImportFileError(
            Said(
                "file-virtual",
                "{file} only points to other data; save it as GeoPackage and import that.",
                file=name,
            )
        )


def _gunzip(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ImportFileError(
            Said(
                "file-damaged",
                "{file} cannot be unpacked ({why}): it is damaged or cut off. Download or copy it again.",
                file=path.name,
                why=str(error),
            )
        ) from error


def _read_zip(path: Path, wanted: list[str], encoding: str | None, notes: list[str]) -> gpd.GeoDataFrame:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except DAMAGED as error:
        raise ImportFileError(
            Said(
                "file-damaged",
                "{file} cannot be unpacked ({why}): it is damaged or cut off. Download or copy it again.",
                file=path.name,
                why=str(error),
            )
        ) from error
    if broken is not None:
        raise ImportFileError(
            Said(
                "file-member",
                "{inner} inside {file} is damaged. Download or copy the file again.",
                inner=broken,
                file=path.name,
            )
        )
    with zipfile.ZipFile(path) as archive:
        return _read_member(path, archive, _data_file(path, names), names, wanted, encoding, notes)


def _data_file(path: Path, names: Sequence[str]) -> str:
    """Return the one data set in a zip."""
    data = [
        name
        for name in sorted(names)
        if not name.startswith("__MACOSX")
        and not PurePosixPath(name).name.startswith(".")
        and PurePosixPath(name).suffix.lower() not in SIDE_FILES
    ]
    if not data:
        raise ImportFileError(
            Said(
                "file-no-data",
                "{file} holds no data set: {names}.",
                file=path.name,
                names=sorted(names)[:8] or Said("nothing", "nothing"),
            )
        )
    if len(data) > 1:
        raise ImportFileError(
            Said(
                "file-several-data",
                "{file} holds several data sets: {names}. Unpack it and import the one you mean.",
                file=path.name,
                names=data[:8],
            )
        )
    return data[0]


def _read_member(
    path: Path,
    archive: zipfile.ZipFile,
    inner: str,
    names: Sequence[str],
    wanted: list[str],
    encoding: str | None,
    notes: list[str],
) -> gpd.GeoDataFrame:
    suffix = PurePosixPath(inner).suffix.lower()
    if suffix != ".shp":
        return _read_bytes(PurePosixPath(inner).name, archive.read(inner), wanted, encoding, notes)
    stem = inner[: -len(suffix)].lower()
    sides = {PurePosixPath(n).suffix.lower(): n for n in names if n[: n.rfind(".")].lower() == stem}
    for needed in (".shx", ".dbf"):
        if needed not in sides:
            raise ImportFileError(
                Said(
                    "file-shapefile",
                    "{file} has {inner} but no {needed} beside it: a shapefile needs .shp, .shx and .dbf. "
                    "Pack all its files.",
                    file=path.name,
                    inner=inner,
                    needed=needed,
                )
            )
    text: dict[str, bytes] = {
        suffix: archive.read(sides[suffix]) for suffix in (".dbf", ".cpg") if suffix in sides
    }
    where = f"/vsizip/{{{path.resolve()}}}/{inner}"  # braces: the name need not end in .zip
    return _read_vector(where, path.name, wanted, encoding or _dbf_encoding(text, notes))


def _dbf_encoding(sides: dict[str, bytes], notes: list[str]) -> str | None:
    """Guess the encoding of a shapefile's text where no .cpg file states it."""
    if ".cpg" in sides or ".dbf" not in sides or sides[".dbf"].isascii():
        return None
    records = sides[".dbf"][32:]
    for encoding in ("utf-8", "gb18030"):
        try:
            records.replace(b"\0", b" ").decode(encoding)
        except UnicodeDecodeError:
            continue
        notes.append(
            Said(
                "file-encoding",
                "the file does not state the encoding of its text; read as {encoding}",
                encoding=encoding.upper(),
            )
        )
        return encoding
    return None


def _read_parquet(name: str, content: bytes, notes: list[str]) -> gpd.GeoDataFrame:
    try:
        frame = gpd.read_parquet(io.BytesIO(content))
    except DAMAGED as no_geometry:
        try:
            plain = pd.read_parquet(io.BytesIO(content))
        except DAMAGED as error:
            raise ImportFileError(_no_parquet(name, error)) from error
        if "geo" in plain.columns or "missing geo metadata" not in str(no_geometry).lower():
            raise ImportFileError(_no_parquet(name, no_geometry)) from no_geometry
        return with_geometry(plain, name, notes)
    return frame


def _no_parquet(name: str, error: Exception) -> Said:
    return Said("file-parquet", "{file} cannot be read as GeoParquet: {why}.", file=name, why=_plain(error))


def _read_vector(
    source: Path | str | bytes, name: str, wanted: list[str], encoding: str | None
) -> gpd.GeoDataFrame:
    try:
        layer = _choose_layer(name, [str(row[0]) for row in pyogrio.list_layers(source)], wanted)
        options: dict[str, Any] = {} if encoding is None else {"encoding": encoding}
        frame = pyogrio.read_dataframe(source, layer=layer, **options)
    except ImportFileError:
        raise
    except shapely.errors.GEOSException as error:
        rows = np.flatnonzero(
            pyogrio.read_dataframe(source, layer=layer, on_invalid="ignore", **options).geometry.isna()
        )
        raise ImportFileError(
            Said(
                "file-coordinates",
                "{file}: row {rows} has coordinates that are NaN or infinite, or rings that do not close ({why}). "
                "Correct them and import again.",
                file=name,
                rows=listed([str(row + 1) for row in rows.tolist()]),
                why=_plain(error),
            )
        ) from error
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError) as error:
        raise ImportFileError(
            Said(
                "file-unreadable",
                "{file} cannot be read as map data: {why}. Is it complete, and of a format such as "
                "GeoPackage, GeoJSON, zipped shapefile, GeoParquet, CSV or XLSX?",
                file=name,
                why=_plain(error),
            )
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        return with_geometry(frame, name, [])
    return frame


def _plain(error: Exception) -> str:
    """Say what GDAL said without the addresses it uses inside."""
    words = str(error).split(";")[0].strip().rstrip(".")
    return " ".join("the file" if word.startswith(("/vsi", "'/vsi")) else word for word in words.split())[
        :300
    ]


def _choose_layer(name: str, there: list[str], wanted: list[str]) -> str:
    if not there:
        raise ImportFileError(
            Said("file-no-layer", "{file} has no layer: there is nothing to import.", file=name)
        )
    for layer in wanted:
        if layer in there:
            return layer
    if len(there) == 1:
        return there[0]
    raise ImportFileError(
        Said(
            "file-layers",
            "{file} has several layers: {names}. Name one with --file-layer.",
            file=name,
            names=there[:12],
        )
    )
