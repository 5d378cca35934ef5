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
from boundaries.exchange.borders import units_by_level
from boundaries.exchange.columns import map_columns
from boundaries.exchange.drawn_units import lay, seams, unclean
from boundaries.exchange.following import Redrawn, follow
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
from boundaries.sentences import Said, Word, spot
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
    """The rows of the file: k units of one level with polygons; ``unit`` is the plan's own id, or -1 for a new one."""

    level: str
    name: list[str]
    code: list[str | None]
    type: list[str | None]
    name_en: list[str | None]
    polygon: Shapes
    unit: Ints


def import_edited_units(request: ImportRequest, table: Table, report: ImportReport) -> None:
    """Make a branch of a plan in which one of its levels is as a file has it.

    Blocks go whole to the unit that holds most of them; they are cut only where a border of the file truly runs
    through them. Units below follow their blocks (see `boundaries.exchange.following`). What is not clean in the file
    is told in the report.

    Raises
    ------
    ImportFileError
        When the file's units cannot be told apart, or the plan they come from is not named.
    """
    session = request.session
    if request.plan is None:
        raise ImportFileError(
            Said(
                "return-no-plan", "units come back to the plan they were exported from: name it with --plan."
            )
        )
    district = find_district(session, request.district) if request.district is not None else None
    plan = find_plan(session, request.plan, district)
    district = session.get_one(District, plan.district_id)
    report.on(district)
    made = branch(session, plan, actor=ACTOR, name=request.name)
    before = read_plan_blocks(session, made).blocks
    drawn = _drawn(request, table, report, made, before)
    report.notes += unclean(before.polygon, drawn.polygon, drawn.name)
    request.on_progress(0.3, Said("doing-cut", "cutting blocks where borders differ"))
    _cut(session, made, before, drawn, report)
    request.on_progress(0.7, Said("doing-assign", "finding the unit of every block"))
    _assign(session, district, made, drawn, report)
    report.notes += [
        Said("return-breach", "not sound yet, mend it in the draft: {what}", what=breach.what)
        for breach in check_plan(session, made)
    ]
    report.made(made)
    report.stored, report.count_date = len(drawn.name), made.count_date
    record_layer(session, district, report)


def _drawn(request: ImportRequest, table: Table, report: ImportReport, plan: Plan, blocks: Blocks) -> Drawn:
    mapping = map_columns(table, ("level", "name", "code", "type", "name_en"), request.columns, report)
    code = texts(table, mapping.get("code"))
    own = named(texts(table, mapping.get("name")), mapping.get("name", ""))
    name = [first or second or "" for first, second in zip(own, code, strict=True)]
    _require_apart(table, name, code)
    shapes = require_shapes(table, name, POLYGONS, "units")
    polygons = place(
        table, shapes, _district(request, plan), shapely.box(*shapely.total_bounds(blocks.polygon))
    )
    state = State(request.session, plan, _district(request, plan))
    level = _level(state, table, mapping.get("level"), code, name)
    report.notes.append(Said("return-level", "the file is read as the units of level {level}", level=level))
    unit = _same_units(_known(state, level), code, name)
    if len(set(unit[unit >= 0].tolist())) < np.count_nonzero(unit >= 0):
        raise ImportFileError(
            Said(
                "return-same",
                "two rows of {file} are the same unit of the plan; unite them and import again.",
                file=table.source,
            )
        )
    kinds, english = texts(table, mapping.get("type")), texts(table, mapping.get("name_en"))
    return Drawn(level, name, code, kinds, english, np.asarray(polygons, dtype=object), unit)


def _require_apart(table: Table, name: list[str], code: list[str | None]) -> None:
    nameless = [n for n, one in enumerate(name, start=1) if not one]
    doubled = repeats([one for one in code if one])
    if nameless:
        raise ImportFileError(
            Said(
                "return-nameless",
                "row {row} of {file} has neither name nor code. Every unit needs its own; correct it and import again.",
                row=str(nameless[0]),
                file=table.source,
            )
        )
    if doubled:
        raise ImportFileError(
            Said(
                "return-twice",
                "{codes} stands twice in {file}. Every unit needs its own code; correct it and import again.",
                codes=listed(doubled),
                file=table.source,
            )
        )


LEVEL_WORDS = {"街道": "street", "社区": "community", "网格": "cell"}


def _level(state: State, table: Table, column: str | None, code: list[str | None], name: list[str]) -> str:
    """Return the level of the file's units: what it says, else the level most of them are known in."""
    levels = state.plan.levels
    said = {LEVEL_WORDS.get(one, one) for one in texts(table, column) if one} if column else set()
    if len(said & set(levels)) > 1:
        raise ImportFileError(
            Said(
                "return-levels",
                "{file} holds units of several levels ({levels}); bring them back one level at a time.",
                file=table.source,
                levels=[one for one in levels if one in said],
            )
        )
    if len(said) == 1 and said <= set(levels):
        return next(iter(said))
    matched = {one: int(np.count_nonzero(_same_units(_known(state, one), code, name) >= 0)) for one in levels}
    return max(reversed(levels), key=lambda one: matched[one])


