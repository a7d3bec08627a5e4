"""What a decision about a generation causes, and the draft in which one is put together."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypedDict

from autocrea.contracts.ids import GenerationId, ProjectId, StepName, UserId
from autocrea.contracts.message import Message
from autocrea.orchestrator.domain.saga import Saga, Step


@dataclass(frozen=True, slots=True)
class StartAttempt:
    """Have a model write the step: becomes `ExecuteStep` once the prompt is composed from the stored outputs."""

    step: StepName
    attempt: int


@dataclass(frozen=True, slots=True)
class StoreFiles:
    """Hand the step's files over: becomes `StoreStepFiles` with the texts of the stored output."""

    step: StepName


Outgoing = Message | StartAttempt | StoreFiles


@dataclass(frozen=True, slots=True)
class VerifyStep:
    """The job that checks the output of an attempt."""

    run: int
    step: StepName
    attempt: int


@dataclass(frozen=True, slots=True)
class RunDeadline:
    """The timer of a run. `due_at` plays no part in removing it."""

    run: int
    due_at: datetime | None = None


Job = VerifyStep | RunDeadline


@dataclass(frozen=True, slots=True)
class Decision:
    """The state that follows, and what else happens with it: all of it or nothing."""

    saga: Saga
    outgoing: tuple[Outgoing, ...] = ()
    jobs: tuple[Job, ...] = ()
    removed_jobs: tuple[Job, ...] = ()
    erase: bool = False  # the request's words and every stored output are to go


class EventHeader(TypedDict):
    """The fields that every event about a generation begins with."""

    generation_id: GenerationId
    run: int
    sequence: int
    user_id: UserId
    project_id: ProjectId


class RunHeader(TypedDict):
    """The fields that every message about a run begins with."""

    generation_id: GenerationId
    run: int


class Draft:
    """A decision in the making. `saga` is the state so far; nothing outside this object changes."""

    def __init__(self, saga: Saga, now: datetime) -> None:
        self.saga = saga
        self.now = now
        self.erase = False
        self._outgoing: list[Outgoing] = []
        self._jobs: list[Job] = []
        self._removed_jobs: list[Job] = []

    def decision(self) -> Decision:
        return Decision(
            self.saga, tuple(self._outgoing), tuple(self._jobs), tuple(self._removed_jobs), self.erase
        )

    def put(self, step: Step) -> None:
        """Replace the step of that name."""
        self.saga = self.saga.with_step(step)

    def send(self, outgoing: Outgoing) -> None:
        self._outgoing.append(outgoing)

    def event_header(self) -> EventHeader:
        """The header of the next event; every call counts the sequence on, so it belongs into exactly one event."""
        self.saga = replace(self.saga, sequence=self.saga.sequence + 1)
        order = self.saga.terms
        return EventHeader(
            generation_id=self.saga.generation_id,
            run=self.saga.run,
            sequence=self.saga.sequence,
            user_id=order.user_id,
            project_id=order.project_id,
        )

    def run_header(self) -> RunHeader:
        return RunHeader(generation_id=self.saga.generation_id, run=self.saga.run)

    def add_job(self, job: Job) -> None:
        self._jobs.append(job)

    def remove_job(self, job: Job) -> None:
        self._removed_jobs.append(job)

    def start_deadline(self) -> None:
        due_at = self.now + timedelta(seconds=self.saga.terms.run_deadline_seconds)
        self.add_job(RunDeadline(self.saga.run, due_at))

    def stop_deadline(self) -> None:
        self.remove_job(RunDeadline(self.saga.run))
