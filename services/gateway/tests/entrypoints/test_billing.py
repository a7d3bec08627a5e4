"""Buying tokens and reading what moved them, as a client of the API meets it."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from autocrea.contracts.billing.v1 import PurchaseChanged
from autocrea.contracts.ids import GenerationId, UserId


async def buy(stack: Any, user: str = "user_ada", key: str | None = None, **headers: str) -> Any:
    sent = headers | ({"Idempotency-Key": key} if key else {})
    return await stack.post("/api/billing/checkout", user, json={"pack": "starter"}, headers=sent)


async def test_packs_are_those_of_the_rate_card_in_the_callers_language(stack: Any) -> None:
    [pack] = (await stack.http.get("/api/billing/packs")).json()
    [english] = (await stack.http.get("/api/billing/packs", headers={"Accept-Language": "en"})).json()

    assert pack == {"pack": "starter", "title": "Inicial", "tokens": 100, "amount": 500, "currency": "usd"}
    assert english["title"] == "Starter"


async def test_a_checkout_says_where_to_pay_and_is_found_again(stack: Any) -> None:
    answer = await buy(stack)
    purchase = answer.json()

    assert answer.status_code == 201
    assert purchase["url"] == "http://pay.test/es"
    assert answer.headers["location"] == f"/api/billing/purchases/{purchase['purchase_id']}"
    assert (await stack.get(answer.headers["location"])).json() == purchase
    assert (await stack.get("/api/billing/purchases")).json() == {"items": [purchase], "next_cursor": None}


async def test_the_same_purchase_comes_when_the_request_is_repeated_under_its_key(stack: Any) -> None:
    first, again = await buy(stack, key="one"), await buy(stack, key="one")
    others = [await buy(stack), await buy(stack, key="two"), await buy(stack, "user_bruno", key="one")]

    ids = [answer.json()["purchase_id"] for answer in (first, again, *others)]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (422, "unknown_pack", (422, "unknown_pack")),
        (409, "idempotency_key_reused", (409, "idempotency_key_reused")),
        (409, "payments_off", (409, "payments_off")),
        (422, "invalid_request", (503, "unavailable")),
        (500, "internal", (503, "unavailable")),
    ],
)
async def test_the_person_is_told_why_nothing_can_be_bought(
    stack: Any, status: int, code: str, told: tuple[int, str]
) -> None:
    stack.neighbours.no = (status, {"code": code, "pack": "starter"})

    answer = await buy(stack)

    assert (answer.status_code, answer.json()["code"]) == told
    assert "?" not in answer.json()["detail"]


async def test_another_persons_purchase_does_not_exist(stack: Any) -> None:
    place = (await buy(stack)).headers["location"]

    for user, path in (("user_bruno", place), ("user_ada", f"/api/billing/purchases/{uuid4()}")):
        answer = await stack.get(path, user)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await stack.get("/api/billing/purchases", "user_bruno")).json()["items"] == []


async def test_a_webhook_is_handed_on_byte_for_byte_without_a_session(stack: Any) -> None:
    body = '{"id": "evt_1",  "name": "ñandú"}\n'.encode()

    answer = await stack.http.post(
        "/api/webhooks/stripe", content=body, headers={"Stripe-Signature": "t=1,v1=ab"}
    )

    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert stack.neighbours.events == [(body, "t=1,v1=ab")]


@pytest.mark.parametrize("code", ["invalid_signature", "wrong_livemode", "wrong_account"])
async def test_a_webhook_that_billing_does_not_believe_is_a_400(stack: Any, code: str) -> None:
    stack.neighbours.no = (400, {"code": code})

    answer = await stack.http.post(
        "/api/webhooks/stripe", content=b"{}", headers={"Stripe-Signature": "t=1,v1=ab"}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_an_unsigned_webhook_is_a_400_and_asks_nobody(stack: Any) -> None:
    answer = await stack.http.post("/api/webhooks/stripe", content=b"{}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_signature")
    assert stack.neighbours.events == []


async def test_stripe_is_asked_to_come_again_when_billing_is_down(stack: Any) -> None:
    stack.neighbours.down = True

    answer = await stack.http.post(
        "/api/webhooks/stripe", content=b"{}", headers={"Stripe-Signature": "t=1,v1=ab"}
    )

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_the_ledger_is_that_of_a_generation_or_step_when_one_is_named(stack: Any) -> None:
    generation = GenerationId(uuid4())
    await stack.get(f"/api/tokens/ledger?generation_id={generation}&step=backend&limit=5")
    refused = await stack.get("/api/tokens/ledger?step=backend")

    assert stack.neighbours.asked == [{"limit": "5", "generation_id": str(generation), "step": "backend"}]
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


async def test_the_whole_ledger_is_a_table_with_what_each_line_did(stack: Any) -> None:
    kinds = ["grant", "hold", "capture", "release", "purchase", "receivable", "reversal", "of_next_year"]
    lines = [
        {
            "entry": n,
            "at": "2026-11-22T10:00:00Z",
            "kind": kinds[n % len(kinds)],
            "tokens": 7,
            "reason": "=1+1",
        }
        for n in range(450, 0, -1)
    ]
    stack.neighbours.ledgers["user_ada"] = lines

    answer = await stack.get("/api/tokens/ledger.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="tokens.csv"' in answer.headers["content-disposition"]
    assert [int(row["entry"]) for row in rows] == list(range(450, 0, -1))
    assert {row["kind"]: row["available"] for row in rows} == {
        **dict.fromkeys(["grant", "release", "purchase", "receivable"], "7"),
        **dict.fromkeys(["hold", "reversal"], "-7"),
        "capture": "0",
        "of_next_year": "",
    }
    assert {row["reason"] for row in rows} == {"'=1+1"}  # a spreadsheet would run it
    assert len(stack.neighbours.asked) == 3


async def test_a_purchase_is_told_on_its_buyers_feed(stack: Any) -> None:
    purchase = (await buy(stack)).json()
    fact = {name: purchase[name] for name in ("purchase_id", "pack", "tokens", "amount", "currency")}
    await stack.tell(PurchaseChanged(user_id=UserId("user_ada"), version=2, state="credited", **fact))

    rows = await stack.fetch("SELECT data FROM feed_events WHERE type = 'purchase_changed'")

    assert [(row["data"]["state"], row["data"]["version"]) for row in rows] == [("credited", 2)]
