"""The layer that counts requests by address, before anything is read or looked up; and how fast a no is told."""

import asyncio
import random

from autocrea.gateway.entrypoints.errors import problem
from autocrea.gateway.ports import Gateway
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

COUNTED = "/api/"  # probes and pages are not
NO_ADDRESS = "unknown"
REFUSAL_SECONDS = 0.25
"""What a 429 takes. Told at once it is the cheapest of answers: a flood would get a hundred between two of others."""


class AddressLimit:
    """Answers 429 to an address that asks too often; behind proxies FORWARDED_ALLOW_IPS says whom to believe."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(COUNTED):
            gateway: Gateway = scope["app"].state.gateway
            client = scope.get("client")
            wait = await gateway.request_limits.admit_address(client[0] if client else NO_ADDRESS)
            if wait is not None:
                await hesitate()
                answer = problem(Request(scope), "too_many_requests", retry_after_seconds=wait)
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def hesitate() -> None:
    """Before a 429. Never as long as the one before: those who wait would all come back at the same moment."""
    await asyncio.sleep(random.uniform(0.5, 1.5) * REFUSAL_SECONDS)
