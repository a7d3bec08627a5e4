"""Several replicas at once on one database: exactly one wins, and the sums stay zero."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from autocrea.chassis.database import Database
from autocrea.chassis.metrics import CONFLICTS
from autocrea.contracts.ids import GenerationId, UserId
from autocrea.contracts.message import Message
from autocrea.testkit.plugin import MakeDatabase
from autocrea.testkit.waiting import eventually
from billing_counter import Counter
from billing_desk import CARD, POLICY, Policy, completed, generation, opened, reserve, settle

REPLICAS = 4
CONNECTIONS_AT_ONCE = 32
"""As many want the row at once; whoever waits ten seconds for a connection would be told that there is none."""

GENEROUS = Policy(welcome_tokens=100, welcome_daily_max_tokens=10**6, absorbed_daily_max_tokens=10**6)


@pytest.fixture
async def replicas(counter: Counter, database: Database) -> list[Counter]:
    return [counter, *(Counter(database, GENEROUS) for _ in range(REPLICAS - 1))]


@pytest.fixture
async def wide_database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    database = Database(await make_database("autocrea.billing"), name="test", size_max=CONNECTIONS_AT_ONCE)
    await database.open()
    yield database
    await database.close()


async def every(replicas: list[Counter], *messages: Message) -> list[dict[str, Any]]:
    """Every replica handles the same messages in one batch, all at the same time."""
    answers = await asyncio.gather(*(replica.send(*messages) for replica in replicas))
    return [answer for answered in answers for answer in answered]


def of(answers: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [answer for answer in answers if answer["type"] == f"billing.{name}.v1"]


async def test_one_reservation_wins_when_two_want_the_same_tokens(replicas: list[Counter]) -> None:
    await replicas[0].send(opened())
    gens = [generation(n) for n in range(REPLICAS)]

    answers = await asyncio.gather(
        *(
            replica.send(reserve(gen, caps={"backend": 60}))
            for replica, gen in zip(replicas, gens, strict=True)
        )
    )

    flat = [answer for answered in answers for answer in answered]
    assert len(of(flat, "tokens_reserved")) == 1
    assert len(of(flat, "reservation_refused")) == REPLICAS - 1
    assert {(r["available_tokens"], r["needed_tokens"]) for r in of(flat, "reservation_refused")} == {
        (40, 60)
    }
    assert await replicas[0].findings() == []


async def test_one_hold_is_opened_when_every_replica_reserves_the_same_run(replicas: list[Counter]) -> None:
    """Nobody has an account yet: the account, its welcome and the hold are raced for as well."""
    answers = await every(replicas, opened(), reserve(generation(1), verified=True))

    assert len(of(answers, "tokens_reserved")) == 1
    rows = await replicas[0].fetch("SELECT kind, count(*)::int FROM transfers GROUP BY kind ORDER BY kind")
    assert [tuple(row) for row in rows] == [("grant", 1), ("hold", 1)]
    assert await replicas[0].findings() == []


async def test_a_step_is_captured_once_when_every_replica_captures_it(replicas: list[Counter]) -> None:
    await replicas[0].send(opened())
    await replicas[0].send(reserve(generation(1)))

    answers = await every(replicas, completed(generation(1), "architecture", 5))

    assert [change["tokens"] for b in of(answers, "balance_changed") for change in b["changes"]] == [5]
    assert await replicas[0].findings() == []


async def test_exactly_half_succeed_when_everything_is_reverted_twice_at_once(
    replicas: list[Counter],
) -> None:
    users = [UserId(f"user_{n}") for n in range(6)]
    runs: list[tuple[GenerationId, UserId]] = [(generation(n), users[n % 6]) for n in range(24)]
    for user in users:
        await replicas[0].send(opened(user))
    for gen, user in runs:
        caps = {"architecture": 8, "backend": 16}
        await replicas[0].send(
            reserve(gen, caps=caps, user=user), completed(gen, "architecture", 5, user=user)
        )
    reverts = [
        settle(gen, {"architecture": 0}, user=user, outcome="failed", fault="internal") for gen, user in runs
    ] * 2
    random.Random(7).shuffle(reverts)

    answers = await asyncio.gather(*(replicas[n % REPLICAS].send(*reverts[n::8]) for n in range(8)))

    flat = [answer for answered in answers for answer in answered]
    assert len(of(flat, "tokens_settled")) == len(reverts) // 2
    assert len(await replicas[0].fetch("SELECT FROM transfers WHERE kind = 'refund'")) == len(runs)
    balances = await replicas[0].fetch(
        "SELECT DISTINCT credits_tokens - debits_tokens AS tokens FROM accounts WHERE kind = 'user'"
    )
    assert [row["tokens"] for row in balances] == [100]
    assert await replicas[0].findings() == []


async def test_two_hundred_debits_and_holds_at_once_on_one_balance_come_out_exact(
    wide_database: Database,
) -> None:
    """Every message is a transaction of its own. There is enough for 60 of the 100 new holds."""
    counter = Counter(wide_database, Policy(1_600, 10**6, 10**6))
    await counter.publish(CARD)
    await counter.send(opened())
    old, new = [generation(n) for n in range(100)], [generation(n) for n in range(100, 200)]
    await counter.send(*(reserve(gen, caps={"backend": 10}) for gen in old))
    messages = [completed(gen, "backend", 7) for gen in old] + [
        reserve(gen, caps={"backend": 10}) for gen in new
    ]
    random.Random(11).shuffle(messages)

    turns = asyncio.Semaphore(CONNECTIONS_AT_ONCE)

    async def send(message: Message) -> list[dict[str, Any]]:
        async with turns:
            return await counter.send(message)

    answers = await asyncio.gather(*(send(message) for message in messages))

    flat = [answer for answered in answers for answer in answered]
    assert len(of(flat, "tokens_reserved")) == 60
    assert len(of(flat, "reservation_refused")) == 40
    assert sorted(b["version"] for b in of(flat, "balance_changed")) == list(range(4, 164))
    [row] = await counter.fetch("SELECT sum(amount_tokens)::int AS n FROM transfers WHERE kind = 'capture'")
    assert row["n"] == 700
    assert await counter.findings() == []
    assert await counter.fetch("SELECT reason FROM dead_letters") == []


async def test_a_deadlock_is_run_again_and_counted(counter: Counter, database: Database) -> None:
    """A statement from outside takes the accounts against the order, as somebody's hand in psql may."""
    ada, bruno = UserId("user_ada"), UserId("user_bruno")
    await counter.send(opened(ada), opened(bruno))
    counted = CONFLICTS.labels("DeadlockDetectedError")
    before = counted._value.get()
    lock = "SELECT FROM accounts WHERE id = $1 FOR UPDATE"
    async with database.connection() as outside, outside.transaction():
        await outside.execute(
            "SET LOCAL deadlock_timeout = '10s'"
        )  # so that the service is the one who loses
        await outside.execute(lock, f"user:{bruno}")
        batch = asyncio.create_task(
            counter.send(
                reserve(generation(1), user=ada),
                reserve(generation(2), user=bruno),
            )
        )
        await eventually(lambda: _waits(counter), what="the batch waits for bruno's account")
        await outside.execute(lock, f"user:{ada}")

    answers = await batch

    assert len(of(answers, "tokens_reserved")) == 2
    assert counted._value.get() == before + 1
    assert await counter.findings() == []


