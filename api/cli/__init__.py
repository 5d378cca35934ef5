"""The command line: thin commands over the floors below; every failure is one sentence and an exit code."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import traceback
from pathlib import Path


def main() -> None:
    """Run the command line and leave with its exit code."""
    from api.cli.commands import app

    os.environ.setdefault("COLUMNS", "100") if not sys.stdout.isatty() else None
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  -- the last place where a failure can become a sentence
        sys.exit(_explain(error))


def _explain(error: Exception) -> int:
    from api.errors import INTERNAL, failure_of

    failure = failure_of(error)
    if failure is not None:
        sys.stderr.write(f"wangge: {error}\n")
        return failure.exit_code
    with tempfile.NamedTemporaryFile("w", prefix="wangge-failure-", suffix=".log", delete=False) as report:
        traceback.print_exception(error, file=report)
    sys.stderr.write(
        f"wangge: something unexpected went wrong ({type(error).__name__}); nothing was changed. Please report it "
        f"with the file {Path(report.name)}.\n"
    )
    return INTERNAL.exit_code
