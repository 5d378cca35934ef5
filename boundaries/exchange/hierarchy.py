"""Units of several levels over one set of blocks: grouped from columns, nested, and stored as a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from boundaries.errors import ImportFileError
from boundaries.exchange.values import listed, repeats, texts
from boundaries.plans import LevelDraft
from boundaries.sentences import Said
from boundaries.storage.plan_tables import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from boundaries.blocks import Ints
    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport

_TYPES = {
    "street": {"street": "street", "街道": "street", "office": "office", "办事处": "office", "town": "town",
               "镇": "town"},
    "community": {"community": "community", "社区": "community", "village": "village", "村": "village",
                  "farm": "farm", "农场": "farm"},
    "cell": {"ordinary": "ordinary", "普通网格": "ordinary", "普通": "ordinary", "exclusive": "exclusive",
             "专属网格": "exclusive", "专属": "exclusive"},
}  # fmt: skip


@dataclass
class LevelUnits:
    """The k units of one level and the unit of each of n things (blocks, or units below).

    Attributes
    ----------
    of : (n,) int
        Position of each thing's unit.
    unit_id : (k,) int or None
        Permanent ids where the units exist already.
    """

    level: str
    name: list[str]
    of: Ints
    code: list[str | None]
    type: list[str | None]
    name_en: list[str | None]
    unit_id: Ints | None = None

    def __len__(self) -> int:
        return len(self.name)

    def label(self, position: int) -> str:
        """Name a unit in a message, with its code where it has one."""
        code = self.code[position]
        name = self.name[position]
        if code:
            return Said("unit", '{level} "{name}" ({code})', level=self.level, name=name, code=code)
        return Said("unit-no-code", '{level} "{name}"', level=self.level, name=name)


def level_fields(levels: Sequence[str]) -> list[str]:
    """Return the fields a row may name its units of these levels with."""
    return [f"{level}{part}" for level in levels for part in ("", "_code", "_type", "_name_en")]


def units_from_columns(
    table: Table,
    mapping: Mapping[str, str],
    level: str,
    above: LevelUnits | None,
    names: Sequence[str],
    report: ImportReport,
) -> LevelUnits | None:
    """Group rows to the units that columns name, or return None where no column does.

    A unit is told apart by its code; without codes by its name within the unit above. Bare numbers are given
    their column's name: 7 in column WARD is unit "WARD 7".

    Raises
    ------
    ImportFileError
        When a row names no unit, naming the row.
    """
    if level not in mapping and f"{level}_code" not in mapping:
        return None
    column = mapping.get(level) or mapping[f"{level}_code"]
    name = named(texts(table, column), column)
    code = texts(table, mapping.get(f"{level}_code"))
    without = [names[n] for n, value in enumerate(name) if value is None]
    if without:
        raise ImportFileError(
            Said(
                "units-blank",
                '{names}: no {level} in column "{column}". Fill it in, or leave it out with --column {field}=.',
                names=listed(without),
                level=level,
                column=column,
                field=str(level),
            )
        )
    kind = types_of(texts(table, mapping.get(f"{level}_type")), level, report)
    english = texts(table, mapping.get(f"{level}_name_en"))
    first: dict[tuple[object, ...], int] = {}
    of = np.empty(len(name), dtype=np.int64)
    rows: list[int] = []
    for n in range(len(name)):
        identity = ("code", code[n]) if code[n] else ("name", name[n], int(above.of[n]) if above else -1)
        if identity not in first:
            first[identity] = len(rows)
            rows.append(n)
        of[n] = first[identity]
    found = [str(name[n]) for n in rows]
    doubled = repeats(found)
    if doubled:
        report.notes.append(
            Said(
                "units-same-name",
                "{level} names that stand for several units, each in its own unit above: {names}",
                level=level,
                names=listed(doubled),
            )
        )
    return LevelUnits(
        level, found, of, [code[n] for n in rows], [kind[n] for n in rows], [english[n] for n in rows]
    )


def named(values: list[str | None], column: str) -> list[str | None]:
    """Put the column's name before bare numbers, which would say nothing on a map."""
    return [f"{column} {value}" if value is not None and value.isdigit() else value for value in values]


