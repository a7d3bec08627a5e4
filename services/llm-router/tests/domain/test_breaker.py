"""The breaker as a state machine: whatever happens in whatever order, it opens with a reason and never for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.domain.answers import Failure
from autocrea.llm_router.domain.breaker import (
    ANSWERS,
    COOLDOWN_SECONDS_MAX,
    COOLDOWN_SECONDS_MIN,
    FAILURES,
    FAILURES_MIN,
    Breaker,
    Gate,
    Window,
)
from autocrea.llm_router.domain.retries import RETRY_AFTER_SECONDS_MAX
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DOWN = Failure(CallOutcome.RETRY_SAME, "answers 503")
REJECTED = Failure(CallOutcome.ACCOUNT, "answers 401")
BAD = Window(answered=0, failed=FAILURES_MIN)
GOOD = Window(answered=1_000, failed=FAILURES_MIN)
PROBE_SECONDS = 60.0


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def opened(failure: Failure = DOWN) -> Breaker:
    return Breaker().failed(failure, BAD, NOW, probe=False)


@pytest.mark.parametrize(
    ("window", "gate"),
    [
        (Window(0, FAILURES_MIN - 1), Gate.CLOSED),
        (Window(0, FAILURES_MIN), Gate.OPEN),
        (Window(FAILURES_MIN, FAILURES_MIN), Gate.OPEN),
        (Window(FAILURES_MIN + 1, FAILURES_MIN), Gate.CLOSED),
        (Window(100, 99), Gate.CLOSED),
    ],
)
def test_it_opens_when_half_of_the_calls_and_not_only_a_few_failed(window: Window, gate: Gate) -> None:
    assert Breaker().failed(DOWN, window, NOW, probe=False).gate(NOW) is gate


@pytest.mark.parametrize(
    "failure",
    [REJECTED, Failure(CallOutcome.RETRY_SAME, "answers 429", RETRY_AFTER_SECONDS_MAX + 1)],
)
def test_it_opens_at_once_when_every_other_call_would_fail_alike(failure: Failure) -> None:
    assert Breaker().failed(failure, Window(1_000, 1), NOW, probe=False).gate(NOW) is Gate.OPEN


def test_a_short_wait_that_was_asked_for_opens_nothing() -> None:
    busy = Failure(CallOutcome.RETRY_SAME, "answers 429", RETRY_AFTER_SECONDS_MAX)
    assert Breaker().failed(busy, GOOD, NOW, probe=False) == Breaker()


def test_one_probe_is_let_through_when_the_cooldown_is_over() -> None:
    cooled = after(COOLDOWN_SECONDS_MIN)
    assert opened().gate(after(COOLDOWN_SECONDS_MIN - 1)) is Gate.OPEN
    assert opened().gate(cooled) is Gate.HALF_OPEN
    assert opened().probed(cooled, PROBE_SECONDS).gate(cooled) is Gate.OPEN


def test_another_probe_is_let_through_when_the_first_is_lost_or_showed_nothing() -> None:
    cooled = after(COOLDOWN_SECONDS_MIN)
    probed = opened().probed(cooled, PROBE_SECONDS)
    assert probed.gate(cooled + timedelta(seconds=PROBE_SECONDS)) is Gate.HALF_OPEN
    assert probed.released().gate(cooled) is Gate.HALF_OPEN


def test_the_cooldown_doubles_up_to_its_limit_when_probes_fail() -> None:
    breaker, now, waits = opened(), NOW, []
    for _ in range(5):
        assert breaker.open_until is not None
        waits.append((breaker.open_until - now).total_seconds())
        now = breaker.open_until
        breaker = breaker.probed(now, PROBE_SECONDS).failed(DOWN, Window(), now, probe=True)
    assert waits == [15.0, 30.0, 60.0, 60.0, 60.0]


def test_failures_of_calls_that_began_before_change_nothing_when_it_is_open() -> None:
    assert opened().failed(REJECTED, BAD, after(5), probe=False) == opened()


def test_it_is_closed_and_starts_counting_afresh_when_a_call_is_answered() -> None:
    closed = opened().answered(after(20))
    assert closed.gate(after(20)) is Gate.CLOSED
    assert (closed.closed_at, closed.failed_probes, closed.reason) == (after(20), 0, None)


def test_the_next_call_is_a_probe_at_once_when_the_key_was_replaced() -> None:
    rekeyed = opened(REJECTED).probed(after(60), PROBE_SECONDS).reconsidered(after(61))
    assert rekeyed.gate(after(61)) is Gate.HALF_OPEN
    assert Breaker().reconsidered(NOW) == Breaker()


def test_no_outcome_counts_both_ways() -> None:
    assert FAILURES.isdisjoint(ANSWERS)


class SharedBreaker(RuleBasedStateMachine):
    """Many callers, one row: what they may do in any order, and what must hold after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker()
        self.now = NOW
        self.probing: datetime | None = None  # since when a probe of this model runs
        self.last_failure = NOW

    @property
    def gate(self) -> Gate:
        return self.breaker.gate(self.now)

    @rule(seconds=st.floats(0, 100))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(
        outcome=st.sampled_from(sorted(FAILURES)),
        asked=st.none() | st.floats(0, 10_000),
        window=st.builds(Window, st.integers(0, 20), st.integers(0, 20)),
    )
    def a_call_fails(self, outcome: CallOutcome, asked: float | None, window: Window) -> None:
        before = self.breaker
        self.breaker = before.failed(Failure(outcome, "", asked), window, self.now, probe=False)
        if before.open_until is None and self.breaker.open_until is not None:
            self.last_failure = self.now
            at_once = outcome is CallOutcome.ACCOUNT or (asked or 0) > RETRY_AFTER_SECONDS_MAX
            assert window.is_bad or at_once
        elif before.open_until is None:
            assert not window.is_bad
        else:
            assert self.breaker == before

    @precondition(lambda self: self.gate is Gate.HALF_OPEN)
    @rule()
    def a_probe_begins(self) -> None:
        assert self.probing is None or self.now - self.probing >= timedelta(seconds=PROBE_SECONDS)
        self.breaker = self.breaker.probed(self.now, PROBE_SECONDS)
        self.probing = self.now
        assert self.gate is Gate.OPEN, "no second one beside it"

    @precondition(lambda self: self.probing is not None)
    @rule(outcome=st.sampled_from(sorted(FAILURES)))
    def the_probe_fails(self, outcome: CallOutcome) -> None:
        self.breaker = self.breaker.failed(Failure(outcome, ""), Window(), self.now, probe=True)
        self.probing, self.last_failure = None, self.now

    @precondition(lambda self: self.probing is not None)
    @rule()
    def the_probe_is_cancelled(self) -> None:
        self.breaker, self.probing = self.breaker.released(), None

    @rule()
    def a_call_is_answered(self) -> None:
        self.breaker, self.probing = self.breaker.answered(self.now), None
        assert self.gate is Gate.CLOSED

    @rule()
    def the_key_is_replaced(self) -> None:
        was_open = self.breaker.open_until is not None
        self.breaker, self.probing = self.breaker.reconsidered(self.now), None
        assert self.gate is (Gate.HALF_OPEN if was_open else Gate.CLOSED)

    @invariant()
    def it_is_never_open_for_long_after_the_last_failure(self) -> None:
        if self.breaker.open_until is not None:
            longest = timedelta(seconds=COOLDOWN_SECONDS_MAX)
            assert self.breaker.open_until <= self.last_failure + longest

    @invariant()
    def an_open_one_says_why(self) -> None:
        assert (self.breaker.reason is None) == (self.breaker.open_until is None)


TestSharedBreaker = SharedBreaker.TestCase
