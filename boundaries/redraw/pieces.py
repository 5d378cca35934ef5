"""Connected pieces of sets of blocks, by borders of positive length."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def groups_of(labels: Mapping[int, int], edges: Iterable[tuple[int, int, float]]) -> dict[int, int]:
    """Group labels whose blocks share borders.

    Parameters
    ----------
    labels
        Block id -> label; a block of a label touches all others of it.
    edges
        [first, second, metres] of borders; those with other blocks are ignored.

    Returns
    -------
    label -> the label that stands for its group
    """
    root = {label: label for label in labels.values()}

    def find(label: int) -> int:
        while root[label] != label:
            root[label] = root[root[label]]
            label = root[label]
        return label

    for first, second, _ in edges:
        if first in labels and second in labels:
            root[find(labels[first])] = find(labels[second])
    return {label: find(label) for label in root}


def count_pieces(blocks: Iterable[int], edges: Iterable[tuple[int, int, float]]) -> int:
    """Return the number of pieces that blocks form by shared borders."""
    return len(set(groups_of({block: block for block in blocks}, edges).values()))
