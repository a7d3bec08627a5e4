"""The breakers of models, shared by all replicas: asked before a call is placed, told how it ended.

A look costs nothing: it is at what was last read. Whatever changes a breaker is decided on its locked row, and tells
the other replicas and people in the same transaction.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from autocrea.chassis.errors import Unavailable
from autocrea.chassis.handlers import Effects, NewJob, Signal
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.domain.answers import Failure
from autocrea.llm_router.domain.breaker import FAILURES, Gate
from autocrea.llm_router.domain.providers import ModelKey, ModelStatus
from autocrea.llm_router.domain.rows import RowKey, Rows, model_row
from autocrea.llm_router.handlers.rest_models import rest_job
from autocrea.llm_router.ports import Breakers

BREAKERS_CHANNEL = "autocrea_breakers"

T = TypeVar("T")

log = logging.getLogger(__name__)


class Transact(Protocol):
    """One decision in a transaction, as the chassis runs it; raises Unavailable."""

    def __call__(
        self, keys: Iterable[RowKey], decide: Callable[[Rows, datetime], tuple[T, Effects]]
    ) -> Awaitable[T]: ...


class GuardModels:
    """`probe_seconds` is how long a probe may take until it is given up for lost."""

    def __init__(
        self,
        transact: Transact,
        breakers: Breakers,
        *,
        simulated: frozenset[str],
        probe_seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        self._transact = transact
        self._breakers = breakers
        self._simulated = simulated
        self._probe_seconds = probe_seconds
        self._now = now

    def look(self, key: ModelKey) -> Gate:
        """How the breaker stands, as far as is known here."""
        return self._breakers.of(key).gate(self._now())

    def reason(self, key: ModelKey) -> CallOutcome:
        """Why it is open, as far as is known here."""
        return self._breakers.of(key).reason or CallOutcome.RETRY_SAME

    async def admit(self, key: ModelKey) -> Gate:
        """Whether a call may be placed now: closed, it may; half open, it may and is the probe. Raises Unavailable."""
        gate = self.look(key)
        if gate is not Gate.HALF_OPEN:
            return gate
        return await self._change(key, lambda model, now: (model.admit(now, self._probe_seconds), None))

    async def answered(self, key: ModelKey) -> None:
        """A call got an answer."""
        if self.look(key) is not Gate.CLOSED:
            await self._note(key, lambda model, now: model.answer(now, simulated=self._is_simulated(key)))

    async def failed(self, key: ModelKey, failure: Failure, *, probe: bool) -> None:
        """A call failed. What was wrong with one request says that the model is there."""
        if failure.outcome not in FAILURES:
            await self.answered(key)
        elif probe or self.look(key) is Gate.CLOSED:
            await self._note(
                key,
                lambda model, now: model.fail(failure, now, probe=probe, simulated=self._is_simulated(key)),
            )

    async def released(self, key: ModelKey) -> None:
        """A probe ended without showing anything."""
        await self._note(key, lambda model, _: model.release())

    async def _note(
        self, key: ModelKey, decide: Callable[[ModelStatus, datetime], ProviderStatusChanged | None]
    ) -> None:
        """What cannot be noted now is lost: the next call says it again, and this one's answer is worth more."""
        try:
            await self._change(key, lambda model, now: (None, decide(model, now)))
        except Unavailable as error:
            log.warning("breaker not noted", extra={"model": key.model, "reason": error.what})

    async def _change(
        self, key: ModelKey, decide: Callable[[ModelStatus, datetime], tuple[T, ProviderStatusChanged | None]]
    ) -> T:
        def decided(rows: Rows, now: datetime) -> tuple[tuple[T, ModelStatus], Effects]:
            model = rows.models[key]
            before = model.breaker
            result, message = decide(model, now)
            return (result, model), Effects(
                messages=() if message is None else (message,),
                jobs=_jobs(model),
                signals=(Signal(BREAKERS_CHANNEL),) if model.breaker != before else (),
            )

        result, model = await self._transact((model_row(key),), decided)
        self._breakers.learn(key, model.breaker)
        return result

    def _is_simulated(self, key: ModelKey) -> bool:
        return key.provider in self._simulated


def _jobs(model: ModelStatus) -> tuple[NewJob, ...]:
    idle_at = model.breaker.idle_at()
    return () if idle_at is None else (rest_job(model.key, idle_at),)
