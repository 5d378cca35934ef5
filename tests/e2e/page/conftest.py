"""The built page against a district drawn by hand: no platform, no database, every answer under the test's control."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e.answering import DIST
from tests.e2e.conftest import thrown_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Request

    from tests.e2e.answering import Answering, Asked

CELL_M = 300
X0, Y0 = 409_000, 3_718_000
PROJ4 = "+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs"
NAMES = (
    "柳堤东", "府前里", "钵池南", "板闸口", "运河湾", "清江浦", "石塔湖", "楚秀园",
    "长征里", "水门桥", "北京路", "和平里", "花园口", "圩北", "大闸口", "繁荣里",
)  # fmt: skip

Json = dict[str, Any]


def square(column: float, row: float, wide: float = 1, high: float = 1) -> Json:
    """A rectangle on the grid of cells, with a node at every cell's corner as in a coverage."""
    x, y, w, h = X0 + column * CELL_M, Y0 + row * CELL_M, wide * CELL_M, high * CELL_M
    ring = [[x + i * CELL_M, y] for i in range(int(wide))]
    ring += [[x + w, y + j * CELL_M] for j in range(int(high))]
    ring += [[x + w - i * CELL_M, y + h] for i in range(int(wide))]
    ring += [[x, y + h - j * CELL_M] for j in range(int(high))]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def feature(id_: int, geometry: Json, properties: Json) -> Json:
    return {"type": "Feature", "id": id_, "geometry": geometry, "properties": properties}


def collection(features: list[Json]) -> Json:
    return {"type": "FeatureCollection", "features": features}


def unit(id_: int, level: str, parent: int | None, geometry: Json, **given: Any) -> Json:
    properties = {
        "level": level,
        "code": f"3208120{id_:05d}",
        "name": given.pop("name", f"第{id_}"),
        "name_en": None,
        "type": "ordinary" if level == "cell" else level,
        "parent_id": parent,
        "residents": 1200,
        "floating": 310,
        "households": 410,
        "buildings": 24,
        "blocks": 6,
        "area_m2": float(CELL_M**2),
        "perimeter_m": 4.0 * CELL_M,
        "compactness": 0.785,
        "clear_border_share": 0.81,
        "colour": id_ % 6,
        "children": 0,
        "findings": [],
    }
    return feature(id_, geometry, properties | given)


def finding(value: float, rule: str = "residents", low: float = 1000, high: float = 1500) -> list[Json]:
    return [{"rule": rule, "value": value, "low": low, "high": high}]


