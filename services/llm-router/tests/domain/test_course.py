"""Which call follows which: retries, the next model, continuations, re-asks, and who made the output in the end."""

from datetime import timedelta
from uuid import uuid4

import pytest
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import ExecuteStep, FilesOutput, ReplacedModel
from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallKind, CallOutcome
from autocrea.llm_router.domain.answers import Failure, Stop
from autocrea.llm_router.domain.course import CALLS_MAX, CONTINUATIONS_MAX, Course, Delivered, GivenUp, Place
from autocrea.llm_router.domain.files_output import FilesGathering
from autocrea.llm_router.domain.markers import file_line
from router_orders import MODELS, NONCE, NOW, block, done, order

WHOLE = block("a.py", "1") + done("a.py")
HALF = block("a.py", "1") + f"{file_line(NONCE, 'b.py')}\nha"
NOTHING_CLOSED = f"{file_line(NONCE, 'a.py')}\nha"
REST = block("b.py", "2") + done("a.py", "b.py")
USAGE = Usage(input_tokens=10, output_tokens=100, cached_tokens=0, estimated=False)
DOWN = Failure(CallOutcome.RETRY_SAME, "answers 503")


class Attempt:
    """Drives a course by hand."""

    def __init__(self, command: ExecuteStep | None = None, served: tuple[str, ...] = MODELS) -> None:
        self.now = NOW
        self.command = command or order()
        self.course = Course(
            self.command,
            served=served,
            gathering=lambda: FilesGathering(NONCE, self.command.limits),
            deadline=NOW + timedelta(seconds=600),
            random=lambda: 0.5,
        )
        self.ids: list[CallId] = []

    def place(self) -> Place:
        move = self.course.next(self.now)
        assert isinstance(move, Place), move
        return move

    def answer(self, text: str, stop: Stop = Stop.END, usage: Usage = USAGE) -> CallOutcome:
        reading = self.course.gathered.begin()
        reading.feed(text)
        self.ids.append(CallId(uuid4()))
        return self.course.answered(self.ids[-1], reading, stop, usage)

    def fail(self, failure: Failure = DOWN) -> None:
        self.course.failed(failure)

    def end(self) -> Delivered | GivenUp:
        move = self.course.next(self.now)
        assert not isinstance(move, Place), move
        return move


def test_one_whole_answer_is_delivered_and_billable() -> None:
    attempt = Attempt()
    first = attempt.place()
    assert (first.kind, first.model.model, first.replaced) == (CallKind.FIRST, "joxcoder-1", None)
    assert [turn.role for turn in first.turns] == ["system", "user"]
    assert first.turns[1].text.startswith("Project: tienda\nStep: backend\n")
    assert f"<<<FILE {NONCE} path/of/file.ext>>>" in first.turns[1].text
    assert attempt.answer(WHOLE) is CallOutcome.COMPLETED
    end = attempt.end()
    assert isinstance(end, Delivered)
    assert end.made_by == frozenset(attempt.ids)
    assert end.model == "joxcoder-1"


def test_the_same_model_is_tried_again_with_growing_pauses_then_the_next_one() -> None:
    attempt = Attempt()
    attempt.place()
    attempt.fail()
    second = attempt.place()
    attempt.fail()
    third = attempt.place()
    attempt.fail()
    fourth = attempt.place()
    assert [place.kind for place in (second, third, fourth)] == [
        CallKind.RETRY,
        CallKind.RETRY,
        CallKind.FALLBACK,
    ]
    assert 0 < second.wait_seconds < third.wait_seconds
    assert fourth.wait_seconds == 0
    assert (second.model.model, fourth.model.model) == ("joxcoder-1", "gpt-4.1")
    assert fourth.replaced is not None
    assert (fourth.replaced.model, fourth.replaced.reason) == ("joxcoder-1", "retry_same")


def test_a_provider_that_asks_for_a_long_pause_is_left_for_the_next() -> None:
    attempt = Attempt()
    attempt.place()
    attempt.fail(Failure(CallOutcome.RETRY_SAME, "429", retry_after_seconds=5))
    assert attempt.place().wait_seconds > 5
    attempt.fail(Failure(CallOutcome.RETRY_SAME, "429", retry_after_seconds=120))
    assert attempt.place().model.model == "gpt-4.1"


