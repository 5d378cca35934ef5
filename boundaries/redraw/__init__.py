"""Editing plans: every edit is a value, applied whole or not at all, and logged with what takes it back."""

from boundaries.redraw.changes import Attributes, Change
from boundaries.redraw.editing import edit, preview
from boundaries.redraw.edits import Actor, Edit
from boundaries.redraw.findings import UnitFinding
from boundaries.redraw.log import CHANNEL
from boundaries.redraw.logged import LogPage, Summary
from boundaries.redraw.logged import read_log as log
from boundaries.redraw.past import PlanAt, changes_since, units_at
from boundaries.redraw.result import Result

__all__ = [
    "CHANNEL",
    "Actor",
    "Attributes",
    "Change",
    "Edit",
    "LogPage",
    "PlanAt",
    "Result",
    "Summary",
    "UnitFinding",
    "changes_since",
    "edit",
    "log",
    "preview",
    "units_at",
]
