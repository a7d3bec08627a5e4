"""What the handlers need from outside, in the domain's words."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import StepProgressed
from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallKind
from autocrea.llm_router.domain.answers import Ended, Failure, Stop, Turn
from autocrea.llm_router.domain.breaker import Breaker
from autocrea.llm_router.domain.providers import ModelKey
from autocrea.llm_router.domain.steps import StepKey


class CallFailed(Exception):
    """A provider's call failed; what to do about it follows from `failure.outcome`."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Request:
    """What a provider is asked."""

    call_id: CallId
    model: str  # as the provider calls it
    turns: tuple[Turn, ...]
    output_tokens_max: int
    person: str = ""  # a pseudonym: a provider that finds abuse acts on one person, not on everybody's key


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """The model works without writing: it is alive, but this is no part of the answer."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The last thing of an answer that did not fail. `usage` is None when the provider told none that makes sense."""

    stop: Stop
    usage: Usage | None
    model: str | None = None  # who answered, in the provider's own words


Heard = Text | Thinking | Finish


class Provider(Protocol):
    """A company's models over its own wire. It keeps no clock but the one for connecting, and never retries."""

    @property
    def name(self) -> str: ...

    @property
    def ready(self) -> bool:
        """Whether there is a key to call it with, where it needs one."""
        ...

    def ask(self, request: Request) -> AsyncGenerator[Heard, None]:
        """Send the request and yield what comes, ending with `Finish`. Raises CallFailed, and nothing else."""
        ...

    async def close(self) -> None:
        """End every connection."""
        ...


@dataclass(frozen=True, slots=True)
class Served:
    """A model of the rate card: who serves it, and under which name."""

    provider: Provider
    name: str


class Providers(Protocol):
    """The models that are set up here."""

    def find(self, model: str) -> Served | None:
        """Who serves this model now; None when nobody does."""
        ...


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A call about to be sent."""

    call_id: CallId
    step: StepKey
    attempt: int
    kind: CallKind
    provider: str
    model: str
    placed_at: datetime


class CallLog(Protocol):
    """The row of every HTTP request, written before it is sent."""

    async def begin_attempt(self, step: StepKey, attempt: int) -> bool:
        """Whether the step is open; if not, nothing is to be done.

        Calls of an earlier worker on this attempt that never ended are marked so: nobody reads their answer any more.
        """
        ...

    async def place(self, call: PlacedCall) -> bool:
        """Write the row of a call. False when the step was closed meanwhile: then it must not be sent."""
        ...

    async def end(self, call: PlacedCall, ended: Ended) -> None:
        """Write how it ended; absorbed at once when the step is closed."""
        ...


class Breakers(Protocol):
    """The breakers of all models, as last read. Looking at one costs nothing and may be a little late."""

    def of(self, key: ModelKey) -> Breaker: ...

    def learn(self, key: ModelKey, breaker: Breaker) -> None:
        """Take in what was just decided here."""
        ...


class Turns(Protocol):
    """How many calls a provider takes at once with one key; the others wait, fairly by person."""

    def turn(self, provider: str, user: str, *, begins: bool) -> AbstractAsyncContextManager[None]:
        """Wait for a turn, and have it for the length of the block.

        A call that begins an output raises Unavailable when the process is about to stop: another one begins it.
        """
        ...

    def pause(self, provider: str, seconds: float) -> None:
        """Nobody's turn begins before: the provider asked for it."""
        ...


TellEnd = Callable[[Ended, str | None], None]
"""Told how a call ended, and who answered in the provider's own words."""


class CallWatch(Protocol):
    """Who looks on while calls run: traces and metrics."""

    def watching(self, call: PlacedCall, request: Request) -> AbstractContextManager[TellEnd]: ...


class ProgressSink(Protocol):
    """Where progress goes, or gets lost: offering never waits."""

    def offer(self, message: StepProgressed) -> None: ...
