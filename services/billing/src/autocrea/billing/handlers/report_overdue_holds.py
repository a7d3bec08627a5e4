"""Holds that no settlement closed: told to operators, never touched. Only a settlement closes a hold."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from autocrea.billing.ports import OverdueHold, OverdueHolds
from autocrea.chassis.handlers import Job, NothingToDecide

REPORT_OVERDUE_HOLDS: Final = "report_overdue_holds"
REPORT_EVERY: Final = timedelta(minutes=5)  # an alert wants two looks within a quarter of an hour

log = logging.getLogger(__name__)


class ReportOverdueHolds(NothingToDecide):
    """A log line for each; their number is a metric that every replica measures for itself."""

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
