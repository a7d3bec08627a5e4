"""Progress on its way to the broker: a short queue that forgets rather than waits."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from autocrea.contracts.envelope import Sealed, seal
from autocrea.contracts.llm_router.v1 import StepProgressed

SOURCE = "llm-router"
WAITING_MAX = 512  # two seconds of what two dozen busy steps write; older text is of no use to a viewer

Publish = Callable[[Sealed], Awaitable[bool]]


class ProgressPublisher:
    """The port's sink. `run` sends until cancelled."""

    def __init__(self, publish: Publish, now: Callable[[], datetime]) -> None:
        self._publish = publish
        self._now = now
        self._waiting: asyncio.Queue[StepProgressed] = asyncio.Queue(WAITING_MAX)

    def offer(self, message: StepProgressed) -> None:
        """Take it if there is room; a full queue means that the broker is slow, and the message is dropped."""
        if not self._waiting.full():
            self._waiting.put_nowait(message)

    async def run(self) -> None:
        """One at a time: the order of a step's messages is kept."""
        while True:
            message = await self._waiting.get()
            await self._publish(seal(message, source=SOURCE, time=self._now()))
