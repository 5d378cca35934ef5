"""Bringing a draft up to date: what changed in force since it was begun is merged into it, block by block."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import shapely
from sqlalchemy import text
from sqlalchemy import update as update_rows

from boundaries.errors import ArgumentError, NothingToDoError, PlanError
from boundaries.planning.branch import ground_of
from boundaries.planning.errors import ConflictsError
from boundaries.planning.levelling import confined_three, drop_levels, merged_levels, with_parents
from boundaries.planning.life import hold, log_step, plan_in_force
from boundaries.planning.merging import MINE, THEIRS, Conflict, Merged, ThreePlans, merge
from boundaries.planning.unit_merging import MergedUnits, ThreeHierarchies, merge_units
from boundaries.redraw.apply import Applied, apply
from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.edits import Edit
from boundaries.redraw.log import write_edit
from boundaries.redraw.logged import Summary
from boundaries.redraw.state import ATTRIBUTES, State
from boundaries.redraw.touched import UnitRow
from boundaries.sentences import Said
from boundaries.storage.database import geometries_of
from boundaries.storage.plan_tables import Plan
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from boundaries.planning.merging import Side
    from boundaries.redraw import Actor

OPERATION = "bring-up-to-date"
"""How the log calls it; it is not taken back, since the plan then stands on another base."""


@dataclass(frozen=True)
class Updated:
    """A draft that stands on the plan in force.

    Attributes
    ----------
    edit, applied
        None when the two sides made the same of everything, so that nothing had to change.
    restored
        Units that the plan in force no longer has and the draft's own changes need.
    """

    base: Plan
    edit: Summary | None
    applied: Applied | None
    restored: list[int]


def update(session: Session, plan: Plan, actor: Actor, resolve: Mapping[str, Side] | None = None) -> Updated:
    """Merge the plan in force into a draft that was begun on an earlier one.

    Parameters
    ----------
    resolve
        Conflict id -> "mine" or "theirs".

    Raises
    ------
    WrongStateError
        When the plan is no draft.
    NothingToDoError
        When it stands on the plan in force already.
    ConflictsError
        When both sides changed the same; ``conflicts`` is a GeoJSON feature collection in the planar CRS.
    """
    hold(session, plan, "draft", "update")
    decided = _decisions(resolve or {})
    head, ground = plan_in_force(session, plan.district_id), ground_of(session, plan)
    if head is None or (ground is not None and ground.id == head.id):
        raise NothingToDoError(
            Said("update-fresh", '"{plan}" stands on the plan in force already.', plan=plan.name)
        )
    # A plan that goes back to none that was in force takes nothing over: all that differs is its own doing.
    base = ground or head
    levels = _levels(base, plan, head)
    three = read_three(session, base, plan, head)
    merged = merge(three, decided)
    known = ThreeHierarchies(*(_units(session, one) for one in (base, plan, head)))
    hierarchies = confined_three(known, levels)
    units = merge_units(hierarchies, merged.assigned.values(), decided)
    units = with_parents(units, hierarchies, levels, merged.assigned, three.mine)
    conflicts = [*merged.conflicts, *units.conflicts]
    if conflicts:
        raise ConflictsError(
            Said(
                "update-conflicts",
                '"{plan}" and "{head}" changed the same in {count} {count:place|places}; for each take mine or theirs.',
                plan=plan.name,
                head=head.name,
                count=len(conflicts),
            ),
            conflicts=conflict_features(session, plan, head, conflicts, hierarchies),
        )
    dropped = drop_levels(session, plan, levels, known.mine) if levels != plan.levels else Change()
    change = _change(three, merged, hierarchies, units)
    applied, summary = _apply(session, plan, head, dropped, change, actor)
    _settle(session, plan, head, ground, actor, len(decided))
    return Updated(head, summary, applied, units.restored)


def _decisions(resolve: Mapping[str, Side]) -> dict[str, Side]:
    wrong = sorted(set(resolve.values()) - {MINE, THEIRS})
    if wrong:
        raise ArgumentError(
            Said("update-side", 'a conflict is decided by "mine" or "theirs", not "{side}".', side=wrong[0])
        )
    return dict(resolve)


def _levels(base: Plan, plan: Plan, head: Plan) -> list[str]:
    """Return the levels the draft has once it is merged."""
    levels = merged_levels(base.levels, plan.levels, head.levels)
    if levels is None:
        said = Said(
            "update-levels",
            '"{plan}" has the levels {levels}, "{head}" has {head_levels}: plans of other levels cannot be merged. '
            "Make a branch of the plan in force, compare it with this plan, and draw the differences there.",
            plan=plan.name,
            levels=list(plan.levels),
            head=head.name,
            head_levels=list(head.levels),
        )
        raise PlanError(said)
    return levels


def read_three(session: Session, base: Plan, mine: Plan, theirs: Plan) -> ThreePlans:
    """Read the assignments of three plans with the lineage and the borders of their blocks."""
    at_first, my, their = (_assigned(session, plan) for plan in (base, mine, theirs))
    ids = {*at_first, *my, *their}
    apart = sorted(ids - (at_first.keys() & my.keys() & their.keys()))
    lineage = session.execute(
        text(
            "WITH RECURSIVE up (block_id, at) AS (SELECT i, i FROM unnest(CAST(:ids AS bigint[])) i UNION "
            "SELECT up.block_id, o.origin_id FROM up JOIN block_origin o ON o.block_id = up.at) "
            "SELECT block_id, at FROM up WHERE at <> block_id"
        ),
        {"ids": apart},
    )
    pairs = [(one, other) for one, other in lineage if other in ids]
    changed = sorted({block for pair in pairs for block in pair} & at_first.keys())
    touching = session.execute(
        text(
            "WITH changed AS MATERIALIZED (SELECT unnest(CAST(:b AS bigint[])) AS id) SELECT first_id, second_id "
            "FROM block_border JOIN changed f ON f.id = first_id JOIN changed s ON s.id = second_id"
        ),
        {"b": changed},
    )
    return ThreePlans(at_first, my, their, pairs, [(row[0], row[1]) for row in touching])


def _assigned(session: Session, plan: Plan) -> dict[int, int]:
    rows = session.execute(
        text("SELECT block_id, unit_id FROM assignment WHERE plan_id = :p"), {"p": plan.id}
    )
    return {row[0]: row[1] for row in rows}


def _units(session: Session, plan: Plan) -> dict[int, Attributes]:
    query = f"SELECT unit_id, {ATTRIBUTES} FROM plan_unit WHERE plan_id = :p"  # noqa: S608
    return {row[0]: Attributes(*row[1:]) for row in session.execute(text(query), {"p": plan.id})}


def _change(three: ThreePlans, merged: Merged, have: ThreeHierarchies, units: MergedUnits) -> Change:
    """Return what leads from the draft as it is to the merged plan."""
    blocks = {
        block: (three.mine.get(block), merged.assigned.get(block))
        for block in {*three.mine, *merged.assigned}
        if three.mine.get(block) != merged.assigned.get(block)
    }
    attributes = {
        unit: (have.mine.get(unit), units.units.get(unit))
        for unit in {*have.mine, *units.units}
        if have.mine.get(unit) != units.units.get(unit)
    }
    return Change(blocks, {}, attributes)


def _apply(
    session: Session, plan: Plan, head: Plan, dropped: Change, change: Change, actor: Actor
) -> tuple[Applied | None, Summary | None]:
    """Do what leads to the merged plan after some levels were dropped, and log both as one edit."""
    whole = dropped.then(change)
    if not whole:
        return None, None
    state = State(session, plan, session.get_one(District, plan.district_id))
    applied = apply(state, change, whole=False)
    rows = {unit: _row(before) for unit, (before, _) in dropped.units.items() if before is not None}
    touched = replace(applied.touched, rows=rows | applied.touched.rows)
    applied = replace(applied, change=whole, touched=touched)
    edit = Edit(OPERATION, {"plan": head.id})
    return applied, write_edit(state, edit, applied, actor, request=None, undoes=None)


def _row(known: Attributes) -> UnitRow:
    """Return what the log needs of a unit that went with its level: its name."""
    return UnitRow(known, colour=-1, blocks=0, buildings=0, border_um=0, clear_border_um=None, tallies={})


def _settle(
    session: Session, plan: Plan, head: Plan, ground: Plan | None, actor: Actor, decided: int
) -> None:
    """Let the draft stand on the plan in force; drafts made of it before stay on what it stood on."""
    session.execute(
        update_rows(Plan).where(Plan.base_id == plan.id).values(base_id=ground.id if ground else None)
    )
    plan.base_id = head.id
    details = {"from": ground.id if ground else None, "to": head.id, "decided": decided}
    log_step(session, plan, "update", actor, details)


def conflict_features(
    session: Session, plan: Plan, head: Plan, conflicts: list[Conflict], have: ThreeHierarchies
) -> dict[str, Any]:
    """Return conflicts as a GeoJSON feature collection in the planar CRS; ``id`` is what they are decided by."""
    wanted = sorted({block for one in conflicts for block in one.blocks})
    rows = session.execute(
        text(
            "SELECT b.id, ST_AsBinary(b.geom), (SELECT value FROM count c WHERE c.block_id = b.id "
            "AND c.measure = 'residents' AND c.on_date = :on) FROM block b WHERE b.id = ANY(:ids)"
        ),
        {"ids": wanted, "on": plan.count_date},
    ).all()
    shapes = dict(zip([row[0] for row in rows], geometries_of(row[1] for row in rows), strict=True))
    residents = {row[0]: row[2] for row in rows}
    features = []
    for one in conflicts:
        ground = [shapes[block] for block in one.blocks]
        shape = shapely.union_all(ground) if ground else _unit_shape(session, plan, head, int(one.id[1:]))
        counted = [residents[block] for block in one.blocks if residents[block] is not None]
        properties = {
            "kind": one.kind,
            "mine": one.mine,
            "theirs": one.theirs,
            **_names(MINE, one, have.mine, one.mine),
            **_names(THEIRS, one, have.theirs, one.theirs),
            "residents": sum(counted) if counted else None,
        }
        geometry = json.loads(shapely.to_geojson(shape))
        features.append({"type": "Feature", "id": one.id, "geometry": geometry, "properties": properties})
    return {"type": "FeatureCollection", "features": features}


def _unit_shape(session: Session, plan: Plan, head: Plan, unit: int) -> shapely.Geometry:
    query = text("SELECT ST_AsBinary(geom) FROM plan_unit WHERE plan_id = :p AND unit_id = :u")
    stored = session.scalar(query, {"p": plan.id, "u": unit}) or session.scalar(
        query, {"p": head.id, "u": unit}
    )
    shape: shapely.Geometry = geometries_of([stored])[0]
    return shape


def _names(
    side: Side, conflict: Conflict, units: Mapping[int, Attributes], unit: int | None
) -> dict[str, str | None]:
    """Return what a side of a conflict is called; a side that is no unit has words only."""
    known = units.get(unit) if unit is not None else None
    words = conflict.words.get(side)
    name, name_en = (known.name, known.name_en) if known is not None and not words else (words, None)
    return {f"{side}_name": name, f"{side}_name_en": name_en}
