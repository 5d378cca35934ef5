"""One table from the name of an operation to what it means."""

from __future__ import annotations

from boundaries.redraw import operations
from boundaries.redraw.dissolving import dissolve
from boundaries.redraw.operations import Operation

OPERATIONS: dict[str, Operation] = {
    "assign": operations.assign,
    "create": operations.create,
    "merge": operations.merge,
    "move": operations.move,
    "dissolve": dissolve,
    "update": operations.update,
    "lock": operations.lock,
    "unlock": operations.unlock,
}
