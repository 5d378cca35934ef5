"""Tables without geometry of their own: CSV and XLSX, with coordinates or WKT in columns."""

from __future__ import annotations

import csv
import io
import struct
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.errors import ImportFileError
from boundaries.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import Geometry

LONLAT = (
    ("lon", "lat"),
    ("lng", "lat"),
    ("long", "lat"),
    ("longitude", "latitude"),
    ("经度", "纬度"),
)
EASTNORTH = (("x", "y"), ("easting", "northing"), ("xcoord", "ycoord"), ("coordx", "coordy"))
DAMAGED = (
    ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError, RuntimeError,
    shapely.errors.ShapelyError, struct.error,
    SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What the libraries that read foreign formats raise on damaged files; they promise nothing narrower."""

WKT = ("wkt", "geometry", "geom", "thegeom", "wktgeometry", "几何")


def plain_name(name: object) -> str:
    """Return a column's name without case, spaces and punctuation, as names are compared."""
    return "".join(letter for letter in str(name).casefold() if letter.isalnum())


def read_delimited(name: str, content: bytes, encoding: str | None, notes: list[str]) -> pd.DataFrame:
    """Read CSV with commas, semicolons or tabs; every value stays text, empty ones become None.

    Raises
    ------
    ImportFileError
        When the text has neither encoding, or rows are longer than the head.
    """
    text = _decode(name, content, encoding, notes)
    head = text.lstrip().split("\n", 1)[0]
    comma = max(",;\t|", key=head.count)
    rows = list(csv.reader(io.StringIO(text), delimiter=comma))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise ImportFileError(no_rows(name))
    return _framed(name, rows[0], rows[1:])


def no_rows(name: str) -> Said:
    """Say that a file, or a sheet of one, has nothing in it."""
    return Said("file-no-rows", "{file} has no rows: there is nothing to import.", file=name)


def _decode(name: str, content: bytes, encoding: str | None, notes: list[str]) -> str:
    tried = [encoding] if encoding else ["utf-8-sig", "gb18030"]
    for candidate in tried:
        try:
            text = content.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
        if candidate == "gb18030" and not content.isascii():
            notes.append(Said("file-gb18030", "the text is no UTF-8; read as GB18030"))
        return text
    raise ImportFileError(
        Said("file-text", "the text of {file} is neither UTF-8 nor GB18030; save it as UTF-8.", file=name)
    )


def read_workbook(name: str, content: bytes, wanted: Sequence[str]) -> pd.DataFrame:
    """Read a sheet of an XLSX file; the first row with two filled cells is the head.

    Raises
    ------
    ImportFileError
        When it is no workbook, or has several sheets and none of those wanted.
    """
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that have no bearing on the values
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            names = book.sheetnames
            chosen = next((one for one in wanted if one in names), names[0] if len(names) == 1 else None)
            rows = [] if chosen is None else [list(row) for row in book[chosen].iter_rows(values_only=True)]
    except DAMAGED as error:
        raise ImportFileError(
            Said(
                "file-workbook",
                "{file} is no whole XLSX workbook ({why}). Save it again from the spreadsheet program.",
                file=name,
                why=str(error),
            )
        ) from error
    if chosen is None:
        raise ImportFileError(
            Said(
                "file-sheets",
                "{file} has several sheets: {names}. Name one with --file-layer.",
                file=name,
                names=names,
            )
        )
    filled = [row for row in rows if any(cell is not None for cell in row)]
    head = next((n for n, row in enumerate(filled) if sum(cell is not None for cell in row) > 1), None)
    if head is None:
        raise ImportFileError(no_rows(f"{name} [{chosen}]"))
    return _framed(name, [str(cell or "") for cell in filled[head]], filled[head + 1 :])


def _framed(name: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    columns = [cell.strip() for cell in head]
    while columns and not columns[-1]:
        columns.pop()
    doubled = sorted({column for column in columns if columns.count(column) > 1})
    if doubled or "" in columns:
        if doubled and doubled[0]:
            which = Said("file-column-twice", 'the column "{column}" twice', column=doubled[0])
        else:
            which = Said("file-column-nameless", "a column without a name")
        raise ImportFileError(
            Said(
                "file-head",
                "{file} has {what}; give every column a name of its own.",
                file=name,
                what=which,
            )
        )
    for number, row in enumerate(rows, 1):
        if any(cell not in (None, "") for cell in row[len(columns) :]):
            raise ImportFileError(
                Said(
                    "file-row-long",
                    "row {row} of {file} has more values than the {count} {count:column|columns} of its head; "
                    "values with commas in them need quotes.",
                    row=str(number),
                    file=name,
                    count=len(columns),
                )
            )
    width = len(columns)
    padded = [[*row[:width], *[None] * (width - len(row))] for row in rows]
    cells = [[None if cell == "" else cell for cell in row] for row in padded]
    return pd.DataFrame(cells, columns=columns, dtype=object)


def with_geometry(frame: pd.DataFrame, name: str, notes: list[str]) -> gpd.GeoDataFrame:
    """Give a table the geometry its columns hold: WKT, longitude and latitude, or planar x and y.

    Raises
    ------
    ImportFileError
        When it has none of these, or WKT that cannot be read, naming the row.
    """
    there = {plain_name(column): str(column) for column in frame.columns}
    wkt = next((there[known] for known in WKT if known in there), None)
    if wkt is not None:
        shapes: list[Geometry | None] = [_shape(name, row, value) for row, value in enumerate(frame[wkt], 1)]
        notes.append(Said("file-wkt", 'geometry read from the WKT in column "{column}"', column=wkt))
        return gpd.GeoDataFrame(frame.drop(columns=wkt), geometry=shapes)
    for x, y in (*LONLAT, *EASTNORTH):
        if x in there and y in there:
            points = _points(frame[there[x]], frame[there[y]])
            notes.append(
                Said(
                    "file-points",
                    'points read from columns "{x}" (x) and "{y}" (y)',
                    x=there[x],
                    y=there[y],
                )
            )
            return gpd.GeoDataFrame(frame.drop(columns=[there[x], there[y]]), geometry=points)
    raise ImportFileError(
        Said(
            "file-no-coordinates",
            "{file} has no coordinates: it needs columns lon and lat, x and y, or wkt. Columns there are: {columns}.",
            file=name,
            columns=[str(column) for column in frame.columns],
        )
    )


def _shape(name: str, row: int, value: object) -> Geometry | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    try:
        return shapely.from_wkb(value) if isinstance(value, bytes) else shapely.from_wkt(str(value))
    except shapely.errors.GEOSException as error:
        raise ImportFileError(
            Said(
                "file-wkt-unreadable",
                "row {row} of {file} has WKT that cannot be read: {why}.",
                row=str(row),
                file=name,
                why=str(error).rstrip("."),
            )
        ) from error


def _points(x: pd.Series, y: pd.Series) -> NDArray[np.object_]:
    """Rows without both numbers have no point; infinite ones are kept for the checks that name them."""
    xy = np.column_stack([pd.to_numeric(column, errors="coerce").to_numpy(float) for column in (x, y)])
    points = np.full(len(xy), None, dtype=object)
    whole = ~np.isnan(xy).any(axis=1)
    points[whole] = shapely.points(xy[whole])
    return points
