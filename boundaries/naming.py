"""Names and codes of units that a proposal makes: provisional, until a planner names them and adoption fixes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import text

from boundaries.codes import give_codes, reading_order
from boundaries.names import SUFFIXES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.blocks import Floats, Ints
    from boundaries.plans import LevelDraft
    from boundaries.storage.tables import District

_DIGITS = "〇一二三四五六七八九"


def chinese_number(number: int) -> str:
    """Write 1 to 999 as it stands in a name: 十一, 二十, 一百〇五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text_ = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text_ += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text_ += "〇"
    return text_ + (_DIGITS[ones] if ones else "")


def english_name(stem: str, level: str, number: int) -> str:
    """Return a name such as Ximen Community Cell 3."""
    return f"{stem} {level.capitalize()} {number}".strip()


def numbered_names(level: LevelDraft, above: LevelDraft | None, middle: Floats) -> list[str]:
    """Return names such as 西门社区第三网格, numbered in reading order within each parent.

    Parameters
    ----------
    level
        k units with their parents.
    middle : (k, 2) float
        A point of each unit, metres.
    """
    suffix = SUFFIXES[level.level][_type_of(level, 0)][0]
    names = [""] * len(level)
    for parent, units in _families(level):
        stem = above.name[parent] if above is not None else ""
        for number, at in enumerate(reading_order(middle[units]), start=1):
            names[units[at]] = f"{stem}第{chinese_number(number)}{suffix}"
    return names


def numbered_english_names(level: LevelDraft, above: LevelDraft | None, middle: Floats) -> list[str | None]:
    """Return names such as Ximen Community Cell 3, numbered as `numbered_names` numbers them.

    Units of a parent without an English name have none.
    """
    names: list[str | None] = [None] * len(level)
    for parent, units in _families(level):
        stem = "" if above is None else (above.name_en or [None] * len(above))[parent]
        if stem is None:
            continue
        for number, at in enumerate(reading_order(middle[units]), start=1):
            names[units[at]] = english_name(stem, level.level, number)
    return names


def provisional_codes(
    session: Session, district: District, level: LevelDraft, above: LevelDraft | None, middle: Floats
) -> list[str | None]:
    """Return codes by the published rule that no unit of the district ever had.

    Parents without a code, and districts without one, give none.
    """
    codes: list[str | None] = [None] * len(level)
    if district.code is None:
        return codes
    used = set(
        session.scalars(
            text(
                "SELECT DISTINCT code FROM plan_unit WHERE district_id = :d AND level = :l AND code IS NOT NULL"
            ),
            {"d": district.id, "l": level.level},
        )
    )
    for parent, units in _families(level):
        parent_code = district.code if above is None else (above.code or [None] * len(above))[parent]
        if parent_code is not None:
            given = give_codes(
                level.level, parent_code, [_type_of(level, k) for k in units], middle[units], ever_used=used
            )
            for k, code in zip(units, given, strict=True):
                codes[k] = code
    return codes


def _type_of(level: LevelDraft, k: int) -> str:
    if level.type is not None:
        return level.type[k]
    return "ordinary" if level.level == "cell" else level.level


def _families(level: LevelDraft) -> list[tuple[int, Ints]]:
    """Return each parent with the positions of its units; without parents all units are one family."""
    of = np.zeros(len(level), dtype=np.int64) if level.parent is None else level.parent
    return [(int(parent), np.flatnonzero(of == parent)) for parent in np.unique(of)]
