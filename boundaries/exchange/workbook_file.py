"""A plan as an XLSX workbook: tables to read and to calculate with, no geometry."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from boundaries.exchange.plan_rows import PlanRows

_EPOCH = (1980, 1, 1, 0, 0, 0)
_WRITTEN_ON = "2000-01-01T00:00:00Z"
_CELL_TEXT = 32_767
"""The most characters a cell of XLSX holds."""


def write_workbook(path: Path, rows: PlanRows, blocks: PlanRows) -> None:
    """Write the sheets ``units``, ``blocks`` and ``about``, each under a title row; the same bytes every time."""
    book = Workbook()
    book.remove(book.worksheets[0])
    if rows is not blocks:
        _sheet(book.create_sheet("units"), rows)
    _sheet(book.create_sheet("blocks"), blocks)
    about = book.create_sheet("about")
    for item, value in rows.about.items():
        about.append([item, value])
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 24, 48
    held = io.BytesIO()
    book.save(held)
    path.write_bytes(_timeless(held.getvalue()))


def _sheet(sheet: Worksheet, rows: PlanRows) -> None:
    sheet.append([title(rows)])
    sheet["A1"].font = Font(bold=True, size=13)
    columns = list(rows.rows[0])
    sheet.append(columns)
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for row in rows.rows:
        sheet.append([_value(row[column]) for column in columns])
    for n, column in enumerate(columns, 1):
        widest = max(len(str(row[column] if row[column] is not None else "")) for row in rows.rows[:200])
        sheet.column_dimensions[get_column_letter(n)].width = min(max(len(column), widest) + 2, 40)
    sheet.freeze_panes = "A3"


def title(rows: PlanRows) -> str:
    """Return the line that says what a table or map is of."""
    about = rows.about
    parts = [
        str(about["district"]),
        str(about["plan"]),
        f"revision {about['revision']}",
        f"counts of {about['count_date']}" if about["count_date"] else "no counts",
        *(["合成数据 synthetic"] if about["synthetic"] else []),
    ]
    return " · ".join(parts)


def _value(value: Any) -> str | float | int | None:
    if isinstance(value, list):
        written = "; ".join(_item(item) for item in value)
        if len(written) > _CELL_TEXT:
            return f"{len(value):,} of them; see the sheet blocks"
        return written or None
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@")):
        return f"'{value}"  # a spreadsheet would take it for a formula
    return value  # type: ignore[no-any-return]  # numbers, texts and None as they are


def _item(item: Any) -> str:
    if isinstance(item, dict):
        return f"{item['rule']} {item['value']:,g} / {item['low']:,g}-{item['high']:,g}"
    return str(item)


def _timeless(content: bytes) -> bytes:
    """Take the time of writing out of a workbook: its properties and its zip entries."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(
                    rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + _WRITTEN_ON.encode(), part
                )
            new.writestr(zipfile.ZipInfo(name, _EPOCH), part, zipfile.ZIP_DEFLATED)
    return held.getvalue()
