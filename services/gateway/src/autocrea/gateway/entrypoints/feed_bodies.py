"""What readers of the feeds get: for each event its name and the shape of its data, and the two unions of them.

A server-sent event's fields are `id`, `event` and `data`; these models are those three together. Types that this build
does not know are sent under their own name all the same: clients pass over what they do not know.
"""

from typing import Annotated, Literal, Self
from uuid import UUID

from autocrea.contracts.billing import v1 as billing
from autocrea.contracts.llm_router import v1 as llm_router
from autocrea.contracts.message import Shape
from autocrea.contracts.orchestrator import v1 as orchestrator
from autocrea.gateway.domain.generation import Generation, Status
from autocrea.gateway.domain.service_status import ServiceStatus
from autocrea.gateway.entrypoints.bodies import BalanceBody
from autocrea.gateway.entrypoints.project_bodies import ProjectChange
from pydantic import Field, RootModel


class _Told(Shape):
    id: int = Field(description="Where to go on: send it as `Last-Event-ID`.")


class GenerationStartedEvent(_Told):
    event: Literal["generation_started"]
    data: orchestrator.GenerationStarted


class StepStartedEvent(_Told):
    event: Literal["step_started"]
    data: orchestrator.StepStarted


class StepAttemptFailedEvent(_Told):
    event: Literal["step_attempt_failed"]
    data: orchestrator.StepAttemptFailed


class StepCompletedEvent(_Told):
    event: Literal["step_completed"]
    data: orchestrator.StepCompleted


class StepFailedEvent(_Told):
    event: Literal["step_failed"]
    data: orchestrator.StepFailed


class GenerationCompletedEvent(_Told):
    event: Literal["generation_completed"]
    data: orchestrator.GenerationCompleted


class GenerationFailedEvent(_Told):
    event: Literal["generation_failed"]
    data: orchestrator.GenerationFailed


class GenerationCancelledEvent(_Told):
    event: Literal["generation_cancelled"]
    data: orchestrator.GenerationCancelled


class GenerationRejectedEvent(_Told):
    event: Literal["generation_rejected"]
    data: orchestrator.GenerationRejected


class StepProgressedEvent(Shape):
    """Text as it is written; it has no id, and some of it may be lost."""

    event: Literal["step_progressed"]
    data: llm_router.StepProgressed


class GenerationEvent(
    RootModel[
        Annotated[
            GenerationStartedEvent
            | StepStartedEvent
            | StepAttemptFailedEvent
            | StepCompletedEvent
            | StepFailedEvent
            | GenerationCompletedEvent
            | GenerationFailedEvent
            | GenerationCancelledEvent
            | GenerationRejectedEvent
            | StepProgressedEvent,
            Field(discriminator="event"),
        ]
    ]
):
    """An event of a generation's feed."""


class GenerationState(Shape):
    """How a generation stands, as lists show it."""

    generation_id: UUID
    project_id: UUID
    run: int
    status: Status
    cancel_requested: bool

    @classmethod
    def of(cls, generation: Generation) -> Self:
        return cls(**{name: getattr(generation, name) for name in cls.model_fields})


class Snapshot(Shape):
    """How everything stands, for a reader that knows nothing yet; later events may repeat what it says."""

    balance: BalanceBody
    generations: list[GenerationState] = Field(description="The newest ones.")


class SnapshotEvent(_Told):
    event: Literal["snapshot"]
    data: Snapshot


class BalanceChangedEvent(_Told):
    event: Literal["balance_changed"]
    data: billing.BalanceChanged


class GenerationChangedEvent(_Told):
    event: Literal["generation_changed"]
    data: GenerationState


class PurchaseChangedEvent(_Told):
    event: Literal["purchase_changed"]
    data: billing.PurchaseChanged


class ProjectCreatedEvent(_Told):
    event: Literal["project_created"]
    data: ProjectChange


class ProjectRenamedEvent(_Told):
    event: Literal["project_renamed"]
    data: ProjectChange


class ProjectDeletedEvent(_Told):
    event: Literal["project_deleted"]
    data: ProjectChange


class Nothing(Shape):
    """No data: the event's name says it all."""


class AccountErasedEvent(_Told):
    """Everything of the person was erased; what they had open shows what is no more."""

    event: Literal["account_erased"]
    data: Nothing


class ServiceStatusEvent(Shape):
    """Told at the beginning and when it changes; it has no id, and the latest one counts."""

    event: Literal["service_status"]
    data: ServiceStatus


class AccountEvent(
    RootModel[
        Annotated[
            SnapshotEvent
            | BalanceChangedEvent
            | GenerationChangedEvent
            | PurchaseChangedEvent
            | ProjectCreatedEvent
            | ProjectRenamedEvent
            | ProjectDeletedEvent
            | AccountErasedEvent
            | ServiceStatusEvent,
            Field(discriminator="event"),
        ]
    ]
):
    """An event of a person's own feed."""
