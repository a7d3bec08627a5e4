"""A person asked for an application."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.gateway.v1 import GenerationRequested
from autocrea.orchestrator.domain.events import Event, RequestBug, Requested
from autocrea.orchestrator.domain.ordering import printable
from autocrea.orchestrator.domain.saga import RunState
from autocrea.orchestrator.handlers.apply_decision import apply
from autocrea.orchestrator.ports import DIGEST, PIPELINE, SAGA, Key, Rows


class QueueGeneration:
    """Take the order on the pipeline it was quoted on, and have its tokens held."""

    def rows(self, item: Received[GenerationRequested]) -> Iterable[Key]:
        message = item.data
        return (
            Key(SAGA, str(message.generation_id)),
            Key(DIGEST, message.pipeline_digest),
            Key(PIPELINE, message.pipeline),
        )

    def decide(self, rows: Rows, item: Received[GenerationRequested], now: datetime) -> Effects:
        return _adopt(rows, item.data, _requested(rows, item.data), now)

    def on_bug(self, rows: Rows, item: Received[GenerationRequested], now: datetime) -> Effects:
        return _adopt(rows, item.data, RequestBug(_requested(rows, item.data)), now)


def _adopt(rows: Rows, message: GenerationRequested, event: Event, now: datetime) -> Effects:
    """Advance, and keep the person's words: whatever became of this run, a retry writes its prompts from them."""
    before = rows.saga(message.generation_id).state
    applied = apply(rows, message.generation_id, event, now)
    if before is RunState.ABSENT and not applied.decision.erase:
        rows.set_prompt(message.generation_id, printable(message.prompt))
    return applied.effects


def _requested(rows: Rows, message: GenerationRequested) -> Requested:
    return Requested(message, rows.pipeline(message.pipeline_digest), rows.current(message.pipeline))
