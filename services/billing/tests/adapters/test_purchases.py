"""Purchases in their tables, with several replicas at once on one real database."""

import asyncio
import itertools
import random
from typing import Any

import pytest
from autocrea.billing.adapters.purchase_pages import PostgresPurchases
from autocrea.chassis.database import Database
from autocrea.contracts.ids import UserId
from billing_counter import Counter
from billing_desk import (
    ADA,
    POLICY,
    completed,
    dispute,
    generation,
    purchase_id,
    refund,
    reserve,
    session,
    settle,
)

REPLICAS = 4


@pytest.fixture
def replicas(counter: Counter, database: Database) -> list[Counter]:
    return [counter, *(Counter(database, POLICY) for _ in range(REPLICAS - 1))]


async def standing(counter: Counter) -> list[tuple[Any, ...]]:
    """Of every purchase: its state, tokens taken back, and its buyer's tokens (owed ones below zero)."""
    rows = await counter.fetch(
        "SELECT p.state, p.reversed_tokens, (SELECT sum(credits_tokens - debits_tokens)::int FROM accounts a "
        "WHERE a.user_id = p.user_id AND kind <> 'hold') FROM purchases p ORDER BY started_at, purchase_id"
    )
    return [tuple(row) for row in rows]


async def test_a_purchase_is_told_kept_and_read_again(counter: Counter, database: Database) -> None:
    first = await counter.tell(session("unpaid"))
    paid = await counter.tell(session())
    taken = await counter.tell(refund(200))
    purchases = PostgresPurchases(database)

    changes = [
        [a for a in answers if a["type"] == "billing.purchase_changed.v1"] for answers in (first, paid, taken)
    ]
    assert [(c["version"], c["state"], c["reversed_tokens"]) for [c] in changes] == [
        (1, "started", 0),
        (2, "credited", 0),
        (3, "credited", 40),
    ]
    [balance] = [a for a in taken if a["type"] == "billing.balance_changed.v1"]
    assert (balance["available"], balance["changes"][0]["purchase_id"]) == (60, str(purchase_id()))
    view = await purchases.one(ADA, purchase_id())
    assert view is not None
    assert (view.state, view.version, view.reversed_tokens) == ("credited", 3, 40)
    assert await purchases.one(UserId("user_bruno"), purchase_id()) is None
    assert await purchases.session_of(ADA, purchase_id()) == "cs_1"
    assert await counter.findings() == []


async def test_purchases_are_read_in_pages_from_the_newest(counter: Counter, database: Database) -> None:
    await counter.tell(*[session("unpaid", number=n) for n in range(1, 6)])
    purchases, seen, before = PostgresPurchases(database), [], None
    while True:
        page = await purchases.page(ADA, before=before, limit=2)
        seen += [view.purchase_id for view in page.purchases]
        before = page.next_before
        if before is None:
            break

    assert len(seen) == 5
    assert set(seen) == {purchase_id(n) for n in range(1, 6)}
    assert (await purchases.page(UserId("user_bruno"), before=None, limit=9)).purchases == ()


async def test_fifty_copies_on_every_replica_credit_once(replicas: list[Counter]) -> None:
    await asyncio.gather(*(replica.tell(*[session()] * 50) for replica in replicas))

    assert await standing(replicas[0]) == [("credited", 0, 100)]
    assert len(await replicas[0].fetch("SELECT FROM transfers WHERE kind = 'purchase'")) == 1
    assert await replicas[0].findings() == []


async def test_a_refund_and_a_completion_at_the_same_moment_wait_for_each_other(
    replicas: list[Counter],
) -> None:
    """Neither knows the other's purchase when it begins."""
    numbers = range(1, 25)
    dice = random.Random(5)
    work = [
        (dice.choice(replicas), fact)
        for n in numbers
        for fact in (session(number=n), refund(500, id_=f"re_{n}", number=n))
    ]
    dice.shuffle(work)

    await asyncio.gather(*(replica.tell(fact) for replica, fact in work))

    assert {state for state, _, _ in await standing(replicas[0])} == {"refunded"}
    assert len(await replicas[0].fetch("SELECT FROM transfers WHERE kind = 'reversal'")) == len(numbers)
    assert await replicas[0].fetch("SELECT reason FROM dead_letters") == []
    assert await replicas[0].findings() == []


FACTS = 6  # of a purchase below


