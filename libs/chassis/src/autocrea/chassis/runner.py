"""Runs jobs of one kind: takes due ones, works on them outside transactions, hands results in, keeps the leases."""

import asyncio
import logging
import random
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from autocrea.chassis import dead_letters, jobs, tracing
from autocrea.chassis.checkpoint import checkpoint
from autocrea.chassis.database import Database, Trouble, classify
from autocrea.chassis.errors import Unavailable
from autocrea.chassis.handlers import Failed, Finished, Job
from autocrea.chassis.items import Item
from autocrea.chassis.metrics import JOB_SECONDS, JOBS_RUNNING
from autocrea.chassis.registry import Due, Work

POLL_SECONDS = 1.0  # timers are this exact; a new job that is due now wakes its runner at once
DUE_AT_ONCE_MAX = 64
LOST_LEASES_MAX = 20
"""A job whose process died this often kills its processes; the broker's delivery limit for jobs."""
RETRY_SECONDS_MIN = 1.0
RETRY_SECONDS_MAX = 60.0
END_SECONDS = 15.0  # for work that was cancelled, and to give its lease back; of what goes on it runs out
RENEWALS_A_LEASE = 3  # two renewals may fail before a lease is lost

log = logging.getLogger(__name__)


class Intake(Protocol):
    """Where results enter a batch."""

    async def submit(self, item: Item) -> None: ...


