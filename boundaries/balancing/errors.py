"""What can be wrong with a balancing problem; found before any search."""

from boundaries.errors import BoundaryError


class ProblemError(BoundaryError):
    """Base of every input error of the balancing module (a ValueError); it names blocks, parents, columns."""


class EdgeError(ProblemError):
    """The graph of blocks has self-loops, doubled edges, unknown or isolated blocks."""


class ColumnError(ProblemError):
    """A column has the wrong length, is not a number everywhere, or is negative."""


class BandError(ProblemError):
    """A band is upside down or is on a column that is not there."""


class PartsError(ProblemError):
    """The count of parts cannot be read or cannot be met by so many blocks."""


class ParentError(ProblemError):
    """Parents and their names do not fit the blocks."""


class KeepError(ProblemError):
    """Locks or together-groups contradict each other."""


class GoalError(ProblemError):
    """A goal is unknown or lacks the data it measures."""
