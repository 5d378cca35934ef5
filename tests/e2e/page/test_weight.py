"""The built page is light and whole."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.e2e.answering import DIST

MOST_GZIP_BYTES = 200 * 1024


@pytest.mark.browser
def test_the_pages_javascript_and_its_words_weigh_at_most_200_kb_gzipped() -> None:
    scripts = sorted(DIST.glob("assets/*.js"))
    assert scripts, "the page is not built: run `npm ci && npx vite build` in maps/web"
    words = [packed(file) for file in DIST.glob("assets/*.json")]
    assert len(words) == 2  # a page fetches those of its own language only
    assert sum(map(packed, scripts)) + max(words) <= MOST_GZIP_BYTES


def packed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9))


@pytest.mark.browser
def test_the_page_asks_for_nothing_beyond_its_own_files() -> None:
    asked = re.findall(r'(?:src|href)="([^"]+)"', (DIST / "index.html").read_text(encoding="utf-8"))
    assert asked
    for address in asked:
        assert address.startswith(("/assets/", "data:")), address
    for sheet in DIST.glob("assets/*.css"):
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import", sheet.read_text(encoding="utf-8"))
