"""Billing as its own process on a real broker and database: what comes in, what goes out, what HTTP says."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aio_pika
import asyncpg
import httpx
import pytest
from autocrea.chassis.publisher import Publisher
from autocrea.contracts.envelope import seal
from autocrea.contracts.internal import LEDGER_PAGE_MAX, LedgerPage
from autocrea.contracts.message import Message, Service
from autocrea.testkit.forked import ForkedProcess
from autocrea.testkit.plugin import MakeDatabase, Vhost
from autocrea.testkit.processes import free_port
from autocrea.testkit.waiting import eventually
from billing_counter import FINDINGS
from billing_desk import ADA, CARD, NOON, completed, generation, opened, reserve, settle

G = generation(1)
GATEWAY = {"Authorization": "Bearer the gateway's"}
OPERATOR = {"Authorization": "Bearer the operator's"}


class Billing:
    """The process and its surroundings."""

    def __init__(self, vhost: Vhost, database_url: str, folder: Path) -> None:
        port = free_port()
        self.vhost = vhost
        self.database_url = database_url
        self._came: dict[str, list[dict[str, Any]]] = {}
        environment = {
            "AUTOCREA_BILLING_DATABASE_URL": database_url,
            "AUTOCREA_BILLING_BROKER_URL": vhost.url("billing"),
            "AUTOCREA_BILLING_HTTP_PORT": str(port),
            "AUTOCREA_BILLING_OPERATOR_TOKEN": "the operator's",
            "AUTOCREA_BILLING_GATEWAY_TOKEN": "the gateway's",
        }
        self.process = ForkedProcess("autocrea.billing", environment, port=port, log=folder / "billing.log")
        self.http = httpx.AsyncClient(base_url=self.process.url, trust_env=False)

    async def publish(self, *messages: Message) -> None:
        """Each as its own sender does, confirmed."""
        for sender in Service:
            mine = [seal(m, source=sender, time=NOON) for m in messages if m.sender is sender]
            if mine:
                publisher = Publisher(self.vhost.url(sender), name="test")
                link = asyncio.create_task(publisher.run())
                await eventually(lambda p=publisher: p.connected)
                assert await publisher.publish(mine) == {message.id for message in mine}
                link.cancel()
                await asyncio.gather(link, return_exceptions=True)

    async def inbox(self, service: str) -> list[dict[str, Any]]:
        """Every envelope that ever came to a service's inbox; the service itself does not run."""
        async with await aio_pika.connect(self.vhost.url(service)) as connection:
            queue = await (await connection.channel()).get_queue(f"{service}.inbox", ensure=False)
            while (message := await queue.get(fail=False)) is not None:
                self._came.setdefault(service, []).append(json.loads(message.body))
                await message.ack()
        return self._came.get(service, [])

    async def wait_for(self, service: str, type_: str, count: int = 1) -> list[dict[str, Any]]:
        """The envelopes of a type in a service's inbox, once there are so many."""

        async def enough() -> list[dict[str, Any]]:
            found = [e for e in await self.inbox(service) if e["type"] == f"billing.{type_}.v1"]
            return found if len(found) >= count else []

        found = await eventually(enough, what=f"{count} {type_} for {service}")
        assert len(found) == count
        return found

    async def fetch(self, query: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()


@pytest.fixture
async def billing(vhost: Vhost, make_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[Billing]:
    billing = Billing(vhost, await make_database("autocrea.billing"), tmp_path)
    await billing.process.start()
    yield billing
    await billing.http.aclose()
    await billing.process.kill()


async def test_a_run_is_answered_and_the_balance_told_when_the_others_speak_to_it(billing: Billing) -> None:
    await billing.publish(opened())
    await billing.wait_for("gateway", "balance_changed")
    await billing.publish(reserve(G))
    [reserved] = await billing.wait_for("orchestrator", "tokens_reserved")
    await billing.publish(completed(G, "architecture", 5), completed(G, "backend", 11, sequence=2))
    await billing.publish(settle(G, {"architecture": 5, "backend": 11}))
    [settled] = await billing.wait_for("orchestrator", "tokens_settled")
    [card] = await billing.wait_for("gateway", "rate_card_published")

    assert reserved["data"]["held_tokens"] == 50
    assert settled["data"]["charges"]["backend"] == 11
    assert settled["data"]["released_tokens"] == 34
    assert card["data"]["version"] == CARD.version
    told = sorted(
        (e["data"] for e in await billing.inbox("gateway") if e["type"] == "billing.balance_changed.v1"),
        key=lambda data: int(data["version"]),
    )
    assert [data["version"] for data in told] == list(range(1, len(told) + 1))
    assert (told[-1]["available"], told[-1]["held"]) == (84, 0)
    assert await billing.fetch(FINDINGS) == []


async def test_the_cause_is_named_when_one_message_moved_the_balance(billing: Billing) -> None:
    message = opened()
    await billing.publish(message)

    [changed] = await billing.wait_for("gateway", "balance_changed")

    assert changed["causationid"] == str(message.message_id())
    assert changed["source"] == "/autocrea/billing"
    assert changed["userid"] == ADA


async def test_nothing_is_lost_or_doubled_when_it_is_killed_around_every_commit(
    billing: Billing, tmp_path: Path
) -> None:
    """Each start ends at the next crash point; it may be an earlier message, delivered again, that reaches it."""
    await billing.publish(opened())
    await billing.wait_for("gateway", "balance_changed")
    await billing.process.kill()
    points = ["before_commit", "after_commit", "after_publish", "before_ack"]
    for number, point in enumerate(points):
        mark = tmp_path / point
        crash = {"AUTOCREA_CRASH_AT": f"billing.{point}", "AUTOCREA_CRASH_ONCE": str(mark)}
        await billing.publish(reserve(generation(number), caps={"architecture": 10}))
        await billing.process.start(wait=False, **crash)
        await eventually(lambda: not billing.process.alive, what=f"a crash {point}")
        assert mark.exists()
    await billing.process.start()

    answers = await eventually(lambda: _answers(billing, len(points)), what="an answer for every reservation")

    assert {answer["data"]["generation_id"] for answer in answers} == {str(generation(n)) for n in range(4)}
    assert [
        row["n"] for row in await billing.fetch("SELECT count(*) AS n FROM transfers WHERE kind = 'hold'")
    ] == [4]
    assert await billing.fetch(FINDINGS) == []


async def _answers(billing: Billing, count: int) -> list[dict[str, Any]]:
    """The different envelopes that came for the orchestrator, once there are so many."""
    different = {envelope["id"]: envelope for envelope in await billing.inbox("orchestrator")}
    return list(different.values()) if len(different) >= count else []


async def test_the_ledger_is_served_to_the_gateway_alone(billing: Billing) -> None:
    await billing.publish(opened(), reserve(G, verified=True))
    await billing.wait_for("orchestrator", "tokens_reserved")
    path = f"/internal/users/{ADA}/ledger"

    page = LedgerPage.model_validate_json((await billing.http.get(path, headers=GATEWAY)).content)
    refused = [await billing.http.get(path, headers=headers) for headers in ({}, OPERATOR)]
    bad = [
        await billing.http.get(f"{path}?{q}", headers=GATEWAY)
        for q in ("limit=0", "before=x", "before=-1", "kind=gift")
    ]
    grants = LedgerPage.model_validate_json(
        (await billing.http.get(f"{path}?kind=grant", headers=GATEWAY)).content
    )
    much = await billing.http.get(f"{path}?limit={LEDGER_PAGE_MAX * 10}", headers=GATEWAY)

    assert [(entry.kind, entry.tokens) for entry in page.entries] == [("hold", 50), ("grant", 100)]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(401, "unauthorized")] * 2
    assert [(answer.status_code, answer.json()["code"]) for answer in bad] == [(422, "invalid_request")] * 4
    assert [entry.tokens for entry in grants.entries] == [100]
    assert much.status_code == 200


async def test_an_operator_grants_tokens_once_a_key(billing: Billing) -> None:
    body = {"user": ADA, "tokens": 40, "reason": "perdimos un ZIP", "who": "olga"}
    headers = {**OPERATOR, "Idempotency-Key": "ticket 12"}

    async def post(body: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        answer = await billing.http.post("/operator/grants", json=body, headers=headers)
        return answer.status_code, answer.json()

    first, again = await post(body, headers), await post(body, headers)
    other = await post({**body, "tokens": 41}, headers)
    refused = await post(body, GATEWAY)
    bad = [await post({**body, **wrong}, OPERATOR) for wrong in ({"tokens": 0}, {"reason": " "}, {"x": 1})]
    [changed] = await billing.wait_for("gateway", "balance_changed")

    key = {"key": "grant:operator:ticket 12"}
    assert first == (201, {"user": ADA, "tokens": 40, "available": 40, "repeated": False, **key})
    assert again == (200, {"user": ADA, "tokens": 40, "available": 40, "repeated": True, **key})
    assert (other[0], other[1]["code"]) == (409, "idempotency_conflict")
    assert (refused[0], refused[1]["code"]) == (401, "unauthorized")
    assert [(status, answer["code"]) for status, answer in bad] == [(422, "invalid_request")] * 3
    assert changed["data"]["changes"][0]["kind"] == "grant"
    [written] = await billing.fetch("SELECT who, action, target, reason, details FROM operator_actions")
    assert tuple(written)[:3] == ("olga", "grant_tokens", ADA)
    assert json.loads(written["details"]) == {"tokens": 40, **key}


async def test_the_books_are_compared_with_what_was_told_when_an_operator_asks(billing: Billing) -> None:
    """The history keeps what was told; a line that is taken away behind the triggers is missed."""
    await billing.publish(opened(), reserve(G, verified=True))
    await billing.wait_for("orchestrator", "tokens_reserved")
    await billing.publish(completed(G, "architecture", 5))
    await billing.publish(settle(G, {"architecture": 5}))
    await billing.wait_for("orchestrator", "tokens_settled")

    async def compared() -> list[tuple[str, str]]:
        answer = await billing.http.post("/operator/reconcile", json={"who": "olga"}, headers=OPERATOR)
        assert answer.status_code == 200, answer.text
        return [(one["kind"], one["id"]) for one in answer.json()["differences"]]

    assert await compared() == []
    await billing.fetch("ALTER TABLE transfers DISABLE TRIGGER transfers_append_only")
    await billing.fetch("DELETE FROM transfers WHERE kind = 'release'")
    await billing.fetch("UPDATE accounts SET version = 1")
    differences = await compared()

    assert ("line", f"release:{G}:1") in differences
    assert ("version", ADA) in differences
    assert ("guard", "transfers_append_only on transfers") in differences
    written = await billing.fetch("SELECT who, action, target, details FROM operator_actions ORDER BY id")
    assert [tuple(row)[:3] for row in written] == [("olga", "reconcile", "books")] * 2
    assert json.loads(written[0]["details"]) == {"hours": 72.0, "differences": 0}


async def test_what_was_told_above_us_is_told_again_when_the_ledger_was_set_back(billing: Billing) -> None:
    await billing.publish(opened())
    await billing.wait_for("gateway", "balance_changed")
    for n in range(3):
        await billing.publish(reserve(generation(n), caps={"architecture": 1}))
    told = await eventually(lambda: _versions(billing, 4), what="four versions")
    await billing.fetch("UPDATE accounts SET version = 2 WHERE kind = 'user'")

    answer = await billing.http.post(
        "/operator/retell", json={"who": "olga", "reason": "restored"}, headers=OPERATOR
    )
    again = await eventually(lambda: _versions(billing, 5), what="a fifth version")

    assert answer.json() == {"retold": 1}
    assert told == [1, 2, 3, 4]
    assert again == [1, 2, 3, 4, 5]


async def _versions(billing: Billing, count: int) -> list[int]:
    facts = [e for e in await billing.inbox("gateway") if e["type"] == "billing.balance_changed.v1"]
    versions = sorted({int(fact["data"]["version"]) for fact in facts})
    return versions if len(versions) >= count else []


async def test_operators_alone_may_look_into_the_books(billing: Billing) -> None:
    paths = ("/operator/reconcile", "/operator/retell", "/operator/purchases/cs_1")
    refused = [await billing.http.post(path, json={}, headers=GATEWAY) for path in paths]
    unknown = await billing.http.post("/operator/purchases/cs_1", json={"who": "olga"}, headers=OPERATOR)
    bad = [
        await billing.http.post("/operator/reconcile", json={"hours": 1_000}, headers=OPERATOR),
        await billing.http.post("/operator/retell", json={}, headers=OPERATOR),
        await billing.http.post(
            "/operator/grants",
            json={"user": ADA, "tokens": 1, "reason": "x", "who": "olga"},
            headers={**OPERATOR, "Idempotency-Key": "k" * 129},
        ),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(401, "unauthorized")] * 3
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert [(answer.status_code, answer.json()["code"]) for answer in bad] == [(422, "invalid_request")] * 3
    assert await billing.fetch("SELECT FROM operator_actions") == []


async def test_a_body_is_refused_when_it_is_nested_too_deeply(billing: Billing) -> None:
    operators = ("/operator/grants", "/operator/reconcile", "/operator/retell", "/operator/purchases/cs_1")
    routes = [(path, OPERATOR) for path in operators] + [("/internal/users/user_ada/purchases", GATEWAY)]
    for path, headers in routes:
        for depth in (900, 100_000):
            answer = await billing.http.post(path, content='{"who":' * depth, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), path
    named = {"who": "olga", "reason": "x"}
    odd = await billing.http.post("/operator/purchases/cs%00", json=named, headers=OPERATOR)
    assert (odd.status_code, odd.json()["code"]) == (404, "not_found")
