"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("wangge", deadline=None, print_blob=True)
hypothesis.settings.load_profile("wangge")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; absent folders skip with the reason, except in CI where nothing is skipped."""
    folder = Path(os.environ.get("WANGGE_SHARED_DATA", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        message = f"real data not found: {folder} (set WANGGE_SHARED_DATA)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder
