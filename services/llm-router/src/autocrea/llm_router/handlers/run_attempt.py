"""The work of an attempt: places the calls that its course asks for, as far as models and providers admit them."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Final

from autocrea.chassis.handlers import Job
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import ExecuteStep
from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallKind, CallOutcome
from autocrea.llm_router.domain.answers import Failure
from autocrea.llm_router.domain.attempt_answer import answer
from autocrea.llm_router.domain.breaker import Gate
from autocrea.llm_router.domain.course import Course, Delivered, Place
from autocrea.llm_router.domain.document_output import DocumentGathering
from autocrea.llm_router.domain.files_output import FilesGathering
from autocrea.llm_router.domain.outputs import Gathering
from autocrea.llm_router.domain.providers import ModelKey
from autocrea.llm_router.handlers import attempt_job
from autocrea.llm_router.handlers.finish_attempt import AttemptEnd
from autocrea.llm_router.handlers.place_call import PlaceCall, StepClosed, Surroundings
from autocrea.llm_router.ports import Finish

GOING_ON: Final = (CallKind.CONTINUATION, CallKind.RE_ASK)
"""The model has just answered: it is asked to go on, however others fared with it."""


class RunAttempt:
    """Runs outside any transaction and may run twice: every call is a row of its own, the answer is given once."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    async def __call__(self, job: Job) -> AttemptEnd | None:
        """Returns what the attempt came to; None when its step is closed."""
        order = ExecuteStep.model_validate(job.payload)
        if not await self._around.calls.begin_attempt(attempt_job.step_of(order), order.attempt):
            return None
        deadline = job.first_leased_at + timedelta(seconds=order.deadline_seconds)
        try:
            return await _Attempt(order, self._around, deadline).run()
        except StepClosed:
            return None


class _Attempt:
    """One attempt on its way."""

    def __init__(self, order: ExecuteStep, around: Surroundings, deadline: datetime) -> None:
        self._order = order
        self._around = around
        self._deadline = deadline
        self._place_call = PlaceCall(order, around, deadline)
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
            await self._try(move)
        made_by = move.made_by if isinstance(move, Delivered) else frozenset[CallId]()
        return AttemptEnd(answer(self._order, move, self._place_call.made), made_by)

    async def _try(self, place: Place) -> None:
        """Place the call when it is this person's turn, unless the model's breaker is open."""
        provider = self._served[place.model.model].provider
        key = ModelKey(provider.name, place.model.model)
        begins = place.kind not in GOING_ON
        if begins and self._around.guard.look(key) is Gate.OPEN:
            self._skip(key)
            return
        async with AsyncExitStack() as turn:
            left_seconds = (self._deadline - self._around.now()).total_seconds()
            waiting = self._around.turns.turn(provider.name, self._order.user_id, begins=begins)
            try:
                async with asyncio.timeout(left_seconds):
                    await turn.enter_async_context(waiting)
            except TimeoutError:
                return  # the course sees that the deadline has passed
            gate = await self._around.guard.admit(key) if begins else Gate.CLOSED
            if gate is Gate.OPEN:
                self._skip(key)
            else:
                await self._call(place, probe=gate is Gate.HALF_OPEN)

    async def _call(self, place: Place, *, probe: bool) -> None:
        reading = self._course.gathered.begin()

        def judge(call_id: CallId, usage: Usage, heard: Finish | Failure) -> CallOutcome:
            if isinstance(heard, Finish):
                return self._course.answered(call_id, reading, heard.stop, usage)
            self._course.failed(heard)
            return heard.outcome

        await self._place_call(place, self._served[place.model.model], reading, judge, probe=probe)

    def _skip(self, key: ModelKey) -> None:
        self._course.skipped(self._around.guard.reason(key))


def _gathering(order: ExecuteStep, nonce: str) -> Gathering:
    if order.output_kind == "files":
        return FilesGathering(nonce, order.limits)
    return DocumentGathering(order.output_kind, order.limits)
