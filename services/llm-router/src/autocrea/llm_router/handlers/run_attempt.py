"""The work of an attempt: places the calls that its course asks for, listens, and keeps a row of each."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from autocrea.chassis.handlers import Job
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import ExecuteStep
from autocrea.contracts.shapes import Call, Usage
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.domain.answers import Ended
from autocrea.llm_router.domain.attempt_answer import ANSWERED, answer, entry
from autocrea.llm_router.domain.course import Course, Delivered, Place
from autocrea.llm_router.domain.document_output import DocumentGathering
from autocrea.llm_router.domain.files_output import FilesGathering
from autocrea.llm_router.domain.outputs import Gathering, Piece, Reading
from autocrea.llm_router.domain.progress import ProgressMeter
from autocrea.llm_router.domain.providers import sightings
from autocrea.llm_router.domain.retries import Random
from autocrea.llm_router.domain.usage import partial_usage, plausible
from autocrea.llm_router.handlers import attempt_job
from autocrea.llm_router.handlers.clocks import Clocks, Listener
from autocrea.llm_router.handlers.finish_attempt import AttemptEnd
from autocrea.llm_router.ports import (
    CallFailed,
    CallLog,
    Finish,
    PlacedCall,
    ProgressSink,
    Providers,
    Request,
)

ABORT_SECONDS = 5.0  # for writing down that a call was cut, while the process may be about to end

log = logging.getLogger(__name__)


class StepClosed(Exception):
    """The step was closed while an attempt of it ran."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What attempts run in. Time, chance and nonces come from here, so that tests can say what they are."""

    providers: Providers
    calls: CallLog
    progress: ProgressSink
    clocks: Clocks
    now: Callable[[], datetime]
    random: Random
    nonce: Callable[[], str]


class RunAttempt:
    """Runs outside any transaction and may run twice: every call is a row of its own, the answer is given once."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    async def __call__(self, job: Job) -> AttemptEnd | None:
        """Returns what the attempt came to; None when its step is closed."""
        order = ExecuteStep.model_validate(job.payload)
        known = await self._around.calls.begin_attempt(attempt_job.step_of(order), order.attempt)
        if known is None:
            return None
        deadline = job.first_leased_at + timedelta(seconds=order.deadline_seconds)
        attempt = _Attempt(order, self._around, deadline)
        try:
            end = await attempt.run()
        except StepClosed:
            return None
        news = (one for one in end.sightings if known.get(one.key) is not one.available)
        return AttemptEnd(end.answer, end.made_by, tuple(news))


class _Attempt:
    """One attempt on its way."""

    def __init__(self, order: ExecuteStep, around: Surroundings, deadline: datetime) -> None:
        self._order = order
        self._around = around
        self._deadline = deadline
        self._meter = ProgressMeter(order)
        self._calls: list[Call] = []
        found = {model.model: around.providers.find(model.model) for model in order.models}
        self._served = {model: served for model, served in found.items() if served is not None}
        nonce = around.nonce()
        self._course = Course(
            order,
            served=self._served.keys(),
            gathering=lambda: _gathering(order, nonce),
            deadline=deadline,
            random=around.random,
        )

    async def run(self) -> AttemptEnd:
        """Raises StepClosed, and Unavailable when the database is away for long."""
        while isinstance(move := self._course.next(self._around.now()), Place):
            await asyncio.sleep(move.wait_seconds)
            await self._place(move)
        answered = [call.model for call in self._calls if call.outcome in ANSWERED]
        provider_of = {model: served.provider.name for model, served in self._served.items()}
        seen = sightings(provider_of, answered, self._course.left_behind)
        made_by = move.made_by if isinstance(move, Delivered) else frozenset[CallId]()
        return AttemptEnd(answer(self._order, move, self._calls), made_by, seen)

    async def _place(self, place: Place) -> None:
        provider, name = self._served[place.model.model].provider, self._served[place.model.model].name
        call = PlacedCall(
            call_id=CallId(uuid4()),
            step=attempt_job.step_of(self._order),
            attempt=self._order.attempt,
            kind=place.kind,
            provider=provider.name,
            model=place.model.model,
            placed_at=self._around.now(),
        )
        if not await self._around.calls.place(call):
            raise StepClosed
        self._offer_start(call, place)
        reading = self._course.gathered.begin()
        listener = Listener(self._around.clocks, reading, lambda pieces: self._offer(pieces, reading))
        request = Request(call.call_id, name, place.turns, place.output_tokens_max)
        left_seconds = (self._deadline - self._around.now()).total_seconds()
        try:
            heard: Finish | CallFailed = await listener.listen(
                provider.ask(request), within_seconds=left_seconds
            )
        except CallFailed as error:
            heard = error
        except asyncio.CancelledError:
            ended = listener.ended(CallOutcome.ABORTED, partial_usage(place.turns, reading.chars))
            await self._note_abortion(call, ended)
            raise
        outcome, usage, sentence = self._judge(call, place, reading, heard)
        await self._note(call, listener.ended(outcome, usage, sentence))

    def _judge(
        self, call: PlacedCall, place: Place, reading: Reading, heard: Finish | CallFailed
    ) -> tuple[CallOutcome, Usage, str]:
        if isinstance(heard, CallFailed):
            self._course.failed(heard.failure)
            return heard.failure.outcome, partial_usage(place.turns, reading.chars), heard.failure.sentence
        usage = plausible(heard.usage, place.turns, reading.chars)
        return self._course.answered(call.call_id, reading, heard.stop, usage), usage, ""

    async def _note(self, call: PlacedCall, ended: Ended) -> None:
        self._calls.append(entry(call.call_id, call.kind, call.provider, call.model, ended))
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

    async def _note_abortion(self, call: PlacedCall, ended: Ended) -> None:
        """As far as it can be done now; what is not written is marked by the next worker, or absorbed as it is."""
        try:
            async with asyncio.timeout(ABORT_SECONDS):
                await self._around.calls.end(call, ended)
        except Exception as error:
            log.warning("cut call not noted", extra={"call_id": str(call.call_id), "reason": repr(error)})

    def _offer_start(self, call: PlacedCall, place: Place) -> None:
        now = asyncio.get_running_loop().time()
        message = self._meter.placed(call.call_id, call.model, place.replaced, now)
        if message is not None:
            self._around.progress.offer(message)

    def _offer(self, pieces: list[Piece], reading: Reading) -> None:
        message = self._meter.wrote(pieces, reading.bytes, asyncio.get_running_loop().time())
        if message is not None:
            self._around.progress.offer(message)


def _gathering(order: ExecuteStep, nonce: str) -> Gathering:
    if order.output_kind == "files":
        return FilesGathering(nonce, order.limits)
    return DocumentGathering(order.output_kind, order.limits)
