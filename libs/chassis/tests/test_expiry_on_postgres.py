"""What expires goes, in chunks, and nothing else does; on the real database."""

import pytest
from autocrea.chassis import expiry
from autocrea.chassis.database import Database

_OUTBOX = """
INSERT INTO outbox (id, type, exchange, routing_key, correlation_id, body, created_at, sent_at)
SELECT gen_random_uuid(), $1, 'e', 'k', 'c', '', now() - $2::interval, now() - $3::interval
FROM generate_series(1, $4::int)"""
_INBOX = """
INSERT INTO inbox (id, type, received_at)
SELECT gen_random_uuid(), $1, now() - $2::interval FROM generate_series(1, $3::int)"""


async def test_only_what_is_old_enough_goes_when_rows_expire(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "CHUNK_ROWS", 10)
    margin = expiry.EVERY
    async with database.connection() as connection:
        old, new = expiry.OUTBOX_KEPT + margin, expiry.OUTBOX_KEPT - margin
        await connection.execute(_OUTBOX, "old", old, old, 35)
        await connection.execute(_OUTBOX, "sent lately", old, new, 3)
        await connection.execute(_OUTBOX, "unsent", old, None, 3)
        await connection.execute(_INBOX, "old", expiry.INBOX_KEPT + margin, 20)
        await connection.execute(_INBOX, "recent", expiry.INBOX_KEPT - margin, 3)
    for rule in expiry.OWN:
        await expiry.expire(database, rule)
    async with database.connection() as connection:
        left = await connection.fetch("SELECT type, count(*) FROM outbox GROUP BY type ORDER BY type")
        known = await connection.fetch("SELECT type, count(*) FROM inbox GROUP BY type")
    assert [tuple(row) for row in left] == [("sent lately", 3), ("unsent", 3)]
    assert [tuple(row) for row in known] == [("recent", 3)]
