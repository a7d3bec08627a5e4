"""Who is watching what in this process: readers sleep here until their feed grew or progress came for them."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from autocrea.chassis.errors import Unavailable
from autocrea.contracts.ids import GenerationId, UserId
from autocrea.gateway.domain.read_model import generation_stream
from prometheus_client import Gauge

REREAD_SECONDS = 5.0  # a lost wake-up costs a reader no more than this
PROGRESS_KEPT = 64  # six seconds of a fast model; a reader further behind loses the oldest and sees the gap

FEED_STREAMS = Gauge("autocrea_feed_streams", "Feeds that are open here.")

log = logging.getLogger(__name__)


class Watch:
    """One reader's ear. Everything it can hold is bounded: some flags, some progress, and the service's status."""

    __slots__ = ("_grown", "_progress", "_something", "_status", "open", "position", "stream", "user_id")

    def __init__(self, user_id: UserId, stream: str, status: str | None) -> None:
        self.user_id = user_id
        self.stream = stream
        self.position = 0
        self.open = True
        self._grown = True
        self._status = status
        self._progress: deque[str] | None = None
        self._something = asyncio.Event()

    def at(self, position: int) -> None:
        self.position = position

    def take_grown(self) -> bool:
        grown, self._grown = self._grown, False
        return grown

    def take_progress(self) -> Sequence[str]:
        taken, self._progress = self._progress, None
        return tuple(taken) if taken else ()

    def take_status(self) -> str | None:
        status, self._status = self._status, None
        return status

    async def wait(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._something.wait()
        except TimeoutError:
            return False
        self._something.clear()
        return True

    def wake(self) -> None:
        self._grown = True
        self._something.set()

    def pass_on(self, progress: str) -> None:
        if self._progress is None:
            self._progress = deque(maxlen=PROGRESS_KEPT)
        self._progress.append(progress)
        self._something.set()

    def tell(self, status: str) -> None:
        self._status = status
        self._something.set()

    def end(self) -> None:
        self.open = False
        self._something.set()


class Viewers:
    """The watches of this process, by stream. Used from the event loop only."""

    def __init__(self) -> None:
        self._watches: dict[str, set[Watch]] = {}
        self._status: str | None = None
        self._stopping = False
        self.wakes = 0  # how many wake-ups came so far, of whichever feed
        self.changed = asyncio.Event()  # set when a stream gains its first watch or loses its last

    @contextmanager
    def watch(self, user_id: UserId, stream: str) -> Iterator[Watch]:
        """Listen until the block ends."""
        watch = Watch(user_id, stream, self._status)
        watch.open = not self._stopping
        if stream not in self._watches:
            self.changed.set()
        self._watches.setdefault(stream, set()).add(watch)
        FEED_STREAMS.inc()
        try:
            yield watch
        finally:
            self._leave(watch)

    def _leave(self, watch: Watch) -> None:
        FEED_STREAMS.dec()
        watching = self._watches[watch.stream]
        watching.discard(watch)
        if not watching:
            del self._watches[watch.stream]
            self.changed.set()

    def streams(self) -> Collection[str]:
        """Everything that is watched here."""
        return tuple(self._watches)

    def wake(self, stream: str) -> None:
        """A feed grew. An empty name: something may have been missed, so everybody looks."""
        self.wakes += 1
        for watch in self._watches.get(stream, ()) if stream else self._all():
            watch.wake()

    def pass_on(self, generation_id: GenerationId, progress: str) -> None:
        """Hand progress to whoever watches the generation."""
        for watch in self._watches.get(generation_stream(generation_id), ()):
            watch.pass_on(progress)

    def tell(self, status: str) -> None:
        """Hand the service's status to everybody, and to whoever comes later."""
        if status != self._status:
            self._status = status
            for watch in self._all():
                watch.tell(status)

    def end(self, user_id: str) -> None:
        """End a person's streams: whoever still may comes back."""
        for watch in self._all():
            if watch.user_id == user_id:
                watch.end()

    def stop(self) -> None:
        """Let every reader end its stream."""
        self._stopping = True
        for watch in self._all():
            watch.end()

    def _all(self) -> Collection[Watch]:
        return [watch for watching in self._watches.values() for watch in watching]

    async def reread(self, positions: Callable[[Collection[str]], Awaitable[Mapping[str, int]]]) -> None:
        """Look from time to time whether a watched feed grew without a wake-up, until cancelled."""
        while True:
            await asyncio.sleep(REREAD_SECONDS)
            if not self._watches:
                continue
            try:
                told = await positions(self.streams())
            except Unavailable as error:
                log.warning("feeds not reread", extra={"reason": error.what})
                continue
            for stream, watching in self._watches.items():
                for watch in watching:
                    if told.get(stream, 0) > watch.position:
                        self.wakes += 1
                        watch.wake()
