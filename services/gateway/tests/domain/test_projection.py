"""What a person sees of a generation, whatever order its events come in."""

from typing import Any

from autocrea.contracts.orchestrator import v1 as orchestrator
from autocrea.gateway.domain.feed import Event, Feed, receive
from autocrea.gateway.domain.generation import Generation, Status
from autocrea.gateway.domain.projection import is_terminal, project
from autocrea.gateway.domain.rebuilding import rebuild
from hypothesis import given
from hypothesis import strategies as st


def _empty(history: Any) -> Feed:
    generation = Generation(
        generation_id=history.generation_id,
        user_id=history.user_id,
        project_id=history.project_id,
        quote_tokens=38,
        updated_at=history.started_at,
    )
    return Feed(generation)


def _event(history: Any, event: orchestrator.GenerationEvent) -> Event:
    return Event(event.sequence, event.message_id(), event.type, history.time_of(event), event)


def _deliver(feed: Feed, events: list[Event]) -> tuple[Feed, list[Event]]:
    sent: list[Event] = []
    for event in events:
        receipt = receive(feed, event)
        feed = receipt.feed
        for released in receipt.released:
            feed = project(feed, released)
            sent.append(released)
    return feed, sent


def _show(history: Any) -> Feed:
    return _deliver(_empty(history), [_event(history, event) for event in history.events])[0]


def _generation(feed: Feed) -> Generation:
    assert feed.generation is not None
    return feed.generation


def _long(history: Any) -> Any:
    """Fails at the second step; one retry is turned down, the next one completes."""
    history.started().step(0).failed_step(1).failed()
    history.rejected(run=2)
    return history.started(run=3, reused=1).step(1, run=3, repairs=2).step(2, run=3).completed(run=3)


@given(data=st.data())
def test_same_prefix_is_shown_when_events_come_in_any_order_and_repeated(new_history: Any, data: Any) -> None:
    history = _long(new_history())
    events = [_event(history, event) for event in history.events]
    copies = data.draw(st.lists(st.sampled_from(events), max_size=8))
    order = data.draw(st.permutations([*events, *copies]))
    cut = data.draw(st.integers(0, len(order)))
    delivered = {event.sequence for event in order[:cut]}
    prefix = next(n for n in range(len(events) + 1) if n + 1 not in delivered)

    feed, sent = _deliver(_empty(history), order[:cut])
    expected, _ = _deliver(_empty(history), events[:prefix])

    assert [event.sequence for event in sent] == list(range(1, prefix + 1))
    assert (feed.generation, feed.steps, feed.files) == (expected.generation, expected.steps, expected.files)
    assert set(feed.parked) == {sequence for sequence in delivered if sequence > prefix}
    assert _deliver(feed, order[cut:])[0] == _show(history)


def test_events_wait_when_the_generation_is_not_known(history: Any) -> None:
    history.started().step(0)
    events = [_event(history, event) for event in history.events]
    feed, sent = _deliver(Feed(None), events)
    assert sent == []
    assert len(feed.parked) == len(events)


def test_everything_is_shown_when_a_generation_completes(history: Any) -> None:
    history.started().step(0, charge=7).step(1, repairs=1).step(2).completed()
    feed = _show(history)
    generation = _generation(feed)
    assert generation.status is Status.COMPLETED
    assert generation.result is not None
    assert generation.result.archive is not None
    assert generation.retry is None
    assert [step.state for step in feed.steps.values()] == [
        "completed",
        "completed",
        "completed",
    ]
    assert [step.attempt for step in feed.steps.values()] == [1, 2, 1]
    assert feed.steps["architecture"].charge_tokens == 7
    assert feed.files["backend"][0].path == "backend/main.py"
    assert is_terminal(history.events[-1].type)


def test_steps_and_offer_are_shown_when_a_step_fails(history: Any) -> None:
    history.started().step(0).failed_step(1)
    states = [step.state for step in _show(history).steps.values()]
    assert states == ["completed", "failed", "skipped"]
    history.failed()
    generation = _generation(_show(history))
    assert generation.status is Status.FAILED
    assert generation.retry is not None
    assert generation.retry.quote_tokens == 30


def test_earlier_result_stays_on_show_when_a_retry_is_rejected(history: Any) -> None:
    history.started().step(0).failed_step(1).failed()
    before = _show(history)
    asked = _generation(before).model_copy(update={"status": Status.QUEUED, "run": 2})
    history.rejected(run=2)
    feed, _ = _deliver(Feed(asked, before.steps, before.files), [_event(history, history.events[-1])])
    generation = _generation(feed)
    assert generation.status is Status.FAILED
    assert generation.result == _generation(before).result
    assert feed.steps == before.steps
    assert generation.run == 2
    assert generation.notice is not None
    assert generation.notice.needed_tokens == 38
    assert generation.retry is not None
    assert generation.retry.quote_tokens == 38


def test_generation_is_rejected_when_its_first_run_is(history: Any) -> None:
    generation = _generation(_show(history.rejected()))
    assert generation.status is Status.REJECTED
    assert generation.result is None
    assert generation.notice is not None


def test_completed_steps_keep_what_they_had_when_a_retry_starts(history: Any) -> None:
    history.started().step(0, charge=7).failed_step(1).failed()
    history.started(run=2, reused=1)
    feed = _show(history)
    kept, again = feed.steps["architecture"], feed.steps["backend"]
    assert (kept.state, kept.reused, kept.charge_tokens, kept.summary) == (
        "completed",
        True,
        7,
        "Hecho: architecture",
    )
    assert (again.state, again.reused, again.fault, again.run) == ("waiting", False, None, 2)
    assert _generation(feed).status is Status.RUNNING


def test_waiting_run_stays_on_show_when_the_end_of_an_earlier_one_comes_after_it_was_asked_for(
    history: Any,
) -> None:
    history.started().step(0).failed_step(1).failed()
    asked = _empty(history)
    waiting = _generation(asked).model_copy(update={"run": 2, "status": Status.QUEUED})
    feed, _ = _deliver(Feed(waiting), [_event(history, event) for event in history.events])
    shown = _generation(feed)
    assert (shown.run, shown.status) == (2, Status.QUEUED)
    assert shown.result is not None
    assert shown.result.run == 1


@given(cut=st.integers(0, 9), at=st.integers(0, 9))
def test_projection_made_anew_equals_the_one_that_grew_wherever_it_stands(
    new_history: Any, cut: int, at: int
) -> None:
    history = _long(new_history())
    events = [_event(history, event) for event in history.events]
    grown, _ = _deliver(_empty(history), [*events[:cut], *events[cut + at :]])
    stored = {event.sequence: event for event in (*events[:cut], *events[cut + at :])}
    made = rebuild(_generation(grown), stored)
    assert (made.generation, made.steps, made.files) == (grown.generation, grown.steps, grown.files)
    assert made.parked == grown.parked
