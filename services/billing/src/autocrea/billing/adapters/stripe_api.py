"""Stripe's API through Stripe's own library: open a session, look at one, list what happened."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import stripe
from autocrea.billing.adapters.stripe_calls import StripeHttp
from autocrea.billing.adapters.stripe_door import StripeDoor
from autocrea.billing.adapters.stripe_objects import (
    EVENT_TYPES,
    ORDER_MARK,
    Session,
    Taken,
    reversal,
    session_fact,
)
from autocrea.billing.domain.purchase import Reversal, ReversalKind
from autocrea.billing.domain.purchasing import SessionFact
from autocrea.billing.domain.stripe_events import StripeEvent
from autocrea.billing.ports import NewSession, OpenedSession
from autocrea.chassis.errors import Refused, Unavailable
from pydantic import SecretStr

PERSON_SECONDS: Final = 4.0  # within the five that the gateway waits for us
JOB_SECONDS: Final = 20.0
PAGE: Final = 100  # the most that Stripe lists at once

log = logging.getLogger(__name__)


class StripeApi:
    """One account at Stripe. No retries in here: a person presses again, and jobs come again."""

    can_sell = True

    def __init__(
        self, key: Callable[[], SecretStr | None], url: str, *, pages_url: str, door: StripeDoor
    ) -> None:
        self._key = key
        self._url = url.rstrip("/")
        self._http = StripeHttp(timeout=aiohttp.ClientTimeout(total=JOB_SECONDS))
        self._made: tuple[SecretStr, stripe.StripeClient] | None = None
        self._pages_url = pages_url.rstrip("/")
        self._door = door

    @property
    def _client(self) -> stripe.StripeClient:
        """The library with the key that is in force now."""
        key = self._key()
        if key is None:
            raise Unavailable("there is no key for Stripe")
        if self._made is None or self._made[0] != key:
            made = stripe.StripeClient(
                key.get_secret_value(),
                base_addresses={"api": self._url},
                http_client=self._http,
                max_network_retries=0,
            )
            self._made = (key, made)
        return self._made[1]

    async def open_session(self, wanted: NewSession) -> OpenedSession:
        """The same session for the same purchase, however often. Raises Unavailable, Refused."""
        order = {
            ORDER_MARK: str(wanted.purchase_id),
            "autocrea_user_id": wanted.user_id,
            "autocrea_pack": wanted.pack,
            "autocrea_tokens": str(wanted.tokens),
            "autocrea_rate_card": wanted.rate_card_version,
        }
        price = {
            "currency": wanted.currency,
            "unit_amount": wanted.amount,
            "product_data": {"name": wanted.title},
        }
        params: Any = {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "client_reference_id": wanted.user_id,
            "metadata": order,
            "payment_intent_data": {"metadata": order},
            "locale": wanted.language,
            "success_url": self._back(wanted, "paid"),
            "cancel_url": self._back(wanted, "cancelled"),
        }
        options: Any = {"idempotency_key": f"autocrea-purchase-{wanted.purchase_id}"}
        try:
            async with asyncio.timeout(PERSON_SECONDS):
                session = await _asked(self._client.v1.checkout.sessions.create_async(params, options))
        except TimeoutError as error:
            raise Unavailable("Stripe takes too long") from error
        return OpenedSession(session.id, session.url)

    async def read_session(self, session_id: str) -> SessionFact | None:
        """How a session stands now. Raises Unavailable."""
        try:
            async with asyncio.timeout(PERSON_SECONDS):
                session = await _asked(self._client.v1.checkout.sessions.retrieve_async(session_id))
        except TimeoutError as error:
            raise Unavailable("Stripe takes too long") from error
        return session_fact(Session.model_validate(session.to_dict()))

    async def list_events(self, since: datetime) -> AsyncIterator[list[StripeEvent]]:
        """Pages of what happened since then, the newest first. Raises Unavailable.

        An event that the door refuses stops no other: it is told of, and at the end Refused is raised for it.
        """
        refused: Refused | None = None
        params = {"types": sorted(EVENT_TYPES)}
        async for page in self._pages(self._client.v1.events, since, params):
            admitted: list[StripeEvent] = []
            for one in page:
                try:
                    event = self._door.admit(one.to_dict())
                except Refused as error:
                    log.error("an event is refused", extra={"event_id": one.id, "reason": error.code})
                    refused = error
                    continue
                admitted += [event] if event is not None else []
            yield admitted
        if refused is not None:
            raise refused

    async def list_sessions(self, since: datetime) -> AsyncIterator[SessionFact]:
        """The sessions of ours that were opened since then. Raises Unavailable."""
        async for page in self._pages(self._client.v1.checkout.sessions, since, {}):
            for one in page:
                fact = session_fact(Session.model_validate(one.to_dict()))
                if fact is not None:
                    yield fact

    async def list_reversals(self, since: datetime) -> AsyncIterator[Reversal]:
        """The refunds and disputes that were opened since then. Raises Unavailable."""
        services = {
            ReversalKind.REFUND: self._client.v1.refunds,
            ReversalKind.DISPUTE: self._client.v1.disputes,
        }
        for kind, service in services.items():
            async for page in self._pages(service, since, {}):
                for one in page:
                    fact = reversal(kind, Taken.model_validate(one.to_dict()), since)
                    if fact is not None:
                        yield fact

    async def _pages(self, service: Any, since: datetime, params: dict[str, Any]) -> AsyncIterator[list[Any]]:
        """Every page of a list: all services of the library list alike."""
        wanted = {"limit": PAGE, "created": {"gte": int(since.timestamp())}, **params}
        more = True
        while more:
            page = await _asked(service.list_async(wanted))
            yield page.data
            more = page.has_more and bool(page.data)
            if more:
                wanted["starting_after"] = page.data[-1].id

    def _back(self, wanted: NewSession, how: str) -> str:
        return f"{self._pages_url}/tokens?{urlencode({'purchase': wanted.purchase_id, 'checkout': how})}"


async def _asked(request: Any) -> Any:
    """Stripe's answer, with its troubles in our words. A request that Stripe finds wrong is a bug of ours."""
    try:
        return await request
    except stripe.IdempotencyError as error:
        raise Refused("idempotency_key_reused", "that key was used for another purchase") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        log.error("Stripe refuses our key", extra={"reason": type(error).__name__})
        raise Unavailable("Stripe refuses our key", retry_after_seconds=60) from error
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError, aiohttp.ClientError) as error:
        raise Unavailable(f"Stripe does not answer ({type(error).__name__})") from error
