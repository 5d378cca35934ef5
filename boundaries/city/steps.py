"""Steps of a city's search, task by task, so that a search the clock ended can be repeated exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from boundaries.balancing import Steps

if TYPE_CHECKING:
    from collections.abc import Sequence


class CitySteps(Steps):
    """Number of steps of all tasks; given back as ``steps=`` it makes the same plan on any number of workers.

    ``tasks`` holds the `Steps` of each task, in the order of `boundaries.city.tasks.split`.
    """

    tasks: tuple[Steps, ...]

    def __new__(cls, tasks: Sequence[Steps]) -> Self:
        """Sum the steps of all tasks."""
        made = super().__new__(cls, [(int(task), int(task)) for task in tasks])
        made.tasks = tuple(tasks)
        return made
