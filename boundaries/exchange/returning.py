"""A level of a plan that was edited elsewhere comes back as a new plan: differences are found block by block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from boundaries import redraw
from boundaries.blocks import Blocks
from boundaries.check import check_plan
from boundaries.errors import EditError, ImportFileError, UnknownBlockError
from boundaries.exchange.columns import map_columns
from boundaries.exchange.drawn_units import lay, seams, unclean
from boundaries.exchange.hierarchy import named
from boundaries.exchange.placing import POLYGONS, place, require_shapes
from boundaries.exchange.request import record_layer
from boundaries.exchange.values import listed, repeats, texts
from boundaries.planning.branch import branch
from boundaries.plans import find_district, find_plan, read_plan_blocks
from boundaries.redraw.apply import apply
from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.log import write_edit
from boundaries.redraw.new_units import Codes
from boundaries.redraw.state import State
from boundaries.storage.tables import District

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.blocks import Ints
    from boundaries.exchange.reading import Table
    from boundaries.exchange.request import ImportReport, ImportRequest
    from boundaries.storage.plan_tables import Plan

    Shapes = NDArray[np.object_]

ACTOR = redraw.Actor("import", "import")


@dataclass(frozen=True)
class Drawn:
    """The rows of the file: k units with their polygons; ``unit`` is the plan's own id, or -1 for a new one."""

    name: list[str]
    code: list[str | None]
    type: list[str | None]
    name_en: list[str | None]
    polygon: Shapes
    unit: Ints


