"""The ledger in its tables, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from functools import partial

import asyncpg
import pytest
from autocrea.billing.adapters import metrics
from autocrea.billing.adapters.ledger_pages import PostgresLedgerPages
from autocrea.billing.adapters.overdue_holds import PostgresOverdueHolds
from autocrea.billing.domain.rate_card import RateCard, RateCardError
from autocrea.billing.handlers import grant_tokens, publish_rate_card
from autocrea.billing.handlers.grant_tokens import Grant
from autocrea.chassis.database import Database
from autocrea.chassis.errors import Refused
from autocrea.contracts.ids import UserId
from billing_counter import Counter
from billing_desk import ADA, CAPS, CARD, completed, generation, opened, reserve, settle
from prometheus_client import REGISTRY

G = generation(1)


def kinds(answers: list[dict[str, object]]) -> list[str]:
    return [str(answer["type"]).split(".")[1] for answer in answers]


async def test_a_run_is_told_and_kept_when_it_goes_from_reservation_to_settlement(counter: Counter) -> None:
    welcomed = await counter.send(opened())
    reserved = await counter.send(reserve(G))
    captured = await counter.send(completed(G, "architecture", 5), completed(G, "backend", 11))
    settled = await counter.send(settle(G, {"architecture": 5, "backend": 11, "frontend": 9}))
    repeated = await counter.send(settle(G, {}), reserve(G), completed(G, "devops", 1))

    assert [kinds(answers) for answers in (welcomed, reserved, captured, settled, repeated)] == [
        ["balance_changed"],
        ["tokens_reserved", "balance_changed"],
        ["balance_changed"],
        ["tokens_settled", "balance_changed"],
        [],
    ]
    assert [answer["version"] for answer in (welcomed[0], reserved[1], captured[0], settled[1])] == [
        1,
        2,
        3,
        4,
    ]
    assert (settled[1]["available"], settled[1]["held"]) == (75, 0)
    [hold] = await counter.fetch("SELECT state, caps, charged, settled_at FROM holds")
    assert (hold["state"], hold["caps"]) == ("closed", CAPS)
    assert hold["charged"] == {"architecture": 5, "backend": 11, "frontend": 9}
    assert await counter.findings() == []


async def test_what_the_books_know_is_read_again_when_the_next_batch_comes(counter: Counter) -> None:
    """Open holds of other generations count as held; the day's absorption and the earlier runs are remembered."""
    await counter.send(opened())
    await counter.send(reserve(generation(2), caps={"architecture": 8}))
    await counter.send(reserve(G))
    await counter.send(completed(G, "architecture", 5))
    first = await counter.send(
        settle(G, {"architecture": 5}, outcome="failed", fault="verification_failed", absorbed=29)
    )
    second = await counter.send(reserve(G, 2, {"backend": 16}))
    third = await counter.send(
        settle(G, {"architecture": 5, "backend": 0}, 2, outcome="failed", fault="internal", absorbed=1)
    )
    refused = await counter.send(reserve(generation(3)))

    assert (first[1]["available"], first[1]["held"], first[1]["blocked_until"]) == (87, 8, None)
    assert (second[1]["available"], second[1]["held"]) == (71, 24)
    assert third[0]["charges"] == {"architecture": 5, "backend": 0}
    assert third[1]["blocked_until"] is not None
    assert refused[0]["fault"] == "absorption_capped"
    assert await counter.findings() == []


async def test_another_users_generation_is_a_dead_letter_and_its_neighbour_is_not(counter: Counter) -> None:
    await counter.send(opened())
    await counter.send(reserve(G))

    await counter.send(
        completed(G, "architecture", 5), completed(G, "backend", 11, user=UserId("user_bruno"))
    )

    letters = await counter.fetch("SELECT type, reason FROM dead_letters")
    assert [(row["type"], row["reason"].split(":")[0]) for row in letters] == [
        ("orchestrator.step_completed.v1", "WrongOwner")
    ]
    assert [
        row["step"] for row in await counter.fetch("SELECT step FROM transfers WHERE kind = 'capture'")
    ] == ["architecture"]


