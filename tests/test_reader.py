"""The reader for notebooks edits as the command line does."""

from __future__ import annotations

import pytest

import wangge
from boundaries.errors import LastBlockError
from boundaries.storage.database import Database
from tests.boundaries.conftest import square_plan


def test_a_notebook_edits_by_names_and_keys_and_reads_what_became_of_it(database: Database) -> None:
    square_plan(database)
    reader = wangge.Reader(database)
    done = reader.edit("first", "assign", unit="西北网格", blocks=["b11", "b10"])
    assert (done.revision, len(done.assignment)) == (1, 2)
    cells = reader.units("first", "cell").set_index("name")
    assert cells.loc["西北网格", "residents"] == 1800
    with pytest.raises(LastBlockError):
        reader.edit("first", "assign", unit="西北网格", blocks=["b00", "b01"])
    assert reader.edit("first", "undo").revision == 2
