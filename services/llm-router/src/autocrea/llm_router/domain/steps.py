"""A step of a run as the router sees it: open while it may be worked on, closed once its calls are booked.

Every call ends billed or absorbed, exactly once; which of them the orchestrator's verdict decides, never the router.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from autocrea.contracts.ids import CallId, GenerationId, StepName


class StepKey(NamedTuple):
    """What names a step: sortable, and equal for all its attempts."""

    generation_id: GenerationId
    run: int
    step: StepName


class StepState(StrEnum):
    """`none`: heard of, for there must be something to lock, but never ordered."""

    NONE = "none"
    OPEN = "open"
    CLOSED = "closed"


class Booking(StrEnum):
    """Who pays for a call."""

    BILLED = "billed"
    ABSORBED = "absorbed"


@dataclass(slots=True)
class BookedCall:
    """What booking needs of a call. `made_output`: its text is in the output that was delivered."""

    call_id: CallId
    attempt: int
    made_output: bool = False
    booking: Booking | None = None
    changed: bool = False

    def book(self, booking: Booking) -> None:
        """Book it, once."""
        if self.booking is None:
            self.booking, self.changed = booking, True


@dataclass(slots=True)
class Step:
    """A step with its calls."""

    key: StepKey
    state: StepState = StepState.NONE
    attempt: int = 0  # the latest one ordered
    calls: list[BookedCall] = field(default_factory=list)
    changed: bool = False

    @property
    def closed(self) -> bool:
        return self.state is StepState.CLOSED

    def order(self, attempt: int) -> bool:
        """Take an attempt in; False when the step is closed and nothing is to be done."""
        if self.closed:
            return False
        self.state, self.attempt, self.changed = StepState.OPEN, max(self.attempt, attempt), True
        return True

    def delivered(self, made_by: frozenset[CallId]) -> None:
        """Note which calls made an output, should it be accepted."""
        for call in self.calls:
            if call.call_id in made_by:
                call.made_output = call.changed = True

    def complete(self, attempt: int) -> None:
        """The output of this attempt was accepted: its calls are billed, all others absorbed."""
        for call in self.calls:
            used = call.attempt == attempt and call.made_output
            call.book(Booking.BILLED if used else Booking.ABSORBED)
        self._close()

    def stop(self) -> None:
        """The step came to nothing: every call is absorbed."""
        for call in self.calls:
            call.book(Booking.ABSORBED)
        self._close()

    def _close(self) -> None:
        if not self.closed:
            self.state, self.changed = StepState.CLOSED, True
