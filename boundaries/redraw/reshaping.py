"""Reshaping: a drawn line becomes the border of a unit and the neighbour it cuts into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.errors import LineRefusedError, NotTouchingError
from boundaries.redraw.changes import Change
from boundaries.redraw.dividing import divide
from boundaries.redraw.ground import read_ground
from boundaries.redraw.lines import cut_ground, refused, with_change
from boundaries.redraw.operations import emptied
from geo.cutting import why_nothing
from geo.errors import LineError
from geo.sides import share_of
from geo.snapping import SNAP_M

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from boundaries.redraw.dividing import Divided
    from boundaries.redraw.lines import Cut
    from boundaries.redraw.operations import Arguments
    from boundaries.redraw.state import State


def reshape(state: State, arguments: Arguments) -> Change:
    """Make the drawn line the new border of a unit and the neighbour it cuts into.

    What changes sides is said by `boundaries.redraw.dividing.divide`.
    """
    unit = arguments["unit"]
    ground = read_ground(state, arguments["line"], unit, whole_units=True)
    whole = {
        one: shapely.coverage_union_all(ground.polygon[ground.unit == one])
        for one in np.unique(ground.unit).tolist()
    }
    divided = divide(whole, ground.line, unit)
    if not divided:
        crossed = np.array([whole[one] for one in whole if shapely.dwithin(whole[one], ground.line, SNAP_M)])
        raise refused(why_nothing(crossed, ground.line, np.ones(len(crossed), dtype=bool), SNAP_M))
    if not any(one.goes.any() for one in divided.values()):
        raise NotTouchingError(
            f'what the line cuts off does not touch "{state.unit(unit).name}". '
            "Draw it from border to border of that unit.",
            units=[unit],
        )
    if unit in divided:
        _require_clear(state, unit, divided[unit].rivals)
    lines = [one.regions.between(one.goes) for one in divided.values()]
    done = cut_ground(state, ground, shapely.union_all(lines), ground.of_units(divided))
    moved = _moved(done, divided)
    if not moved:
        raise refused(
            done.refusal or LineError("line-not-across", "the line moves no block; draw it across one.")
        )
    # All units that lose blocks were read whole, so it is known here whether they keep any.
    stays = np.unique(done.unit[~np.isin(done.id, list(moved))])
    gone = {before for before, _ in moved.values()} - set(stays.tolist())
    units = emptied(with_change(state, done.change), moved) if gone else {}
    return done.change.then(Change(blocks=moved, units=units))


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


def _moved(done: Cut, divided: Mapping[int, Divided]) -> dict[int, tuple[int | None, int | None]]:
    """Return the blocks of which more lies in regions that change sides than in any that stay."""
    moved: dict[int, tuple[int | None, int | None]] = {}
    for unit, one in divided.items():
        mine = np.flatnonzero(done.unit == unit)
        areas = share_of(done.polygon[mine], one.regions.polygon)
        going = areas[:, one.goes].sum(axis=1) > areas[:, ~one.goes].sum(axis=1)
        to = one.to[np.where(one.goes, areas, -1.0).argmax(axis=1)]
        for at in np.flatnonzero(going).tolist():
            moved[int(done.id[mine[at]])] = (unit, int(to[at]))
    return moved
