"""What a service tells the chassis: which message or job is handled by whom. Types only; running them is `batch`."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable
from uuid import UUID

import asyncpg
from autocrea.contracts.envelope import Envelope
from autocrea.contracts.message import Message
from pydantic import JsonValue

M = TypeVar("M", bound=Message)
T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K")
M_co = TypeVar("M_co", bound=Message, covariant=True)
T_co = TypeVar("T_co", covariant=True)
I_contra = TypeVar("I_contra", contravariant=True)
R_contra = TypeVar("R_contra", contravariant=True)
K_co = TypeVar("K_co", covariant=True)
K_contra = TypeVar("K_contra", contravariant=True)

Connection = asyncpg.pool.PoolConnectionProxy


@dataclass(frozen=True, slots=True)
class Received(Generic[M_co]):
    """One decoded message and its envelope."""

    envelope: Envelope
    data: M_co


@dataclass(frozen=True, slots=True, order=True)
class JobKey:
    """What names a job within its service: the kind and a natural key of that kind."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to add. One with the same kind and key that exists already stays as it is."""

    kind: str
    key: str
    due_at: datetime | None = None  # None: now
    payload: dict[str, Any] = field(default_factory=dict)
    fair_key: str = ""  # whose turn it counts as, usually a user id


@dataclass(frozen=True, slots=True)
class Job:
    """A job as taken: this process alone holds `lease_token` until `leased_until`, unless its heartbeat renews it."""

    kind: str
    key: str
    payload: dict[str, Any]
    due_at: datetime
    fair_key: str
    attempts: int  # earlier tries that ended in a bug
    first_leased_at: datetime
    lease_token: UUID
    cause: UUID | None  # the message that caused it
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Finished(Generic[T_co]):
    """A job that came due (`result` is None) or whose work ended with a result."""

    job: Job
    result: T_co


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that was given up because of a bug. `error` is a sentence for the log, never for a person."""

    job: Job
    error: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A wake-up sent to listeners at commit; equal signals of one batch are sent once. Payload ≤ 8,000 bytes."""

    channel: str
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """How long something took that a decision ended, under a name for which `Told` knows a metric."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class OperatorAction:
    """What an operator did, for the audit; `details` are figures and names of ours, few and short."""

    who: str
    action: str
    target: str
    reason: str | None = None
    details: Mapping[str, JsonValue] = field(default_factory=dict)
    outcome: Literal["begun", "done"] = "done"


@dataclass(frozen=True, slots=True)
class Effects:
    """What a decision causes, besides the rows it changed: all of it happens with the rows, or none of it."""

    messages: tuple[Message, ...] = ()
    jobs: tuple[NewJob, ...] = ()
    removed_jobs: tuple[JobKey, ...] = ()  # a running one is cancelled on whichever replica leases it
    signals: tuple[Signal, ...] = ()
    measured: tuple[Measured, ...] = ()  # observed once it is committed
    actions: tuple[OperatorAction, ...] = ()  # whoever asked was an operator

    def __add__(self, other: "Effects") -> "Effects":
        return Effects(
            self.messages + other.messages,
            self.jobs + other.jobs,
            self.removed_jobs + other.removed_jobs,
            self.signals + other.signals,
            self.measured + other.measured,
            self.actions + other.actions,
        )


class Repository(Protocol[R, K_contra]):
    """The service's only door between memory and tables."""

    async def load(self, connection: Connection, keys: Sequence[K_contra]) -> R:
        """Lock the aggregates (`= ANY($1) ORDER BY id FOR UPDATE`) and return them. Keys are sorted and unique."""

    async def save(self, connection: Connection, rows: R) -> None:
        """Write what changed, one statement per table."""


@runtime_checkable
class Concluding(Protocol):
    """Rows that sum up a whole batch: asked once, after its last decision and before they are saved."""

    def conclude(self, now: datetime) -> Iterable[Message]: ...


class Handler(Protocol[I_contra, R_contra, K_co]):
    """One use case. `decide` changes the rows in memory and returns the rest; it awaits nothing and reads no clock."""

    def rows(self, item: I_contra) -> Iterable[K_co]: ...

    def decide(self, rows: R_contra, item: I_contra, now: datetime) -> Effects: ...

    def on_bug(self, rows: R_contra, item: I_contra, now: datetime) -> Effects: ...


