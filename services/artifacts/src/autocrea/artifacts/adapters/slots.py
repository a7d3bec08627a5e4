"""A bounded number of turns at something that lasts as long as somebody else likes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from autocrea.chassis.errors import Unavailable


class Slots:
    """So many may do something at once; whoever gets no turn within the time is told to come back."""

    def __init__(self, count: int, wait_seconds: float) -> None:
        self._free = asyncio.Semaphore(count)
        self._wait_seconds = wait_seconds

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Raises `Unavailable`."""
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable("every slot is taken") from None
        try:
            yield
        finally:
            self._free.release()
