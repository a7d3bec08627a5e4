"""The run of a generation, told as a conversation."""

from dataclasses import replace
from datetime import timedelta

import pytest
from autocrea.contracts.artifacts.v1 import PackageGeneration
from autocrea.contracts.billing.v1 import ReserveTokens, SettleTokens
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.orchestrator.v1 import (
    GenerationCompleted,
    GenerationFailed,
    GenerationRejected,
    GenerationStarted,
    StepCompleted,
    StepFailed,
)
from autocrea.contracts.vocabulary import RunOutcome, StepState
from autocrea.orchestrator.domain.decision import RunDeadline, VerifyStep
from autocrea.orchestrator.domain.events import Bug, DeadlineReached, RequestBug
from autocrea.orchestrator.domain.saga import RunState
from saga_talk import T0, Talk
from saga_values import (
    archived,
    executed,
    not_archived,
    not_executed,
    refused,
    requested,
    reserved,
    settled,
    verified,
)


def test_every_step_runs_in_its_turn_when_all_goes_well(talk: Talk) -> None:
    talk.given(requested()).expect("ReserveTokens 50")
    talk.given(reserved()).expect(
        "GenerationStarted", "StepStarted architecture", "ExecuteStep architecture 1"
    )
    talk.given(executed("architecture")).expect()
    talk.given(verified("architecture")).expect(
        "StepCompleted architecture 3",
        "StoreStepFiles architecture",
        "StepStarted backend",
        "ExecuteStep backend 1",
        "StepStarted frontend",
        "ExecuteStep frontend 1",
    )
    talk.given(executed("frontend")).expect()
    talk.given(executed("backend")).expect()
    talk.given(verified("backend")).expect("StepCompleted backend 3", "StoreStepFiles backend")
    talk.given(verified("frontend")).expect(
        "StepCompleted frontend 3", "StoreStepFiles frontend", "StepStarted devops", "ExecuteStep devops 1"
    )
    talk.step("devops").expect(
        "StepCompleted devops 3",
        "StoreStepFiles devops",
        "StepStarted security_audit",
        "ExecuteStep security_audit 1",
    )
    talk.step("security_audit").expect(
        "StepCompleted security_audit 3", "StoreStepFiles security_audit", "PackageGeneration"
    )
    talk.given(archived()).expect("SettleTokens completed 15")
    talk.settled_as_asked().expect("GenerationCompleted 15")
    assert talk.saga.state is RunState.COMPLETED
    assert talk.sequences == list(range(1, len(talk.sequences) + 1))


def test_deadline_runs_from_the_request_to_the_terminal(talk: Talk) -> None:
    talk.given(requested())
    assert talk.last.jobs == (RunDeadline(1, T0 + timedelta(seconds=1801)),)
    talk = Talk().completed()
    assert talk.last.removed_jobs == (RunDeadline(1),)


def test_terminal_tells_what_each_step_came_to(talk: Talk) -> None:
    terminal = talk.completed().one(GenerationCompleted)
    assert [(one.step, one.state, one.charge_tokens, one.net_tokens) for one in terminal.steps] == [
        (name, StepState.COMPLETED, 3, 3)
        for name in ("architecture", "backend", "frontend", "devops", "security_audit")
    ]
    assert terminal.archive.sha256 == "1" * 64


def test_packaging_names_the_set_of_every_step(talk: Talk) -> None:
    package = talk.written().one(PackageGeneration)
    assert package.file_name == "mi-super-app.zip"
    assert set(package.sets) == {"architecture", "backend", "frontend", "devops", "security_audit"}


def test_hold_contains_every_cap(talk: Talk) -> None:
    assert talk.given(requested()).one(ReserveTokens).caps == {
        "architecture": 8,
        "backend": 16,
        "frontend": 14,
        "devops": 6,
        "security_audit": 6,
    }


def test_started_lists_the_plan(talk: Talk) -> None:
    started = talk.running().one(GenerationStarted)
    assert started.steps[0].step == "architecture"
    assert started.quote_tokens == 50
    assert not any(step.reused for step in started.steps)


