"""What operators did, as the services' own tables say it: put together, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from autocrea.chassis.action_order import Page, Place, newest_of_all
from autocrea.cli.operating.services import Services
from autocrea.cli.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Actions:
    """The newest of those that were asked, and who could not be."""

    page: Page
    troubles: Sequence[Trouble]


def read_actions(services: Services, names: Sequence[str], limit: int, after: Place | None) -> Actions:
    """Of each named service as many as are wanted of all, so that none of the newest is missing."""

    def params(service: str) -> dict[str, str]:
        return {"limit": str(limit)} | (after.earlier(service) if after is not None else {})

    answers, troubles = services.ask_each(names, "/operator/actions", params)
    told = {name: answer["actions"] for name, answer in answers.items()}
    left_out = sum(answer["left_out"] for answer in answers.values())
    return Actions(newest_of_all(told, left_out, limit), list(troubles.values()))