async def _waits(counter: Counter) -> bool:
    return bool(
        await counter.fetch(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    )


async def test_the_ledger_agrees_with_itself_when_replicas_handle_everything_in_any_order(
    replicas: list[Counter], database: Database
) -> None:
    """Reservations, completions and settlements of several users, shuffled, each twice, on four replicas."""
    dice = random.Random(2026)
    users = [UserId(f"user_{n}") for n in range(4)]
    messages: list[Message] = []
    for number in range(40):
        gen, user = generation(number), users[number % len(users)]
        messages += [
            opened(user),
            reserve(gen, caps={"architecture": 3, "backend": 5}, user=user, verified=True),
            completed(gen, "architecture", 2, user=user),
            settle(gen, {"architecture": 0} if number % 2 else {}, user=user),
        ]
    messages *= 2
    dice.shuffle(messages)

    async def work(replica: Counter, mine: list[Message]) -> None:
        while mine:
            size = dice.randint(1, 12)
            batch, mine = mine[:size], mine[size:]
            await replica.send(*batch)

    await asyncio.gather(*(work(replica, messages[n::REPLICAS]) for n, replica in enumerate(replicas)))

    assert await replicas[0].findings() == []
    assert await replicas[0].fetch("SELECT reason FROM dead_letters") == []
    assert await replicas[0].fetch("SELECT FROM holds WHERE state = 'open'") == []
    versions = await replicas[0].fetch(
        "SELECT id, a.version, (SELECT count(*) FROM outbox o WHERE o.type = 'billing.balance_changed.v1' "
        "AND o.correlation_id = a.user_id) AS told FROM accounts a WHERE kind = 'user'"
    )
    assert len(versions) == len(users)
    assert all(row["version"] == row["told"] > 0 for row in versions)


async def test_the_daily_budget_is_kept_when_replicas_welcome_people_at_once(
    database: Database, replicas: list[Counter]
) -> None:
    strict = [Counter(database, POLICY) for _ in range(REPLICAS)]
    users = [UserId(f"user_{n:02}") for n in range(16)]

    await asyncio.gather(*(strict[n % REPLICAS].send(opened(user)) for n, user in enumerate(users)))

    [row] = await strict[0].fetch("SELECT count(*)::int AS n FROM transfers WHERE kind = 'grant'")
    assert row["n"] == 10
    jobs = await strict[0].fetch("SELECT key FROM jobs WHERE kind = 'grant_welcome'")
    waiting = await strict[0].fetch("SELECT user_id FROM accounts WHERE welcome = 'waiting'")
    assert {row["key"] for row in jobs} == {row["user_id"] for row in waiting}
    assert len(jobs) == 6
    assert await strict[0].findings() == []
