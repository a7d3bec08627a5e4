"""A sweep ended: there is nothing to decide, only to tell the log."""

import logging
from collections.abc import Iterable
from datetime import datetime

from autocrea.artifacts.handlers.announce_archives import Rows
from autocrea.chassis.handlers import Effects, Failed, Finished, HandlerBase
from autocrea.contracts.ids import GenerationId

log = logging.getLogger(__name__)


class LogOutcomeHandler(HandlerBase):
    """Concerns no generation."""

    def rows(self, item: Finished[int] | Failed) -> Iterable[GenerationId]:  # noqa: ARG002
        return ()

    def decide(self, rows: Rows, item: Finished[int] | Failed, now: datetime) -> Effects:  # noqa: ARG002
        if isinstance(item, Finished) and item.result:
            log.info("swept", extra={"kind": item.job.kind, "key": item.job.key, "count": item.result})
        return Effects()
