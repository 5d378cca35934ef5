"""The route of a unit's sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from boundaries.plans import StoredPlan


def test_a_units_sheet_is_read_over_http(client: TestClient, square: StoredPlan) -> None:
    unit = int(square.unit_ids["cell"][0])
    answer = client.get(f"/api/plans/{square.plan.id}/units/{unit}/sheet")
    assert answer.status_code == 200
    told = answer.json()
    assert told["unit"]["id"] == unit
    assert [one["facing"] for one in told["neighbours"]] == ["north", "east"]


def test_the_sheet_of_a_unit_that_is_not_there_is_a_problem_with_a_sentence(
    client: TestClient, square: StoredPlan
) -> None:
    answer = client.get(f"/api/plans/{square.plan.id}/units/999/sheet")
    assert answer.status_code == 404
    assert "has no unit 999" in answer.json()["detail"]
