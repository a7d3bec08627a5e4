"""Time that passes for a service's database without anybody waiting for it, as between a death and the next start."""

import asyncpg

_OLDER_MESSAGES = """
UPDATE outbox SET created_at = created_at - make_interval(secs => $1),
    relay_until = relay_until - make_interval(secs => $1) WHERE sent_at IS NULL"""
_OLDER_LEASES = "UPDATE jobs SET leased_until = leased_until - make_interval(secs => $1)"


async def let_time_pass(database_url: str, seconds: float) -> None:
    """What a service's database holds gets older: unsent messages by age, leases nearer to their end."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(_OLDER_MESSAGES, seconds)
        await connection.execute(_OLDER_LEASES, seconds)
    finally:
        await connection.close()
