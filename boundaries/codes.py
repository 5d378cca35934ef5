"""Codes of units by the published rules (STANDARDS): what the digits mean, and how new ones are given.

GB/T 30428.1: 15 digits = 6 county (GB/T 2260) + 3 street (GB/T 10114) + 3 community + 3 sequence. A street's
code is the first 9 digits, a community's the first 12. CJ/T 349-2010 writes 20 digits: 6 of the object class,
then county, street, community and a 2-digit sequence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boundaries.errors import BoundaryError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LENGTHS = {6: "district", 9: "street", 12: "community", 15: "cell"}
"""Digits of a code by level."""

FIRST_NUMBERS = {
    "street": {"street": 1, "office": 1, "town": 100, "township": 200},
    "community": {"community": 1, "village": 200, "farm": 200, "merged": 601},
    "cell": {"ordinary": 1, "exclusive": 1},
}
"""Where counting begins by level and type: 001 streets, 100 towns, 200 townships; 001 residents' committees, 200
villagers' committees, 601 merged communities."""

LAST_NUMBERS = {
    "street": {"street": 99, "office": 99, "town": 199, "township": 399},
    "community": {"community": 199, "village": 600, "farm": 600, "merged": 999},
    "cell": {"ordinary": 999, "exclusive": 999},
}
"""The last number of each of these ranges."""


class CodeError(BoundaryError):
    """A code does not follow the rule, or there is no number left to give."""


@dataclass(frozen=True)
class CodeParts:
    """The parts of a code; those a level does not have are None."""

    county: str
    street: str | None = None
    community: str | None = None
    sequence: str | None = None

    @property
    def level(self) -> str:
        """Level the code names: "district", "street", "community" or "cell"."""
        return LENGTHS[len(str(self))]

    def __str__(self) -> str:
        return self.county + (self.street or "") + (self.community or "") + (self.sequence or "")


def parse_code(code: str) -> CodeParts:
    """Take a code of GB/T 30428.1 apart.

    Raises
    ------
    CodeError
        When it is not 6, 9, 12 or 15 digits, or a part below the county is 000.
    """
    if len(code) not in LENGTHS or not (code.isascii() and code.isdigit()):
        raise CodeError(
            f'"{code}" is no code of a unit: give 9 digits for a street, 12 for a community or 15 for a cell.'
        )
    below = [code[i : i + 3] for i in range(6, len(code), 3)]
    if "000" in below:
        raise CodeError(f'"{code}" numbers a unit 000; numbers start at 001.')
    return CodeParts(code[:6], *below)


def cjt349_code(object_class: str, cell_code: str) -> str:
    """Write a cell's code in the 20 digits of CJ/T 349-2010.

    Parameters
    ----------
    object_class
        6 digits of the object's class.
    cell_code
        15 digits, or the 12 of a community that is not divided: its sequence is written 00.

    Raises
    ------
    CodeError
        When a code is malformed, or the sequence needs three digits.
    """
    if len(object_class) != 6 or not (object_class.isascii() and object_class.isdigit()):
        raise CodeError(f'"{object_class}" is no object class: give its 6 digits.')
    parts = parse_code(cell_code)
    if parts.community is None:
        raise CodeError(f'"{cell_code}" is a {parts.level}; give the code of a community or a cell.')
    sequence = int(parts.sequence or 0)
    if sequence > 99:
        raise CodeError(f'cell "{cell_code}" has number {sequence}; CJ/T 349 has room for 99 in a community.')
    return f"{object_class}{cell_code[:12]}{sequence:02d}"


def reading_order(xy: ArrayLike) -> NDArray[np.int64]:
    """Order places left to right, top to bottom, as numbers run on a map.

    Places are taken in about as many rows as the shape of their extent suggests; rows run from the north, places
    in a row from the west.

    Parameters
    ----------
    xy
        (n, 2) coordinates, x eastwards, y northwards.

    Returns
    -------
    (n,) int
        Positions in the input, first to be numbered first.
    """
    places = np.asarray(xy, dtype=float).reshape(-1, 2)
    if len(places) == 0:
        return np.empty(0, dtype=np.int64)
    wide, high = np.ptp(places[:, 0]), np.ptp(places[:, 1])
    rows = max(1, round(np.sqrt(len(places) * high / wide))) if wide > 0 else len(places)
    depth = (places[:, 1].max() - places[:, 1]) / high * rows if high > 0 else np.zeros(len(places))
    row = np.minimum(depth.astype(np.int64), rows - 1)
    return np.lexsort((-places[:, 1], places[:, 0], row)).astype(np.int64)


def give_codes(
    level: str, parent_code: str, types: Iterable[str], xy: ArrayLike, ever_used: Collection[str] = ()
) -> list[str]:
    """Give codes to the units of one parent, left to right and top to bottom within each range of numbers.

    Parameters
    ----------
    level
        "street", "community" or "cell".
    parent_code
        6 digits of the district for streets, 9 of the street for communities, 12 of the community for cells.
    types
        Types of the n units, keys of `FIRST_NUMBERS`; exclusive cells are numbered after the ordinary ones.
    xy
        (n, 2) coordinates of the units.
    ever_used
        Codes that were ever given: a code is never used again, also when its unit is gone.

    Raises
    ------
    CodeError
        When the parent's code has the wrong length, a type is unknown or a range is full.
    """
    wanted = {name: length - 3 for length, name in LENGTHS.items() if name != "district"}[level]
    if len(str(parse_code(parent_code))) != wanted:
        raise CodeError(f'the parent of a {level} has a code of {wanted} digits, not "{parent_code}".')
    kinds = list(types)
    unknown = sorted(set(kinds) - set(FIRST_NUMBERS[level]))
    if unknown:
        known = ", ".join(FIRST_NUMBERS[level])
        raise CodeError(f'there is no type of {level} called "{unknown[0]}"; types are {known}.')
    taken, codes = set(ever_used), [""] * len(kinds)
    order = sorted(reading_order(xy).tolist(), key=lambda i: kinds[i] == "exclusive")
    for i in order:
        first, last = FIRST_NUMBERS[level][kinds[i]], LAST_NUMBERS[level][kinds[i]]
        free = (f"{parent_code}{number:03d}" for number in range(first, last + 1))
        code = next((code for code in free if code not in taken), None)
        if code is None:
            raise CodeError(f"{parent_code} has no number left for a {level} of type {kinds[i]}.")
        codes[i] = code
        taken.add(code)
    return codes
