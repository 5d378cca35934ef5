"""Streets, communities or cells drawn as polygons: each block goes to the unit that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from sqlalchemy import select, text

from boundaries.blocks import read_blocks
from boundaries.errors import ImportFileError
from boundaries.exchange.borders import units_by_level
from boundaries.exchange.columns import map_columns
from boundaries.exchange.hierarchy import (
    LevelUnits,
    level_fields,
    made_by,
    named,
    nested,
    parents,
    types_of,
    units_from_columns,
)
from boundaries.exchange.placing import POLYGONS, place, require_shapes
from boundaries.exchange.request import record_layer
from boundaries.exchange.values import listed, repeats, texts
from boundaries.figures import union_by
from boundaries.plans import PlanDraft, find_district, find_plan, read_plan_blocks, store_plan
from boundaries.sentences import Said
from boundaries.storage.plan_tables import LEVELS, Plan, PlanUnit

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.blocks import Blocks, Ints
    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport, ImportRequest
    from boundaries.storage.tables import District

LEVEL_OF = {"streets": "street", "communities": "community", "cells": "cell"}

HELD = 0.99
"""The share of a block's area that must lie in one unit."""


@dataclass(frozen=True)
class Ground:
    """The blocks that get a new level, and the plan it is added to, if any, with the levels it keeps."""

    blocks: Blocks
    target: Plan | None
    levels: list[LevelUnits]


