"""What was written down before every service had a table of its operators' actions is found in it."""

import asyncpg
from autocrea.chassis import migrations
from autocrea.testkit.plugin import MakeDatabase
from autocrea.testkit.stage import SAMPLE

WRITTEN = """
INSERT INTO audit (at, actor, action, subject, tokens, reason, idempotency_key) VALUES
    ('2026-11-22T10:00:00Z', 'olga', 'grant_tokens', 'user_ada', 7, 'prueba', 'grant:operator:k'),
    ('2026-11-22T11:00:00Z', 'eva', 'show_purchase', 'cs_1', NULL, NULL, NULL)"""
FOUND = "SELECT who, action, target, reason, details::text, outcome FROM operator_actions ORDER BY at"


async def test_earlier_rows_come_along_when_the_old_code_has_gone(make_database: MakeDatabase) -> None:
    url = await make_database(SAMPLE)  # the chassis' tables alone
    await migrations.migrate(url, "autocrea.billing", ("pre",))
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(WRITTEN)
        assert "0006_post_operator_actions.sql" in await migrations.migrate(
            url, "autocrea.billing", ("post",)
        )
        found = [tuple(row) for row in await connection.fetch(FOUND)]
    finally:
        await connection.close()
    details = '{"key": "grant:operator:k", "tokens": 7}'
    assert found == [
        ("olga", "grant_tokens", "user_ada", "prueba", details, "done"),
        ("eva", "show_purchase", "cs_1", None, "{}", "done"),
    ]
