"""Whatever is sent to the doors of editing and planning, the answer is no fault of the program, and the plan stays whole."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries.check import check_all
from boundaries.redraw.edits import ARGUMENTS as KNOWN

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from boundaries.plans import StoredPlan
    from boundaries.storage.database import Database

EXAMPLES = int(os.environ.get("WANGGE_FUZZ_EXAMPLES", "150"))

IDS = st.one_of(
    st.integers(1, 18), st.integers(1, 18), st.integers(-1, 99), st.sampled_from([2**31, 2**63, -(2**63)])
)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1e10, 1e10)
NEAR = st.tuples(st.floats(499_990, 500_410), st.floats(3_699_990, 3_700_410)).map(list)
TEXT = st.text(max_size=12) | st.sampled_from(
    ["\x00", "\ud800", "'; DROP TABLE plan; --", "%", "甲网格", "1" * 300]
)
SCALARS = st.none() | st.booleans() | IDS | NUMBERS | TEXT
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
LINES = st.lists(NEAR | st.lists(NUMBERS, max_size=3), max_size=5)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "unit": IDS,
    "blocks": st.lists(IDS, max_size=4),
    "units": st.lists(IDS, max_size=3),
    "into": IDS,
    "parent": IDS,
    "level": st.sampled_from(["street", "community", "cell", "block"]),
    "line": LINES,
    "name": TEXT,
    "name_en": TEXT,
    "code": TEXT | st.sampled_from(["320812001001009", "320812001003"]),
    "type": TEXT | st.sampled_from(["ordinary", "exclusive", "unassigned", "merged"]),
    "revision": IDS,
    "cut": st.booleans(),
    "edits": st.just([{"operation": "assign", "arguments": {"unit": 5, "blocks": [2]}}]),
}


@st.composite
def arguments_of(draw: st.DrawFn, operation: str) -> dict[str, Any]:
    """Draw arguments an operation has, most of them of the right kind."""
    chosen = [
        name.rstrip("?")
        for name in KNOWN[operation]
        if not name.endswith("?") or draw(st.integers(0, 2)) == 0
    ]
    return {name: draw(VALUES[name] if draw(st.integers(0, 9)) else ANYTHING) for name in chosen}


OPERATIONS = st.sampled_from(sorted(KNOWN))
EDITS = OPERATIONS.flatmap(
    lambda operation: st.fixed_dictionaries(
        {"operation": st.just(operation), "arguments": arguments_of(operation)}
    )
) | st.fixed_dictionaries({"operation": OPERATIONS | TEXT, "arguments": ANYTHING}, optional={"request": TEXT})
BODIES = ANYTHING | st.fixed_dictionaries(
    {},
    optional={
        "base": IDS,
        "name": TEXT,
        "levels": st.lists(st.sampled_from(["street", "community", "cell"]) | TEXT, max_size=4),
        "revision": IDS,
        "edits": st.lists(EDITS, max_size=2),
        "resolve": st.dictionaries(TEXT, st.sampled_from(["mine", "theirs"]) | TEXT, max_size=2),
        "authority": TEXT,
        "number": TEXT,
        "date": st.sampled_from(["2026-01-01", "0001-01-01", "9999-12-31"]) | TEXT,
        "in_force_from": st.sampled_from(["2026-01-01", "9999-12-31"]) | TEXT,
        "reasons": st.dictionaries(st.integers(0, 9).map(str) | TEXT, TEXT, max_size=3),
        "at": st.lists(NUMBERS, max_size=3) | NEAR,
        "text": TEXT,
        "unit": IDS,
        "tool": TEXT,
    },
)
ACTORS = st.sampled_from(['{"id": "1", "name": "王", "role": "planner"}']) | TEXT
POSTS = st.sampled_from(
    ["plans", *(f"plans/{{plan}}/{name}" for name in (
        "edits", "edits/preview", "fork", "presence", "update", "submit", "withdraw", "archive", "restore", "adopt", "comments",
    )), "comments/{plan}/replies", "comments/{plan}/resolve", "comments/{plan}/reopen"]
)  # fmt: skip
GETS = st.sampled_from(
    [
        "blocks",
        "edits",
        "changes",
        "units",
        "readiness",
        "steps",
        "comments",
        "compare/{other}",
        "compare/{other}/areas",
    ]
)
QUERIES = st.dictionaries(
    st.sampled_from(
        ["community", "street", "bbox", "before", "limit", "actor", "since", "level", "revision"]
    ),
    TEXT | IDS.map(str) | st.sampled_from(["cell", "500000,3700000,500100,3700100", "0"]),
    max_size=3,
)


def encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


def test_nothing_that_is_sent_breaks_the_doors_or_the_plan(
    client: TestClient, square: StoredPlan, database: Database
) -> None:
    plans = st.sampled_from([square.plan.id, 2, 3, 99])
    many = settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )

    def judge(answer: Any) -> None:
        assert answer.status_code < 500, (answer.request.url, answer.request.content, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json", answer.text
            assert answer.json()["detail"]
            assert answer.json()["key"]

    @many
    @given(POSTS, plans, BODIES | EDITS, ACTORS, st.sampled_from(["*", "0", "1", "x", "-1", "9" * 12]))
    def send(path: str, plan: int, body: Any, actor: str, known: str) -> None:
        headers = {
            "X-Wangge-Actor": encoded(actor),
            "If-Match": f'"{known}"',
            "Content-Type": "application/json",
        }
        judge(client.post(f"/api/{path.format(plan=plan)}", content=json.dumps(body), headers=headers))

    @many
    @given(plans, EDITS, st.booleans())
    def edit(plan: int, body: Any, trial: bool) -> None:
        headers = {"X-Wangge-Actor": encoded('{"id": "1", "name": "王", "role": "planner"}'), "If-Match": "*"}
        path = f"/api/plans/{plan}/edits" + "/preview" * trial
        judge(
            client.post(
                path, content=json.dumps(body), headers=headers | {"Content-Type": "application/json"}
            )
        )

    @many
    @given(GETS, plans, plans, QUERIES)
    def ask(path: str, plan: int, other: int, query: dict[str, str]) -> None:
        listed = "&".join(f"{name}={encoded(value)}" for name, value in query.items())
        judge(client.get(f"/api/plans/{plan}/{path.format(other=other)}?{listed}"))

    edit()
    send()
    ask()
    with database.session() as session:
        assert check_all(session) == []
