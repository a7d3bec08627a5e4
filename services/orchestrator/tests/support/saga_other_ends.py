"""The other ends of the saga as MESSAGES.md's tables tell them, small enough to read: router, billing, artifacts."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from autocrea.contracts.artifacts.v1 import ArtifactReady, PackageGeneration, PackagingFailed, StoreStepFiles
from autocrea.contracts.billing.v1 import (
    ReservationRefused,
    ReserveTokens,
    SettleTokens,
    TokensReserved,
    TokensSettled,
)
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.contracts.ids import ArchiveId, GenerationId, Sha256, StepName
from autocrea.contracts.llm_router.v1 import (
    CancelStep,
    ExecuteStep,
    Output,
    StepExecuted,
    StepExecutionFailed,
)
from autocrea.contracts.message import NAMESPACE, Message
from autocrea.contracts.orchestrator.v1 import (
    GenerationCancelled,
    GenerationCompleted,
    GenerationFailed,
    GenerationRejected,
    StepCompleted,
    StepFailed,
)
from autocrea.contracts.shapes import NO_USAGE, Usage
from saga_values import CHEAP, MODEL, output_of

Run = tuple[GenerationId, int]
TERMINALS = (GenerationCompleted, GenerationFailed, GenerationCancelled, GenerationRejected)
MODEL_FAULTS = (FaultCode.OUTPUT_INVALID, FaultCode.CONTENT_REFUSED, FaultCode.OUTPUT_TRUNCATED)
OUR_FAULTS = (FaultCode.PROVIDER_UNAVAILABLE, FaultCode.INTERNAL, FaultCode.REQUEST_REJECTED)


@dataclass
class Router:
    """Answers every `ExecuteStep` of an open step once, late or never."""

    chance: random.Random
    closed: set[tuple[GenerationId, int, StepName]] = field(default_factory=set)
    opened: set[tuple[GenerationId, int, StepName]] = field(default_factory=set)
    calls: list[tuple[GenerationId, int, StepName, int]] = field(default_factory=list)
    outputs: dict[tuple[str, int], Output] = field(
        default_factory=dict
    )  # instead of the good ones, by attempt

    def receive(self, message: Message) -> Iterator[Message]:
        if isinstance(message, StepCompleted | StepFailed | CancelStep):
            self.closed.add((message.generation_id, message.run, message.step))
        elif isinstance(message, ExecuteStep):
            key = (message.generation_id, message.run, message.step)
            self.opened.add(key)
            if key not in self.closed:
                self.calls.append((*key, message.attempt))
                yield from self._answer(message)

    def _answer(self, message: ExecuteStep) -> Iterator[Message]:
        luck = self.chance.random()
        if luck < 0.03:
            return  # a call that hangs for ever: the run's deadline has to end it
        header = {
            "generation_id": message.generation_id,
            "run": message.run,
            "step": message.step,
            "attempt": message.attempt,
            "calls": (),
        }
        if luck < 0.12:
            fault = self.chance.choice(MODEL_FAULTS + OUR_FAULTS)
            yield StepExecutionFailed.model_validate(
                {**header, "fault": fault, "detail": "chance", "absorbed_usage": NO_USAGE}
            )
            return
        yield StepExecuted.model_validate(
            {
                **header,
                "output": self.outputs.get((message.step, message.attempt)) or output_of(message.step),
                "rejected_files": (),
                "model": self.chance.choice((MODEL.model, CHEAP.model)),
                "usage": Usage(
                    input_tokens=self.chance.randrange(5000),
                    output_tokens=self.chance.randrange(40_000),
                    cached_tokens=0,
                    estimated=False,
                ),
                "absorbed_usage": NO_USAGE,
            }
        )


@dataclass
class Hold:
    """One run's tokens."""

    caps: dict[StepName, int]
    charged: dict[StepName, int] = field(default_factory=dict)
    opened: bool = True
    closed: bool = False


