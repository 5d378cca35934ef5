"""The commands."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from boundaries.errors import ArgumentError

app = typer.Typer(
    name="wangge",
    help="Delineate the grid of a city district: streets, communities, grid cells and blocks.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Level(StrEnum):
    """Levels of units that can be proposed."""

    STREET = "street"
    COMMUNITY = "community"
    CELL = "cell"


class Layer(StrEnum):
    """Layers that can be imported."""

    DISTRICT = "district"
    BLOCKS = "blocks"
    STREETS = "streets"
    COMMUNITIES = "communities"
    CELLS = "cells"
    UNITS = "units"
    BUILDINGS = "buildings"
    ROADS = "roads"
    WATER = "water"
    WALLS = "walls"
    COMPOUNDS = "compounds"
    SERVICE_POINTS = "service_points"
    INCIDENTS = "incidents"


class Format(StrEnum):
    """Formats of an export."""

    GPKG = "gpkg"
    GEOJSON = "geojson"
    XLSX = "xlsx"


DataFolder = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder (default: .wangge beside the code; or WANGGE_DATA)."),
]
PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="Name or number of a plan.")]
DistrictName = Annotated[str | None, typer.Option("--district", help="Key, name or number of a district.")]


@app.command()
def up(
    port: Annotated[
        int | None, typer.Option(help="Port on 127.0.0.1 (default 8000; or WANGGE_PORT).")
    ] = None,
    data: DataFolder = None,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Load the synthetic demo district.")] = True,
) -> None:
    """Start everything and serve the page until Ctrl-C."""
    from api.cli.up import serve

    serve(_settings(data, port), demo=demo)


@app.command()
def plans(district: DistrictName = None, data: DataFolder = None) -> None:
    """List districts and their plans."""
    from api.cli.work import list_plans

    list_plans(_settings(data), district)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Any vector format, GeoParquet, CSV or XLSX.")],
    layer: Annotated[Layer, typer.Option("--as", help="What the file holds.")],
    district: DistrictName = None,
    name: Annotated[str | None, typer.Option(help="Name of the new district or plan.")] = None,
    crs: Annotated[
        str | None, typer.Option(help="Coordinate system where the file says none, e.g. EPSG:4490.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="What a column means, e.g. residents=TOTPOP; may be repeated.")
    ] = None,
    count_date: Annotated[str | None, typer.Option(help="Date of the counts, YYYY-MM-DD.")] = None,
    plan: Annotated[str | None, typer.Option(help="Plan that imported units are added to.")] = None,
    file_layer: Annotated[str | None, typer.Option(help="Layer or sheet of a file that has several.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of its text, e.g. GB18030.")] = None,
    data: DataFolder = None,
) -> None:
    """Take in a file as a layer, whole or not at all."""
    from api.cli.work import import_file

    arguments: dict[str, Any] = {
        "path": str(file),
        "layer": layer.value,
        "district": district,
        "name": name,
        "crs": crs,
        "columns": _pairs(column, "--column", "residents=TOTPOP"),
        "count_date": _date(count_date),
        "plan": plan,
        "file_layer": file_layer,
        "encoding": encoding,
    }
    import_file(_settings(data), arguments)


@app.command()
def propose(
    plan: Annotated[str | None, typer.Argument(help="Name or number of the plan to divide.")] = None,
    level: Annotated[Level, typer.Option(help="Level to divide into.")] = Level.CELL,
    district: DistrictName = None,
    name: Annotated[str | None, typer.Option(help="Name of the proposed plan.")] = None,
    parts: Annotated[int | None, typer.Option(min=1, help="Number of units in all.")] = None,
    band: Annotated[
        list[str] | None, typer.Option(help="Band of a measure, e.g. residents=1000:1500.")
    ] = None,
    goal: Annotated[list[str] | None, typer.Option(help="Weight of a goal, e.g. border=1.")] = None,
    cost: Annotated[
        list[str] | None,
        typer.Option(help="Cost of a metre of border along a barrier, 0 (free) to 1, e.g. wall=0.2."),
    ] = None,
    keep_unit: Annotated[
        list[int] | None, typer.Option(help="Number of a unit that keeps all its blocks; may be repeated.")
    ] = None,
    link: Annotated[
        list[str] | None, typer.Option(help="Blocks that count as neighbours, e.g. a ferry: KEY=KEY.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=0, help="Stop after steps: the same plan each time.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0.1, help="Stop after seconds (10 where no steps are given).")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the search.")] = 7,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Threads (default 1), or processes for a city (default every core); the plan stays the same.",
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Address of a distributed scheduler for a city (or WANGGE_SCHEDULER)."),
    ] = None,
    repeat: Annotated[
        int | None, typer.Option(help="Number of a proposal to search for once more, step by step.")
    ] = None,
    keep: Annotated[int, typer.Option(min=1, help="Which proposal to keep as a draft; 1 is the best.")] = 1,
    maps: Annotated[Path | None, typer.Option(help="Folder to write maps of all proposals to.")] = None,
    data: DataFolder = None,
) -> None:
    """Propose balanced divisions of a plan and keep one as a draft."""
    from api.cli.proposing import propose_plan

    arguments = {
        "plan": plan,
        "level": level.value,
        "parts": parts,
        "bands": _bands(band),
        "goals": _numbers(goal, "--goal", "border=1"),
        "keep": keep_unit or [],
        "barrier_costs": _numbers(cost, "--cost", "wall=0.2") or None,
        "links": _links(link),
        "steps": steps,
        "time_limit_s": time_limit,
        "seed": seed,
        "workers": workers,
        "scheduler": scheduler,
        "repeat": repeat,
    }
    propose_plan(_settings(data), arguments, district=district, name=name, keep=keep, maps=maps)


@app.command()
def edit(
    plan: PlanName,
    file: Annotated[Path, typer.Argument(help="JSON lines, one edit each; - is standard input.")],
    together: Annotated[
        bool, typer.Option("--together", help="All as one edit, whole or not at all.")
    ] = False,
    district: DistrictName = None,
    data: DataFolder = None,
) -> None:
    """Edit a draft plan: assign, create, split, merge, move, undo ..."""
    from api.cli.editing import edit_plan

    edit_plan(_settings(data), plan, district, file, together=together)


@app.command()
def branch(
    plan: PlanName,
    name: Annotated[str | None, typer.Option(help="Name of the draft.")] = None,
    cells: Annotated[
        bool, typer.Option("--cells", help="Add one undivided cell to every community.")
    ] = False,
    district: DistrictName = None,
    data: DataFolder = None,
) -> None:
    """Make a draft that begins as a copy of a plan."""
    from api.cli.planning import branch_plan

    branch_plan(_settings(data), plan, district, name, cells=cells)


@app.command()
def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Name or number of the earlier plan.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Name or number of the later plan.")],
    level: Annotated[str | None, typer.Option(help="street, community or cell; the lowest of both.")] = None,
    district: DistrictName = None,
    data: DataFolder = None,
) -> None:
    """Tell who changes the unit between two plans, and where to."""
    from api.cli.planning import compare_plans

    compare_plans(_settings(data), old, new, district, level)


@app.command()
def update(
    plan: PlanName,
    take: Annotated[str | None, typer.Option(help="mine or theirs, in every conflict.")] = None,
    district: DistrictName = None,
    data: DataFolder = None,
) -> None:
    """Bring a draft up to date with the plan in force."""
    from api.cli.planning import update_plan

    update_plan(_settings(data), plan, district, take)


@app.command()
def adopt(
    plan: PlanName,
    authority: Annotated[str, typer.Option(help="Who decided it.")],
    number: Annotated[str, typer.Option(help="Number of the decision's document.")],
    date: Annotated[str, typer.Option(help="Day of the decision, YYYY-MM-DD.")],
    begins: Annotated[
        str | None, typer.Option("--from", help="First day in force (default: that day).")
    ] = None,
    reason: Annotated[
        list[str] | None, typer.Option(help="UNIT=TEXT for a unit that breaks a rule; may be repeated.")
    ] = None,
    district: DistrictName = None,
    data: DataFolder = None,
) -> None:
    """Bring a plan into force by an authority's decision."""
    from api.cli.planning import adopt_plan

    adopt_plan(
        _settings(data), plan, district, authority=authority, number=number, date=date, begins=begins,
        reasons=_pairs(reason, "--reason", "320812001001001=界河隔开") or {},
    )  # fmt: skip


