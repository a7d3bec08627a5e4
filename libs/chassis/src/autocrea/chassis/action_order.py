"""Operators' actions of several services in one order, for whoever shows them page by page.

Newest first; what several services did in one microsecond goes by their names, and within one by its rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ID_MAX = 2**63 - 1  # PostgreSQL's bigint


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an action stands in that order. A moment alone is earlier than whatever was done at that moment."""

    at: datetime
    service: str = ""
    id: int = 0

    def earlier(self, service: str) -> dict[str, str]:
        """What `GET /operator/actions` of a service is asked for, to get its own that come after this place."""
        row = self.id if service == self.service else ID_MAX if service < self.service else 0
        return {"before": self.at.isoformat(), "before_id": str(row)}


@dataclass(frozen=True, slots=True)
class Page:
    """The newest of all, each with its `service`; how many are left out, and the place that the next page is after."""

    actions: Sequence[dict[str, Any]]
    left_out: int
    end: Place | None


def newest_of_all(told: Mapping[str, Sequence[Mapping[str, Any]]], left_out: int, limit: int) -> Page:
    """Of each service its newest, at least `limit` of them if it has as many; `left_out` is what they have beside."""
    actions = [{"service": service, **action} for service, own in told.items() for action in own]
    actions.sort(key=_place, reverse=True)
    shown = actions[:limit]
    left_out += len(actions) - len(shown)
    return Page(shown, left_out, _place(shown[-1]) if left_out and shown else None)


def _place(action: Mapping[str, Any]) -> Place:
    return Place(datetime.fromisoformat(action["at"]), action["service"], action["id"])
