"""An attempt with everything real around it but the model: a database, the wire, and a server that plays scripts."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Effects, Job
from autocrea.contracts.llm_router.v1 import ExecuteStep, StepProgressed
from autocrea.llm_router.adapters.call_log import DatabaseCallLog
from autocrea.llm_router.adapters.openai_wire import OpenAiDialect
from autocrea.llm_router.adapters.provider_book import Entry, ProviderBook
from autocrea.llm_router.adapters.repository import RouterRepository
from autocrea.llm_router.adapters.wire import Account, WireProvider
from autocrea.llm_router.handlers import attempt_job
from autocrea.llm_router.handlers.clocks import Clocks
from autocrea.llm_router.handlers.execute_step import ExecuteStepHandler
from autocrea.llm_router.handlers.finish_attempt import AttemptEnd, FinishAttempt
from autocrea.llm_router.handlers.run_attempt import RunAttempt, Surroundings
from pydantic import SecretStr
from router_orders import NONCE, finished, received, taken
from wire_server import WireServer

PROVIDERS = (("joxcoder", ("joxcoder-1",)), ("openai", ("gpt-4.1", "gpt-4.1-mini")))
QUICK = Clocks(first_token_seconds=0.3, silence_seconds=0.3, total_seconds=5.0)


class Stage:
    """Runs handlers in transactions and attempts outside of them, as the chassis does."""

    def __init__(self, database: Database, server: WireServer) -> None:
        self.database = database
        self.server = server
        self.log = DatabaseCallLog(database)
        self.progress: list[StepProgressed] = []
        self._repository = RouterRepository()
        self._providers = [
            WireProvider(
                Account(name, server.url, lambda: SecretStr("key")),
                OpenAiDialect(),
                lambda: datetime.now(UTC),
            )
            for name, _ in PROVIDERS
        ]

    async def close(self) -> None:
        for provider in self._providers:
            await provider.close()

    async def decide(self, handler: Any, item: Any) -> Effects:
        """One item in one transaction."""
        return await self.decide_all([(handler, item)])

    async def decide_all(self, items: Iterable[tuple[Any, Any]]) -> Effects:
        items = list(items)
        keys = sorted({key for handler, item in items for key in handler.rows(item)})
        effects = Effects()
        async with self.database.transaction() as connection:
            rows = await self._repository.load(connection, keys)
            for handler, item in items:
                effects += handler.decide(rows, item, datetime.now(UTC))
            await self._repository.save(connection, rows)
        return effects

    async def take_in(self, order: ExecuteStep) -> Job:
        """The job of a command that has just been taken in."""
        (job,) = (await self.decide(ExecuteStepHandler(), received(order))).jobs
        return taken(job, first_leased_at=datetime.now(UTC))

    def runner(self, clocks: Clocks = QUICK) -> RunAttempt:
        entries = [
            Entry(name, provider, {model: model for model in models})
            for (name, models), provider in zip(PROVIDERS, self._providers, strict=True)
        ]
        return RunAttempt(
            Surroundings(
                providers=ProviderBook(entries),
                calls=self.log,
                progress=self,
                clocks=clocks,
                now=lambda: datetime.now(UTC),
                random=lambda: 0.0,
                nonce=lambda: NONCE,
            )
        )

    def offer(self, message: StepProgressed) -> None:
        self.progress.append(message)

    async def run(self, order: ExecuteStep, clocks: Clocks = QUICK) -> AttemptEnd:
        """The whole attempt, bounded in time."""
        job = await self.take_in(order)
        async with asyncio.timeout(30):
            end = await self.runner(clocks)(job)
        assert end is not None
        return end

    async def finish(self, order: ExecuteStep, end: AttemptEnd | None) -> Effects:
        """Hand a result in."""
        return await self.decide(
            FinishAttempt(frozenset(("joxcoder",))), finished(attempt_job.new_job(order), end)
        )

    async def calls(self, columns: str = "outcome") -> Sequence[Any]:
        """The rows of calls, in order; a single column as plain values."""
        rows = await self.fetch(f"SELECT {columns} FROM llm_calls ORDER BY placed_at")
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.database.connection() as connection:
            return list(await connection.fetch(query, *arguments))
