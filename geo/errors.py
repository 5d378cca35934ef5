"""What can go wrong with geometry."""


class GeoError(ValueError):
    """Base of every error of this floor; its message names the thing and the next step."""


class CoverageError(GeoError):
    """Polygons that should form a coverage do not."""


class CrsError(GeoError):
    """A coordinate reference system is missing, unknown or unfit."""


class LineError(GeoError):
    """A drawn line cannot be used; ``key`` says which way.

    Keys are "line-outside", "line-through-hole", "line-self-crossing", "line-along-border", "line-not-across",
    "line-too-close" and "sliver".
    """

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key
