"""What a folium view shows of a plan: its units by class, the lines of higher levels, and the ground."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from sqlalchemy import text

from boundaries.exchange.plan_rows import PlanRows, read_rows
from boundaries.rules import EXEMPT_TYPES, Finding, Rules
from boundaries.storage.database import geometries_of
from boundaries.storage.tables import District
from maps.folium_view.words import against, both, mark, measure_name, number

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan

DECIMALS = 6
"""Decimals of longitude and latitude in a view: 0.1 m, finer than any screen shows."""

LABEL_TOLERANCE_M = 2.0
"""How exactly the place of a label is found, metres."""

DENSITY_RAMP = ("#eef3ee", "#cfe0d6", "#a3c6b8", "#6ea697", "#3f8475")
"""Five classes of residents per square kilometre, light to dark, apart also for the colour-blind."""

GREEN_USES = ("park", "green", "garden", "field")


@dataclass(frozen=True)
class Class:
    """A class of units: its key, how it is filled and what the legend says of it."""

    key: str
    fill: str
    says: tuple[str, str]


@dataclass(frozen=True)
class Content:
    """All that one view shows.

    Attributes
    ----------
    units
        GeoJSON; each feature has ``tip`` (HTML), ``fill``, ``class``, ``mark``, ``label`` (HTML) and ``at``
        (longitude, latitude of its label).
    classes
        In the order of the legend, with the number of units in each.
    figure
        What the classes are of.
    lines
        Level to the GeoJSON of its borders, for the levels above, highest first.
    ground
        Kind to GeoJSON of what lies below: green, water, lane, collector, arterial.
    """

    about: dict[str, Any]
    units: dict[str, Any]
    classes: list[tuple[Class, int]]
    figure: tuple[str, str]
    lines: dict[str, dict[str, Any]]
    ground: dict[str, dict[str, Any]]
    bounds: tuple[float, float, float, float]


def read_content(session: Session, plan: Plan, level: str) -> Content:
    """Read what a view of one level of a plan shows."""
    rows = read_rows(session, plan, level)
    district = session.get_one(District, plan.district_id)
    to_lonlat = LonLat(district.srid)
    classes, of, figure = _classify(rows, Rules.of(district.rules))
    units = _collection(
        [
            _unit(row, shape, label, one, Rules.of(district.rules), level)
            for row, shape, label, one in zip(
                rows.rows, to_lonlat(rows.polygon), to_lonlat(_label_points(rows.polygon)), of, strict=True
            )
        ]
    )
    higher = plan.levels[: plan.levels.index(level)] if level in plan.levels else plan.levels
    west, south, east, north = shapely.total_bounds(to_lonlat(rows.polygon))
    return Content(
        about=rows.about,
        units=units,
        classes=[(one, sum(other is one for other in of)) for one in classes],
        figure=figure,
        lines={above: _outlines(read_rows(session, plan, above).polygon, to_lonlat) for above in higher},
        ground=_ground(session, plan, district, to_lonlat),
        bounds=(west, south, east, north),
    )


class LonLat:
    """Brings planar shapes to WGS84 longitude and latitude."""

    def __init__(self, srid: int) -> None:
        self._change = pyproj.Transformer.from_crs(srid, 4326, always_xy=True)

    def __call__(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Transform (n,) shapes."""
        moved: NDArray[np.object_] = shapely.transform(
            shapes,
            lambda xy: np.round(np.column_stack(self._change.transform(xy[:, 0], xy[:, 1])), DECIMALS),
        )
        return moved


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _classify(rows: PlanRows, rules: Rules) -> tuple[list[Class], list[Class], tuple[str, str]]:
    """Return the classes, the class of each row and what they are of: bands for cells, else density."""
    banded = rows.level == "cell" and any(
        row.get(measure) is not None for row in rows.rows for measure in rules.bands
    )
    return _by_band(rows, rules) if banded else _by_density(rows)


def _by_band(rows: PlanRows, rules: Rules) -> tuple[list[Class], list[Class], tuple[str, str]]:
    within = Class("within", "#dfe7d8", ("在区间内", "within its bands"))
    above = Class("above", "url(#hatch-above)", ("▲ 高于区间", "▲ above a band"))
    below = Class("below", "url(#hatch-below)", ("▼ 低于区间", "▼ below a band"))
    exempt = Class("exempt", "url(#dots)", ("专属网格，不限", "exclusive, without bands"))
    unknown = Class("unknown", "#ffffff", ("无数据", "no data"))

    def of(row: dict[str, Any]) -> Class:
        if row["type"] in EXEMPT_TYPES:
            return exempt
        if all(row.get(measure) is None for measure in rules.bands):
            return unknown
        return {"": within, "▲": above, "▼": below}[mark(_findings(row))]

    bands = [(measure_name(m), f"{number(low)}-{number(high)}") for m, (low, high) in rules.bands.items()]
    zh = "，".join(f"{name[0]} {band}" for name, band in bands)
    en = ", ".join(f"{name[1]} {band}" for name, band in bands)
    return [within, above, below, exempt, unknown], [of(row) for row in rows.rows], (zh, en)


