"""The three-way merge, block by block, against the plainest reading of it."""

from __future__ import annotations

import numpy as np
import pytest

from boundaries.planning.merging import ThreePlans, merge
from boundaries.planning.unit_merging import ThreeHierarchies, merge_units
from boundaries.redraw import Attributes


def plainly(base: int, mine: int, theirs: int) -> int | None:
    """Return what one block becomes; None is a conflict."""
    if mine == theirs:
        return mine
    if mine == base:
        return theirs
    return mine if theirs == base else None


@pytest.mark.parametrize("seed", range(20))
def test_random_assignments_merge_as_each_block_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    blocks = range(1, 300)
    base = {block: int(rng.integers(5)) for block in blocks}
    sides = [
        {block: int(rng.integers(5)) if rng.random() < 0.3 else unit for block, unit in base.items()}
        for _ in range(2)
    ]
    plans = ThreePlans(base, *sides)
    merged = merge(plans, {})
    oracle = {block: plainly(base[block], sides[0][block], sides[1][block]) for block in blocks}
    assert {one.id for one in merged.conflicts} == {str(block) for block in blocks if oracle[block] is None}
    resolve = {one.id: str(rng.choice(["mine", "theirs"])) for one in merged.conflicts}
    decided = merge(plans, resolve)
    assert decided.conflicts == []
    for block in blocks:
        expected = oracle[block]
        if expected is None:
            expected = sides[0 if resolve[str(block)] == "mine" else 1][block]
        assert decided.assigned[block] == expected
    assert {one.mine for one in merged.conflicts} <= set(range(5))


def cut_randomly(
    rng: np.random.Generator, base: dict[int, int], share: float, first: int
) -> tuple[dict[int, int], list[tuple[int, int]], dict[int, set[int]]]:
    """Return a side that cut some blocks and moved some pieces, with lineage and the pieces of each base block."""
    side, lineage, pieces = {}, [], {}
    for block, unit in base.items():
        made = (
            [first + 10 * block + k for k in range(int(rng.integers(1, 4)))]
            if rng.random() < share
            else [block]
        )
        pieces[block] = set(made)
        for one in made:
            side[one] = int(rng.integers(5)) if rng.random() < 0.3 else unit
            if one != block:
                lineage.append((one, block))
    return side, lineage, pieces


@pytest.mark.parametrize("seed", range(30))
def test_cuts_of_either_side_are_kept_whole_and_no_ground_is_lost_or_doubled(seed: int) -> None:
    rng = np.random.default_rng(seed)
    base = {block: int(rng.integers(5)) for block in range(1, 100)}
    mine, one, mine_of = cut_randomly(rng, base, 0.15, 10_000)
    theirs, two, theirs_of = cut_randomly(rng, base, 0.15, 20_000)
    ring = [(block, block % 99 + 1) for block in base]
    plans = ThreePlans(base, mine, theirs, [*one, *two], ring)
    undecided = merge(plans, {}).conflicts
    resolve = {conflict.id: str(rng.choice(["mine", "theirs"])) for conflict in undecided}
    merged = merge(plans, resolve)
    assert merged.conflicts == []
    taken = {}
    for block in base:
        held = [
            name
            for name, of in (("mine", mine_of), ("theirs", theirs_of))
            if of[block] <= merged.assigned.keys()
        ]
        assert held, f"the ground of {block} is lost"
        assert {"mine", "theirs"} > set(held) or mine_of[block] == theirs_of[block]
        taken[block] = held[0] if mine_of[block] != theirs_of[block] else "both"
    assert sum(
        len((mine_of if side != "theirs" else theirs_of)[block]) for block, side in taken.items()
    ) == len(merged.assigned)
    # Ground that both sides cut, with all changed ground that touches it, is from one side as a whole.
    changed = {block for block in base if {block} != mine_of[block] or {block} != theirs_of[block]}
    whole = {block for block in base if {block} != mine_of[block] and {block} != theirs_of[block]}
    for _ in base:
        whole |= {block for pair in ring for block in pair if set(pair) & whole and block in changed}
    for here, there in ring:
        if {here, there} <= whole:
            sides = [(block, name) for block in (here, there) for name in ("mine", "theirs")]
            fits = [
                name
                for name in ("mine", "theirs")
                if all(
                    (mine_of if name == "mine" else theirs_of)[block] <= merged.assigned.keys()
                    for block, _ in sides
                )
            ]
            assert fits
    # Everything else merges as if each block were alone.
    for block in base.keys() - whole:
        if theirs_of[block] == {block} and theirs[block] == base[block]:
            assert all(merged.assigned[one] == mine[one] for one in mine_of[block])
        if mine_of[block] == {block} and mine[block] == base[block]:
            assert all(merged.assigned[one] == theirs[one] for one in theirs_of[block])


