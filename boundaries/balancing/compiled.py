"""The decorator of the inner loops. Importing this module imports numba (about a second)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np

Loop = TypeVar("Loop", bound=Callable[..., object])

wide = cast("Callable[[int], int]", np.int64)
"""Makes a whole number of 64 bits, so that a loop is compiled once and not for every width it is called with."""


def _folder() -> str:
    """Return the folder for machine code of the present loops: it is named after all sources that hold one."""
    here = Path(__file__).parent
    texts = (path.read_bytes() for path in sorted(here.glob("*.py")))
    sources = b"".join(text for text in texts if b"@compiled" in text or b"@inner" in text)
    beside = here / "__pycache__"
    chosen = os.environ.get("NUMBA_CACHE_DIR") or (
        beside if os.access(here, os.W_OK) else Path.home() / ".cache"
    )
    return str(Path(chosen) / f"wangge-{hashlib.sha256(sources).hexdigest()[:16]}")


numba.config.CACHE_DIR = _folder()  # type: ignore[attr-defined]


_COMPILED: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_INNER = _COMPILED | {"no_cpython_wrapper": True}


def compiled(function: Loop) -> Loop:
    """Compile a function of numbers and arrays; it runs without the interpreter's lock.

    Machine code is kept on disk beside the module or in ``NUMBA_CACHE_DIR``, so it is compiled once. numba looks
    only at the file of the function itself to see whether the code is still good; the folder is named after
    all of them, because a loop also holds the code of those it calls. Loops take constants from modules with
    loops only.
    """
    return cast(Loop, numba.njit(**_COMPILED)(function))


def inner(function: Loop) -> Loop:
    """Compile a function that only loops call; without the doors Python needs it takes a quarter less time."""
    return cast(Loop, numba.njit(**_INNER)(function))
