"""Messages on their way out: written with the rows they follow from, sent after the commit, sent again if that failed.

The envelope is made once, when the row is written; every repetition sends the stored bytes.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from autocrea.chassis import message_spans, operator_actions
from autocrea.chassis.checkpoint import checkpoint
from autocrea.chassis.database import Database, Trouble, classify
from autocrea.chassis.handlers import Connection, OperatorAction
from autocrea.chassis.message_spans import Outgoing
from autocrea.chassis.metrics import OUTBOX_AGAIN_SECONDS, OUTBOX_LAG_SECONDS, RELAY_SENT
from autocrea.chassis.publisher import PUBLISH_TIMEOUT_SECONDS, Publisher
from autocrea.contracts.envelope import Sealed

RELAY_AFTER_SECONDS = PUBLISH_TIMEOUT_SECONDS + 1.0  # younger rows still belong to the fast path
RELAY_EVERY_SECONDS = 1.0
RELAY_LEASE_SECONDS = 10.0
"""Longer than one publish; also the pause before an unroutable message is tried again."""
RELAY_ROWS_MAX = 32  # 64 MiB at the largest body
REPUBLISH_ROWS_MAX = 5_000  # a day has millions of rows, and one statement must stay short

_WRITE = """
INSERT INTO outbox (id, type, exchange, routing_key, correlation_id, body)
SELECT m.id, m.type, m.exchange, m.routing_key, m.correlation_id, m.body
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[])
    WITH ORDINALITY AS m (id, type, exchange, routing_key, correlation_id, body, n)
ORDER BY m.n
ON CONFLICT (id) DO NOTHING
RETURNING id"""
_MARK_SENT = "UPDATE outbox SET sent_at = now() WHERE id = ANY($1::uuid[]) AND sent_at IS NULL"
_CLAIM = """
UPDATE outbox SET relay_until = now() + make_interval(secs => $1)
WHERE seq IN (
    SELECT seq FROM outbox
    WHERE sent_at IS NULL AND created_at < now() - make_interval(secs => $2)
        AND (relay_until IS NULL OR relay_until < now())
    ORDER BY relay_until NULLS FIRST, seq LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING seq, id, type, exchange, routing_key, correlation_id, body"""
# Rows that the relay has sent again meanwhile were sent later than the beginning: they are not taken twice. With a
# claim that has run out, they come after what was never tried (`NULLS FIRST`): news does not wait for a repair.
_REPUBLISH = """
UPDATE outbox SET sent_at = NULL, relay_until = $2, again_at = $2
WHERE seq IN (SELECT seq FROM outbox WHERE created_at >= $1 AND sent_at < $2 LIMIT $3)"""
_LAG = """
SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM outbox
WHERE sent_at IS NULL AND again_at IS NULL"""
_AGAIN = """
SELECT coalesce(extract(epoch FROM now() - min(again_at)), 0)::float8 FROM outbox
WHERE sent_at IS NULL AND again_at IS NOT NULL"""

S = TypeVar("S", bound=Sealed)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A stored message as the relay reads it."""

    seq: int
    id: UUID
    type: str
    exchange: str
    routing_key: str
    correlation_id: str
    body: bytes


async def write(connection: Connection, messages: Sequence[S]) -> list[S]:
    """Store messages and return the new ones: a fact that was stored before (same id) is not stored or sent again."""
    if not messages:
        return []
    rows = await connection.fetch(
        _WRITE,
        [m.id for m in messages],
        [m.type for m in messages],
        [m.exchange for m in messages],
        [m.routing_key for m in messages],
        [m.correlation_id for m in messages],
        [m.body for m in messages],
    )
    new = {row["id"] for row in rows}
    first: dict[UUID, S] = {m.id: m for m in reversed(messages) if m.id in new}
    return list(reversed(first.values()))


class Outbox:
    """Sends what was written: at once by whoever committed it, later by the relay."""

    def __init__(self, database: Database, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher

    async def send_now(self, messages: Sequence[Outgoing]) -> None:
        """Publish from memory, mark what was confirmed. A failure is the relay's business, never the caller's."""
        if not messages:
            return
        types = [message.type for message in messages]
        confirmed = await self._publisher.publish(messages)
        message_spans.end_sending(messages, confirmed)
        checkpoint("after_publish", *types)
        await self._mark_sent(confirmed)
        checkpoint("after_marking_sent", *types)

    async def relay(self) -> None:
        """Send what is unsent and too old for the fast path, until cancelled. Any number of replicas may run it."""
        while True:
            try:
                full = self._publisher.connected and await self._relay_once()
                await self._measure()
            except Exception as error:
                if not _is_trouble_with_the_database(error):
                    raise
                log.warning("relay interrupted", extra={"reason": str(error)})
                full = False
            if not full:
                await asyncio.sleep(RELAY_EVERY_SECONDS)

    async def republish(self, since: datetime, *, who: str, reason: str | None = None) -> int:
        """Let the relay send every row since a time again, byte for byte; returns how many."""
        async with self._database.connection() as connection:
            beginning = await connection.fetchval("SELECT now()")
        action = OperatorAction(who, "send_again", "outbox", reason, {"since": since.isoformat()})
        total, count = 0, REPUBLISH_ROWS_MAX
        while count == REPUBLISH_ROWS_MAX:
            async with self._database.transaction() as connection:
                status = await connection.execute(_REPUBLISH, since, beginning, REPUBLISH_ROWS_MAX)
                count = int(status.split()[-1])
                if total == 0 and count == REPUBLISH_ROWS_MAX:
                    await operator_actions.record(connection, [replace(action, outcome="begun")])
                total += count
                if count < REPUBLISH_ROWS_MAX:
                    ended = replace(action, details={**action.details, "messages": total})
                    await operator_actions.record(connection, [ended])
        return total

    async def lag_seconds(self) -> float:
        """The age of the oldest row that was never sent; 0 when there is none."""
        async with self._database.connection() as connection:
            return float(await connection.fetchval(_LAG))

    async def again_seconds(self) -> float:
        """How long what is to be sent again has waited for it; 0 when all of it was sent."""
        async with self._database.connection() as connection:
            return float(await connection.fetchval(_AGAIN))

    async def _relay_once(self) -> bool:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_CLAIM, RELAY_LEASE_SECONDS, RELAY_AFTER_SECONDS, RELAY_ROWS_MAX)
        claimed = [OutboxRow(*row) for row in sorted(rows, key=lambda row: row["seq"])]
        if not claimed:
            return False
        with message_spans.sending_again(claimed) as confirmed:
            confirmed |= await self._publisher.publish(claimed, channel="relay")
        await self._mark_sent(confirmed)
        RELAY_SENT.inc(len(confirmed))
        log.info("relayed", extra={"claimed": len(claimed), "confirmed": len(confirmed)})
        return len(confirmed) == RELAY_ROWS_MAX

    async def _mark_sent(self, ids: set[UUID]) -> None:
        if not ids:
            return
        try:
            async with self._database.connection() as connection:
                await connection.execute(_MARK_SENT, sorted(ids))
        except Exception as error:
            if not _is_trouble_with_the_database(error):
                raise
            # Unmarked rows are sent once more by the relay: a duplicate by id, which every consumer drops.
            log.warning("sent messages not marked", extra={"count": len(ids), "reason": str(error)})

    async def _measure(self) -> None:
        OUTBOX_LAG_SECONDS.set(await self.lag_seconds())
        OUTBOX_AGAIN_SECONDS.set(await self.again_seconds())


def _is_trouble_with_the_database(error: Exception) -> bool:
    return classify(error) is not Trouble.BUG