def units() -> dict[str, list[Json]]:
    """Two streets of two communities of four cells each, in a strip of eight by two cells."""
    special: dict[int, Json] = {
        100: {"residents": 1532, "households": 480, "findings": finding(1532)},
        103: {"residents": 870, "households": 310, "findings": finding(870)},
        106: {"type": "exclusive", "residents": 12, "households": 4},
        109: {"residents": None, "households": None, "floating": None},
    }
    cells = []
    for k, name in enumerate(NAMES):
        column, row = k // 2, k % 2
        given = {"name": name, "name_en": f"Cell of {name}"} | special.get(100 + k, {})
        cells.append(unit(100 + k, "cell", 10 + k // 4, square(column, row), **given))
    communities = [
        unit(
            10 + k,
            "community",
            1 + k // 2,
            square(2 * k, 0, 2, 2),
            name=f"{name}社区",
            residents=4800,
            children=4,
        )
        for k, name in enumerate(("柳堤", "清江", "长征", "花园"))
    ]
    streets = [
        unit(1 + k, "street", None, square(4 * k, 0, 4, 2), name=f"{name}街道", residents=9600, children=2)
        for k, name in enumerate(("淮海", "长东"))
    ]
    return {"street": streets, "community": communities, "cell": cells}


def line(*points: tuple[float, float]) -> Json:
    return {"type": "LineString", "coordinates": [[X0 + x * CELL_M, Y0 + y * CELL_M] for x, y in points]}


def layers() -> dict[str, list[Json]]:
    roads = [
        feature(
            1,
            line((0, 1.02), (3, 1), (8, 1.05)),
            {"name": "淮海北路", "class": "arterial", "width_m": 40, "bridge": False},
        ),
        feature(
            2,
            line((4, 0), (4.02, 2)),
            {"name": "长征路", "class": "collector", "width_m": 20, "bridge": False},
        ),
        feature(
            3, line((1, 0), (1, 2)), {"name": "都天庙街", "class": "lane", "width_m": 6, "bridge": False}
        ),
    ]
    canal = {
        "type": "Polygon",
        "coordinates": [
            [[X0, Y0 + 60], [X0 + 2400, Y0 + 20], [X0 + 2400, Y0 + 60], [X0, Y0 + 110], [X0, Y0 + 60]]
        ],
    }
    buildings = []
    for k in range(16 * 24):
        x, y = X0 + 20 + (k % 64) * 37, Y0 + 130 + (k // 64) * 70
        ring = [[x, y], [x + 28, y + 1], [x + 28, y + 13], [x, y + 12], [x, y]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        buildings.append(
            feature(k + 1, geometry, {"key": f"B{k}", "use": "towers", "floors": 6, "name": f"{k + 1}幢"})
        )
    hall = {
        "name": "柳堤社区服务中心",
        "name_en": "Liudi hall",
        "kind": "hall",
        "level": "community",
        "offers": ["居住证办理"],
        "windows": 3,
        "unit": 10,
    }
    point = {"type": "Point", "coordinates": [X0 + 450, Y0 + 330]}
    return {
        "roads": roads,
        "water": [feature(1, canal, {"name": "里运河", "kind": "canal"})],
        "buildings": buildings,
        "service_points": [feature(1, point, hall)],
        "incidents": [],
        "blocks": [feature(1, square(3, 1), {"key": "1", "use": "park"})],
    }


def district() -> Json:
    have = {name: {"count": len(found), "revision": 1} for name, found in layers().items()}
    none = {name: {"count": 0, "revision": 0} for name in ("walls", "compounds", "incidents")}
    return {
        "id": 1, "key": "drawn", "name": "清河区", "name_en": "Qinghe", "code": "320812", "srid": 4549,
        "proj4": PROJ4, "bounds": [X0, Y0, X0 + 8 * CELL_M, Y0 + 2 * CELL_M], "synthetic": True,
        "time_zone": "Asia/Shanghai", "levels": ["street", "community", "cell"], "count_dates": ["2010-06-01"],
        "rules": {"bands": {"residents": [1000, 1500], "households": [300, 500]}, "parts_per_parent": [3, 5]},
        "measures": ["residents", "floating", "households"], "layers": have | none,
    }  # fmt: skip


def plan(id_: int = 2, name: str = "2010年方案", **given: Any) -> Json:
    return {
        "id": id_, "name": name, "name_en": f"Plan {id_}", "state": "adopted", "levels": ["street", "community", "cell"],
        "revision": 3, "authority": "清河区人民政府", "number": "清政发〔2010〕42号", "adopted_on": "2010-06-18",
        "in_force_from": "2010-07-01", "in_force_to": None, "count_date": "2010-06-01", "in_force": True,
        "unit_counts": {"street": 2, "community": 4, "cell": 16}, "exclusive_cells": 1,
    } | given  # fmt: skip


def figure(measure: str, level: str) -> Json:
    found = [one["id"] for one in units()[level]]
    values: dict[str, float | None] = {str(id_): 1.5 * k for k, id_ in enumerate(found)}
    values[str(found[-1])] = None
    return {
        "measure": measure, "level": level, "kind": "rate", "unit": "per_1000_residents",
        "period": {"from": "2010-01-01", "to": "2010-06-30"}, "count_date": "2010-06-01", "denominator": "residents",
        "scheme": "quantiles", "breaks": [0, 4.5, 9, 13.5, 18, 22.5], "values": values,
        "suppressed": [106] if level == "cell" else [],
    }  # fmt: skip


def proposing_defaults() -> Json:
    bands = {"residents": [1000, 1500], "households": [300, 500]}
    goals = ["cut_edges", "border", "compactness", "balance", "area_balance"]
    level = {
        "bands": bands,
        "parts": None,
        "parts_per_parent": [3, 5],
        "goals": goals,
        "name": "2010年方案·网格方案",
    }
    higher = level | {"bands": {"residents": [3600, 6000]}, "parts": 4, "parts_per_parent": None}
    return {
        "plan": 2, "levels": {"street": higher, "community": higher, "cell": level},
        "goals": {"border": 1, "compactness": 1, "balance": 0.5},
    }  # fmt: skip


def search_answer(job: Json, told: Json) -> Json:
    """Two proposals: the first keeps every cell, the second gives four cells' people to a neighbour."""
    figures = {
        "units": 15, "exclusive": 1, "residents": [1000, 1500], "households": [310, 480], "out_of_band": 0, "moved": 0,
        "clear_border_share": 0.81, "compactness": 0.62,
    }  # fmt: skip
    other = figures | {"residents": [1100, 1400], "moved": 2400, "clear_border_share": 0.86}
    proposals = [
        {
            "id": 31 + k, "job": 5, "plan": 2, "level": "cell", "rank": k, "stale": False, "figures": one,
            "scores": {"border": 0.19 + 0.06 * k, "compactness": 0.38},
        }
        for k, one in enumerate((figures, other))
    ]  # fmt: skip
    reason = {
        "rule": "block_above_band", "parent": "柳堤社区", "blocks": ["0417"], "parts": 1,
        "message": "Block 0417 has 1,873 residents, above the upper band of 1,500.",
        "relaxation": "Cut it, exempt it, or raise the upper band to 1,873.",
        "figures": {"column": "residents", "total": 1873, "high": 1500}, "bounds": [X0, Y0, X0 + 90, Y0 + 80],
    }  # fmt: skip
    answer = {
        "proven": None, "lower_bound": None, "stopped_by": "time", "steps_done": 4100, "notes": [],
        "reasons": [reason], "unmet": [],
    } | told  # fmt: skip
    asked = {
        "goals": {"border": 1, "compactness": 1},
        "bands": proposing_defaults()["levels"]["cell"]["bands"],
    }
    done = job.get("state") == "done"
    return {
        "job": job, "plan": 2, "level": "cell", "asked": asked, "answer": answer if done else None,
        "proposals": proposals if done else [],
    }  # fmt: skip


def proposal_answer(id_: int, rest: list[str]) -> Json:
    if rest == ["take"]:
        return {"plan": 9, "name": "方案甲"}
    if rest == ["changes"]:
        moved = {"from": "柳堤东", "to": "府前里", "residents": 2400, "blocks": 2}
        return collection([feature(0, square(0, 0, 2, 1), moved)] if id_ == 32 else [])
    cells = [
        feature(0, one["geometry"], one["properties"] | {"code": None, "findings": [], "moved": 0})
        | {"id": f"p{k}"}
        for k, one in enumerate(units()["cell"])
    ]
    return collection(cells)


@dataclass
class DrawnPlatform:
    """Answers the page's requests from the drawing; tests change the answers before they open the page."""

    page: Page
    server: Answering
    districts: list[Json] = field(default_factory=lambda: [district()])
    plans: list[Json] = field(
        default_factory=lambda: [
            plan(),
            plan(1, "2009年方案", levels=["street", "community"], state="superseded", in_force=False),
        ]
    )
    failing: dict[str, tuple[int, Json]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    job: list[Json] = field(default_factory=list)
    """What the events of a job tell, one after the other."""
    searched: Json = field(default_factory=dict)
    """The job of the search for proposals."""
    told: Json = field(default_factory=dict)
    """What the search's answer says otherwise than usual."""

    def open(self, address: str = "/") -> None:
        self.page.goto(self.server.origin + address)
        # The page draws itself once its words have come, which may be after "load".
        self.page.locator(".top-bar").wait_for()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Answer the page while the block lasts; a page that throws an error or asks another host fails the test."""

        def look(asked: Request) -> None:
            if asked.url.startswith("http") and not asked.url.startswith(self.server.origin):
                self.foreign.append(asked.url)

        if not (DIST / "index.html").is_file():
            pytest.fail("the page is not built: run `npm ci && npx vite build` in maps/web")
        self.page.set_viewport_size({"width": 1280, "height": 800})
        self.page.on("request", look)
        with self.server.by(self.answer), thrown_by(self.page) as errors:
            yield
        self.page.remove_listener("request", look)
        assert errors == [], "the page threw errors"
        assert self.foreign == [], "a request left the host"

    def answer(self, asked: Asked) -> None:
        url = urlsplit(asked.url)
        self.asked.append(f"{url.path}?{url.query}")
        for part, (status, body) in self.failing.items():
            if part in url.path:
                asked.answer(json.dumps(body), status=status, kind="application/problem+json")
                return
        if url.path.endswith("/events"):
            told = "".join(f"data: {json.dumps(state)}\n\n" for state in self.job)
            asked.answer(told, kind="text/event-stream")
            return
        if asked.method == "POST":
            self.sent.append(asked.body)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        asked.answer(json.dumps(self._json(url.path.split("/")[2:], query)))

    def _json(self, path: list[str], query: dict[str, str]) -> Any:
        match path:
            case ["districts", _, "layers", name]:
                return collection(layers()[name])
            case ["plans", _, "units"]:
                return collection(units()[query["level"]])
            case ["plans", _, "figures"] if "measure" in query:
                return figure(query["measure"], query["level"])
            case ["plans", _, "proposing"] | ["jobs", *_] | ["proposals", _, *_]:
                return self._proposing(path)
            case ["search"]:
                return self._search(query["q"])
        whole = {
            "districts": self.districts,
            "plans": self.plans,
            "imports": {"job": 5},
            "proposals": {"job": 5},
            "figures": [{"measure": "incidents_rate", "kind": "rate", "unit": "per_1000_residents"}],
        }
        return whole[path[-1]]

    def _proposing(self, path: list[str]) -> Json:
        if path[0] == "plans":
            return proposing_defaults()
        if path[0] == "jobs":
            return search_answer(self.searched, self.told) if path[-1] == "proposals" else self.searched
        return proposal_answer(int(path[1]), path[2:])

    def _search(self, text: str) -> list[Json]:
        hits = []
        for level, found in units().items():
            for one in found:
                properties = one["properties"]
                if text in properties["name"] or properties["code"].startswith(text):
                    ring = one["geometry"]["coordinates"][0]
                    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
                    hits.append({
                        "kind": "unit", "id": one["id"], "name": properties["name"], "name_en": None,
                        "code": properties["code"], "level": level, "parent_name": None,
                        "bounds": [min(xs), min(ys), max(xs), max(ys)],
                    })  # fmt: skip
        return hits


@pytest.fixture
def drawn(page: Page, server_of_answers: Answering) -> Iterator[DrawnPlatform]:
    """The page in a browser, every request answered from the drawing."""
    platform = DrawnPlatform(page, server_of_answers)
    with platform.answering():
        yield platform


@pytest.fixture(scope="session")
def base_url() -> str:
    """Replaces the plugin's own fixture, which newer versions of pytest warn about."""
    return ""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: Json) -> Json:
    return {**browser_context_args, "locale": "zh-CN", "service_workers": "block"}
