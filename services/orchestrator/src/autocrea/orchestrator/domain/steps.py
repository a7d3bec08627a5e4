"""The state machine of a step inside a run: started, executed, verified, repaired, completed or failed."""

from dataclasses import replace

from autocrea.contracts.artifacts.v1 import PackageGeneration
from autocrea.contracts.digests import set_sha256
from autocrea.contracts.faults import FAULTS, FaultClass, FaultCode
from autocrea.contracts.llm_router.v1 import StepExecuted, StepExecutionFailed
from autocrea.contracts.orchestrator.v1 import StepAttemptFailed, StepCompleted, StepFailed, StepStarted
from autocrea.contracts.shapes import Call, Finding, Usage
from autocrea.contracts.vocabulary import FindingClass, StepState, known
from autocrea.orchestrator.domain import money
from autocrea.orchestrator.domain.archive_name import archive_name
from autocrea.orchestrator.domain.decision import Draft, StartAttempt, StoreFiles, VerifyStep
from autocrea.orchestrator.domain.events import Verified
from autocrea.orchestrator.domain.saga import Answer, RunState, Saga, Step
from autocrea.orchestrator.domain.settling import settle_early

ATTEMPTS_MAX = (
    3  # the first and two repairs: a model that misses twice with the findings before it misses again
)
REPAIRED = frozenset({FindingClass.ERROR, FindingClass.BLOCKING})


def start_ready(draft: Draft) -> None:
    """waiting, all `depends_on` completed → running, attempt 1."""
    for step in draft.saga.ready:
        draft.put(
            replace(
                step,
                state=StepState.RUNNING,
                run=draft.saga.run,
                attempt=1,
                started_at=draft.now,
                findings=(),
            )
        )
        draft.send(StepStarted(**draft.event_header(), step=step.name))
        draft.send(StartAttempt(step.name, 1))


def step_executed(draft: Draft, message: StepExecuted) -> None:
    """running + `StepExecuted(attempt)` → verifying; the output itself is stored beside the saga."""
    step = _current(draft.saga, message.run, message.step, message.attempt, StepState.RUNNING)
    if step is None:
        return
    answer = Answer(message.model, message.usage, message.calls)
    draft.put(replace(step, state=StepState.VERIFYING, answer=answer))
    draft.add_job(VerifyStep(draft.saga.run, step.name, step.attempt))


def step_execution_failed(draft: Draft, message: StepExecutionFailed) -> None:
    """running + `StepExecutionFailed(attempt)` → failed, and the run settles."""
    step = _current(draft.saga, message.run, message.step, message.attempt, StepState.RUNNING)
    if step is None:
        return
    fault = known(FaultCode, message.fault) or FaultCode.INTERNAL
    if FAULTS[fault].fault_class is FaultClass.MODEL:
        model = message.calls[-1].model if message.calls else None
        step = _absorb(draft.saga, step, message.absorbed_usage, model)
    fail_step(draft, step, fault, findings=(), calls=message.calls)


def verified(draft: Draft, event: Verified) -> None:
    """verifying + verified → completed, repaired or failed, as the findings and the attempts left say."""
    step = _current(draft.saga, event.run, event.step, event.attempt, StepState.VERIFYING)
    if step is None or step.answer is None:
        return
    serious = tuple(finding for finding in event.findings if finding.class_ in REPAIRED)
    if not serious:
        _complete(draft, step, step.answer, event)
    elif step.attempt < ATTEMPTS_MAX and _gist(serious) != _gist(step.findings):
        _repair(draft, step, step.answer, serious)
    elif any(finding.class_ is FindingClass.BLOCKING for finding in serious):
        rejected = _absorb(draft.saga, step, step.answer.usage, step.answer.model)
        fail_step(
            draft,
            rejected,
            FaultCode.VERIFICATION_FAILED,
            findings=event.findings,
            calls=step.answer.calls,
        )
    else:
        _complete(draft, step, step.answer, event)


