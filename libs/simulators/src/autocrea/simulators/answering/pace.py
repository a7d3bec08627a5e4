"""Pace: when a given character of an answer is due. Measured from the start, so that late pieces catch up."""

import time

from autocrea.simulators.answering.usage import CHARS_PER_TOKEN


class Pace:
    """A writer of `rate` tokens a second, 0 without any delay, that starts now."""

    def __init__(self, rate: float) -> None:
        self._chars_per_second = rate * CHARS_PER_TOKEN
        self._started = time.monotonic()

    def until(self, position: int) -> float:
        """Seconds from now until this many characters are due; 0 or less means now."""
        if not self._chars_per_second:
            return 0.0
        return self._started + position / self._chars_per_second - time.monotonic()
