"""A person stops a generation: asked for once per run, however often they press."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from autocrea.chassis.handlers import Effects, Signal
from autocrea.contracts.gateway.v1 import CancellationRequested
from autocrea.contracts.ids import GenerationId
from autocrea.gateway.domain.generation import OPEN, Generation
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.read_model import FEED_CHANNEL, Key, Rows, generation_key, user_key, user_stream
from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.handlers.request_retry import own_generation


@dataclass(frozen=True, slots=True)
class RequestCancellation:
    """Run with `transact(command.keys(), command.decide)`; answers the generation as it stands then."""

    identity: Identity
    generation_id: GenerationId

    def keys(self) -> Sequence[Key]:
        return user_key(self.identity.user_id), generation_key(self.generation_id)

    def decide(self, rows: Rows, now: datetime) -> tuple[Generation, Effects]:
        feed, generation = own_generation(rows, self.generation_id, self.identity)
        if generation.status not in OPEN:
            raise refused("already_terminal")
        if generation.cancel_requested:
            return generation, Effects()
        generation = generation.model_copy(update={"cancel_requested": True, "updated_at": now})
        rows.feeds[self.generation_id] = replace(feed, generation=generation)
        rows.tell_generation(generation, now)
        message = CancellationRequested(
            generation_id=self.generation_id, run=generation.run, user_id=generation.user_id
        )
        return generation, Effects(
            (message,), signals=(Signal(FEED_CHANNEL, user_stream(generation.user_id)),)
        )
