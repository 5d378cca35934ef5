"""The folium map of a plan, written as one file."""

from __future__ import annotations

import re
import tempfile
from html import escape
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Element, Figure

from boundaries.errors import ExportError
from maps.folium_view.content import Content, read_content
from maps.folium_view.offline import VENDORED, self_contained
from maps.folium_view.panels import PATTERNS, UNIT_OPACITY, about_panel, legend_panel, title

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan

_HERE = Path(__file__).resolve().parent

GROUND = {
    "green": [{"fillColor": "#cfd8c3", "fillOpacity": 1, "stroke": False}],
    "water": [{"fillColor": "#b4c6d2", "fillOpacity": 1, "color": "#b4c6d2", "weight": 1}],
    "lane": [{"color": "#ffffff", "weight": 1}],
    "collector": [{"color": "#cbc8be", "weight": 3.5}, {"color": "#ffffff", "weight": 2.5}],
    "arterial": [{"color": "#bdb9ad", "weight": 5.5}, {"color": "#ffffff", "weight": 4}],
}
"""How the ground is drawn: one style a pass, casings before the roads on them."""

LINES = {"street": {"color": "#37413e", "weight": 3.5}, "community": {"color": "#4c5754", "weight": 2}}


def render_map(
    session: Session, plan: Plan, path: Path | str, level: str | None = None, language: str = "zh-CN"
) -> None:
    """Write a map of a plan as one HTML file that needs no network.

    Parameters
    ----------
    level
        "street", "community", "cell" or "block"; the plan's lowest level when left out.
    language
        "zh-CN" or "en": what the page starts in; a button changes it.

    Raises
    ------
    ExportError
        When the plan does not have the level, or the file cannot be written.
    """
    if language not in ("zh-CN", "en"):
        raise ExportError(f'a map speaks zh-CN or en, not "{language}".')
    level = level or plan.levels[-1]
    html = self_contained(_numbered(_page(read_content(session, plan, level), level, language)))
    path = Path(path)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".map-") as folder:
            written = Path(folder) / "map.html"
            written.write_text(html, "utf-8")
            written.replace(path)
    except OSError as error:
        raise ExportError(
            f"{path} cannot be written: {error.strerror or error}. Choose another folder."
        ) from error


def _page(content: Content, level: str, language: str) -> str:
    west, south, east, north = content.bounds
    view = folium.Map(
        tiles=None, zoom_snap=0.25, zoom_control=False, location=[(south + north) / 2, (west + east) / 2]
    )
    # Of this map only: folium's classes are shared by the whole process. The view needs Leaflet and nothing else.
    view.default_js = [("leaflet", address) for address in VENDORED if address.endswith(".js")]
    view.default_css = [("leaflet_css", address) for address in VENDORED if address.endswith(".css")]
    for kind, passes in GROUND.items():
        for style in passes if kind in content.ground else []:
            _draw(content.ground[kind], style).add_to(view)
    units = folium.GeoJson(
        content.units,
        style_function=_unit_style,
        highlight_function=lambda _: {"weight": 3.5, "color": "#10201c", "fillOpacity": 0.9},
        tooltip=folium.GeoJsonTooltip(fields=["tip"], labels=False, sticky=True, class_name="unit-tip"),
    )
    units.add_to(view)
    for above, lines in reversed(content.lines.items()):
        _draw(lines, LINES[above]).add_to(view)
    figure = view.get_root()
    assert isinstance(figure, Figure)  # noqa: S101  -- the root of a map that stands alone
    figure.header.add_child(Element(f"<title>{escape(title(content))}</title>"))
    figure.header.add_child(Element(f"<style>{(_HERE / 'view.css').read_text('utf-8')}</style>"))
    figure.html.add_child(
        Element(f'{PATTERNS}<aside id="panels">{about_panel(content, level)}{legend_panel(content)}</aside>')
    )
    figure.script.add_child(Element((_HERE / "view.js").read_text("utf-8")))
    figure.script.add_child(
        Element(f"addEventListener('load', () => wanggeView({view.get_name()}, {units.get_name()}));")
    )
    html: str = figure.render()
    return html.replace("<html>", f'<html lang="{language}">', 1).replace(
        "<body>", f'<body data-language="{language}">', 1
    )


def _draw(shapes: dict[str, Any], style: dict[str, Any]) -> Any:
    """Draw shapes that do not answer to the pointer."""
    return folium.GeoJson(
        shapes, style_function=lambda _: {"fill": "fillColor" in style, **style}, interactive=False
    )


def _unit_style(feature: dict[str, Any]) -> dict[str, Any]:
    properties = feature["properties"]
    return {
        "fillColor": properties["fill"],
        "fillOpacity": UNIT_OPACITY,
        "color": "#5a6461",
        "weight": 2.4 if properties["mark"] else 1.1,
        "dashArray": "6 3" if properties["mark"] else None,
    }


def _numbered(html: str) -> str:
    """Replace folium's random names by numbers in the order they stand, so that the same map gives the same bytes."""
    serial = count(1)
    names: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        if found[0] not in names:
            names[found[0]] = f"_{next(serial)}"
        return names[found[0]]

    return re.sub(r"_[0-9a-f]{32}(?![0-9a-f])", name, html)