class Runner:
    """The jobs of one kind in one process."""

    def __init__(self, kind: Due | Work, database: Database, intake: Intake) -> None:
        self._kind = kind
        self._database = database
        self._intake = intake
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._check = asyncio.Event()
        self._stopping = False
        self._capacity = kind.concurrency if isinstance(kind, Work) else DUE_AT_ONCE_MAX

    @property
    def name(self) -> str:
        return self._kind.kind

    def wake(self, payload: str = "") -> None:
        """Look for jobs now; called when some were added."""
        if payload in ("", self._kind.kind):
            self._wake.set()

    def check_leases(self, _payload: str = "") -> None:
        """See now whether a job that runs here was removed."""
        self._check.set()

    async def run(self) -> None:
        """Take and run until cancelled; ends with an error when running a job hits a bug of the chassis."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_leases())
            while True:
                self._wake.clear()
                full = False
                try:
                    full = await self._take(group)
                except Exception as error:
                    if classify(error) is Trouble.BUG:
                        raise
                    log.warning("cannot take jobs", extra={"kind": self._kind.kind, "reason": str(error)})
                if not full:
                    await _wait(self._wake, POLL_SECONDS)

    async def stop(self, drain_seconds: float) -> None:
        """Take nothing more, let running work end for a while, then give its leases back."""
        self._stopping = True
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=drain_seconds)
        left = dict(self._tasks)
        for task in left.values():
            task.cancel()
        if left:
            await asyncio.wait(left.values(), timeout=END_SECONDS)

    async def _take(self, group: asyncio.TaskGroup) -> bool:
        free = self._capacity - len(self._tasks)
        if self._stopping or free <= 0:
            return False
        per_fair_key = self._kind.per_fair_key if isinstance(self._kind, Work) else None
        async with self._database.connection() as connection:
            taken = await jobs.take(
                connection,
                self._kind.kind,
                limit=free,
                lease_seconds=self._kind.lease_seconds,
                per_fair_key=per_fair_key,
                running=list(self._tasks),
            )
        for one in taken:
            task = group.create_task(self._run_job(one))
            self._tasks[one.job.lease_token] = task
            task.add_done_callback(partial(self._ended, one.job.lease_token))
        JOBS_RUNNING.labels(self._kind.kind).set(len(self._tasks))
        return len(taken) == free and free > 0 and isinstance(self._kind, Due)

    def _ended(self, token: UUID, _task: "asyncio.Task[None]") -> None:
        self._tasks.pop(token, None)
        JOBS_RUNNING.labels(self._kind.kind).set(len(self._tasks))
        self._wake.set()

    async def _run_job(self, taken: jobs.Taken) -> None:
        job = taken.job
        checkpoint("after_take_job", job.kind)
        try:
            with tracing.span(f"job.{job.kind}", job.traceparent):
                await self._intake.submit(await self._outcome(taken))
        except asyncio.CancelledError:
            if self._stopping:
                await asyncio.shield(self._give_back(job, job.attempts, 0.0))
            raise
        except Exception as error:
            if classify(error) is Trouble.BUG and not isinstance(error, _NotNow):
                raise
            log.warning("job put off", extra={"kind": job.kind, "key": job.key, "reason": str(error)})
            attempts = error.attempts if isinstance(error, _NotNow) else job.attempts
            delay = error.retry_after_seconds if isinstance(error, Unavailable) else _backoff(attempts)
            await self._give_back(job, attempts, delay)

    async def _outcome(self, taken: jobs.Taken) -> Item:
        """The item that ends this job. Raises what puts it off."""
        job, kind = taken.job, self._kind
        if isinstance(kind, Due):
            return self._item(job, Finished(job, None))
        if taken.lost_leases > LOST_LEASES_MAX:
            reason = f"the process died {taken.lost_leases} times while it worked on this"
            return self._item(job, Failed(job, reason), given_up=dead_letters.of_job(job, reason, ""))
        try:
            with _timed(job.kind):
                result = await kind.run(job)
        except Exception as error:
            if classify(error) is not Trouble.BUG:
                raise
            reason = f"{type(error).__name__}: {error}"
            log.error("job hit a bug", exc_info=error, extra={"kind": job.kind, "key": job.key})
            if job.attempts + 1 < kind.attempts_max:
                raise _NotNow(job.attempts + 1, reason) from error
            letter = dead_letters.of_job(job, reason, "".join(traceback.format_exception(error)))
            return self._item(job, Failed(job, reason), given_up=letter)
        checkpoint("after_work", job.kind)
        return self._item(job, Finished(job, result))

    def _item(self, job: Job, subject: Any, given_up: dead_letters.DeadLetter | None = None) -> Item:
        return Item(
            type=job.kind,
            handler=self._kind.handler,
            subject=subject,
            job=job,
            traceparent=tracing.current_traceparent(),
            cause=job.cause,
            subject_name=job.key,
            given_up=given_up,
        )

    async def _keep_leases(self) -> None:
        every = self._kind.lease_seconds / RENEWALS_A_LEASE
        renewed_at = time.monotonic()
        while True:
            await _wait(self._check, max(0.05, renewed_at + every - time.monotonic()))
            self._check.clear()
            tokens = list(self._tasks)
            due = time.monotonic() - renewed_at >= every
            try:
                if tokens:
                    async with self._database.connection() as connection:
                        if due:
                            still = await jobs.renew(connection, tokens, self._kind.lease_seconds)
                        else:
                            still = await jobs.held(connection, tokens)
                    for token in set(tokens) - still:
                        self._abandon(token)
            except Exception as error:
                if classify(error) is Trouble.BUG:
                    raise
                log.warning("leases not renewed", extra={"kind": self._kind.kind, "reason": str(error)})
            if due:
                renewed_at = time.monotonic()

    def _abandon(self, token: UUID) -> None:
        task = self._tasks.get(token)
        # Once: it may be writing down how its work ended, which a second cancel would interrupt.
        if task is not None and not task.cancelling():
            log.info("job removed or taken over", extra={"kind": self._kind.kind, "lease": str(token)})
            task.cancel()

    async def _give_back(self, job: Job, attempts: int, delay_seconds: float) -> None:
        try:
            async with self._database.connection() as connection:
                await jobs.give_back(
                    connection, job.lease_token, attempts=attempts, delay_seconds=delay_seconds
                )
        except Exception as error:
            if classify(error) is Trouble.BUG:
                raise
            log.warning("lease not given back, it runs out", extra={"kind": job.kind, "reason": str(error)})


class _NotNow(Exception):
    """A job's work hit a bug and is to be tried again later."""

    def __init__(self, attempts: int, reason: str) -> None:
        super().__init__(reason)
        self.attempts = attempts


@contextmanager
def _timed(kind: str) -> Iterator[None]:
    outcome, began = "done", time.monotonic()
    try:
        yield
    except Exception as error:
        outcome = "bug" if classify(error) is Trouble.BUG else "put_off"
        raise
    except BaseException:
        outcome = "cancelled"
        raise
    finally:
        JOB_SECONDS.labels(kind, outcome).observe(time.monotonic() - began)


def _backoff(attempts: int) -> float:
    ceiling = min(RETRY_SECONDS_MAX, RETRY_SECONDS_MIN * 2 ** min(attempts, 10))
    return random.uniform(ceiling / 2, ceiling)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
