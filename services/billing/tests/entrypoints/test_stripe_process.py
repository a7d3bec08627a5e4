"""Billing with Stripe behind it: keys are changed while it runs, and Stripe's list is read every two minutes."""

import hmac
import json
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from autocrea.billing.handlers.list_stripe_events import LIST_EVERY
from autocrea.testkit.forked import ForkedProcess
from autocrea.testkit.plugin import MakeDatabase, Vhost
from autocrea.testkit.processes import free_port
from autocrea.testkit.waiting import eventually

GATEWAY = {"Authorization": "Bearer the gateway's"}
OLD_KEY, NEW_KEY = "sk_test_old", "sk_test_new"
LOOK_SECONDS = 30  # keys are looked at every five seconds; the rest is for a busy machine


class Shop:
    """Billing with its keys in files, and Stripe, whose key is the new one."""

    def __init__(self, vhost: Vhost, database_url: str, folder: Path) -> None:
        self.database_url = database_url
        self.log = folder / "billing.log"
        self.key, self.secret = folder / "key", folder / "secret"
        self.secret.write_text("whsec_old")
        ports = free_port(), free_port()
        self.stripe = ForkedProcess(
            "autocrea.simulators",
            {
                "AUTOCREA_SIMULATORS_PORT": str(ports[0]),
                "AUTOCREA_SIMULATORS_STRIPE_SECRET_KEY": NEW_KEY,
            },
            port=ports[0],
            log=folder / "simulators.log",
        )
        environment = {
            "AUTOCREA_BILLING_DATABASE_URL": database_url,
            "AUTOCREA_BILLING_BROKER_URL": vhost.url("billing"),
            "AUTOCREA_BILLING_HTTP_PORT": str(ports[1]),
            "AUTOCREA_BILLING_OPERATOR_TOKEN": "the operator's",
            "AUTOCREA_BILLING_GATEWAY_TOKEN": "the gateway's",
            "STRIPE_SECRET_KEY_FILE": str(self.key),
            "STRIPE_WEBHOOK_SECRET_FILE": str(self.secret),
            "STRIPE_API_URL": f"{self.stripe.url}/stripe",
        }
        self.billing = ForkedProcess("autocrea.billing", environment, port=ports[1], log=self.log)
        self.http = httpx.AsyncClient(base_url=self.billing.url, headers=GATEWAY, trust_env=False)

    async def start(self, key: str) -> None:
        self.key.write_text(key)
        await self.stripe.start(wait=False)
        await eventually(lambda: self.stripe.status("/_sim/health"), timeout_seconds=30, what="Stripe")
        await self.billing.start()

    async def stop(self) -> None:
        await self.http.aclose()
        await self.billing.kill()
        await self.stripe.kill()

    async def hears(self, secret: str) -> bool:
        """Whether a webhook that is signed with the secret is let in."""
        event = {"id": f"evt_{uuid4().hex}", "object": "event", "type": "payout.paid", "livemode": False}
        body = json.dumps({**event, "created": int(time.time()), "data": {"object": {}}}).encode()
        at = int(time.time())
        digest = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={at},v1={digest}"}
        answer = await self.http.post("/internal/stripe/events", content=body, headers=headers)
        assert answer.status_code in (200, 400), answer.text
        return answer.status_code == 200

    async def buys(self) -> int:
        """The status of a purchase that somebody begins."""
        body = {"purchase_id": str(uuid4()), "pack": "starter", "language": "es"}
        return (await self.http.post("/internal/users/user_ada/purchases", json=body)).status_code

    async def listing(self) -> tuple[datetime, datetime]:
        """Until when Stripe's list was read, and when the job comes again, which nobody has taken."""

        async def waiting() -> list[asyncpg.Record]:
            return await self.asked(
                "SELECT listed_until, due_at FROM stripe_listings, jobs"
                " WHERE kind = 'list_stripe_events' AND lease_token IS NULL AND due_at > now()"
            )

        [(until, due_at)] = await eventually(waiting, timeout_seconds=30, what="the list is read")
        return until, due_at

    async def asked(self, query: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()


@pytest.fixture
async def shop(vhost: Vhost, make_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[Shop]:
    shop = Shop(vhost, await make_database("autocrea.billing"), tmp_path)
    yield shop
    await shop.stop()


async def test_keys_are_changed_without_a_restart_and_no_webhook_is_refused_meanwhile(shop: Shop) -> None:
    await shop.start(OLD_KEY)
    assert [await shop.hears(secret) for secret in ("whsec_old", "whsec_new")] == [True, False]
    assert await shop.buys() == 503, "Stripe refuses the old key"

    shop.secret.write_text("whsec_old,whsec_new")
    await eventually(lambda: shop.hears("whsec_new"), timeout_seconds=LOOK_SECONDS, what="both secrets")
    assert await shop.hears("whsec_old")
    shop.key.write_text(NEW_KEY)

    async def sold() -> bool:
        return await shop.buys() == 201

    await eventually(sold, timeout_seconds=LOOK_SECONDS, what="the new key")
    shop.secret.write_text("whsec_new")

    async def forgotten() -> bool:
        return not await shop.hears("whsec_old")

    await eventually(forgotten, timeout_seconds=LOOK_SECONDS, what="the old secret is out of force")
    assert await shop.hears("whsec_new")


async def test_a_key_that_cannot_be_used_changes_nothing_and_is_told_of(shop: Shop) -> None:
    """Neither a file that is half written nor a key of the other mode takes anything out of force."""
    await shop.start(OLD_KEY)
    for text, words in {"": "is empty", "sk_live_1": "another mode", "nonsense": "must begin with"}.items():
        shop.key.write_text(text)
        await eventually(lambda w=words: w in shop.log.read_text(), timeout_seconds=LOOK_SECONDS, what=words)
        assert await shop.hears("whsec_old")
    assert "sk_live_1" not in shop.log.read_text()
    shop.key.write_text(NEW_KEY)

    async def sold() -> bool:
        return await shop.buys() == 201

    await eventually(sold, timeout_seconds=LOOK_SECONDS, what="a good key")


async def test_the_list_is_read_at_the_start_and_two_minutes_after_every_reading(shop: Shop) -> None:
    await shop.start(NEW_KEY)
    first_read, first_due = await shop.listing()
    assert timedelta() <= first_due - first_read - LIST_EVERY < timedelta(seconds=5)
    assert timedelta(minutes=2) == LIST_EVERY

    await shop.asked("UPDATE jobs SET due_at = now() WHERE kind = 'list_stripe_events'")
    await shop.asked("SELECT pg_notify('autocrea_jobs_added', 'list_stripe_events')")

    async def again() -> bool:
        return (await shop.listing())[0] > first_read

    await eventually(again, timeout_seconds=30, what="a second reading")
    second_read, second_due = await shop.listing()
    assert second_read > first_read
    assert timedelta() <= second_due - second_read - LIST_EVERY < timedelta(seconds=5)
