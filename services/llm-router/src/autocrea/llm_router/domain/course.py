"""The course of an attempt: which call comes next, until the output is whole or nothing more is to be tried.

Models are asked in the order of the command. Going to the next one starts afresh: what the one before it wrote counts
for nothing, so one output never holds text of two models.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import ExecuteStep, Output, ReplacedModel
from autocrea.contracts.shapes import PricedModel, RejectedFile, Usage
from autocrea.contracts.vocabulary import CallKind, CallOutcome
from autocrea.llm_router.domain.answers import Failure, Stop, Turn, joined
from autocrea.llm_router.domain.outputs import Gathering, Incomplete, Invalid, Reading, Whole
from autocrea.llm_router.domain.retries import Random, pause_seconds
from autocrea.llm_router.domain.usage import estimated_tokens

CONTINUATIONS_MAX = 3  # an output that four answers do not hold is not going to end
RE_ASKS_MAX = 1  # a model that misses the format twice misses it again
CALLS_MAX = 24  # of one attempt, over all models: bounds its rows, its cost and its reply
OUTPUT_TOKENS_MIN = 256  # asking for less would only be cut off again


@dataclass(frozen=True, slots=True)
class Place:
    """Place this call, after waiting."""

    kind: CallKind
    model: PricedModel
    turns: tuple[Turn, ...]
    output_tokens_max: int
    wait_seconds: float
    replaced: ReplacedModel | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """The output is whole. `made_by` are the calls whose text it is: they are the billable ones."""

    output: Output
    rejected: tuple[RejectedFile, ...]
    model: str
    made_by: frozenset[CallId]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Nothing more is to be tried."""

    fault: FaultCode
    detail: str


Move = Place | Delivered | GivenUp


