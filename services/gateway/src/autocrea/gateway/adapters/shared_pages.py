"""Readers at the same place of the same feed share one reading: a hundred who are woken together ask once.

A reading is joined only while no wake-up has come since it began: what a later wake-up tells of may not be in it.
Nothing is kept once it has been answered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

from autocrea.contracts.ids import GenerationId, UserId
from autocrea.gateway.adapters.viewers import Viewers
from autocrea.gateway.domain.views import FeedPage
from autocrea.gateway.ports import Feeds


class SharedPages:
    """`Feeds` over another one."""

    def __init__(self, feeds: Feeds, viewers: Viewers) -> None:
        self._feeds = feeds
        self._viewers = viewers
        self._flights: dict[Hashable, asyncio.Future[FeedPage]] = {}

    async def read_generation(self, generation_id: GenerationId, after: int, limit: int) -> FeedPage:
        return await self._read(
            (generation_id, after, limit), lambda: self._feeds.read_generation(generation_id, after, limit)
        )

    async def read_user(self, user_id: UserId, after: int | None, limit: int) -> FeedPage:
        return await self._read((user_id, after, limit), lambda: self._feeds.read_user(user_id, after, limit))

    async def _read(self, place: Hashable, read: Callable[[], Awaitable[FeedPage]]) -> FeedPage:
        key = (place, self._viewers.wakes)
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.ensure_future(read())
            flight.add_done_callback(lambda done: self._land(key, done))
        # Shielded: one reader who goes away must not take the page from the others.
        return await asyncio.shield(flight)

    def _land(self, key: Hashable, flight: asyncio.Future[FeedPage]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # seen, should everybody who waited for it have gone
