"""Every two minutes: what Stripe has and we have not goes through the same door as its webhooks."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.stripe_events import Via
from autocrea.billing.handlers import admit_events
from autocrea.billing.ports import Payments, StoredEvents, Transact
from autocrea.chassis.handlers import Effects, Failed, Finished, HandlerBase, Job

LIST_STRIPE_EVENTS: Final = "list_stripe_events"
LIST_EVERY: Final = timedelta(minutes=2)
WINDOW: Final = timedelta(hours=72)
"""As long as Stripe itself goes on trying to deliver; after a longer outage `reconcile` names what is missing."""
OVERLAP: Final = timedelta(hours=1)
"""Read again each time: an event may be seen in the list later than it happened."""

log = logging.getLogger(__name__)


class ListStripeEvents(HandlerBase):
    """Reads the list from where it was last read to its end, so that a hole older than that cannot be."""

    def __init__(
        self,
        payments: Payments,
        events: StoredEvents,
        transact: Transact,
        clock: Callable[[], datetime],
    ) -> None:
        self._payments = payments
        self._events = events
        self._transact = transact
        self._clock = clock

    async def run(self, _job: Job) -> datetime | None:
        """Admit what is missing; returns until when the list was read, None where there is none to read."""
        if not self._payments.can_sell:
            return None
        now = self._clock()
        since = max(await self._events.listed_until() - OVERLAP, now - WINDOW)
        async for page in self._payments.list_events(since):
            missing = set(await self._events.unknown([event.event_id for event in page]))
            events = [event for event in page if event.event_id in missing]
            if events:
                log.info("events that no webhook brought", extra={"events": len(events)})
                await self._transact(
                    admit_events.rows(events), partial(admit_events.decide, events, Via.LIST)
                )
        return now

    def rows(self, item: Finished[datetime | None] | Failed) -> Iterable[Key]:  # noqa: ARG002
        return ()

    def decide(
        self,
        rows: Books,
        item: Finished[datetime | None] | Failed,
        now: datetime,  # noqa: ARG002
    ) -> Effects:
        if isinstance(item, Finished):
            rows.listed_until = item.result
        return Effects()
