"""Rules for the names of units (R29): the right suffix, no duplicates, no mere numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SUFFIXES: dict[str, dict[str, tuple[str, ...]]] = {
    "street": {"street": ("街道",), "office": ("办事处",), "town": ("镇",), "township": ("乡",)},
    "community": {
        "community": ("社区",),
        "merged": ("社区",),
        "village": ("村",),
        "farm": ("农场", "林场", "渔场"),
    },
    "cell": {"ordinary": ("网格",), "exclusive": ("网格",)},
}
"""What a name ends with, by level and type."""

_NUMBERED = re.compile(r"[0-9０-９]|第?[一二三四五六七八九十百〇零]+号?(?:街道|社区|村|网格)$")


@dataclass(frozen=True)
class NamedUnit:
    """A unit as the rules see it: how to point at it, its level, type and name."""

    key: str
    level: str
    type: str
    name: str


@dataclass(frozen=True)
class NameFault:
    """A rule that names break.

    Attributes
    ----------
    rule
        "blank", "suffix", "bare" (nothing but a suffix), "numbered" or "duplicate".
    keys
        Units concerned.
    message
        A sentence that names them.
    """

    rule: str
    keys: tuple[str, ...]
    message: str


def name_faults(units: Iterable[NamedUnit]) -> list[NameFault]:
    """List what is wrong with the names of the living units of one plan, unit by unit, then duplicates.

    Names are compared without surrounding blanks within their level: a cell may be called like a community.
    """
    held: dict[tuple[str, str], list[str]] = {}
    faults: list[NameFault] = []
    for unit in units:
        name = unit.name.strip()
        faults.extend(_own_faults(unit, name))
        if name:
            held.setdefault((unit.level, name), []).append(unit.key)
    for (level, name), keys in held.items():
        if len(keys) > 1:
            listed = ", ".join(keys)
            faults.append(
                NameFault(
                    "duplicate", tuple(keys), f'{len(keys)} {level} units are called "{name}": {listed}.'
                )
            )
    return faults


def _own_faults(unit: NamedUnit, name: str) -> list[NameFault]:
    """Faults a name has by itself."""
    if not name:
        return [NameFault("blank", (unit.key,), f"{unit.level} {unit.key} has no name.")]
    faults = []
    suffixes = SUFFIXES.get(unit.level, {}).get(unit.type)
    if suffixes and not name.endswith(suffixes):
        wanted = " or ".join(suffixes)
        faults.append(
            NameFault("suffix", (unit.key,), f'{unit.level} {unit.key} "{name}" should end in {wanted}.')
        )
    if suffixes and name in suffixes:
        faults.append(
            NameFault("bare", (unit.key,), f'{unit.level} {unit.key} "{name}" has no name but its suffix.')
        )
    if _NUMBERED.search(name):
        faults.append(
            NameFault("numbered", (unit.key,), f'{unit.level} {unit.key} "{name}" is a number, not a name.')
        )
    return faults
