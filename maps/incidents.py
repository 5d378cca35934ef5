"""Taking reported matters in from a file: bad rows are reported one by one, good ones are kept (R17)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import text

from boundaries.errors import ImportFileError
from boundaries.exchange import LAYERS as BOUNDARY_LAYERS
from boundaries.exchange.columns import map_columns
from boundaries.exchange.placing import POINTS, district_outline, place
from boundaries.exchange.request import RowProblem, record_layer
from boundaries.exchange.values import listed, texts
from boundaries.plans import find_district
from boundaries.sentences import Said
from boundaries.storage.database import copy_rows, ewkb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import Importer, ImportReport, ImportRequest
    from boundaries.storage.tables import District

FIELDS = ("time", "category", "tier", "source")

OUTSIDE_M = 100.0
"""An incident this far outside the district still counts as on its rim, metres."""

TIERS = {
    "ordinary": ("ordinary", "一般", "普通", "minor"),
    "larger": ("larger", "较大", "重要"),
    "major": ("major", "重大", "特大", "紧急"),
}

PLAUSIBLE = (pd.Timestamp("1900-01-01", tz="UTC"), pd.Timestamp("2200-01-01", tz="UTC"))
"""Times outside this span are slips of the pen."""

_FORMATS = (
    "ISO8601",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日",
)


def import_incidents(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Add incidents to a district; persons' names and any other column of the file are not taken.

    A time without a zone is local time of the district. Rows without coordinates or time, or outside the
    district, are left out and listed.

    Raises
    ------
    ImportFileError
        When the very same file was taken in before, or has no row that can be.
    """
    session = request.session
    mapping = map_columns(table, FIELDS, request.columns, report, required=("time",))
    district = find_district(session, request.district)
    report.on(district)
    digest = _require_new(session, district, request.path)
    problems: dict[int, Said] = {}
    shapes = _points(table, problems)
    at = _times(texts(table, mapping["time"]), district, problems, report)
    tier = _tiers(texts(table, mapping.get("tier")), problems)
    request.on_progress(0.3, Said("doing-place-incidents", "placing the incidents"))
    placed = _placed(session, table, shapes, district, problems)
    category = [value or "unknown" for value in texts(table, mapping.get("category"))]
    source = texts(table, mapping.get("source"))
    _report_repeats(table, report)
    good = [row for row in range(len(shapes)) if row not in problems]
    if not good:
        raise ImportFileError(
            Said(
                "incidents-no-row",
                "no row of {file} can be taken in; the first: row {row} {reason}.",
                file=table.source,
                row=str(min(problems) + 1),
                reason=problems[min(problems)],
            )
        )
    request.on_progress(0.6, Said("doing-store-incidents", "storing the incidents"))
    copy_rows(
        session,
        "incident",
        ["district_id", "srid", "at", "category", "tier", "source", "provenance", "geom"],
        (
            (
                district.id, district.srid, at[row], category[row], tier[row], source[row],
                json.dumps({"file": table.source, "row": row + 1, "sha256": digest}), shape,
            )
            for row, shape in zip(good, ewkb(placed[good], district.srid), strict=True)
        ),
    )  # fmt: skip
    report.skipped = [RowProblem(row + 1, problems[row]) for row in sorted(problems)]
    report.stored = len(good)
    if problems:
        report.notes.append(
            Said(
                "incidents-left-out",
                "{count} of {all} rows {count:was left out, listed|were left out, each listed} with its reason",
                count=len(problems),
                all=len(shapes),
            )
        )
    record_layer(session, district, report)


LAYERS: Mapping[str, Importer] = {**BOUNDARY_LAYERS, "incidents": import_incidents}
"""Every layer that can be taken in, incidents included."""


def _require_new(session: Session, district: District, path: Path) -> str:
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    known = session.scalar(
        text("SELECT count(*) FROM incident WHERE district_id = :d AND provenance->>'sha256' = :digest"),
        {"d": district.id, "digest": digest},
    )
    if known:
        raise ImportFileError(
            Said(
                "incidents-again",
                "{file} was taken in before, with {count} {count:incident|incidents} of {district}; "
                "taken in again they would count "
                "twice. Nothing was stored.",
                file=path.name,
                count=known,
                district=district.name,
            )
        )
    return digest


