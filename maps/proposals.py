"""Proposals as the page draws them: their units, what they change, and the table to choose from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from boundaries.blocks import MEASURES
from boundaries.figures import UnitFigures, sum_by, union_by, unit_figures
from boundaries.proposal_figures import changed_blocks, residents_of
from boundaries.proposing import level_above
from boundaries.rules import EXEMPT_TYPES, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from boundaries.blocks import Floats, Ints
    from boundaries.plans import LevelDraft
    from boundaries.proposals import OpenProposal
    from boundaries.storage.proposal_tables import Proposal

DECIMALS = 3
"""Coordinates are written to the millimetre, the grid blocks lie on."""


def proposal_json(row: Proposal, revision: int) -> dict[str, Any]:
    """Return what a table of proposals shows; ``stale`` ones can no longer be taken.

    Parameters
    ----------
    revision
        Of the plan now.
    """
    return {
        "id": row.id,
        "job": row.job_id,
        "plan": row.plan_id,
        "level": row.level,
        "rank": row.rank,
        "scores": row.scores,
        "figures": row.figures,
        "stale": row.revision != revision,
        "created_at": row.created_at.isoformat(),
    }


def proposal_features(session: Session, one: OpenProposal) -> Iterator[str]:
    """Give the units of a proposal as GeoJSON features in the district's planar CRS, one text each.

    Ids are "p" and the position, since none of them is a unit yet. ``moved`` is how many residents would come to
    the unit from another one; null where the plan has no units of the level.
    """
    made = one.units(session)
    figures = unit_figures(one.have.blocks, one.part, len(made))
    moved = _moved(one, len(made))
    bands = one.row.made_by["bands"]
    shapes = shapely.to_geojson(shapely.set_precision(figures.polygon, 10**-DECIMALS, mode="pointwise"))
    for k in range(len(made)):
        properties = json.dumps(
            _properties(one, made, figures, k, bands, moved), ensure_ascii=False, separators=(",", ":")
        )
        yield f'{{"type":"Feature","id":"p{k}","geometry":{shapes[k]},"properties":{properties}}}'


def _moved(one: OpenProposal, count: int) -> Floats | None:
    changed = changed_blocks(one.have, one.row.level, one.part)
    return None if changed is None else sum_by(residents_of(one.have) * changed, one.part, count)


def _properties(
    one: OpenProposal,
    made: LevelDraft,
    figures: UnitFigures,
    k: int,
    bands: dict[str, list[float | None]],
    moved: Floats | None,
) -> dict[str, Any]:
    above = level_above(one.have, made.level)
    type_ = made.type[k] if made.type else made.level
    tallies = {measure: _known(values[k]) for measure, values in figures.tallies.items()}
    return {
        "level": made.level,
        "code": made.code[k] if made.code else None,
        "name": made.name[k],
        "name_en": made.name_en[k] if made.name_en else None,
        "type": type_,
        "parent_id": None if above is None else int(_ids(above)[_parent(made, k)]),
        **{measure: tallies.get(measure) for measure in MEASURES},
        "buildings": int(figures.buildings[k]),
        "blocks": int(figures.blocks[k]),
        "area_m2": round(float(figures.area_m2[k]), 3),
        "perimeter_m": round(float(figures.perimeter_m[k]), 3),
        "compactness": round(float(figures.compactness[k]), 4),
        "clear_border_share": _known(round(float(figures.clear_border_share[k]), 4)),
        "colour": int(figures.colour[k]),
        "children": 0,
        "moved": None if moved is None else float(moved[k]),
        "findings": [finding.as_json() for finding in _findings(type_, tallies, bands)],
    }


def _parent(made: LevelDraft, k: int) -> int:
    assert made.parent is not None  # noqa: S101  -- asked only below another level
    return int(made.parent[k])


def _ids(level: LevelDraft) -> Ints:
    assert level.unit_id is not None  # noqa: S101  -- stored units have ids
    return level.unit_id


def _findings(
    type_: str, tallies: dict[str, float | None], bands: dict[str, list[float | None]]
) -> list[Finding]:
    if type_ in EXEMPT_TYPES:
        return []
    limits = {
        measure: (low or 0.0, np.inf if high is None else high) for measure, (low, high) in bands.items()
    }
    return [
        Finding(measure, value, low, high)
        for measure, (low, high) in limits.items()
        if (value := tallies.get(measure)) is not None and not low <= value <= high
    ]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def change_features(session: Session, one: OpenProposal) -> Iterator[str]:
    """Give the areas that change their unit, one feature for each pair of old and new unit.

    Properties are ``from`` and ``to`` (names), ``from_en`` and ``to_en`` (in English, null without one),
    ``residents`` and ``blocks``. There are none where the plan has no units of the level.
    """
    changed = changed_blocks(one.have, one.row.level, one.part)
    if changed is None or not changed.any():
        return
    made, old = one.units(session), one.have.level(one.row.level)
    at = np.flatnonzero(changed)
    pair = np.column_stack([one.have.unit[one.row.level][at], one.part[at]])
    pairs, of = np.unique(pair, axis=0, return_inverse=True)
    of = of.reshape(-1)
    shapes = shapely.to_geojson(union_by(one.have.blocks.polygon[at], of, len(pairs)))
    residents = sum_by(residents_of(one.have)[at], of, len(pairs))
    for k, (was, new) in enumerate(pairs.tolist()):
        properties = {
            "from": old.name[was],
            "to": made.name[new],
            "from_en": old.name_en[was] if old.name_en else None,
            "to_en": made.name_en[new] if made.name_en else None,
            "residents": float(residents[k]),
            "blocks": int((of == k).sum()),
        }
        text = json.dumps(properties, ensure_ascii=False)
        yield f'{{"type":"Feature","id":{k},"geometry":{shapes[k]},"properties":{text}}}'
