"""Reading the log of edits."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from boundaries.redraw.changes import Change
from boundaries.storage.statements import Statements

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session

    from boundaries.storage.plan_tables import Plan
    from boundaries.storage.statements import Sent


@dataclass(frozen=True)
class Summary:
    """One edit as the history shows it.

    Attributes
    ----------
    label
        Counts and names: ``blocks`` that changed their unit, names of the units they went ``from`` and ``to``, that
        were ``made``, ``removed``, ``changed`` and, pairwise, ``renamed``; findings ``broken`` and ``mended``.
    standing
        Whether no standing edit takes it back.
    """

    revision: int
    operation: str
    arguments: dict[str, Any]
    label: dict[str, Any]
    actor: dict[str, Any] | None
    at: dt.datetime
    undoes: int | None
    standing: bool

    def as_json(self) -> dict[str, Any]:
        """Return the summary ready for JSON; ``at`` is ISO 8601 with its offset."""
        return {
            "revision": self.revision,
            "operation": self.operation,
            "label": self.label,
            "actor": self.actor,
            "at": self.at.isoformat(),
            "undoes": self.undoes,
            "standing": self.standing,
        }


@dataclass(frozen=True)
class Logged(Summary):
    """One edit as the log keeps it; the columns of `boundaries.storage.plan_tables.Edit`."""

    inverse: dict[str, Any]
    request: str | None
    keys: list[str]
    rows: list[int]
    members: list[int]


@dataclass(frozen=True)
class LogPage:
    """Some edits, newest first; ``next`` is the revision to ask for what is before, or None at the beginning."""

    edits: list[Summary]
    next: int | None


_READ = f"SELECT {', '.join(field.name for field in fields(Logged))} FROM edit WHERE plan_id = :plan"


def ask_log(session: Session, plan: int, those: str, **values: Any) -> Sent:
    """Ask for edits of a plan; `logged` reads them.

    Parameters
    ----------
    plan
        Its id.
    those
        What follows ``WHERE plan_id = :plan`` in SQL: which edits, in which order.
    """
    return Statements.of(session).send(f"{_READ} {those}", {"plan": plan, **values})


def logged(asked: Sent) -> list[Logged]:
    """Wait for the edits of `ask_log`."""
    return [Logged(*row) for row in asked.rows()]


def read_log(
    session: Session, plan: Plan, *, before: int | None = None, limit: int = 50, actor: str | None = None
) -> LogPage:
    """Return edits of a plan, newest first.

    Parameters
    ----------
    before
        Only edits of lower revisions.
    actor
        Only edits signed with this id.
    """
    given = {"before": before, "actor": actor}
    wanted = {name: value for name, value in given.items() if value is not None}
    conditions = {"before": "AND revision < :before ", "actor": "AND actor ->> 'id' = :actor "}
    those = "".join(conditions[name] for name in wanted)
    asked = ask_log(session, plan.id, f"{those}ORDER BY revision DESC LIMIT :most", most=limit + 1, **wanted)
    rows = logged(asked)
    page: list[Summary] = [*rows[:limit]]
    return LogPage(page, page[-1].revision if len(rows) > limit else None)


def edits_after(session: Session, plan: int, revision: int) -> list[Logged]:
    """Return all edits of a plan by its id after a revision, oldest first."""
    return logged(ask_log(session, plan, "AND revision > :revision ORDER BY revision", revision=revision))


def change_of(row: Logged) -> Change:
    """Return what an edit did."""
    return Change.from_json(row.inverse).inverse()


def ask_request(session: Session, plan: int, request: str) -> Sent:
    """Ask for the edit of a plan by its id that a request led to before, if it did."""
    return ask_log(session, plan, "AND request = :request", request=request)
