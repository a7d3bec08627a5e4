"""A person's own decisions: stop, try again, delete; in time, too early and too late."""

from uuid import UUID

import pytest
from autocrea.contracts.billing.v1 import ReserveTokens, SettleTokens
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import ProjectId
from autocrea.contracts.orchestrator.v1 import (
    GenerationCancelled,
    GenerationFailed,
    GenerationRejected,
    GenerationStarted,
    StepCompleted,
)
from autocrea.contracts.vocabulary import StepState
from autocrea.orchestrator.domain.decision import RunDeadline, VerifyStep
from autocrea.orchestrator.domain.events import Bug, RetryBug
from autocrea.orchestrator.domain.saga import RunState
from saga_talk import Talk
from saga_values import (
    archived,
    cancel,
    deleted,
    executed,
    not_archived,
    not_executed,
    refused,
    requested,
    reserved,
    retry,
    settled,
    verified,
)


class TestCancel:
    def test_queued_run_is_settled_without_a_step(self, talk: Talk) -> None:
        talk.given(requested()).given(cancel()).expect("SettleTokens cancelled cancelled_by_user 0")
        talk.given(settled()).expect("GenerationCancelled cancelled_by_user 0")
        assert {step.state for step in talk.saga.steps} == {StepState.SKIPPED}

    def test_active_steps_are_stopped_and_their_caps_absorbed(self, talk: Talk) -> None:
        talk.running().step("architecture").given(executed("backend")).given(cancel()).expect(
            "CancelStep backend", "CancelStep frontend", "SettleTokens cancelled cancelled_by_user 3"
        )
        assert talk.last.removed_jobs == (VerifyStep(1, "backend", 1),)
        assert talk.one(SettleTokens).absorbed_tokens == 16 + 14
        talk.settled_as_asked().expect("GenerationCancelled cancelled_by_user 3")
        offer = talk.one(GenerationCancelled).retry
        assert offer is not None
        assert offer.steps == ("backend", "frontend", "devops", "security_audit")
        assert offer.quote_tokens == 42

    def test_terminal_answers_when_it_is_too_late(self, talk: Talk) -> None:
        talk.written().given(cancel()).nothing()
        talk.given(archived()).given(cancel()).nothing()
        talk.settled_as_asked().expect("GenerationCompleted 15")
        talk.given(cancel()).nothing()

    def test_request_is_cancelled_when_it_was_withdrawn_before(self, talk: Talk) -> None:
        talk.given(cancel()).expect()
        talk.given(requested()).expect("GenerationCancelled cancelled_by_user 0")
        assert talk.last.jobs == ()
        talk.given(retry(2)).expect("ReserveTokens 50")

    def test_late_results_change_nothing(self, talk: Talk) -> None:
        talk.running().given(executed("architecture")).given(cancel())
        talk.given(verified("architecture")).nothing()
        talk.given(executed("architecture")).nothing()
        talk.given(not_executed("architecture", FaultCode.INTERNAL)).nothing()


