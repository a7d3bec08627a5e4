"""How long a person waits for what they asked for."""

from datetime import datetime

from autocrea.contracts.orchestrator.v1 import StepCompleted
from autocrea.gateway.domain.feed import Event, Feed

FIRST_FILES = "first_files"


def first_files_seconds(feed: Feed, event: Event, now: datetime) -> float | None:
    """From the acceptance to the first completed step, when this event is its end; a retry has files already."""
    generation, data = feed.generation, event.data
    if not isinstance(data, StepCompleted) or data.run != 1:
        return None
    if generation is None or generation.accepted_at is None:
        return None
    if any(step.completed for step in feed.steps.values()):
        return None
    return max(0.0, (now - generation.accepted_at).total_seconds())