async def test_the_run_is_refused_when_its_reservation_is_a_bug(counter: Counter) -> None:
    await counter.send(opened())
    await counter.send(reserve(G, caps={"architecture": 8}))
    await counter.send(settle(G, {}))

    answers = await counter.send(reserve(G, 2, {"architecture": 8, "backend": 16}))

    assert (kinds(answers), answers[0]["fault"]) == (["reservation_refused"], "internal")
    assert [
        row["reason"].split(":")[0] for row in await counter.fetch("SELECT reason FROM dead_letters")
    ] == ["CapExceeded"]
    assert [row["state"] for row in await counter.fetch("SELECT state FROM holds WHERE run = 2")] == [
        "closed"
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfers SET amount_tokens = 1",
        "DELETE FROM transfers",
        "TRUNCATE transfers",
        "DELETE FROM operator_actions",
    ],
)
async def test_history_refuses_to_change_whoever_asks(counter: Counter, statement: str) -> None:
    await counter.send(opened())
    await grant(counter, "key")

    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await counter.fetch(statement)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE accounts SET debits_tokens = 101", "accounts_balance_not_negative"),
        ("UPDATE accounts SET user_id = 'user_bruno'", "accounts_user"),
        ("UPDATE holds SET charged = '{\"architecture\": 9}'", "holds_within_caps"),
        ("UPDATE holds SET charged = '{\"testing\": 1}'", "holds_within_caps"),
        ("UPDATE holds SET closed_at = now()", "holds_closed"),
        (
            "INSERT INTO transfers SELECT user_id, 9, 'capture', debit_account, credit_account, amount_tokens, 'k', "
            "request_hash, generation_id, run, 's', fault, reason, posted_at, purchase_id, debit_link, credit_link "
            "FROM transfers LIMIT 1",
            "transfers_route",
        ),
        (
            "INSERT INTO transfers SELECT user_id, 9, kind, debit_account, credit_account, 0, 'k', "
            "request_hash, generation_id, run, step, fault, reason, posted_at, purchase_id, debit_link, credit_link "
            "FROM transfers LIMIT 1",
            "transfers_amount_positive",
        ),
        (
            "INSERT INTO transfers SELECT user_id, 9, 'purchase', 'world:sales', credit_account, 1, 'k', request_hash, "
            "NULL, NULL, NULL, NULL, NULL, posted_at, NULL, NULL, credit_link FROM transfers LIMIT 1",
            "transfers_purchase",
        ),
        (
            "INSERT INTO transfers SELECT user_id, 9, kind, debit_account, credit_account, 1, 'k', request_hash, "
            "NULL, NULL, NULL, NULL, NULL, posted_at, NULL, NULL, NULL FROM transfers LIMIT 1",
            "transfers_credit_link",
        ),
        ("UPDATE accounts SET id = 'receivable:user_ada'", "accounts_receivable_not_positive"),
    ],
)
async def test_the_tables_refuse_what_the_rules_forbid(
    counter: Counter, statement: str, constraint: str
) -> None:
    await counter.send(opened())
    await counter.send(reserve(G))

    with pytest.raises(asyncpg.CheckViolationError) as caught:
        await counter.fetch(statement)

    assert caught.value.constraint_name == constraint


async def grant(counter: Counter, key: str, tokens: int = 7, user: UserId = ADA) -> grant_tokens.Granted:
    wanted = Grant(user, tokens, "prueba", "olga", key)
    result, _ = await counter.transact(grant_tokens.rows(wanted), partial(grant_tokens.decide, wanted))
    assert isinstance(result, grant_tokens.Granted)
    return result


async def test_an_operators_grant_is_booked_and_audited_once_when_it_is_repeated(counter: Counter) -> None:
    first = await grant(counter, "key")
    again = await grant(counter, "key")

    assert (first.available_tokens, first.repeated) == (7, False)
    assert (again.available_tokens, again.repeated) == (7, True)
    [row] = await counter.fetch("SELECT who, action, target, reason, details FROM operator_actions")
    assert tuple(row) == (
        "olga",
        "grant_tokens",
        ADA,
        "prueba",
        {"tokens": 7, "key": "grant:operator:key"},
    )
    assert await counter.findings() == []


