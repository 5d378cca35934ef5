"""What runs along the borders of a district's blocks, from its stored roads, water and walls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select, text

from boundaries.blocks import read_blocks
from boundaries.figures import unit_figures
from boundaries.layers import read_barrier_lines
from boundaries.plans import read_plan_blocks
from boundaries.storage.plan_tables import Plan
from geo.barriers import classify_borders
from geo.coverage import border_segments

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.blocks import Blocks, Ints
    from boundaries.plans import PlanBlocks
    from boundaries.storage.tables import District
    from geo.barriers import BarrierLines


def reclassify_borders(session: Session, district: District) -> int:
    """Compare all stored block borders of a district with its lines again; return how many there are.

    The blocks of each plan are a coverage of their own, as are those of no plan in their first version. The
    clear-border shares of all plans follow.
    """
    lines = read_barrier_lines(session, district)
    plans = list(session.scalars(select(Plan).where(Plan.district_id == district.id).order_by(Plan.id)))
    first = np.array(
        session.execute(
            text("SELECT id FROM block WHERE district_id = :d AND version = 1 ORDER BY id"), {"d": district.id}
        ).scalars().all(),
        dtype=np.int64,
    )  # fmt: skip
    sets = {first.tobytes(): first}
    for plan in plans:
        ids = _block_ids(session, plan)
        sets.setdefault(ids.tobytes(), ids)
    total = sum(
        _reclassify(session, read_blocks(session, ids, None), lines) for ids in sets.values() if len(ids)
    )
    for plan in plans:
        restate_plan(session, plan)
    return total


def _block_ids(session: Session, plan: Plan) -> Ints:
    found = session.execute(
        text("SELECT block_id FROM assignment WHERE plan_id = :p ORDER BY block_id"), {"p": plan.id}
    )
    return np.array(found.scalars().all(), dtype=np.int64)


def _reclassify(session: Session, blocks: Blocks, lines: BarrierLines) -> int:
    who, barrier = classify_borders(border_segments(blocks.polygon), len(blocks), lines)
    session.execute(
        text(
            "UPDATE block_border b SET barrier = n.barrier FROM unnest(CAST(:first AS bigint[]), "
            "CAST(:second AS bigint[]), CAST(:barrier AS integer[])) AS n(first_id, second_id, barrier) "
            "WHERE b.first_id = n.first_id AND b.second_id = n.second_id AND b.barrier <> n.barrier"
        ),
        {
            "first": blocks.id[who.edges[:, 0]].tolist(),
            "second": blocks.id[who.edges[:, 1]].tolist(),
            "barrier": barrier.tolist(),
        },
    )
    return len(who.edges)


def restate_plan(session: Session, plan: Plan) -> None:
    """Write a plan's clear-border shares and numbers of buildings anew, after its surroundings changed."""
    read = read_plan_blocks(session, plan)
    for unit_ids, of in units_by_level(session, plan, read):
        figures = unit_figures(read.blocks, of, len(unit_ids))
        clear = [None if np.isnan(share) else float(share) for share in figures.clear_border_share]
        session.execute(
            text(
                "UPDATE plan_unit SET clear_border_share = :clear, buildings = :buildings "
                "WHERE plan_id = :plan AND unit_id = :unit"
            ),
            [
                {"plan": plan.id, "unit": unit, "clear": share, "buildings": count}
                for unit, share, count in zip(
                    unit_ids.tolist(), clear, figures.buildings.tolist(), strict=True
                )
            ],
        )


def units_by_level(session: Session, plan: Plan, read: PlanBlocks) -> list[tuple[Ints, Ints]]:
    """Return for each level, highest first, the (k,) ids of its units and the (n,) position of each block's unit."""
    rows = session.execute(
        text("SELECT unit_id, parent_id FROM plan_unit WHERE plan_id = :p"), {"p": plan.id}
    ).all()
    parent = {row.unit_id: row.parent_id for row in rows}
    at = read.unit_id
    found = []
    for _ in plan.levels:
        ids, of = np.unique(at, return_inverse=True)
        found.append((ids, of.astype(np.int64)))
        at = np.array([parent[unit] or 0 for unit in ids.tolist()], dtype=np.int64)[of]
    return found[::-1]
