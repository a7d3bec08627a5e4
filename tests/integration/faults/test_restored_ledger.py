"""Billing's database is set back: the comparison names exactly what is missing, the runbook brings it to nothing.

The steps are those of docs/runbooks/restore.md, in its order.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from autocrea.cli.operating.bookkeeping import Bookkeeping
from autocrea.cli.operating.services import Services
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack, running_stack
from autocrea.testkit.stack_environment import OPERATOR_TOKEN, SERVICES
from autocrea.testkit.waiting import eventually

HOURS = 1.0


class House:
    """A stack, its operator, and its ledger looked at from outside."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.services = Services(
            {
                "services": {name: stack.processes[name].url for name in SERVICES},
                "operator_tokens": dict.fromkeys(SERVICES, OPERATOR_TOKEN),
            }
        )
        self.books = Bookkeeping(self.services)

    async def fetch(self, query: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.stack.places.admin_url("billing"))
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()

    async def lines(self) -> set[tuple[str, int]]:
        rows = await self.fetch("SELECT idempotency_key, amount_tokens FROM transfers")
        return {(row[0], row[1]) for row in rows}

    async def balances(self) -> dict[str, int]:
        query = (
            "SELECT id, (credits_tokens - debits_tokens)::int AS tokens FROM accounts WHERE kind <> 'hold'"
        )
        return {row["id"]: row["tokens"] for row in await self.fetch(query)}

    async def differences(self) -> dict[str, set[str]]:
        """The ids that differ, by kind."""
        found: dict[str, set[str]] = {}
        for difference in await asyncio.to_thread(self.books.reconcile, HOURS):
            found.setdefault(difference["kind"], set()).add(difference["id"])
        return found

    async def agrees(self, *, besides: str | None = None) -> None:
        async def nothing() -> bool:
            return set(await self.differences()) <= {besides}

        await eventually(nothing, timeout_seconds=60, what="the books agree")

    async def copy_database(self, source: str, target: str) -> None:
        async with self.stack.places.administrator() as connection:
            owner = self.stack.places.database("billing")
            await connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}" OWNER "{owner}"')

    async def set_back(self, backup: str) -> None:
        """Billing is down; its database is what it was at the backup, and its recurring job waits."""
        name = self.stack.places.database("billing")
        async with self.stack.places.administrator() as connection:
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            await connection.execute(f'ALTER DATABASE "{backup}" RENAME TO "{name}"')
        await self.fetch(
            "UPDATE jobs SET due_at = now() + interval '1 hour' WHERE kind = 'list_stripe_events'"
        )


async def buy(person: Person, available: int) -> dict[str, Any]:
    purchase = await person.buy()
    await person.press(purchase)
    await person.until_available(available)
    return dict(purchase)


async def mend(house: House, bruno: Person, granted: str) -> None:
    """Steps 2 to 6."""
    # 2. Stripe's events, by the job that lists them.
    await house.fetch("UPDATE jobs SET due_at = now() WHERE kind = 'list_stripe_events'")

    async def paid() -> bool:
        return "payment" not in await house.differences()

    await eventually(paid, timeout_seconds=60, what="payments agree")
    # 3. What operators gave, under the keys that are listed.
    assert granted in (await house.differences())["line"]
    again = await asyncio.to_thread(house.books.grant, bruno.user_id, 30, "perdimos un ZIP", "ticket 7")
    assert not again["repeated"]
    # 4. What the other services had said since then, byte for byte.
    since = (datetime.now(UTC) - timedelta(hours=HOURS)).isoformat()
    for name in SERVICES:
        await asyncio.to_thread(
            house.services.tell, name, "/operator/outbox/republish", {"who": "olga", "since": since}
        )
    await house.agrees(besides="version")
    # 5. Balances above what was told of them.
    assert await asyncio.to_thread(house.books.retell, HOURS, "restaurada") > 0
    await house.agrees()


@pytest.mark.timeout(240)  # a stack of its own, three generations, billing started four times
async def test_the_runbook_brings_a_restored_ledger_to_no_difference(
    tmp_path: Path, postgres: PostgresEndpoint, rabbitmq: RabbitmqEndpoint, s3: S3Endpoint
) -> None:
    async with running_stack(tmp_path / "stack", postgres=postgres, rabbitmq=rabbitmq, s3=s3) as stack:
        house, stripe = House(stack), stack.simulated.stripe
        async with stack.person() as ada, stack.person(tokens=0) as bruno:
            # Before the backup: a generation, a purchase, a grant.
            await ada.end(await ada.generate("antes"))
            first = await buy(bruno, 100)
            await asyncio.to_thread(house.books.grant, bruno.user_id, 20, "prueba", "before")
            await bruno.until_available(120)
            await house.agrees()
            await stack.end(["billing"])
            backup = f"{stack.places.database('billing')}_backup"
            await house.copy_database(stack.places.database("billing"), backup)
            before = await house.lines()
            await stack.restart("billing")

            # After it: another generation, a newcomer and theirs, a purchase, half a refund, a grant.
            await ada.end(await ada.generate("después"))
            second = await buy(bruno, 220)
            refund = await stripe.deed("refund", await stripe.session_of(first["purchase_id"]), amount=250)
            await bruno.until_available(170)
            given = await asyncio.to_thread(
                house.books.grant, bruno.user_id, 30, "perdimos un ZIP", "ticket 7"
            )
            await bruno.until_available(200)
            async with stack.person() as carla:
                await carla.end(await carla.generate("nueva"))
            await house.agrees()
            whole, balances = await house.lines(), await house.balances()
            await stack.end(["billing"])
            await house.set_back(backup)
            await stack.restart("billing")

            # 1. What is missing: exactly the lines since the backup, the purchase, the refund; versions behind.
            found = await house.differences()
            assert found.pop("line") == {key for key, _ in whole - before}
            assert len(found.pop("hold")) == 2  # the two generations that ended since
            assert found.pop("payment") == {second["purchase_id"], refund["id"]}
            assert {ada.user_id, bruno.user_id, carla.user_id} <= found.pop("version")
            assert found == {}
            await mend(house, bruno, given["key"])

            assert await house.lines() == whole
            assert await house.balances() == balances
            await bruno.until_available(200)
            await ada.until_available(balances[f"user:{ada.user_id}"])
            written = await house.fetch("SELECT DISTINCT action FROM operator_actions")
            assert {row["action"] for row in written} == {"grant_tokens", "reconcile", "retell", "send_again"}
            assert await house.fetch("SELECT reason FROM dead_letters") == []