async def test_every_permutation_on_replicas_at_once_comes_to_the_same(replicas: list[Counter]) -> None:
    """Each of the 720 orders is a purchase of its own; its facts are handed in as they come, by any replica."""
    orders = list(itertools.permutations(range(FACTS)))
    dice = random.Random(2026)
    queue: asyncio.Queue[int] = asyncio.Queue()
    for number in range(len(orders)):
        queue.put_nowait(number)

    async def one_after_the_other() -> None:
        while not queue.empty():
            number = queue.get_nowait()
            user, base = UserId(f"user_{number % 40}"), number + 1
            facts = [
                session("unpaid", number=base, user=user),
                session(number=base, user=user),
                refund(100, id_=f"re_{base}_1", number=base),
                refund(150, id_=f"re_{base}_2", number=base),
                dispute(250, "needs_response", id_=f"dp_{base}", number=base),
                dispute(250, "won", id_=f"dp_{base}", number=base, at=3),
            ]
            for place in orders[number]:
                await dice.choice(replicas).tell(facts[place])

    await asyncio.gather(*(one_after_the_other() for _ in range(8)))

    rows = await replicas[0].fetch("SELECT DISTINCT state, reversed_tokens FROM purchases")
    assert [tuple(row) for row in rows] == [("credited", 50)]
    assert len(await replicas[0].fetch("SELECT FROM purchases")) == len(orders) == 720
    assert await replicas[0].fetch("SELECT reason FROM dead_letters") == []
    assert await replicas[0].findings() == []


async def test_everything_reversed_twice_at_once_is_reversed_once_and_the_sums_stay_zero(
    replicas: list[Counter],
) -> None:
    """Exactly half of the reversals move tokens. Some were spent, some are held: the rest is owed."""
    users = [UserId(f"user_{n}") for n in range(5)]
    for n in range(1, 21):
        user, run = users[n % 5], generation(n)
        await replicas[0].tell(session(number=n, user=user))
        await replicas[0].send(reserve(run, caps={"backend": 30}, user=user))
        if n % 2:
            await replicas[0].send(
                completed(run, "backend", 30, user=user), settle(run, {"backend": 30}, user=user)
            )
    reversals = [refund(500, id_=f"re_{n}", number=n) for n in range(1, 21)] * 2
    random.Random(3).shuffle(reversals)

    await asyncio.gather(*(replicas[n % REPLICAS].tell(*reversals[n::8]) for n in range(8)))

    moved = await replicas[0].fetch(
        "SELECT FROM transfers WHERE kind = 'reversal' AND credit_account = 'world:sales'"
    )
    assert len(moved) == len(reversals) // 2
    [sums] = await replicas[0].fetch(
        "SELECT sum(credits_tokens - debits_tokens) FILTER (WHERE kind = 'receivable')::int AS owed, "
        "sum(credits_tokens - debits_tokens) FILTER (WHERE kind = 'hold')::int AS held, "
        "sum(credits_tokens - debits_tokens) FILTER (WHERE kind = 'user')::int AS available FROM accounts"
    )
    assert tuple(sums) == (-600, 300, 0)
    assert await replicas[0].findings() == []


async def test_a_contradiction_is_a_dead_letter_and_its_neighbours_are_credited(counter: Counter) -> None:
    wrong = refund(500, "of_next_year", number=2)
    await counter.tell(session(), session(number=2), wrong, session(number=3))

    letters = await counter.fetch("SELECT source, type, reason FROM dead_letters")
    assert [(row["type"], row["reason"].split(":")[0]) for row in letters] == [
        ("handle_stripe_event", "WrongPayment")
    ]
    assert [state for state, _, _ in await standing(counter)] == ["credited"] * 3
    assert await counter.findings() == []


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE purchases SET reversed_tokens = 101", "purchases_reversed_tokens"),
        ("UPDATE purchases SET credited_at = NULL, reversed_tokens = 1", "purchases_reversed"),
        ("UPDATE purchases SET payment = 'unpaid'", "purchases_credited"),
        ("UPDATE purchases SET state = 'lost'", "purchases_state"),
        ("UPDATE reversals SET amount = 0", "reversals_amount_positive"),
    ],
)
async def test_the_tables_refuse_what_cannot_be(counter: Counter, statement: str, constraint: str) -> None:
    await counter.tell(session(), refund(5))

    with pytest.raises(Exception, match=constraint):
        await counter.fetch(statement)