class HandlerBase:
    """The default for a fact's handler: a bug becomes a dead letter and nobody waits for an answer."""

    def on_bug(self, rows: Any, item: Any, now: datetime) -> Effects:  # noqa: ARG002
        return Effects()


class NothingToDecide(HandlerBase):
    """For work whose end changes nothing: it has done all there was to do."""

    def rows(self, item: Any) -> Iterable[Any]:  # noqa: ARG002
        return ()

    def decide(self, rows: Any, item: Any, now: datetime) -> Effects:  # noqa: ARG002
        return Effects()


@dataclass(frozen=True, slots=True)
class Due:
    """How jobs of a kind that only mark a moment are taken."""

    kind: str
    handler: Handler[Any, Any, Any]
    lease_seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """How jobs of a kind that carries long work are taken and run."""

    kind: str
    run: Callable[[Job], Awaitable[Any]]
    handler: Handler[Any, Any, Any]
    concurrency: int
    per_fair_key: int | None
    lease_seconds: float
    attempts_max: int
    every: timedelta | None


class _Recurring:
    """Adds the job again for its next time, whatever became of this one."""

    def __init__(self, handler: Handler[Any, Any, Any], kind: str, every: timedelta) -> None:
        self._handler = handler
        self._kind = kind
        self._every = every

    def rows(self, item: Any) -> Iterable[Any]:
        return self._handler.rows(item)

    def decide(self, rows: Any, item: Any, now: datetime) -> Effects:
        return self._handler.decide(rows, item, now) + self._again(now)

    def on_bug(self, rows: Any, item: Any, now: datetime) -> Effects:
        return self._handler.on_bug(rows, item, now) + self._again(now)

    def _again(self, now: datetime) -> Effects:
        return Effects(jobs=(NewJob(self._kind, self._kind, due_at=now + self._every),))


class Registry(Generic[R, K]):
    """Everything a service reacts to. Built by hand in `main.py`, read by the chassis."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler[Any, R, K]] = {}
        self.models: dict[str, type[Message]] = {}
        self.kinds: dict[str, Due | Work] = {}

    def on(self, message: type[M], handler: Handler[Received[M], R, K]) -> None:
        """Handle a message type."""
        if message.type in self.handlers:
            raise ValueError(f"{message.type} has a handler already")
        self.handlers[message.type] = handler
        self.models[message.type] = message

    def due(
        self, kind: str, handler: Handler[Finished[None] | Failed, R, K], *, lease_seconds: float = 30
    ) -> None:
        """Handle a timer: at its time it enters a batch as `Finished(job, None)`."""
        self._add(Due(kind, handler, lease_seconds))

    def work(
        self,
        kind: str,
        run: Callable[[Job], Awaitable[T]],
        handler: Handler[Finished[T] | Failed, R, K],
        *,
        concurrency: int,
        lease_seconds: float,
        attempts_max: int,
        per_fair_key: int | None = None,
        every: timedelta | None = None,
    ) -> None:
        """Run long work outside any transaction; its result enters a batch as `Finished(job, result)`.

        The same transaction deletes the job if the lease still holds; a zombie's result is discarded. `Unavailable`
        gives the lease back and spends no attempt; any other exception spends one, and after `attempts_max` the job
        becomes a dead letter and the handler's `on_bug` decides on `Failed(job, error)`. `per_fair_key` is soft:
        processes that take at the very moment at which a job is added may go one beyond it. `every` makes the job
        recurring: it exists from the start on, under the key of its kind, and is added again after each run.
        """
        if every is not None:
            handler = _Recurring(handler, kind, every)
        self._add(Work(kind, run, handler, concurrency, per_fair_key, lease_seconds, attempts_max, every))

    def _add(self, entry: Due | Work) -> None:
        if entry.kind in self.kinds:
            raise ValueError(f"the job kind {entry.kind} has a handler already")
        self.kinds[entry.kind] = entry
