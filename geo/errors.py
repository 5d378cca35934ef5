"""What can go wrong with geometry."""


class GeoError(ValueError):
    """Base of every error of this floor; its message names the thing and the next step."""


class CoverageError(GeoError):
    """Polygons that should form a coverage do not."""


class CrsError(GeoError):
    """A coordinate reference system is missing, unknown or unfit."""
