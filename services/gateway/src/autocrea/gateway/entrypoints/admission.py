"""The layer before anything is read or looked up: counts by address, knows who was told to wait, tells a no slowly."""

import asyncio
import hashlib
import math
import random
import time
from collections import OrderedDict

from autocrea.gateway.entrypoints.errors import problem
from autocrea.gateway.ports import Gateway
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

COUNTED = "/api/"  # probes and pages are not
NO_ADDRESS = "unknown"
REFUSAL_SECONDS = 0.5
"""What a 429 takes. Told at once it is the cheapest of answers: a flood would get a hundred between two of others."""
REFUSALS_A_SECOND = 100
"""Of one process, however many connections a flood has: at half a millisecond each a twentieth of its core."""
REMEMBERED_MAX = 10_000  # tokens that wait, 2 MiB; who is forgotten is looked at again


class Refusals:
    """Who was told to come back, by the token they showed: until then a request is refused for that alone.

    To know whose a token is costs as much as many an answer, and a flood shows the same one ten thousand times.
    """

    def __init__(self) -> None:
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._hesitating = 0

    def remember(self, scope: Scope, seconds: int) -> None:
        """Whoever made this request was told to come back after so many seconds."""
        shown = _shown(scope)
        if shown is not None:
            self._until[shown] = time.monotonic() + seconds
            self._until.move_to_end(shown)
            if len(self._until) > REMEMBERED_MAX:
                self._until.popitem(last=False)

    def seconds_left(self, scope: Scope) -> int | None:
        """How long whoever makes this request was told to wait, from now on."""
        shown = _shown(scope) if self._until else None
        until = self._until.get(shown) if shown is not None else None
        if shown is None or until is None:
            return None
        left = math.ceil(until - time.monotonic())
        if left > 0:
            return left
        del self._until[shown]
        return None

    async def hesitate(self) -> None:
        """Before a 429. Never as long as the one before: those who wait would all come back at the same moment."""
        self._hesitating += 1
        try:
            seconds = max(REFUSAL_SECONDS, self._hesitating / REFUSALS_A_SECOND)
            await asyncio.sleep(random.uniform(0.5, 1.5) * seconds)
        finally:
            self._hesitating -= 1


class Admission:
    """Answers 429 to who was told to wait, and to an address that asks too often.

    Behind proxies FORWARDED_ALLOW_IPS says whom to believe.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(COUNTED):
            state = scope["app"].state
            gateway: Gateway = state.gateway
            refusals: Refusals = state.refusals
            wait = refusals.seconds_left(scope)
            if wait is None:
                client = scope.get("client")
                wait = await gateway.request_limits.admit_address(client[0] if client else NO_ADDRESS)
            if wait is not None:
                await refusals.hesitate()
                answer = problem(Request(scope), "too_many_requests", retry_after_seconds=wait)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _shown(scope: Scope) -> bytes | None:
    """The token's digest: of the token itself nothing is kept."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return hashlib.sha256(value).digest()
    return None
