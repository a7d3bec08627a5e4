"""How many streams a person may have open: counted in this process, or in Redis over all replicas.

In Redis a place is a lease, so that what a killed replica held is free again by itself.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from typing import TypeVar
from uuid import uuid4

from autocrea.chassis.errors import Refused
from autocrea.contracts.ids import UserId
from autocrea.gateway.adapters.request_limits import REDIS_REST_SECONDS, REDIS_TIMEOUT_SECONDS
from pydantic import SecretStr
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

STREAMS_PER_USER_MAX = 20  # a person's tabs and devices
RETRY_AFTER_SECONDS = 10
LEASE_MS = 30_000
"""So long the places of a replica that was killed are missing; whoever had at most half of theirs open misses none."""
RENEWALS_A_LEASE = 3  # two may fail before a place is counted no more
CONNECTIONS_MAX = 10  # a thousand readers who come back at once share them
USERS_A_PIPELINE = 100  # 2,000 places at most

# Redis' own clock: those of the replicas may differ.
_NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) "
_TAKE = (
    _NOW
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1"""
)
_RENEW = (
    _NOW
    + """
for place = 2, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[place]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])"""
)

T = TypeVar("T")

log = logging.getLogger(__name__)


class StreamPlaces:
    """Everybody's places. Trouble with Redis never refuses anybody: each process then counts for itself."""

    def __init__(self, redis_url: SecretStr | None) -> None:
        self._here: dict[UserId, set[str]] = {}
        self._names = (f"{uuid4().hex}:{number}" for number in count())
        self._redis_url = redis_url
        self._shared: _Shared | None = None
        self._shared_at = ""
        self._shared_again_at = 0.0
        self._giving_back: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def taken(self, user_id: UserId) -> AsyncIterator[None]:
        """Hold a place until the block ends; raises `Refused` where the person has none left."""
        here = self._here.setdefault(user_id, set())
        if len(here) >= STREAMS_PER_USER_MAX:
            raise _full()
        place = next(self._names)
        here.add(place)  # before Redis is asked: those who come meanwhile are counted as well
        try:
            if not await self._ask(lambda shared: shared.take(user_id, place), otherwise=True):
                raise _full()
            yield
        finally:
            here.remove(place)
            if not here:
                del self._here[user_id]
            self._give_back(user_id, place)

    async def keep(self) -> None:
        """Renew what is held here until cancelled; without Redis there is nothing to do."""
        while True:
            await asyncio.sleep(LEASE_MS / 1_000 / RENEWALS_A_LEASE)
            held = [(user_id, tuple(places)) for user_id, places in self._here.items()]
            for start in range(0, len(held), USERS_A_PIPELINE):
                some = held[start : start + USERS_A_PIPELINE]
                await self._ask(partial(_Shared.renew, held=some), otherwise=None)

    def _give_back(self, user_id: UserId, place: str) -> None:
        """In a task of its own: whoever leaves may be cancelled, and what fails runs out by itself."""
        if self._redis_url is not None:
            giving = self._ask(lambda shared: shared.give_back(user_id, place), otherwise=None)
            task = asyncio.create_task(giving)
            self._giving_back.add(task)
            task.add_done_callback(self._giving_back.discard)

    async def _ask(self, question: "Callable[[_Shared], Awaitable[T]]", otherwise: T) -> T:
        """What Redis answers; where there is none, or while it is away, the other."""
        shared = self._shared_now()
        if shared is None or time.monotonic() < self._shared_again_at:
            return otherwise
        try:
            return await question(shared)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning(
                "Redis does not count streams; this process does", extra={"reason": type(error).__name__}
            )
            self._shared_again_at = time.monotonic() + REDIS_REST_SECONDS
            return otherwise

    def _shared_now(self) -> "_Shared | None":
        """Through a client of the present URL: another password is another client, and is tried at once."""
        if self._redis_url is not None and (url := self._redis_url.get_secret_value()) != self._shared_at:
            self._shared_at, self._shared_again_at = url, 0.0
            try:
                self._shared = _Shared(url)
            except ValueError:  # its words may quote the URL
                log.warning("REDIS_URL names no Redis; the last one counts streams on")
        return self._shared


class _Shared:
    """The places of all replicas; raises what the client raises."""

    def __init__(self, url: str) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS_MAX,
            timeout=REDIS_TIMEOUT_SECONDS,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 1),
        )
        self._redis = Redis(connection_pool=pool)
        self._take, self._renew = self._redis.register_script(_TAKE), self._redis.register_script(_RENEW)

    async def take(self, user_id: UserId, place: str) -> bool:
        return bool(await self._take(keys=[_key(user_id)], args=[LEASE_MS, STREAMS_PER_USER_MAX, place]))

    async def renew(self, held: Iterable[tuple[UserId, Collection[str]]]) -> None:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for user_id, places in held:
                await self._renew(keys=[_key(user_id)], args=[LEASE_MS, *places], client=pipeline)
            await pipeline.execute()

    async def give_back(self, user_id: UserId, place: str) -> None:
        await self._redis.zrem(_key(user_id), place)


def _full() -> Refused:
    return Refused(
        "too_many_streams",
        "this person has too many streams open",
        status=429,
        retry_after_seconds=RETRY_AFTER_SECONDS,
    )


def _key(user_id: UserId) -> str:
    return f"autocrea-gateway/streams/{user_id}"
