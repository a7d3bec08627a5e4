"""An attempt with everything real around it but the model: a database, the wire, and a server that plays scripts."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import asyncpg
from autocrea.chassis.batch import Batch
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Effects, Job
from autocrea.contracts.llm_router.v1 import ExecuteStep, ProviderStatusChanged, StepProgressed
from autocrea.llm_router.adapters.breaker_cache import BreakerCache
from autocrea.llm_router.adapters.call_log import DatabaseCallLog
from autocrea.llm_router.adapters.call_telemetry import CallTelemetry
from autocrea.llm_router.adapters.fair_turns import FairTurns
from autocrea.llm_router.adapters.openai_wire import OpenAiDialect
from autocrea.llm_router.adapters.provider_book import Entry, ProviderBook
from autocrea.llm_router.adapters.repository import RouterRepository
from autocrea.llm_router.adapters.wire import Account, WireProvider
from autocrea.llm_router.domain.rows import RowKey, Rows
from autocrea.llm_router.handlers import attempt_job
from autocrea.llm_router.handlers.clocks import Clocks
from autocrea.llm_router.handlers.execute_step import ExecuteStepHandler
from autocrea.llm_router.handlers.finish_attempt import AttemptEnd, FinishAttempt
from autocrea.llm_router.handlers.guard_models import GuardModels
from autocrea.llm_router.handlers.place_call import Surroundings
from autocrea.llm_router.handlers.run_attempt import RunAttempt
from pydantic import SecretStr
from router_orders import NONCE, finished, received, taken
from wire_server import WireServer

PROVIDERS = (("joxcoder", ("joxcoder-1",)), ("openai", ("gpt-4.1", "gpt-4.1-mini")))
PROBE_SECONDS = 30.0
T = TypeVar("T")
PATIENT = Clocks(first_token_seconds=10.0, silence_seconds=10.0, total_seconds=30.0)
"""For models that answer, on a busy machine as well."""

QUICK = Clocks(first_token_seconds=0.3, silence_seconds=0.3, total_seconds=5.0)
"""For models that do not, and for healthy ones after them."""


class Stage:
    """Runs handlers in transactions and attempts outside of them, as the chassis does."""

    def __init__(self, database: Database, server: WireServer) -> None:
        self.database = database
        self.server = server
        self.log = DatabaseCallLog(database)
        self.progress: list[StepProgressed] = []
        self._repository = RouterRepository()
        self._batch = Batch("llm-router", database, self._repository, self.now)
        self.sent: list[ProviderStatusChanged] = []
        self.later = timedelta()
        self.turns = FairTurns(100)
        self.breakers = BreakerCache(database, self.now, list)
        self.guard = self.new_guard(self.breakers)
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

    def now(self) -> datetime:
        """The stage's clock, which tests put on."""
        return datetime.now(UTC) + self.later

    def new_guard(self, breakers: BreakerCache) -> GuardModels:
        """As another replica has it."""
        return GuardModels(
            self.transact,
            breakers,
            simulated=frozenset(("joxcoder",)),
            probe_seconds=PROBE_SECONDS,
            now=self.now,
        )

    async def transact(
        self, keys: Iterable[RowKey], decide: Callable[[Rows, datetime], tuple[T, Effects]]
    ) -> T:
        """As the chassis does it; what is published of models is remembered."""

        def remembered(rows: Rows, now: datetime) -> tuple[T, Effects]:
            result, effects = decide(rows, now)
            self.sent += [one for one in effects.messages if isinstance(one, ProviderStatusChanged)]
            return result, effects

        return (await self._batch.transact(keys, remembered))[0]

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
                effects += handler.decide(rows, item, self.now())
            await self._repository.save(connection, rows)
        return effects

    async def take_in(self, order: ExecuteStep) -> Job:
        """The job of a command that has just been taken in."""
        (job,) = (await self.decide(ExecuteStepHandler(), received(order))).jobs
        return taken(job, first_leased_at=datetime.now(UTC))

    def runner(self, clocks: Clocks = PATIENT) -> RunAttempt:
        entries = [
            Entry(name, provider, {model: model for model in models})
            for (name, models), provider in zip(PROVIDERS, self._providers, strict=True)
        ]
        return RunAttempt(
            Surroundings(
                providers=ProviderBook(entries),
                calls=self.log,
                guard=self.guard,
                turns=self.turns,
                watch=CallTelemetry({}),
                progress=self,
                clocks=clocks,
                now=self.now,
                random=lambda: 0.0,
                nonce=lambda: NONCE,
            )
        )

    def offer(self, message: StepProgressed) -> None:
        self.progress.append(message)

    async def run(self, order: ExecuteStep, clocks: Clocks = PATIENT) -> AttemptEnd:
        """The whole attempt, bounded in time."""
        job = await self.take_in(order)
        async with asyncio.timeout(30):
            end = await self.runner(clocks)(job)
        assert end is not None
        return end

    async def finish(self, order: ExecuteStep, end: AttemptEnd | None) -> Effects:
        """Hand a result in."""
        return await self.decide(FinishAttempt(), finished(attempt_job.new_job(order), end))

    async def calls(self, columns: str = "outcome") -> Sequence[Any]:
        """The rows of calls, in order; a single column as plain values."""
        rows = await self.fetch(f"SELECT {columns} FROM llm_calls ORDER BY placed_at")
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.database.connection() as connection:
            return list(await connection.fetch(query, *arguments))