def _same_units(known: dict[int, Attributes], code: list[str | None], name: list[str]) -> Ints:
    """Return the plan's unit of each row, by its code, else by a name that only one has; -1 for a new one."""
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
    return unit


def _district(request: ImportRequest, plan: Plan) -> District:
    return request.session.get_one(District, plan.district_id)


def _known(state: State, level: str) -> dict[int, Attributes]:
    query = (
        "SELECT unit_id, level, parent_id, name, name_en, code, type, locked FROM plan_unit "
        "WHERE plan_id = :plan AND level = :level ORDER BY unit_id"
    )
    return {row[0]: Attributes(*row[1:]) for row in state.rows(query, level=level)}


def _cut(session: Session, plan: Plan, blocks: Blocks, drawn: Drawn, report: ImportReport) -> None:
    """Cut blocks along the file's borders, line by line; a line that cannot cut is told and left."""
    laid = lay(blocks.polygon, drawn.polygon)
    done = 0
    for at, line in seams(blocks.polygon, drawn.polygon, laid):
        refusal = _cut_one(session, plan, int(blocks.id[at]), line)
        if refusal is None:
            done += 1
        else:
            middle = line.interpolate(0.5, normalized=True)
            said = Said(
                "return-not-followed",
                "the border at {at} was not followed: {refusal}",
                at=spot(middle.x, middle.y),
                refusal=Word(refusal.key, str(refusal)),
            )
            report.notes.append(said)
    if done:
        said = Said(
            "return-cut",
            "{count} {count:border of the file runs|borders of the file run} through blocks, which "
            "were cut along {count:it|them}",
            count=done,
        )
        report.notes.append(said)


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
    codes = Codes(state)
    chain = units_by_level(session, plan, read)
    units = {level: ids[of] for level, (ids, of) in zip(plan.levels, chain, strict=True)}
    before = units[drawn.level]
    unit = _make_units(state, codes, drawn, owner, before, read.blocks.area_m2, report)
    after = np.where(owner >= 0, unit[owner], before)
    after = np.where(after >= 0, after, before)
    moved = np.flatnonzero(after != before)
    below = plan.levels[plan.levels.index(drawn.level) + 1 :]
    if below:
        redrawn = Redrawn(read.blocks, {level: units[level] for level in below}, after)
        report.notes += follow(state, codes, redrawn)
    else:
        ids = read.blocks.id
        state.push(Change(blocks={int(ids[n]): (int(before[n]), int(after[n])) for n in moved}))
    _remove_units(state, drawn.level, set(after.tolist()), report)
    said = Said(
        "return-moved",
        "{count} of {all} blocks {count:changes its|change their} unit",
        count=len(moved),
        all=len(after),
    )
    report.notes.append(said)
    if state.pending:
        applied = apply(State(session, plan, district), state.pending, whole=False)
        edit = redraw.Edit("import", {"rows": len(drawn.name)})
        write_edit(state, edit, applied, ACTOR, request=None, undoes=None)


def _make_units(
    state: State,
    codes: Codes,
    drawn: Drawn,
    owner: Ints,
    before: Ints,
    area_m2: NDArray[np.float64],
    report: ImportReport,
) -> Ints:
    """Return the unit of each row: new ones are made, known ones get the names and types of the file."""
    known = _known(state, drawn.level)
    unit = drawn.unit.copy()
    units: dict[int, tuple[Attributes | None, Attributes | None]] = {}
    for k, name in enumerate(drawn.name):
        mine = owner == k
        if drawn.unit[k] >= 0:
            was = known[int(unit[k])]
            english, type_ = drawn.name_en[k] or was.name_en, drawn.type[k] or was.type
            now = replace(was, name=name, name_en=english, type=type_)
            if now != was:
                units[int(unit[k])] = (was, now)
        elif mine.any():
            parent = _parent(known, before[mine], area_m2[mine])
            unit[k] = state.new_unit(drawn.level)
            type_ = drawn.type[k] or ("ordinary" if drawn.level == "cell" else drawn.level)
            code = codes.under(parent, drawn.level, type_)
            made = Attributes(drawn.level, parent, name, drawn.name_en[k], code, type_)
            units[int(unit[k])] = (None, made)
        else:
            said = Said("return-left-out", '"{name}" holds most of no block and was left out', name=name)
            report.notes.append(said)
    state.push(Change(units=units))
    return unit


def _remove_units(state: State, level: str, held: set[int], report: ImportReport) -> None:
    known = _known(state, level)
    for gone in sorted(set(known) - held):
        state.push(Change(units={gone: (state.unit(gone), None)}))
        report.notes.append(
            Said("return-gone", '"{name}" has no block any more and is gone', name=known[gone].name)
        )


def _parent(known: dict[int, Attributes], units: Ints, area_m2: NDArray[np.float64]) -> int | None:
    """Return the parent of most of the ground that a new unit takes."""
    total: dict[int | None, float] = {}
    for unit, area in zip(units.tolist(), area_m2.tolist(), strict=True):
        parent = known[unit].parent_id
        total[parent] = total.get(parent, 0.0) + area
    return max(total, key=lambda parent: total[parent])
