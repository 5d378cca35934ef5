"""Operations with a drawn line: cut blocks, and split a unit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.errors import LineRefusedError
from boundaries.redraw.changes import Change
from boundaries.redraw.cut_blocks import store_cut
from boundaries.redraw.ground import read_ground
from boundaries.redraw.new_units import ask_new_unit
from boundaries.rules import UNASSIGNED
from geo.cutting import cut_along, cut_between
from geo.errors import LineError
from geo.sides import regions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.redraw.ground import Ground
    from boundaries.redraw.operations import Arguments
    from boundaries.redraw.people import Shares
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent
    from geo.sides import Regions

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Cut:
    """Blocks of some units as they are once a line has cut them.

    Attributes
    ----------
    change
        Puts new versions in the place of old ones.
    id, unit : (n,) int
    polygon : (n,) shapely geometries, metres
    origin : (n,) int
        The position in the ground of the block each is, or was made from.
    refusal
        Why the line cut no block; None when it did.
    shares
        What pieces got of the counts of the blocks they were cut from.
    """

    change: Change
    id: Ints
    unit: Ints
    polygon: Shapes
    origin: Ints
    refusal: LineError | None = None
    shares: Shares = field(default_factory=dict)


def cut(state: State, arguments: Arguments) -> Change:
    """Cut blocks with a line; the pieces stay in the unit of the block."""
    ground = read_ground(state, arguments["line"])
    may = np.ones(len(ground.id), dtype=bool)
    if "blocks" in arguments:
        may = np.isin(ground.id, list(state.units_of(arguments["blocks"])))
    done = cut_ground(state, ground, may)
    if done.refusal is not None:
        raise refused(done.refusal)
    return done.change


def split(state: State, arguments: Arguments) -> Change:
    """Make two units of one along a line; the piece with fewer residents (else less area) becomes the new one."""
    unit = arguments["unit"]
    ground = read_ground(state, arguments["line"], unit)
    known = state.unit(unit)
    type_ = "ordinary" if known.type == UNASSIGNED else known.type
    new = ask_new_unit(state, known.level, type_, known.parent_id, arguments.get("name"))
    of_unit = ground.of_units([unit])
    residents = _ask_residents(state, ground.id[of_unit])
    state.run.flush()
    ground = ground.over(of_unit)
    found = regions(ground.polygon, ground.line, ground.unit, only=unit)
    try:
        side = found.sides(unit)
    except LineError as error:
        raise refused(error) from error
    if not (side == 1).any():
        raise refused(ground.why_nothing_is_cut([unit]))
    done = cut_ground(state, ground, of_unit & arguments.get("cut", True), found, side == 1)
    mine = done.unit == unit
    areas = found.shares(done.polygon[mine], done.origin[mine])
    beyond = areas[:, side == 1].sum(axis=1) > areas[:, side == 0].sum(axis=1)
    blocks = done.id[mine]
    if beyond.all() or not beyond.any():
        raise refused(done.refusal or ground.why_nothing_is_cut([unit]))
    people = _people_of(state, residents, done)
    fewer = _with_fewer(
        np.array([people.get(block, 0.0) for block in blocks.tolist()]),
        shapely.area(done.polygon[mine]),
        beyond,
    )
    made, attributes = new.made()
    moved: dict[int, tuple[int | None, int | None]] = dict.fromkeys(blocks[fewer].tolist(), (unit, made))
    return done.change.then(Change(blocks=moved, units={made: (None, attributes)}))


def with_change(state: State, change: Change) -> State:
    """Return the state with one more change pending."""
    return replace(state, pending=state.pending.then(change))


def refused(error: LineError) -> LineRefusedError:
    """Return the refusal of an edit for that of its line."""
    return LineRefusedError(error.key, str(error))


def cut_ground(
    state: State, ground: Ground, may: Flags, found: Regions | None = None, beyond: Flags | None = None
) -> Cut:
    """Cut blocks along the line, as far as it does not follow borders that are there already.

    Parameters
    ----------
    may
        (n,) which blocks of the ground may be cut.
    found, beyond
        The regions of the ground, and which of them, (k,), are to be parted from the others; None: the line is cut
        along as far as it reaches.
    """
    try:
        if found is None or beyond is None:
            cutting = cut_along(ground.polygon, ground.line, may)
        else:
            kinds = found.of_faces(beyond)
            cutting = cut_between(ground.polygon, ground.line, found.faces, kinds, may)
    except LineError as error:
        return Cut(Change(), ground.id, ground.unit, ground.polygon, np.arange(len(ground.id)), error)
    new = store_cut(state, ground, cutting)
    state.drawn.update(zip(new.id.tolist(), new.polygon, strict=True))
    kept = ground.without(cutting.parent)
    return Cut(
        new.change(),
        np.concatenate([ground.id[kept], new.id]),
        np.concatenate([ground.unit[kept], new.unit]),
        np.concatenate([ground.polygon[kept], new.polygon]),
        np.concatenate([kept, cutting.parent]),
        shares=new.shares,
    )


def _ask_residents(state: State, blocks: Ints) -> Sent | None:
    """Ask for the residents of blocks on the plan's date; None where it has none."""
    if state.plan.count_date is None:
        return None
    query = "SELECT block_id, value FROM count WHERE block_id = ANY(:ids) AND measure = 'residents' AND on_date = :on"
    return state.send(query, ids=blocks.tolist(), on=state.plan.count_date)


def _people_of(state: State, asked: Sent | None, done: Cut) -> dict[int, float]:
    """Return the residents of blocks as they are once they are cut; who has none is left out."""
    people = dict(asked.rows()) if asked is not None else {}
    people |= {new: people[old] for old, new in done.change.versions.items() if old in people}
    people |= done.shares.get(("residents", str(state.plan.count_date)), {})
    return people


def _with_fewer(residents: Floats, area_m2: Floats, beyond: Flags) -> Flags:
    """Return which of two sides has fewer residents; less area where they have the same.

    Parameters
    ----------
    residents, area_m2 : (n,) float
        Of the blocks of both.
    beyond : (n,) bool
        Which of them are on one side.
    """
    sums = [(residents[flags].sum(), area_m2[flags].sum()) for flags in (beyond, ~beyond)]
    return beyond if sums[0] <= sums[1] else ~beyond
