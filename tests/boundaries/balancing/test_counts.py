from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.balancing import Band
from boundaries.balancing.counts import Share, allot, count_range
from boundaries.balancing.running import shared_out


def test_the_source_districts_average_community_cannot_have_five_cells() -> None:
    assert count_range(np.array([7756.0]), [Band(1000, 1500)]) == (6, 7)


def test_persons_a_household_narrow_the_count() -> None:
    assert count_range(np.array([7756.0, 1500.0]), [Band(1000, 1500), Band(300, 500)]) == (6, 5)


def test_a_band_reached_exactly_counts() -> None:
    assert count_range(np.array([3.0 * 0.1]), [Band(0.1, 0.1)]) == (3, 3)


def test_parts_go_where_the_people_are() -> None:
    shares = [Share(p, np.array([total]), 1, 99) for p, total in enumerate([6000.0, 7200.0, 8400.0])]
    assert allot(shares, [Band(1000, 1500)], [0, 0, 0], (5, 7), (18, 18), np.array([1200.0])) == [5, 6, 7]


@given(
    totals=st.lists(st.integers(0, 40), min_size=1, max_size=4),
    parents=st.lists(st.integers(0, 1), min_size=4, max_size=4),
    wanted=st.integers(4, 12),
)
def test_the_allotment_breaks_the_rules_as_little_as_any_other(
    totals: list[int], parents: list[int], wanted: int
) -> None:
    bands, per_parent = [Band(2, 5)], (1, 6)
    shares = [Share(parents[i], np.array([float(total)]), 1, 6) for i, total in enumerate(totals)]
    wanted = min(wanted, 6 * len(shares))

    def breaches(counts: tuple[int, ...]) -> tuple[float, float]:
        held = [sum(c for c, share in zip(counts, shares, strict=True) if share.parent == p) for p in (0, 1)]
        present = {share.parent for share in shares}
        off = sum(max(1 - held[p], 0, held[p] - 6) for p in present)
        band = sum(
            max(0.0, share.sums[0] - 5 * c) + max(0.0, 2 * c - share.sums[0])
            for c, share in zip(counts, shares, strict=True)
        )
        return off, band

    every = [c for c in itertools.product(range(1, 7), repeat=len(shares)) if sum(c) == wanted]
    found = tuple(allot(shares, bands, [0, 0], per_parent, (wanted, wanted), np.array([3.0])))
    if every:
        assert sum(found) == wanted
        assert breaches(found) == pytest.approx(min(map(breaches, every)))


@given(total=st.integers(0, 10_000), sizes=st.lists(st.integers(1, 500), min_size=1, max_size=30))
def test_steps_are_shared_out_without_loss_and_fairly(total: int, sizes: list[int]) -> None:
    shares = shared_out(total, sizes)
    assert sum(shares) == total
    assert all(abs(share - total * size / sum(sizes)) < 1 for share, size in zip(shares, sizes, strict=True))
