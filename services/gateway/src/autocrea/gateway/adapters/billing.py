"""Billing's internal API: the lines of a person's ledger, their purchases, Stripe's events on their way in."""

from collections.abc import Mapping
from dataclasses import asdict

import httpx
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.http import InternalClient
from autocrea.contracts.ids import PurchaseId, UserId
from autocrea.contracts.internal import (
    LEDGER_PATH,
    PURCHASE_PATH,
    PURCHASES_PATH,
    STRIPE_EVENTS_PATH,
    LedgerPage,
    NewPurchase,
    PurchasePage,
    PurchaseView,
)
from autocrea.gateway.ports import LedgerFilter

FOR_PEOPLE = frozenset({"unknown_pack", "idempotency_key_reused", "payments_off", "not_found"})
FOR_STRIPE = frozenset({"invalid_signature", "wrong_livemode", "wrong_account", "invalid_request"})


class BillingLedger:
    """Reads pages over HTTP; raises `Unavailable`."""

    def __init__(self, client: InternalClient) -> None:
        self._client = client

    async def read(
        self, user_id: UserId, wanted: LedgerFilter, *, before: int | None, limit: int
    ) -> LedgerPage:
        asked = {"limit": limit, "before": before} | asdict(wanted)
        response = await _request(
            self._client, frozenset(), "GET", LEDGER_PATH, {"user_id": user_id}, params=_said(**asked)
        )
        return LedgerPage.model_validate_json(response.content)


class BillingPurchases:
    """Purchases over HTTP; raises `Refused` with what a person may be told, and `Unavailable`."""

    def __init__(self, client: InternalClient) -> None:
        self._client = client

    async def start(self, user_id: UserId, wanted: NewPurchase) -> PurchaseView:
        response = await _request(
            self._client,
            FOR_PEOPLE,
            "POST",
            PURCHASES_PATH,
            {"user_id": user_id},
            content=wanted.model_dump_json(),
        )
        return PurchaseView.model_validate_json(response.content)

    async def list(self, user_id: UserId, *, before: PurchaseId | None, limit: int) -> PurchasePage:
        params = _said(limit=limit, before=before)
        response = await _request(
            self._client, FOR_PEOPLE, "GET", PURCHASES_PATH, {"user_id": user_id}, params=params
        )
        return PurchasePage.model_validate_json(response.content)

    async def read(self, user_id: UserId, purchase_id: PurchaseId) -> PurchaseView:
        parts = {"user_id": user_id, "purchase_id": purchase_id}
        response = await _request(self._client, FOR_PEOPLE, "GET", PURCHASE_PATH, parts)
        return PurchaseView.model_validate_json(response.content)

    async def receive_event(self, body: bytes, signature: str | None) -> None:
        headers = _said(**{"stripe-signature": signature})
        await _request(
            self._client, FOR_STRIPE, "POST", STRIPE_EVENTS_PATH, {}, content=body, headers=headers
        )


async def _request(
    client: InternalClient,
    told: frozenset[str],
    method: str,
    template: str,
    parts: Mapping[str, object],
    **options: object,
) -> httpx.Response:
    """Ask; a refusal that is between services and none of the caller's business is `Unavailable`."""
    try:
        return await client.request(method, template, parts, **options)
    except Refused as error:
        if error.code not in told:
            raise Unavailable(f"billing refuses the gateway ({error.code})") from error
        raise


def _said(**values: object) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None}
