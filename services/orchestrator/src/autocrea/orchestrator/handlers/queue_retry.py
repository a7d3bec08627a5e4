"""A person asked for the next run of a generation."""

from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.gateway.v1 import RetryRequested
from autocrea.orchestrator.domain.events import RetryBug
from autocrea.orchestrator.handlers.apply_decision import RunHandler, apply
from autocrea.orchestrator.ports import Rows


class QueueRetry(RunHandler[RetryRequested]):
    """Go on from the unfinished steps, once their tokens are held."""

    def decide(self, rows: Rows, item: Received[RetryRequested], now: datetime) -> Effects:
        return apply(rows, item.data.generation_id, item.data, now).effects

    def on_bug(self, rows: Rows, item: Received[RetryRequested], now: datetime) -> Effects:
        return apply(rows, item.data.generation_id, RetryBug(item.data.run), now).effects
