"""What the read side answers: rows joined as a page shows them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from autocrea.contracts.ids import GenerationId, ProjectId
from autocrea.gateway.domain.generation import Generation, Status


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page of a list ended: the newest come first."""

    created_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class GenerationView:
    """A generation with what was asked for."""

    generation: Generation
    project_name: str
    prompt: str
    language: str
    pipeline: str
    model_preference: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project with how its latest generation stands."""

    project_id: ProjectId
    name: str
    created_at: datetime
    updated_at: datetime
    generations: int
    latest_generation_id: GenerationId | None
    latest_status: Status | None


@dataclass(frozen=True, slots=True)
class FileView:
    """A generated file without its text."""

    path: str
    step: str
    sha256: str
    bytes: int
    position: int  # its step's in the pipeline


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One event as a reader gets it; `data` is JSON already."""

    sequence: int
    type: str
    data: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events after a position, and how far the feed goes now. `ended` when no more can come without a new run."""

    lines: tuple[FeedLine, ...]
    position: int
    ended: bool
    gap: bool = False  # events after the asked position are gone: the reader starts afresh


@dataclass(frozen=True, slots=True)
class Pause:
    """When new generations were not taken, by whom and why; the one without an end is in force."""

    reason: str
    paused_by: str
    paused_at: datetime
    resumed_by: str | None
    resumed_at: datetime | None