def test_a_cut_keeps_the_other_sides_change_of_the_whole_block() -> None:
    base, mine, theirs = {1: 7, 2: 7}, {11: 7, 12: 8, 2: 7}, {1: 9, 2: 7}
    merged = merge(ThreePlans(base, mine, theirs, [(11, 1), (12, 1)]), {})
    assert merged.assigned == {11: 9, 12: 8, 2: 7}
    [conflict] = merged.conflicts
    assert (conflict.id, conflict.mine, conflict.theirs) == ("12", 8, 9)
    other = merge(ThreePlans(base, theirs, mine, [(11, 1), (12, 1)]), {})
    assert [(one.id, one.mine, one.theirs) for one in other.conflicts] == [("12", 9, 8)]
    assert other.assigned[11] == 9


def test_ground_that_both_cut_is_decided_as_one() -> None:
    base = {1: 7, 2: 7, 3: 7}
    mine, theirs = {11: 7, 12: 8, 21: 7, 3: 7}, {13: 7, 14: 9, 2: 7, 3: 9}
    lineage = [(11, 1), (12, 1), (21, 2), (13, 1), (14, 1)]
    plans = ThreePlans(base, mine, theirs, lineage, [(1, 2), (2, 3)])
    [conflict] = merge(plans, {}).conflicts
    assert (conflict.id, conflict.kind, conflict.blocks) == ("c1", "cut", (11, 12, 21))
    assert merge(plans, {"c1": "theirs"}).assigned == {13: 7, 14: 9, 2: 7, 3: 9}
    assert merge(plans, {"c1": "mine"}).assigned == {11: 7, 12: 8, 21: 7, 3: 9}


def unit(name: str, parent: int | None = 1, code: str | None = None) -> Attributes:
    return Attributes("cell" if parent else "community", parent, name, None, code, "ordinary")


def test_units_merge_field_by_field_and_codes_in_force_win() -> None:
    base = {1: unit("社区", None), 2: unit("甲", code="001"), 3: unit("乙", code="002")}
    mine = base | {2: unit("甲二", code="009"), 4: unit("丙", code="003")}
    theirs = base | {2: unit("甲", code="005"), 5: unit("丙", code="003")}
    merged = merge_units(ThreeHierarchies(base, mine, theirs), [2, 3, 4, 5], {})
    assert merged.conflicts == []
    assert (merged.units[2].name, merged.units[2].code) == ("甲二", "005")
    assert (merged.units[4].name, merged.units[4].code) == ("丙（2）", None)
    assert (merged.units[5].name, merged.units[5].code) == ("丙", "003")
    assert set(merged.units) == {1, 2, 3, 4, 5}


def test_a_unit_that_both_renamed_is_a_conflict_with_both_names() -> None:
    base = {1: unit("社区", None), 2: unit("甲")}
    three = ThreeHierarchies(base, base | {2: unit("我的")}, base | {2: unit("他们的")})
    [conflict] = merge_units(three, [2], {}).conflicts
    assert (conflict.id, conflict.words) == ("u2", {"mine": "我的", "theirs": "他们的"})
    assert merge_units(three, [2], {"u2": "theirs"}).units[2].name == "他们的"
    assert merge_units(three, [2], {"u2": "mine"}).units[2].name == "我的"


def test_units_without_blocks_go_and_those_that_are_needed_come_back() -> None:
    base = {1: unit("社区", None), 6: unit("旧社区", None), 2: unit("甲"), 3: unit("乙", 6)}
    theirs = {1: base[1], 2: base[2]}
    merged = merge_units(ThreeHierarchies(base, base, theirs), [2, 3], {})
    assert (set(merged.units), merged.restored) == ({1, 2, 3, 6}, [3, 6])
    assert set(merge_units(ThreeHierarchies(base, base, theirs), [2], {}).units) == {1, 2}
