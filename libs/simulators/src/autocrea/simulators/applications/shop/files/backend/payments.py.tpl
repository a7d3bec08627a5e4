"""Payments with Stripe Checkout; without a key nothing is charged and orders stay pending."""

import json
import logging
import os
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
API_URL = os.environ.get("STRIPE_API_URL", "https://api.stripe.com")
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000")
CURRENCY = "eur"
TIMEOUT_SECONDS = 10

logger = logging.getLogger("uvicorn.error")


@dataclass(frozen=True)
class Checkout:
    """A Checkout session and the address at which it is paid."""

    session: str
    url: str


def create_checkout(reference: str, lines: list[tuple[str, int, int]]) -> Checkout | None:
    """Open a session for lines of (name, quantity, price in cents); None if payments are off or out of reach."""
    if not SECRET_KEY:
        return None
    fields: dict[str, str | int] = {
        "mode": "payment",
        "client_reference_id": reference,
        "success_url": f"{PUBLIC_URL}/#/order/{reference}",
        "cancel_url": f"{PUBLIC_URL}/#/order/{reference}",
    }
    for index, (name, quantity, price_cents) in enumerate(lines):
        fields[f"line_items[{index}][quantity]"] = quantity
        fields[f"line_items[{index}][price_data][currency]"] = CURRENCY
        fields[f"line_items[{index}][price_data][unit_amount]"] = price_cents
        fields[f"line_items[{index}][price_data][product_data][name]"] = name
    answer = _call("/v1/checkout/sessions", urlencode(fields).encode(), reference)
    return None if answer is None else Checkout(answer["id"], answer["url"])


def is_paid(session: str) -> bool:
    """Whether Stripe says that the session is paid."""
    answer = _call(f"/v1/checkout/sessions/{session}")
    return answer is not None and answer["payment_status"] == "paid"


def _call(path: str, body: bytes | None = None, idempotency_key: str = "") -> dict[str, Any] | None:
    headers = {"Authorization": f"Bearer {SECRET_KEY}"}
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    try:
        with urlopen(Request(API_URL + path, body, headers), timeout=TIMEOUT_SECONDS) as response:
            answer: dict[str, Any] = json.load(response)
            return answer
    except (URLError, TimeoutError, ValueError):
        logger.exception("Stripe did not answer %s", path)
        return None
