"""Pages of what operators did in several services, whose rows may share a moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from autocrea.chassis.action_order import Page, Place, newest_of_all

NIGHT, LATER = "2026-11-26T03:00:00.000001+00:00", "2026-11-26T03:00:00.000002Z"
TOLD = {
    "billing": [(LATER, 9), (NIGHT, 8), (NIGHT, 3)],
    "gateway": [(NIGHT, 9), (NIGHT, 8), (NIGHT, 7)],
    "llm-router": [(NIGHT, 4)],
    "artifacts": [(LATER, 1)],
}


def page(after: Place | None, limit: int) -> Page:
    """As services tell their own: those before the row they are asked for, `limit` at most."""
    told: dict[str, Sequence[Mapping[str, Any]]] = {}
    left_out = 0
    for service, rows in TOLD.items():
        own = [{"at": at, "id": number} for at, number in rows]
        if after is not None:
            asked = after.earlier(service)
            end = (datetime.fromisoformat(asked["before"]), int(asked["before_id"]))
            own = [row for row in own if (datetime.fromisoformat(str(row["at"])), row["id"]) < end]
        told[service] = own[:limit]
        left_out += len(own[limit:])
    return newest_of_all(told, left_out, limit)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 8, 9])
def test_every_row_is_shown_once_when_pages_end_between_rows_of_one_moment(limit: int) -> None:
    shown: list[tuple[str, int]] = []
    after: Place | None = None
    while True:
        found = page(after, limit)
        shown += [(one["service"], one["id"]) for one in found.actions]
        assert found.left_out == 8 - len(shown)
        if (after := found.end) is None:
            break
    assert shown == [
        ("billing", 9),
        ("artifacts", 1),
        ("llm-router", 4),
        ("gateway", 9),
        ("gateway", 8),
        ("gateway", 7),
        ("billing", 8),
        ("billing", 3),
    ]


def test_rows_before_a_moment_are_shown_when_no_row_is_named() -> None:
    assert page(Place(datetime.fromisoformat(NIGHT)), 9).actions == []
    found = page(Place(datetime.fromisoformat(LATER)), 9)
    assert {one["at"] for one in found.actions} == {NIGHT}
    assert len(found.actions) == 6