def types_of(values: list[str | None], level: str, report: ImportReport) -> list[str | None]:
    """Return types of units; unknown words are left out and reported."""
    known = _TYPES[level]
    strange = sorted({value for value in values if value and value.casefold() not in known})
    if strange:
        report.notes.append(
            Said(
                "units-types",
                "types of {level} not known and left out: {names}; known are {known}",
                level=level,
                names=listed(strange),
                known=sorted(set(known.values())),
            )
        )
    return [known.get(value.casefold()) if value else None for value in values]


def nested(
    levels: Sequence[LevelUnits], block_names: Sequence[str], report: ImportReport
) -> list[LevelDraft]:
    """Order levels from the highest down and give every unit its one parent.

    Raises
    ------
    ImportFileError
        When a unit lies in more than one unit above, naming both and a block in each.
    """
    ordered = sorted(levels, key=lambda level: LEVELS.index(level.level))
    _clear_repeated_codes(ordered, report)
    drafts: list[LevelDraft] = []
    for above, level in zip([None, *ordered[:-1]], ordered, strict=True):
        drafts.append(
            LevelDraft(
                level.level,
                level.name,
                None if above is None else parents(above, level, block_names),
                level.code,
                [kind or _usual(level.level) for kind in level.type],
                level.name_en,
                level.unit_id,
            )
        )
    return drafts


def _usual(level: str) -> str:
    return "ordinary" if level == "cell" else level


def parents(above: LevelUnits, level: LevelUnits, block_names: Sequence[str]) -> Ints:
    """Return the (k,) position of each unit's parent; see `nested` for what is refused."""
    parent = np.full(len(level), -1, dtype=np.int64)
    parent[level.of[::-1]] = above.of[::-1]  # each unit takes the parent of its first block
    stray = np.flatnonzero(parent[level.of] != above.of)
    if len(stray):
        block = int(stray[0])
        unit = int(level.of[block])
        home = int(np.flatnonzero(level.of == unit)[0])
        others = len(np.unique(level.of[stray])) - 1
        more = (
            Said("units-more-stray", " {count} more {count:unit does|units do} the same.", count=others)
            if others
            else ""
        )
        raise ImportFileError(
            Said(
                "units-stray",
                "{unit} lies outside its parent {parent}: block {home} is in it, block {block} is in {other}.{more} "
                "Correct the borders or the columns and import again.",
                unit=level.label(unit),
                parent=above.label(int(parent[unit])),
                home=block_names[home],
                block=block_names[block],
                other=above.label(int(above.of[block])),
                more=more,
            )
        )
    return parent


def _clear_repeated_codes(levels: Sequence[LevelUnits], report: ImportReport) -> None:
    """Leave out, and report, the codes of a level that repeat others: a code stands for one unit in a plan."""
    taken: dict[str, str] = {}
    for level in levels:
        present = [code for code in level.code if code]
        clash = [code for code in present if code in taken] or repeats(present)
        if clash:
            other = taken.get(clash[0], level.level)
            report.notes.append(
                Said(
                    "units-codes",
                    "codes of the level {level} were left out: {codes} stand for units of the level {other_level} "
                    "too, and a code is unique in a plan",
                    level=level.level,
                    codes=listed(clash),
                    other_level=other,
                )
            )
            level.code = [None] * len(level)
            continue
        taken.update(dict.fromkeys(present, level.level))


def made_by(
    report: ImportReport, earlier: Mapping[str, Any] | None = None, placeholder: str | None = None
) -> dict[str, Any]:
    """Return what a plan remembers of the imports it was made by."""
    files = [*((earlier or {}).get("import") or []), {"layer": report.layer, "file": report.source}]
    return {"import": files, **({"placeholder": placeholder} if placeholder else {})}
