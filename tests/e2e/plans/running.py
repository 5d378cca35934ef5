"""A running platform on the district drawn by hand, for tests of plans in a real browser."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from sqlalchemy import text

from tests.e2e import serving
from tests.e2e.plans.conftest import WHO

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from boundaries.storage.database import Database


def corrupt(database: Database, *statements: str) -> None:
    """Change what is stored behind the server's back."""
    with database.session() as session:
        for statement in statements:
            session.execute(text(statement))


def ask(server: str, path: str, body: dict[str, Any] | None = None, revision: int | None = None) -> Any:
    """Ask the server as the one whose page it is, from elsewhere."""
    return serving.ask(server, path, body, revision, who=WHO)


def assign(server: str, plan: int, key: str, cell: str) -> None:
    """Give a block to the cell of a name."""
    read = ask(server, f"/api/plans/{plan}/blocks")
    block = next(one["id"] for one in read["blocks"]["features"] if one["properties"]["key"] == key)
    units = ask(server, f"/api/plans/{plan}/units?level=cell")["features"]
    unit = next(one["id"] for one in units if one["properties"]["name"] == cell)
    edit = {
        "operation": "assign",
        "arguments": {"unit": unit, "blocks": [block]},
        "request": str(uuid.uuid4()),
    }
    ask(server, f"/api/plans/{plan}/edits", edit, read["revision"])


def in_force(server: str, plan: int, day: str = "2021-01-05") -> None:
    ask(server, f"/api/plans/{plan}/submit", {})
    found = ask(server, f"/api/plans/{plan}/readiness")
    assert all(one["needs_reason"] for one in found), found
    reasons = {str(one["unit"]): "小社区" for one in found}
    decision = {"authority": "城中区人民政府", "number": f"城政发〔2021〕{plan}号", "date": day}
    ask(server, f"/api/plans/{plan}/adopt", decision | {"reasons": reasons})


def opened(page: Page, server: str, address: str) -> Page:
    page.set_viewport_size({"width": 1280, "height": 800})
    with page.add_init_script(f"localStorage.setItem('wangge.actor', {json.dumps(json.dumps(WHO))})"):
        page.goto(f"{server}/{address}")
    expect(page.locator(".levels label").first).to_be_visible(timeout=20_000)
    return page
