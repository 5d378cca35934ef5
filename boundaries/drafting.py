"""From a division of a plan's blocks to a draft plan: its units with provisional names and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from boundaries.naming import numbered_english_names, numbered_names, provisional_codes
from boundaries.plans import LevelDraft, PlanDraft
from boundaries.proposing import fixed_blocks, level_above

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from boundaries.blocks import Floats, Ints
    from boundaries.hierarchy import Hierarchy
    from boundaries.storage.plan_tables import Plan
    from boundaries.storage.tables import District


def draft_plan(
    session: Session,
    district: District,
    plan: Plan,
    have: Hierarchy,
    made: LevelDraft,
    part: Ints,
    name: str,
    made_by: dict[str, Any],
) -> PlanDraft:
    """Return the plan that a division of another plan makes.

    Parameters
    ----------
    have
        The plan that was divided.
    made, part
        The new units of one level, of `made_level`, and the (n,) unit of each block.
    """
    above = level_above(have, made.level)
    kept = have.levels[: have.levels.index(above) + 1] if above is not None else []
    below = _whole_below(session, district, have, made, part) if made.level == "street" else []
    return PlanDraft(
        name=name,
        levels=[*kept, made, *below],
        block_ids=have.blocks.id,
        unit=have.unit[below[-1].level] if below else part,
        count_date=plan.count_date,
        base_id=plan.id,
        made_by=made_by,
    )


def made_level(
    session: Session, district: District, have: Hierarchy, level: str, part: Ints, keep: Sequence[int] = ()
) -> LevelDraft:
    """Return the new units with provisional names and codes; exclusive cells and kept units stay what they are.

    Parameters
    ----------
    part
        (n,) unit of each block, 0 .. k-1.
    keep
        Permanent ids of units of this level that the division kept.
    """
    above = level_above(have, level)
    count = int(part.max()) + 1
    first = np.unique(part, return_index=True)[1]
    exempt, _ = fixed_blocks(have, level)
    fixed = exempt[first] if exempt is not None else np.zeros(count, dtype=bool)
    made = LevelDraft(
        level,
        name=[""] * count,
        parent=have.unit[above.level][first] if above is not None else None,
        type=["exclusive" if k else ("ordinary" if level == "cell" else level) for k in fixed],
        unit_id=np.full(count, -1, dtype=np.int64),
    )
    middle = middles(have, part, count)
    made.name = numbered_names(made, above, middle)
    made.name_en = numbered_english_names(made, above, middle)
    made.code = provisional_codes(session, district, made, above, middle)
    _keep_known(have, made, part, exempt, keep)
    return made


def _keep_known(
    have: Hierarchy,
    made: LevelDraft,
    part: Ints,
    exempt: np.ndarray[Any, np.dtype[np.bool_]] | None,
    keep: Sequence[int],
) -> None:
    """Give exclusive cells and kept units back their names, codes, types and permanent ids."""
    if made.level not in have.unit:
        return
    old, unit = have.level(made.level), have.unit[made.level]
    assert made.code is not None  # noqa: S101
    assert made.type is not None  # noqa: S101
    assert made.name_en is not None  # noqa: S101
    assert made.unit_id is not None  # noqa: S101
    assert old.unit_id is not None  # noqa: S101  -- stored units have ids
    known = np.isin(old.unit_id, list(keep))[unit]
    if exempt is not None:
        known |= exempt
    for was, at in zip(*np.unique(np.where(known, unit, -1), return_index=True), strict=True):
        if was < 0:
            continue
        k = int(part[at])
        made.name[k], made.unit_id[k] = old.name[was], old.unit_id[was]
        made.name_en[k] = old.name_en[was] if old.name_en is not None else None
        made.code[k] = old.code[was] if old.code is not None else None
        made.type[k] = old.type[was] if old.type is not None else made.type[k]


def _whole_below(
    session: Session, district: District, have: Hierarchy, streets: LevelDraft, part: Ints
) -> list[LevelDraft]:
    """Return the levels below new streets: the same units, under new parents and with codes that follow them."""
    below = [unit for unit in have.levels if unit.level != "street"]
    above = streets
    of_block = part
    for level in below:
        unit = have.unit[level.level]
        level.parent = of_block[np.unique(unit, return_index=True)[1]]
        level.code = provisional_codes(session, district, level, above, middles(have, unit, len(level)))
        above, of_block = level, unit
    return below


def middles(have: Hierarchy, part: Ints, count: int) -> Floats:
    """Return (k, 2) area-weighted middles of the parts, metres."""
    xy = shapely.get_coordinates(shapely.centroid(have.blocks.polygon))
    weight = have.blocks.area_m2
    total = np.zeros((count, 2))
    np.add.at(total, part, xy * weight[:, None])
    area = np.zeros(count)
    np.add.at(area, part, weight)
    found: Floats = total / area[:, None]
    return found
