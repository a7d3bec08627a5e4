"""The whole conversation under a bad broker: the real saga, the real ledger, a fake clock, chance from one seed."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from autocrea.chassis import erasure
from autocrea.chassis.handlers import Effects, Finished, Job, JobKey, NewJob, Received
from autocrea.chassis.registry import Registry
from autocrea.contracts.artifacts.v1 import PackageGeneration, StoreStepFiles
from autocrea.contracts.billing.v1 import ReserveTokens, SettleTokens, TokensSettled
from autocrea.contracts.envelope import open_envelope, seal
from autocrea.contracts.gateway.v1 import CancellationRequested, ProjectDeleted, RetryRequested
from autocrea.contracts.ids import GenerationId, ProjectId
from autocrea.contracts.llm_router.v1 import CancelStep, ExecuteStep
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator.v1 import (
    GenerationCancelled,
    GenerationEvent,
    GenerationFailed,
    GenerationRejected,
    StepCompleted,
    StepFailed,
)
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.adapters.rows import LoadedRows
from autocrea.orchestrator.domain.library import Library, StoredOutput
from autocrea.orchestrator.domain.saga import OutputRef, Saga, output_refs
from autocrea.orchestrator.domain.verification import Verdict
from autocrea.orchestrator.entrypoints.messages import register
from autocrea.orchestrator.ports import CONTENTS, SAGA, Key
from ledger import Ledger
from saga_other_ends import Artifacts, Router, generation_number
from saga_values import ADA, WEBAPP, found, request_message

START = datetime(2026, 11, 22, tzinfo=UTC)
STEPS_MAX = 20_000
TO_ROUTER = (ExecuteStep, CancelStep, StepCompleted, StepFailed, ProjectDeleted)
TO_BILLING = (ReserveTokens, SettleTokens, StepCompleted)
TO_ARTIFACTS = (StoreStepFiles, PackageGeneration, ProjectDeleted)


class World:
    """One seed: some generations, and everything that happens to them until nothing is left to happen."""

    def __init__(self, seed: int, *, generations: int = 2) -> None:
        self.chance = random.Random(seed)
        self.now = START
        self.router = Router(self.chance)
        self.billing = Ledger(self.chance)
        self.artifacts = Artifacts(self.chance)
        self.feed: dict[GenerationId, dict[int, GenerationEvent]] = {}
        self.requested: dict[GenerationId, set[int]] = {}
        self.deleted: set[GenerationId] = set()
        self.sagas: dict[GenerationId, Saga] = {}
        self.prompts: dict[GenerationId, str] = {}
        self.outputs: dict[tuple[GenerationId, OutputRef], StoredOutput] = {}
        self.jobs: dict[JobKey, NewJob] = {}
        self.flying: list[tuple[str, Message]] = []
        self.log: list[str] = []  # what happened, for whoever repeats a seed
        self.seen: set[tuple[str, UUID]] = set()
        self.registry: Registry[LoadedRows, Key] = Registry()
        register(self.registry, None, None, verifications_max=1)  # type: ignore[arg-type]
        for number in range(generations):
            generation_id = generation_number(number)
            self.requested[generation_id] = {1}
            project_id = ProjectId(UUID(int=number))
            self.send(request_message(generation_id=generation_id, project_id=project_id))

    def run(self) -> None:
        for _ in range(STEPS_MAX):
            if not self.step():
                return
        raise AssertionError("it never ends")

    def step(self) -> bool:
        """Let one thing happen; False when nothing can any more."""
        self.now += timedelta(seconds=self.chance.random() * 10)
        self.person()
        verify = [key for key in self.jobs if key.kind == "verify_step"]
        deadlines = [key for key in self.jobs if key.kind == "run_deadline"]
        if verify and self.chance.random() < 0.3:
            self.finish(self.chance.choice(verify))
        elif deadlines and self.chance.random() < 0.001:
            self.finish(self.chance.choice(deadlines))
        elif self.flying:
            self.deliver()
        elif self.jobs:
            key = min(self.jobs, key=lambda one: self.jobs[one].due_at or START)
            self.now = max(self.now, self.jobs[key].due_at or self.now)
            self.finish(key)
        else:
            return False
        return True

    def send(self, message: Message) -> None:
        """To everybody concerned, each copy on its own way; some are sent twice."""
        if isinstance(message, ExecuteStep):
            assert "Una agenda de contactos" in message.prompt.user, "a prompt without the person's words"
        for service, types in (("router", TO_ROUTER), ("billing", TO_BILLING), ("artifacts", TO_ARTIFACTS)):
            if isinstance(message, types):
                self.flying.append((service, message))
        if isinstance(message, GenerationEvent):
            self.flying.append(("gateway", message))
        if message.type in self.registry.handlers:
            self.flying.append(("orchestrator", message))
        if self.chance.random() < 0.1:
            self.flying.append(self.chance.choice(self.flying))

    def deliver(self) -> None:
        """Any message, in any order; some are lost on the way and sent again later."""
        place = self.chance.randrange(len(self.flying))
        service, message = self.flying[place]
        if self.chance.random() < 0.05:
            return
        del self.flying[place]
        key = (service, message.message_id())
        if key in self.seen:
            return
        self.seen.add(key)
        self.note(f"{service} gets {message.type} of {message.subject()} run {getattr(message, 'run', '-')}")
        if service == "orchestrator":
            self.decide(message)
        elif service == "gateway":
            assert isinstance(message, GenerationEvent)
            events = self.feed.setdefault(message.generation_id, {})
            assert message.sequence not in events, "two facts with one sequence"
            events[message.sequence] = message
        elif service == "billing":
            for answer in self.billing.receive(message, self.now):
                self.send(answer)
        else:
            other = self.router if service == "router" else self.artifacts
            for answer in other.receive(message):
                self.send(answer)

    def note(self, what: str) -> None:
        self.log.append(f"{(self.now - START).total_seconds():9.1f} s  {what}")

    def person(self) -> None:
        """Cancels, retries and deletes, on what the page shows and on nothing else."""
        for generation_id, runs in self.requested.items():
            if self.chance.random() < 0.004:
                run = max(runs)
                self.send(CancellationRequested(generation_id=generation_id, run=run, user_id=ADA))
            if self.chance.random() < 0.0008 and generation_id not in self.deleted:
                self.deleted.add(generation_id)
                project_id = ProjectId(UUID(int=generation_id.int - 1000))
                self.send(ProjectDeleted(project_id=project_id, user_id=ADA, generation_ids=(generation_id,)))
            last = self.shown(generation_id)
            if isinstance(last, GenerationFailed | GenerationCancelled | GenerationRejected) and (
                last.retry is not None and last.run == max(runs) < 5 and self.chance.random() < 0.2
            ):
                runs.add(last.run + 1)
                offer = last.retry.quote_tokens
                self.send(
                    RetryRequested(
                        generation_id=generation_id, run=last.run + 1, user_id=ADA, quote_tokens=offer
                    )
                )

    def shown(self, generation_id: GenerationId) -> GenerationEvent | None:
        """The last event of the contiguous prefix."""
        events = self.feed.get(generation_id, {})
        number = 0
        while number + 1 in events:
            number += 1
        return events.get(number)

    def decide(self, message: Message) -> None:
        body = seal(message, source="test", time=self.now).body
        envelope = open_envelope(body)
        item: Any = Received(envelope, type(message).model_validate(envelope.data))
        handler = self.registry.handlers[message.type]
        broken = self.chance.random() < 0.004 and not isinstance(message, TokensSettled | ProjectDeleted)
        rows = self.load(handler.rows(item))
        self.save(rows, (handler.on_bug if broken else handler.decide)(rows, item, self.now))

    def finish(self, key: JobKey) -> None:
        new = self.jobs.pop(key)
        self.note(f"orchestrator ends {key.kind} {key.key}")
        handler = self.registry.kinds[key.kind].handler
        result = Verdict(self.findings()) if key.kind == "verify_step" else None
        job = Job(
            new.kind, new.key, new.payload, self.now, new.fair_key, 0, self.now, UUID(int=0), None, None
        )
        item: Any = Finished(job, result)
        rows = self.load(handler.rows(item))
        self.save(rows, handler.decide(rows, item, self.now))

    def findings(self) -> tuple[Any, ...]:
        luck = self.chance.random()
        if luck < 0.8:
            return ()
        class_ = self.chance.choice(list(FindingClass))
        return (found(class_, sentence=f"slip {self.chance.randrange(2)}"),)

    def load(self, keys: Iterable[Key]) -> LoadedRows:
        wanted = {GenerationId(UUID(key.id)): key.kind for key in keys if key.kind in (SAGA, CONTENTS)}
        loaded = {one: self.sagas[one] for one in wanted if one in self.sagas}
        libraries = {
            one: Library(
                prompt=self.prompts.get(one, ""),
                pipeline=WEBAPP,
                outputs={
                    ref: self.outputs[one, ref] for ref in output_refs(saga) if (one, ref) in self.outputs
                },
            )
            for one, saga in loaded.items()
            if wanted[one] == CONTENTS and saga.order is not None
        }
        return LoadedRows(loaded, libraries, {WEBAPP.digest: WEBAPP}, {WEBAPP.name: (1, WEBAPP)})

    def save(self, rows: LoadedRows, effects: Effects) -> None:
        self.sagas.update(rows.sagas)
        self.prompts.update(rows.prompts)
        self.outputs.update(rows.new_outputs)
        for generation_id in rows.erased:
            self.prompts.pop(generation_id, None)
            for key in [key for key in self.outputs if key[0] == generation_id]:
                del self.outputs[key]
        for gone in effects.removed_jobs:
            self.jobs.pop(gone, None)
        for job in effects.jobs:
            if job.kind == erasure.KIND:
                continue  # blanks stored messages; here none is stored
            self.jobs.setdefault(JobKey(job.kind, job.key), replace(job, due_at=job.due_at or self.now))
        for message in effects.messages:
            self.send(message)
