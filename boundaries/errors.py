"""What can go wrong with districts, blocks and plans."""


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
