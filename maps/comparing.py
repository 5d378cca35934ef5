"""Two plans compared, as the page shows it: what moves, the matrix of units, and the ground that changes hands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely

from boundaries.planning.compare import changed_areas, flows, moved, units_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boundaries.hierarchy import Hierarchy
    from boundaries.planning.compare import Comparison, Flow


def comparison_json(of: Comparison) -> dict[str, Any]:
    """Return what differs between two plans.

    ``matrix`` has a row for each pair of units that share ground: old unit, new unit, residents, households,
    buildings, square metres, and whether this changes the unit: units that only one of the plans has may be the same
    under another id. ``pairs`` are the rows of the lowest common level that do, most residents first, with bounds.
    """
    found = {pair.level: flows(of, pair) for pair in of.levels}
    lowest = found[of.levels[-1].level] if of.levels else []
    return {
        "old": of.old_plan.id,
        "new": of.new_plan.id,
        "same_blocks": of.same_blocks,
        "by": of.pieces.by,
        "count_date": _day(of),
        "moved": {pair.level: moved(of, pair) for pair in of.levels},
        "matrix": {level: [_row(flow) for flow in listed] for level, listed in found.items()},
        "units": {"old": _units(of.old), "new": _units(of.new)},
        "pairs": [_pair(of, flow) for flow in lowest if flow.changed],
    }


def area_features(of: Comparison, level: str | None) -> Iterator[str]:
    """Give the ground that changes its unit at a level as GeoJSON features in the planar CRS, one text each."""
    for flow, ground in changed_areas(of, of.level(level)):
        shape = shapely.to_geojson(shapely.set_precision(ground, 0.001, mode="pointwise"))
        properties = {"old": flow.old, "new": flow.new, **_sums(flow)}
        yield f'{{"type":"Feature","geometry":{shape},"properties":{json.dumps(properties)}}}'


def _day(of: Comparison) -> str | None:
    on = of.new_plan.count_date or of.old_plan.count_date
    return on.isoformat() if on is not None else None


def _sums(flow: Flow) -> dict[str, float]:
    return {name: round(value, 3) for name, value in flow.sums.items()}


def _row(flow: Flow) -> list[Any]:
    sums = _sums(flow)
    listed = [sums[name] for name in ("residents", "households", "buildings", "area_m2")]
    return [flow.old, flow.new, *listed, flow.changed]


def _units(have: Hierarchy) -> list[dict[str, Any]]:
    return [{"id": unit, **known} for unit, known in units_named(have).items()]


def _pair(of: Comparison, flow: Flow) -> dict[str, Any]:
    bounds = shapely.total_bounds(of.pieces.polygon[flow.pieces])
    return {
        "old": flow.old,
        "new": flow.new,
        **_sums(flow),
        "bounds": [round(float(value), 3) for value in bounds],
    }
