"""Tokens bought through Stripe, whatever happens to the webhooks; the checker compares it all after each test."""

import csv
import hmac
import io
import itertools
import json
import time
from hashlib import sha256
from typing import Any

import asyncpg
import httpx
import pytest
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import WEBHOOK_SECRET
from autocrea.testkit.waiting import eventually

STARTER_TOKENS, STARTER_AMOUNT = 100, 500


async def asked(stack: Stack, query: str, *arguments: Any) -> list[asyncpg.Record]:
    """Ask billing's database, as the administrator."""
    connection = await asyncpg.connect(stack.places.admin_url("billing"))
    try:
        return list(await connection.fetch(query, *arguments))
    finally:
        await connection.close()


async def hasten(stack: Stack, kind: str) -> None:
    """The time of a recurring job has come."""
    await asked(stack, "UPDATE jobs SET due_at = now() WHERE kind = $1", kind)


async def handled(stack: Stack, *event_ids: str) -> None:
    """Wait until these events are stored and handled."""

    async def done() -> bool:
        query = "SELECT FROM stripe_events WHERE event_id = ANY($1) AND handled_at IS NOT NULL"
        return len(await asked(stack, query, list(event_ids))) == len(set(event_ids))

    await eventually(done, what="the events are handled")


async def decisive(stack: Stack, event_ids: list[str]) -> list[str]:
    """Those of these events that decide something."""
    types = {event["id"]: event["type"] for event in await stack.simulated.stripe.objects("events")}
    beginnings = ("checkout.", "refund.", "charge.refund.", "charge.dispute.")
    return [id_ for id_ in event_ids if types[id_].startswith(beginnings)]


def signed(body: bytes, secret: str = WEBHOOK_SECRET, *, age: float = 0) -> dict[str, str]:
    """The headers of a webhook, signed by hand."""
    at = int(time.time() - age)
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={digest}", "Content-Type": "application/json"}


async def test_tokens_are_there_without_a_reload_when_the_card_is_charged(stack: Stack) -> None:
    async with stack.person(tokens=0) as person:
        [snapshot] = await person.account_events(count=1)
        purchase = await person.buy(key="once")
        again = await person.buy(key="once")
        back = await person.press(purchase)
        told = await person.account_events(after=snapshot.id or 0, count=3)

        assert again["purchase_id"] == purchase["purchase_id"]
        assert back == f"{stack.url}/tokens?purchase={purchase['purchase_id']}&checkout=paid"
        assert sorted((one.name, one.data.get("state")) for one in told) == [
            ("balance_changed", None),
            ("purchase_changed", "credited"),
            ("purchase_changed", "started"),
        ]
        [balance] = [one.data for one in told if one.name == "balance_changed"]
        assert (balance["available"], balance["changes"][0]["purchase_id"]) == (100, purchase["purchase_id"])
        [line] = (await person.get("/api/tokens/ledger"))["items"]
        assert (line["kind"], line["tokens"], line["purchase_id"]) == (
            "purchase",
            100,
            purchase["purchase_id"],
        )
        table = (await person.request("GET", "/api/tokens/ledger.csv")).text
        assert [row["available"] for row in csv.DictReader(io.StringIO(table))] == ["100"]
        kept = await person.get(f"/api/billing/purchases/{purchase['purchase_id']}")
        assert (kept["state"], kept["url"]) == ("credited", None)


async def test_paid_is_shown_and_tokens_come_once_when_webhooks_were_held(stack: Stack) -> None:
    """Scenario A7: five copies of each, shuffled."""
    async with stack.person(tokens=0) as person, stack.simulated.stripe.webhooks("hold", user=person.user_id):
        purchase = await person.buy()
        await person.press(purchase)
        path = f"/api/billing/purchases/{purchase['purchase_id']}"
        assert (await person.get(path))["state"] == "paid"
        assert (await person.balance())["available"] in (None, 0)
        assert "payment_intent.succeeded" in await stack.simulated.stripe.held()

        released = await stack.simulated.stripe.release(times=5, shuffle=True, seed=7)
        await person.until_purchase(purchase["purchase_id"], "credited")
        await handled(stack, *await decisive(stack, released))

        assert (await person.balance())["available"] == STARTER_TOKENS
        assert len((await person.get("/api/tokens/ledger"))["items"]) == 1


async def test_the_job_credits_when_the_webhook_is_dropped(stack: Stack) -> None:
    async with stack.person(tokens=0) as person, stack.simulated.stripe.webhooks("drop", user=person.user_id):
        purchase = await person.buy()
        await person.press(purchase)
        await hasten(stack, "list_stripe_events")
        await person.until_purchase(purchase["purchase_id"], "credited")

        [row] = await asked(
            stack, "SELECT via FROM stripe_events WHERE purchase_id::text = $1", purchase["purchase_id"]
        )
        assert row["via"] == "list"


