"""Requests of one person take turns: whoever floods waits in a line of their own, and nobody else in it."""

import asyncio
from dataclasses import dataclass, field

from autocrea.contracts.ids import UserId
from autocrea.gateway.handlers.refusals import refused
from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE_MAX = 2
"""Of one person, in one process, until the answer begins: all of them share one core, so more gain a page nothing."""
WAITING_MAX = 100
"""A page asks for some ten things; what comes on top is told to come back."""
RETRY_SECONDS = 1

_TURN = "autocrea.turn"


@dataclass(slots=True)
class _Line:
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE_MAX))
    requests: int = 0


class Turns:
    """The lines of one process. A person without a request has none."""

    def __init__(self) -> None:
        self._lines: dict[UserId, _Line] = {}

    async def take(self, user_id: UserId) -> None:
        """Wait for a turn, in the order of coming. Raises `Refused(too_many_requests)` where the line is too long."""
        line = self._lines.setdefault(user_id, _Line())
        if line.requests >= AT_ONCE_MAX + WAITING_MAX:
            raise refused("too_many_requests", retry_after_seconds=RETRY_SECONDS)
        line.requests += 1
        try:
            await line.free.acquire()
        except BaseException:
            self._leave(user_id, line)
            raise

    def give_back(self, user_id: UserId) -> None:
        line = self._lines[user_id]
        line.free.release()
        self._leave(user_id, line)

    def _leave(self, user_id: UserId, line: _Line) -> None:
        line.requests -= 1
        if line.requests == 0:
            del self._lines[user_id]


class Turn:
    """One request's: taken when it is known whose it is, given back when the answer begins or all is over."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._user_id: UserId | None = None

    async def take(self, user_id: UserId) -> None:
        await self._turns.take(user_id)
        self._user_id = user_id

    def give_back(self) -> None:
        if self._user_id is not None:
            self._turns.give_back(self._user_id)
            self._user_id = None


class TakingTurns:
    """The layer that gives every request its turn, and takes it back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        turn = scope[_TURN] = Turn(self._turns)

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                turn.give_back()  # a stream may last for hours
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            turn.give_back()


def turn_of(scope: Scope) -> Turn:
    """The turn of a request below `TakingTurns`."""
    turn: Turn = scope[_TURN]
    return turn
