"""A person asks for the next run of a generation that ended without an application."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from autocrea.chassis.errors import Refused
from autocrea.chassis.handlers import Effects, Signal
from autocrea.contracts.gateway.v1 import RetryRequested
from autocrea.contracts.ids import GenerationId
from autocrea.gateway.domain.feed import Feed
from autocrea.gateway.domain.generation import Generation, Status
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.read_model import (
    FEED_CHANNEL,
    Key,
    Rows,
    generation_key,
    open_generations_key,
    user_key,
    user_stream,
)
from autocrea.gateway.handlers.answers import Repeatable
from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.handlers.request_generation import accepted, check_means, check_price


@dataclass(frozen=True, slots=True)
class RequestRetry:
    """Run with `transact(command.keys(), command.decide)`; the answer is what the client gets."""

    identity: Identity
    repeatable: Repeatable
    generation_id: GenerationId
    shown_tokens: int | None  # the price that the person saw, if the client tells
    open_generations_max: int
    closed: Refused | None  # why nothing new is promised at the moment

    def keys(self) -> Sequence[Key]:
        return (
            user_key(self.identity.user_id),
            open_generations_key(self.identity.user_id),
            generation_key(self.generation_id),
            *self.repeatable.keys(),
        )

    def decide(self, rows: Rows, now: datetime) -> tuple[dict[str, Any], Effects]:
        feed, generation = own_generation(rows, self.generation_id, self.identity)
        answered = self.repeatable.recall(rows)
        if answered is not None:
            return answered, Effects()
        if self.closed is not None:
            raise self.closed
        offer = generation.retry
        if offer is None:
            raise refused("not_retryable")
        check_price(self.shown_tokens, offer.quote_tokens)
        check_means(rows, self.identity, offer.quote_tokens, self.open_generations_max, now)
        change = {
            "run": generation.run + 1,
            "status": Status.QUEUED,
            "cancel_requested": False,
            "notice": None,
            "updated_at": now,
        }
        generation = generation.model_copy(update=change)
        rows.feeds[self.generation_id] = replace(feed, generation=generation)
        rows.tell_generation(generation, now)
        body = self.repeatable.keep(rows, accepted(generation) | {"quote_tokens": offer.quote_tokens})
        message = RetryRequested(
            generation_id=self.generation_id,
            run=generation.run,
            user_id=generation.user_id,
            quote_tokens=offer.quote_tokens,
        )
        return body, Effects((message,), signals=(Signal(FEED_CHANNEL, user_stream(generation.user_id)),))


def own_generation(rows: Rows, generation_id: GenerationId, identity: Identity) -> tuple[Feed, Generation]:
    """The caller's generation; somebody else's does not exist for them. Raises `Refused`."""
    feed = rows.feeds.get(generation_id)
    generation = feed.generation if feed is not None else None
    if feed is None or generation is None or generation.user_id != identity.user_id:
        raise refused("not_found")
    return feed, generation
