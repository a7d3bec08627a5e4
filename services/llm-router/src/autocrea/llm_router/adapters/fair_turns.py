"""Turns at a provider: so many calls at once with its key, and the next one is another person's where one waits."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from autocrea.chassis.errors import Unavailable
from autocrea.llm_router.adapters.metrics import CALLS_OPEN, CALLS_WAITING


class FairTurns:
    """The port's turns, in this process. A provider has one key at a time, so its name stands for both."""

    def __init__(self, at_once_max: int) -> None:
        self._at_once_max = at_once_max
        self._lines: dict[str, _Line] = {}
        self._closed = False

    @asynccontextmanager
    async def turn(self, provider: str, user: str, *, begins: bool) -> AsyncIterator[None]:
        if begins and self._closed:
            raise _stopping()
        line = self._line(provider)
        await line.enter(user, begins=begins)
        try:
            yield
        finally:
            line.leave()

    def pause(self, provider: str, seconds: float) -> None:
        self._line(provider).pause(seconds)

    def close(self) -> None:
        """The process is about to stop: no output is begun any more, whoever waits to begin one is sent away."""
        self._closed = True
        for line in self._lines.values():
            line.send_away()

    def _line(self, provider: str) -> "_Line":
        return self._lines.setdefault(provider, _Line(provider, self._at_once_max))


class _Line:
    """Who has a turn at one provider, and who waits, person by person."""

    def __init__(self, provider: str, at_once_max: int) -> None:
        self._at_once_max = at_once_max
        self._open = 0
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._beginning: set[asyncio.Future[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._gauges = (CALLS_OPEN.labels(provider), CALLS_WAITING.labels(provider))

    async def enter(self, user: str, *, begins: bool) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(user, deque()).append(turn)
        if begins:
            self._beginning.add(turn)
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None:  # it had just been let in
                self.leave()
            raise
        finally:
            self._beginning.discard(turn)
            self._forget(user, turn)

    def send_away(self) -> None:
        """Whoever waits to begin an output."""
        for turn in self._beginning:
            if not turn.done():
                turn.set_exception(_stopping())

    def leave(self) -> None:
        self._open -= 1
        self._let_in()

    def pause(self, seconds: float) -> None:
        """Let nobody in for a while; of two pauses the later end counts."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        if self._pause is not None:
            until = max(until, self._pause.when())
            self._pause.cancel()
        self._pause = loop.call_at(until, self._resume)

    def _resume(self) -> None:
        self._pause = None
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._open < self._at_once_max and self._pause is None:
            user, turns = next(iter(self._waiting.items()))
            turn = turns.popleft()
            self._waiting.move_to_end(user)
            if not turns:
                del self._waiting[user]
            if not turn.done():
                self._open += 1
                turn.set_result(None)
        self._show()

    def _forget(self, user: str, turn: "asyncio.Future[None]") -> None:
        turns = self._waiting.get(user)
        if turns is not None and turn in turns:
            turns.remove(turn)
            if not turns:
                del self._waiting[user]
        self._show()

    def _show(self) -> None:
        calls_open, calls_waiting = self._gauges
        calls_open.set(self._open)
        calls_waiting.set(sum(len(turns) for turns in self._waiting.values()))


def _stopping() -> Unavailable:
    return Unavailable("the process is about to stop", retry_after_seconds=0.0)
