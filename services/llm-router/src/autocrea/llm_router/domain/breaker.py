"""The circuit breaker of a model: whether a call to it is worth placing now. All replicas share one.

Pure: the calls of late are counted, and the moment told, by whoever asks.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.domain.answers import Failure
from autocrea.llm_router.domain.retries import RETRY_AFTER_SECONDS_MAX

WINDOW_SECONDS = 120.0  # two of the longest waits for a first token: a model that went silent is seen in it
FAILURES_MIN = 5  # more than one attempt's tries: one odd prompt does not take a model from everybody
COOLDOWN_SECONDS_MIN = 15.0  # a provider that restarts is back by then
COOLDOWN_SECONDS_MAX = 60.0  # a provider that was mended is used again this soon, whatever was wrong
IDLE_SECONDS = 60.0  # after a cooldown: a model that nobody wants is offered again, else nobody ever tries it

FAILURES = frozenset((CallOutcome.RETRY_SAME, CallOutcome.ACCOUNT))
"""How a call ends that says something about the provider. What was wrong with one request is not among them."""
ANSWERS = frozenset(
    (
        CallOutcome.COMPLETED,
        CallOutcome.TRUNCATED,
        CallOutcome.INVALID,
        CallOutcome.REFUSED,
        CallOutcome.REQUEST,
    )
)
"""How a call ends whose model is there, whatever it said."""


class Gate(StrEnum):
    """Whether calls are placed. Half open: one, as a probe."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Window:
    """How the calls of the last `WINDOW_SECONDS` ended, not counting what was before the breaker closed last."""

    answered: int = 0
    failed: int = 0

    @property
    def is_bad(self) -> bool:
        """At least half of them failed, and not only a few."""
        return self.failed >= max(FAILURES_MIN, self.answered)


@dataclass(frozen=True, slots=True)
class Breaker:
    """`reason` is how the call ended that opened it; None while it is closed."""

    reason: CallOutcome | None = None
    open_until: datetime | None = None
    probe_until: datetime | None = None  # a probe is under way; it is given up for lost then
    failed_probes: int = 0
    closed_at: datetime | None = None

    def gate(self, now: datetime) -> Gate:
        """Whether a call may be placed."""
        if self.open_until is None:
            return Gate.CLOSED
        if now < self.open_until or (self.probe_until is not None and now < self.probe_until):
            return Gate.OPEN
        return Gate.HALF_OPEN

    def probed(self, now: datetime, seconds: float) -> "Breaker":
        """One call is let through, and no other until it ended or this time is over."""
        assert self.gate(now) is Gate.HALF_OPEN, (
            "a probe is placed when the cooldown is over and no other runs"
        )
        return replace(self, probe_until=now + timedelta(seconds=seconds))

    def released(self) -> "Breaker":
        """The probe ended without showing anything, such as by a cancel: the next call may be one."""
        return replace(self, probe_until=None)

    def failed(self, failure: Failure, window: Window, now: datetime, *, probe: bool) -> "Breaker":
        """Count in a failure. Of an open breaker only its probe counts: other calls began before it opened."""
        assert failure.outcome in FAILURES, "only what says something about the provider is counted"
        if self.open_until is None:
            return self._opened(failure, now, 0) if window.is_bad or _opens_at_once(failure) else self
        return self._opened(failure, now, self.failed_probes + 1) if probe else self

    def answered(self, now: datetime) -> "Breaker":
        """The model is there: whatever was counted against it is over."""
        return self if self.open_until is None else Breaker(closed_at=now)

    def reconsidered(self, now: datetime) -> "Breaker":
        """Something changed that may have mended it, such as its key: the next call is a probe, at once."""
        if self.open_until is None:
            return self
        return replace(self, open_until=min(self.open_until, now), probe_until=None, failed_probes=0)

    def idle_at(self) -> datetime | None:
        """From when on it counts as available to people although nobody has tried; None while it is closed."""
        return None if self.open_until is None else self.open_until + timedelta(seconds=IDLE_SECONDS)

    def _opened(self, failure: Failure, now: datetime, failed_probes: int) -> "Breaker":
        cooldown = COOLDOWN_SECONDS_MIN * 2.0 ** min(failed_probes, 10)
        seconds = min(COOLDOWN_SECONDS_MAX, max(cooldown, failure.retry_after_seconds or 0.0))
        until = now + timedelta(seconds=seconds)
        return Breaker(failure.outcome, until, None, failed_probes, self.closed_at)


def _opens_at_once(failure: Failure) -> bool:
    """A rejected key fails every call; a provider that asks to be left alone for long means every caller."""
    asked = failure.retry_after_seconds or 0.0
    return failure.outcome is CallOutcome.ACCOUNT or asked > RETRY_AFTER_SECONDS_MAX
