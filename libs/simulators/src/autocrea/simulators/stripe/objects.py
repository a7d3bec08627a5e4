"""The shapes of Stripe's objects: the fields that integrations read, spelt and nested as Stripe does."""

import time
from typing import Any
from uuid import uuid4

API_VERSION = "2026-10-28.endive"
SESSION_SECONDS = 24 * 3600  # Stripe's own default

Object = dict[str, Any]


def new_id(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex[:24]}"


def now() -> int:
    return int(time.time())


def session(params: Object, page_url: str) -> Object:
    """An open Checkout Session for what a request with `line_items` and `metadata` asks for."""
    items = params["line_items"]
    total = sum(int(item["price_data"]["unit_amount"]) * int(item.get("quantity", 1)) for item in items)
    id_, created = new_id("cs_test"), now()
    return {
        "id": id_,
        "object": "checkout.session",
        "created": created,
        "expires_at": int(params.get("expires_at", created + SESSION_SECONDS)),
        "livemode": False,
        "mode": params["mode"],
        "status": "open",
        "payment_status": "unpaid",
        "payment_intent": None,
        "amount_subtotal": total,
        "amount_total": total,
        "currency": items[0]["price_data"]["currency"],
        "client_reference_id": params.get("client_reference_id"),
        "metadata": params.get("metadata", {}),
        "success_url": params.get("success_url"),
        "cancel_url": params.get("cancel_url"),
        "customer_details": None,
        "url": f"{page_url}/{id_}",
        # Not Stripe's, and told to nobody: what the page shows and the payment carries.
        "_title": items[0]["price_data"].get("product_data", {}).get("name", ""),
        "_payment_metadata": params.get("payment_intent_data", {}).get("metadata", {}),
    }


def payment_intent(of: Object, status: str) -> Object:
    """The payment of a session."""
    return {
        "id": new_id("pi"),
        "object": "payment_intent",
        "created": now(),
        "livemode": False,
        "amount": of["amount_total"],
        "amount_received": 0,
        "currency": of["currency"],
        "status": status,
        "latest_charge": None,
        "metadata": of["_payment_metadata"],
    }


def charge(of: Object) -> Object:
    """The charge of a payment that succeeded."""
    return {
        "id": new_id("ch"),
        "object": "charge",
        "created": now(),
        "livemode": False,
        "amount": of["amount"],
        "amount_refunded": 0,
        "currency": of["currency"],
        "payment_intent": of["id"],
        "paid": True,
        "refunded": False,
        "disputed": False,
        "status": "succeeded",
        "metadata": of["metadata"],
    }


def refund(of: Object, amount: int, status: str, reason: str | None) -> Object:
    """A refund of a charge or of a part of it."""
    return {
        "id": new_id("re"),
        "object": "refund",
        "created": now(),
        "amount": amount,
        "currency": of["currency"],
        "charge": of["id"],
        "payment_intent": of["payment_intent"],
        "reason": reason,
        "status": status,
        "metadata": {},
    }


def dispute(of: Object, amount: int, status: str) -> Object:
    """What a bank says against a charge."""
    return {
        "id": new_id("dp"),
        "object": "dispute",
        "created": now(),
        "livemode": False,
        "amount": amount,
        "currency": of["currency"],
        "charge": of["id"],
        "payment_intent": of["payment_intent"],
        "reason": "fraudulent",
        "status": status,
        "metadata": {},
    }


def event(type_: str, of: Object) -> Object:
    """What happened to an object, with the object as it was then."""
    return {
        "id": new_id("evt"),
        "object": "event",
        "account": None,
        "api_version": API_VERSION,
        "created": now(),
        "data": {"object": public(of)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type_,
    }


def public(value: Object) -> Object:
    """An object without what is the simulator's own."""
    return {name: one for name, one in value.items() if not name.startswith("_")}