def _points(table: Table, problems: dict[int, Said]) -> NDArray[np.object_]:
    shapes = np.asarray(table.frame.geometry.array, dtype=object).copy()
    nowhere = shapely.points(0.0, 0.0)
    for row, shape in enumerate(shapes):
        if shape is None or shape.is_empty:
            problems[row] = Said("incident-nowhere", "has no coordinates")
        elif shape.geom_type not in POINTS:
            problems[row] = Said(
                "incident-shape", "is a {shape}, and an incident is a point", shape=shape.geom_type
            )
        elif not np.isfinite(shapely.get_coordinates(shape)).all():
            problems[row] = Said("incident-infinite", "has coordinates that are NaN or infinite")
        if row in problems:
            shapes[row] = nowhere
    return shapes


def _times(
    values: Sequence[str | None], district: District, problems: dict[int, Said], report: ImportReport
) -> list[dt.datetime | None]:
    """Read (n,) times; those without a zone are the district's local time."""
    written = pd.Series(list(values), dtype="string").str.replace("Z$", "+00:00", regex=True)
    zoned = written.str.contains(r"\d[+-]\d\d:?\d\d$", regex=True, na=False)
    found = pd.Series(pd.NaT, index=written.index, dtype="datetime64[us, UTC]")
    found[zoned] = pd.to_datetime(written[zoned], errors="coerce", utc=True, format="ISO8601")
    local = pd.Series(pd.NaT, index=written.index, dtype="datetime64[us]")
    for form in _FORMATS:
        open_rows = local.isna() & ~zoned & written.notna()
        if open_rows.any():
            local[open_rows] = pd.to_datetime(written[open_rows], errors="coerce", format=form)
    standard = np.zeros(int((~zoned).sum()), dtype=bool)  # an hour that occurs twice is the later one
    found[~zoned] = (
        local[~zoned]
        .dt.tz_localize(ZoneInfo(district.time_zone), ambiguous=standard, nonexistent="shift_forward")
        .dt.tz_convert("UTC")
    )
    found = found.where(found.between(*PLAUSIBLE))
    naive = int(((~zoned) & local.notna()).sum())
    if naive:
        report.notes.append(
            Said(
                "incidents-zone",
                "{count} {count:time states|times state} no zone: taken as local time of the district ({zone})",
                count=naive,
                zone=district.time_zone,
            )
        )
    for row in np.flatnonzero(found.isna()).tolist():
        problems.setdefault(
            row,
            Said("incident-no-time", "has no time")
            if values[row] is None
            else Said("incident-time", 'has the time "{value}", which cannot be read', value=values[row]),
        )
    return [None if time is pd.NaT else time.to_pydatetime() for time in found]


def _tiers(values: Sequence[str | None], problems: dict[int, Said]) -> list[str]:
    own = {word: tier for tier, words in TIERS.items() for word in words}
    found = [own.get(value.casefold()) if value else "ordinary" for value in values]
    for row, tier in enumerate(found):
        if tier is None:
            problems.setdefault(
                row,
                Said(
                    "incident-tier",
                    'has the tier "{value}"; tiers are ordinary, larger and major',
                    value=values[row],
                ),
            )
    return [tier or "ordinary" for tier in found]


def _placed(
    session: Session, table: Table, shapes: NDArray[np.object_], district: District, problems: dict[int, Said]
) -> NDArray[np.object_]:
    outline = district_outline(session, district)
    good = np.array([row for row in range(len(shapes)) if row not in problems], dtype=np.int64)
    placed = shapes.copy()
    if not len(good):
        return placed
    placed[good] = place(table, shapes[good], district, outline)
    if outline is not None:
        shapely.prepare(outline)
        outside = good[~shapely.dwithin(outline, placed[good], OUTSIDE_M)]
        distance = shapely.distance(outline, placed[outside])
        for row, metres in zip(outside.tolist(), distance.tolist(), strict=True):
            problems[row] = Said(
                "incident-outside",
                "lies {km} km outside {district}",
                km=f"{metres / 1000:,.1f}",
                district=district.name,
            )
    return placed


def _report_repeats(table: Table, report: ImportReport) -> None:
    whole = pd.DataFrame({column: table.frame[column].astype("string") for column in table.columns})
    whole["where it lies"] = table.frame.geometry.to_wkt()
    again = np.flatnonzero(whole.duplicated())
    if len(again):
        rows = listed([Said("row", "row {row}", row=str(row + 1)) for row in again.tolist()])
        report.notes.append(
            Said(
                "incidents-repeat",
                "{count} {count:row repeats|rows repeat} an earlier row in every column; "
                "{count:it is|they are} kept ({rows})",
                count=len(again),
                rows=rows,
            )
        )
