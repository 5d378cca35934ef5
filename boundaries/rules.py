"""The district's rules of division (R8, R9) and what breaks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_RULES: dict[str, Any] = {"bands": {"residents": [1000, 1500], "households": [300, 500]}}
"""What a district starts with: the bands of a cell (R9). Places differ, so they can be changed."""

COUNT_RULE: dict[str, Any] = {"parts_per_parent": [5, 7]}
"""The number of ordinary cells in a community (R8), for districts whose communities are of that size."""

UNASSIGNED = "unassigned"
"""Type of the cell of a community that holds what nobody has drawn yet (未划分)."""

EXEMPT_TYPES = frozenset({"exclusive", UNASSIGNED})
"""Types of cells outside the bands: those that hold few residents (专属网格), and what is not drawn yet."""


@dataclass(frozen=True)
class Finding:
    """One rule a unit breaks."""

    rule: str
    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """Return the finding as the page takes it."""
        return {"rule": self.rule, "value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Rules:
    """Two-sided bands of a cell by measure, and how many ordinary cells a community has."""

    bands: Mapping[str, tuple[float, float]]
    parts_per_parent: tuple[int, int] | None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Rules:
        """Read the rules of a district as they are stored; an empty mapping means no rules."""
        bands = {
            measure: (float(low), float(high)) for measure, (low, high) in stored.get("bands", {}).items()
        }
        parts = stored.get("parts_per_parent")
        return cls(bands, (int(parts[0]), int(parts[1])) if parts else None)

    def of_cell(self, type_: str, tallies: Mapping[str, float | None]) -> list[Finding]:
        """Return the bands a cell is out of; unknown counts and exempt cells break none."""
        if type_ in EXEMPT_TYPES:
            return []
        return [
            Finding(measure, value, low, high)
            for measure, (low, high) in self.bands.items()
            if (value := tallies.get(measure)) is not None and not low <= value <= high
        ]

    def of_community(self, ordinary_cells: int) -> list[Finding]:
        """Return the finding about a community's number of ordinary cells, if there is one."""
        if self.parts_per_parent is None:
            return []
        low, high = self.parts_per_parent
        return (
            [] if low <= ordinary_cells <= high else [Finding("parts_per_parent", ordinary_cells, low, high)]
        )
