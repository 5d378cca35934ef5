"""New block versions: the pieces of blocks that a line cut, and the neighbours that got a node."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.redraw.borders import store_borders
from boundaries.redraw.changes import Change
from boundaries.redraw.people import store_people
from boundaries.storage.database import copy_rows, ewkb, reserve_ids
from geo.coverage import adjacency_of, border_segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.redraw.ground import Ground
    from boundaries.redraw.state import State
    from geo.cutting import Cutting

    Ints = NDArray[np.int64]
    Shapes = NDArray[np.object_]

KEY_LOCK = 3_208_120
"""Advisory lock under which keys and versions of new blocks are chosen, with the district's id."""


@dataclass(frozen=True)
class NewBlocks:
    """m new block versions, in the order of the cutting they come from.

    Attributes
    ----------
    id, parent : (m,) int
        The new version and the one it was made from.
    unit : (m,) int
        The unit the parent was in.
    key
        Keys of the m new versions.
    polygon : (m,) shapely geometries, metres
    """

    id: Ints
    parent: Ints
    unit: Ints
    key: list[str]
    polygon: Shapes

    def change(self) -> Change:
        """Return the change that puts the new versions in the place of the old ones; no unit changes."""
        made = Counter(self.parent.tolist())
        blocks: dict[int, tuple[int | None, int | None]] = {}
        versions: dict[int, int] = {}
        for new, parent, unit in zip(self.id.tolist(), self.parent.tolist(), self.unit.tolist(), strict=True):
            if made[parent] == 1:
                versions[parent] = new
            else:
                blocks[parent] = (unit, None)
                blocks[new] = (None, unit)
        return Change(blocks=blocks, versions=versions)


def store_cut(state: State, ground: Ground, cutting: Cutting) -> NewBlocks:
    """Store what a line made of blocks: versions, lineage, borders, buildings and counts.

    Pieces of a block are new blocks with its key and a number, and share its people out; a neighbour that
    only got a node keeps key and counts. Nothing is assigned yet.
    """
    session, district = state.session, state.district
    # Other plans of the district are edited at the same time, under locks of their own.
    state.rows("SELECT pg_advisory_xact_lock(:lock, :here)", lock=KEY_LOCK, here=district.id)
    parent = ground.id[cutting.parent]
    keys, versions = _names(state, [ground.key[at] for at in cutting.parent])
    ids = reserve_ids(session, "block", len(parent))
    new = NewBlocks(ids, parent, ground.unit[cutting.parent], keys, cutting.polygon)
    kept = np.setdiff1d(np.arange(len(ground.id)), cutting.parent)
    after = np.concatenate([cutting.polygon, ground.polygon[kept]])
    segments = border_segments(after)
    outer = adjacency_of(segments, len(after)).outer_m[: len(parent)]
    use = {
        row[0]: row[1:]
        for row in state.rows(
            "SELECT id, use, compound_id FROM block WHERE id = ANY(:ids)", ids=parent.tolist()
        )
    }
    copy_rows(
        session,
        "block",
        ["id", "district_id", "srid", "key", "version", "use", "compound_id", "area_m2", "outer_m", "geom"],
        (
            (block, district.id, district.srid, key, version, *use[old], area, rim, shape)
            for block, old, key, version, area, rim, shape in zip(
                new.id.tolist(),
                parent.tolist(),
                keys,
                versions,
                shapely.area(new.polygon).tolist(),
                outer.tolist(),
                ewkb(new.polygon, district.srid),
                strict=True,
            )
        ),
    )
    copy_rows(
        session,
        "block_origin",
        ["block_id", "origin_id"],
        zip(new.id.tolist(), parent.tolist(), strict=True),
    )
    store_borders(state, segments, np.concatenate([new.id, ground.id[kept]]), set(new.id.tolist()))
    store_people(state, new)
    return new


def _names(state: State, parent_keys: list[str]) -> tuple[list[str], list[int]]:
    """Return keys and version numbers of new blocks.

    Parameters
    ----------
    parent_keys
        Of the m new blocks; one that stands once keeps its key.
    """
    made = Counter(parent_keys)
    whole = [key for key in made if made[key] == 1]
    query = (
        "SELECT key, max(version) FROM block WHERE district_id = :district AND key = ANY(:keys) GROUP BY key"
    )
    newest = {row[0]: row[1] for row in state.rows(query, keys=whole)} if whole else {}
    free = {key: _free_keys(state, key, number) for key, number in made.items() if number > 1}
    keys = [key if made[key] == 1 else free[key].pop(0) for key in parent_keys]
    return keys, [newest.get(key, 0) + 1 for key in keys]


def _free_keys(state: State, key: str, number: int) -> list[str]:
    """Return keys such as 0417.1 that no block of the district ever had."""
    query = (
        "SELECT :key || '.' || n FROM generate_series(1, :upto) n WHERE NOT EXISTS (SELECT 1 FROM block b "
        "WHERE b.district_id = :district AND b.key = :key || '.' || n) ORDER BY n LIMIT :number"
    )
    upto = 16
    while len(found := [row[0] for row in state.rows(query, key=key, upto=upto, number=number)]) < number:
        upto *= 4
    return found