class Course:
    """Ask for the `next` move, report how the placed call ended, and so on until it is no `Place`."""

    def __init__(
        self,
        order: ExecuteStep,
        *,
        served: Container[str],
        gathering: Callable[[], Gathering],
        deadline: datetime,
        random: Random,
    ) -> None:
        self._order = order
        self._gathering = gathering
        self._deadline = deadline
        self._random = random
        self._unserved = [model.model for model in order.models if model.model not in served]
        self._waiting = [model for model in order.models if model.model in served]
        self._calls = 0
        self._last_failures: list[tuple[PricedModel, Failure]] = []  # one for each model left behind
        self._end: Delivered | GivenUp | None = None
        self._model: PricedModel | None = None
        self._replaced: ReplacedModel | None = None
        self._wait_seconds = 0.0
        self._turn_to_next(CallKind.FIRST)

    @property
    def gathered(self) -> Gathering:
        """What the current model's calls add up to."""
        return self._gathered

    def next(self, now: datetime) -> Move:
        """What to do now."""
        if self._end is not None:
            return self._end
        model = self._model
        if model is None:
            return self._given_up_for_want_of_models()
        if now + timedelta(seconds=self._wait_seconds) >= self._deadline:
            return GivenUp(
                FaultCode.PROVIDER_UNAVAILABLE, f"the attempt's deadline has passed{self._failures()}"
            )
        if self._calls >= CALLS_MAX:
            return GivenUp(
                FaultCode.PROVIDER_UNAVAILABLE, f"{CALLS_MAX} calls were not enough{self._failures()}"
            )
        turns = self._turns()
        room = self._output_tokens_left(model, turns)
        if room < min(OUTPUT_TOKENS_MIN, self._order.limits.output_tokens_max):
            return GivenUp(
                FaultCode.OUTPUT_TRUNCATED, f"{model.model} has no room left for the rest of its output"
            )
        return Place(self._kind, model, turns, room, self._wait_seconds, self._replaced)

    def answered(self, call_id: CallId, reading: Reading, stop: Stop, usage: Usage) -> CallOutcome:
        """Count in a call that ended without failure, and say what it came to."""
        assert self._model is not None, "no call was placed"
        self._calls += 1
        self._tries, self._wait_seconds, self._replaced = 0, 0.0, None
        if stop is Stop.REFUSED:
            self._end = GivenUp(FaultCode.CONTENT_REFUSED, f"{self._model.model} refused")
            return CallOutcome.REFUSED
        verdict = reading.finish(stop)
        match verdict:
            case Whole():
                made_by = frozenset((*self._made_by, call_id))
                self._end = Delivered(verdict.output, verdict.rejected, self._model.model, made_by)
                return CallOutcome.COMPLETED
            case Incomplete():
                if verdict.contributed:
                    self._made_by.append(call_id)
                    self._written_tokens += usage.output_tokens
                self._go_on(verdict)
                return CallOutcome.TRUNCATED
            case Invalid():
                self._ask_again(verdict)
                return CallOutcome.TRUNCATED if verdict.cut else CallOutcome.INVALID
        assert_never(verdict)

    def skipped(self, outcome: CallOutcome) -> None:
        """The placed call was not sent: this is how calls to the model have ended of late. The next one is asked."""
        assert self._model is not None, "no call was placed"
        self._replaced = ReplacedModel(model=self._model.model, reason=outcome.value)
        self._leave(Failure(outcome, "is not asked now, its last calls failed"))

    def failed(self, failure: Failure) -> None:
        """Count in a call that failed: its text is gone."""
        assert self._model is not None, "no call was placed"
        self._calls += 1
        self._replaced = ReplacedModel(model=self._model.model, reason=failure.outcome.value)
        self._tries += 1
        match failure.outcome:
            case CallOutcome.RETRY_SAME:
                pause = pause_seconds(self._tries, failure, self._random)
                if pause is not None:
                    self._kind, self._wait_seconds = CallKind.RETRY, pause
                    return
            case CallOutcome.REQUEST:
                detail = f"{self._model.model} rejected the request: {failure.sentence}"
                self._end = GivenUp(FaultCode.REQUEST_REJECTED, detail)
                return
            case CallOutcome.REFUSED:
                self._end = GivenUp(
                    FaultCode.CONTENT_REFUSED, f"{self._model.model} refused: {failure.sentence}"
                )
                return
        self._leave(failure)

    def _leave(self, failure: Failure) -> None:
        assert self._model is not None, "a model is left for the next one"
        self._last_failures.append((self._model, failure))
        self._turn_to_next(CallKind.FALLBACK)

    def _turn_to_next(self, kind: CallKind) -> None:
        self._model = self._waiting.pop(0) if self._waiting else None
        self._gathered = self._gathering()
        self._kind = kind
        self._added: tuple[Turn, ...] = ()
        self._made_by: list[CallId] = []
        self._written_tokens = 0
        self._tries = self._continuations = self._re_asks = 0
        self._wait_seconds = 0.0

    def _go_on(self, verdict: Incomplete) -> None:
        self._continuations += 1
        self._kind, self._added = CallKind.CONTINUATION, verdict.turns
        if self._continuations > CONTINUATIONS_MAX:
            detail = f"after {CONTINUATIONS_MAX} continuations {verdict.sentence}"
            self._end = GivenUp(FaultCode.OUTPUT_TRUNCATED, detail)

    def _ask_again(self, verdict: Invalid) -> None:
        self._re_asks += 1
        self._kind, self._added = CallKind.RE_ASK, verdict.turns
        if self._re_asks > RE_ASKS_MAX:
            fault = FaultCode.OUTPUT_TRUNCATED if verdict.cut else FaultCode.OUTPUT_INVALID
            self._end = GivenUp(fault, f"asked again, {verdict.sentence}")

    def _turns(self) -> tuple[Turn, ...]:
        prompt = self._order.prompt
        user = f"{prompt.user.rstrip()}\n\n{self._gathered.format()}\n"
        system = (Turn("system", prompt.system),) if prompt.system else ()
        return joined((*system, Turn("user", user), *self._added))

    def _output_tokens_left(self, model: PricedModel, turns: tuple[Turn, ...]) -> int:
        left = self._order.limits.output_tokens_max - self._written_tokens
        if model.context_tokens:
            read = sum(estimated_tokens(turn.text) for turn in turns)
            # Our count is rough: where it says that the prompt alone is too much, the provider shall say so.
            left = min(left, max(model.context_tokens - read, OUTPUT_TOKENS_MIN))
        return left

    def _given_up_for_want_of_models(self) -> GivenUp:
        outcomes = {failure.outcome for _, failure in self._last_failures}
        account = outcomes == {CallOutcome.ACCOUNT}
        fault = FaultCode.PROVIDER_ACCOUNT if account else FaultCode.PROVIDER_UNAVAILABLE
        return GivenUp(fault, f"no model is left to ask{self._failures()}")

    def _failures(self) -> str:
        told = [f"{model.model}: {failure.sentence}" for model, failure in self._last_failures]
        if self._unserved:
            told.append(f"no provider is set up for {', '.join(self._unserved)}")
        return f" ({'; '.join(told)})" if told else ""
