"""Removes rows that nobody can ask for any more: answers to old requests, old events of people's own feeds."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import LiteralString

from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Effects, Failed, Finished, HandlerBase, Job, Registry
from autocrea.gateway.domain.read_model import Key, Rows

KIND = "expire_answers_and_feeds"
EVERY = timedelta(hours=1)
ANSWERS_KEPT_HOURS = 48  # a client that repeats a request does so within minutes, a script after a night
FEEDS_KEPT_HOURS = 7 * 24  # whoever comes back later gets a snapshot instead
CHUNK_ROWS = 5_000  # one statement stays short

_ANSWERS: LiteralString = """
DELETE FROM idempotency_keys WHERE (user_id, key) IN (
    SELECT user_id, key FROM idempotency_keys
    WHERE created_at < now() - make_interval(hours => $1) LIMIT $2)"""
_FEEDS: LiteralString = """
DELETE FROM feed_events WHERE (stream, sequence) IN (
    SELECT stream, sequence FROM feed_events
    WHERE starts_with(stream, 'user:') AND stored_at < now() - make_interval(hours => $1) LIMIT $2)"""


def register_expiry(registry: Registry[Rows, Key], database: Database) -> None:
    """Add the recurring job."""

    async def run(_job: Job) -> None:
        for statement, kept in ((_ANSWERS, ANSWERS_KEPT_HOURS), (_FEEDS, FEEDS_KEPT_HOURS)):
            status = f"DELETE {CHUNK_ROWS}"
            while status == f"DELETE {CHUNK_ROWS}":
                async with database.connection() as connection:
                    status = await connection.execute(statement, kept, CHUNK_ROWS)

    registry.work(KIND, run, _Nothing(), concurrency=1, lease_seconds=120, attempts_max=3, every=EVERY)


class _Nothing(HandlerBase):
    def rows(self, item: Finished[None] | Failed) -> Iterable[Key]:  # noqa: ARG002
        return ()

    def decide(self, rows: Rows, item: Finished[None] | Failed, now: datetime) -> Effects:  # noqa: ARG002
        return Effects()
