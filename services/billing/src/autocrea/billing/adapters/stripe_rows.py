"""The table of Stripe's events, and until when Stripe's list of them was read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString

from autocrea.billing.domain.stripe_events import Handled, Received, StripeEvent
from autocrea.chassis.database import Database, columns
from autocrea.chassis.handlers import Connection

_KNOWN: Final[LiteralString] = "SELECT event_id FROM stripe_events WHERE event_id = ANY($1::text[])"
_ADD: Final[LiteralString] = """
INSERT INTO stripe_events (event_id, type, happened_at, content, via, received_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::jsonb[], $5::text[], $6::timestamptz[])"""
_HANDLED: Final[LiteralString] = """
UPDATE stripe_events SET handled_at = h.at, purchase_id = h.purchase_id
FROM unnest($1::text[], $2::timestamptz[], $3::uuid[]) AS h (event_id, at, purchase_id)
WHERE stripe_events.event_id = h.event_id"""
_READ: Final[LiteralString] = """
SELECT event_id, type, happened_at, content FROM stripe_events WHERE event_id = $1"""
_LISTED_UNTIL: Final[LiteralString] = "SELECT listed_until FROM stripe_listings"
_SAVE_LISTED_UNTIL: Final[LiteralString] = """
UPDATE stripe_listings SET listed_until = greatest(listed_until, $1)"""


async def known(connection: Connection, event_ids: Sequence[str]) -> set[str]:
    """Those of these events that are stored."""
    if not event_ids:
        return set()
    return {row["event_id"] for row in await connection.fetch(_KNOWN, list(event_ids))}


async def add(connection: Connection, received: Sequence[Received]) -> None:
    """Store events; another's copy of one makes the transaction run again, and then it is known."""
    rows = [
        (r.event.event_id, r.event.type, r.event.happened_at, r.event.content, r.via.value, r.received_at)
        for r in sorted(received, key=lambda r: r.event.event_id)
    ]
    if rows:
        await connection.execute(_ADD, *columns(rows, 6))


async def mark(connection: Connection, handled: Sequence[Handled]) -> None:
    """Note what was handled."""
    if handled:
        rows = [(one.event_id, one.at, one.purchase_id) for one in handled]
        await connection.execute(_HANDLED, *columns(rows, 3))


async def save_listed_until(connection: Connection, moment: datetime | None) -> None:
    """Note until when the list was read; never back."""
    if moment is not None:
        await connection.execute(_SAVE_LISTED_UNTIL, moment)


class PostgresStripeEvents:
    """Reads them without a lock: they never change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, event_id: str) -> StripeEvent:
        """A stored event. Raises LookupError, and Unavailable."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_READ, event_id)
        if row is None:
            raise LookupError(f"{event_id} is not stored")
        return StripeEvent(*row)

    async def unknown(self, event_ids: Sequence[str]) -> list[str]:
        """Those that are not stored, in the order given. Raises Unavailable."""
        async with self._database.connection() as connection:
            stored = await known(connection, event_ids)
        return [event_id for event_id in event_ids if event_id not in stored]

    async def listed_until(self) -> datetime:
        """Until when the list was read. Raises Unavailable."""
        async with self._database.connection() as connection:
            moment: datetime = await connection.fetchval(_LISTED_UNTIL)
        return moment
