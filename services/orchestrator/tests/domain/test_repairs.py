"""What findings lead to: repairs, warnings or an honest failure, and who pays for the attempts."""

from autocrea.contracts.billing.v1 import SettleTokens
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.orchestrator.v1 import StepAttemptFailed, StepCompleted, StepFailed
from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import FindingClass, StepState
from saga_talk import Talk
from saga_values import CHEAP, DEAR, MODEL, executed, found, not_executed, requested, reserved, verified

WARNING = found(FindingClass.WARNING, "style", "It could be nicer.")
ERROR = found(FindingClass.ERROR, "html", "The page is cut off.")
BLOCKING = found(FindingClass.BLOCKING)


def attempt(talk: Talk, number: int, *findings: object) -> Talk:
    talk.given(executed("architecture", number))
    return talk.given(verified("architecture", number, findings=tuple(findings)))  # type: ignore[arg-type]


def test_step_completes_with_warnings_when_nothing_needs_repair(talk: Talk) -> None:
    attempt(talk.running(), 1, WARNING)
    assert talk.one(StepCompleted).findings == (WARNING,)
    assert talk.saga.steps[0].state is StepState.COMPLETED_WITH_WARNINGS


def test_step_is_written_again_when_something_must_be_repaired(talk: Talk) -> None:
    attempt(talk.running(), 1, WARNING, ERROR).expect(
        "StepAttemptFailed architecture 1", "ExecuteStep architecture 2"
    )
    failed = talk.one(StepAttemptFailed)
    assert (failed.findings, failed.next_attempt) == ((ERROR,), 2)
    attempt(talk, 2).expect(
        "StepCompleted architecture 3",
        "StoreStepFiles architecture",
        "StepStarted backend",
        "ExecuteStep backend 1",
        "StepStarted frontend",
        "ExecuteStep frontend 1",
    )


def test_repairs_end_when_the_same_findings_return(talk: Talk) -> None:
    attempt(talk.running(), 1, BLOCKING)
    moved = BLOCKING.model_copy(update={"line": 99})
    attempt(talk, 2, moved).expect(
        "StepFailed architecture verification_failed", "SettleTokens failed verification_failed 0"
    )
    assert talk.one(StepFailed).findings == (moved,)


def test_step_fails_when_the_third_attempt_is_blocked(talk: Talk) -> None:
    attempt(talk.running(), 1, BLOCKING)
    attempt(talk, 2, ERROR).expect("StepAttemptFailed architecture 2", "ExecuteStep architecture 3")
    attempt(talk, 3, BLOCKING)
    assert talk.one(StepFailed).attempt == 3
    assert talk.one(SettleTokens).absorbed_tokens == 3 * 3


def test_errors_become_warnings_when_the_repairs_are_used_up(talk: Talk) -> None:
    attempt(talk.running(), 1, ERROR)
    attempt(talk, 2, WARNING, ERROR, found(FindingClass.ERROR, "css", "A brace is missing."))
    attempt(talk, 3, ERROR)
    completed = talk.one(StepCompleted)
    assert completed.attempt == 3
    assert [one.class_ for one in completed.findings] == [FindingClass.WARNING]
    assert talk.saga.steps[0].state is StepState.COMPLETED_WITH_WARNINGS


def test_platform_pays_for_rejected_attempts(talk: Talk) -> None:
    attempt(talk.running(), 1, ERROR)
    attempt(talk, 2)
    assert talk.one(StepCompleted).charge_tokens == 3
    for name in ("backend", "frontend", "devops"):
        talk.step(name)
    talk.given(not_executed("security_audit", FaultCode.CONTENT_REFUSED))
    assert talk.one(SettleTokens).absorbed_tokens == 3 + 3  # the rejected attempt and the refused one
    assert talk.one(SettleTokens).charges["architecture"] == 3


def test_nothing_counts_as_absorbed_when_the_fault_is_ours(talk: Talk) -> None:
    attempt(talk.running(), 1, ERROR)
    talk.given(not_executed("architecture", FaultCode.PROVIDER_UNAVAILABLE, attempt=2))
    assert talk.one(SettleTokens).absorbed_tokens == 0


def test_late_attempt_is_ignored_when_the_next_one_runs(talk: Talk) -> None:
    attempt(talk.running(), 1, ERROR)
    talk.given(executed("architecture", 1)).nothing()
    talk.given(verified("architecture", 1)).nothing()
    talk.given(not_executed("architecture", FaultCode.INTERNAL, attempt=1)).nothing()


def test_charge_never_exceeds_the_cap(talk: Talk) -> None:
    huge = Usage(input_tokens=10**6, output_tokens=10**6, cached_tokens=0, estimated=False)
    talk.running().given(executed("architecture", usage=huge)).given(verified("architecture"))
    assert talk.one(StepCompleted).charge_tokens == 8


def test_charge_is_the_cheaper_models_when_another_one_answers(talk: Talk) -> None:
    for preference, answering, charge in (
        ("dear-1", "cheap-1", 2),
        ("cheap-1", "dear-1", 2),
        ("dear-1", "dear-1", 8),
    ):
        talk = Talk()
        talk.given(requested(model_preference=preference)).given(reserved(models=(MODEL, DEAR, CHEAP)))
        talk.given(executed("architecture", model=answering)).given(verified("architecture"))
        assert talk.one(StepCompleted).charge_tokens == charge
