"""Sending everything again, on the real database."""

from typing import cast

import pytest
from autocrea.chassis import outbox as outboxes
from autocrea.chassis.database import Database
from autocrea.chassis.outbox import Outbox
from autocrea.chassis.publisher import Publisher
from autocrea.testkit.plugin import MakeDatabase
from autocrea.testkit.stage import SAMPLE, reserve

_SENT_AT_ONCE = """
CREATE FUNCTION send_at_once() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.sent_at := coalesce(NEW.sent_at, clock_timestamp()); RETURN NEW; END $$;
CREATE TRIGGER send_at_once BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION send_at_once()"""

_MANY = """
INSERT INTO outbox (id, type, exchange, routing_key, correlation_id, body, created_at)
SELECT gen_random_uuid(), 't', 'e', 'k', 'c', decode(repeat('ab', 500), 'hex'), now() - interval '1 h'
FROM generate_series(1, 10000)"""


@pytest.mark.parametrize("relay_is_fast", [False, True])
async def test_every_row_is_sent_again_once_when_there_are_more_than_one_statement_takes(
    make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, relay_is_fast: bool
) -> None:
    monkeypatch.setattr(outboxes, "REPUBLISH_ROWS_MAX", 2)
    database = Database(await make_database(SAMPLE), name="test")
    await database.open()
    async with database.transaction() as connection:
        await outboxes.write(connection, [reserve() for _ in range(5)])
        await connection.execute("UPDATE outbox SET sent_at = now() - interval '1 h'")
        since = await connection.fetchval("SELECT now() - interval '1 h'")
        if relay_is_fast:
            await connection.execute(_SENT_AT_ONCE)
    assert await Outbox(database, cast("Publisher", None)).republish(since) == 5
    async with database.connection() as connection:
        unsent = await connection.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
    assert unsent == (0 if relay_is_fast else 5)
    await database.close()


async def test_the_relay_sorts_nothing_when_a_long_outage_left_many_rows(make_database: MakeDatabase) -> None:
    """Sorting them all for each claim, 300,000 rows took twenty minutes to catch up with."""
    database = Database(await make_database(SAMPLE), name="test")
    await database.open()
    async with database.transaction() as connection:
        await connection.execute(_MANY)
        await connection.execute("ANALYZE outbox")
        arguments = (outboxes.RELAY_LEASE_SECONDS, outboxes.RELAY_AFTER_SECONDS, outboxes.RELAY_ROWS_MAX)
        plan = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {outboxes._CLAIM}", *arguments))
    await database.close()
    assert "Index Scan using outbox_relay" in plan
    assert "Sort" not in plan
