"""How long people wait for first files: from the acceptance, once, whatever the steps themselves took."""

from datetime import timedelta
from typing import Any

from autocrea.gateway.domain.feed import Event, Feed
from autocrea.gateway.domain.generation import Generation
from autocrea.gateway.domain.projection import project
from autocrea.gateway.domain.waiting import first_files_seconds

QUEUED = timedelta(seconds=30)
"""Before anything of the run was told."""


def _measured(history: Any, *, accepted: bool = True) -> list[float]:
    """What is measured while the events of a history are shown, each ten seconds after it was told."""
    feed = Feed(
        Generation(
            generation_id=history.generation_id,
            user_id=history.user_id,
            project_id=history.project_id,
            quote_tokens=38,
            accepted_at=history.started_at - QUEUED if accepted else None,
            updated_at=history.started_at,
        )
    )
    found = []
    for data in history.events:
        event = Event(data.sequence, data.message_id(), data.type, history.time_of(data), data)
        found.append(first_files_seconds(feed, event, event.time + timedelta(seconds=10)))
        feed = project(feed, event)
    return [seconds for seconds in found if seconds is not None]


def test_queue_and_step_are_waited_for_when_the_first_files_come(new_history: Any) -> None:
    history = new_history().started().step(0, repairs=1).step(1).completed()
    first = next(event for event in history.events if event.type.endswith("step_completed.v1"))
    (seconds,) = _measured(history)
    assert seconds == (history.time_of(first) - history.started_at + QUEUED).total_seconds() + 10


def test_nothing_is_measured_when_a_retry_brings_what_failed_before(new_history: Any) -> None:
    assert _measured(new_history().started().failed_step(0).failed().started(run=2).step(0, run=2)) == []


def test_nothing_is_measured_when_it_is_not_known_when_it_was_accepted(new_history: Any) -> None:
    assert _measured(new_history().started().step(0), accepted=False) == []
