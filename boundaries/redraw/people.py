"""Who lives where after a cut: buildings go to the piece they stand in, counts follow the buildings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from boundaries.figures import MILLIONTHS
from boundaries.redraw.shares import divided
from boundaries.storage.database import geometries_of

if TYPE_CHECKING:
    from boundaries.redraw.cut_blocks import NewBlocks
    from boundaries.redraw.state import State
    from boundaries.storage.statements import Sent

COUNTED_TOLERANCE = 1e-6
"""A block's count is the sum of its buildings' when they differ by no more than this share of it."""

Counted = tuple[str, str]
"""A measure and the date it was counted on, as text."""

Shares = Mapping[Counted, Mapping[int, float]]
"""What block versions got of each count."""


@dataclass(frozen=True)
class Stands:
    """The b buildings of one block that is cut.

    Attributes
    ----------
    building, piece
        Ids, and the position of the new block each stands in.
    room
        Footprints times floors, square metres.
    counts : (measure, date) -> building id -> value
    """

    building: list[int]
    piece: list[int]
    room: list[float]
    counts: Mapping[Counted, Mapping[int, float]]


@dataclass(frozen=True)
class Made:
    """A block version that an edit made.

    Attributes
    ----------
    origin
        The version it was made from.
    own
        Its counts on the plan's date, measure -> millionths, and the number of its buildings; None: those of the
        version it was made from, for it only got a node.
    """

    origin: int
    own: tuple[Mapping[str, int], int] | None = None


@dataclass(frozen=True)
class AskedPeople:
    """Counts and buildings of blocks that are cut, if not of more, asked for."""

    counts: Sent
    buildings: Sent


def ask_people(state: State, blocks: list[int]) -> AskedPeople:
    """Ask for the people of blocks that are cut."""
    return AskedPeople(state.send(_COUNTS, ids=blocks), state.send(_BUILDINGS, ids=blocks))


_COUNTS = "SELECT block_id, id, measure, on_date, value FROM count WHERE block_id = ANY(:ids) ORDER BY id"
_BUILDINGS = (
    "SELECT k.block_id, g.id, ST_AsBinary(ST_PointOnSurface(g.geom)), ST_Area(g.geom) * greatest(g.floors, 1), "
    "(SELECT jsonb_agg(jsonb_build_array(c.measure, c.on_date, c.value)) FROM count c WHERE c.building_id = g.id) "
    "FROM block_building k JOIN building g ON g.id = k.building_id WHERE k.block_id = ANY(:ids) ORDER BY 1, 2"
)


def store_people(state: State, new: NewBlocks, asked: AskedPeople) -> Shares:
    """Store buildings and counts of new block versions.

    A version that only got a node has those of the version before. Of the pieces of a block each has the buildings
    whose representative point it holds (on a border: the piece with the lower key), and its share of every count
    of every date: as its buildings' own counts say; where they have none, by their footprints and floors; without
    buildings by area. Shares that are no sums of counted buildings have the source 'split'.

    Returns
    -------
    The shares of the pieces. What each version has stands in ``state.made`` then.
    """
    made = Counter(new.parent.tolist())
    whole = np.array([made[parent] == 1 for parent in new.parent.tolist()])
    if whole.any():
        handed = dict(zip(new.id[whole].tolist(), new.parent[whole].tolist(), strict=True))
        _hand_down(state, list(handed.values()), list(handed))
        state.made |= {version: Made(origin) for version, origin in handed.items()}
    return _share_out(state, new, sorted({parent for parent in made if made[parent] > 1}), asked)


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


def _share_out(state: State, new: NewBlocks, parents: list[int], asked: AskedPeople) -> Shares:
    of_parent: dict[int, list[Any]] = defaultdict(list)
    of_cut = set(parents)
    for parent, *row in asked.counts.rows():
        if parent in of_cut:
            of_parent[parent].append(row)
    ids, areas = new.id.tolist(), shapely.area(new.polygon).tolist()
    stands = _buildings(new, parents, [row for row in asked.buildings.rows() if row[0] in of_cut])
    rows: list[tuple[int, int, float, int]] = []
    given: dict[Counted, dict[int, float]] = defaultdict(dict)
    for parent in parents:
        pieces = np.flatnonzero(new.parent == parent).tolist()
        area = {at: areas[at] for at in pieces}
        for count, measure, on_date, value in of_parent[parent]:
            weights, counted = _weights(stands[parent], area, (measure, str(on_date)), value)
            shares = divided(value, list(weights.values()))
            for at, share in zip(weights, shares, strict=True):
                rows.append((ids[at], count, share, counted))
                given[measure, str(on_date)][ids[at]] = share
    blocks, counts, values, counted_ones = ([row[k] for row in rows] for k in range(4))
    state.send(
        "WITH placed AS (INSERT INTO block_building (block_id, building_id) "
        "SELECT * FROM unnest(CAST(:homes AS bigint[]), CAST(:buildings AS bigint[]))) "
        "INSERT INTO count (district_id, block_id, measure, on_date, value, source) "
        "SELECT c.district_id, m.block, c.measure, c.on_date, m.value, CASE m.counted WHEN 1 THEN c.source "
        "ELSE 'split' END FROM unnest(CAST(:block AS bigint[]), CAST(:counts AS bigint[]), "
        "CAST(:values AS double precision[]), CAST(:counted AS bigint[])) AS m (block, id, value, counted) "
        "JOIN count c ON c.id = m.id",
        homes=[ids[at] for here in stands.values() for at in here.piece],
        buildings=[building for here in stands.values() for building in here.building],
        block=blocks,
        counts=counts,
        values=values,
        counted=counted_ones,
    )
    on = str(state.plan.count_date)
    of_plan = {measure: shares for (measure, date), shares in given.items() if date == on}
    for parent in parents:
        homes = Counter(stands[parent].piece)
        for at in np.flatnonzero(new.parent == parent).tolist():
            block = ids[at]
            own = {
                measure: round(shares[block] * MILLIONTHS)
                for measure, shares in of_plan.items()
                if block in shares
            }
            state.made[block] = Made(parent, (own, homes[at]))
    return given


def _weights(
    here: Stands, area: Mapping[int, float], counted_as: Counted, value: float
) -> tuple[Mapping[int, float], int]:
    """Return the weight of each piece, and 1 if they are the counts themselves, else 0."""
    own = here.counts.get(counted_as, {})
    for weight in ([own.get(building, 0.0) for building in here.building] if own else [], here.room):
        if (total := sum(weight)) > 0:
            sums = dict.fromkeys(area, 0.0)
            for at, one in zip(here.piece, weight, strict=True):
                sums[at] += one
            exact = weight is not here.room and abs(total - value) <= COUNTED_TOLERANCE * max(1.0, value)
            return sums, int(exact)
    return area, 0


def _buildings(new: NewBlocks, parents: list[int], rows: list[Any]) -> dict[int, Stands]:
    """Return the buildings of blocks that are cut, each with the piece that has it."""
    by_key = np.array(sorted(range(len(new.key)), key=new.key.__getitem__))
    block = np.array([row[0] for row in rows], dtype=np.int64)
    points = geometries_of(row[2] for row in rows).reshape(-1)
    own = block[:, None] == new.parent[by_key][None, :]
    building, piece = np.nonzero(own)
    apart = np.full(own.shape, np.inf)
    apart[own] = shapely.distance(points[building], new.polygon[by_key[piece]])
    # On a border two pieces are at no distance, and the first has it.
    nearest = by_key[apart.argmin(axis=1)].tolist()
    counts: dict[int, dict[Counted, dict[int, float]]] = {parent: defaultdict(dict) for parent in parents}
    for parent, one, _, _, counted in rows:
        for measure, on_date, value in counted or ():
            counts[parent][measure, on_date][one] = value
    found = {parent: Stands([], [], [], counts[parent]) for parent in parents}
    for (parent, one, _, room, _), at in zip(rows, nearest, strict=True):
        here = found[parent]
        here.building.append(one)
        here.piece.append(at)
        here.room.append(room)
    return found
