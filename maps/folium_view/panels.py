"""The panels of a folium view: what the map is of, and its legend."""

from __future__ import annotations

from html import escape

from maps.folium_view.content import Class, Content
from maps.folium_view.words import LEVELS, STATES, SYNTHETIC, both

UNIT_OPACITY = 0.66
"""Opacity of the units' fill: roads and water stay visible below; the legend uses the same."""

PATTERNS = (
    '<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>'
    '<pattern id="hatch-above" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="8" height="8" fill="#f6ddd0"/><rect width="2" height="8" fill="#b5482a"/></pattern>'
    '<pattern id="hatch-below" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    '<rect width="8" height="8" fill="#d9e6ee"/><rect width="2" height="8" fill="#2f6c8f"/></pattern>'
    '<pattern id="dots" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect width="8" height="8" fill="#e9e7e1"/><circle cx="3" cy="3" r="1.2" fill="#8b8878"/></pattern>'
    "</defs></svg>"
)


def title(content: Content) -> str:
    """Return the title of the page."""
    return f"{content.about['district']} {content.about['plan']}"


def about_panel(content: Content, level: str) -> str:
    """Return HTML that says which district, plan, revision and counts the map shows."""
    about = content.about
    zh, en = LEVELS[level]
    units, revision = len(content.units["features"]), about["revision"]
    district = (about["district"], about["district_name_en"] or about["district"])
    plan = (about["plan"], about["plan_name_en"] or about["plan"])
    heading = both((f"{district[0]} · {plan[0]}", f"{district[1]} · {plan[1]}"))
    parts = [
        both((f"{units:,} 个{zh}", f"{units:,} {en}")),
        both(STATES[str(about["state"])]),
        both((f"第 {revision} 版", f"revision {revision}")),
    ]
    lines = [f"<h1>{heading}</h1>", f"<p>{' · '.join(parts)}</p>"]
    if about["authority"]:
        decided = [str(about[part]) for part in ("authority", "number", "adopted_on") if about[part]]
        lines.append(f"<p>{escape(' '.join(decided))}</p>")
    dated = about["count_date"]
    counts = (f"人口数据 {dated}", f"counts of {dated}") if dated else ("没有人口数据", "no counts")
    lines.append(f"<p>{both(counts)}</p>")
    if about["synthetic"]:
        lines.append(f'<div class="synthetic">{both(SYNTHETIC)}</div>')
    choice = '<span lang="zh-CN">English</span><span lang="en">中文</span>'
    button = f'<div><button id="language" type="button">{choice}</button></div>'
    return f'<section class="panel" id="about">{"".join(lines)}{button}</section>'


def legend_panel(content: Content) -> str:
    """Return HTML that says what the classes are of, with the number of units in each."""
    items = "".join(
        f"<li>{_swatch(one)}<span>{both(one.says)}</span><span class='count'>{units:,}</span></li>"
        for one, units in content.classes
        if units
    )
    dated = content.about["count_date"]
    period = f"<p>{both((f'数据日期 {dated}', f'counts of {dated}'))}</p>" if dated else ""
    return f'<section class="panel" id="legend"><h2>{both(content.figure)}</h2><ul>{items}</ul>{period}</section>'


def _swatch(one: Class) -> str:
    return (
        f'<svg width="26" height="16"><rect x="0.5" y="0.5" width="25" height="15" fill="{one.fill}" '
        f'fill-opacity="{UNIT_OPACITY}" '
        'stroke="#5a6461"/></svg>'
    )
