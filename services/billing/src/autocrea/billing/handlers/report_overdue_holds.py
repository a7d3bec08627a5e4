"""Holds that no settlement closed: told to operators, never touched. Only a settlement closes a hold."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from autocrea.billing.domain.books import Books, Key
from autocrea.billing.ports import OverdueHold, OverdueHolds
from autocrea.chassis.handlers import Effects, Failed, Finished, HandlerBase, Job

REPORT_OVERDUE_HOLDS: Final = "report_overdue_holds"
REPORT_EVERY: Final = timedelta(minutes=5)  # an alert wants two looks within a quarter of an hour

log = logging.getLogger(__name__)


class ReportOverdueHolds(HandlerBase):
    """A log line for each; their number is a metric of whoever looked."""

    def __init__(self, holds: OverdueHolds, overdue_after: timedelta, clock: Callable[[], datetime]) -> None:
        self._holds = holds
        self._overdue_after = overdue_after
        self._clock = clock

    async def run(self, _job: Job) -> Sequence[OverdueHold]:
        """Look for them, outside of any transaction."""
        found = await self._holds.opened_before(self._clock() - self._overdue_after)
        for hold in found:
            log.warning(
                "hold overdue",
                extra={
                    "generation_id": str(hold.generation_id),
                    "run": hold.run,
                    "held_tokens": hold.held_tokens,
                    "opened_at": hold.opened_at.isoformat(),
                },
            )
        return found

    def rows(self, item: Finished[Sequence[OverdueHold]] | Failed) -> Iterable[Key]:  # noqa: ARG002
        return ()

    def decide(
        self,
        rows: Books,  # noqa: ARG002
        item: Finished[Sequence[OverdueHold]] | Failed,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> Effects:
        return Effects()
