"""Names and codes of units that a proposal makes: provisional, until a planner names them and adoption fixes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from boundaries.blocks import Floats, Ints

SUFFIX = {"street": "街道", "community": "社区", "cell": "网格"}
"""What a unit's name ends in, by level."""

_DIGITS = "〇一二三四五六七八九"
_CODE_DIGITS = 3


def reading_order(middle: Floats) -> Ints:
    """Return the order in which units are numbered: in strips from north to south, each from west to east.

    Parameters
    ----------
    middle : (k, 2) float
        A point of each unit, metres, north up.

    Returns
    -------
    (k,) int
        Positions, first to last. The strips are as many as make a square of the units (CJ/T 349-2010 numbers left
        to right, top to bottom, and leaves the height of a row open).
    """
    count = len(middle)
    if count == 0:
        return np.empty(0, dtype=np.int64)
    north = middle[:, 1].max()
    height = max((north - middle[:, 1].min()) / np.sqrt(count), 1e-9)
    strip = np.floor((north - middle[:, 1]) / height).astype(np.int64)
    return np.lexsort((middle[:, 1], middle[:, 0], strip))


def chinese_number(number: int) -> str:
    """Write 1 to 999 as it stands in a name: 十一, 二十, 一百〇五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "〇"
    return text + (_DIGITS[ones] if ones else "")


def numbered_names(
    level: str, middle: Floats, parent: Ints | None, parent_names: list[str] | None
) -> list[str]:
    """Return names such as 西门社区第三网格, numbered in reading order within each parent."""
    names = [""] * len(middle)
    for k, number, above in _numbered(middle, parent):
        stem = parent_names[above] if parent_names is not None and above >= 0 else ""
        names[k] = f"{stem}第{chinese_number(number)}{SUFFIX[level]}"
    return names


def provisional_codes(
    level: str, middle: Floats, parent: Ints | None, parent_codes: list[str | None] | None
) -> list[str | None]:
    """Return the parent's code followed by three digits, or None where the parent has no code."""
    codes: list[str | None] = [None] * len(middle)
    if parent_codes is None or level == "street":
        return codes
    for k, number, above in _numbered(middle, parent):
        code = parent_codes[above] if above >= 0 else None
        codes[k] = f"{code}{number:0{_CODE_DIGITS}d}" if code is not None else None
    return codes


def _numbered(middle: Floats, parent: Ints | None) -> list[tuple[int, int, int]]:
    """Return (unit, its number within its parent, its parent or -1)."""
    of = np.full(len(middle), -1, dtype=np.int64) if parent is None else parent
    numbered = []
    for above in np.unique(of):
        mine = np.flatnonzero(of == above)
        for number, at in enumerate(reading_order(middle[mine]), start=1):
            numbered.append((int(mine[at]), number, int(above)))
    return numbered