def _by_density(rows: PlanRows) -> tuple[list[Class], list[Class], tuple[str, str]]:
    figure = ("每平方公里户籍人口（等分位）", "residents per km² (quantiles)")
    unknown = Class("unknown", "#ffffff", ("无数据", "no data"))
    density = np.array(
        [
            np.nan if row.get("residents") is None else row["residents"] / row["area_m2"] * 1e6
            for row in rows.rows
        ]
    )
    known = density[np.isfinite(density)]
    if not len(known):
        return [unknown], [unknown] * len(density), figure
    breaks = np.unique(np.quantile(known, np.linspace(0, 1, len(DENSITY_RAMP) + 1)))
    spans = list(pairwise(breaks)) or [(breaks[0], breaks[0])]
    classes = [
        Class(f"d{n}", DENSITY_RAMP[n], (says := f"{low:,.0f} – {high:,.0f}", says))
        for n, (low, high) in enumerate(spans)
    ]
    at = np.searchsorted(breaks[1:-1], density, side="right")
    of = [classes[n] if np.isfinite(d) else unknown for n, d in zip(at.tolist(), density, strict=True)]
    return [*classes, *([unknown] if unknown in of else [])], of, figure


def _findings(row: dict[str, Any]) -> list[Finding]:
    return [Finding(**found) for found in row.get("findings", [])]


def _unit(
    row: dict[str, Any], shape: shapely.Polygon, label: shapely.Point, one: Class, rules: Rules, level: str
) -> dict[str, Any]:
    name = row["key"] if level == "block" else row["name"]
    return {
        "type": "Feature",
        "properties": {
            "tip": _tip(row, name, rules, level),
            "fill": one.fill,
            "class": one.key,
            "mark": mark(_findings(row)),
            "label": _label(row, name),
            "at": [label.x, label.y],
        },
        "geometry": shapely.geometry.mapping(shape),
    }


def _label(row: dict[str, Any], name: str) -> str:
    """Return HTML of a unit's name and the one figure that matters: what breaks a rule, else its residents."""
    found = _findings(row)
    figure = number(row.get("residents"))
    if found:
        side = "above" if mark(found) == "▲" else "below"
        what = both(measure_name(found[0].rule))
        figure = f'<span class="mark {side}">{mark(found)}</span> {number(found[0].value)} {what}'
    return f"<b>{escape(str(name))}</b>{figure}"


def _label_points(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the (n,) points where a label has the most room: centres of the largest circles within."""
    radii = shapely.maximum_inscribed_circle(polygons, tolerance=LABEL_TOLERANCE_M)
    centres: NDArray[np.object_] = shapely.get_point(radii, 0)
    return centres


def _tip(row: dict[str, Any], name: str, rules: Rules, level: str) -> str:
    """Write a unit's tooltip: name, code, parent, and each figure against its band."""
    bands = rules.bands if level == "cell" and row.get("type") not in EXEMPT_TYPES else {}
    code = row.get("code") or ""
    head = f"<b>{escape(str(name))}</b>" + (f' <span class="code">{escape(str(code))}</span>' if code else "")
    if row.get("parent_name"):
        head += f'<div class="parent">{escape(str(row["parent_name"]))}</div>'
    skipped = {"area_m2", "perimeter_m", "compactness", "clear_border_share", "buildings", "blocks"}
    figures = [
        (both(measure_name(column)), against(value, bands.get(column)))
        for column, value in row.items()
        if column in rules.bands or (isinstance(value, int | float) and column not in skipped)
    ]
    figures.append((both(("面积", "area")), f"{row['area_m2'] / 1e6:,.3f} km²"))
    figures += [
        (both(measure_name(found.rule)), against(found.value, (found.low, found.high)))
        for found in _findings(row)
        if found.rule not in rules.bands
    ]
    if row.get("clear_border_share") is not None:
        figures.append((both(("清晰边界", "clear borders")), f"{row['clear_border_share']:.0%}"))
    body = "".join(f"<tr><th>{label}</th><td>{value}</td></tr>" for label, value in figures)
    return f"{head}<table>{body}</table>"


def _outlines(polygons: NDArray[np.object_], to_lonlat: LonLat) -> dict[str, Any]:
    borders = shapely.line_merge(shapely.union_all(shapely.boundary(to_lonlat(polygons))))
    return _collection([_plain(borders)])


def _plain(shape: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)}


def _ground(session: Session, plan: Plan, district: District, to_lonlat: LonLat) -> dict[str, dict[str, Any]]:
    green = (
        "SELECT ST_AsBinary(b.geom) FROM block b JOIN assignment a ON a.block_id = b.id "
        "WHERE a.plan_id = :p AND b.district_id = :d AND b.use = ANY(:green) ORDER BY b.id"
    )
    road = "SELECT ST_AsBinary(geom) FROM road WHERE district_id = :d AND class = '{}' ORDER BY id"
    queries = {
        "green": green,
        "water": "SELECT ST_AsBinary(geom) FROM water WHERE district_id = :d ORDER BY id",
        **{kind: road.format(kind) for kind in ("lane", "collector", "arterial")},
    }
    values = {"p": plan.id, "d": district.id, "green": list(GREEN_USES)}
    ground = {}
    for kind, query in queries.items():
        shapes = geometries_of(session.execute(text(query), values).scalars())
        if len(shapes):
            ground[kind] = _collection([_plain(shape) for shape in _joined(to_lonlat(shapes))])
    return ground


def _joined(shapes: NDArray[np.object_]) -> list[Any]:
    """Join shapes of one type to one, so that the page draws few paths instead of thousands."""
    parts = shapely.get_parts(shapes)
    lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    areas = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return [
        *([shapely.multilinestrings(lines)] if len(lines) else []),
        *([shapely.multipolygons(areas)] if len(areas) else []),
    ]
