"""From a problem to what is searched: connected pieces of one parent, without blocks that stand alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from boundaries.balancing.errors import KeepError
from boundaries.balancing.sums import sums_by

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from boundaries.balancing.problem import Arrays

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Piece:
    """A connected set of nodes of one parent. ``nodes`` (v,) are numbers of `Reduction` nodes, ascending."""

    parent: int
    nodes: Ints


@dataclass(frozen=True, eq=False)
class Reduction:
    """A problem in nodes: blocks that must share a part are one node.

    Parameters
    ----------
    node
        (n,) node of each block; exempt blocks have -1.
    parent
        (v,) parent of each node.
    lock
        (v,) present part a node is locked in, -1 for none.
    edges
        (e, 2) edges between nodes that may share a part, each once.
    edge_of
        (f,) for every original edge inside one parent, links after edges: its row in ``edges``, -1 inside
        a node.
    original
        (f,) its index in ``Arrays.edges``; links count on from there.
    pieces
        What is searched.
    alone
        Node sets that are ordinary parts as they stand: a node above a band with the scraps only it holds.
    exempt_parts
        Block sets of the exempt parts.
    """

    node: Ints
    parent: Ints
    lock: Ints
    edges: Ints
    edge_of: Ints
    original: Ints
    pieces: list[Piece]
    alone: list[Ints]
    exempt_parts: list[Ints]


def reduce(arrays: Arrays) -> Reduction:
    """Return the pieces of a problem.

    Raises
    ------
    KeepError
        When blocks that must share a part cannot be connected inside their parent.
    """
    every = np.concatenate([arrays.edges, arrays.links])
    free = ~arrays.exempt
    inner = (arrays.parent[every[:, 0]] == arrays.parent[every[:, 1]]) & free[every].all(axis=1)
    original = np.flatnonzero(inner)
    pairs = every[original]
    node = _nodes(arrays, pairs)
    nodes = int(node.max()) + 1
    parent = np.zeros(nodes, dtype=np.int64)
    parent[node[free]] = arrays.parent[free]
    lock = np.full(nodes, -1, dtype=np.int64)
    held = arrays.locked & free
    lock[node[held]] = arrays.present[held]
    edges, edge_of = _node_edges(node[pairs], nodes)
    alone, pieces = _split(arrays, node, parent, edges, lock)
    return Reduction(node, parent, lock, edges, edge_of, original, pieces, alone, _exempt_parts(arrays))


def node_sums(node: Ints, values: Floats) -> Floats:
    """Return the (v,) sums of (n,) block values over nodes; exempt blocks are left out."""
    kept = node >= 0
    return sums_by(node[kept], values[kept], int(node.max()) + 1)


def links_matrix(pairs: Ints, size: int) -> csr_array:
    """Return the symmetric (size, size) adjacency of pairs."""
    both = np.concatenate([pairs, pairs[:, ::-1]])
    return csr_array((np.ones(len(both), dtype=np.int8), (both[:, 0], both[:, 1])), shape=(size, size))


def components(pairs: Ints, members: Ints, size: int) -> list[Ints]:
    """Return the connected sets of ``members`` under the pairs that join two of them, each ascending."""
    if not len(members):
        return []
    place = np.full(size, -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    inside = place[pairs]
    inside = inside[(inside >= 0).all(axis=1)]
    count, label = connected_components(links_matrix(inside, len(members)), directed=False)
    order = np.argsort(label, kind="stable")
    return np.split(members[order], np.cumsum(np.bincount(label, minlength=count))[:-1])


def _nodes(arrays: Arrays, pairs: Ints) -> Ints:
    """Give blocks that must share a part one number; exempt blocks get -1."""
    keys: list[tuple[Bools, Ints]] = [
        (arrays.locked, arrays.present),
        (arrays.together >= 0, arrays.together),
    ]
    joins = [np.empty((0, 2), dtype=np.int64)]
    for mask, key in keys:
        where = np.flatnonzero(mask & ~arrays.exempt)
        if len(where):
            order = where[np.argsort(key[where], kind="stable")]
            groups = np.split(order, np.flatnonzero(np.diff(key[order])) + 1)
            joins.extend(_joined(arrays, pairs, np.sort(group)) for group in groups)
    every = np.concatenate(joins)
    label: Ints = connected_components(links_matrix(every, arrays.blocks), directed=False)[1].astype(np.int64)
    label[arrays.exempt] = -1
    kept = label >= 0
    _, first, number = np.unique(label[kept], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    label[kept] = rank[number]
    _one_lock(arrays, label)
    return label


def _one_lock(arrays: Arrays, node: Ints) -> None:
    held = np.flatnonzero(arrays.locked & ~arrays.exempt)
    seen: dict[int, int] = {}
    for block in held:
        first = seen.setdefault(int(node[block]), int(block))
        if arrays.present[first] != arrays.present[block]:
            raise KeepError(
                f"Blocks {arrays.names[first]} and {arrays.names[block]} are locked in different parts, "
                "but together-groups or the way between them join them."
            )


def _joined(arrays: Arrays, pairs: Ints, group: Ints) -> Ints:
    """Return pairs that join a group, with the blocks on the way where the group itself is in scraps."""
    scraps = components(pairs, group, arrays.blocks)
    joins = [np.column_stack([group[:-1], group[1:]])]
    if len(scraps) > 1:
        foreign = arrays.locked & (arrays.present != _lock_of(arrays, group))
        allowed = pairs[~foreign[pairs].any(axis=1)]
        matrix = links_matrix(allowed, arrays.blocks)
        order, before = breadth_first_order(matrix, int(group[0]), directed=False)
        reached = np.zeros(arrays.blocks, dtype=np.bool_)
        reached[order] = True
        if not reached[group].all():
            far = arrays.names[int(group[~reached[group]][0])]
            raise KeepError(
                f"Blocks {arrays.names[int(group[0])]} and {far} must share a part, but nothing connects them "
                "inside their parent; join them with links= or take one out of the group."
            )
        for scrap in scraps[1:]:
            at = int(scrap[0])
            while at != group[0]:
                joins.append(np.array([[at, before[at]]], dtype=np.int64))
                at = int(before[at])
    return np.concatenate(joins)


def _lock_of(arrays: Arrays, group: Ints) -> int:
    held = group[arrays.locked[group]]
    return int(arrays.present[held[0]]) if len(held) else -1


def _node_edges(pairs: Ints, nodes: int) -> tuple[Ints, Ints]:
    ordered = np.sort(pairs, axis=1)
    key = ordered[:, 0] * nodes + ordered[:, 1]
    between = ordered[:, 0] != ordered[:, 1]
    kept, number = np.unique(key[between], return_inverse=True)
    edge_of = np.full(len(pairs), -1, dtype=np.int64)
    edge_of[between] = number
    return np.column_stack([kept // nodes, kept % nodes]), edge_of


def _split(
    arrays: Arrays, node: Ints, parent: Ints, edges: Ints, lock: Ints
) -> tuple[list[Ints], list[Piece]]:
    """Set aside nodes above a band with the scraps only they hold; the rest falls into pieces."""
    nodes = len(parent)
    sums = {name: node_sums(node, arrays.columns[name]) for name in arrays.bands}
    above = np.zeros(nodes, dtype=np.bool_)
    for name, band in arrays.bands.items():
        above |= sums[name] > band.high * (1 + 1e-9)
    whole = components(edges, np.arange(nodes), nodes)
    rest = components(edges, np.flatnonzero(~above), nodes)
    home = np.empty(nodes, dtype=np.int64)
    for number, members in enumerate(whole):
        home[members] = number
    alone = {int(v): [np.array([v], dtype=np.int64)] for v in np.flatnonzero(above)}
    pieces = []
    for members in rest:
        short = any(sums[name][members].sum() < band.low * (1 - 1e-9) for name, band in arrays.bands.items())
        scrap = short and len(members) < len(whole[home[members[0]]]) and (lock[members] < 0).all()
        holder = _holder(edges, members, above) if scrap else None
        if holder is None:
            pieces.append(Piece(int(parent[members[0]]), members))
        else:
            alone[holder].append(members)
    return [np.sort(np.concatenate(parts)) for parts in alone.values()], pieces


def _holder(edges: Ints, members: Ints, above: Bools) -> int | None:
    """Return the first node above a band beside the members."""
    inside = np.zeros(len(above), dtype=np.bool_)
    inside[members] = True
    one, two = edges[:, 0], edges[:, 1]
    beside = np.concatenate([two[inside[one] & above[two]], one[inside[two] & above[one]]])
    return int(beside.min()) if len(beside) else None


def _exempt_parts(arrays: Arrays) -> list[Ints]:
    """Exempt blocks of one together-group and parent form a part where they touch; others stand alone."""
    every = np.concatenate([arrays.edges, arrays.links])
    parts: list[Ints] = []
    seen: set[tuple[int, int]] = set()
    for block in np.flatnonzero(arrays.exempt):
        group = int(arrays.together[block])
        if group < 0:
            parts.append(np.array([block], dtype=np.int64))
            continue
        key = (group, int(arrays.parent[block]))
        if key not in seen:
            seen.add(key)
            same = arrays.exempt & (arrays.together == key[0]) & (arrays.parent == key[1])
            members = np.flatnonzero(same)
            joined = components(every, members, arrays.blocks)
            parts.extend(joined if len(joined) == 1 else [members[i : i + 1] for i in range(len(members))])
    return parts


def piece_of_nodes(pieces: Sequence[Piece], nodes: int) -> Ints:
    """Return the (v,) piece of each node, -1 for those that stand alone."""
    found = np.full(nodes, -1, dtype=np.int64)
    for number, piece in enumerate(pieces):
        found[piece.nodes] = number
    return found
