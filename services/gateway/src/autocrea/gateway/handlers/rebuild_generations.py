"""An operator has generations projected anew from the events that are stored of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autocrea.chassis.handlers import Effects, Signal
from autocrea.contracts.ids import GenerationId, UserId
from autocrea.gateway.domain.read_model import (
    FEED_CHANNEL,
    Key,
    Rows,
    generation_key,
    generation_stream,
    history_key,
    user_key,
)
from autocrea.gateway.domain.rebuilding import rebuild


@dataclass(frozen=True, slots=True)
class RebuildGenerations:
    """Run with `transact(command.keys(), command.decide)`; answers how many came out other than they stood."""

    generations: Sequence[tuple[UserId, GenerationId]]

    def keys(self) -> Sequence[Key]:
        return [
            key
            for user_id, generation_id in self.generations
            for key in (user_key(user_id), generation_key(generation_id), history_key(generation_id))
        ]

    def decide(self, rows: Rows, now: datetime) -> tuple[int, Effects]:  # noqa: ARG002
        signals, changed = [], 0
        for _, generation_id in self.generations:
            stands = rows.feeds[generation_id]
            if stands.generation is None:
                continue  # deleted since it was listed
            made = rebuild(stands.generation, rows.histories.get(generation_id, {}))
            rows.feeds[generation_id] = made
            rows.rebuilt.append(generation_id)
            if (made.generation, made.steps) != (stands.generation, stands.steps):
                changed += 1
                signals.append(Signal(FEED_CHANNEL, generation_stream(generation_id)))
        return changed, Effects(signals=tuple(signals))
