"""Removes rows that nothing can ask for any more: sent messages after a day, inbox ids after two weeks."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Effects, Failed, Finished, HandlerBase, Job, Registry

KIND = "expire_rows"
EVERY = timedelta(hours=1)
OUTBOX_KEPT_HOURS = 24
"""`repair` sends again what a broker lost with its disk: back-ups of a day suffice for that."""
INBOX_KEPT_DAYS = 14  # twice the history stream's seven days: nothing older can be repeated
CHUNK_ROWS = 5_000  # one statement stays short

_OUTBOX = """
DELETE FROM outbox WHERE seq IN (
    SELECT seq FROM outbox WHERE sent_at < now() - make_interval(hours => $1) LIMIT $2)"""
_INBOX = """
DELETE FROM inbox WHERE id IN (
    SELECT id FROM inbox WHERE received_at < now() - make_interval(days => $1) LIMIT $2)"""


def register(registry: Registry[Any, Any], database: Database) -> None:
    """Add the recurring job to a service's registry."""

    async def run(_job: Job) -> None:
        for statement, kept in ((_OUTBOX, OUTBOX_KEPT_HOURS), (_INBOX, INBOX_KEPT_DAYS)):
            status = f"DELETE {CHUNK_ROWS}"
            while status == f"DELETE {CHUNK_ROWS}":
                async with database.connection() as connection:
                    status = await connection.execute(statement, kept, CHUNK_ROWS)

    registry.work(KIND, run, _Nothing(), concurrency=1, lease_seconds=120, attempts_max=3, every=EVERY)


class _Nothing(HandlerBase):
    def rows(self, item: Finished[None] | Failed) -> Iterable[Any]:  # noqa: ARG002
        return ()

    def decide(self, rows: Any, item: Finished[None] | Failed, now: datetime) -> Effects:  # noqa: ARG002
        return Effects()
