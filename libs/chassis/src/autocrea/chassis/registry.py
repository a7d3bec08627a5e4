"""What a service reacts to: which message and which kind of job has which handler. Taking them is `runner`'s."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from autocrea.chassis.handlers import Effects, Failed, Finished, Handler, Job, NewJob, Received
from autocrea.contracts.message import Message

M = TypeVar("M", bound=Message)
T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K")


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
