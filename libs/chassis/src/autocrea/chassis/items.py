"""What enters a batch: messages and jobs as items, which copy of an item counts, and how one is given up."""

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from autocrea.chassis import dead_letters
from autocrea.chassis.dead_letters import DeadLetter, Replay
from autocrea.chassis.handlers import Effects, Failed, Handler, Job


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide on. `given_up` carries why when it must not be tried (again) but answered and recorded."""

    type: str
    handler: Handler[Any, Any, Any]
    subject: Any  # Received, Finished or Failed
    inbox_id: UUID | None = None
    job: Job | None = None
    body: bytes = b""
    traceparent: str | None = None
    cause: UUID | None = None
    subject_name: str | None = None
    given_up: DeadLetter | None = None
    replay: Replay | None = None  # handled although the inbox knows it, because a person said so


class Silent:
    """Concerns nothing and answers nothing."""

    def rows(self, item: Any) -> Iterable[Any]:  # noqa: ARG002
        return ()

    def decide(self, rows: Any, item: Any, now: datetime) -> Effects:  # noqa: ARG002
        return Effects()

    on_bug = decide


def as_given_up(item: Item, reason: str, error: Exception) -> Item:
    """The item as one to be answered for and recorded, with the reason and the traceback."""
    trace = "".join(traceback.format_exception(error))
    if item.job is not None:
        letter = dead_letters.of_job(item.job, reason, trace)
        return replace(item, subject=Failed(item.job, reason), given_up=letter)
    letter = DeadLetter("inbox", item.type, item.inbox_id, item.subject_name, item.body, reason, trace)
    return replace(item, given_up=letter)


def first_copies(items: Sequence[Item], fresh: set[UUID]) -> list[Item]:
    """Jobs, replays, and of each fresh message its first copy."""
    remaining = set(fresh)
    kept = []
    for item in items:
        if item.replay is not None or item.inbox_id is None:
            kept.append(item)
        elif item.inbox_id in remaining:
            remaining.discard(item.inbox_id)
            kept.append(item)
    return kept
