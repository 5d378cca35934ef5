"""The decorator of the inner loops. Importing this module imports numba (about a second)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(function: Loop) -> Loop:
    """Compile a function of numbers and arrays; it runs without the interpreter's lock.

    Machine code is kept on disk beside the module or in ``NUMBA_CACHE_DIR``, so it is compiled once.
    """
    return cast(Loop, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
