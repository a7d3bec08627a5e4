"""What a batch makes of troubles that are nobody's bug, on the real database with the sample's rows."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from autocrea.chassis import batch as batches
from autocrea.chassis import database as databases
from autocrea.chassis.batch import Batch
from autocrea.chassis.database import Database
from autocrea.chassis.errors import Unavailable
from autocrea.chassis.handlers import Received
from autocrea.chassis.items import Item
from autocrea.contracts.billing.v1 import ReserveTokens, SettleTokens
from autocrea.contracts.envelope import Sealed, decode
from autocrea.testkit.plugin import MakeDatabase
from autocrea.testkit.sample.__main__ import Key, Repository, Reserve, Rows, Stop
from autocrea.testkit.stage import SAMPLE, reserve, settle


@pytest.fixture
async def url(make_database: MakeDatabase) -> str:
    return await make_database(SAMPLE)


@pytest.fixture
async def batch(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Batch[Rows, Key]]:
    monkeypatch.setattr(databases, "LOCK_TIMEOUT_MS", 50)
    monkeypatch.setattr(batches, "CONFLICT_PAUSE_SECONDS", 0.01)
    database = Database(url, name="test")
    await database.open()
    yield Batch("billing", database, Repository())
    await database.close()


@pytest.fixture
async def beside(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else's connection to the same database."""
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


def item(message: Sealed) -> Item:
    envelope, data = decode(message.body, {kind.type: kind for kind in (ReserveTokens, SettleTokens)})
    handler = Reserve() if isinstance(data, ReserveTokens) else Stop()
    received: Received[Any] = Received(envelope, data)
    return Item(
        envelope.type, handler, received, envelope.id, body=message.body, subject_name=envelope.subject
    )


async def test_nothing_is_given_up_when_rows_stay_locked(
    batch: Batch[Rows, Key], beside: asyncpg.Connection
) -> None:
    """A process that froze in mid-transaction, or a migration, holds its locks longer than any race takes."""
    locked, free = reserve(), reserve()
    generation = UUID(json.loads(locked.body)["data"]["generation_id"])
    await beside.execute("INSERT INTO runs VALUES ($1, 1, 0, 0, 0, 0)", generation)
    async with beside.transaction():
        await beside.execute("SELECT FROM runs FOR UPDATE")
        with pytest.raises(Unavailable):
            await batch.run([item(locked), item(free)])
        with pytest.raises(Unavailable):
            await batch.run([item(locked)])
    await batch.run([item(locked), item(free)])
    assert await _counts(beside) == [(1, 0), (1, 0)]


async def test_nothing_is_given_up_when_a_migration_changes_a_table_in_use(
    batch: Batch[Rows, Key], beside: asyncpg.Connection
) -> None:
    await batch.run([item(reserve())])
    await beside.execute("ALTER TABLE runs ALTER COLUMN reserved TYPE bigint")
    await batch.run([item(reserve())])
    assert await _counts(beside) == [(1, 0), (1, 0)]


async def test_a_letter_is_recorded_when_its_words_cannot_be_stored(
    batch: Batch[Rows, Key], beside: asyncpg.Connection
) -> None:
    """It is the last thing that can be done for a message: were it to fail, the process would die of it for ever."""
    poison = replace(item(reserve("poison")), subject_name="a NUL \x00 and half a character \ud800")
    await batch.run([poison])
    [letter] = await beside.fetch("SELECT subject, reason FROM dead_letters")
    assert letter["subject"] == "a NUL \\x00 and half a character \\ud800"
    assert await _counts(beside) == [(0, 1)]


@pytest.mark.parametrize("together", [True, False])
async def test_a_job_is_gone_when_the_batch_that_added_it_removes_it(
    batch: Batch[Rows, Key], beside: asyncpg.Connection, together: bool
) -> None:
    generation = uuid4()
    items = [item(reserve(generation=generation)), item(settle(generation))]
    for run in [items] if together else [[each] for each in items]:
        await batch.run(run)
    assert await beside.fetchval("SELECT count(*) FROM jobs WHERE kind = 'work'") == 0


async def _counts(connection: asyncpg.Connection) -> list[Any]:
    """Reserved and given up, run by run."""
    return [tuple(row) for row in await connection.fetch("SELECT reserved, failed FROM runs")]