def test_step_tells_how_long_it_took(talk: Talk) -> None:
    assert talk.running().step("architecture").one(StepCompleted).duration_ms == 2000


def test_output_is_verified_before_anything_is_said_of_it(talk: Talk) -> None:
    talk.running().given(executed("architecture")).expect()
    assert talk.last.jobs == (VerifyStep(1, "architecture", 1),)


@pytest.mark.parametrize(
    "fault", [FaultCode.INSUFFICIENT_TOKENS, FaultCode.RECEIVABLE_OPEN, FaultCode.ABSORPTION_CAPPED]
)
def test_run_is_rejected_when_billing_refuses(talk: Talk, fault: FaultCode) -> None:
    talk.given(requested()).given(refused(fault)).expect(f"GenerationRejected {fault}")
    rejected = talk.one(GenerationRejected)
    assert (rejected.available_tokens, rejected.needed_tokens) == (0, 50)
    assert rejected.retry is not None
    assert rejected.retry.quote_tokens == 50
    assert talk.last.removed_jobs == (RunDeadline(1),)


@pytest.mark.parametrize("fault", [FaultCode.INTERNAL, "a_code_of_next_year"])
def test_run_fails_when_billing_cannot_answer(talk: Talk, fault: FaultCode) -> None:
    talk.given(requested()).given(refused(fault)).expect("GenerationFailed internal 0")


@pytest.mark.parametrize("change", [{"pipeline_digest": "of yesterday"}, {"quote_tokens": 49}])
def test_request_is_rejected_when_its_price_is_not_ours(talk: Talk, change: dict[str, object]) -> None:
    talk.given(requested(**change)).expect("GenerationRejected quote_changed")
    assert talk.last.jobs == ()
    offer = talk.one(GenerationRejected).retry
    assert offer is not None
    assert offer.quote_tokens == 50


def test_nothing_is_offered_when_the_pipeline_does_not_exist(talk: Talk) -> None:
    talk.given(requested(pipeline="gone", pipeline_digest="x")).expect("GenerationRejected quote_changed")
    assert talk.one(GenerationRejected).retry is None


def test_siblings_are_stopped_when_a_step_fails(talk: Talk) -> None:
    talk.running().step("architecture").given(executed("frontend"))
    talk.given(not_executed("backend", FaultCode.PROVIDER_UNAVAILABLE)).expect(
        "StepFailed backend provider_unavailable",
        "CancelStep frontend",
        "SettleTokens failed provider_unavailable 0",
    )
    failed = talk.one(StepFailed)
    assert failed.cancelled_steps == ("frontend",)
    assert failed.skipped_steps == ("devops", "security_audit")
    assert talk.last.removed_jobs == (VerifyStep(1, "frontend", 1),)
    talk.settled_as_asked({"architecture": 3}).expect("GenerationFailed provider_unavailable 0")
    terminal = talk.one(GenerationFailed)
    assert terminal.refunded_tokens == 3
    assert {one.step: one.state for one in terminal.steps} == {
        "architecture": StepState.COMPLETED,
        "backend": StepState.FAILED,
        "frontend": StepState.CANCELLED,
        "devops": StepState.SKIPPED,
        "security_audit": StepState.SKIPPED,
    }


def test_completed_steps_stay_charged_when_the_model_is_at_fault(talk: Talk) -> None:
    talk.running().step("architecture").given(not_executed("backend", FaultCode.CONTENT_REFUSED))
    talk.expect(
        "StepFailed backend content_refused",
        "CancelStep frontend",
        "SettleTokens failed content_refused 3",
    )
    talk.settled_as_asked().expect("GenerationFailed content_refused 3")


def test_run_is_refunded_when_packaging_fails(talk: Talk) -> None:
    talk.written().given(not_archived()).expect("SettleTokens failed packaging_failed 0")
    refunds = dict.fromkeys(["architecture", "backend", "frontend", "devops", "security_audit"], 3)
    talk.settled_as_asked(refunds).expect("GenerationFailed packaging_failed 0")
    offer = talk.one(GenerationFailed).retry
    assert offer is not None
    assert (offer.steps, offer.quote_tokens) == ((), 15)