def import_edited_units(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Make a branch of a plan in which its lowest level is as a file has it.

    Blocks go whole to the unit that holds most of them; they are cut only where a border of the file truly runs
    through them. What is not clean in the file is told in the report.

    Raises
    ------
    ImportFileError
        When the file's units cannot be told apart, or the plan they come from is not named.
    """
    session = request.session
    if request.plan is None:
        raise ImportFileError("units come back to the plan they were exported from: name it with --plan.")
    district = find_district(session, request.district) if request.district is not None else None
    plan = find_plan(session, request.plan, district)
    district = session.get_one(District, plan.district_id)
    report.on(district)
    made = branch(session, plan, actor=ACTOR, name=request.name)
    before = read_plan_blocks(session, made).blocks
    drawn = _drawn(request, table, report, made, before)
    report.notes += unclean(before.polygon, drawn.polygon, drawn.name)
    request.on_progress(0.3, "cutting blocks where borders differ")
    _cut(session, made, before, drawn, report)
    request.on_progress(0.7, "finding the unit of every block")
    _assign(session, district, made, drawn, report)
    report.notes += [str(breach) for breach in check_plan(session, made)]
    report.made(made)
    report.stored, report.count_date = len(drawn.name), made.count_date
    record_layer(session, district, report)


def _drawn(request: ImportRequest, table: Table, report: ImportReport, plan: Plan, blocks: Blocks) -> Drawn:
    mapping = map_columns(table, ("name", "code", "type", "name_en"), request.columns, report)
    code = texts(table, mapping.get("code"))
    own = named(texts(table, mapping.get("name")), mapping.get("name", ""))
    name = [first or second or "" for first, second in zip(own, code, strict=True)]
    nameless = [n for n, one in enumerate(name, start=1) if not one]
    doubled = repeats([one for one in code if one])
    if nameless or doubled:
        what = (
            f"row {nameless[0]} has neither name nor code" if nameless else f"{listed(doubled)} stands twice"
        )
        raise ImportFileError(
            f"{what} in {table.source}. Every unit needs its own; correct it and import again."
        )
    shapes = require_shapes(table, name, POLYGONS, "units")
    polygons = place(
        table, shapes, _district(request, plan), shapely.box(*shapely.total_bounds(blocks.polygon))
    )
    state = State(request.session, plan, _district(request, plan))
    known = _known(state)
    by_code = {one.code: number for number, one in known.items() if one.code is not None}
    by_name: dict[str, list[int]] = {}
    for number, one in known.items():
        by_name.setdefault(one.name, []).append(number)
    unit = np.full(len(name), -1, dtype=np.int64)
    for k, (one_code, one_name) in enumerate(zip(code, name, strict=True)):
        if one_code in by_code:
            unit[k] = by_code[one_code]
        elif one_code is None and len(by_name.get(one_name, ())) == 1:
            unit[k] = by_name[one_name][0]
    if len(set(unit[unit >= 0].tolist())) < np.count_nonzero(unit >= 0):
        raise ImportFileError(
            f"two rows of {table.source} are the same unit of the plan; unite them and import again."
        )
    kinds, english = texts(table, mapping.get("type")), texts(table, mapping.get("name_en"))
    return Drawn(name, code, kinds, english, np.asarray(polygons, dtype=object), unit)


def _district(request: ImportRequest, plan: Plan) -> District:
    return request.session.get_one(District, plan.district_id)


def _known(state: State) -> dict[int, Attributes]:
    query = (
        "SELECT unit_id, level, parent_id, name, name_en, code, type, locked FROM plan_unit "
        "WHERE plan_id = :plan AND level = :level ORDER BY unit_id"
    )
    return {row[0]: Attributes(*row[1:]) for row in state.rows(query, level=state.lowest)}


def _cut(session: Session, plan: Plan, blocks: Blocks, drawn: Drawn, report: ImportReport) -> None:
    """Cut blocks along the file's borders, line by line; a line that cannot cut is told and left."""
    laid = lay(blocks.polygon, drawn.polygon)
    done = 0
    for at, line in seams(blocks.polygon, drawn.polygon, laid):
        refusal = _cut_one(session, plan, int(blocks.id[at]), line)
        if refusal is None:
            done += 1
        else:
            spot = line.interpolate(0.5, normalized=True)
            report.notes.append(f"the border at ({spot.x:.1f}, {spot.y:.1f}) was not followed: {refusal}")
    if done:
        report.notes.append(f"{done} borders of the file run through blocks, which were cut along them")


def _cut_one(session: Session, plan: Plan, block: int, line: shapely.LineString) -> EditError | None:
    """Cut a block, or what an earlier line made of it; return the refusal if there is one."""
    arguments: dict[str, Any] = {"line": shapely.get_coordinates(line).tolist(), "blocks": [block]}
    refusal = _tried(session, plan, arguments)
    if isinstance(refusal, UnknownBlockError):
        del arguments["blocks"]
        refusal = _tried(session, plan, arguments)
    return refusal


def _tried(session: Session, plan: Plan, arguments: dict[str, Any]) -> EditError | None:
    try:
        with session.begin_nested():
            asked = redraw.Edit.of("cut", arguments)
            redraw.edit(session, plan, asked, actor=ACTOR, revision=plan.revision)
    except EditError as refusal:
        session.refresh(plan)
        return refusal
    return None


def _assign(session: Session, district: District, plan: Plan, drawn: Drawn, report: ImportReport) -> None:
    read = read_plan_blocks(session, plan)
    owner = lay(read.blocks.polygon, drawn.polygon).owner
    state = State(session, plan, district)
    known = _known(state)
    unit = drawn.unit.copy()
    units: dict[int, tuple[Attributes | None, Attributes | None]] = {}
    codes = Codes(state)
    for k in np.flatnonzero(unit < 0).tolist():
        mine = owner == k
        if not mine.any():
            report.notes.append(f'"{drawn.name[k]}" holds most of no block and was left out')
            continue
        parent = _parent(known, read.unit_id[mine], read.blocks.area_m2[mine])
        unit[k] = state.new_unit(state.lowest)
        type_ = drawn.type[k] or "ordinary"
        code = codes.under(parent, state.lowest, type_)
        made = Attributes(state.lowest, parent, drawn.name[k], drawn.name_en[k], code, type_)
        units[int(unit[k])] = (None, made)
    for k in np.flatnonzero(drawn.unit >= 0).tolist():
        was = known[int(unit[k])]
        now = replace(
            was, name=drawn.name[k], name_en=drawn.name_en[k] or was.name_en, type=drawn.type[k] or was.type
        )
        if now != was:
            units[int(unit[k])] = (was, now)
    after = np.where(owner >= 0, unit[owner], read.unit_id)
    after = np.where(after >= 0, after, read.unit_id)
    for gone in sorted(set(known) - set(after.tolist())):
        units[gone] = (known[gone], None)
        report.notes.append(f'"{known[gone].name}" has no block any more and is gone')
    moved = np.flatnonzero(after != read.unit_id)
    change = Change({int(read.blocks.id[n]): (int(read.unit_id[n]), int(after[n])) for n in moved}, {}, units)
    report.notes.append(f"{len(moved):,} of {len(after):,} blocks change their unit")
    if change:
        applied = apply(state, change, whole=False)
        edit = redraw.Edit("import", {"rows": len(drawn.name)})
        write_edit(state, edit, applied, ACTOR, request=None, undoes=None)


def _parent(known: dict[int, Attributes], units: Ints, area_m2: NDArray[np.float64]) -> int | None:
    """Return the parent of most of the ground that a new unit takes."""
    total: dict[int | None, float] = {}
    for unit, area in zip(units.tolist(), area_m2.tolist(), strict=True):
        parent = known[unit].parent_id
        total[parent] = total.get(parent, 0.0) + area
    return max(total, key=lambda parent: total[parent])
