"""Reshaping: a drawn line becomes the border of a unit and the neighbour it cuts into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.errors import LineRefusedError, NotTouchingError
from boundaries.redraw.changes import Change
from boundaries.redraw.dividing import divide
from boundaries.redraw.ground import among, read_ground
from boundaries.redraw.lines import cut_ground, refused, with_change
from boundaries.redraw.operations import emptied
from geo.cutting import why_nothing
from geo.errors import LineError
from geo.sides import share_of
from geo.snapping import SNAP_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from boundaries.redraw.dividing import Divided
    from boundaries.redraw.ground import Ground
    from boundaries.redraw.lines import Cut
    from boundaries.redraw.operations import Arguments
    from boundaries.redraw.state import State

    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]


def reshape(state: State, arguments: Arguments) -> Change:
    """Make the drawn line the new border of a unit and the neighbour it cuts into.

    What changes sides is said by `boundaries.redraw.dividing.divide`.
    """
    unit = arguments["unit"]
    ground = read_ground(state, arguments["line"], unit, whole_units=True)
    units, polygons = _units_of(ground, unit)
    divided = divide(units, polygons, ground.line, unit)
    if not divided.cut.any():
        crossed = polygons[shapely.dwithin(polygons, ground.line, SNAP_M)]
        raise refused(why_nothing(crossed, ground.line, np.ones(len(crossed), dtype=bool), SNAP_M))
    if not divided.goes.any():
        raise NotTouchingError(
            f'what the line cuts off does not touch "{state.unit(unit).name}". '
            "Draw it from border to border of that unit.",
            units=[unit],
        )
    _require_clear(state, unit, divided.rivals)
    seam = divided.regions.between(divided.goes)
    done = cut_ground(state, ground, seam, ground.of_units(np.unique(divided.unit[divided.cut]).tolist()))
    moved = _moved(done, divided)
    if not moved:
        raise refused(
            done.refusal or LineError("line-not-across", "the line moves no block; draw it across one.")
        )
    # All units that lose blocks were read whole, so it is known here whether they keep any.
    blocks = zip(done.id.tolist(), done.unit.tolist(), strict=True)
    stays = {before for block, before in blocks if block not in moved}
    gone = {before for before, _ in moved.values()} - stays
    removed = emptied(with_change(state, done.change), moved) if gone else {}
    return done.change.then(Change(blocks=moved, units=removed))


def _require_clear(state: State, unit: int, rivals: Sequence[int]) -> None:
    """Refuse a line that does not say to whom a piece of the unit goes."""
    if not rivals:
        return
    names = [f'"{state.unit(one).name}"' for one in rivals]
    raise LineRefusedError(
        "line-unclear",
        f'what the line cuts off "{state.unit(unit).name}" borders {" and ".join(names)} alike. '
        f'Select the one that is to get it and draw the line over "{state.unit(unit).name}" only.',
        units=list(rivals),
    )


def _units_of(ground: Ground, unit: int) -> tuple[Ints, Shapes]:
    """Return (n,) units and polygons: one of a unit itself and of all the line comes near, others block by block."""
    near = shapely.dwithin(ground.polygon, ground.line, SNAP_M)
    whole = np.unique([unit, *ground.unit[near].tolist()])
    rest = ~among(ground.unit, whole)
    united = [shapely.coverage_union_all(ground.polygon[ground.unit == one]) for one in whole.tolist()]
    return np.concatenate([whole, ground.unit[rest]]), np.array(
        [*united, *ground.polygon[rest]], dtype=object
    )


def _moved(done: Cut, divided: Divided) -> dict[int, tuple[int | None, int | None]]:
    """Return the blocks of which more lies in regions that change sides than in any that stay."""
    moved: dict[int, tuple[int | None, int | None]] = {}
    for unit in np.unique(divided.unit[divided.goes]).tolist():
        mine, here = np.flatnonzero(done.unit == unit), divided.unit == unit
        goes, to = divided.goes[here], divided.to[here]
        areas = share_of(done.polygon[mine], divided.regions.polygon[here])
        going = areas[:, goes].sum(axis=1) > areas[:, ~goes].sum(axis=1)
        target = to[np.where(goes, areas, -1.0).argmax(axis=1)]
        for at in np.flatnonzero(going).tolist():
            moved[int(done.id[mine[at]])] = (unit, int(target[at]))
    return moved
