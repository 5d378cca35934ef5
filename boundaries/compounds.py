"""Compounds (小区) over buildings: which building stands in which, and which of them a plan's borders split (R28)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from boundaries.sentences import Said

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan
    from boundaries.storage.tables import District


@dataclass(frozen=True)
class Share:
    """The buildings of a compound that one unit has, and their residents; None where nobody is counted by building."""

    unit: int
    name: str
    name_en: str | None
    buildings: int
    residents: float | None = None


@dataclass(frozen=True)
class SplitCompound:
    """A compound whose buildings are in several units, the unit with most of them first.

    Attributes
    ----------
    bounds
        minx, miny, maxx, maxy in the planar CRS, metres.
    """

    id: int
    name: str
    name_en: str | None
    bounds: tuple[float, float, float, float]
    shares: tuple[Share, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the compound with its shares as they are sent."""
        return asdict(self)

    def said(self) -> Said:
        """Name the compound with the units that have its buildings."""
        held = [f"{share.name} {share.buildings:,}" for share in self.shares]
        return Said("compound-shares", "{name} (buildings: {shares})", name=self.name, shares=held)


def place_in_compounds(session: Session, district: District) -> dict[str, int]:
    """Put each building and block into the compound that holds its representative point; return how many are in one.

    Where compounds overlap, the one with the lower key has it.
    """
    placed = {}
    for table in ("building", "block"):
        session.execute(
            text(
                f"UPDATE {table} t SET compound_id = f.compound_id FROM ("  # noqa: S608  -- one of two words of ours
                "SELECT o.id, (SELECT c.id FROM compound c WHERE c.district_id = o.district_id "
                "AND ST_Covers(c.geom, ST_PointOnSurface(o.geom)) ORDER BY c.key LIMIT 1) AS compound_id "
                f"FROM {table} o WHERE o.district_id = :d) f "
                "WHERE t.id = f.id AND t.compound_id IS DISTINCT FROM f.compound_id"
            ),
            {"d": district.id},
        )
        query = f"SELECT count(*) FROM {table} WHERE district_id = :d AND compound_id IS NOT NULL"  # noqa: S608
        placed[table] = int(session.scalar(text(query), {"d": district.id}) or 0)
    return placed


def split_compounds(session: Session, plan: Plan) -> list[SplitCompound]:
    """Return the compounds whose buildings lie in several units of a plan's lowest level, by key."""
    rows = session.execute(
        text(
            "WITH held AS (SELECT b.compound_id, a.unit_id, count(*) AS buildings, array_agg(b.id) AS ids "
            "FROM building b JOIN block_building k ON k.building_id = b.id "
            "JOIN assignment a ON a.block_id = k.block_id AND a.plan_id = :p "
            "WHERE b.compound_id IS NOT NULL GROUP BY 1, 2), "
            # People are counted only of the few compounds that are split.
            "split AS MATERIALIZED (SELECT * FROM held WHERE compound_id IN "
            "(SELECT compound_id FROM held GROUP BY 1 HAVING count(*) > 1)) "
            "SELECT c.id, c.name, c.name_en, ST_XMin(c.geom) AS x0, ST_YMin(c.geom) AS y0, ST_XMax(c.geom) AS x1, "
            "ST_YMax(c.geom) AS y1, s.unit_id, u.name AS unit, u.name_en AS unit_en, s.buildings, "
            "(SELECT sum(n.value) FROM count n WHERE n.building_id = ANY(s.ids) AND n.measure = 'residents' "
            "AND n.on_date = :on) AS residents FROM split s JOIN compound c ON c.id = s.compound_id "
            "JOIN plan_unit u ON u.plan_id = :p AND u.unit_id = s.unit_id "
            "ORDER BY c.key, s.buildings DESC, s.unit_id"
        ),
        {"p": plan.id, "on": plan.count_date},
    ).all()
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return [
        SplitCompound(
            number,
            members[0].name,
            members[0].name_en,
            (members[0].x0, members[0].y0, members[0].x1, members[0].y1),
            tuple(Share(row.unit_id, row.unit, row.unit_en, row.buildings, row.residents) for row in members),
        )
        for number, members in found.items()
    ]
