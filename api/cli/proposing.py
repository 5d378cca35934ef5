"""The command that proposes: runs the search, prints the proposals side by side, and takes one as a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from api.cli.work import run_job, say
from api.opening import open_database
from boundaries import proposals
from boundaries.errors import ArgumentError, ExportError
from boundaries.plans import find_district, find_plan

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from api.settings import Settings
    from boundaries.storage.proposal_tables import Proposal


def propose_plan(
    settings: Settings,
    arguments: dict[str, Any],
    *,
    district: str | None,
    name: str | None,
    keep: int,
    maps: Path | None,
) -> None:
    """Propose divisions, print their figures and keep one as a draft.

    Parameters
    ----------
    keep
        Which proposal becomes the draft, counted from 1.
    maps
        Folder that gets a map of every proposal and a page that shows them side by side.
    """
    with open_database(settings, say) as database:
        with database.session() as session:
            plan_id = _plan_of(session, arguments, district)
        result = run_job(database, "propose", {**arguments, "plan": plan_id})
        for line in result["lines"]:
            print(line)  # noqa: T201
        with database.session() as session:
            found = [proposals.find_proposal(session, one) for one in result["proposals"]]
            Console().print(proposal_table(found))
            if maps is not None:
                print(_write_maps(session, found, maps))  # noqa: T201
            if keep > len(found):
                raise ArgumentError(
                    f"--keep {keep}: there are {len(found)} proposals; choose 1 to {len(found)}."
                )
            chosen = found[keep - 1]
            stored = proposals.take(session, chosen.id, name)
            units = f"{len(stored.unit_ids[chosen.level])} units of level {chosen.level}"
            print(f'plan {stored.plan.id} "{stored.plan.name}": {units}')  # noqa: T201


def _plan_of(session: Session, arguments: dict[str, Any], district: str | None) -> int:
    """Return the plan to divide: the one named, or that of the proposal to be repeated."""
    if arguments["repeat"] is not None:
        return proposals.find_proposal(session, arguments["repeat"]).plan_id
    if arguments["plan"] is None:
        raise ArgumentError(
            "say which plan: ./wangge propose PLAN, or --repeat with the number of a proposal."
        )
    return find_plan(session, arguments["plan"], find_district(session, district) if district else None).id


def proposal_table(found: list[Proposal]) -> Table:
    """Return the proposals as columns, their figures and scores as rows; less is better in every score."""
    table = Table("", *(f"{row.rank + 1} (no. {row.id})" for row in found))
    figures = [row.figures for row in found]
    for label, cells in (
        ("units", [f"{one['units']:,}" for one in figures]),
        ("exclusive cells", [f"{one['exclusive']:,}" for one in figures]),
        ("residents", [_span(one.get("residents")) for one in figures]),
        ("households", [_span(one.get("households")) for one in figures]),
        ("out of band", [f"{one['out_of_band']:,}" for one in figures]),
        ("residents who change unit", [_number(one["moved"], ",.0f") for one in figures]),
        ("clear border", [_number(one["clear_border_share"], ".1%") for one in figures]),
        ("mean compactness", [_number(one["compactness"], ".3f") for one in figures]),
    ):
        table.add_row(label, *cells)
    table.add_section()
    for goal in found[0].scores:
        table.add_row(f"score: {goal}", *(_number(row.scores.get(goal), ".4g") for row in found))
    return table


def _span(extremes: list[float] | None) -> str:
    return "–" if extremes is None else f"{extremes[0]:,.0f} to {extremes[1]:,.0f}"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _write_maps(session: Session, found: list[Proposal], folder: Path) -> Path:
    """Write a map of each proposal and a page with all of them side by side; return the page."""
    from maps.folium_view import render_map

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{folder} cannot be made: {error.strerror or error}. Choose another.") from error
    frames = []
    for row in found:
        file = f"proposal-{row.rank + 1}.html"
        trial = session.begin_nested()
        taken = proposals.take(session, row.id)
        taken.plan.name = f"{taken.plan.name} #{row.rank + 1}"
        render_map(session, taken.plan, folder / file, level=row.level)
        trial.rollback()  # a map needs a plan; nobody has asked to keep this one
        frames.append(
            f'<figure><figcaption>{_caption(row)}</figcaption><iframe src="{file}"></iframe></figure>'
        )
    page = folder / "compare.html"
    page.write_text(_PAGE.format(frames="\n".join(frames)), "utf-8")
    return page


def _caption(row: Proposal) -> str:
    """Return what stands above a map, in both languages."""
    figures = row.figures
    number, units, out = row.rank + 1, figures["units"], figures["out_of_band"]
    clear, moved = _number(figures["clear_border_share"], ".1%"), _number(figures["moved"], ",.0f")
    return (
        f"<b>备选 {number}</b> · {units} 个单元 · 越界 {out} · 界线清晰 {clear} · 变动居民 {moved}<br>"
        f"<b>Proposal {number}</b> · {units} units · {out} out of band · clear border {clear} · "
        f"{moved} residents change unit"
    )


_PAGE = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>备选方案 · Proposals</title>
<style>
body {{ margin: 0; display: grid; gap: 2px; min-height: 100vh; background: #24323d;
  grid-template-columns: repeat(auto-fit, minmax(min(36rem, 100%), 1fr)); grid-auto-rows: minmax(38rem, 1fr); }}
figure {{ margin: 0; display: flex; flex-direction: column; background: #fff; }}
figcaption {{ padding: 8px 12px; font: 14px/1.5 system-ui, sans-serif; }}
iframe {{ flex: 1; border: 0; }}
</style>
{frames}
</html>
"""