async def test_fifty_copies_of_everything_are_one_credit(stack: Stack) -> None:
    async with stack.person(tokens=0) as person, stack.simulated.stripe.webhooks("hold", user=person.user_id):
        purchase = await person.buy()
        await person.press(purchase)
        released = await stack.simulated.stripe.release(times=50, shuffle=True, seed=11)
        await handled(stack, *await decisive(stack, released))
        await person.until_available(STARTER_TOKENS)

        taken = [one for one in await stack.simulated.stripe.tries() if one["event"] in released]
        assert {one["status"] for one in taken} == {200}


@pytest.mark.timeout(300)  # twenty-four purchases, one after the other
async def test_every_permutation_of_a_purchases_events_comes_to_the_same(stack: Stack) -> None:
    """Paid later than completed, and refunded in two parts; the first thing heard may be a refund."""
    stripe = stack.simulated.stripe
    async with stack.person(tokens=0) as person, stripe.webhooks("hold", user=person.user_id):
        orders = list(itertools.permutations(range(4)))
        for order in orders:
            purchase = await person.buy()
            await person.press(purchase, "defer")
            session = await stripe.session_of(purchase["purchase_id"])
            await stripe.deed("settle", session)
            await stripe.deed("refund", session, amount=100)
            await stripe.deed("refund", session, amount=150)
            held = await stripe.held()
            names = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
            places = [held.index(name) for name in names]
            places += [number for number, type_ in enumerate(held) if type_ == "refund.created"]
            released = await stripe.release(order=[places[number] for number in order])
            await handled(stack, *released)

        half = STARTER_TOKENS // 2
        await person.until_available(half * len(orders))
        states = {one["state"] for one in (await person.get("/api/billing/purchases?limit=100"))["items"]}
        assert states == {"credited"}


async def test_a_refund_before_the_completion_is_known_takes_what_the_completion_brings(stack: Stack) -> None:
    stripe = stack.simulated.stripe
    async with stack.person(tokens=30) as person, stripe.webhooks("hold", user=person.user_id):
        purchase = await person.buy()
        await person.press(purchase)
        await stripe.deed("refund", await stripe.session_of(purchase["purchase_id"]))
        held = await stripe.held()
        order = [held.index("refund.created"), held.index("checkout.session.completed")]
        await handled(stack, *await stripe.release(order=order))

        await person.until_purchase(purchase["purchase_id"], "refunded")
        await person.until_available(30)


async def test_tokens_that_are_spent_are_owed_until_others_come(stack: Stack) -> None:
    stripe = stack.simulated.stripe
    async with stack.person(tokens=0) as person:
        purchase = await person.buy()
        await person.press(purchase)
        await person.until_available(STARTER_TOKENS)
        generation_id = await person.generate("gastada")
        await person.end(generation_id)
        left = (await person.balance())["available"]
        assert left < STARTER_TOKENS

        await stripe.deed("refund", await stripe.session_of(purchase["purchase_id"]))
        await person.until_purchase(purchase["purchase_id"], "refunded")
        await person.until_available(0)
        owed = (await person.balance())["receivable"]
        refused = await person.ask("otra")
        second = await person.buy()
        await person.press(second)
        await person.until_available(STARTER_TOKENS - owed)

        assert owed == STARTER_TOKENS - left
        assert (refused.status_code, refused.json()["code"]) == (402, "receivable_open")
        assert refused.json()["receivable"] == owed
        assert (await person.balance())["receivable"] == 0
        assert (await person.end(await person.generate("al fin"))).name in (
            "generation_completed",
            "generation_rejected",
        )


@pytest.mark.parametrize(("end", "state", "tokens"), [("win", "credited", 100), ("lose", "disputed", 0)])
async def test_a_dispute_takes_the_tokens_and_only_a_won_one_gives_them_back(
    stack: Stack, end: str, state: str, tokens: int
) -> None:
    stripe = stack.simulated.stripe
    async with stack.person(tokens=0) as person:
        purchase = await person.buy()
        await person.press(purchase)
        await person.until_available(STARTER_TOKENS)
        dispute = await stripe.deed("dispute", await stripe.session_of(purchase["purchase_id"]))
        await person.until_purchase(purchase["purchase_id"], "disputed")
        await person.until_available(0)

        await stripe.deed(end, dispute["id"])
        await handled(
            stack, *[e["id"] for e in await stripe.objects("events") if dispute["id"] in str(e["data"])]
        )

        await person.until_purchase(purchase["purchase_id"], state)
        await person.until_available(tokens)


