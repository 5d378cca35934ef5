"""Files in and out: layers of a district read from any vector format, plans written for others."""

from boundaries.exchange.importing import LAYERS, import_layer
from boundaries.exchange.reading import Table, read_table
from boundaries.exchange.request import ImportReport, ImportRequest, RowProblem

__all__ = ["LAYERS", "ImportReport", "ImportRequest", "RowProblem", "Table", "import_layer", "read_table"]
