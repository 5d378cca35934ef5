"""Writing the log of edits: what was done at which revision, by whom, and what takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm.attributes import set_committed_value

from boundaries.redraw.logged import Summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boundaries.redraw.apply import Applied
    from boundaries.redraw.changes import Change
    from boundaries.redraw.edits import Actor, Edit
    from boundaries.redraw.state import State

CHANNEL = "wangge_edits"
"""PostgreSQL channel that tells of every edit once it is committed: ``{"plan": .., "revision": ..}``."""

NAMES_TOLD = 5
"""Names of units the history lists at most, for each side."""


def write_edit(
    state: State, edit: Edit, applied: Applied, actor: Actor, *, request: str | None, undoes: int | None
) -> Summary:
    """Write an edit to the log, raise the plan's revision and tell who listens once it is committed."""
    rows, members = touched_units(applied.change)
    label = _label(applied)
    query = (
        "WITH p AS (UPDATE plan SET revision = revision + 1 WHERE id = :plan RETURNING revision), "
        "told AS (SELECT pg_notify(:channel, json_build_object('plan', CAST(:plan AS bigint), 'revision', revision)"
        "::text) FROM p), e AS (INSERT INTO edit (plan_id, revision, operation, arguments, inverse, actor, request, "
        "undoes, label, keys, rows, members, at) SELECT :plan, revision, :operation, CAST(:arguments AS jsonb), "
        "CAST(:inverse AS jsonb), CAST(:actor AS jsonb), :request, :undoes, CAST(:label AS jsonb), "
        "ARRAY(SELECT DISTINCT key FROM block WHERE id = ANY(:blocks) ORDER BY key), "
        "CAST(:rows AS bigint[]), CAST(:members AS bigint[]), clock_timestamp() FROM p "
        "RETURNING revision, at) SELECT e.revision, e.at FROM e, told"
    )
    written = state.send(
        query,
        channel=CHANNEL,
        operation=edit.operation,
        arguments=dict(edit.arguments),
        inverse=applied.change.inverse().as_json(),
        actor=actor.as_json(),
        request=request,
        undoes=undoes,
        label=label,
        blocks=list(applied.change.blocks),
        rows=rows,
        members=members,
    )
    state.run.end()  # nothing is sent after it, as a rule
    revision, at = written.rows()[0]
    set_committed_value(state.plan, "revision", revision)
    return Summary(
        revision, edit.operation, dict(edit.arguments), label, actor.as_json(), at, undoes, standing=True
    )


def touched_keys(state: State, change: Change) -> set[str]:
    """Return the keys of blocks that came, went or changed their unit; not of those that only got a vertex."""
    if not change.blocks:
        return set()
    return {
        row[0] for row in state.rows("SELECT key FROM block WHERE id = ANY(:ids)", ids=list(change.blocks))
    }


def touched_units(change: Change) -> tuple[list[int], list[int]]:
    """Return the units that a change made, changed or removed, and those that blocks or units left or entered."""
    return sorted(change.units), sorted(change.entered_or_left() | change.parents())


def _label(applied: Applied) -> dict[str, Any]:
    change, rows = applied.change, applied.touched.rows
    known = {unit: row.attributes for unit, row in (rows | applied.units).items()}
    names = {unit: one.name for unit, one in known.items()}
    moved = [pair for pair in change.blocks.values() if None not in pair]

    def named(units: Sequence[int | None]) -> list[str]:
        return [names[unit] for unit in dict.fromkeys(units) if unit is not None][:NAMES_TOLD]

    pairs = change.units.items()
    # A unit may be made of nothing but pieces of blocks: those have no unit before, but the blocks they are cut from.
    left = [before for before, _ in moved]
    if not left and any(before is None for _, (before, _) in pairs):
        left = [before for before, _ in change.blocks.values()]
    renamed = [[b.name, a.name] for _, (b, a) in pairs if a and b and a.name != b.name]
    told: dict[str, Any] = {
        "blocks": len(moved) or len([1 for before, _ in change.blocks.values() if before is not None]),
        "from": named(left),
        "to": named([after for _, after in moved]),
        "made": named([unit for unit, (before, _) in pairs if before is None]),
        "removed": named([unit for unit, (_, after) in pairs if after is None]),
        "changed": named([unit for unit, (before, after) in pairs if before and after]),
        "renamed": renamed[:NAMES_TOLD],
        "broken": [finding.as_json() for finding in applied.findings.broken],
        "mended": [finding.as_json() for finding in applied.findings.mended],
    }
    said = {name for member in ("from", "to", "made", "removed", "changed") for name in told[member]}
    # As they are called now: of a unit that goes nobody knows it later.
    told["english"] = {one.name: one.name_en for one in known.values() if one.name in said and one.name_en}
    gone = {unit for unit, (_, after) in pairs if after is None}
    told["colours"] = {
        str(unit): row.colour
        for unit, row in rows.items()
        if unit in gone or (unit in applied.units and applied.units[unit].colour != row.colour)
    }
    return {name: value for name, value in told.items() if value}
