"""The table of what the platform absorbed, a row per user and day."""

from collections.abc import Iterable, Sequence
from typing import Final, LiteralString

from autocrea.billing.adapters.changes import Read, Row, changed
from autocrea.billing.domain.absorption import Absorption
from autocrea.billing.domain.wallet import Wallet
from autocrea.chassis.database import columns
from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import UserId

# From yesterday on: this process's clock may be behind the database's around midnight.
_LOAD: Final[LiteralString] = """
SELECT user_id, day, absorbed_tokens, blocked_until FROM absorptions
WHERE user_id = ANY($1::text[]) AND day >= (now() AT TIME ZONE 'UTC')::date - 1"""
_SAVE: Final[LiteralString] = """
INSERT INTO absorptions (user_id, day, absorbed_tokens, blocked_until)
SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[], $4::timestamptz[])
ON CONFLICT (user_id, day) DO UPDATE SET absorbed_tokens = EXCLUDED.absorbed_tokens,
    blocked_until = EXCLUDED.blocked_until"""
_COLUMNS: Final = 4


async def load(connection: Connection, users: Sequence[UserId], read: Read) -> list[Absorption]:
    """What was absorbed for these users of late."""
    rows = await connection.fetch(_LOAD, list(users))
    read.update({("absorptions", (row["user_id"], row["day"])): tuple(row) for row in rows})
    return [Absorption(*row) for row in rows]


async def save(connection: Connection, wallets: Iterable[Wallet], read: Read) -> None:
    """Write the days that changed."""
    rows: dict[object, Row] = {
        (day.user_id, day.day): (day.user_id, day.day, day.absorbed_tokens, day.blocked_until)
        for wallet in wallets
        for day in wallet.absorptions.values()
    }
    found = changed(read, "absorptions", rows)
    if found:
        await connection.execute(_SAVE, *columns(found, _COLUMNS))
