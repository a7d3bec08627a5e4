"""What operators did, as the services' own tables say it: put together, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from autocrea.cli.operating.services import Services
from autocrea.cli.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Actions:
    """The newest, how many older ones there are, and who could not be asked."""

    newest: Sequence[dict[str, Any]]
    left_out: int
    troubles: Sequence[Trouble]


def read_actions(services: Services, names: Sequence[str], limit: int, before: datetime | None) -> Actions:
    """Of each named service as many as are wanted of all, so that none of the newest is missing."""
    params = {"limit": str(limit)} | ({"before": before.isoformat()} if before else {})
    answers, troubles = services.ask_each(names, "/operator/actions", **params)
    told = [{"service": name, **one} for name, answer in answers.items() for one in answer["actions"]]
    told.sort(key=lambda one: datetime.fromisoformat(one["at"]), reverse=True)
    count = len(told) + sum(answer["left_out"] for answer in answers.values())
    return Actions(told[:limit], count - len(told[:limit]), list(troubles.values()))
