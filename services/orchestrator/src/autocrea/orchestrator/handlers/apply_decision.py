"""What every use case has in common: ask the saga, keep its new state, hand the effects to the chassis."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from autocrea.chassis.handlers import Effects, JobKey, NewJob, Received
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.contracts.message import RunMessage
from autocrea.orchestrator.domain.advance import advance
from autocrea.orchestrator.domain.composing import prepare
from autocrea.orchestrator.domain.decision import Decision, Job, RunDeadline
from autocrea.orchestrator.domain.events import Bug, Event
from autocrea.orchestrator.domain.saga import Saga
from autocrea.orchestrator.ports import SAGA, Key, Rows

RUN_DEADLINE = "run_deadline"
VERIFY_STEP = "verify_step"

M = TypeVar("M", bound=RunMessage)


@dataclass(frozen=True, slots=True)
class Applied:
    """A decision that was taken, and what the chassis has to do about it."""

    decision: Decision
    effects: Effects


def apply(rows: Rows, generation_id: GenerationId, event: Event, now: datetime) -> Applied:
    """Advance one generation in the rows."""
    before = rows.saga(generation_id)
    decision = advance(before, event, now)
    prepared = prepare(decision, rows.library(generation_id))
    if prepared.saga != before:
        rows.put(prepared.saga)
    if decision.erase:
        rows.erase(generation_id)
    effects = Effects(
        messages=prepared.messages,
        jobs=tuple(_new_job(prepared.saga, job) for job in decision.jobs),
        removed_jobs=tuple(_job_key(generation_id, job) for job in decision.removed_jobs),
    )
    return Applied(decision, effects)


class RunHandler(Generic[M]):
    """A message about a run that the saga understands as it is; a bug in it ends the run."""

    needs: ClassVar[str] = SAGA

    def rows(self, item: Received[M]) -> Iterable[Key]:
        return (Key(self.needs, str(item.data.generation_id)),)

    def on_bug(self, rows: Rows, item: Received[M], now: datetime) -> Effects:
        step: StepName | None = getattr(item.data, "step", None)
        return apply(rows, item.data.generation_id, Bug(item.data.run, step), now).effects


def _new_job(saga: Saga, job: Job) -> NewJob:
    key = _job_key(saga.generation_id, job)
    payload: dict[str, object] = {"generation_id": str(saga.generation_id), "run": job.run}
    if isinstance(job, RunDeadline):
        return NewJob(key.kind, key.key, due_at=job.due_at, payload=payload)
    payload |= {"step": job.step, "attempt": job.attempt}
    return NewJob(key.kind, key.key, payload=payload, fair_key=saga.terms.user_id)


def _job_key(generation_id: GenerationId, job: Job) -> JobKey:
    if isinstance(job, RunDeadline):
        return JobKey(RUN_DEADLINE, f"{generation_id}:{job.run}")
    return JobKey(VERIFY_STEP, f"{generation_id}:{job.run}:{job.step}:{job.attempt}")
