"""A conversation with a saga: something is said, and what it answers is read as short lines."""

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from autocrea.contracts.billing.v1 import ReserveTokens, SettleTokens
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator.v1 import (
    GenerationCompleted,
    GenerationEndedEarly,
    GenerationEvent,
    GenerationRejected,
    StepAttemptFailed,
    StepCompleted,
    StepFailed,
)
from autocrea.orchestrator.domain.advance import advance
from autocrea.orchestrator.domain.decision import Decision, Outgoing, StartAttempt, StoreFiles
from autocrea.orchestrator.domain.events import Event
from autocrea.orchestrator.domain.saga import Saga
from saga_values import GENERATION, archived, executed, requested, reserved, settled, verified

T0 = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
M = TypeVar("M", bound=Message)


class Talk:
    """One saga and everything it has answered."""

    def __init__(self) -> None:
        self.saga = Saga(GENERATION)
        self.now = T0
        self.last = Decision(self.saga)
        self.heard: list[Outgoing] = []

    def given(self, event: Event) -> "Talk":
        """Say it, one second later than the last thing."""
        self.now += timedelta(seconds=1)
        self.last = advance(self.saga, event, self.now)
        self.saga = self.last.saga
        self.heard += self.last.outgoing
        return self

    def expect(self, *lines: str) -> "Talk":
        """The answer to what was said last, in order."""
        assert [line(one) for one in self.last.outgoing] == list(lines)
        return self

    def nothing(self) -> "Talk":
        """What was said last changed nothing at all."""
        before = self.last
        assert (before.outgoing, before.jobs, before.removed_jobs) == ((), (), ())
        return self

    def one(self, kind: type[M]) -> M:
        """The last message of that type."""
        return [message for message in self.heard if isinstance(message, kind)][-1]

    def all(self, kind: type[M]) -> list[M]:
        return [message for message in self.heard if isinstance(message, kind)]

    @property
    def sequences(self) -> list[int]:
        return [event.sequence for event in self.all(GenerationEvent)]

    def running(self) -> "Talk":
        """Requested and reserved: architecture runs."""
        return self.given(requested()).given(reserved())

    def step(self, name: str, run: int = 1) -> "Talk":
        """The step is executed and verified without a finding."""
        return self.given(executed(name, run=run)).given(verified(name, run=run))

    def written(self) -> "Talk":
        """Every step is completed: packaging."""
        self.running()
        for name in ("architecture", "backend", "frontend", "devops", "security_audit"):
            self.step(name)
        return self

    def settled_as_asked(self, refunds: dict[str, int] | None = None) -> "Talk":
        """Billing does what the last settlement asked for."""
        asked = self.one(SettleTokens)
        return self.given(settled(dict(asked.charges), refunds, run=asked.run))

    def completed(self) -> "Talk":
        return self.written().given(archived()).settled_as_asked()


def line(outgoing: Outgoing) -> str:
    """One outgoing thing as a person would note it down."""
    match outgoing:
        case StartAttempt():
            return f"ExecuteStep {outgoing.step} {outgoing.attempt}"
        case StoreFiles():
            return f"StoreStepFiles {outgoing.step}"
        case ReserveTokens():
            return f"ReserveTokens {sum(outgoing.caps.values())}"
        case SettleTokens():
            return f"SettleTokens {outgoing.outcome}{_why(outgoing.fault)} {sum(outgoing.charges.values())}"
        case StepCompleted():
            return f"StepCompleted {outgoing.step} {outgoing.charge_tokens}"
        case StepFailed():
            return f"StepFailed {outgoing.step}{_why(outgoing.fault)}"
        case StepAttemptFailed():
            return f"StepAttemptFailed {outgoing.step} {outgoing.attempt}"
        case GenerationCompleted():
            return f"GenerationCompleted {outgoing.net_tokens}"
        case GenerationEndedEarly():
            return f"{type(outgoing).__name__}{_why(outgoing.fault)} {outgoing.net_tokens}"
        case GenerationRejected():
            return f"GenerationRejected{_why(outgoing.fault)}"
        case _:
            step = getattr(outgoing, "step", None)
            return type(outgoing).__name__ + (f" {step}" if step else "")


def _why(fault: str | None) -> str:
    return f" {fault}" if fault else ""
