"""Which unit became which when one plan follows another."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import delete

from boundaries.planning.compare import compare, flows
from boundaries.storage.database import copy_rows
from boundaries.storage.plan_tables import Succession

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.planning.compare import Flow
    from boundaries.storage.plan_tables import Plan

NEARLY_ALL = 0.95
"""A unit went along, or came from one, when so much of its residents did; of its area where nobody lives."""


def store_succession(session: Session, former: Plan, plan: Plan) -> None:
    """Keep which unit of the former plan became which unit of the new one, at every level both have."""
    compared = compare(session, former, plan)
    session.execute(
        delete(Succession).where(Succession.from_plan_id == former.id, Succession.to_plan_id == plan.id)
    )
    for pair in compared.levels:
        copy_rows(
            session,
            "succession",
            ["from_plan_id", "from_unit_id", "to_plan_id", "to_unit_id", "kind", "residents", "area_m2"],
            (
                (
                    former.id,
                    flow.old,
                    plan.id,
                    flow.new,
                    kind,
                    flow.sums["residents"],
                    flow.sums["area_m2"],
                )
                for flow, kind in succession_kinds(flows(compared, pair))
            ),
        )


def succession_kinds(all_flows: list[Flow]) -> list[tuple[Flow, str]]:
    """Return the pairs of units that share people, or ground where nobody lives, with what became of them.

    "continued" when nearly all of both is shared, "merged" when nearly all of the old unit went along, "split" when
    nearly all of the new unit came from it, else "redrawn".
    """
    of_old: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    of_new: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for flow in all_flows:
        for side, unit in ((of_old, flow.old), (of_new, flow.new)):
            side[unit][0] += flow.sums["residents"]
            side[unit][1] += flow.sums["area_m2"]
    found = []
    for flow in all_flows:
        gave, made = _share(flow, of_old[flow.old]), _share(flow, of_new[flow.new])
        if flow.sums["residents"] <= 0 and max(gave, made) <= 1 - NEARLY_ALL:
            continue
        whole = (gave >= NEARLY_ALL, made >= NEARLY_ALL)
        kind = {(True, True): "continued", (True, False): "merged", (False, True): "split"}.get(
            whole, "redrawn"
        )
        found.append((flow, kind))
    return found


def _share(flow: Flow, total: list[float]) -> float:
    """Return the share of a unit that a flow is: of its residents, or of its area where it has none."""
    if total[0] > 0:
        return flow.sums["residents"] / total[0]
    return flow.sums["area_m2"] / total[1] if total[1] > 0 else 0.0
