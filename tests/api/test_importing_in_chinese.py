"""Everything an import tells, done or refused, has a sentence in Chinese, down to the rows and names inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from api.jobs import queue
from api.jobs.kinds import KINDS
from api.jobs.worker import work_on
from boundaries.sentences import Said
from tests.boundaries.conftest import ORIGIN, square_blocks
from tests.chinese import english, in_chinese

if TYPE_CHECKING:
    from pathlib import Path

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

X, Y = ORIGIN


def boxes(path: Path, *corners: tuple[float, float], side: float = 20.0, **columns: list[Any]) -> Path:
    shapes = [shapely.box(X + x, Y + y, X + x + side, Y + y + side) for x, y in corners]
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4549).to_file(path)
    return path


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def roads(path: Path) -> Path:
    shape = shapely.LineString([(X, Y + 200), (X + 400, Y + 200)])
    gpd.GeoDataFrame(
        {"name": ["人民路", None], "class": ["primary", "什么路"]}, geometry=[shape, shape], crs=4549
    ).to_file(path)
    return path


def blocks(path: Path) -> Path:
    square_blocks().drop(columns=["key"]).assign(residents=1.5).to_file(path)
    return path


FILES: dict[str, tuple[str, Any, dict[str, Any], set[str]]] = {
    "roads": ("roads", lambda f: roads(f / "r.gpkg"), {}, {"layer-no-class", "layer-compared"}),
    "buildings": (
        "buildings",
        lambda f: boxes(f / "b.gpkg", (10, 10), (5000, 10), residents=[3, None]),
        {},
        {"buildings-outside", "file-uncounted", "counts-changed", "file-no-keys", "import-skipped"},
    ),
    "compounds": (
        "compounds",
        lambda f: boxes(f / "c.gpkg", (10, 10), (20, 20), name=["甲", "乙"]),
        {},
        {"compounds-hold", "compounds-overlap"},
    ),
    "service points": (
        "service_points",
        lambda f: table(
            f / "s.csv", "名称,x,y,级别,所属单元", f"甲,{X + 10},{Y + 10},街道,无", f"乙,{X + 900},{Y},区,"
        ),
        {"crs": "EPSG:4549"},
        {"file-points", "points-outside", "points-levels", "points-units"},
    ),
    "incidents": (
        "incidents",
        lambda f: table(
            f / "i.csv", "time,x,y,tier", f"2026-01-01 08:00,{X + 10},{Y + 10},一般",
            f"2026-01-01 08:00,{X + 10},{Y + 10},一般", f"never,{X + 10},{Y + 10},一般", "2026-01-02,,,一般",
            f"2026-01-02,{X + 9000},{Y},一般", f"2026-01-02,{X},{Y},strange",
        ),
        {"crs": "EPSG:4549"},
        {"incidents-zone", "incidents-left-out", "incidents-repeat", "import-skipped"},
    ),
    "blocks": (
        "blocks",
        lambda f: blocks(f / "k.gpkg"),
        {"name": "新区"},
        {"blocks-no-counts", "file-fractional", "blocks-no-units", "blocks-no-lines", "district-made", "plane-kept"},
    ),
    "refused: lines as polygons": ("blocks", lambda f: roads(f / "r.gpkg"), {}, {"shapes-wrong"}),
    "refused: no reference system": (
        "service_points", lambda f: table(f / "s.csv", "name,x,y", f"甲,{X},{Y}"), {}, {"crs-missing"},
    ),
    "refused: no such column": (
        "roads", lambda f: roads(f / "r.gpkg"), {"columns": {"class": "klass"}}, {"file-no-column"},
    ),
    "refused: far away": (
        "buildings", lambda f: boxes(f / "b.gpkg", (500_000, 0)), {}, {"place-far"},
    ),
    "refused: blocks that are there": ("blocks", lambda f: blocks(f / "k.gpkg"), {"district": "square"}, {"blocks-there"}),
    "refused: no map": ("roads", lambda f: table(f / "x.gpkg", "nothing of the kind"), {}, {"file-unreadable"}),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_an_import_tells_everything_in_chinese(
    database: Database, square: StoredPlan, tmp_path: Path, case: str
) -> None:
    layer, make, options, expected = FILES[case]
    job = queue.enqueue(database, "import", {"path": str(make(tmp_path)), "layer": layer, **options})
    mine = queue.claim(database, "here", only=job)
    assert mine is not None
    doing: list[str] = []
    work_on(database, mine, KINDS, on_tell=lambda _share, text: doing.append(text))
    ended = queue.find_job(database, job)
    assert ended.state == ("failed" if case.startswith("refused") else "done"), ended.error
    assert ended.result is not None
    said = ended.result["said"]
    told = [said] if isinstance(said, dict) else said
    assert {one.get("key") for one in told} >= expected
    assert doing
    assert all(isinstance(one, Said) for one in doing)
    told += [one.as_json() for one in doing if isinstance(one, Said)]
    for one in told:
        assert english(in_chinese(one)) == [], one


def test_a_job_tells_what_it_is_doing_as_a_sentence_and_a_word_of_the_page_as_it_stands(
    database: Database,
) -> None:
    job = queue.enqueue(database, "import", {})
    mine = queue.claim(database, "here", only=job)
    assert mine is not None
    doing = Said("doing-read", "reading {file}", file="甲.gpkg")
    assert queue.heartbeat(database, mine, 0.5, doing)
    told = queue.as_json(queue.find_job(database, job))
    assert told["message"] == "reading 甲.gpkg"
    assert in_chinese(told["said"]) == "正在读取 甲.gpkg"
    assert queue.heartbeat(database, mine, 0.6, "improve")
    told = queue.as_json(queue.find_job(database, job))
    assert (told["message"], told["said"]) == ("improve", None)
