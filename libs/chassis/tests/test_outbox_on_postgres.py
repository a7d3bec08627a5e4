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
    assert await Outbox(database, cast("Publisher", None)).republish(since, who="olga") == 5
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


async def test_rows_that_are_sent_again_are_no_lag_and_come_after_news(database: Database) -> None:
    """A repair at night counted with the age of what it sent again: it alerted, and people were turned away."""
    outbox = Outbox(database, cast("Publisher", None))
    async with database.transaction() as connection:
        await outboxes.write(connection, [reserve() for _ in range(3)])
        await connection.execute(
            "UPDATE outbox SET created_at = now() - interval '20 h', sent_at = created_at"
        )
        since = await connection.fetchval("SELECT now() - interval '24 h'")
    assert await outbox.republish(since, who="olga") == 3
    assert await outbox.lag_seconds() == 0
    assert 0 < await outbox.again_seconds() < 60
    async with database.transaction() as connection:
        [news] = await outboxes.write(connection, [reserve()])
        await connection.execute(
            "UPDATE outbox SET created_at = now() - interval '90 s' WHERE id = $1", news.id
        )
    assert 89 < await outbox.lag_seconds() < 150
    async with database.connection() as connection:
        claimed = await connection.fetch(outboxes._CLAIM, outboxes.RELAY_LEASE_SECONDS, 0.0, 1)
        assert [row["id"] for row in claimed] == [news.id]
        claimed = await connection.fetch(outboxes._CLAIM, outboxes.RELAY_LEASE_SECONDS, 0.0, 10)
        assert [row["seq"] for row in sorted(claimed, key=lambda row: row["seq"])] == [1, 2, 3]
        await connection.execute("UPDATE outbox SET sent_at = now()")
    assert (await outbox.lag_seconds(), await outbox.again_seconds()) == (0, 0)


async def test_the_lag_is_read_from_its_index_when_a_day_is_sent_again(database: Database) -> None:
    """Every request for a generation asks for it."""
    async with database.transaction() as connection:
        await connection.execute(_MANY)
        await connection.execute("UPDATE outbox SET again_at = now(), relay_until = now()")
        await connection.execute("ANALYZE outbox")
        plans = [
            "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {query}"))
            for query in (outboxes._LAG, outboxes._AGAIN)
        ]
    assert "using outbox_waiting" in plans[0]
    assert "using outbox_again" in plans[1]
