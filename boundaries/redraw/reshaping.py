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
from geo.errors import LineError
from geo.snapping import SNAP_M

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    divided = divide(ground.unit, ground.polygon, ground.line, unit)
    if not divided.cut.any():
        near = ground.unit[shapely.dwithin(ground.polygon, ground.line, SNAP_M)]
        raise refused(ground.why_nothing_is_cut(np.unique([unit, *near.tolist()]).tolist()))
    if not divided.goes.any():
        raise NotTouchingError(
            f'what the line cuts off does not touch "{state.unit(unit).name}". '
            "Draw it from border to border of that unit.",
            units=[unit],
        )
    _require_clear(state, unit, divided.rivals)
    losing = np.unique(divided.regions.of[divided.cut]).tolist()
    done = cut_ground(state, ground, ground.of_units(losing), divided.regions, divided.goes)
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


def _moved(done: Cut, divided: Divided) -> dict[int, tuple[int | None, int | None]]:
    """Return the blocks of which more lies in regions that change sides than in any that stay."""
    areas = divided.regions.shares(done.polygon, done.origin)
    going = areas[:, divided.goes].sum(axis=1) > areas[:, ~divided.goes].sum(axis=1)
    target = divided.to[np.where(divided.goes, areas, -1.0).argmax(axis=1)]
    rows = zip(done.id[going].tolist(), done.unit[going].tolist(), target[going].tolist(), strict=True)
    return {block: (unit, to) for block, unit, to in rows}