def import_units(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Give the blocks of a district a level of units: in its newest plan made by import, or in a new draft."""
    session, level = request.session, LEVEL_OF[request.layer]
    district = find_district(session, request.district)
    report.on(district)
    higher = LEVELS[: LEVELS.index(level)]
    fields = ("name", "code", "type", "name_en", *level_fields(higher))
    mapping = map_columns(table, fields, request.columns, report)
    names, drawn = _drawn(table, mapping, level, report)
    shapes = require_shapes(table, names, POLYGONS, request.layer)
    ground = _ground(request, district, level)
    request.on_progress(0.3, Said("doing-find-units", "finding the {level} of every block", level=level))
    polygons = place(table, shapes, district, shapely.box(*shapely.total_bounds(ground.blocks.polygon)))
    drawn.of = held_by(ground.blocks, polygons, names, level)
    _require_all_held(drawn, polygons, ground.blocks, names, district)
    levels = [*ground.levels, drawn]
    stated = _stated_parents(table, mapping, higher, names, report)
    for above in stated:
        same = next((one for one in ground.levels if one.level == above.level), None)
        if same is None:
            above.of = above.of[drawn.of]
            levels.append(above)
        else:
            _require_agreement(same, drawn, above, ground.blocks.key)
    request.on_progress(0.6, Said("doing-store-plan", "storing the plan"))
    plan = _store(request, district, ground, levels, report)
    report.made(plan)
    report.stored, report.count_date = len(drawn), plan.count_date
    record_layer(session, district, report)


def _drawn(
    table: Table, mapping: dict[str, str], level: str, report: ImportReport
) -> tuple[list[str], LevelUnits]:
    """Return a label for every row, and the units as the file has them, without blocks yet."""
    code = texts(table, mapping.get("code"))
    own = named(texts(table, mapping.get("name")), mapping.get("name", ""))
    by_code = named(code, mapping.get("code", ""))
    name = [
        first or second or f"{level} {number}"
        for number, (first, second) in enumerate(zip(own, by_code, strict=True), 1)
    ]
    if not any(own) and not any(code):
        report.notes.append(
            Said(
                "units-numbered",
                "no column of names or codes: each {level} is numbered in the order of the file",
                level=level,
            )
        )
    doubled = repeats([one for one in code if one]) or [
        one for one in repeats(name) if any(code[n] is None for n, other in enumerate(name) if other == one)
    ]
    if doubled:
        raise ImportFileError(
            Said(
                "units-twice",
                "{names}: names or codes that stand for more than one {level} in {file}. Unite the parts or tell "
                "them apart, and import again.",
                names=listed(doubled),
                level=level,
                file=table.source,
            )
        )
    kind = types_of(texts(table, mapping.get("type")), level, report)
    english = texts(table, mapping.get("name_en"))
    units = LevelUnits(level, name, np.empty(0, dtype=np.int64), code, kind, english)
    return [units.label(n) for n in range(len(units))], units


def held_by(blocks: Blocks, polygons: NDArray[np.object_], names: Sequence[str], level: str) -> Ints:
    """Return the (n,) position of the polygon that holds each block.

    Raises
    ------
    ImportFileError
        When a block does not lie to `HELD` of its area in one polygon, naming block and polygons.
    """
    unit, block = shapely.STRtree(polygons).query(blocks.polygon, predicate="intersects")[::-1]
    area = shapely.area(shapely.intersection(blocks.polygon[block], polygons[unit]))
    order = np.lexsort((unit, -area, block))
    block, unit, area = block[order], unit[order], area[order]
    first = np.unique(block, return_index=True)[1]
    held = np.full(len(blocks), -1, dtype=np.int64)
    share = np.zeros(len(blocks))
    held[block[first]] = unit[first]
    share[block[first]] = area[first] / blocks.area_m2[block[first]]
    loose = np.flatnonzero(share < HELD)
    if not len(loose):
        return held
    worst = int(loose[np.argmin(share[loose])])
    of_worst = block == worst
    where = [
        Said("share-in", "{share} in {name}", share=f"{part / blocks.area_m2[worst]:.0%}", name=names[other])
        for part, other in zip(area[of_worst][:3], unit[of_worst][:3], strict=True)
        if part > 0
    ]
    more = (
        Said(
            "units-more-loose", " The same holds for {count} more {count:block|blocks}.", count=len(loose) - 1
        )
        if len(loose) > 1
        else ""
    )
    raise ImportFileError(
        Said(
            "units-loose",
            "block {block} lies {where}; a block must lie to {share} in one {level}.{more} Fit the borders to the "
            "blocks, or cut the blocks, and import again.",
            block=blocks.key[worst],
            where=where or Said("units-in-none", "in no {level} of the file", level=level),
            share=f"{HELD:.0%}",
            level=level,
            more=more,
        )
    )


def _require_all_held(
    drawn: LevelUnits, polygons: NDArray[np.object_], blocks: Blocks, names: Sequence[str], district: District
) -> None:
    """Every unit needs a block, and its polygon must not reach beyond the blocks there are."""
    empty = sorted(set(range(len(drawn))) - set(drawn.of.tolist()))
    if empty:
        raise ImportFileError(
            Said(
                "units-empty",
                "{names}: holds no block of {district}, so it lies outside its parent or is smaller than a block. "
                "Leave it out or cut the blocks, and import again.",
                names=listed([names[n] for n in empty]),
                district=district.name,
            )
        )
    united = union_by(blocks.polygon, drawn.of, len(drawn))
    inside = shapely.area(shapely.intersection(polygons, united)) / shapely.area(polygons)
    out = [
        Said("share-of-it", "{name} ({share} of it)", name=names[n], share=f"{1 - inside[n]:.0%}")
        for n in np.flatnonzero(inside < HELD).tolist()
    ]
    if out:
        raise ImportFileError(
            Said(
                "units-beyond",
                "{names}: reaches outside the blocks of {district} that lie in it, so it overlaps another unit or "
                "lies outside its parent. Correct its border and import again.",
                names=listed(out),
                district=district.name,
            )
        )


def _ground(request: ImportRequest, district: District, level: str) -> Ground:
    session = request.session
    plans = list(
        session.scalars(select(Plan).where(Plan.district_id == district.id).order_by(Plan.id.desc()))
    )
    target: Plan | None = None
    if request.plan is not None:
        target = find_plan(session, request.plan, district)
    elif (newest := next((plan for plan in plans if "import" in plan.made_by), None)) and (
        level not in newest.levels or newest.made_by.get("placeholder") == level
    ):
        target = newest
    basis = target or next(iter(plans), None)
    if basis is None:
        return Ground(_loose_blocks(session, district), None, [])
    read = read_plan_blocks(session, basis)
    dropped = {level, basis.made_by.get("placeholder")}
    levels = [
        _stored_level(session, basis, name, ids, of)
        for name, (ids, of) in zip(basis.levels, units_by_level(session, basis, read), strict=True)
        if name not in dropped
    ]
    return Ground(read.blocks, target, levels if target else [])


def _loose_blocks(session: Session, district: District) -> Blocks:
    ids = session.scalars(
        text("SELECT id FROM block WHERE district_id = :d AND version = 1 ORDER BY id"), {"d": district.id}
    ).all()
    if not ids:
        raise ImportFileError(
            Said(
                "units-no-blocks",
                "{district} has no blocks yet, and every unit is made of blocks. Import them first with --as blocks.",
                district=district.name,
            )
        )
    return read_blocks(session, np.array(ids, dtype=np.int64), None)


def _stored_level(session: Session, plan: Plan, level: str, ids: Ints, of: Ints) -> LevelUnits:
    rows = {
        unit.unit_id: unit
        for unit in session.scalars(
            select(PlanUnit).where(PlanUnit.plan_id == plan.id, PlanUnit.level == level)
        )
    }
    units = [rows[unit] for unit in ids.tolist()]
    return LevelUnits(
        level,
        [unit.name for unit in units],
        of,
        [unit.code for unit in units],
        [unit.type for unit in units],
        [unit.name_en for unit in units],
        ids,
    )


def _stated_parents(
    table: Table, mapping: dict[str, str], higher: Sequence[str], names: Sequence[str], report: ImportReport
) -> list[LevelUnits]:
    found: list[LevelUnits] = []
    for level in higher:
        units = units_from_columns(table, mapping, level, found[-1] if found else None, names, report)
        if units is not None:
            found.append(units)
    return found


def _require_agreement(
    stored: LevelUnits, drawn: LevelUnits, stated: LevelUnits, block_names: Sequence[str]
) -> None:
    """Refuse a row that names another unit above than the one its blocks lie in."""
    actual = parents(stored, drawn, block_names)
    for unit in range(len(drawn)):
        said, lies = int(stated.of[unit]), int(actual[unit])
        code = stated.code[said]
        same = code == stored.code[lies] if code and stored.code[lies] else stated.name[said] in (
            stored.name[lies],
            stored.code[lies],
        )  # fmt: skip
        if not same:
            raise ImportFileError(
                Said(
                    "units-elsewhere",
                    "{unit} lies outside its parent {parent}: its blocks are in {other}. Correct its border or its "
                    "{level}, and import again.",
                    unit=drawn.label(unit),
                    parent=stated.label(said),
                    other=stored.label(lies),
                    level=stored.level,
                )
            )


def _store(
    request: ImportRequest, district: District, ground: Ground, levels: list[LevelUnits], report: ImportReport
) -> Plan:
    session, target = request.session, ground.target
    lowest = max(levels, key=lambda one: LEVELS.index(one.level))
    drafts = nested(levels, ground.blocks.key, report)
    grows = target is not None and request.name is None and _may_grow(target, request.layer)
    name, base = request.name or _free_name(session, district, request), target.id if target else None
    count_date = target.count_date if target else _newest_count(session, district)
    if target is not None and grows:
        name, base = target.name, target.base_id
        _remove(session, target)
        report.notes.append(
            Said(
                "units-added",
                'added to the plan "{plan}" as the level {level}',
                plan=name,
                level=LEVEL_OF[request.layer],
            )
        )
    stored = store_plan(
        session,
        district,
        PlanDraft(
            name=name,
            levels=drafts,
            block_ids=ground.blocks.id,
            unit=lowest.of,
            count_date=count_date,
            base_id=base,
            made_by=made_by(report, target.made_by if target is not None and grows else None),
        ),
    )
    return stored.plan


def _may_grow(plan: Plan, layer: str) -> bool:
    """Tell whether the plan takes a further level: an untouched draft made by imports; others are copied."""
    level = LEVEL_OF[layer]
    new = level not in plan.levels or plan.made_by.get("placeholder") == level
    return "import" in plan.made_by and plan.state == "draft" and plan.revision == 0 and new


def _remove(session: Session, plan: Plan) -> None:
    """Take a plan away to store it anew under its name; units that only held its place go with it."""
    placeholder = plan.made_by.get("placeholder")
    orphans = session.scalars(
        select(PlanUnit.unit_id).where(PlanUnit.plan_id == plan.id, PlanUnit.level == placeholder)
    ).all()
    session.execute(text("DELETE FROM plan WHERE id = :p"), {"p": plan.id})
    session.expunge(plan)
    session.execute(
        text("DELETE FROM unit WHERE id = ANY(:ids) AND id NOT IN (SELECT unit_id FROM plan_unit)"),
        {"ids": list(orphans)},
    )


def _free_name(session: Session, district: District, request: ImportRequest) -> str:
    wanted = f"{request.path.name.split('.')[0]} (import)"
    taken = set(session.scalars(select(Plan.name).where(Plan.district_id == district.id)))
    numbered = (f"{wanted} {number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def _newest_count(session: Session, district: District) -> dt.date | None:
    found: dt.date | None = session.scalar(
        text("SELECT max(on_date) FROM count WHERE district_id = :d AND block_id IS NOT NULL"),
        {"d": district.id},
    )
    return found
