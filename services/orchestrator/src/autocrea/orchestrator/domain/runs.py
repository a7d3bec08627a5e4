"""The state machine of a generation and its runs: requested, reserved, packaged, cancelled, retried, erased."""

from dataclasses import replace

from autocrea.contracts.artifacts.v1 import ArtifactReady, PackagingFailed
from autocrea.contracts.billing.v1 import ReservationRefused, ReserveTokens, TokensReserved
from autocrea.contracts.faults import FAULTS, FaultClass, FaultCode
from autocrea.contracts.gateway.v1 import CancellationRequested, ProjectDeleted, RetryRequested
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import CancelStep
from autocrea.contracts.orchestrator.v1 import Archive, GenerationRejected, GenerationStarted, PlannedStep
from autocrea.contracts.vocabulary import RunOutcome, known
from autocrea.orchestrator.domain import money, ordering
from autocrea.orchestrator.domain.decision import Draft
from autocrea.orchestrator.domain.events import Bug, DeadlineReached, RequestBug, Requested, RetryBug
from autocrea.orchestrator.domain.saga import RETRYABLE, RunState, Saga
from autocrea.orchestrator.domain.settling import (
    end_early,
    erase,
    outcome_of,
    settle_completed,
    settle_early,
    skip_waiting,
)
from autocrea.orchestrator.domain.steps import fail_step, go_on


def requested(draft: Draft, event: Requested) -> None:
    """absent + `GenerationRequested` → queued, or at once rejected or cancelled."""
    if draft.saga.state is not RunState.ABSENT:
        return
    _adopt(draft, event)
    message = event.message
    if draft.saga.erased or draft.saga.withdrawn_run == draft.saga.run:
        _end_withdrawn(draft)
    elif event.pinned is None or event.pinned.quote_tokens != message.quote_tokens:
        _reject(draft, FaultCode.QUOTE_CHANGED, available=None, needed=None, retry_after=None)
    else:
        _queue(draft)


def request_bug(draft: Draft, event: RequestBug) -> None:
    """absent + bug in `GenerationRequested` → failed."""
    if draft.saga.state is RunState.ABSENT:
        _adopt(draft, event.request)
        _end_before_start(draft, FaultCode.INTERNAL)


def retry_requested(draft: Draft, message: RetryRequested) -> None:
    """failed, cancelled or rejected + `RetryRequested(r+1)` → queued, or cancelled where it was withdrawn or erased."""
    if not _opens_next_run(draft.saga, message.run):
        return
    draft.saga = ordering.next_run(draft.saga)
    if draft.saga.erased or draft.saga.withdrawn_run == draft.saga.run:
        _end_withdrawn(draft)
    elif not draft.saga.steps or message.quote_tokens not in (
        None,
        sum(money.reservation(draft.saga).values()),
    ):
        # The pipeline it was ordered from was unknown then and there is none of that name now, or it was offered for
        # another price than it has.
        _reject(draft, FaultCode.QUOTE_CHANGED, available=None, needed=None, retry_after=None)
    else:
        _queue(draft)


def retry_bug(draft: Draft, event: RetryBug) -> None:
    """A retry that cannot be handled is the next run, failed: the person who asked gets an end."""
    if _opens_next_run(draft.saga, event.run):
        draft.saga = ordering.next_run(draft.saga)
        _end_before_start(draft, FaultCode.INTERNAL)


def cancellation_requested(draft: Draft, message: CancellationRequested) -> None:
    """queued or running → settling; for a run that is still to come it is noted; else the terminal answers it."""
    saga = draft.saga
    if message.run == saga.run + 1:
        draft.saga = replace(saga, withdrawn_run=message.run)
    elif message.run == saga.run and saga.state in (RunState.QUEUED, RunState.RUNNING):
        settle_early(draft, FaultCode.CANCELLED_BY_USER)


def project_deleted(draft: Draft, message: ProjectDeleted) -> None:
    """Noted in every state; what runs settles as cancelled, and what has ended is erased at once."""
    saga = draft.saga
    if saga.erased or (saga.order is not None and saga.order.project_id != message.project_id):
        return
    draft.saga = replace(saga, erased=True)
    if saga.state in (RunState.QUEUED, RunState.RUNNING, RunState.PACKAGING):
        settle_early(draft, FaultCode.PROJECT_DELETED)
    elif saga.terminal:
        erase(draft)


