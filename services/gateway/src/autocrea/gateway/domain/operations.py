"""What operators look at: how things stand across the services, without anybody's content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from autocrea.contracts.ids import GenerationId, ProjectId, UserId
from autocrea.gateway.domain.generation import Status


@dataclass(frozen=True, slots=True)
class OperatedGeneration:
    """A generation as an operator sees it: whose it is and how it stands, not what was asked for."""

    generation_id: GenerationId
    user_id: UserId
    project_id: ProjectId
    pipeline: str
    status: Status
    run: int
    cancel_requested: bool
    quote_tokens: int
    fault: str | None
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class GenerationFilter:
    """Which generations: all, or those with a status, of a person, or with a fault."""

    status: Status | None = None
    user_id: UserId | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """A queue of the broker; both numbers are None when it is not there."""

    queue: str
    messages: int | None
    consumers: int | None


@dataclass(frozen=True, slots=True)
class CallStatistics:
    """What the calls to a model were like lately, in milliseconds; None where there were none."""

    provider: str
    model: str
    calls: int
    failed: int
    first_token_ms_p50: int | None
    total_ms_p50: int | None
    total_ms_p95: int | None


@dataclass(frozen=True, slots=True)
class OfService:
    """Rows that a service told of itself; None when it did not answer. It may have more, older ones."""

    service: str
    rows: tuple[Mapping[str, Any], ...] | None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is done about a dead letter, by whom and why."""

    service: str
    letter_id: UUID
    verb: str
    who: str
    reason: str
