"""How many requests a person and an address may make a minute: counted in this process, or in Redis by all replicas."""

import ipaddress
import logging
import math
import time

from autocrea.contracts.ids import UserId
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import ConfigurationError
from pydantic import SecretStr

NETWORK_PREFIX_V6 = 64  # what one household or machine is given: its addresses are one caller
REDIS_TIMEOUT_SECONDS = 0.5  # everybody waits for it
REDIS_REST_SECONDS = 10.0  # while Redis is away it is asked no more often, and each process counts for itself

log = logging.getLogger(__name__)


class RequestLimits:
    """Admits or names the seconds to wait. Trouble with Redis never refuses anybody: counting falls back to memory."""

    def __init__(self, *, per_user: int, per_address: int, redis_url: SecretStr | None) -> None:
        self._per_user = RateLimitItemPerMinute(per_user, namespace="autocrea-gateway")
        self._per_address = RateLimitItemPerMinute(per_address, namespace="autocrea-gateway")
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._redis_url = redis_url
        self._shared: SlidingWindowCounterRateLimiter | None = None
        self._shared_at = ""
        self._shared_again_at = 0.0

    async def admit_user(self, user_id: UserId) -> int | None:
        return await self._admit(self._per_user, "user", user_id)

    async def admit_address(self, address: str) -> int | None:
        return await self._admit(self._per_address, "address", caller_of(address))

    async def _admit(self, limit: RateLimitItem, *names: str) -> int | None:
        shared = self._shared_now()
        if shared is not None and time.monotonic() >= self._shared_again_at:
            try:
                return await _count(shared, limit, names)
            except Exception as error:
                # The client's errors have no common base, and none of them is a reason to turn a person away.
                log.warning("Redis does not count; this process does", extra={"reason": type(error).__name__})
                self._shared_again_at = time.monotonic() + REDIS_REST_SECONDS
        return await _count(self._here, limit, names)

    def _shared_now(self) -> SlidingWindowCounterRateLimiter | None:
        """Through a client of the present URL: another password is another client, and is tried at once."""
        if self._redis_url is not None and (url := self._redis_url.get_secret_value()) != self._shared_at:
            self._shared_at, self._shared_again_at = url, 0.0
            try:
                self._shared = SlidingWindowCounterRateLimiter(_redis(url))
            except (ConfigurationError, ValueError):  # its words may quote the URL
                log.warning("REDIS_URL names no Redis; the last one counts on")
        return self._shared


async def _count(
    limiter: SlidingWindowCounterRateLimiter, limit: RateLimitItem, names: tuple[str, ...]
) -> int | None:
    if await limiter.hit(limit, *names):
        return None
    window = await limiter.get_window_stats(limit, *names)
    return min(max(1, math.ceil(window.reset_time - time.time())), limit.get_expiry())


def caller_of(address: str) -> str:
    """What counts as one caller: an IPv4 address, a network of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, NETWORK_PREFIX_V6), strict=False))
    return str(parsed)


def _redis(url: str) -> Storage:
    return RedisStorage(
        f"async+{url}",
        implementation="redispy",
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
    )
