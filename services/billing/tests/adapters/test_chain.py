"""The chain of hashes as the database knows it, and who may change a line: nobody."""

import json
from collections.abc import AsyncIterator
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from autocrea.billing.domain.ledger import UNIX_EPOCH, AccountId, Purpose, Transfer, TransferKind
from autocrea.chassis import migrations
from autocrea.cli.parts import PostgresEndpoint
from autocrea.contracts.ids import GenerationId, PurchaseId, StepName, UserId
from billing_counter import Counter
from billing_desk import completed, generation, opened, reserve, settle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

G = generation(1)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
MOMENTS = st.integers(0, 2**52).map(lambda micros: UNIX_EPOCH + timedelta(microseconds=micros))
LINE_CONTENT = """
SELECT line_content(ROW($1::text, $2::bigint, $3::text, $4::text, $5::text, $6::bigint, $7::text, $8::bytea,
    $9::uuid, $10::integer, $11::text, $12::text, $13::text, $14::timestamptz, $15::uuid, NULL, NULL)::transfers)"""
UNCHAINED = """
WITH sides AS (
    SELECT debit_account AS account, entry, debit_link AS link, line_content(t) AS content FROM transfers t
    UNION ALL SELECT credit_account, entry, credit_link, line_content(t) FROM transfers t
), chained AS (
    SELECT *, lag(link, 1, '') OVER (PARTITION BY account ORDER BY entry) AS before FROM sides
    WHERE account NOT LIKE 'world:%'
)
SELECT account, entry FROM chained WHERE link IS DISTINCT FROM sha256(before || content)"""


@st.composite
def lines(draw: st.DrawFn) -> Transfer:
    purpose = Purpose(
        draw(st.none() | st.uuids().map(GenerationId)),
        draw(st.none() | st.integers(1, 2**31 - 1)),
        draw(st.none() | TEXT.map(StepName)),
        draw(st.none() | TEXT),
        draw(st.none() | TEXT),
        draw(st.none() | st.uuids().map(PurchaseId)),
    )
    numbers = st.integers(1, 2**62)
    return Transfer(
        UserId(draw(TEXT)),
        draw(numbers),
        draw(st.sampled_from(TransferKind)),
        AccountId(draw(TEXT)),
        AccountId(draw(TEXT)),
        draw(numbers),
        draw(TEXT),
        purpose,
        draw(MOMENTS),
    )


@given(line=lines())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_service_and_database_spell_a_line_alike_whatever_it_says(
    counter: Counter, line: Transfer
) -> None:
    sides = (line.debit_account, line.credit_account, line.amount_tokens)
    *work, purchase_id = astuple(line.purpose)
    request = (line.idempotency_key, line.request_hash)

    [row] = await counter.fetch(
        LINE_CONTENT,
        line.user_id,
        line.entry,
        line.kind,
        *sides,
        *request,
        *work,
        line.posted_at,
        purchase_id,
    )

    assert row[0] == line.content


async def run_to_its_end(counter: Counter) -> None:
    await counter.send(opened())
    await counter.send(reserve(G))
    await counter.send(completed(G, "architecture", 5), completed(G, "backend", 11))
    await counter.send(settle(G, {"architecture": 0, "backend": 11}, outcome="failed", fault="internal"))


async def test_every_account_ends_in_the_link_of_its_last_line(counter: Counter) -> None:
    await run_to_its_end(counter)

    assert await counter.fetch(UNCHAINED) == []
    rows = await counter.fetch(
        "SELECT a.id, a.link, (SELECT CASE WHEN t.debit_account = a.id THEN t.debit_link ELSE t.credit_link END "
        "FROM transfers t WHERE a.id IN (t.debit_account, t.credit_account) ORDER BY entry DESC LIMIT 1) AS last "
        "FROM accounts a"
    )
    assert len(rows) == 2
    assert all(row["link"] == row["last"] for row in rows)


async def test_lines_from_before_the_chain_are_chained_by_the_migration(counter: Counter) -> None:
    """Put back what the migration found, and let it run again."""
    await run_to_its_end(counter)
    before = await counter.fetch("SELECT entry, debit_link, credit_link FROM transfers ORDER BY entry")
    await counter.fetch("ALTER TABLE transfers DISABLE TRIGGER transfers_append_only")
    for name in ("transfers_debit_link", "transfers_credit_link"):
        await counter.fetch(f"ALTER TABLE transfers DROP CONSTRAINT {name}")
    await counter.fetch("UPDATE transfers SET debit_link = NULL, credit_link = NULL")
    await counter.fetch("UPDATE accounts SET link = '\\x00'")
    await counter.fetch("CREATE TABLE audit ()")

    [chain] = [m for m in migrations.find_migrations("autocrea.billing") if m.name == "0003_post_chain.sql"]
    await counter.execute(chain.sql)

    assert (
        await counter.fetch("SELECT entry, debit_link, credit_link FROM transfers ORDER BY entry") == before
    )
    assert await counter.fetch(UNCHAINED) == []


@pytest.fixture
async def service_role(postgres: PostgresEndpoint) -> AsyncIterator[asyncpg.Connection]:
    """Connected as the service is: as a role of its own that owns its database and migrated it."""
    name = f"billing_{uuid4().hex[:12]}"
    administrator = await asyncpg.connect(postgres.url())
    await administrator.execute(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'secret'")
    await administrator.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
    url = postgres.url(name, user=name, password="secret")
    await migrations.migrate(url, "autocrea.billing")
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()
    await administrator.execute(f'DROP DATABASE "{name}"')
    await administrator.execute(f'DROP ROLE "{name}"')
    await administrator.close()


@pytest.mark.parametrize("table", ["transfers", "operator_actions"])
async def test_the_services_role_may_add_and_read_and_nothing_else(
    service_role: asyncpg.Connection, table: str
) -> None:
    rights = (
        "SELECT privilege FROM unnest($2::text[]) AS p (privilege) WHERE has_table_privilege($1, privilege)"
    )
    held = await service_role.fetch(rights, table, ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"])

    assert [row["privilege"] for row in held] == ["SELECT", "INSERT"]
    for statement in (f"UPDATE {table} SET reason = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service_role.execute(statement)


def test_the_content_is_json_that_anybody_can_read() -> None:
    line = Transfer(
        UserId("user_ada"), 1, TransferKind.GRANT, AccountId("world:grants"), AccountId("user:user_ada"), 100,
        "grant:welcome:user_ada", Purpose(reason="welcome"), datetime(2026, 11, 22, tzinfo=UTC),
    )  # fmt: skip

    said = json.loads(line.content)

    assert said[:7] == [
        "user_ada",
        1,
        "grant",
        "world:grants",
        "user:user_ada",
        100,
        "grant:welcome:user_ada",
    ]
    assert said[7:] == [line.request_hash.hex(), None, None, None, None, "welcome", None, 1795305600000000]
    assert UUID(hex=said[7][:32])