@app.command()
def check(
    plan: Annotated[
        str | None, typer.Argument(help="Name or number of a plan; all plans without one.")
    ] = None,
    district: DistrictName = None,
    data: DataFolder = None,
) -> None:
    """Verify every invariant and name what breaks and where."""
    from api.cli.work import check_plans

    check_plans(_settings(data), plan, district)


@app.command()
def export(
    plan: PlanName,
    format: Annotated[Format, typer.Option(help="File format.")],  # noqa: A002
    level: Annotated[str, typer.Option(help="street, community, cell or block.")] = "cell",
    out: Annotated[Path | None, typer.Option(help="File to write (default: PLAN-LEVEL.FORMAT here).")] = None,
    district: DistrictName = None,
    data: DataFolder = None,
) -> None:
    """Write a level of a plan to a file."""
    from api.cli.work import export_file

    export_file(_settings(data), plan, district, level, format.value, out)


@app.command("map")
def map_(
    plan: PlanName,
    out: Annotated[Path, typer.Option(help="HTML file to write.")],
    level: Annotated[str, typer.Option(help="street, community or cell.")] = "cell",
    district: DistrictName = None,
    data: DataFolder = None,
) -> None:
    """Write a map of a plan as one HTML file that opens with no network."""
    from api.cli.work import map_file

    map_file(_settings(data), plan, district, level, out)


