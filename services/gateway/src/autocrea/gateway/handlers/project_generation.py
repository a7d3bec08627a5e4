"""An orchestrator event: stored by its sequence, projected and announced as far as none is missing."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.chassis.handlers import Effects, HandlerBase, Measured, Received, Signal
from autocrea.contracts.orchestrator.v1 import GenerationEvent
from autocrea.gateway.domain.feed import Event, Feed, receive
from autocrea.gateway.domain.projection import project
from autocrea.gateway.domain.read_model import (
    FEED_CHANNEL,
    FeedEvent,
    Key,
    Rows,
    generation_key,
    generation_stream,
    message_data,
    storable,
    user_key,
    user_stream,
)
from autocrea.gateway.domain.waiting import FIRST_FILES, first_files_seconds


class ProjectGeneration(HandlerBase):
    """One handler for every event of a generation: what differs between them is the projection's business."""

    def rows(self, item: Received[GenerationEvent]) -> Iterable[Key]:
        return user_key(item.data.user_id), generation_key(item.data.generation_id)

    def decide(self, rows: Rows, item: Received[GenerationEvent], now: datetime) -> Effects:
        data = storable(item.data)
        envelope = item.envelope
        event = Event(data.sequence, envelope.id, data.type, envelope.time, data, envelope.trace_id)
        receipt = receive(rows.feeds.get(data.generation_id, Feed(None)), event)
        if receipt.stored:
            rows.new_events.append(_feed_event(event, data))
        feed = receipt.feed
        streams: list[str] = []
        measured: list[Measured] = []
        for released in receipt.released:
            if (waited := first_files_seconds(feed, released, now)) is not None:
                measured.append(Measured(FIRST_FILES, waited))
            before = feed.generation
            feed = project(feed, released)
            streams.append(generation_stream(data.generation_id))
            after = feed.generation
            if before and after and (before.status, before.notice) != (after.status, after.notice):
                rows.tell_generation(after, released.time)
                streams.append(user_stream(after.user_id))
        rows.feeds[data.generation_id] = feed
        signals = tuple(Signal(FEED_CHANNEL, stream) for stream in dict.fromkeys(streams))
        return Effects(signals=signals, measured=tuple(measured))


def _feed_event(event: Event, data: GenerationEvent) -> FeedEvent:
    stream = generation_stream(data.generation_id)
    return FeedEvent(
        stream, event.sequence, event.message_id, event.type, event.time, message_data(data), event.trace_id
    )
