"""Answers, old events of people's own feeds and dead tokens go; what a generation told stays. On the real database."""

from autocrea.chassis import expiry
from autocrea.chassis.database import Database
from autocrea.gateway.adapters.expiry import ANSWERS_KEPT, EXPIRED_TOKENS_KEPT, EXPIRIES, FEEDS_KEPT
from autocrea.testkit.plugin import MakeDatabase

_ANSWER = "INSERT INTO idempotency_keys VALUES ('user_ada', $1, '', '{}', now() - $2::interval)"
_TOKEN = """
INSERT INTO access_tokens (token_id, user_id, name, scopes, fingerprint, hint, created_at, expires_at)
VALUES (gen_random_uuid(), 'user_ada', $1, '{read}', convert_to($1, 'UTF8'), '', now(), now() - $2::interval)"""
_EVENT = "INSERT INTO feed_events VALUES ($1, $2, NULL, 't', now(), '{}', now() - $3::interval)"


async def test_only_what_nobody_can_ask_for_goes_when_rows_expire(make_database: MakeDatabase) -> None:
    database = Database(await make_database("autocrea.gateway"), name="test")
    await database.open()
    try:
        async with database.connection() as connection:
            await connection.execute(_ANSWER, "old", ANSWERS_KEPT + expiry.EVERY)
            await connection.execute(_ANSWER, "recent", ANSWERS_KEPT - expiry.EVERY)
            await connection.execute(_EVENT, "user:ada", 1, FEEDS_KEPT + expiry.EVERY)
            await connection.execute(_EVENT, "user:ada", 2, FEEDS_KEPT - expiry.EVERY)
            await connection.execute(_EVENT, "generation:g", 1, FEEDS_KEPT + expiry.EVERY)
            await connection.execute("INSERT INTO users (user_id) VALUES ('user_ada')")
            await connection.execute(_TOKEN, "long dead", EXPIRED_TOKENS_KEPT + expiry.EVERY)
            await connection.execute(_TOKEN, "dead", EXPIRED_TOKENS_KEPT - expiry.EVERY)
            await connection.execute(_TOKEN, "alive", -expiry.EVERY)
        for rule in EXPIRIES:
            await expiry.expire(database, rule)
        async with database.connection() as connection:
            answers = await connection.fetch("SELECT key FROM idempotency_keys")
            events = await connection.fetch("SELECT stream, sequence FROM feed_events ORDER BY stream")
            tokens = await connection.fetch("SELECT name FROM access_tokens ORDER BY name")
    finally:
        await database.close()
    assert [row["key"] for row in answers] == ["recent"]
    assert [tuple(row) for row in events] == [("generation:g", 1), ("user:ada", 2)]
    assert [row["name"] for row in tokens] == ["alive", "dead"]