def _repair(draft: Draft, step: Step, answer: Answer, serious: tuple[Finding, ...]) -> None:
    next_attempt = step.attempt + 1
    draft.send(
        StepAttemptFailed(
            **draft.event_header(),
            step=step.name,
            attempt=step.attempt,
            findings=serious,
            calls=answer.calls,
            next_attempt=next_attempt,
        )
    )
    rejected = _absorb(draft.saga, step, answer.usage, answer.model)
    draft.put(replace(rejected, state=StepState.RUNNING, attempt=next_attempt, answer=None, findings=serious))
    draft.send(StartAttempt(step.name, next_attempt))


def _complete(draft: Draft, step: Step, answer: Answer, event: Verified) -> None:
    warnings = tuple(
        finding.model_copy(update={"class_": FindingClass.WARNING}) for finding in event.findings
    )
    charge_tokens = money.price(draft.saga, step, answer.usage, answer.model)
    assert step.started_at is not None, "a step that is verified was started"
    draft.send(
        StepCompleted(
            **draft.event_header(),
            step=step.name,
            attempt=step.attempt,
            model=answer.model,
            usage=answer.usage,
            charge_tokens=charge_tokens,
            files=event.files,
            findings=warnings,
            summary=event.summary,
            duration_ms=max(0, round((draft.now - step.started_at).total_seconds() * 1000)),
            calls=answer.calls,
        )
    )
    draft.put(
        replace(
            step,
            state=StepState.COMPLETED_WITH_WARNINGS if warnings else StepState.COMPLETED,
            answer=None,
            findings=(),
            dropped=event.dropped,
            charge_tokens=charge_tokens,
            warnings=len(warnings),
            set_sha256=set_sha256(event.files),
        )
    )
    draft.send(StoreFiles(step.name))
    go_on(draft)


def go_on(draft: Draft) -> None:
    """running, with steps left → the ready ones start; with none left → packaging."""
    if draft.saga.unfinished:
        start_ready(draft)
        return
    draft.saga = replace(draft.saga, state=RunState.PACKAGING)
    order = draft.saga.terms
    draft.send(
        PackageGeneration(
            **draft.run_header(),
            user_id=order.user_id,
            project_id=order.project_id,
            file_name=archive_name(order.project_name),
            sets={step.name: step.set_sha256 for step in draft.saga.steps if step.set_sha256 is not None},
        )
    )


def fail_step(
    draft: Draft,
    step: Step,
    fault: FaultCode,
    *,
    findings: tuple[Finding, ...],
    calls: tuple[Call, ...],
) -> None:
    """running or verifying → failed; its siblings are cancelled, what waits is skipped, the run settles."""
    draft.put(replace(step, state=StepState.FAILED, answer=None))
    draft.send(
        StepFailed(
            **draft.event_header(),
            step=step.name,
            attempt=step.attempt,
            fault=fault,
            findings=findings,
            calls=calls,
            cancelled_steps=tuple(sibling.name for sibling in draft.saga.active),
            skipped_steps=tuple(waiting.name for waiting in draft.saga.waiting),
        )
    )
    settle_early(draft, fault)


def _current(saga: Saga, run: int, name: str, attempt: int, state: StepState) -> Step | None:
    """The step, if this very attempt of it is in that state; None makes the event a late or foreign one."""
    if saga.state is not RunState.RUNNING or run != saga.run:
        return None
    step = next((one for one in saga.steps if one.name == name), None)
    if step is None or step.state is not state or step.attempt != attempt:
        return None
    return step


def _absorb(saga: Saga, step: Step, usage: Usage, model: str | None) -> Step:
    return replace(step, absorbed_tokens=step.absorbed_tokens + money.price(saga, step, usage, model))


def _gist(findings: tuple[Finding, ...]) -> frozenset[tuple[str, str | None, str]]:
    """What makes findings the same ones again: lines move, rule, file and sentence stay."""
    return frozenset((finding.rule, finding.path, finding.sentence) for finding in findings)
