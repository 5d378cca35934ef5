"""Layers of a district that stand whatever the plan: roads, water, buildings and the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from boundaries.errors import ArgumentError, NotFoundError
from boundaries.sentences import Said

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.storage.tables import District

MOST_FEATURES = 60_000
"""One answer holds at most this many features; a larger area is refused, never cut silently."""

_COUNTS = (
    "(SELECT sum(value) FROM count c WHERE c.{owner}_id = t.id AND c.measure = '{measure}' "
    "AND c.on_date = (SELECT max(on_date) FROM count d WHERE d.{owner}_id = t.id))"
)

PROPERTIES: dict[str, tuple[str, str]] = {
    "roads": (
        "road",
        "'name', t.name, 'name_en', t.name_en, 'class', t.class, 'width_m', t.width_m, 'bridge', t.bridge",
    ),
    "water": ("water", "'name', t.name, 'name_en', t.name_en, 'kind', t.kind"),
    "walls": ("wall", ""),
    "buildings": (
        "building",
        "'key', t.key, 'use', t.use, 'floors', t.floors, 'name', t.name, "
        f"'residents', {_COUNTS.format(owner='building', measure='residents')}, "
        f"'households', {_COUNTS.format(owner='building', measure='households')}",
    ),
    "compounds": ("compound", "'name', t.name, 'name_en', t.name_en, 'kind', t.kind"),
    "service_points": (
        "service_point",
        "'name', t.name, 'name_en', t.name_en, 'kind', t.kind, 'level', t.level, 'offers', t.offers, "
        "'windows', t.windows, 'unit', t.unit_id",
    ),
    "incidents": ("incident", "'at', t.at, 'category', t.category, 'tier', t.tier, 'source', t.source"),
    "blocks": ("block", "'key', t.key, 'use', t.use"),
}
"""Layer -> its table and the properties its features carry."""


def parse_bbox(bbox: str | None) -> tuple[float, float, float, float] | None:
    """Read "minx,miny,maxx,maxy" in metres of the district's planar CRS.

    Raises
    ------
    ArgumentError
        When it is not four finite numbers in this order.
    """
    if bbox is None:
        return None
    try:
        minx, miny, maxx, maxy = (float(word) for word in bbox.split(","))
    except ValueError:
        raise ArgumentError(
            Said("bbox-numbers", "bbox takes four numbers: minx,miny,maxx,maxy in metres.")
        ) from None
    if not (-1e9 < minx <= maxx < 1e9 and -1e9 < miny <= maxy < 1e9):
        raise ArgumentError(
            Said("bbox-order", "bbox takes minx,miny,maxx,maxy in metres, the smaller first.")
        )
    return minx, miny, maxx, maxy


def layer_features(
    session: Session, district: District, layer: str, bbox: str | None, uses: list[str] | None = None
) -> str:
    """Return a layer as a GeoJSON feature collection in the district's planar CRS, ordered by id.

    Parameters
    ----------
    bbox
        "minx,miny,maxx,maxy" in metres; None is everything.
    uses
        Only blocks or buildings of these uses.

    Raises
    ------
    NotFoundError
        When there is no such layer.
    ArgumentError
        When the box is malformed or holds too many features.
    """
    if layer not in PROPERTIES:
        raise NotFoundError(
            Said(
                "layer-none",
                'there is no layer "{name}"; layers are {names}.',
                name=layer,
                names=list(PROPERTIES),
            )
        )
    table, properties = PROPERTIES[layer]
    box = parse_bbox(bbox)
    where = "t.district_id = :district"
    values: dict[str, object] = {"district": district.id}
    if box is not None:
        where += " AND t.geom && ST_MakeEnvelope(:x0, :y0, :x1, :y1, :srid)"
        values |= dict(zip(("x0", "y0", "x1", "y1"), box, strict=True)) | {"srid": district.srid}
    if uses and layer in {"blocks", "buildings"}:
        where += " AND t.use = ANY(:uses)"
        values["uses"] = uses
    count = session.scalar(text(f"SELECT count(*) FROM {table} t WHERE {where}"), values)  # noqa: S608
    if count and count > MOST_FEATURES:
        raise ArgumentError(
            Said(
                "bbox-much",
                "the box holds {count} features of {layer}, more than {most}: zoom in.",
                count=count,
                layer=layer,
                most=MOST_FEATURES,
            )
        )
    feature = (
        '\'{"type":"Feature","id":\' || t.id || \',"geometry":\' || ST_AsGeoJSON(t.geom, 2, 0) || '
        f"',\"properties\":' || json_build_object({properties})::text || '}}'"
    )
    listed = session.scalar(
        text(f"SELECT string_agg({feature}, ',' ORDER BY t.id) FROM {table} t WHERE {where}"),  # noqa: S608
        values,
    )
    return f'{{"type":"FeatureCollection","features":[{listed or ""}]}}'
