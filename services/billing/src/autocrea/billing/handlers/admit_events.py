"""The one door behind both ways in: events that are new are stored, each with its job, and that is all for now."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.stripe_events import Received, StripeEvent, Via
from autocrea.chassis.handlers import Effects, NewJob

HANDLE_STRIPE_EVENT: Final = "handle_stripe_event"
"""The job of an event that is stored; its key is the event's id."""


def rows(events: Sequence[StripeEvent]) -> Iterable[Key]:
    """Whether they are known."""
    return (books.stripe_event(event.event_id) for event in events)


def decide(events: Sequence[StripeEvent], via: Via, found: Books, now: datetime) -> tuple[int, Effects]:
    """Store what is new; returns how many that were."""
    fresh = {event.event_id: event for event in events if event.event_id not in found.known_events}
    found.received += [Received(event, via, now) for event in fresh.values()]
    return len(fresh), Effects(jobs=tuple(NewJob(HANDLE_STRIPE_EVENT, event_id) for event_id in fresh))
