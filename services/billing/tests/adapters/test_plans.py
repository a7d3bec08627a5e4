"""The hot statements find their rows by an index, however large the ledger is: PostgreSQL's own plans say so."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from autocrea.billing.adapters import (
    absorptions,
    accounts,
    holds,
    known_rows,
    ledger_checks,
    ledger_pages,
    metrics,
    overdue_holds,
    payments,
    purchase_files,
    purchase_pages,
    purchases,
    stripe_rows,
    transfers,
)
from autocrea.chassis.database import Database

LARGE = """
INSERT INTO accounts (id, user_id) SELECT 'user:u' || n, 'u' || n FROM generate_series(1, 4000) AS n;
INSERT INTO accounts (id, user_id)
    SELECT 'hold:' || md5(n::text)::uuid || ':1', 'u' || n % 4000 FROM generate_series(1, 20000) AS n;
INSERT INTO holds (generation_id, run, user_id, state, caps, charged, rate_card_version, opened_at, closed_at)
    SELECT md5(n::text)::uuid, 1, 'u' || n % 4000, CASE WHEN n % 50 = 0 THEN 'open' ELSE 'closed' END, '{}', '{}', 'v',
        now(), CASE WHEN n % 50 = 0 THEN NULL ELSE now() END
    FROM generate_series(1, 20000) AS n;
INSERT INTO transfers (user_id, entry, kind, debit_account, credit_account, amount_tokens, idempotency_key,
        request_hash, generation_id, run, posted_at, debit_link, credit_link)
    SELECT 'u' || n % 4000, n, 'hold', 'user:u' || n % 4000, 'hold:' || md5(n::text)::uuid || ':1', 1, 'k' || n,
        sha256('x'), md5(n::text)::uuid, 1, now(), sha256('x'), sha256('x')
    FROM generate_series(1, 40000) AS n;
INSERT INTO absorptions (user_id, day, absorbed_tokens)
    SELECT 'u' || n % 4000, current_date - n / 4000, 1 FROM generate_series(1, 40000) AS n;
INSERT INTO purchases (purchase_id, user_id, session_id, pack, tokens, amount, currency, rate_card_version, started_at,
        session, payment, reversed_tokens, disputed, version, state, updated_at)
    SELECT md5(n::text)::uuid, 'u' || n % 4000, 'cs_' || n, 'p', 1, 1, 'usd', 'v', now() - n * interval '1 second',
        'open', 'unpaid', 0, false, 1, 'started', now()
    FROM generate_series(1, 20000) AS n;
INSERT INTO payments (payment_id, purchase_id)
    SELECT 'pi_' || n, md5(n::text)::uuid FROM generate_series(1, 20000) AS n;
INSERT INTO reversals (id, kind, payment_id, amount, currency, status, told_at, booked, turns)
    SELECT 're_' || n, 'refund', 'pi_' || n, 1, 'usd', 'pending', now(), false, 0 FROM generate_series(1, 20000) AS n;
INSERT INTO stripe_events (event_id, type, happened_at, content, via, received_at, handled_at, purchase_id)
    SELECT 'evt_' || n, 't', now(), '{}', 'list', now(), now(), md5(n::text)::uuid FROM generate_series(1, 20000) AS n;
ANALYZE"""

U, K, P = ["u7", "u8"], ["k7", "k8"], [UUID(int=7), UUID(int=8)]
NOW = datetime.now(UTC)
STATEMENTS: dict[str, tuple[str, list[Any]]] = {
    "lock accounts": (accounts._LOCK, [["user:u7", "user:u8"]]),
    "read other accounts": (accounts._OTHERS, [["receivable:u7", "hold:x:1"]]),
    "holds of a generation and open ones of a user": (holds._LOAD, [P, U]),
    "absorptions of a user": (absorptions._LOAD, [U]),
    "lines by key": (transfers._BOOKED, [K]),
    "a page of the ledger": (ledger_pages._PAGE, ["u7", 39_000, 50, None]),
    "a page of a generation": (ledger_pages._OF_GENERATION, ["u7", None, 50, P[0], None, None]),
    "overdue holds": (overdue_holds._OPENED_BEFORE, [NOW, 100]),
    "how many holds are overdue": (metrics._OVERDUE, [timedelta(hours=1)]),
    "buyers": (payments._BUYERS, [P, ["pi_7"]]),
    "lock payments": (payments._LOCK, [["pi_7"], P]),
    "reversals of payments": (payments._REVERSALS, [["pi_7", "pi_8"]]),
    "purchases by id": (purchases._LOAD, [P]),
    "a page of purchases": (purchase_pages._PAGE, ["u7", P[0], 20]),
    "one purchase": (purchase_pages._ONE, ["u7", P[0]]),
    "a purchase by any name": (purchase_files._FIND, ["cs_7", P[0]]),
    "lines of a purchase": (purchase_files._LINES, [P[0]]),
    "events of a purchase": (purchase_files._EVENTS, [P[0]]),
    "known events": (stripe_rows._KNOWN, [["evt_7", "evt_8"]]),
    "events that wait": (ledger_checks._WAITING_EVENTS, []),
    "told lines": (known_rows._BOOKED, [K]),
    "runs of told generations": (known_rows._KNOWN_RUNS, [P]),
    "costs of told generations": (known_rows._KNOWN_COSTS, [P]),
    "payments that are ours": (known_rows._OWN_PAYMENTS, [["pi_7", "pi_8"]]),
    "users to check": (ledger_checks._USERS, ["u7", 300]),
    **{
        f"comparison {number} of some users": (statement, [U])
        for number, (_, statement) in enumerate(ledger_checks._OF_USERS)
    },
}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


async def test_no_hot_statement_reads_a_table_from_end_to_end(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(LARGE)
        await connection.set_type_codec("json", schema="pg_catalog", encoder=str, decoder=json.loads)
        found = {}
        for name, (statement, arguments) in STATEMENTS.items():
            plan = (await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *arguments))[0]["Plan"]
            scans = {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}
            if scans:
                found[name] = scans

    assert found == {}
