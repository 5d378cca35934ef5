"""An edit as it is asked for: who asks, for which operation, with which arguments."""

from __future__ import annotations

import getpass
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boundaries.errors import ActorError, ArgumentError
from boundaries.sentences import Said
from boundaries.storage.plan_tables import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROLES = ("planner", "leader", "analyst", "reviewer")
NAME_LENGTH = 80
"""Longest name of a unit or a person, in characters."""


@dataclass(frozen=True)
class Actor:
    """Who edits. Until there are accounts nobody has checked it: ``verified`` is false."""

    id: str
    name: str
    role: str = "planner"
    verified: bool = False

    def __post_init__(self) -> None:
        if not self.id.strip() or not self.name.strip() or len(self.name) > NAME_LENGTH or len(self.id) > 200:
            raise ActorError(
                Said(
                    "actor-name",
                    "an edit is signed by an id and a name of 1 to {most} characters.",
                    most=NAME_LENGTH,
                )
            )
        if self.role not in ROLES:
            raise ActorError(
                Said(
                    "actor-role",
                    'there is no role "{role}"; roles are {roles}.',
                    role=self.role,
                    roles=list(ROLES),
                )
            )

    @classmethod
    def of_machine(cls) -> Actor:
        """Return the user of this machine, who edits on the command line and in notebooks."""
        user = getpass.getuser()
        return cls(f"cli:{user}", user)

    def as_json(self) -> dict[str, Any]:
        """Return the actor as the log keeps it."""
        return dict(vars(self))

    @classmethod
    def from_json(cls, stated: Any) -> Actor:
        """Read what a sender says about itself; whether it is verified is not for the sender to say.

        Raises
        ------
        ActorError
            When id, name or role is missing or no text.
        """
        given = (
            {member: stated.get(member) for member in ("id", "name", "role")}
            if isinstance(stated, dict)
            else {}
        )
        words = {member: value for member, value in given.items() if isinstance(value, str)}
        if len(words) < 3:
            raise ActorError(
                Said("actor-object", "say who edits: an object with id, name and role, all of them text.")
            )
        return cls(words["id"], words["name"], words["role"])


@dataclass(frozen=True)
class Edit:
    """One operation with its arguments, checked for kind and shape but not against any plan."""

    operation: str
    arguments: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the edit as it was sent."""
        return {"operation": self.operation, "arguments": dict(self.arguments)}

    @classmethod
    def of(cls, operation: Any, arguments: Any) -> Edit:
        """Check an edit as it was sent.

        Raises
        ------
        ArgumentError
            Naming the operation or the argument.
        """
        wanted = ARGUMENTS.get(operation) if isinstance(operation, str) else None
        if wanted is None:
            raise ArgumentError(
                f'there is no operation "{operation}"; operations are {", ".join(ARGUMENTS)}.'
            )
        if not isinstance(arguments, dict):
            raise ArgumentError(f"the arguments of {operation} are an object, not {_shown(arguments)}.")
        unknown = sorted(set(arguments) - {name.rstrip("?") for name in wanted})
        if unknown:
            known = ", ".join(name.rstrip("?") for name in wanted) or "none"
            raise ArgumentError(f'{operation} has no argument "{unknown[0]}"; it has {known}.')
        for name, kind in wanted.items():
            value = arguments.get(name.rstrip("?"))
            if value is None:
                if not name.endswith("?"):
                    raise ArgumentError(f'{operation} needs the argument "{name}".')
            elif not KINDS[kind](value):
                raise ArgumentError(f"{operation}: {name.rstrip('?')} is {kind}, not {_shown(value)}.")
        _require_together(operation, arguments)
        return cls(operation, {name: value for name, value in arguments.items() if value is not None})

    def parts(self) -> list[Edit]:
        """Return the edits of a group, or this one alone."""
        if self.operation != "group":
            return [self]
        return [Edit.of(part.get("operation"), part.get("arguments")) for part in self.arguments["edits"]]


def _require_together(operation: str, arguments: dict[str, Any]) -> None:
    if operation == "create":
        wanted = "blocks" if arguments["level"] == LEVELS[-1] else "units"
        if arguments.get("blocks") is None and arguments.get("units") is None:
            raise ArgumentError(f'create needs the argument "{wanted}" for a {arguments["level"]}.')
        if arguments.get("blocks") is not None and arguments.get("units") is not None:
            raise ArgumentError('create takes either "blocks" or "units", not both.')
    if operation == "group":
        for part in arguments["edits"]:
            if not isinstance(part, dict) or part.get("operation") in NOT_IN_GROUPS:
                raise ArgumentError(
                    f"a group holds edits with operation and arguments, none of them {', '.join(NOT_IN_GROUPS)}."
                )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def _is_ids(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_id, value))


def _is_revision(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= NAME_LENGTH and value.isprintable()


def _is_line(value: Any) -> bool:
    return isinstance(value, list) and 2 <= len(value) <= 10_000 and all(map(_is_point, value))


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(
            isinstance(number, int | float) and not isinstance(number, bool) and math.isfinite(number)
            for number in value
        )
    )


KINDS: dict[str, Callable[[Any], bool]] = {
    "the id of a unit": _is_id,
    "a list of ids": _is_ids,
    f"a text of 1 to {NAME_LENGTH} characters": _is_name,
    f"one of {', '.join(LEVELS)}": lambda value: value in LEVELS,
    "a list of at least two points [x, y]": _is_line,
    "a revision": _is_revision,
    "true or false": lambda value: isinstance(value, bool),
    "a list of edits": lambda value: isinstance(value, list) and bool(value),
}
"""What an argument can be, in the words of a message, and how it is told."""

UNIT, IDS, NAME, LEVEL, LINE, REVISION, FLAG, EDITS = KINDS

ARGUMENTS: dict[str, dict[str, str]] = {
    "assign": {"unit": UNIT, "blocks": IDS},
    "create": {
        "level": LEVEL, "parent?": UNIT, "blocks?": IDS, "units?": IDS, "name?": NAME, "name_en?": NAME, "type?": NAME,
    },
    "split": {"unit": UNIT, "line": LINE, "name?": NAME, "cut?": FLAG},
    "merge": {"units": IDS, "into": UNIT},
    "reshape": {"unit": UNIT, "line": LINE},
    "cut": {"line": LINE, "blocks?": IDS},
    "move": {"unit": UNIT, "parent": UNIT},
    "dissolve": {"unit": UNIT, "into?": UNIT},
    "update": {"unit": UNIT, "name?": NAME, "name_en?": NAME, "code?": NAME, "type?": NAME},
    "lock": {"units": IDS},
    "unlock": {"units": IDS},
    "undo": {"revision?": REVISION},
    "redo": {"revision?": REVISION},
    "revert": {"revision": REVISION},
    "group": {"edits": EDITS},
}  # fmt: skip
"""The arguments of each operation; those with a question mark may be left out."""

NOT_IN_GROUPS = ("undo", "redo", "revert", "group")
