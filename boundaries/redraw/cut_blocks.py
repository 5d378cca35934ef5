"""New block versions: the pieces of blocks that a line cut, and the neighbours that got a node."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from boundaries.redraw.borders import ask_lines, borders_of, box_of, shared_out, write_borders
from boundaries.redraw.changes import Change
from boundaries.redraw.edges import ask_edges_of, edges_of
from boundaries.redraw.ground import among
from boundaries.redraw.people import ask_people, store_people
from boundaries.storage.database import ewkb
from geo.coverage import adjacency_of, border_segments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.redraw.ground import Ground
    from boundaries.redraw.people import AskedPeople, Shares
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent
    from geo.coverage import Segments
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
    shares : (measure, date) -> id -> value
        What pieces got of the counts of the blocks they were cut from.
    """

    id: Ints
    parent: Ints
    unit: Ints
    key: list[str]
    polygon: Shapes
    shares: Shares = field(default_factory=dict)

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
    # Other plans of the district are edited at the same time, under locks of their own.
    lock_keys(state)
    parent_keys = [ground.key[at] for at in cutting.parent]
    names = _ask_names(state, Counter(parent_keys))
    people = _people_of(state, ground.id[cutting.cut()].tolist())
    state.run.flush()
    kept = ground.without(cutting.parent)
    kept = kept[_near(ground.polygon[kept], cutting.polygon)]
    after = np.concatenate([cutting.polygon, ground.polygon[kept]])
    segments = border_segments(after)
    outer = adjacency_of(segments, len(after)).outer_m[: len(cutting.parent)]
    of_new = borders_of(segments, np.arange(len(after)) < len(cutting.parent))
    origin = ground.id[np.concatenate([cutting.parent, kept])]
    changed = of_new.those(shared_out(of_new, origin))
    lines = _lines_along(state, changed)
    if state.ahead is not None and state.ahead.parts is None:
        units = np.unique(ground.unit[cutting.parent])
        state.ahead.ask_parts(state, units.tolist(), ground.id[among(ground.unit, units)].tolist())
    ids, keys, versions = _names(state, parent_keys, names)
    new = NewBlocks(ids, ground.id[cutting.parent], ground.unit[cutting.parent], keys, cutting.polygon)
    state.send(
        _STORE,
        ids=ids.tolist(),
        parents=new.parent.tolist(),
        keys=keys,
        versions=versions,
        areas=shapely.area(new.polygon).tolist(),
        outers=outer.tolist(),
        shapes=ewkb(new.polygon, state.district.srid),
    )
    state.run.flush()
    parents = set(new.parent.tolist())
    before = edges_of(state, parents, ask_edges_of(state, parents)).of
    borders = write_borders(
        state, of_new, np.concatenate([ids, ground.id[kept]]), origin, changed, lines, before
    )
    state.run.flush()
    shares = store_people(state, new, people)
    state.run.flush()
    state.made_borders.update(borders)
    if state.ahead is not None:
        state.ahead.make(ids.tolist(), borders, ids[outer > 0].tolist())
    return replace(new, shares=shares)


def _people_of(state: State, blocks: list[int]) -> AskedPeople:
    """Ask for the people of blocks that are cut, where they were not asked for ahead."""
    if state.ahead is not None and state.ahead.near.issuperset(blocks):
        return state.ahead.people
    return ask_people(state, blocks)


def _lines_along(state: State, changed: Segments) -> Sent:
    """Ask for what runs along some borders, where it was not asked for ahead."""
    box = box_of(changed)
    if state.ahead is not None and shapely.box(*state.ahead.box).covers(shapely.box(*box)):
        return state.ahead.lines
    return ask_lines(state, box)


def _near(polygons: Shapes, others: Shapes) -> NDArray[np.bool_]:
    """Return (n,) which polygons come into the box around the others; no other one can touch them."""
    box = shapely.bounds(polygons)
    bounds = shapely.bounds(others)
    (left, low), (right, high) = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    flags: NDArray[np.bool_] = (
        (box[:, 0] <= right) & (box[:, 1] <= high) & (box[:, 2] >= left) & (box[:, 3] >= low)
    )
    return flags


_STORE = (
    "WITH made AS (SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:parents AS bigint[]), CAST(:keys AS text[]), "
    "CAST(:versions AS integer[]), CAST(:areas AS double precision[]), CAST(:outers AS double precision[]), "
    "CAST(:shapes AS text[])) AS m (id, parent, key, version, area_m2, outer_m, shape)), "
    "stored AS (INSERT INTO block (id, district_id, srid, key, version, use, compound_id, area_m2, outer_m, geom) "
    "SELECT m.id, p.district_id, p.srid, m.key, m.version, p.use, p.compound_id, m.area_m2, m.outer_m, "
    "CAST(m.shape AS geometry) FROM made m JOIN block p ON p.id = m.parent) "
    "INSERT INTO block_origin (block_id, origin_id) SELECT id, parent FROM made"
)


def lock_keys(state: State) -> None:
    """Let nobody else choose keys and versions of new blocks of the district until the transaction ends."""
    query = "SELECT pg_advisory_xact_lock(CAST(:lock AS integer), CAST(:here AS integer))"
    state.send(query, lock=KEY_LOCK, here=state.district.id)


FREE_KEYS = 16
"""So many numbers behind a key are looked at first for one that is free."""

_NAMES = (
    "SELECT k.key, (SELECT max(version) FROM block b WHERE b.district_id = :district AND b.key = k.key), "
    "ARRAY(SELECT nextval(pg_get_serial_sequence('block', 'id')) FROM generate_series(1, k.number)), "
    # Each number is looked up: NOT EXISTS is planned as a join with all blocks of the district.
    "ARRAY(SELECT k.key || '.' || n FROM generate_series(1, :upto) n WHERE k.number > 1 AND (SELECT max(version) "
    "FROM block b WHERE b.district_id = :district AND b.key = k.key || '.' || n) IS NULL ORDER BY n LIMIT k.number) "
    "FROM unnest(CAST(:keys AS text[]), CAST(:numbers AS integer[])) AS k (key, number)"
)


def _ask_names(state: State, made: Counter[str], upto: int = FREE_KEYS) -> Sent:
    """Ask for ids, newest versions and free keys of what is made of blocks, so many of each key."""
    return state.send(_NAMES, keys=list(made), numbers=list(made.values()), upto=upto)


def _names(state: State, parent_keys: list[str], asked: Sent) -> tuple[Ints, list[str], list[int]]:
    """Return ids, keys and version numbers of new blocks.

    Only blocks as they were imported have version 1; what is made of a block has a higher one than it ever had.

    Parameters
    ----------
    parent_keys
        Of the m new blocks; one that stands once keeps its key.
    """
    made, upto = Counter(parent_keys), FREE_KEYS
    rows = asked.rows()
    while any(made[row[0]] not in {1, len(row[3])} for row in rows):
        upto *= 4
        rows = _ask_names(state, made, upto).rows()
    newest = {row[0]: row[1] for row in rows}
    ids = np.sort(np.array([block for row in rows for block in row[2]], dtype=np.int64))
    free = {row[0]: list(row[3]) for row in rows}
    keys = [key if made[key] == 1 else free[key].pop(0) for key in parent_keys]
    return ids, keys, [newest[key] + 1 for key in parent_keys]