@app.command()
def test(
    parts: Annotated[
        list[str] | None, typer.Argument(help="lint, types, page, python; all without one.")
    ] = None,
) -> None:
    """Run all tests, installing what they need."""
    from api.cli.testing import run_tests

    raise typer.Exit(run_tests(parts or []))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context, name: Annotated[str, typer.Argument(help="Name of a bench.")]) -> None:
    """Measure against peers in one run."""
    from api.cli.bench import run_bench

    raise typer.Exit(run_bench(name, context.args))


@app.command(hidden=True)
def worker(data: DataFolder = None) -> None:
    """Take up jobs until stopped; `up` starts one."""
    from api.cli.work import run_worker_process

    run_worker_process(_settings(data))


@app.command("compile", hidden=True)
def compile_() -> None:
    """Compile the balancing engine now rather than at its first use; the launcher does it once."""
    from api.opening import keep_compiled_code

    keep_compiled_code()
    from boundaries.balancing.running import warm_up

    warm_up()


def _settings(data: Path | None = None, port: int | None = None) -> Any:
    from pydantic import ValidationError

    from api.settings import Settings

    given: dict[str, Any] = {}
    if data is not None:
        given["data"] = data.resolve()
    if port is not None:
        given["port"] = port
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise ArgumentError(f"setting {first['loc'][0]}: {first['msg']} (got {first['input']!r}).") from None


def _pairs(given: list[str] | None, option: str, example: str) -> dict[str, str] | None:
    if not given:
        return None
    pairs = [word.partition("=") for word in given]
    if not all(key and value for key, _, value in pairs):
        raise ArgumentError(f"{option} takes NAME=VALUE, for example {option} {example}.")
    return {key: value for key, _, value in pairs}


def _links(given: list[str] | None) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for word in given or []:
        found.extend((_pairs([word], "--link", "0417=0502") or {}).items())
    return found


def _numbers(given: list[str] | None, option: str, example: str) -> dict[str, float]:
    return {key: _number(value, option) for key, value in (_pairs(given, option, example) or {}).items()}


def _bands(given: list[str] | None) -> dict[str, tuple[float, float]] | None:
    pairs = _pairs(given, "--band", "residents=1000:1500")
    if pairs is None:
        return None
    bands = {}
    for measure, value in pairs.items():
        low, colon, high = value.partition(":")
        if not colon:
            raise ArgumentError("--band takes MEASURE=LOW:HIGH, for example --band residents=1000:1500.")
        bands[measure] = (_number(low, "--band"), _number(high, "--band"))
    return bands


def _number(word: str, option: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise ArgumentError(f'{option}: "{word}" is no number.') from None


def _date(word: str | None) -> str | None:
    if word is None:
        return None
    try:
        return dt.date.fromisoformat(word).isoformat()
    except ValueError:
        raise ArgumentError(f'--count-date: "{word}" is no date; write it as 2011-11-01.') from None
