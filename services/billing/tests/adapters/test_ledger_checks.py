"""The books against themselves: whatever somebody's hand changes in a row is found, and named."""

from collections.abc import Awaitable, Callable

import pytest
from autocrea.billing.adapters.ledger_checks import PostgresLedgerChecks
from autocrea.billing.adapters.purchase_files import PostgresPurchaseFiles
from autocrea.chassis.database import Database
from autocrea.contracts.ids import UserId
from billing_counter import Counter
from billing_desk import ADA, completed, generation, opened, refund, reserve, session, settle

G = generation(1)
Found = Callable[[], Awaitable[set[tuple[str, str]]]]


@pytest.fixture
async def found(counter: Counter, database: Database) -> Found:
    """Ada has everything a ledger can have: a grant, holds, captures, a refund, a purchase that is half taken back."""
    await counter.send(opened())
    await counter.send(opened(UserId("user_bruno")))
    await counter.send(reserve(G))
    await counter.send(completed(G, "architecture", 5), completed(G, "backend", 11))
    await counter.send(settle(G, {"architecture": 0, "backend": 11}, outcome="failed", fault="internal"))
    await counter.send(reserve(generation(2), caps={"backend": 16}))
    await counter.tell(session(), refund(250))
    checks = PostgresLedgerChecks(database)

    async def found() -> set[tuple[str, str]]:
        return {(one.kind.value, one.id) async for one in checks.differences()}

    assert await found() == set()
    return found


EDIT = "ALTER TABLE transfers DISABLE TRIGGER transfers_append_only; {}; ALTER TABLE transfers ENABLE TRIGGER ALL"
CAPTURE = f"capture:{G}:1:backend"
RELEASE = f"release:{G}:1"
LINE = "WHERE idempotency_key = '{}'"


@pytest.mark.parametrize(
    "change",
    [
        "amount_tokens = 12",
        "posted_at = posted_at - interval '1 day'",
        "step = 'frontend'",
        "request_hash = sha256('x')",
        "debit_link = sha256('x')",
    ],
)
async def test_an_edited_line_is_named_when_the_chain_is_followed(
    counter: Counter, found: Found, change: str
) -> None:
    await counter.execute(EDIT.format(f"UPDATE transfers SET {change} {LINE.format(CAPTURE)}"))

    assert ("chain", CAPTURE) in await found()


async def test_the_line_after_it_is_named_when_one_is_gone(counter: Counter, found: Found) -> None:
    await counter.execute(EDIT.format(f"DELETE FROM transfers {LINE.format(CAPTURE)}"))

    differences = await found()

    assert {
        ("chain", f"user:{ADA}"),
        ("chain", RELEASE),
        ("sum", f"hold:{G}:1"),
        ("hold", f"{G}:1"),
    } <= differences


async def test_the_account_is_named_when_its_last_line_is_gone(counter: Counter, found: Found) -> None:
    await counter.execute(EDIT.format("DELETE FROM transfers WHERE kind = 'reversal'"))

    differences = await found()

    assert {kind for kind, id_ in differences if id_ == f"user:{ADA}"} == {"chain", "sum"}
    assert any(kind == "purchase" for kind, _ in differences)


@pytest.mark.parametrize(
    ("statement", "kind", "id_"),
    [
        (
            f"UPDATE accounts SET credits_tokens = credits_tokens + 1 WHERE id = 'user:{ADA}'",
            "sum",
            f"user:{ADA}",
        ),
        (f"UPDATE accounts SET entries = entries + 1 WHERE id = 'user:{ADA}'", "chain", f"user:{ADA}"),
        (f"UPDATE accounts SET link = sha256('x') WHERE id = 'hold:{G}:1'", "chain", f"hold:{G}:1"),
        (f"DELETE FROM accounts WHERE id = 'hold:{G}:1'", "sum", f"hold:{G}:1"),
        (f"DELETE FROM accounts WHERE id = 'user:{ADA}'", "sum", ADA),
        (
            f"UPDATE holds SET charged = '{{\"backend\": 3}}' WHERE generation_id = '{generation(2)}'",
            "hold",
            f"{generation(2)}:1",
        ),
        (
            f"UPDATE holds SET state = 'closed', closed_at = now() WHERE generation_id = '{generation(2)}'",
            "hold",
            f"{generation(2)}:1",
        ),
        (
            "ALTER TABLE transfers DISABLE TRIGGER transfers_append_only",
            "guard",
            "transfers_append_only on transfers",
        ),
        (
            "ALTER TABLE operator_actions DISABLE TRIGGER operator_actions_append_only",
            "guard",
            "operator_actions_append_only on operator_actions",
        ),
    ],
    ids=[
        "sum",
        "entries",
        "last link",
        "account gone",
        "user gone",
        "charge",
        "closed",
        "trigger off",
        "trigger of actions off",
    ],
)
async def test_a_row_that_somebodys_hand_changed_is_named(
    counter: Counter, found: Found, statement: str, kind: str, id_: str
) -> None:
    await counter.execute(statement)

    assert (kind, id_) in await found()


async def test_a_purchase_is_named_when_it_is_not_what_its_lines_come_to(
    counter: Counter, found: Found
) -> None:
    await counter.execute("UPDATE purchases SET reversed_tokens = 7")
    [row] = await counter.fetch("SELECT purchase_id FROM purchases")

    assert await found() == {("purchase", str(row["purchase_id"]))}


async def test_an_event_is_named_when_it_waits_for_minutes(counter: Counter, found: Found) -> None:
    await counter.execute(
        "INSERT INTO stripe_events (event_id, type, happened_at, content, via, received_at) VALUES "
        "('evt_1', 'refund.created', now(), '{}', 'list', now() - interval '6 minutes'), "
        "('evt_2', 'refund.created', now(), '{}', 'list', now())"
    )

    assert await found() == {("event", "evt_1")}


async def test_a_purchase_is_found_by_whatever_names_it(
    counter: Counter, database: Database, found: Found
) -> None:
    files = PostgresPurchaseFiles(database)
    [row] = await counter.fetch("SELECT purchase_id FROM purchases")

    for name in ("cs_1", "pi_1", "re_1", str(row["purchase_id"])):
        file = await files.file(name)
        assert file is not None
        assert [line["kind"] for line in file["lines"]] == ["purchase", "reversal"]  # type: ignore[index, attr-defined]
    assert await files.file("cs_2") is None
