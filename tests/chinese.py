"""What the page says in Chinese of a sentence the server sends, and what is left in it of English."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from tests.conftest import PROJECT

FOREIGN = frozenset({"why", "crs", "stated", "srid"})
"""Values that are words of other libraries: what they found wrong with a file, names of reference systems."""

WORDS = {
    "layer": "import.layer", "level": "level", "levels": "level", "other_level": "level", "measure": "measure",
    "shape": "shape", "shapes": "shape", "known": "type", "barrier": "border.kind",
}  # fmt: skip


@cache
def messages() -> dict[str, str]:
    """Return the page's messages in Chinese."""
    read: dict[str, str] = json.loads((PROJECT / "maps/web/src/messages/zh-CN.json").read_text())
    return read


def in_chinese(said: dict[str, Any]) -> str:
    """Say a sentence as the page does; one without a key fails."""
    text = messages()[f"said.{said['key']}"]
    plane = said["key"] in {"plane-kept", "plane-changed"}
    for name, value in said["values"].items():
        foreign = name in FOREIGN or (plane and name == "name")
        text = text.replace(f"{{{name}}}", "…" if foreign else _value(name, value))
    return text


def english(text: str) -> list[str]:
    """Return where two English words follow each other."""
    return re.findall(r"[A-Za-z]{2,},? [A-Za-z]{2,}", text)


def _value(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return in_chinese(value)
    if isinstance(value, list):
        return "、".join(_value(name, one) for one in value)
    return messages().get(f"{WORDS.get(name, '')}.{value}", str(value))
