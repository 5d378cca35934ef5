"""Random numbers of the inner loops: one stream a start, the same on every machine and worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from boundaries.balancing.compiled import compiled, inner

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHIFT_A, SHIFT_B, SHIFT_C = np.uint64(12), np.uint64(25), np.uint64(27)
SCRAMBLE = np.uint64(2685821657736338717)
TOP_BITS = np.uint64(11)


def stream(seed: int, *key: int) -> NDArray[np.uint64]:
    """Return the state of a stream of its own for a seed and a key, such as parent and start; (1,) uint64."""
    state = np.random.SeedSequence(entropy=seed, spawn_key=key).generate_state(1, np.uint64)
    return np.maximum(state, np.uint64(1))


@inner
def uniform(state: NDArray[np.uint64]) -> float:
    """Draw from [0, 1): xorshift64*, Vigna, "An experimental exploration of Marsaglia's xorshift generators"."""
    x = state[0]
    x ^= x >> SHIFT_A
    x ^= x << SHIFT_B
    x ^= x >> SHIFT_C
    state[0] = x
    return float((x * SCRAMBLE) >> TOP_BITS) * (1.0 / 9007199254740992.0)


@compiled
def below(state: NDArray[np.uint64], bound: int) -> int:
    """Draw a whole number from 0 .. bound-1."""
    return int(uniform(state) * bound)
