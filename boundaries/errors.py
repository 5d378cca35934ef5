"""What can go wrong with districts, blocks and plans."""

from __future__ import annotations

from typing import Any


class BoundaryError(ValueError):
    """Base of every error of this floor; its message names the thing and the next step."""


class NotFoundError(BoundaryError):
    """A district, plan or unit that was asked for does not exist."""


class PlanError(BoundaryError):
    """A plan cannot be made or changed in the way that was asked for."""


class StorageError(BoundaryError):
    """The database cannot be started, reached or used."""


class ImportFileError(BoundaryError):
    """A file cannot be taken in; nothing of it was stored."""


class ExportError(BoundaryError):
    """A plan cannot be written in the way that was asked for."""


class ArgumentError(BoundaryError):
    """An option or parameter has a value that cannot be used."""


class SchedulerError(BoundaryError):
    """The processes that a city's search was to run on cannot be used, or were lost."""


class EditError(BoundaryError):
    """An edit is refused and nothing was changed.

    Attributes
    ----------
    key
        What the page says it by.
    members
        What else is to be told, ready for JSON.
    """

    key = "refused"

    def __init__(self, message: str, **members: Any) -> None:
        super().__init__(message)
        self.members = members


class ActorError(EditError):
    """Nobody, or nobody with a name and a role, signs the edit."""

    key = "actor"


class StaleError(EditError):
    """The plan was changed since at the same places; ``mine``, ``theirs`` and ``revision`` are told."""

    key = "stale"


class StandsOnError(EditError):
    """A later edit builds on the one that is to be taken back."""

    key = "stands-on"


class LockedError(EditError):
    """A locked unit would change."""

    key = "locked"


class LastBlockError(EditError):
    """A unit would lose all it has."""

    key = "last-block"


class NotContiguousError(EditError):
    """A unit would fall into pieces."""

    key = "not-contiguous"


class NotTouchingError(EditError):
    """Units that are to become one do not touch."""

    key = "not-touching"


class NameTakenError(EditError):
    """A sibling has the name already."""

    key = "name-taken"


class CodeTakenError(EditError):
    """Another unit has the code already."""

    key = "code-taken"


class WrongParentError(EditError):
    """A unit cannot be put under that parent."""

    key = "wrong-parent"


class WrongLevelError(EditError):
    """A unit is not of the level that the operation works on."""

    key = "wrong-level"


class NotDraftError(EditError):
    """The plan is no draft and cannot be edited."""

    key = "not-draft"


class NothingToDoError(EditError):
    """The plan is already as the edit would make it."""

    key = "nothing-to-do"


class NothingToUndoError(EditError):
    """There is no edit to take back."""

    key = "nothing-to-undo"


class NothingToRedoError(EditError):
    """There is no edit to do again."""

    key = "nothing-to-redo"


class UnknownUnitError(EditError):
    """The plan has no such unit."""

    key = "unknown-unit"


class UnknownBlockError(EditError):
    """The plan has no such block."""

    key = "unknown-block"


class LineRefusedError(EditError):
    """A drawn line cannot be used; ``key`` says which way.

    See `geo.errors.LineError`; "line-unclear" when it does not say who gets a piece: ``units`` are those it may be.
    """

    def __init__(self, key: str, message: str, **members: Any) -> None:
        super().__init__(message, **members)
        self.key = key
