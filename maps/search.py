"""Finding units, service points, compounds and roads by name or code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan
    from boundaries.storage.tables import District

MOST_RESULTS = 20

_SEARCH = text(
    """
    WITH found AS (
        SELECT 'unit' AS kind, u.unit_id AS id, u.name, u.name_en, u.code, u.level, p.name AS parent_name, u.geom,
               array_position(ARRAY['street', 'community', 'cell'], u.level) AS rank
        FROM plan_unit u LEFT JOIN plan_unit p ON p.plan_id = u.plan_id AND p.unit_id = u.parent_id
        WHERE u.plan_id = :plan AND (u.name ILIKE :inside OR u.name_en ILIKE :inside OR u.code LIKE :start)
        UNION ALL
        SELECT 'service_point', s.id, s.name, s.name_en, NULL, s.level, NULL, s.geom, 4
        FROM service_point s WHERE s.district_id = :district AND (s.name ILIKE :inside OR s.name_en ILIKE :inside)
        UNION ALL
        SELECT 'compound', c.id, c.name, c.name_en, NULL, NULL, NULL, c.geom, 5
        FROM compound c WHERE c.district_id = :district AND (c.name ILIKE :inside OR c.name_en ILIKE :inside)
        UNION ALL
        SELECT 'road', min(r.id), r.name, min(r.name_en), NULL, NULL, NULL, ST_Collect(r.geom), 6
        FROM road r WHERE r.district_id = :district AND (r.name ILIKE :inside OR r.name_en ILIKE :inside)
        GROUP BY r.name
    )
    SELECT kind, id, name, name_en, code, level, parent_name,
           ST_XMin(geom) AS x0, ST_YMin(geom) AS y0, ST_XMax(geom) AS x1, ST_YMax(geom) AS y1
    FROM found
    ORDER BY name ILIKE :start DESC, rank, length(name), name, id LIMIT :most
    """
)


def search(session: Session, district: District, plan: Plan | None, query: str) -> list[dict[str, Any]]:
    """Return up to 20 things whose name holds the query or whose code starts with it, best first."""
    wanted = query.replace("\x00", "").strip()
    if not wanted:
        return []
    literal = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = session.execute(
        _SEARCH,
        {
            "plan": plan.id if plan else -1,
            "district": district.id,
            "inside": f"%{literal}%",
            "start": f"{literal}%",
            "most": MOST_RESULTS,
        },
    )
    return [
        {
            "kind": row.kind,
            "id": row.id,
            "name": row.name,
            "name_en": row.name_en,
            "code": row.code,
            "level": row.level,
            "parent_name": row.parent_name,
            "bounds": [row.x0, row.y0, row.x1, row.y1],
        }
        for row in rows
    ]