@dataclass
class Billing:
    """Holds, captures once a step, settles by target. Refuses what MESSAGES.md says it refuses."""

    chance: random.Random
    holds: dict[Run, Hold] = field(default_factory=dict)

    def receive(self, message: Message) -> Iterator[Message]:
        if isinstance(message, ReserveTokens):
            yield from self._reserve(message)
        elif isinstance(message, StepCompleted):
            hold = self.holds.get((message.generation_id, message.run))
            if hold and not hold.closed and message.step not in hold.charged:
                assert message.charge_tokens <= hold.caps[message.step], "a charge above its cap"
                hold.charged[message.step] = message.charge_tokens
        elif isinstance(message, SettleTokens):
            yield self._settle(message)

    def net(self, generation_id: GenerationId) -> dict[StepName, int]:
        """What the ledger holds for each step, over all runs."""
        total: dict[StepName, int] = {}
        for (owner, _), hold in self.holds.items():
            if owner == generation_id:
                for step, tokens in hold.charged.items():
                    total[step] = total.get(step, 0) + tokens
        return total

    def _reserve(self, message: ReserveTokens) -> Iterator[Message]:
        key = (message.generation_id, message.run)
        if key in self.holds:
            return
        header = {"generation_id": message.generation_id, "run": message.run}
        if self.chance.random() < 0.08:
            fault = self.chance.choice((FaultCode.INSUFFICIENT_TOKENS, FaultCode.INTERNAL))
            if fault is FaultCode.INTERNAL:
                self.holds[key] = Hold({}, opened=False, closed=True)
            yield ReservationRefused.model_validate(
                {
                    **header,
                    "fault": fault,
                    "available_tokens": 1,
                    "needed_tokens": 2,
                    "retry_after_seconds": None,
                }
            )
            return
        self.holds[key] = Hold(dict(message.caps))
        yield TokensReserved.model_validate(
            {
                **header,
                "held_tokens": sum(message.caps.values()),
                "rate_card_version": message.rate_card_version,
                "models": (MODEL, CHEAP),
            }
        )

    def _settle(self, message: SettleTokens) -> TokensSettled:
        key = (message.generation_id, message.run)
        hold = self.holds.setdefault(key, Hold({}, opened=False))
        assert not hold.closed or not hold.opened, "settled twice"
        before = self.net(message.generation_id)
        refunds: dict[StepName, int] = {}
        for step, cap in hold.caps.items():
            target = message.charges.get(step, 0)
            assert target <= cap, "a settlement above the cap"
            if target < hold.charged.get(step, 0):
                refunds[step] = hold.charged[step] - target
            hold.charged[step] = target
        for step in message.charges.keys() - hold.caps.keys():
            earlier = before.get(step, 0) - hold.charged.get(step, 0)
            assert message.charges[step] in (0, earlier), "a charge that no hold contains"
        released = sum(hold.caps.values()) - sum(hold.charged.values())
        hold.closed = True
        net = self.net(message.generation_id)
        return TokensSettled(
            generation_id=message.generation_id,
            run=message.run,
            charges={step: net.get(step, 0) for step in {*hold.caps, *message.charges}},
            refunds=refunds,
            released_tokens=released,
        )


@dataclass
class Artifacts:
    """Keeps sets and packages once every wanted one is there."""

    chance: random.Random
    sets: set[tuple[GenerationId, StepName, Sha256]] = field(default_factory=set)
    wanted: dict[Run, PackageGeneration] = field(default_factory=dict)
    answered: set[Run] = field(default_factory=set)
    erased: set[GenerationId] = field(default_factory=set)

    def receive(self, message: Message) -> Iterator[Message]:
        if isinstance(message, ProjectDeleted):
            self.erased.update(message.generation_ids)
            for key in self.wanted.keys() - self.answered:
                if key[0] in self.erased:
                    yield self._failed(key, FaultCode.PROJECT_DELETED)
        elif isinstance(message, StoreStepFiles):
            if message.generation_id not in self.erased:
                self.sets.add((message.generation_id, message.step, message.sha256))
        elif isinstance(message, PackageGeneration):
            key = (message.generation_id, message.run)
            self.wanted[key] = message
            if message.generation_id in self.erased:
                yield self._failed(key, FaultCode.PROJECT_DELETED)
        for key in list(self.wanted.keys() - self.answered):
            yield from self._package(key)

    def _package(self, key: Run) -> Iterator[Message]:
        wanted = self.wanted[key]
        if not all((key[0], step, digest) in self.sets for step, digest in wanted.sets.items()):
            return
        if self.chance.random() < 0.05:
            yield self._failed(key, FaultCode.PACKAGING_FAILED)
            return
        self.answered.add(key)
        yield ArtifactReady(
            generation_id=key[0],
            run=key[1],
            archive_id=ArchiveId(uuid5(NAMESPACE, f"{key}")),
            file_name=wanted.file_name,
            sha256="2" * 64,
            bytes=10,
            files=len(wanted.sets),
            user_id=wanted.user_id,
            project_id=wanted.project_id,
        )

    def _failed(self, key: Run, fault: FaultCode) -> PackagingFailed:
        self.answered.add(key)
        return PackagingFailed(generation_id=key[0], run=key[1], fault=fault, detail="chance")


def generation_number(number: int) -> GenerationId:
    return GenerationId(UUID(int=1000 + number))
