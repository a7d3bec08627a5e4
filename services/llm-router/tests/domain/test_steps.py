"""Every call ends billed or absorbed, once, whatever the order in which orders and verdicts arrive."""

from uuid import UUID, uuid4

from autocrea.contracts.ids import CallId, GenerationId, StepName
from autocrea.llm_router.domain.steps import BookedCall, Booking, Step, StepKey, StepState

KEY = StepKey(GenerationId(UUID(int=1)), 1, StepName("backend"))


def call(attempt: int = 1) -> BookedCall:
    return BookedCall(CallId(uuid4()), attempt)


def bookings(step: Step) -> list[Booking | None]:
    return [one.booking for one in step.calls]


def test_only_calls_of_the_accepted_attempt_that_made_its_output_are_billed() -> None:
    step = Step(KEY, calls=[call(1), call(2), call(2), call(2)])
    step.delivered(frozenset((step.calls[0].call_id,)))
    step.delivered(frozenset((step.calls[2].call_id, step.calls[3].call_id)))
    step.complete(2)
    assert bookings(step) == [Booking.ABSORBED, Booking.ABSORBED, Booking.BILLED, Booking.BILLED]
    assert step.closed


def test_every_call_is_absorbed_when_the_step_is_stopped() -> None:
    step = Step(KEY, StepState.OPEN, calls=[call(), call()])
    step.delivered(frozenset(one.call_id for one in step.calls))
    step.stop()
    assert bookings(step) == [Booking.ABSORBED, Booking.ABSORBED]


def test_a_booking_is_final() -> None:
    step = Step(KEY, calls=[call()])
    step.delivered(frozenset((step.calls[0].call_id,)))
    step.complete(1)
    step.stop()
    assert bookings(step) == [Booking.BILLED]


def test_nothing_is_taken_in_when_the_step_was_closed_before() -> None:
    step = Step(KEY)
    step.stop()
    assert not step.order(1)
    assert step.closed


def test_a_repair_reopens_nothing_and_counts_up() -> None:
    step = Step(KEY)
    assert step.order(1)
    assert step.order(2)
    assert step.order(1)  # an old copy that the inbox did not know any more
    assert (step.state, step.attempt) == (StepState.OPEN, 2)