@pytest.mark.parametrize(("tokens", "user"), [(8, ADA), (7, UserId("user_bruno"))])
async def test_another_grant_is_refused_when_its_key_was_used(
    counter: Counter, tokens: int, user: UserId
) -> None:
    await grant(counter, "key")

    with pytest.raises(Refused) as caught:
        await grant(counter, "key", tokens, user)

    assert caught.value.code == "idempotency_conflict"
    assert len(await counter.fetch("SELECT FROM operator_actions")) == 1


async def test_the_ledger_is_read_in_pages_from_the_newest_line(counter: Counter, database: Database) -> None:
    await counter.send(opened())
    await counter.send(reserve(G))
    await counter.send(completed(G, "architecture", 5))
    await counter.send(settle(G, {"architecture": 0}, outcome="failed", fault="internal"))
    pages = PostgresLedgerPages(database)

    newest = await pages.page(ADA, before=None, limit=3)
    oldest = await pages.page(ADA, before=newest.next_before, limit=3)

    assert [(e.entry, e.kind, e.tokens, e.step, e.fault) for e in newest.entries] == [
        (5, "release", 45, None, "internal"),
        (4, "refund", 5, "architecture", "internal"),
        (3, "capture", 5, "architecture", None),
    ]
    assert newest.next_before == 3
    assert [(e.entry, e.kind, e.reason) for e in oldest.entries] == [
        (2, "hold", None),
        (1, "grant", "welcome"),
    ]
    assert oldest.next_before is None
    assert (await pages.page(UserId("user_bruno"), before=None, limit=3)).entries == ()


async def test_every_start_publishes_the_rate_card_under_the_next_revision(counter: Counter) -> None:
    again = await counter.publish(CARD)

    assert [sealed.type for sealed in again] == ["billing.rate_card_published.v1"]
    rows = await counter.fetch("SELECT revision, version FROM rate_cards ORDER BY revision")
    assert [tuple(row) for row in rows] == [(1, CARD.version), (2, CARD.version)]


async def test_a_changed_rate_card_is_not_published_under_the_version_of_another(counter: Counter) -> None:
    changed = RateCard(CARD.version, CARD.models[:1], CARD.packs)

    with pytest.raises(RateCardError, match="new version"):
        await counter.publish(changed)


async def test_an_older_version_stays_pinned_when_a_newer_one_is_in_force(counter: Counter) -> None:
    await counter.send(opened())
    await counter.publish(RateCard("2027-01-01", CARD.models[1:2], CARD.packs))

    old = await counter.send(reserve(G))
    new = await counter.send(reserve(generation(2), version="2027-01-01"))

    assert [model["model"] for model in old[0]["models"]] == [model.model for model in CARD.models]
    assert [model["model"] for model in new[0]["models"]] == [CARD.models[1].model]


async def test_open_holds_are_reported_when_they_are_older_than_any_run(
    counter: Counter, database: Database
) -> None:
    await counter.send(opened())
    await counter.send(reserve(G), reserve(generation(2), caps={"architecture": 1}))
    await counter.send(settle(generation(2), {}))
    holds = PostgresOverdueHolds(database)
    now = datetime.now(UTC)

    assert await holds.opened_before(now - timedelta(hours=1)) == []
    [found] = await holds.opened_before(now + timedelta(seconds=1))

    assert (found.generation_id, found.run, found.user_id, found.held_tokens) == (G, 1, ADA, 50)


async def test_every_replica_says_the_same_of_overdue_holds_when_one_is_settled(
    counter: Counter, database: Database
) -> None:
    await counter.send(opened())
    await counter.send(reserve(G))

    async def measured(overdue_after: timedelta) -> float | None:
        async with database.connection() as connection:
            await metrics.measure(overdue_after, connection)
        return REGISTRY.get_sample_value("autocrea_holds_overdue")

    assert await measured(timedelta(hours=1)) == 0
    assert await measured(timedelta(seconds=-1)) == 1
    await counter.send(settle(G, {}))
    assert await measured(timedelta(seconds=-1)) == 0


def test_publishing_concerns_the_last_publication_and_its_own_version() -> None:
    assert [key.kind for key in publish_rate_card.rows(CARD)] == ["publication", "card"]