def tokens_reserved(draft: Draft, message: TokensReserved) -> None:
    """queued + `TokensReserved(r)` → running, or packaging where no step is left to run."""
    saga = draft.saga
    if saga.state is not RunState.QUEUED or message.run != saga.run:
        return
    draft.saga = replace(saga, state=RunState.RUNNING, models=message.models)
    order = saga.terms
    draft.send(
        GenerationStarted(
            **draft.event_header(),
            pipeline=order.pipeline,
            pipeline_digest=order.pipeline_digest,
            quote_tokens=sum(money.reservation(saga).values()),
            steps=tuple(
                PlannedStep(
                    step=step.name,
                    title=step.title,
                    icon=step.icon,
                    cap_tokens=step.cap_tokens,
                    depends_on=step.depends_on,
                    reused=step.completed,
                )
                for step in saga.steps
            ),
        )
    )
    go_on(draft)


def reservation_refused(draft: Draft, message: ReservationRefused) -> None:
    """queued + `ReservationRefused(r)` → rejected; failed where the fault is ours."""
    if draft.saga.state is not RunState.QUEUED or message.run != draft.saga.run:
        return
    fault = known(FaultCode, message.fault) or FaultCode.INTERNAL
    draft.stop_deadline()
    if FAULTS[fault].fault_class is FaultClass.INFRASTRUCTURE:
        skip_waiting(draft)
        end_early(draft, RunOutcome.FAILED, fault)
    else:
        _reject(
            draft,
            fault,
            available=message.available_tokens,
            needed=message.needed_tokens,
            retry_after=message.retry_after_seconds,
        )


def artifact_ready(draft: Draft, message: ArtifactReady) -> None:
    """packaging + `ArtifactReady(r)` → settling."""
    if draft.saga.state is not RunState.PACKAGING or message.run != draft.saga.run:
        return
    archive = Archive(
        file_name=message.file_name, sha256=message.sha256, bytes=message.bytes, files=message.files
    )
    draft.saga = replace(draft.saga, archive=archive)
    settle_completed(draft)


def packaging_failed(draft: Draft, message: PackagingFailed) -> None:
    """packaging + `PackagingFailed(r)` → settling."""
    if draft.saga.state is not RunState.PACKAGING or message.run != draft.saga.run:
        return
    settle_early(draft, known(FaultCode, message.fault) or FaultCode.PACKAGING_FAILED, RunOutcome.FAILED)


def deadline_reached(draft: Draft, event: DeadlineReached) -> None:
    """Every state before settling → settling; in settling only billing's answer ends the run."""
    if event.run == draft.saga.run:
        _break_off(draft, FaultCode.RUN_DEADLINE, None)


def bug(draft: Draft, event: Bug) -> None:
    """The same for something that could not be handled."""
    if event.run == draft.saga.run:
        _break_off(draft, FaultCode.INTERNAL, event.step)


def _break_off(draft: Draft, fault: FaultCode, culprit: StepName | None) -> None:
    saga = draft.saga
    if saga.state in (RunState.QUEUED, RunState.PACKAGING):
        settle_early(draft, fault)
    elif saga.state is RunState.RUNNING:
        active = saga.active
        named = next((step for step in active if step.name == culprit), active[0])
        draft.send(CancelStep(**draft.run_header(), step=named.name))
        fail_step(draft, named, fault, findings=(), calls=named.answer.calls if named.answer else ())


def _adopt(draft: Draft, event: Requested) -> None:
    """Take the order on the pipeline it was quoted on, else on what its name means today: what a retry would run."""
    draft.saga = ordering.adopt(draft.saga, event.message, event.pinned or event.current)


def _opens_next_run(saga: Saga, run: int) -> bool:
    return saga.state in RETRYABLE and run == saga.run + 1


def _queue(draft: Draft) -> None:
    saga = draft.saga = replace(draft.saga, state=RunState.QUEUED)
    order = saga.terms
    draft.send(
        ReserveTokens(
            **draft.run_header(),
            user_id=order.user_id,
            email_verified=order.email_verified,
            caps=money.reservation(saga),
            rate_card_version=order.rate_card_version,
        )
    )
    draft.start_deadline()


def _end_withdrawn(draft: Draft) -> None:
    _end_before_start(draft, FaultCode.PROJECT_DELETED if draft.saga.erased else FaultCode.CANCELLED_BY_USER)
    if draft.saga.erased:
        erase(draft)


def _end_before_start(draft: Draft, fault: FaultCode) -> None:
    skip_waiting(draft)
    end_early(draft, outcome_of(fault), fault)


def _reject(
    draft: Draft, fault: FaultCode, *, available: int | None, needed: int | None, retry_after: int | None
) -> None:
    draft.saga = replace(draft.saga, state=RunState.REJECTED)
    draft.send(
        GenerationRejected(
            **draft.event_header(),
            fault=fault,
            available_tokens=available,
            needed_tokens=needed,
            retry_after_seconds=retry_after,
            retry=money.retry_offer(draft.saga, fault),
        )
    )