@pytest.mark.parametrize(
    ("button", "deed", "state"),
    [(None, "expire", "expired"), ("defer", "decline", "failed"), ("defer", "settle", "credited")],
)
async def test_a_purchase_ends_as_its_payment_does(
    stack: Stack, button: str | None, deed: str, state: str
) -> None:
    async with stack.person(tokens=0) as person:
        purchase = await person.buy()
        if button is not None:
            await person.press(purchase, button)
        await stack.simulated.stripe.deed(
            deed, await stack.simulated.stripe.session_of(purchase["purchase_id"])
        )

        await person.until_purchase(purchase["purchase_id"], state)
        if state == "credited":
            await person.until_available(STARTER_TOKENS)


async def test_the_event_is_handled_once_when_billing_dies_between_storing_and_handling(stack: Stack) -> None:
    """The buyer's account is locked from outside, so that the event is stored and cannot be handled."""
    async with stack.person(tokens=10) as person:
        purchase = await person.buy()
        account = f"user:{person.user_id}"
        connection = await asyncpg.connect(stack.places.admin_url("billing"))
        async with connection.transaction():
            await connection.execute("SELECT FROM accounts WHERE id = $1 FOR UPDATE", account)
            await person.press(purchase)

            async def stored() -> bool:
                query = "SELECT FROM stripe_events WHERE handled_at IS NULL AND content::text LIKE '%' || $1 || '%'"
                return bool(await asked(stack, query, purchase["purchase_id"]))

            await eventually(stored, what="the event is stored")
            await stack.kill("billing")
        await connection.close()
        assert (await person.balance())["available"] == 10

        await stack.restart("billing")

        await person.until_purchase(purchase["purchase_id"], "credited")
        await person.until_available(10 + STARTER_TOKENS)


async def test_nothing_is_stored_when_a_webhook_is_forged(stack: Stack) -> None:
    """Bad, old and empty-secret signatures, the other mode, another account: 4xx, and no row."""
    async with stack.person(tokens=0) as person, stack.simulated.stripe.webhooks("hold", user=person.user_id):
        purchase = await person.buy()
        await person.press(purchase)
        events = await stack.simulated.stripe.objects("events")
        genuine = next(
            e
            for e in events
            if e["type"] == "checkout.session.completed" and purchase["purchase_id"] in str(e["data"])
        )
        before = (await asked(stack, "SELECT count(*) FROM stripe_events"))[0][0]

        def body(**changes: Any) -> bytes:
            return json.dumps({**genuine, "id": "evt_forged", **changes}).encode()

        attempts = {
            "bad": (body(), signed(body(), "whsec_guessed")),
            "old": (body(), signed(body(), age=301)),
            "empty secret": (body(), signed(body(), "")),
            "unsigned": (body(), {}),
            "other body": (body(), signed(body(livemode=True))),
            "other mode": (body(livemode=True), signed(body(livemode=True))),
            "other account": (body(account="acct_x"), signed(body(account="acct_x"))),
            "no event": (b"{}", signed(b"{}")),
        }
        async with httpx.AsyncClient(base_url=stack.url, trust_env=False) as world:
            answers = {
                name: (await world.post("/api/webhooks/stripe", content=content, headers=headers)).status_code
                for name, (content, headers) in attempts.items()
            }

        assert set(answers.values()) == {400}, answers
        assert (await asked(stack, "SELECT count(*) FROM stripe_events"))[0][0] == before
        assert (await person.balance())["available"] in (None, 0)
        await stack.simulated.stripe.release()
        await person.until_available(STARTER_TOKENS)


async def test_webhooks_forged_by_the_simulator_credit_nothing_and_the_job_does(stack: Stack) -> None:
    async with (
        stack.person(tokens=0) as person,
        stack.simulated.stripe.webhooks("forge", user=person.user_id),
    ):
        purchase = await person.buy()
        await person.press(purchase)

        async def refused() -> bool:
            return any(one["forged"] and one["status"] == 400 for one in await stack.simulated.stripe.tries())

        await eventually(refused, what="a forged webhook is refused")
        assert (await person.balance())["available"] in (None, 0)
        await hasten(stack, "list_stripe_events")
        await person.until_available(STARTER_TOKENS)


async def test_buying_can_be_tried_again_with_the_same_key_when_stripe_was_away(stack: Stack) -> None:
    async with stack.person(tokens=0) as person:
        await stack.simulated.stripe.outage(500, times=1)
        answer = await person.request(
            "POST", "/api/billing/checkout", json={"pack": "starter"}, headers={"Idempotency-Key": "k"}
        )
        purchase = await person.buy(key="k")
        other = await person.request(
            "POST", "/api/billing/checkout", json={"pack": "studio"}, headers={"Idempotency-Key": "k"}
        )

        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert purchase["state"] == "started"
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
