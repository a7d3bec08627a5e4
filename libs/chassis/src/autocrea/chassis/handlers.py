"""The vocabulary of decisions: what a handler is given, what it causes, what it promises. Running them is `batch`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable
from uuid import UUID

import asyncpg
from autocrea.contracts.envelope import Envelope
from autocrea.contracts.message import Message
from pydantic import JsonValue

R = TypeVar("R")
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
