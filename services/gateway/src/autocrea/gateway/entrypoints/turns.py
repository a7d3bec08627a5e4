"""Requests of one person take turns: whoever floods waits in a line of their own, and nobody else in it."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from autocrea.contracts.ids import UserId
from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE_MAX = 2
"""Of one person, in one process, until the answer begins: all of them share one core, so more gain a page nothing."""
OF_A_PAGE = 10
"""So many things does a page ask for. Where more wait it is a flood: of that one at a time is answered, with rests."""
REST_SECONDS = 0.01
"""Twice what an answer takes; and still six times as many a minute as the limit lets through."""
WAITING_MAX = 100
"""What comes on top is told to come back."""
RETRY_SECONDS = 1

_TURN = "autocrea.turn"


@dataclass(slots=True)
class _Line:
    served: int = 0
    waiting: "deque[asyncio.Future[None]]" = field(default_factory=deque)

    @property
    def at_once(self) -> int:
        return AT_ONCE_MAX if len(self.waiting) <= OF_A_PAGE else 1


class Turns:
    """The lines of one process. A person without a request has none; where one waits, another has a turn."""

    def __init__(self) -> None:
        self._lines: dict[UserId, _Line] = {}

    async def take(self, user_id: UserId) -> int | None:
        """Wait for a turn, in the order of coming; or the seconds after which to come back to a shorter line."""
        line = self._lines.setdefault(user_id, _Line())
        if len(line.waiting) >= WAITING_MAX:
            return RETRY_SECONDS
        if not line.waiting and line.served < AT_ONCE_MAX:
            line.served += 1
            return None
        place = asyncio.get_running_loop().create_future()
        line.waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                with suppress(ValueError):  # whoever gave a turn back may have passed it over
                    line.waiting.remove(place)
            else:  # its turn came in the same moment
                self.give_back(user_id)
            raise
        return None

    def give_back(self, user_id: UserId) -> None:
        """Let the next one begin: at once, or of a flood after a rest."""
        if len(self._lines[user_id].waiting) > OF_A_PAGE:
            asyncio.get_running_loop().call_later(REST_SECONDS, self._pass_on, user_id)
        else:
            self._pass_on(user_id)

    def _pass_on(self, user_id: UserId) -> None:
        line = self._lines[user_id]
        line.served -= 1
        while line.waiting and line.served < line.at_once:
            place = line.waiting.popleft()
            if not place.cancelled():
                line.served += 1
                place.set_result(None)
        if not line.served and not line.waiting:
            del self._lines[user_id]


class Turn:
    """One request's: taken when it is known whose it is, given back when the answer begins or all is over."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._user_id: UserId | None = None

    async def take(self, user_id: UserId) -> int | None:
        wait = await self._turns.take(user_id)
        if wait is None:
            self._user_id = user_id
        return wait

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
