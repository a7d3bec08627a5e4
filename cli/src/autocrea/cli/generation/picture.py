"""What a person sees of a generation, kept up to date by its events. Pure: the time is an argument."""

import math
from dataclasses import dataclass, field

from autocrea.cli.generation.api import Quote
from autocrea.contracts.llm_router.v1 import StepProgressed
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator import v1 as orchestrator
from autocrea.contracts.shapes import Finding

USUAL_SECONDS = 30.0
"""For a step that the quote does not know."""

ALMOST = 0.95
"""A running step approaches this share of itself; only its completion makes it whole."""

COMPLETED = frozenset({"completed", "completed_with_warnings", "reused"})


@dataclass(slots=True)
class StepPicture:
    """One step as it stands."""

    step: str
    title: str
    icon: str
    cap_tokens: int
    state: str = "waiting"
    model: str | None = None
    charge_tokens: int | None = None
    started_at: float | None = None
    seconds: float | None = None
    attempt: int = 1
    fault: str | None = None
    files: list[str] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()

    def elapsed(self, now: float) -> float | None:
        if self.seconds is not None:
            return self.seconds
        return now - self.started_at if self.started_at is not None else None


class Picture:
    """A generation as it stands: steps in order, files as they arrive, one overall share that never goes
    back."""

    def __init__(self, language: str, quote: Quote, now: float) -> None:
        self.steps = {
            step.step: StepPicture(step.step, step.title, step.icon, step.cap_tokens) for step in quote.steps
        }
        self.end: Message | None = None
        self.began_at = now
        self._language = language
        self._usual_seconds = {step.step: step.typical_seconds for step in quote.steps}
        self._share = 0.0
        self._arrivals: dict[tuple[str, str], int] = {}

    def apply(self, message: Message, now: float) -> None:
        """Take an event in; one of an unknown kind or for an unknown step changes nothing."""
        match message:
            case orchestrator.GenerationStarted():
                self.steps = {planned.step: self._planned(planned) for planned in message.steps}
            case orchestrator.StepStarted():
                self._begin(message.step, now)
            case StepProgressed():
                self._progress(message)
            case orchestrator.StepAttemptFailed():
                self._repair(message)
            case orchestrator.StepCompleted():
                self._complete(message)
            case orchestrator.StepFailed():
                self._fail(message)
            case orchestrator.GenerationCompleted() | orchestrator.GenerationFailed():
                self._settle(message)
            case orchestrator.GenerationCancelled():
                self._settle(message)
            case orchestrator.GenerationRejected():
                self.end = message
            case _:
                pass

    def share(self, now: float) -> float:
        """How much is done, between 0 and 1: whole steps by their caps, running ones by the time they
        usually take."""
        if isinstance(self.end, orchestrator.GenerationCompleted):
            return 1.0
        total = sum(step.cap_tokens for step in self.steps.values())
        done = sum(step.cap_tokens * self._step_share(step, now) for step in self.steps.values())
        self._share = max(self._share, ALMOST * done / total if total else 0.0)
        return self._share

    def files(self) -> list[str]:
        """Every file so far, the newest last."""
        there = [(step.step, path) for step in self.steps.values() for path in step.files]
        return [path for _, path in sorted(there, key=self._arrivals.__getitem__)]

    def _step_share(self, step: StepPicture, now: float) -> float:
        if step.state in COMPLETED:
            return 1.0
        elapsed = step.elapsed(now)
        if step.state not in ("running", "repairing") or elapsed is None:
            return 0.0
        usual = self._usual_seconds.get(step.step, USUAL_SECONDS) * self._pace()
        return ALMOST * (1 - math.exp(-elapsed / max(usual, 0.1)))

    def _pace(self) -> float:
        """How this run's finished steps compare to what is usual; a simulated model is much faster."""
        finished = [step for step in self.steps.values() if step.seconds and step.state in COMPLETED]
        usual = sum(self._usual_seconds.get(step.step, USUAL_SECONDS) for step in finished)
        return sum(step.seconds or 0.0 for step in finished) / usual if usual else 1.0

    def _planned(self, planned: orchestrator.PlannedStep) -> StepPicture:
        title = planned.title.en if self._language == "en" else planned.title.es
        state = "reused" if planned.reused else "waiting"
        return StepPicture(planned.step, title, planned.icon, planned.cap_tokens, state)

    def _begin(self, name: str, now: float) -> None:
        if step := self.steps.get(name):
            step.state, step.started_at = "running", now

    def _progress(self, message: StepProgressed) -> None:
        step = self.steps.get(message.step)
        if step is None or step.state not in ("running", "repairing") or message.attempt < step.attempt:
            return
        step.model = message.model
        if message.path and message.path not in step.files:
            step.files.append(message.path)
            self._arrived(step)

    def _repair(self, message: orchestrator.StepAttemptFailed) -> None:
        if step := self.steps.get(message.step):
            step.state, step.attempt, step.files = "repairing", message.next_attempt, []

    def _complete(self, message: orchestrator.StepCompleted) -> None:
        if step := self.steps.get(message.step):
            step.state = "completed_with_warnings" if message.findings else "completed"
            step.model, step.charge_tokens = message.model, message.charge_tokens
            step.seconds = message.duration_ms / 1000
            step.files = [entry.path for entry in message.files]
            step.findings = message.findings
            self._arrived(step)

    def _arrived(self, step: StepPicture) -> None:
        for path in step.files:
            self._arrivals.setdefault((step.step, path), len(self._arrivals))

    def _fail(self, message: orchestrator.StepFailed) -> None:
        outcomes = {message.step: "failed"}
        outcomes |= dict.fromkeys(message.cancelled_steps, "cancelled")
        outcomes |= dict.fromkeys(message.skipped_steps, "skipped")
        for name, state in outcomes.items():
            if step := self.steps.get(name):
                step.state = state
        if step := self.steps.get(message.step):
            step.fault = str(message.fault)

    def _settle(
        self,
        message: orchestrator.GenerationCompleted
        | orchestrator.GenerationFailed
        | orchestrator.GenerationCancelled,
    ) -> None:
        """The end says of every step what it came to and cost: a refund takes back what was shown before."""
        self.end = message
        for outcome in message.steps:
            if step := self.steps.get(outcome.step):
                step.charge_tokens = outcome.net_tokens
                if step.state != "reused":
                    step.state = str(outcome.state)
