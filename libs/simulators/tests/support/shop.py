"""A shop that sells one pack through the simulated Stripe, with Stripe's own client."""

from typing import Any

import httpx
import stripe
from simulated_process import Process

KEY = "sk_test_development"
SESSION: Any = {
    "mode": "payment",
    "line_items": [
        {
            "price_data": {
                "currency": "usd",
                "unit_amount": 500,
                "product_data": {"name": "Inicial: 100 tokens"},
            },
            "quantity": 1,
        }
    ],
    "client_reference_id": "user_bruno",
    "metadata": {"purchase": "p-1"},
    "payment_intent_data": {"metadata": {"purchase": "p-1"}},
    "success_url": "http://shop.test/tokens?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "http://shop.test/tokens",
}


def client_of(process: Process, key: str = KEY) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": f"{process.url}/stripe"}, max_network_retries=0)


def opened(shop: stripe.StripeClient, key: str | None = None) -> Any:
    return shop.v1.checkout.sessions.create(SESSION, {"idempotency_key": key} if key else {})


def deed(browser: httpx.Client, do: str, id_: str, **more: Any) -> Any:
    answer = browser.post("/_sim/stripe/deeds", json={"do": do, "id": id_, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()
