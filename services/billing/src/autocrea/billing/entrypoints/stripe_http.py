"""Stripe's webhooks, as the gateway hands them on: the raw body and its signature, stored and answered at once."""

from functools import partial

from autocrea.billing.adapters.stripe_door import StripeDoor
from autocrea.billing.domain.stripe_events import Via
from autocrea.billing.handlers import admit_events
from autocrea.billing.ports import Transact
from autocrea.chassis.http import require_token
from autocrea.contracts.internal import STRIPE_EVENTS_PATH
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


class StripeHttp:
    """`STRIPE_EVENTS_PATH`, with the gateway's token; the signature is what vouches for Stripe."""

    def __init__(self, door: StripeDoor, transact: Transact, gateway_token: SecretStr) -> None:
        self._door = door
        self._transact = transact
        self._gateway_token = gateway_token

    def routes(self) -> list[Route]:
        return [Route(STRIPE_EVENTS_PATH, self._receive, methods=["POST"])]

    async def _receive(self, request: Request) -> Response:
        require_token(request, self._gateway_token)
        event = self._door.open(await request.body(), request.headers.get("stripe-signature"))
        events = [event] if event is not None else []
        if events:
            await self._transact(admit_events.rows(events), partial(admit_events.decide, events, Via.WEBHOOK))
        return JSONResponse({"received": True})
