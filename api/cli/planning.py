"""The commands of a plan's life: branch, compare, bring up to date, adopt."""

from __future__ import annotations

import datetime as dt
import getpass
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from api.cli.work import say
from api.opening import open_database
from boundaries.errors import ArgumentError
from boundaries.planning import life
from boundaries.planning.adoption import Decision, adopt
from boundaries.planning.branch import branch
from boundaries.planning.compare import compare, flows, moved, units_named
from boundaries.planning.errors import ConflictsError, NotReadyError
from boundaries.planning.merging import MINE, THEIRS
from boundaries.planning.update import update
from boundaries.plans import find_district, find_plan
from boundaries.redraw import Actor
from boundaries.redraw.by_name import with_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from api.settings import Settings
    from boundaries.planning.compare import Comparison
    from boundaries.storage.plan_tables import Plan


def branch_plan(
    settings: Settings, plan: str, district: str | None, name: str | None, *, cells: bool
) -> None:
    """Make a draft that begins as a copy of a plan, with one undivided cell a community if wanted."""
    with _session(settings) as session:
        base = _plan(session, plan, district)
        levels = [*base.levels, "cell"] if cells else None
        made = branch(session, base, actor=_me(), name=name, levels=levels)
        print(f'plan {made.id} "{made.name}": a draft that begins as "{base.name}"')  # noqa: T201


def compare_plans(settings: Settings, old: str, new: str, district: str | None, level: str | None) -> None:
    """Print who changes the unit between two plans, and from which to which."""
    with _session(settings) as session:
        found = compare(session, _plan(session, old, district), _plan(session, new, district))
        Console().print(_totals(found))
        pair = found.level(level)
        table = Table(f"old {pair.level}", f"new {pair.level}", "residents", "households", "buildings", "ha")
        before, after = units_named(found.old), units_named(found.new)
        for flow in flows(found, pair):
            if flow.changed:
                sums = flow.sums
                counts = [f"{sums[name]:,.0f}" for name in ("residents", "households", "buildings")]
                names = [str(before[flow.old]["name"]), str(after[flow.new]["name"])]
                table.add_row(*names, *counts, f"{sums['area_m2'] / 10_000:,.2f}")
        Console().print(table)


def _totals(found: Comparison) -> Table:
    table = Table(f"compared by {found.pieces.by}", "residents", "share", "households", "buildings", "ha")
    for pair in found.levels:
        told = moved(found, pair)
        share = "–" if told["share"] is None else f"{told['share']:.1%}"
        counts = [f"{told[name] or 0:,.0f}" for name in ("residents", "households", "buildings")]
        hectares = f"{(told['area_m2'] or 0) / 10_000:,.2f}"
        table.add_row(f"change their {pair.level}", counts[0], share, *counts[1:], hectares)
    return table


def update_plan(settings: Settings, plan: str, district: str | None, take: str | None) -> None:
    """Bring a draft up to date with the plan in force; conflicts are listed, or all decided for one side."""
    if take not in {None, MINE, THEIRS}:
        raise ArgumentError(f'--take is "{MINE}" or "{THEIRS}", not "{take}".')
    with _session(settings) as session:
        found = _plan(session, plan, district)
        try:
            done = update(session, found, _me())
        except ConflictsError as conflicts:
            features = conflicts.members["conflicts"]["features"]
            if take is None:
                for one in features:
                    about = one["properties"]
                    sides = f"mine {about['mine_name']}, theirs {about['theirs_name']}"
                    print(f"{about['kind']} {one['id']}: {sides}")  # noqa: T201
                raise
            done = update(session, found, _me(), {str(one["id"]): take for one in features})
        print(f'"{found.name}" stands on "{done.base.name}" now, at revision {found.revision}')  # noqa: T201


def adopt_plan(
    settings: Settings,
    plan: str,
    district: str | None,
    *,
    authority: str,
    number: str,
    date: str,
    begins: str | None,
    reasons: Mapping[str, str],
) -> None:
    """Bring a plan into force; a draft is submitted first. What stands in the way is listed."""
    with _session(settings) as session:
        found = _plan(session, plan, district)
        given = {_unit(session, found, unit): reason for unit, reason in reasons.items()}
        start = _day(begins, "--from") if begins is not None else None
        decision = Decision(authority, number, _day(date, "--date"), start, given)
        if life.state_of(found) == "draft":
            life.submit(session, found, _me())
        try:
            adopt(session, found, decision, _me())
        except NotReadyError as refused:
            for one in refused.members["hindrances"]:
                print(one["message"])  # noqa: T201
            raise
        print(f'"{found.name}" is adopted and in force from {found.in_force_from}')  # noqa: T201


@contextmanager
def _session(settings: Settings) -> Iterator[Session]:
    with open_database(settings, say) as database, database.session() as session:
        yield session


def _plan(session: Session, plan: str, district: str | None) -> Plan:
    return find_plan(session, plan, find_district(session, district) if district else None)


def _me() -> Actor:
    user = getpass.getuser()
    return Actor(f"cli:{user}", user)


def _unit(session: Session, plan: Plan, word: str) -> int:
    unit: int = with_ids(session, plan, {"unit": word})["unit"]
    return unit


def _day(word: str, option: str) -> dt.date:
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        raise ArgumentError(f'{option}: "{word}" is no date; write it as 2026-07-01.') from None