def test_a_silent_model_is_tried_twice_only() -> None:
    attempt = Attempt()
    slow = Failure(CallOutcome.RETRY_SAME, "silent", slow=True)
    attempt.place()
    attempt.fail(slow)
    assert attempt.place().kind is CallKind.RETRY
    attempt.fail(slow)
    assert attempt.place().kind is CallKind.FALLBACK


@pytest.mark.parametrize("outcome", [CallOutcome.FAILOVER, CallOutcome.ACCOUNT])
def test_the_next_model_is_asked_at_once_when_trying_again_cannot_help(outcome: CallOutcome) -> None:
    attempt = Attempt()
    attempt.place()
    attempt.fail(Failure(outcome, "no"))
    assert attempt.place().model.model == "gpt-4.1"


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        (CallOutcome.REQUEST, FaultCode.REQUEST_REJECTED),
        (CallOutcome.REFUSED, FaultCode.CONTENT_REFUSED),
    ],
)
def test_the_attempt_ends_when_any_model_would_answer_the_same(
    outcome: CallOutcome, fault: FaultCode
) -> None:
    attempt = Attempt()
    attempt.place()
    attempt.fail(Failure(outcome, "no"))
    end = attempt.end()
    assert isinstance(end, GivenUp)
    assert end.fault is fault


@pytest.mark.parametrize(
    ("outcomes", "fault"),
    [
        ((CallOutcome.ACCOUNT, CallOutcome.ACCOUNT), FaultCode.PROVIDER_ACCOUNT),
        ((CallOutcome.ACCOUNT, CallOutcome.FAILOVER), FaultCode.PROVIDER_UNAVAILABLE),
    ],
)
def test_the_fault_says_whether_only_accounts_were_the_trouble(
    outcomes: tuple[CallOutcome, ...], fault: FaultCode
) -> None:
    attempt = Attempt(order("joxcoder-1", "gpt-4.1"))
    for outcome in outcomes:
        attempt.place()
        attempt.fail(Failure(outcome, "answers no"))
    end = attempt.end()
    assert isinstance(end, GivenUp)
    assert end.fault is fault
    assert "joxcoder-1: answers no" in end.detail


def test_a_model_without_a_provider_is_refused_by_name_before_any_call() -> None:
    attempt = Attempt(order("mystery-1"))
    end = attempt.end()
    assert isinstance(end, GivenUp)
    assert end.fault is FaultCode.PROVIDER_UNAVAILABLE
    assert "mystery-1" in end.detail
    skipping = Attempt(order("mystery-1", "gpt-4.1"))
    assert skipping.place().model.model == "gpt-4.1"


def test_a_cut_answer_goes_on_with_the_same_model_and_both_calls_are_billable() -> None:
    attempt = Attempt(order(output_tokens_max=1_000))
    assert attempt.place().output_tokens_max == 1_000
    assert attempt.answer(HALF, Stop.LENGTH) is CallOutcome.TRUNCATED
    more = attempt.place()
    assert (more.kind, more.model.model, more.output_tokens_max) == (CallKind.CONTINUATION, "joxcoder-1", 900)
    assert [turn.role for turn in more.turns] == ["system", "user", "assistant", "user"]
    assert attempt.answer(REST) is CallOutcome.COMPLETED
    end = attempt.end()
    assert isinstance(end, Delivered)
    assert end.made_by == frozenset(attempt.ids)
    assert isinstance(end.output, FilesOutput)
    assert [file.path for file in end.output.files] == ["a.py", "b.py"]


def test_a_call_that_brought_nothing_is_not_billable() -> None:
    attempt = Attempt()
    attempt.place()
    attempt.answer(NOTHING_CLOSED, Stop.LENGTH)
    more = attempt.place()
    assert [turn.role for turn in more.turns] == ["system", "user"]
    attempt.answer(WHOLE)
    end = attempt.end()
    assert isinstance(end, Delivered)
    assert end.made_by == {attempt.ids[1]}


def test_it_fails_as_truncated_when_the_continuations_are_used_up() -> None:
    attempt = Attempt()
    for _ in range(CONTINUATIONS_MAX + 1):
        attempt.place()
        attempt.answer(HALF, Stop.LENGTH)
    end = attempt.end()
    assert isinstance(end, GivenUp)
    assert end.fault is FaultCode.OUTPUT_TRUNCATED


