"""What an import is asked to do, and what it reports when it is done."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from boundaries.layers import touch_layer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from boundaries.exchange.reading import Table
    from boundaries.storage.plan_tables import Plan
    from boundaries.storage.tables import District

    Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class ImportRequest:
    """One file to take in as one layer.

    Attributes
    ----------
    district, plan
        Id, key or name; None lets the importer find it.
    name
        Name of the district or of the plan that the import makes.
    crs
        Overrides what the file says; needed where it says nothing.
    columns
        Field to column; fields left out are guessed, and an empty column turns a guess off.
    """

    session: Session
    path: Path
    layer: str
    district: str | int | None
    name: str | None
    crs: str | int | None
    columns: Mapping[str, str]
    count_date: dt.date | None
    plan: str | int | None
    on_progress: Progress


@dataclass(frozen=True)
class RowProblem:
    """A row that was left out: its number in the file (the first row of data is 1) and why."""

    row: int
    reason: str


@dataclass
class ImportReport:
    """What an import read, chose, stored and left out.

    Attributes
    ----------
    district
        Its name.
    mapping
        Field to the column it was read from.
    unused
        Columns of the file that nothing was read from.
    totals
        Measure to its sum over all rows, as stored.
    notes
        Sentences on every choice that was made and everything that was not taken as it stood.
    skipped
        Rows that were left out, one by one.
    """

    layer: str
    source: str
    rows: int = 0
    stored: int = 0
    district: str | None = None
    district_id: int | None = None
    srid: int | None = None
    plan: str | None = None
    plan_id: int | None = None
    count_date: dt.date | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    totals: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    skipped: list[RowProblem] = field(default_factory=list)

    def on(self, district: District) -> None:
        """Name the district the layer went to."""
        self.district, self.district_id, self.srid = district.name, district.id, district.srid

    def made(self, plan: Plan) -> None:
        """Name the plan the import made or filled."""
        self.plan, self.plan_id = plan.name, plan.id

    def as_json(self) -> dict[str, Any]:
        """Return the report with the date as text."""
        return {**asdict(self), "count_date": self.count_date.isoformat() if self.count_date else None}


def record_layer(session: Session, district: District, report: ImportReport) -> None:
    """Write where the layer came from, with what notes, under the next revision."""
    touch_layer(session, district, report.layer, report.source, report.notes)


if TYPE_CHECKING:
    Importer = Callable[[ImportRequest, Table, ImportReport], None]
