"""One call of an attempt: its row, its request, what is heard, how it ended; and who is told of that."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import uuid4

from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import ExecuteStep
from autocrea.contracts.shapes import Call, Usage
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.domain.answers import Ended, Failure, pseudonym
from autocrea.llm_router.domain.attempt_answer import entry
from autocrea.llm_router.domain.course import Place
from autocrea.llm_router.domain.outputs import Piece, Reading
from autocrea.llm_router.domain.progress import ProgressMeter
from autocrea.llm_router.domain.providers import ModelKey
from autocrea.llm_router.domain.retries import RETRY_AFTER_SECONDS_MAX, Random
from autocrea.llm_router.domain.usage import partial_usage, plausible
from autocrea.llm_router.handlers import attempt_job
from autocrea.llm_router.handlers.clocks import Clocks, Listener
from autocrea.llm_router.handlers.guard_models import GuardModels
from autocrea.llm_router.ports import (
    CallFailed,
    CallLog,
    CallWatch,
    Finish,
    Heard,
    PlacedCall,
    ProgressSink,
    Providers,
    Request,
    Served,
    Turns,
)

ABORT_SECONDS = 5.0  # for writing down that a call was cut or not sent, while the process may be about to end

log = logging.getLogger(__name__)


class StepClosed(Exception):
    """The step was closed while an attempt of it ran."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What attempts run in. Time, chance and nonces come from here, so that tests can say what they are."""

    providers: Providers
    calls: CallLog
    guard: GuardModels
    turns: Turns
    watch: CallWatch
    progress: ProgressSink
    clocks: Clocks
    now: Callable[[], datetime]
    random: Random
    nonce: Callable[[], str]


Judge = Callable[[CallId, Usage, Finish | Failure], CallOutcome]
"""Counts the end of a call in, and says what it came to."""


class PlaceCall:
    """Places the calls of one attempt, one after the other. `made` lists them for the answer."""

    def __init__(self, order: ExecuteStep, around: Surroundings, deadline: datetime) -> None:
        self._order = order
        self._around = around
        self._deadline = deadline
        self._meter = ProgressMeter(order)
        self.made: list[Call] = []

    async def __call__(
        self, place: Place, served: Served, reading: Reading, judge: Judge, *, probe: bool
    ) -> None:
        """Raises StepClosed when it must not be sent, and Unavailable."""
        call = self._new(place, served.provider.name)
        key = ModelKey(call.provider, call.model)
        await self._place(call, probed=key if probe else None)
        self._offer_start(call, place)
        person = pseudonym(self._order.user_id)
        request = Request(call.call_id, served.name, place.turns, place.output_tokens_max, person)
        on_alive = partial(self._around.guard.answered, key) if probe else None
        with self._around.watch.watching(call, request) as tell_end:
            listener = Listener(self._around.clocks, reading, partial(self._offer, reading), on_alive)
            try:
                heard = await self._heard(listener, served.provider.ask(request))
            except asyncio.CancelledError:
                ended = listener.ended(CallOutcome.ABORTED, partial_usage(place.turns, reading.chars))
                tell_end(ended, None)
                async with _in_a_hurry(call):
                    await self._around.calls.end(call, ended)
                    if probe:
                        await self._around.guard.released(key)
                raise
            if isinstance(heard, Failure):
                usage, sentence, model = partial_usage(place.turns, reading.chars), heard.sentence, None
            else:
                usage, sentence, model = plausible(heard.usage, place.turns, reading.chars), "", heard.model
            ended = listener.ended(judge(call.call_id, usage, heard), usage, sentence)
            tell_end(ended, model)
        await self._note(call, ended)
        await self._tell_breaker(key, heard, probe=probe)

    def _new(self, place: Place, provider: str) -> PlacedCall:
        return PlacedCall(
            call_id=CallId(uuid4()),
            step=attempt_job.step_of(self._order),
            attempt=self._order.attempt,
            kind=place.kind,
            provider=provider,
            model=place.model.model,
            placed_at=self._around.now(),
        )

    async def _place(self, call: PlacedCall, *, probed: ModelKey | None) -> None:
        """Raises StepClosed, and Unavailable. A probe that is not sent, for whatever reason, frees its place."""
        placed = False
        try:
            placed = await self._around.calls.place(call)
        finally:
            if probed is not None and not placed:
                async with _in_a_hurry(call):
                    await self._around.guard.released(probed)
        if not placed:
            raise StepClosed

    async def _heard(self, listener: Listener, answer: AsyncGenerator[Heard, None]) -> Finish | Failure:
        left_seconds = (self._deadline - self._around.now()).total_seconds()
        try:
            return await listener.listen(answer, within_seconds=left_seconds)
        except CallFailed as error:
            return error.failure

    async def _note(self, call: PlacedCall, ended: Ended) -> None:
        self.made.append(entry(call.call_id, call.kind, call.provider, call.model, ended))
        log.info(
            "call ended",
            extra={
                "call_id": str(call.call_id),
                "model": call.model,
                "outcome": ended.outcome.value,
                "reason": ended.sentence,
            },
        )
        await self._around.calls.end(call, ended)

    async def _tell_breaker(self, key: ModelKey, heard: Finish | Failure, *, probe: bool) -> None:
        if isinstance(heard, Finish):
            await self._around.guard.answered(key)
            return
        asked = heard.retry_after_seconds
        if asked is not None and asked <= RETRY_AFTER_SECONDS_MAX:
            self._around.turns.pause(key.provider, asked)
        await self._around.guard.failed(key, heard, probe=probe)

    def _offer_start(self, call: PlacedCall, place: Place) -> None:
        now = asyncio.get_running_loop().time()
        message = self._meter.placed(call.call_id, call.model, place.replaced, now)
        if message is not None:
            self._around.progress.offer(message)

    def _offer(self, reading: Reading, pieces: list[Piece]) -> None:
        now = asyncio.get_running_loop().time()
        message = self._meter.wrote(pieces, reading.bytes, reading.chars, now)
        if message is not None:
            self._around.progress.offer(message)


@asynccontextmanager
async def _in_a_hurry(call: PlacedCall) -> AsyncIterator[None]:
    """As far as it can be done now; what is not written is marked by the next worker, or absorbed as it is."""
    try:
        async with asyncio.timeout(ABORT_SECONDS):
            yield
    except Exception as error:
        log.warning("cut call not noted", extra={"call_id": str(call.call_id), "reason": repr(error)})
