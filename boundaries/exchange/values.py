"""Values of a column as what they stand for: texts, keys, counts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from boundaries.errors import ImportFileError
from boundaries.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport

    Floats = NDArray[np.float64]


def texts(table: Table, column: str | None) -> list[str | None]:
    """Return a column as (n,) texts; whole numbers lose their ".0", blanks become None."""
    if column is None:
        return [None] * len(table.frame)
    if column not in table.columns and "+" in column:
        parts = [texts(table, part) for part in column.split("+")]
        return ["-".join(v for v in row if v is not None) or None for row in zip(*parts, strict=True)]
    return [_text(value) for value in table.frame[column]]


def _text(value: object) -> str | None:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(value).replace("\0", "").strip() or None


def keys(table: Table, column: str | None, things: str, report: ImportReport, *, given: bool) -> list[str]:
    """Return (n,) distinct keys.

    A guessed column with blanks or repeats is passed over in favour of numbers from 1, and the report says so.

    Raises
    ------
    ImportFileError
        When a given column has blanks or repeats, naming them.
    """
    numbered = [str(number) for number in range(1, len(table.frame) + 1)]
    if column is None:
        report.notes.append(
            Said(
                "file-no-keys",
                "no column of keys: the {layer} are numbered from 1 in the order of the file",
                layer=things,
            )
        )
        return numbered
    found = texts(table, column)
    blank = [number for number, key in enumerate(found, 1) if key is None]
    doubled = repeats([key for key in found if key is not None])
    if not blank and not doubled:
        return [key for key in found if key is not None]
    if blank and len(blank) == len(found) and not given:
        report.mapping.pop("key", None)
        return keys(table, None, things, report, given=False)
    if doubled:
        raise ImportFileError(
            Said(
                "file-keys-twice",
                'keys in column "{column}" stand for more than one of the {layer}: {keys}. '
                "Make them distinct, or name another column with --column key=COLUMN.",
                column=column,
                layer=things,
                keys=listed(doubled),
            )
        )
    raise ImportFileError(
        Said(
            "file-key-blank",
            'column "{column}" has no key in row {rows}; fill it in.',
            column=column,
            rows=listed([str(row) for row in blank]),
        )
    )


def repeats(values: Sequence[str]) -> list[str]:
    """Return the values that occur more than once, in order."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for value in values:
        if value in seen:
            twice[value] = None
        seen.add(value)
    return list(twice)


def listed(things: Sequence[str], limit: int = 5) -> Said:
    """Name the first few things and how many more there are."""
    first = list(things[:limit])
    if len(things) <= limit:
        return Said("listed", "{first}", first=first)
    return Said("listed-more", "{first} and {more} more", first=first, more=len(things) - limit)


def numbers(table: Table, column: str, field: str, names: Sequence[str]) -> Floats:
    """Return a column as (n,) numbers; blanks become NaN. The field is said as a measure is.

    Raises
    ------
    ImportFileError
        When a value is no number, or infinite, naming the row's thing.
    """
    values = table.frame[column]
    parsed: Floats
    if pd.api.types.is_numeric_dtype(values):
        parsed = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        parsed = np.array(
            [_number(value, column, field, name) for value, name in zip(values, names, strict=True)]
        )
    infinite = np.flatnonzero(np.isinf(parsed))
    if len(infinite):
        raise ImportFileError(
            Said(
                "file-infinite",
                '{name} has infinitely many {measure} (column "{column}"); correct it.',
                name=names[infinite[0]],
                measure=field,
                column=column,
            )
        )
    return parsed


def _number(value: object, column: str, field: str, name: str) -> float:
    text = _text(value)
    if text is None:
        return float("nan")
    try:
        return float(text.replace(",", "").replace("，", "").replace("\u00a0", "").replace(" ", ""))
    except ValueError:
        raise ImportFileError(
            Said(
                "file-no-number",
                '{name} has {measure} "{value}" (column "{column}"), which is no number; correct or clear it.',
                name=name,
                measure=field,
                value=text,
                column=column,
            )
        ) from None


def counts(table: Table, column: str, measure: str, names: Sequence[str], report: ImportReport) -> Floats:
    """Return a column as (n,) counts and report their sum, missing and fractional ones.

    Raises
    ------
    ImportFileError
        When a count is negative, infinite or no number, naming where.
    """
    values = numbers(table, column, measure, names)
    negative = np.flatnonzero(values < 0)
    if len(negative):
        found = [
            Said("name-and-value", "{name} ({value})", name=names[i], value=f"{values[i]:g}")
            for i in negative.tolist()
        ]
        raise ImportFileError(
            Said(
                "file-negative",
                'negative {measure} (column "{column}") in {names}; a count is never below 0.',
                measure=measure,
                column=column,
                names=listed(found),
            )
        )
    known = np.isfinite(values)
    fractional = int((values[known] != np.round(values[known])).sum())
    if fractional:
        report.notes.append(
            Said(
                "file-fractional",
                "{measure}: {count} of {all} counts "
                "{count:is fractional; it is kept as it is|are fractional; they are kept as they are}",
                measure=measure,
                count=fractional,
                all=len(values),
            )
        )
    if not known.all():
        report.notes.append(
            Said(
                "file-uncounted",
                "{measure}: {count} of {all} rows {count:has|have} no count; left uncounted",
                measure=measure,
                count=int((~known).sum()),
                all=len(values),
            )
        )
    report.totals[measure] = float(np.sum(values[known]))
    return values


def date_of(table: Table, column: str | None) -> dt.date | None:
    """Return the one date a column of count dates holds, or None.

    Raises
    ------
    ImportFileError
        When rows have different dates, or one that cannot be read.
    """
    found = sorted({text[:10].replace("/", "-") for text in texts(table, column) if text})
    if not found:
        return None
    if len(found) > 1:
        raise ImportFileError(
            Said(
                "file-dates",
                'column "{column}" has several count dates: {dates}. Import one date at a time, or give '
                "--count-date.",
                column=column,
                dates=listed(found),
            )
        )
    try:
        return dt.date.fromisoformat(found[0])
    except ValueError:
        raise ImportFileError(
            Said("file-no-date", 'count date "{date}" is no date of the form 2020-11-01.', date=found[0])
        ) from None
