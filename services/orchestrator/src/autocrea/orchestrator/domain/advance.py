"""The saga's one door: a state and what happened give the next state and everything that follows from it."""

from datetime import datetime
from typing import assert_never

from autocrea.contracts.artifacts.v1 import ArtifactReady, PackagingFailed
from autocrea.contracts.billing.v1 import ReservationRefused, TokensReserved, TokensSettled
from autocrea.contracts.gateway.v1 import CancellationRequested, ProjectDeleted, RetryRequested
from autocrea.contracts.llm_router.v1 import StepExecuted, StepExecutionFailed
from autocrea.orchestrator.domain import runs, settling, steps
from autocrea.orchestrator.domain.decision import Decision, Draft
from autocrea.orchestrator.domain.events import (
    Bug,
    DeadlineReached,
    Event,
    RequestBug,
    Requested,
    RetryBug,
    Verified,
)
from autocrea.orchestrator.domain.saga import Saga


def advance(saga: Saga, event: Event, now: datetime) -> Decision:
    """Decide. A pair of state and event that means nothing (late, early, of another run) changes nothing."""
    draft = Draft(saga, now)
    _dispatch(draft, event)
    return draft.decision()


def _dispatch(draft: Draft, event: Event) -> None:
    match event:
        case Requested():
            runs.requested(draft, event)
        case RetryRequested():
            runs.retry_requested(draft, event)
        case CancellationRequested():
            runs.cancellation_requested(draft, event)
        case ProjectDeleted():
            runs.project_deleted(draft, event)
        case TokensReserved():
            runs.tokens_reserved(draft, event)
        case ReservationRefused():
            runs.reservation_refused(draft, event)
        case StepExecuted():
            steps.step_executed(draft, event)
        case StepExecutionFailed():
            steps.step_execution_failed(draft, event)
        case Verified():
            steps.verified(draft, event)
        case ArtifactReady():
            runs.artifact_ready(draft, event)
        case PackagingFailed():
            runs.packaging_failed(draft, event)
        case TokensSettled():
            settling.tokens_settled(draft, event)
        case DeadlineReached():
            runs.deadline_reached(draft, event)
        case Bug():
            runs.bug(draft, event)
        case RequestBug():
            runs.request_bug(draft, event)
        case RetryBug():
            runs.retry_bug(draft, event)
        case _:
            assert_never(event)
