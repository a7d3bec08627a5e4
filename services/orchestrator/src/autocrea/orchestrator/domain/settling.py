"""How a run ends: it leaves the state it was in, asks billing to settle, and on the answer says the terminal."""

from dataclasses import replace

from autocrea.contracts.billing.v1 import SettleTokens, TokensSettled
from autocrea.contracts.faults import FAULTS, FaultClass, FaultCode
from autocrea.contracts.llm_router.v1 import CancelStep
from autocrea.contracts.orchestrator.v1 import GenerationCancelled, GenerationCompleted, GenerationFailed
from autocrea.contracts.vocabulary import RunOutcome, StepState
from autocrea.orchestrator.domain import money
from autocrea.orchestrator.domain.decision import Draft, VerifyStep
from autocrea.orchestrator.domain.saga import RunState, Saga, Settlement, Step


def outcome_of(fault: FaultCode) -> RunOutcome:
    """A person's own decision ends a run as cancelled, everything else as failed."""
    return RunOutcome.CANCELLED if FAULTS[fault].fault_class is FaultClass.PERSON else RunOutcome.FAILED


def settle_early(draft: Draft, fault: FaultCode, outcome: RunOutcome | None = None) -> None:
    """Stop what is active, skip what waits, and ask billing for what the run costs so far."""
    absorbed_tokens = money.absorbed(draft.saga, fault)
    for step in draft.saga.active:
        stop_step(draft, step)
    skip_waiting(draft)
    _settle(draft, outcome or outcome_of(fault), fault, absorbed_tokens)


def settle_completed(draft: Draft) -> None:
    """The archive is there: ask billing for the final figures."""
    warned = any(step.warnings for step in draft.saga.steps)
    outcome = RunOutcome.COMPLETED_WITH_WARNINGS if warned else RunOutcome.COMPLETED
    _settle(draft, outcome, None, money.absorbed(draft.saga, None))


def _settle(draft: Draft, outcome: RunOutcome, fault: FaultCode | None, absorbed_tokens: int) -> None:
    charges = money.charges(draft.saga, fault)
    draft.saga = replace(draft.saga, state=RunState.SETTLING, settlement=Settlement(outcome, fault, charges))
    draft.send(
        SettleTokens(
            **draft.run_header(),
            user_id=draft.saga.terms.user_id,
            outcome=outcome,
            fault=fault,
            charges=charges,
            absorbed_tokens=absorbed_tokens,
        )
    )


def stop_step(draft: Draft, step: Step) -> None:
    """Cancel an active step: its model is told, its verification is given up."""
    draft.send(CancelStep(**draft.run_header(), step=step.name))
    drop_verification(draft, step)
    draft.put(replace(step, state=StepState.CANCELLED, answer=None))


def drop_verification(draft: Draft, step: Step) -> None:
    if step.state is StepState.VERIFYING:
        draft.remove_job(VerifyStep(draft.saga.run, step.name, step.attempt))


def skip_waiting(draft: Draft) -> None:
    draft.saga = draft.saga.with_steps(
        lambda step: replace(step, state=StepState.SKIPPED) if step.state is StepState.WAITING else step
    )


def tokens_settled(draft: Draft, reply: TokensSettled) -> None:
    """settling + `TokensSettled(r)` → the terminal that was decided when the run left its last state."""
    saga = draft.saga
    if saga.state is not RunState.SETTLING or reply.run != saga.run or saga.settlement is None:
        return
    draft.saga = money.settled(saga, reply)
    settlement = saga.settlement
    if settlement.fault is None:
        _end_completed(draft, settlement.outcome)
    else:
        end_early(draft, settlement.outcome, settlement.fault, sum(reply.refunds.values()))
    draft.stop_deadline()
    if draft.saga.erased:
        erase(draft)


def _end_completed(draft: Draft, outcome: RunOutcome) -> None:
    archive = draft.saga.archive
    assert archive is not None, "a completed run has its archive"
    draft.saga = replace(draft.saga, state=RunState(outcome.value))
    draft.send(
        GenerationCompleted(
            **draft.event_header(),
            steps=money.outcomes(draft.saga),
            net_tokens=money.net_tokens(draft.saga),
            warnings=sum(step.warnings for step in draft.saga.steps),
            archive=archive,
        )
    )


def end_early(draft: Draft, outcome: RunOutcome, fault: FaultCode, refunded_tokens: int = 0) -> None:
    """Say that the run failed or was cancelled, with what a retry would cost."""
    event = GenerationCancelled if outcome is RunOutcome.CANCELLED else GenerationFailed
    draft.saga = replace(draft.saga, state=RunState(outcome.value))
    draft.send(
        event(
            **draft.event_header(),
            fault=fault,
            steps=money.outcomes(draft.saga),
            net_tokens=money.net_tokens(draft.saga),
            refunded_tokens=refunded_tokens,
            retry=money.retry_offer(draft.saga, fault),
        )
    )


def erase(draft: Draft) -> None:
    """Forget the person's words; amounts, ids and states stay."""
    draft.erase = True
    draft.saga = _without_words(draft.saga)


def _without_words(saga: Saga) -> Saga:
    order = None if saga.order is None else replace(saga.order, project_name="")
    archive = None if saga.archive is None else saga.archive.model_copy(update={"file_name": ""})
    blank = saga.with_steps(lambda step: replace(step, answer=None, findings=(), omitted=(), dropped=()))
    return replace(blank, order=order, archive=archive)
