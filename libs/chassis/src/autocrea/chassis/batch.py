"""The heart: inbox → lock → decide → save → outbox → commit, for many items in one transaction.

An item is a message received or a job that came due, finished or failed. What an item causes happens exactly once: the
inbox drops copies of a message, a lease token drops the result of a zombie. Locks are always taken in one order: sorted
inbox ids, sorted aggregates, jobs.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

from autocrea.chassis import (
    dead_letters,
    inbox,
    jobs,
    message_spans,
    operator_actions,
    outbox,
    signals,
    tracing,
)
from autocrea.chassis.checkpoint import checkpoint
from autocrea.chassis.database import LOCKED_OUT, Database, Trouble, classify
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.handlers import (
    Concluding,
    Connection,
    Effects,
    JobKey,
    Measured,
    NewJob,
    Received,
    Repository,
)
from autocrea.chassis.items import Item, Silent, as_given_up, first_copies
from autocrea.chassis.message_spans import Outgoing
from autocrea.chassis.metrics import BATCH_SECONDS, BATCH_SIZE, CONFLICTS, HANDLED, MESSAGE_AGE_SECONDS
from autocrea.chassis.told import Told
from autocrea.contracts.envelope import seal
from opentelemetry.trace import SpanKind

R = TypeVar("R")
K = TypeVar("K")
T = TypeVar("T")

CONFLICT_TRIES = 5  # races for the same rows end by themselves; what is left is a bug, or a lock that stays
CONFLICT_PAUSE_SECONDS = 0.05
REQUEST = "request"  # what checkpoints are told where no message and no job is the reason

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Outcome:
    messages: list[Outgoing]
    added: list[tuple[NewJob, UUID | None, str | None]]
    effects: Effects


class Batch(Generic[R, K]):
    """Runs items of one service against its repository."""

    def __init__(
        self,
        service: str,
        database: Database,
        repository: Repository[R, K],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        told: Told | None = None,
    ) -> None:
        self._service = service
        self._database = database
        self._repository = repository
        self._clock = clock
        self._told = told or Told()

    async def run(self, items: Sequence[Item]) -> list[Outgoing]:
        """Handle items and return the messages to send now.

        Raises `Unavailable` while the database is away: nothing was decided, run the same items again. A bug in one
        item never takes its neighbours along: they are run one by one and the culprit is given up.
        """
        try:
            return await self._commit(items)
        except Unavailable:
            raise
        except Exception as error:
            if len(items) == 1:
                return await self._give_up(items[0], error)
            log.warning("running a batch one by one", extra={"items": len(items), "reason": repr(error)})
        messages: list[Outgoing] = []
        for item in items:
            messages += await self.run([item])
        return messages

    async def transact(
        self, keys: Iterable[K], decide: Callable[[R, datetime], tuple[T, Effects]]
    ) -> tuple[T, list[Outgoing]]:
        """Run one decision of an HTTP request in a transaction of the same kind.

        Raises what `decide` raises (`Refused` above all, with nothing done) and `Unavailable`.
        """
        ordered = sorted(set(keys))  # type: ignore[type-var]

        async def run() -> tuple[T, list[Outgoing], Sequence[Measured]]:
            now = self._clock()
            outcome = _Outcome([], [], Effects())
            async with self._database.transaction() as connection:
                rows = await self._repository.load(connection, ordered)
                result, effects = decide(rows, now)
                self._collect(outcome, effects, None, now)
                self._conclude(outcome, rows, [], now)
                await self._repository.save(connection, rows)
                messages = await self._emit(connection, outcome)
                checkpoint("before_commit", REQUEST)
            checkpoint("after_commit", REQUEST)
            return result, messages, outcome.effects.measured

        result, messages, measured = await _retry_conflicts(run)
        self._told(messages, measured)
        return result, messages

    async def _commit(self, items: Sequence[Item]) -> list[Outgoing]:
        started = time.monotonic()
        messages, measured = await _retry_conflicts(lambda: self._once(items))
        BATCH_SECONDS.observe(time.monotonic() - started)
        BATCH_SIZE.observe(len(items))
        for item in items:
            HANDLED.labels(item.type, "given_up" if item.given_up else "handled").inc()
            if isinstance(item.subject, Received):
                age = self._clock() - item.subject.envelope.time
                MESSAGE_AGE_SECONDS.observe(max(0.0, age.total_seconds()))  # clocks differ
        self._told(messages, measured)
        return messages

    async def _once(self, items: Sequence[Item]) -> tuple[list[Outgoing], Sequence[Measured]]:
        now = self._clock()
        outcome = _Outcome([], [], Effects())
        types = [item.type for item in items]
        async with self._database.transaction([item.traceparent for item in items]) as connection:
            fresh = await inbox.insert(
                connection,
                [(i.inbox_id, i.type) for i in items if i.inbox_id is not None and i.replay is None],
            )
            for replay in [item.replay for item in items if item.replay is not None]:
                await dead_letters.mark_replayed(connection, replay)
            unseen = first_copies(items, fresh)
            keys = sorted({key for item in unseen for key in item.handler.rows(item.subject)})
            rows = await self._repository.load(connection, keys)
            held = await jobs.finish(connection, [item.job for item in unseen if item.job is not None])
            live = [item for item in unseen if item.job is None or item.job.lease_token in held]
            for item in live:
                self._decide(outcome, rows, item, now)
            self._conclude(outcome, rows, live, now)
            await self._repository.save(connection, rows)
            await dead_letters.record(connection, [i.given_up for i in live if i.given_up is not None])
            messages = await self._emit(connection, outcome)
            checkpoint("before_commit", *types)
        checkpoint("after_commit", *types)
        return messages, outcome.effects.measured

    def _decide(self, outcome: _Outcome, rows: R, item: Item, now: datetime) -> None:
        with self._deciding(item):
            decide = item.handler.on_bug if item.given_up is not None else item.handler.decide
            self._collect(outcome, decide(rows, item.subject, now), item.cause, now)

    def _deciding(self, item: Item) -> AbstractContextManager[object]:
        if isinstance(item.subject, Received):
            received = item.subject
            return message_spans.processing(
                received.data, f"{self._service}.inbox", received.envelope.id, item.traceparent
            )
        return tracing.span(f"{self._service}.{item.type}", item.traceparent, kind=SpanKind.INTERNAL)

    def _conclude(self, outcome: _Outcome, rows: R, live: Sequence[Item], now: datetime) -> None:
        """Let the rows sum up the batch. The cause is named where the whole batch has only one, the trace where all
        are in it."""
        if not isinstance(rows, Concluding):
            return
        causes = [item for item in live if item.cause is not None]
        only = causes[0] if len(causes) == 1 else None
        carried = [item.traceparent for item in causes] or [tracing.current_traceparent()]
        links = tracing.links_to(carried) if len(carried) > 1 else []
        name, parent = f"{self._service}.conclude", tracing.shared(carried)
        with tracing.span(name, parent, kind=SpanKind.INTERNAL, links=links):
            effects = Effects(messages=tuple(rows.conclude(now)))
            self._collect(outcome, effects, only.cause if only else None, now)

    def _collect(self, outcome: _Outcome, effects: Effects, cause: UUID | None, now: datetime) -> None:
        traceparent = tracing.current_traceparent()
        for message in effects.messages:
            sending = message_spans.begin_sending(message)
            context = tracing.traceparent_of(sending)
            sealed = seal(message, source=self._service, time=now, causation_id=cause, traceparent=context)
            outcome.messages.append(message_spans.outgoing(sealed, sending))
        removed = set(effects.removed_jobs)  # also what an item before this one added: it is not stored yet
        outcome.added = [each for each in outcome.added if JobKey(each[0].kind, each[0].key) not in removed]
        outcome.added += [(job, cause, traceparent) for job in effects.jobs]
        outcome.effects += replace(effects, messages=(), jobs=())

    async def _emit(self, connection: Connection, outcome: _Outcome) -> list[Outgoing]:
        await jobs.remove(connection, outcome.effects.removed_jobs)
        await jobs.add(connection, outcome.added)
        messages = await outbox.write(connection, outcome.messages)
        await operator_actions.record(connection, outcome.effects.actions)
        await signals.emit(connection, outcome.effects.signals)
        return messages

    async def _give_up(self, item: Item, error: Exception) -> list[Outgoing]:
        """Answer for an item that hit a bug and record it; without the answer when answering hits a bug as well."""
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, dead_letters.Closed):
            raise error
        if item.replay is not None:
            raise Refused("replay_failed", f"handling it again hit a bug: {reason}") from error
        log.error(
            "given up because of a bug", exc_info=error, extra={"type": item.type, "id": str(item.inbox_id)}
        )
        if item.given_up is None:
            return await self.run([as_given_up(item, reason, error)])
        letter = replace(item.given_up, reason=f"{item.given_up.reason}; answering it failed too: {reason}")
        return await self._commit([replace(item, given_up=letter, handler=Silent())])


async def _retry_conflicts(run: Callable[[], Awaitable[T]]) -> T:
    for attempt in range(1, CONFLICT_TRIES + 1):
        try:
            return await run()
        except Exception as error:
            if classify(error) is not Trouble.CONFLICT:
                raise
            if attempt == CONFLICT_TRIES:
                if isinstance(error, LOCKED_OUT):
                    raise Unavailable("the rows stay locked by somebody else") from error
                raise
            CONFLICTS.labels(type(error).__name__).inc()
            log.info("running a transaction again", extra={"attempt": attempt, "reason": repr(error)})
            await asyncio.sleep(random.uniform(0.5, 1.5) * CONFLICT_PAUSE_SECONDS * attempt)
    raise AssertionError("unreachable")
