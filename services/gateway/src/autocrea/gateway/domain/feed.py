"""The feed of a generation: events stored as they come, projected only as far as none is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from autocrea.contracts.ids import StepName
from autocrea.contracts.message import Message
from autocrea.contracts.shapes import FileEntry
from autocrea.gateway.domain.generation import Generation, Step


@dataclass(frozen=True, slots=True)
class Event:
    """One orchestrator event. `data` is None for a type that this build does not know: kept and sent, not projected."""

    sequence: int
    message_id: UUID
    type: str
    time: datetime
    data: Message | None
    trace_id: str | None = None  # what caused it, for who looks into logs


@dataclass(frozen=True, slots=True)
class Feed:
    """A generation with what was projected of it and what waits. Without the generation's row nothing is projected."""

    generation: Generation | None
    steps: Mapping[StepName, Step] = field(default_factory=dict)
    files: Mapping[StepName, tuple[FileEntry, ...]] = field(
        default_factory=dict
    )  # those learnt since loading
    parked: Mapping[int, Event] = field(default_factory=dict)
    erased: bool = False  # its project was deleted: what still comes is dropped


@dataclass(frozen=True, slots=True)
class Receipt:
    """What receiving an event came to: whether it is new, and the events that it let through, in order."""

    feed: Feed
    stored: bool
    released: tuple[Event, ...]


def receive(feed: Feed, event: Event) -> Receipt:
    """Take an event in whatever order it comes: an old one is ignored, an early one parked, a due one released."""
    generation = feed.generation
    seen = generation is not None and event.sequence <= generation.projected_sequence
    if feed.erased or seen or event.sequence in feed.parked:
        return Receipt(feed, stored=False, released=())
    parked = {**feed.parked, event.sequence: event}
    released: list[Event] = []
    if generation is not None:
        following = generation.projected_sequence + 1
        while following in parked:
            released.append(parked.pop(following))
            following += 1
    return Receipt(replace(feed, parked=parked), stored=True, released=tuple(released))


def event_name(type_: str) -> str:
    """The name a reader of the feed knows an event by: `orchestrator.step_completed.v1` is `step_completed`."""
    parts = type_.split(".")
    return parts[1] if len(parts) == 3 else type_
