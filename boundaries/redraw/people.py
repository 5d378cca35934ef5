"""Who lives where after a cut: buildings go to the piece they stand in, counts follow the buildings."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from boundaries.redraw.shares import divided
from boundaries.storage.database import geometries_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.redraw.cut_blocks import NewBlocks
    from boundaries.redraw.shares import Floats
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent

COUNTED_TOLERANCE = 1e-6
"""A block's count is the sum of its buildings' when they differ by no more than this share of it."""

Counted = tuple[str, str]
"""A measure and the date it was counted on, as text."""


@dataclass(frozen=True)
class Stands:
    """The b buildings of one block that is cut.

    Attributes
    ----------
    building
        Ids.
    piece : (b,) int
        Position of the piece each stands in.
    room : (b,) float
        Footprint times floors, square metres.
    counts : (measure, date) -> building id -> value
    """

    building: list[int]
    piece: NDArray[np.int64]
    room: Floats
    counts: dict[Counted, dict[int, float]]


@dataclass(frozen=True)
class AskedPeople:
    """Counts and buildings of blocks that are cut, asked for."""

    counts: Sent
    buildings: Sent


def ask_people(state: State, blocks: list[int]) -> AskedPeople:
    """Ask for the people of blocks that are cut."""
    return AskedPeople(state.send(_COUNTS, ids=blocks), state.send(_BUILDINGS, ids=blocks))


_COUNTS = "SELECT block_id, measure, on_date, value, source FROM count WHERE block_id = ANY(:ids) ORDER BY id"
_BUILDINGS = (
    "SELECT k.block_id, g.id, ST_AsBinary(ST_PointOnSurface(g.geom)), ST_Area(g.geom) * greatest(g.floors, 1), "
    "(SELECT jsonb_agg(jsonb_build_array(c.measure, c.on_date, c.value)) FROM count c WHERE c.building_id = g.id) "
    "FROM block_building k JOIN building g ON g.id = k.building_id WHERE k.block_id = ANY(:ids) ORDER BY 1, 2"
)


def store_people(state: State, new: NewBlocks, asked: AskedPeople) -> None:
    """Store buildings and counts of new block versions.

    A version that only got a node has those of the version before. Of the pieces of a block each has the buildings
    whose representative point it holds (on a border: the piece with the lower key), and its share of every count
    of every date: as its buildings' own counts say; where they have none, by their footprints and floors; without
    buildings by area. Shares that are no sums of counted buildings have the source 'split'.
    """
    made = Counter(new.parent.tolist())
    whole = np.array([made[parent] == 1 for parent in new.parent.tolist()])
    if whole.any():
        _hand_down(state, new.parent[whole].tolist(), new.id[whole].tolist())
    if not whole.all():
        _share_out(state, new, sorted({parent for parent in made if made[parent] > 1}), asked)


def _hand_down(state: State, old: list[int], new: list[int]) -> None:
    state.send(
        "WITH made AS (SELECT * FROM unnest(CAST(:old AS bigint[]), CAST(:new AS bigint[])) AS m (old, new)), "
        "placed AS (INSERT INTO block_building (block_id, building_id) "
        "SELECT m.new, k.building_id FROM made m JOIN block_building k ON k.block_id = m.old) "
        "INSERT INTO count (district_id, block_id, measure, on_date, value, source) "
        "SELECT c.district_id, m.new, c.measure, c.on_date, c.value, c.source "
        "FROM made m JOIN count c ON c.block_id = m.old",
        old=old,
        new=new,
    )


def _share_out(state: State, new: NewBlocks, parents: list[int], asked: AskedPeople) -> None:
    of_parent: dict[int, list[Any]] = defaultdict(list)
    for row in asked.counts.rows():
        of_parent[row[0]].append(row)
    stands = _buildings(new, parents, asked.buildings.rows())
    placed: list[tuple[int, int]] = []
    rows: list[tuple[Any, ...]] = []
    for parent in parents:
        pieces = np.flatnonzero(new.parent == parent)
        here = stands[parent]
        placed += [(int(new.id[pieces[k]]), b) for b, k in zip(here.building, here.piece, strict=True)]
        area = shapely.area(new.polygon[pieces])
        for _, measure, on_date, value, source in of_parent[parent]:
            weights, counted = _weights(here, area, (measure, str(on_date)), value)
            kind = source if counted else "split"
            rows += [
                (int(new.id[at]), measure, on_date, share, kind)
                for at, share in zip(pieces, divided(value, weights).tolist(), strict=True)
            ]
    block, measures, dates, values, sources = zip(*rows, strict=True) if rows else ((),) * 5
    homes, buildings = zip(*placed, strict=True) if placed else ((), ())
    state.send(
        "WITH placed AS (INSERT INTO block_building (block_id, building_id) "
        "SELECT * FROM unnest(CAST(:homes AS bigint[]), CAST(:buildings AS bigint[]))) "
        "INSERT INTO count (district_id, block_id, measure, on_date, value, source) "
        "SELECT :district, * FROM unnest(CAST(:block AS bigint[]), CAST(:measures AS text[]), "
        "CAST(:dates AS date[]), CAST(:values AS double precision[]), CAST(:sources AS text[]))",
        homes=list(homes),
        buildings=list(buildings),
        block=list(block),
        measures=list(measures),
        dates=list(dates),
        values=list(values),
        sources=list(sources),
    )


def _weights(here: Stands, area: Floats, counted_as: Counted, value: float) -> tuple[Floats, bool]:
    """Return (k,) weights of the pieces, and whether they are the counts themselves."""
    own = here.counts.get(counted_as, {})
    counted = np.array([own.get(building, 0.0) for building in here.building])
    for weight in (counted, here.room):
        if len(weight) and weight.sum() > 0:
            sums: Floats = np.bincount(here.piece, weights=weight, minlength=len(area)).astype(np.float64)
            exact = weight is counted and abs(weight.sum() - value) <= COUNTED_TOLERANCE * max(1.0, value)
            return sums, exact
    return area, False


def _buildings(new: NewBlocks, parents: list[int], rows: list[Any]) -> dict[int, Stands]:
    """Return the buildings of blocks that are cut, each with the piece that has it."""
    found = {}
    for parent in parents:
        mine = [row for row in rows if row[0] == parent]
        at = np.flatnonzero(new.parent == parent)
        by_key = np.array(sorted(range(len(at)), key=lambda k: new.key[at[k]]))
        points = geometries_of(row[2] for row in mine).reshape(-1)
        # On a border two pieces are at no distance, and the first has it.
        apart = shapely.distance(points[:, None], new.polygon[at][by_key][None, :])
        nearest = np.argmin(apart, axis=1).astype(np.int64)
        own: dict[Counted, dict[int, float]] = defaultdict(dict)
        for row in mine:
            for measure, on_date, value in row[4] or ():
                own[measure, on_date][row[1]] = value
        found[parent] = Stands(
            building=[row[1] for row in mine],
            piece=by_key[nearest],
            room=np.array([row[3] for row in mine], dtype=np.float64),
            counts=dict(own),
        )
    return found
