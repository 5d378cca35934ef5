"""What stands in the way of a plan's adoption: broken invariants, a base no longer in force, rules without a reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from boundaries.check import check_plan
from boundaries.planning.branch import ground_of
from boundaries.planning.life import plan_in_force
from boundaries.rules import EXEMPT_TYPES, UNASSIGNED, Rules
from boundaries.sentences import Said
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan

_UNITS = text(
    "SELECT u.unit_id, u.level, u.type, u.name, u.tallies, (SELECT count(*) FROM plan_unit c "
    "WHERE c.plan_id = u.plan_id AND c.parent_id = u.unit_id AND c.type <> ALL(:exempt)) AS cells, "
    "ST_XMin(u.geom) AS x0, ST_YMin(u.geom) AS y0, ST_XMax(u.geom) AS x1, ST_YMax(u.geom) AS y1 "
    "FROM plan_unit u WHERE u.plan_id = :plan ORDER BY u.code NULLS LAST, u.unit_id"
)


@dataclass(frozen=True)
class Hindrance:
    """Something that stands in the way of adoption.

    Attributes
    ----------
    kind
        "base", "unassigned", "rule", or an invariant by its name in `boundaries.check`.
    bounds
        minx, miny, maxx, maxy of its place in the planar CRS, metres; None where all of the plan is meant.
    needs_reason
        Whether a written reason for the unit is enough; else it must be mended.
    """

    kind: str
    unit: int | None
    message: Said
    bounds: list[float] | None = None
    needs_reason: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the hindrance as the page takes it."""
        return {**asdict(self), "said": self.message.as_json()}


def readiness(session: Session, plan: Plan) -> list[Hindrance]:
    """List what stands in the way of a plan's adoption; empty when nothing does.

    Codes are left out: adoption makes them final and gives new ones where they cannot stay.
    """
    found = [*_base(session, plan)]
    found += [
        Hindrance(breach.invariant, breach.unit, breach.what, breach.bounds)
        for breach in check_plan(session, plan)
        if breach.invariant != "codes"
    ]
    rules = Rules.of(session.get_one(District, plan.district_id).rules)
    for row in session.execute(_UNITS, {"plan": plan.id, "exempt": sorted(EXEMPT_TYPES)}):
        bounds = [row.x0, row.y0, row.x1, row.y1]
        if row.type == UNASSIGNED:
            said = Said(
                "ready-unassigned",
                '"{name}" holds blocks that belong to no cell yet; draw them into cells.',
                name=row.name,
            )
            found.append(Hindrance("unassigned", row.unit_id, said, bounds))
        found += [
            Hindrance("rule", row.unit_id, said, bounds, needs_reason=True)
            for said in _broken(rules, plan, row)
        ]
    return found


def _base(session: Session, plan: Plan) -> list[Hindrance]:
    head, ground = plan_in_force(session, plan.district_id), ground_of(session, plan)
    if head is None or (ground is not None and ground.id == head.id):
        return []
    if ground is None:
        said = Said(
            "ready-no-base",
            '"{plan}" stands on no plan that is in force, but "{head}" is in force now; bring it up to date first.',
            plan=plan.name,
            head=head.name,
        )
    else:
        said = Said(
            "ready-base",
            '"{plan}" stands on "{base}", but "{head}" is in force now; bring it up to date first.',
            plan=plan.name,
            base=ground.name,
            head=head.name,
        )
    return [Hindrance("base", None, said)]


def _broken(rules: Rules, plan: Plan, row: Any) -> list[Said]:
    if row.level == "cell":
        findings = rules.of_cell(row.type, row.tallies)
    elif row.level == "community" and "cell" in plan.levels:
        findings = rules.of_community(row.cells)
    else:
        return []
    words = {"parts_per_parent": "cells"}
    return [
        Said(
            "ready-rule",
            '"{name}" has {value} {measure}, outside {low} to {high}.',
            name=row.name,
            value=round(one.value),
            measure=words.get(one.rule, one.rule),
            low=round(one.low),
            high=round(one.high),
        )
        for one in findings
    ]
