"""Pauses stay within their bounds; figures that make no sense become estimates."""

import pytest
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.domain.answers import Failure, Turn
from autocrea.llm_router.domain.retries import (
    PAUSE_SECONDS_MAX,
    RETRY_AFTER_SECONDS_MAX,
    SLOW_TRIES_MAX,
    TRIES_MAX,
    pause_seconds,
)
from autocrea.llm_router.domain.usage import checked_usage, estimated_usage, partial_usage, plausible
from hypothesis import given
from hypothesis import strategies as st


@given(
    st.integers(1, TRIES_MAX - 1),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.floats(0, RETRY_AFTER_SECONDS_MAX),
)
def test_a_pause_is_bounded_and_never_shorter_than_asked(
    tries: int, chance: float, asked: float | None
) -> None:
    failure = Failure(CallOutcome.RETRY_SAME, "busy", retry_after_seconds=asked)
    pause = pause_seconds(tries, failure, lambda: chance)
    assert pause is not None
    assert (asked or 0) < pause <= (asked or 0) + PAUSE_SECONDS_MAX


@pytest.mark.parametrize(
    ("tries", "failure"),
    [
        (TRIES_MAX, Failure(CallOutcome.RETRY_SAME, "busy")),
        (SLOW_TRIES_MAX, Failure(CallOutcome.RETRY_SAME, "silent", slow=True)),
        (1, Failure(CallOutcome.RETRY_SAME, "busy", retry_after_seconds=RETRY_AFTER_SECONDS_MAX + 1)),
    ],
)
def test_the_same_model_is_not_tried_again_when_its_tries_or_its_time_are_used_up(
    tries: int, failure: Failure
) -> None:
    assert pause_seconds(tries, failure, lambda: 0.5) is None


@pytest.mark.parametrize(
    "figures",
    [
        (None, 5, 0),
        (5, None, 0),
        (-1, 5, 0),
        (5, -1, 0),
        ("5", 5, 0),
        (True, 5, 0),
        (10**12, 5, 0),
        (1.5, 5, 0),
    ],
)
def test_figures_that_make_no_sense_are_no_usage(figures: tuple[object, object, object]) -> None:
    assert checked_usage(*figures) is None


def test_cached_tokens_are_never_more_than_those_read() -> None:
    usage = checked_usage(10, 5, 99)
    assert usage is not None
    assert (usage.input_tokens, usage.cached_tokens, usage.estimated) == (10, 10, False)


def test_an_estimate_stands_in_and_says_so_when_nothing_plausible_was_told() -> None:
    turns = (Turn("system", "x" * 8), Turn("user", "y" * 9))
    expected = estimated_usage(turns, 10)
    assert (expected.input_tokens, expected.output_tokens, expected.estimated) == (2 + 3, 3, True)
    assert plausible(None, turns, 10) == expected
    assert plausible(checked_usage(0, 0, 0), turns, 10) == expected
    assert plausible(checked_usage(7, 0, 0), turns, 10) == expected
    told = checked_usage(7, 3, 0)
    assert plausible(told, turns, 10) == told


def test_a_call_without_text_is_not_known_to_have_used_anything() -> None:
    assert partial_usage((Turn("user", "long prompt"),), 0).input_tokens == 0
    assert partial_usage((Turn("user", "long prompt"),), 1).estimated
