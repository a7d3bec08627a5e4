"""What operators get and send."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from autocrea.chassis.action_order import newest_of_all
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.contracts.message import Shape
from autocrea.gateway.domain.generation import Status
from autocrea.gateway.domain.operations import CallStatistics, OfService, OperatedGeneration, QueueDepth
from autocrea.gateway.domain.views import Pause
from autocrea.gateway.entrypoints.request_bodies import one_line, plain
from autocrea.gateway.entrypoints.requests import make_place_cursor
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(plain),
    AfterValidator(one_line),
]


class OperatedGenerationBody(Shape):
    """A generation without its content."""

    generation_id: UUID
    user_id: str
    project_id: UUID
    pipeline: str
    status: Status
    run: int
    cancel_requested: bool
    quote_tokens: int
    fault: str | None
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime

    @classmethod
    def of(cls, generation: OperatedGeneration) -> "OperatedGenerationBody":
        return cls(**{name: getattr(generation, name) for name in cls.model_fields})


class QueueBody(Shape):
    """A queue of the broker; both numbers are null when it is not there."""

    queue: str
    messages: int | None = Field(description="Waiting to be taken.")
    consumers: int | None

    @classmethod
    def of(cls, depth: QueueDepth) -> "QueueBody":
        return cls(queue=depth.queue, messages=depth.messages, consumers=depth.consumers)


class JobsBody(Shape):
    """The jobs of one kind at a service."""

    service: str
    kind: str
    jobs: int
    running: int
    due: int = Field(description="Those that could run now and do not.")
    attempts_max: int


class WorkBody(Shape):
    """What waits: queues and jobs, and who did not answer."""

    queues: list[QueueBody]
    jobs: list[JobsBody]
    silent: list[str] = Field(description="Services that did not answer.")

    @classmethod
    def of(cls, depths: list[QueueBody], told: list[OfService]) -> "WorkBody":
        jobs = [JobsBody(service=one.service, **row) for one in told for row in one.rows or ()]
        return cls(queues=depths, jobs=jobs, silent=silent(told))


class DeadLetterBody(Shape):
    """Something a service could not handle because of a bug."""

    service: str
    id: UUID
    source: str = Field(description="`inbox`, `queue` or `job`.")
    type: str
    message_id: UUID | None
    subject: str | None
    reason: str
    created_at: datetime
    resolved_at: datetime | None
    resolution: str | None


class WholeDeadLetterBody(DeadLetterBody):
    """The same with its body, which may hold what a person wrote, and where it failed."""

    body: str
    traceback: str
    resolved_by: str | None
    resolved_why: str | None

    @classmethod
    def told(cls, service: str, letter: Any) -> "WholeDeadLetterBody":
        return cls(service=service, **letter)


class DeadLettersBody(Shape):
    """The newest of every service."""

    items: list[DeadLetterBody]
    left_out: int = Field(description="How many older ones there are beside these.")
    silent: list[str] = Field(description="Services that did not answer.")

    @classmethod
    def of(cls, told: list[OfService]) -> "DeadLettersBody":
        letters = [DeadLetterBody(service=one.service, **row) for one in told for row in one.rows or ()]
        letters.sort(key=lambda letter: letter.created_at, reverse=True)
        return cls(items=letters, left_out=sum(one.left_out for one in told), silent=silent(told))


class ActionBody(Shape):
    """Something that an operator did."""

    service: str = Field(description="Whose rows it changed.")
    id: int = Field(description="Its number at that service.")
    at: datetime
    who: str = Field(description="A person's id, or the name that a command line was given.")
    action: str
    target: str
    reason: str | None
    details: dict[str, Any] = Field(description="Figures of what came of it.")
    outcome: str = Field(description="`done`; or `begun`, of what takes long and is `done` in a later one.")


class ActionsBody(Shape):
    """What operators did, the newest first."""

    items: list[ActionBody]
    left_out: int = Field(description="How many older ones there are.")
    next_cursor: str | None = Field(description="For the page after this; null when there is none.")
    silent: list[str] = Field(description="Services that did not answer.")

    @classmethod
    def of(cls, told: list[OfService], limit: int) -> "ActionsBody":
        rows = {one.service: one.rows for one in told if one.rows is not None}
        page = newest_of_all(rows, sum(one.left_out for one in told), limit)
        return cls(
            items=[ActionBody(**action) for action in page.actions],
            left_out=page.left_out,
            next_cursor=make_place_cursor(page.end) if page.end is not None else None,
            silent=silent(told),
        )


class ProviderBody(Shape):
    """A model at its provider: whether its breaker is closed, and what its calls of the last hour were like."""

    provider: str
    model: str
    available: bool
    simulated: bool
    reason: str | None = Field(description="Why it is not available.")
    calls: int
    failed: int
    first_token_ms_p50: int | None
    total_ms_p50: int | None
    total_ms_p95: int | None

    @classmethod
    def of(cls, status: ProviderStatusChanged, calls: CallStatistics | None) -> "ProviderBody":
        none = dict.fromkeys(("first_token_ms_p50", "total_ms_p50", "total_ms_p95"))
        names = ("calls", "failed", *none)
        figures = (
            {"calls": 0, "failed": 0, **none} if calls is None else {n: getattr(calls, n) for n in names}
        )
        return cls(
            provider=status.provider,
            model=status.model,
            available=status.available,
            simulated=status.simulated,
            reason=status.reason,
            **figures,
        )


class PauseBody(Shape):
    """When new generations were not taken, by whom and why."""

    reason: str
    paused_by: str
    paused_at: datetime
    resumed_by: str | None
    resumed_at: datetime | None = Field(description="Null while it is in force.")

    @classmethod
    def of(cls, pause: Pause) -> "PauseBody":
        return cls(**{name: getattr(pause, name) for name in cls.model_fields})


class ReasonRequest(BaseModel):
    """Why an operator does it; it stays written down with who did."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "mantenimiento hasta las 15:00"}]})

    reason: Reason


def silent(told: list[OfService]) -> list[str]:
    return [one.service for one in told if one.rows is None]
