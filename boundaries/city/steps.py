"""Steps of a city's search, task by task, so that a search the clock ended can be repeated exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from boundaries.balancing import Steps
from boundaries.balancing.answer import Finish

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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


def steps_json(steps: Steps) -> dict[str, Any]:
    """Return the steps of a search as they are kept: enough to repeat it, whoever ended it."""
    if isinstance(steps, CitySteps):
        return {"tasks": [steps_json(task) for task in steps.tasks]}
    return {"per_start": [list(pair) for pair in steps.per_start], "finish": list(steps.finish)}


def steps_of(kept: Mapping[str, Any]) -> Steps:
    """Return the steps of a search from what `steps_json` made of them."""
    if "tasks" in kept:
        return CitySteps([steps_of(task) for task in kept["tasks"]])
    return Steps([(planned, done) for planned, done in kept["per_start"]], Finish(*kept["finish"]))
