"""Editing plans: every edit is a value, applied whole or not at all, and logged with what takes it back."""

from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.editing import Result, edit, preview
from boundaries.redraw.edits import Actor, Edit
from boundaries.redraw.findings import UnitFinding
from boundaries.redraw.log import CHANNEL, LogPage, Summary
from boundaries.redraw.log import read_log as log

__all__ = [
    "CHANNEL",
    "Actor",
    "Attributes",
    "Change",
    "Edit",
    "LogPage",
    "Result",
    "Summary",
    "UnitFinding",
    "edit",
    "log",
    "preview",
]
