"""Broken invariants of a plan: what is said of each, the unit or block at fault, and where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from boundaries.sentences import Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan

    Bounds = Sequence[float]


@dataclass(frozen=True)
class Breach:
    """One broken invariant.

    Attributes
    ----------
    plan
        Name of the plan.
    unit
        Permanent id of the unit at fault, where it is one.
    bounds
        minx, miny, maxx, maxy of the place at fault in the planar CRS, metres; None where all of the plan is meant.
    detail
        What only who looks after the program can use, in English.
    """

    invariant: str
    plan: str
    what: Said
    unit: int | None = None
    bounds: list[float] | None = None
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.plan}: {self.invariant}: {self.what}{self.detail and f' ({self.detail})'}"


@dataclass(frozen=True)
class Found:
    """A breach before its place is read; ``bounds`` where the check knows it, else that of the unit or the block."""

    invariant: str
    what: Said
    unit: int | None = None
    block: int | None = None
    bounds: Bounds | None = None
    detail: str = ""


def unit_words(row: Any) -> Said:
    """Return the words for a row with the columns level, name, code and unit_id."""
    code = row.code or str(row.unit_id)
    return Said("unit", '{level} "{name}" ({code})', level=str(row.level), name=str(row.name), code=code)


def placed(session: Session, plan: Plan, found: Iterable[Found]) -> list[Breach]:
    """Return breaches with the places of their units and blocks."""
    found = list(found)
    units = _bounds(
        session,
        "plan_unit WHERE plan_id = :plan AND unit_id = ANY(:ids)",
        "unit_id",
        [one.unit for one in found if one.bounds is None and one.block is None],
        plan=plan.id,
    )
    blocks = _bounds(
        session, "block WHERE id = ANY(:ids)", "id", [one.block for one in found if one.bounds is None]
    )
    breaches = []
    for one in found:
        bounds = one.bounds or blocks.get(one.block) or units.get(one.unit)
        at = [float(side) for side in bounds] if bounds is not None else None
        breaches.append(Breach(one.invariant, plan.name, one.what, one.unit, at, one.detail))
    return breaches


def _bounds(
    session: Session, source: str, key: str, ids: Sequence[int | None], **parameters: Any
) -> dict[int | None, Bounds]:
    wanted = sorted({one for one in ids if one is not None})
    if not wanted:
        return {}
    rows = session.execute(
        text(f"SELECT {key}, ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM {source}"),  # noqa: S608  -- words of ours
        {"ids": wanted, **parameters},
    )
    return {row[0]: row[1:] for row in rows}
