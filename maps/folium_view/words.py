"""What a folium view says, in Chinese and English at once; the page shows one of them."""

from __future__ import annotations

from html import escape

from boundaries.rules import Finding

LEVELS = {
    "street": ("街道", "streets"),
    "community": ("社区", "communities"),
    "cell": ("网格", "cells"),
    "block": ("基本单元", "blocks"),
}
MEASURES = {
    "residents": ("户籍人口", "residents"),
    "floating": ("流动人口", "floating"),
    "households": ("户数", "households"),
    "parts_per_parent": ("普通网格数", "ordinary cells"),
}
STATES = {
    "draft": ("草案", "draft"),
    "submitted": ("已报送", "submitted"),
    "adopted": ("已批准", "adopted"),
    "superseded": ("已废止", "superseded"),
}
SYNTHETIC = ("合成数据", "synthetic data")


def both(pair: tuple[str, str]) -> str:
    """Return HTML that says the same in Chinese and in English; the page hides one of them."""
    zh, en = pair
    return f'<span lang="zh-CN">{escape(zh)}</span><span lang="en">{escape(en)}</span>'


def measure_name(measure: str) -> tuple[str, str]:
    """Return the names of a measure; one that an import brought is called as it was there."""
    return MEASURES.get(measure, (measure, measure))


def number(value: float | None) -> str:
    """Write a number with its thousands separated, a dash where it is unknown."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def against(value: float | None, band: tuple[float, float] | None) -> str:
    """Return HTML of a figure with its band, and what it is off by: ``1,532 / 1,000-1,500 ▲ 32 above``."""
    if band is None or value is None:
        return number(value)
    low, high = band
    off = ""
    if value > high:
        off = f" ▲ {number(value - high)} {both(('高出', 'above'))}"
    elif value < low:
        off = f" ▼ {number(low - value)} {both(('不足', 'below'))}"
    return f"{number(value)} / {number(low)}-{number(high)}{off}"


def mark(findings: list[Finding]) -> str:
    """Return the sign of the first rule a unit breaks: above, below, or nothing."""
    if not findings:
        return ""
    return "▲" if findings[0].value > findings[0].high else "▼"