def test_it_fails_as_truncated_when_no_output_tokens_are_left() -> None:
    attempt = Attempt(order(output_tokens_max=1_000))
    attempt.place()
    attempt.answer(HALF, Stop.LENGTH, USAGE.model_copy(update={"output_tokens": 990}))
    end = attempt.end()
    assert isinstance(end, GivenUp)
    assert end.fault is FaultCode.OUTPUT_TRUNCATED


def test_a_failed_continuation_keeps_what_its_own_model_wrote() -> None:
    attempt = Attempt()
    attempt.place()
    attempt.answer(HALF, Stop.LENGTH)
    attempt.place()
    attempt.fail()
    again = attempt.place()
    assert again.kind is CallKind.RETRY
    assert [turn.role for turn in again.turns] == ["system", "user", "assistant", "user"]
    attempt.answer(REST)
    assert isinstance(attempt.end(), Delivered)


def test_the_next_model_starts_afresh_and_nothing_of_the_first_is_billable() -> None:
    attempt = Attempt()
    attempt.place()
    attempt.answer(HALF, Stop.LENGTH)
    attempt.place()
    attempt.fail(Failure(CallOutcome.FAILOVER, "gone"))
    fresh = attempt.place()
    assert (fresh.kind, fresh.model.model) == (CallKind.FALLBACK, "gpt-4.1")
    assert [turn.role for turn in fresh.turns] == ["system", "user"]
    attempt.answer(WHOLE)
    end = attempt.end()
    assert isinstance(end, Delivered)
    assert end.model == "gpt-4.1"
    assert end.made_by == {attempt.ids[-1]}
    assert isinstance(end.output, FilesOutput)
    assert [file.path for file in end.output.files] == ["a.py"]


def test_an_answer_without_files_is_asked_for_once_again_and_not_billable() -> None:
    attempt = Attempt()
    attempt.place()
    assert attempt.answer("Sure, I could do that.") is CallOutcome.INVALID
    again = attempt.place()
    assert again.kind is CallKind.RE_ASK
    attempt.answer(WHOLE)
    end = attempt.end()
    assert isinstance(end, Delivered)
    assert end.made_by == {attempt.ids[1]}


def test_it_fails_as_invalid_when_the_second_answer_holds_nothing_either() -> None:
    attempt = Attempt()
    for _ in range(2):
        attempt.place()
        attempt.answer("No.")
    end = attempt.end()
    assert isinstance(end, GivenUp)
    assert end.fault is FaultCode.OUTPUT_INVALID


def test_a_refusal_ends_the_attempt() -> None:
    attempt = Attempt()
    attempt.place()
    assert attempt.answer("I cannot", Stop.REFUSED) is CallOutcome.REFUSED
    end = attempt.end()
    assert isinstance(end, GivenUp)
    assert end.fault is FaultCode.CONTENT_REFUSED


def test_nothing_is_tried_that_would_begin_after_the_deadline() -> None:
    attempt = Attempt()
    attempt.place()
    attempt.fail()
    attempt.now = NOW + timedelta(seconds=599.9)
    end = attempt.end()
    assert isinstance(end, GivenUp)
    assert end.fault is FaultCode.PROVIDER_UNAVAILABLE
    assert "deadline" in end.detail


def test_an_attempt_never_places_more_calls_than_its_limit() -> None:
    models = tuple(f"m{number}" for number in range(40))
    attempt = Attempt(order(*models), served=models)
    placed = 0
    while isinstance(attempt.course.next(attempt.now), Place):
        placed += 1
        attempt.fail()
    assert placed == CALLS_MAX


def test_the_answer_is_bounded_by_the_model_s_context() -> None:
    assert Attempt(order(context_tokens=5_000)).place().output_tokens_max < 5_000


def test_a_model_that_is_not_asked_now_is_left_for_the_next_and_named_in_the_end() -> None:
    attempt = Attempt(order("joxcoder-1", "gpt-4.1"))
    attempt.place()
    attempt.course.skipped(CallOutcome.RETRY_SAME)
    second = attempt.place()
    assert (second.kind, second.model.model) == (CallKind.FALLBACK, "gpt-4.1")
    assert second.replaced == ReplacedModel(model="joxcoder-1", reason="retry_same")
    attempt.course.skipped(CallOutcome.ACCOUNT)
    end = attempt.end()
    assert isinstance(end, GivenUp)
    assert end.fault is FaultCode.PROVIDER_UNAVAILABLE
    assert "gpt-4.1: is not asked now" in end.detail