def test_deadline_settles_a_queued_run(talk: Talk) -> None:
    talk.given(requested()).given(DeadlineReached(1)).expect("SettleTokens failed run_deadline 0")
    talk.given(reserved()).nothing()
    talk.given(settled()).expect("GenerationFailed run_deadline 0")


def test_bug_settles_a_queued_run(talk: Talk) -> None:
    talk.given(requested()).given(Bug(1)).expect("SettleTokens failed internal 0")


@pytest.mark.parametrize(("event", "fault"), [(DeadlineReached(1), "run_deadline"), (Bug(1), "internal")])
def test_packaging_run_is_settled_at_our_cost_when_it_cannot_go_on(
    talk: Talk, event: DeadlineReached | Bug, fault: str
) -> None:
    talk.written().given(event).expect(f"SettleTokens failed {fault} 0")
    talk.given(archived()).nothing()


def test_deadline_names_one_step_and_stops_the_others(talk: Talk) -> None:
    talk.running().step("architecture").given(DeadlineReached(1)).expect(
        "CancelStep backend",
        "StepFailed backend run_deadline",
        "CancelStep frontend",
        "SettleTokens failed run_deadline 0",
    )
    assert talk.one(StepFailed).cancelled_steps == ("frontend",)


def test_bug_names_the_step_it_was_in(talk: Talk) -> None:
    talk.running().step("architecture").given(Bug(1, "frontend"))
    assert talk.one(StepFailed).step == "frontend"
    assert talk.one(SettleTokens).fault == FaultCode.INTERNAL


@pytest.mark.parametrize("event", [DeadlineReached(1), Bug(1)])
def test_only_billing_ends_a_settling_run(talk: Talk, event: DeadlineReached | Bug) -> None:
    talk.written().given(archived()).given(event).nothing()
    assert talk.saga.state is RunState.SETTLING


def test_request_that_cannot_be_handled_fails(talk: Talk) -> None:
    talk.given(RequestBug(requested())).expect("GenerationFailed internal 0")
    offer = talk.one(GenerationFailed).retry
    assert offer is not None
    assert offer.quote_tokens == 50


def test_generation_completes_with_warnings_when_a_step_did(talk: Talk) -> None:
    talk.written()
    warned = talk.saga.steps[1]
    talk.saga = talk.saga.with_step(replace(warned, warnings=2))
    talk.given(archived()).settled_as_asked()
    assert talk.one(SettleTokens).outcome == RunOutcome.COMPLETED_WITH_WARNINGS
    assert talk.one(GenerationCompleted).warnings == 2
    assert talk.saga.state is RunState.COMPLETED_WITH_WARNINGS


LATE = [
    reserved(),
    refused(FaultCode.INTERNAL),
    executed("architecture"),
    executed("backend", run=2),
    not_executed("backend", FaultCode.INTERNAL),
    verified("backend"),
    archived(),
    not_archived(),
    settled(),
    DeadlineReached(1),
    Bug(1),
    requested(),
]


@pytest.mark.parametrize("event", LATE, ids=lambda event: type(event).__name__)
def test_nothing_happens_when_it_arrives_after_the_end(talk: Talk, event: object) -> None:
    talk.completed()
    before = talk.saga
    talk.given(event).nothing()  # type: ignore[arg-type]
    assert talk.saga == before


@pytest.mark.parametrize(
    "event",
    [
        reserved(),
        executed("architecture"),
        verified("architecture"),
        archived(),
        settled(),
        DeadlineReached(1),
    ],
    ids=lambda event: type(event).__name__,
)
def test_nothing_happens_when_it_arrives_before_the_request(talk: Talk, event: object) -> None:
    talk.given(event).nothing()  # type: ignore[arg-type]
    assert talk.saga.state is RunState.ABSENT
