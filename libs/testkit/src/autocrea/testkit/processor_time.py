"""A limit on the processor time that a test takes: on a busy machine it may wait as long as it must."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def processor_seconds_at_most(limit: float) -> Iterator[None]:
    """For the main thread of a process, also as a decorator. What takes for ever is interrupted, in the middle of a
    regular expression as well; what processes of its own take is not counted."""

    def too_long(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"took more than {limit:g} s of processor time")

    before = signal.signal(signal.SIGPROF, too_long)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
