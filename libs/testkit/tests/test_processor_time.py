"""The limit on processor time."""

import re
import signal

import pytest
from autocrea.testkit.processor_time import processor_seconds_at_most


def test_an_expression_that_takes_for_ever_is_interrupted() -> None:
    with pytest.raises(AssertionError, match=r"more than 0\.05 s"), processor_seconds_at_most(0.05):
        re.match(r"(a+)+$", "a" * 40 + "b")
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_nothing_is_interrupted_when_a_test_waits() -> None:
    with processor_seconds_at_most(0.05):
        assert signal.sigtimedwait([signal.SIGUSR1], 0.2) is None
