"""What the breakers were when they were last read, so that looking at one costs nothing."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import LiteralString

from autocrea.chassis.database import Database, Trouble, classify
from autocrea.llm_router.adapters.metrics import BREAKERS
from autocrea.llm_router.adapters.repository import breaker_of
from autocrea.llm_router.domain.breaker import Breaker, Gate
from autocrea.llm_router.domain.providers import ModelKey, Sighting

STALE_SECONDS_MAX = (
    5.0  # a change that was not signalled is seen this late: some calls to a model that is down
)

_ALL: LiteralString = """
SELECT provider, model, open_reason, open_until, probe_until, failed_probes, closed_at FROM providers"""
_CLOSED = Breaker()
GATES = (Gate.CLOSED, Gate.HALF_OPEN, Gate.OPEN)  # their numbers in the metric

log = logging.getLogger(__name__)


class BreakerCache:
    """The port's breakers. Read again on every signal, and from time to time; one that is not there is closed.

    Told as metrics are those of the models that are `set_up`: of the others, whose breaker nothing opens, a row may
    be there too, and "no model answers" would never be true.
    """

    def __init__(
        self, database: Database, now: Callable[[], datetime], set_up: Callable[[], Iterable[Sighting]]
    ) -> None:
        self._database = database
        self._now = now
        self._set_up = set_up
        self._breakers: dict[ModelKey, Breaker] = {}
        self._changed = asyncio.Event()

    def of(self, key: ModelKey) -> Breaker:
        return self._breakers.get(key, _CLOSED)

    def learn(self, key: ModelKey, breaker: Breaker) -> None:
        """Take in what was just decided here."""
        self._breakers[key] = breaker

    def wake(self, _payload: str = "") -> None:
        """Another replica changed one."""
        self._changed.set()

    async def read(self) -> None:
        """Read them now."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_ALL)
        self._breakers = {ModelKey(row["provider"], row["model"]): breaker_of(row) for row in rows}
        now = self._now()
        asked = {model.key for model in self._set_up() if model.reason is None}
        BREAKERS.clear()
        for key in asked:
            BREAKERS.labels(*key).set(GATES.index(self.of(key).gate(now)))

    async def run(self) -> None:
        """Keep them fresh until cancelled."""
        while True:
            self._changed.clear()
            try:
                await self.read()
            except Exception as error:
                if classify(error) is Trouble.BUG:
                    raise
                log.warning("breakers not read", extra={"reason": str(error)})
            try:
                async with asyncio.timeout(STALE_SECONDS_MAX):
                    await self._changed.wait()
            except TimeoutError:
                continue
