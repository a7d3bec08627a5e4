"""Two replicas share the inbox: whatever each of them gets, together they show and store every event once, in order."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from autocrea.chassis.batch import Batch
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Received
from autocrea.chassis.items import Item
from autocrea.contracts.envelope import open_envelope, seal
from autocrea.contracts.orchestrator import v1 as orchestrator
from autocrea.gateway.adapters.feed_pages import FeedPages
from autocrea.gateway.adapters.repository import Repository
from autocrea.gateway.domain.generation import Generation
from autocrea.gateway.domain.read_model import Key, NewGeneration, Rows, user_key
from autocrea.gateway.handlers.project_generation import ProjectGeneration
from autocrea.testkit.plugin import MakeDatabase

BATCH_MAX = 4


@pytest.fixture
async def replicas(make_database: MakeDatabase) -> AsyncIterator[list[Database]]:
    url = await make_database("autocrea.gateway")
    databases = [Database(url, name=f"replica-{n}") for n in range(2)]
    for database in databases:
        await database.open()
    yield databases
    for database in databases:
        await database.close()


@pytest.mark.parametrize("seed", range(4))
async def test_every_event_is_shown_once_and_in_order_when_two_replicas_project_at_once(
    replicas: list[Database], new_history: Any, seed: int
) -> None:
    chance = random.Random(seed)
    history = new_history().started()
    for position in range(3):
        history.step(position, repairs=2)
    history.completed()
    await _ask_for(replicas[0], history)
    told = [*history.events, *chance.sample(history.events, 5)]
    chance.shuffle(told)
    await asyncio.gather(
        *(_replica(database, told[part::2], history) for part, database in enumerate(replicas))
    )
    page = await FeedPages(replicas[0]).read_generation(history.generation_id, 0, 100)
    assert [line.sequence for line in page.lines] == list(range(1, len(history.events) + 1))
    assert page.ended


async def _ask_for(database: Database, history: Any) -> None:
    generation = Generation(
        generation_id=history.generation_id,
        user_id=history.user_id,
        project_id=history.project_id,
        quote_tokens=38,
        updated_at=history.started_at,
    )
    repository = Repository()
    async with database.transaction() as connection:
        rows = await repository.load(connection, [user_key(history.user_id)])
        new = NewGeneration(generation, "una tienda", "es", "webapp", None, history.started_at)
        rows.new_generations.append(new)
        await repository.save(connection, rows)


async def _replica(database: Database, events: list[orchestrator.GenerationEvent], history: Any) -> None:
    batch: Batch[Rows, Key] = Batch("gateway", database, Repository())
    items = [_item(event, history) for event in events]
    for start in range(0, len(items), BATCH_MAX):
        await batch.run(items[start : start + BATCH_MAX])


def _item(event: orchestrator.GenerationEvent, history: Any) -> Item:
    sealed = seal(event, source="orchestrator", time=history.time_of(event))
    received = Received(open_envelope(sealed.body), event)
    return Item(event.type, ProjectGeneration(), received, sealed.id, body=sealed.body)
