"""A generation's projection made anew from its stored events, and from what no event tells: the person's own wishes."""

from collections.abc import Mapping

from autocrea.gateway.domain.feed import Event, Feed
from autocrea.gateway.domain.generation import Generation, Status
from autocrea.gateway.domain.projection import project


def rebuild(stored: Generation, events: Mapping[int, Event]) -> Feed:
    """Project the contiguous prefix of the events, as if they had just come.

    Kept from the stored row is what was asked for here: a stop, and a run that no event has answered yet.
    """
    feed = Feed(_as_asked(stored))
    following = 1
    while following in events:
        feed = project(feed, events[following])
        following += 1
    generation = feed.generation
    assert generation is not None
    if stored.run > generation.run:
        asked = {"run": stored.run, "status": Status.QUEUED, "notice": None}
        generation = generation.model_copy(update=asked)
    waiting = {sequence: event for sequence, event in events.items() if sequence >= following}
    return Feed(generation, feed.steps, feed.files, waiting)


def _as_asked(stored: Generation) -> Generation:
    untold = {
        "run": 1,
        "status": Status.QUEUED,
        "projected_sequence": 0,
        "result": None,
        "notice": None,
        "started_at": None,
    }
    return stored.model_copy(update=untold)
