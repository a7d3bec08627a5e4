"""What a database says of a service from time to time: due jobs, open dead letters, and what the service adds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from autocrea.chassis.database import Database, Trouble, classify
from autocrea.chassis.handlers import Connection
from autocrea.chassis.metrics import DEAD_LETTERS_OPEN, JOBS_DUE

MEASURE_EVERY_SECONDS = 5.0  # a third of what one scrapes
Measure = Callable[[Connection], Awaitable[None]]
"""Reads something cheap by an index and sets its metrics. Every replica does, and tells the same."""

_DUE = "SELECT kind, count(*)::int AS due FROM jobs WHERE due_at <= now() GROUP BY kind"
_OPEN = "SELECT count(*)::int FROM dead_letters WHERE resolved_at IS NULL"

log = logging.getLogger(__name__)


class Measures:
    """The measures of one process, taken one after the other."""

    def __init__(self, database: Database, kinds: Callable[[], list[str]]) -> None:
        self._database = database
        self._kinds = kinds
        self._measures: list[Measure] = [self._jobs, _dead_letters]

    def add(self, measure: Measure) -> None:
        """Before the service runs."""
        self._measures.append(measure)

    async def run(self) -> None:
        """Measure until cancelled. While the database is away the last values stand."""
        while True:
            try:
                await self.take()
            except Exception as error:
                bug = classify(error) is Trouble.BUG  # told as one, but no reason to stop what works
                log.log(
                    logging.ERROR if bug else logging.WARNING,
                    "not measured",
                    exc_info=error if bug else None,
                    extra={"reason": str(error)},
                )
            await asyncio.sleep(MEASURE_EVERY_SECONDS)

    async def take(self) -> None:
        """Once."""
        async with self._database.connection() as connection:
            for measure in self._measures:
                await measure(connection)

    async def _jobs(self, connection: Connection) -> None:
        due = {row["kind"]: row["due"] for row in await connection.fetch(_DUE)}
        for kind in self._kinds():
            JOBS_DUE.labels(kind).set(due.get(kind, 0))


async def _dead_letters(connection: Connection) -> None:
    DEAD_LETTERS_OPEN.set(await connection.fetchval(_OPEN))