class TestRetry:
    def failed(self, talk: Talk, fault: FaultCode) -> Talk:
        talk.running().step("architecture").step("backend")
        talk.given(not_executed("frontend", fault))
        refunds = {"architecture": 3, "backend": 3} if talk.one(SettleTokens).charges["backend"] == 0 else {}
        return talk.settled_as_asked(refunds)

    def test_only_unfinished_steps_run_again(self, talk: Talk) -> None:
        self.failed(talk, FaultCode.OUTPUT_INVALID)
        offer = talk.one(GenerationFailed).retry
        assert offer is not None
        assert (offer.steps, offer.quote_tokens) == (("frontend", "devops", "security_audit"), 26)
        talk.given(retry(2)).expect("ReserveTokens 26")
        assert {job.run for job in talk.last.jobs if isinstance(job, RunDeadline)} == {2}
        talk.given(reserved(run=2)).expect(
            "GenerationStarted", "StepStarted frontend", "ExecuteStep frontend 1"
        )
        started = talk.one(GenerationStarted)
        assert [step.step for step in started.steps if step.reused] == ["architecture", "backend"]
        for name in ("frontend", "devops", "security_audit"):
            talk.step(name, run=2)
        talk.given(archived(run=2)).expect("SettleTokens completed 15")
        talk.settled_as_asked().expect("GenerationCompleted 15")
        assert [one.step for one in talk.all(StepCompleted)].count("architecture") == 1
        assert talk.sequences == list(range(1, len(talk.sequences) + 1))

    def test_refunded_steps_are_held_again(self, talk: Talk) -> None:
        self.failed(talk, FaultCode.PROVIDER_UNAVAILABLE)
        offer = talk.one(GenerationFailed).retry
        assert offer is not None
        assert offer.quote_tokens == 26 + 3 + 3
        talk.given(retry(2))
        assert talk.one(ReserveTokens).caps == {
            "architecture": 3,
            "backend": 3,
            "frontend": 14,
            "devops": 6,
            "security_audit": 6,
        }

    def test_retry_is_rejected_when_it_was_offered_for_another_price(self, talk: Talk) -> None:
        self.failed(talk, FaultCode.OUTPUT_INVALID)
        talk.given(retry(2, quote_tokens=25)).expect("GenerationRejected quote_changed")
        assert talk.last.jobs == ()
        offer = talk.one(GenerationRejected).retry
        assert offer is not None
        assert offer.quote_tokens == 26
        talk.given(retry(3, quote_tokens=26)).expect("ReserveTokens 26")

    def test_refunded_steps_stay_free_when_the_retry_is_stopped(self, talk: Talk) -> None:
        self.failed(talk, FaultCode.PROVIDER_UNAVAILABLE)
        talk.given(retry(2)).given(reserved(run=2)).given(cancel(2))
        talk.expect("CancelStep frontend", "SettleTokens cancelled cancelled_by_user 0")
        talk.settled_as_asked()
        again = talk.one(GenerationCancelled).retry
        assert again is not None
        assert again.quote_tokens == 32

    def test_earlier_charges_stay_when_the_retry_fails_through_us(self, talk: Talk) -> None:
        self.failed(talk, FaultCode.OUTPUT_INVALID)
        talk.given(retry(2)).given(reserved(run=2)).step("frontend", run=2)
        talk.given(not_executed("devops", FaultCode.PROVIDER_UNAVAILABLE, run=2))
        assert talk.one(SettleTokens).charges == {
            "architecture": 3,
            "backend": 3,
            "frontend": 0,
            "devops": 0,
            "security_audit": 0,
        }
        talk.settled_as_asked({"frontend": 3}).expect("GenerationFailed provider_unavailable 6")

    def test_packaging_alone_is_repeated_when_every_step_is_there(self, talk: Talk) -> None:
        talk.written().given(not_archived())
        talk.settled_as_asked(
            dict.fromkeys(["architecture", "backend", "frontend", "devops", "security_audit"], 3)
        )
        talk.given(retry(2)).expect("ReserveTokens 15")
        talk.given(reserved(run=2)).expect("GenerationStarted", "PackageGeneration")
        talk.given(archived(run=2)).expect("SettleTokens completed 15")

    def test_empty_settlement_leaves_what_the_ledger_held(self, talk: Talk) -> None:
        self.failed(talk, FaultCode.OUTPUT_INVALID)
        talk.given(retry(2)).given(cancel(2)).given(settled(run=2))
        assert talk.one(GenerationCancelled).net_tokens == 6

    @pytest.mark.parametrize("run", [1, 3])
    def test_nothing_happens_for_another_run(self, talk: Talk, run: int) -> None:
        self.failed(talk, FaultCode.OUTPUT_INVALID).given(retry(run)).nothing()

    def test_nothing_happens_while_a_run_goes_on_or_has_completed(self, talk: Talk) -> None:
        talk.running().given(retry(2)).nothing()
        Talk().completed().given(retry(2)).nothing()

    def test_results_of_the_first_run_change_nothing(self, talk: Talk) -> None:
        self.failed(talk, FaultCode.OUTPUT_INVALID).given(retry(2)).given(reserved(run=2))
        talk.given(executed("frontend", run=1)).nothing()
        talk.given(settled(run=1)).nothing()
        talk.given(Bug(1)).nothing()

    def test_retry_is_cancelled_when_it_was_withdrawn_before(self, talk: Talk) -> None:
        self.failed(talk, FaultCode.OUTPUT_INVALID).given(cancel(2)).expect()
        talk.given(retry(2)).expect("GenerationCancelled cancelled_by_user 6")
        talk.given(retry(3)).expect("ReserveTokens 26")

    def test_retry_that_cannot_be_handled_fails(self, talk: Talk) -> None:
        self.failed(talk, FaultCode.OUTPUT_INVALID)
        talk.given(RetryBug(2)).expect("GenerationFailed internal 6")
        talk.given(retry(3)).expect("ReserveTokens 26")

    def test_rejected_retry_can_be_retried(self, talk: Talk) -> None:
        self.failed(talk, FaultCode.OUTPUT_INVALID).given(retry(2))
        talk.given(refused(FaultCode.INSUFFICIENT_TOKENS, run=2)).expect(
            "GenerationRejected insufficient_tokens"
        )
        talk.given(retry(3)).expect("ReserveTokens 26")


class TestErase:
    def test_running_steps_are_stopped_and_the_words_go_at_the_end(self, talk: Talk) -> None:
        talk.running().given(deleted()).expect(
            "CancelStep architecture", "SettleTokens cancelled project_deleted 0"
        )
        assert not talk.last.erase
        talk.given(settled()).expect("GenerationCancelled project_deleted 0")
        assert talk.last.erase
        assert talk.saga.terms.project_name == ""
        assert talk.one(GenerationCancelled).retry is None

    def test_queued_run_is_settled_without_a_step(self, talk: Talk) -> None:
        talk.given(requested()).given(deleted()).expect("SettleTokens cancelled project_deleted 0")

    def test_packaging_is_given_up(self, talk: Talk) -> None:
        talk.written().given(deleted()).expect("SettleTokens cancelled project_deleted 15")

    def test_terminal_is_erased_at_once(self, talk: Talk) -> None:
        talk.completed().given(deleted()).expect()
        assert talk.last.erase
        assert talk.saga.state is RunState.COMPLETED

    def test_settling_run_ends_as_decided_and_is_erased(self, talk: Talk) -> None:
        talk.running().given(cancel()).given(deleted()).nothing()
        talk.given(settled()).expect("GenerationCancelled cancelled_by_user 0")
        assert talk.last.erase
        assert talk.one(GenerationCancelled).retry is None

    def test_request_is_cancelled_when_its_project_is_gone(self, talk: Talk) -> None:
        talk.given(deleted()).expect()
        talk.given(requested()).expect("GenerationCancelled project_deleted 0")
        assert talk.last.erase

    def test_retry_is_cancelled_when_its_project_is_gone(self, talk: Talk) -> None:
        talk.given(requested()).given(refused(FaultCode.INSUFFICIENT_TOKENS)).given(deleted())
        talk.given(retry(2)).expect("GenerationCancelled project_deleted 0")

    def test_another_project_is_not_ours(self, talk: Talk) -> None:
        other = deleted().model_copy(update={"project_id": ProjectId(UUID(int=99))})
        talk.running().given(other).nothing()
