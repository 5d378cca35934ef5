"""One table from the name of an operation to what it means."""

from __future__ import annotations

from boundaries.redraw import lines, operations
from boundaries.redraw.dissolving import dissolve
from boundaries.redraw.operations import Operation
from boundaries.redraw.reshaping import reshape

OPERATIONS: dict[str, Operation] = {
    "assign": operations.assign,
    "create": operations.create,
    "split": lines.split,
    "merge": operations.merge,
    "reshape": reshape,
    "cut": lines.cut,
    "move": operations.move,
    "dissolve": dissolve,
    "update": operations.update,
    "lock": operations.lock,
    "unlock": operations.unlock,
}
