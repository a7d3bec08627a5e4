"""Readers share a reading, and none of them misses what came while it was under way."""

import asyncio
from uuid import uuid4

import pytest
from autocrea.chassis.errors import Unavailable
from autocrea.contracts.ids import GenerationId, UserId
from autocrea.gateway.adapters.shared_pages import SharedPages
from autocrea.gateway.adapters.viewers import Viewers
from autocrea.gateway.domain.views import FeedPage

GENERATION = GenerationId(uuid4())


class Slow:
    """Feeds that answer when they are let."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.let = asyncio.Event()
        self.down = False

    async def read_generation(self, generation_id: GenerationId, after: int, limit: int) -> FeedPage:
        return await self._answer((generation_id, after))

    async def read_user(self, user_id: UserId, after: int | None, limit: int) -> FeedPage:
        return await self._answer((user_id, after))

    async def _answer(self, asked: object) -> FeedPage:
        self.asked.append(asked)
        position = len(self.asked)
        await self.let.wait()
        if self.down:
            raise Unavailable("the database")
        return FeedPage((), position, ended=False)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def viewers() -> Viewers:
    return Viewers()


async def test_a_hundred_readers_at_one_place_ask_once(slow: Slow, viewers: Viewers) -> None:
    shared = SharedPages(slow, viewers)
    reading = [asyncio.create_task(shared.read_generation(GENERATION, 3, 10)) for _ in range(100)]
    reading += [asyncio.create_task(shared.read_generation(GENERATION, 4, 10))]
    await asyncio.sleep(0)
    slow.let.set()
    pages = await asyncio.gather(*reading)
    assert slow.asked == [(GENERATION, 3), (GENERATION, 4)]
    assert len({id(page) for page in pages[:-1]}) == 1
    await shared.read_generation(GENERATION, 3, 10)
    assert len(slow.asked) == 3  # nothing was kept


async def test_reader_asks_itself_when_it_was_woken_after_a_reading_began(
    slow: Slow, viewers: Viewers
) -> None:
    shared = SharedPages(slow, viewers)
    before = asyncio.create_task(shared.read_user(UserId("user_ada"), 3, 10))
    await asyncio.sleep(0)
    viewers.wake("user:user_ada")
    after = asyncio.create_task(shared.read_user(UserId("user_ada"), 3, 10))
    await asyncio.sleep(0)
    slow.let.set()
    assert [(await before).position, (await after).position] == [1, 2]


async def test_others_get_their_page_when_the_reader_who_asked_goes_away(
    slow: Slow, viewers: Viewers
) -> None:
    shared = SharedPages(slow, viewers)
    first, second = (asyncio.create_task(shared.read_generation(GENERATION, 0, 10)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    slow.let.set()
    assert (await second).position == 1


async def test_everybody_is_told_when_the_reading_fails(slow: Slow, viewers: Viewers) -> None:
    shared, slow.down = SharedPages(slow, viewers), True
    slow.let.set()
    found = await asyncio.gather(
        *(shared.read_generation(GENERATION, 0, 10) for _ in range(3)), return_exceptions=True
    )
    assert [type(one) for one in found] == [Unavailable] * 3
    assert len(slow.asked) == 1
