"""Removes rows that nothing can ask for any more: here the chassis' own; services add theirs with `register`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, LiteralString

from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Job, NothingToDecide
from autocrea.chassis.registry import Registry

EVERY = timedelta(hours=1)
CHUNK_ROWS = 5_000  # one statement stays short

KIND = "expire_rows"
OUTBOX_KEPT = timedelta(days=1)
"""`repair` sends again what a broker lost with its disk: back-ups of a day suffice for that."""
INBOX_KEPT = timedelta(days=14)  # twice the history stream's seven days: nothing older can be repeated

_OUTBOX = """
DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE sent_at < now() - $1::interval LIMIT $2)"""
_INBOX = """
DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE received_at < now() - $1::interval LIMIT $2)"""


@dataclass(frozen=True, slots=True)
class Expiry:
    """Rows that go after a time. The statement deletes at most $2 of those that are older than $1."""

    statement: LiteralString
    kept: timedelta


OWN = (Expiry(_OUTBOX, OUTBOX_KEPT), Expiry(_INBOX, INBOX_KEPT))


def register(
    registry: Registry[Any, Any], database: Database, kind: str = KIND, expiries: Sequence[Expiry] = OWN
) -> None:
    """Add a recurring job that removes expired rows."""

    async def run(_job: Job) -> None:
        for expiry in expiries:
            await expire(database, expiry)

    registry.work(kind, run, NothingToDecide(), concurrency=1, lease_seconds=120, attempts_max=3, every=EVERY)


async def expire(database: Database, expiry: Expiry) -> None:
    """Remove in chunks until no expired row is left. Raises `Unavailable`."""
    status = full = f"DELETE {CHUNK_ROWS}"
    while status == full:
        async with database.connection() as connection:
            status = await connection.execute(expiry.statement, expiry.kept, CHUNK_ROWS)
