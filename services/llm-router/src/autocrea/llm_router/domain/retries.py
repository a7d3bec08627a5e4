"""How often and how soon a call is tried again. The router is the only one who retries: the wire never does."""

from collections.abc import Callable

from autocrea.llm_router.domain.answers import Failure

TRIES_MAX = 3  # a model that fails thrice in a row is down: the next one answers sooner
SLOW_TRIES_MAX = 2  # each try of a silent model costs a whole clock
PAUSE_SECONDS_MIN = 0.5
PAUSE_SECONDS_MAX = 8.0
RETRY_AFTER_SECONDS_MAX = 20.0  # a provider that asks for more is as good as down: the next model is asked

Random = Callable[[], float]
"""A number from 0 up to 1."""


def pause_seconds(failed_tries: int, failure: Failure, random: Random) -> float | None:
    """How long to wait before the next try of the same model; None when it is not to be tried again."""
    if failed_tries >= (SLOW_TRIES_MAX if failure.slow else TRIES_MAX):
        return None
    ceiling = min(PAUSE_SECONDS_MAX, PAUSE_SECONDS_MIN * 2.0 ** (failed_tries - 1))
    pause = ceiling * (0.5 + random() / 2)
    asked = failure.retry_after_seconds
    if asked is None:
        return pause
    # What the provider asks for is the least; the jitter on top keeps replicas apart.
    return asked + pause if asked <= RETRY_AFTER_SECONDS_MAX else None
