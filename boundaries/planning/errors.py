"""What can stand in the way of a step of a plan's life."""

from __future__ import annotations

from boundaries.errors import EditError


class WrongStateError(EditError):
    """The plan is not in the state that the step begins with."""

    key = "wrong-state"


class NotReadyError(EditError):
    """The plan cannot be adopted yet; ``hindrances`` tells what stands in the way."""

    key = "not-ready"


class ConflictsError(EditError):
    """Both sides changed the same thing; ``conflicts`` tells where, to be decided one by one."""

    key = "conflicts"
