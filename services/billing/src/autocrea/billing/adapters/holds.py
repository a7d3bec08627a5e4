"""The table of holds, read under the lock of their user's account."""

from collections.abc import Iterable, Sequence
from typing import Final, LiteralString
from uuid import UUID

from autocrea.billing.adapters.changes import Read, Row, changed
from autocrea.billing.domain.holds import Hold, HoldState
from autocrea.billing.domain.wallet import Wallet
from autocrea.chassis.database import columns
from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import GenerationId, UserId

# The generations' own holds, and all open ones of the users: what they keep is part of the balance.
_LOAD: Final[LiteralString] = """
SELECT generation_id, run, user_id, state, caps, charged, rate_card_version, opened_at, closed_at, settled_at
FROM holds WHERE generation_id = ANY($1::uuid[]) OR (user_id = ANY($2::text[]) AND state = 'open')"""
_SAVE: Final[LiteralString] = """
INSERT INTO holds (generation_id, run, user_id, state, caps, charged, rate_card_version,
    opened_at, closed_at, settled_at)
SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::jsonb[], $6::jsonb[], $7::text[],
    $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
ON CONFLICT (generation_id, run) DO UPDATE SET state = EXCLUDED.state, charged = EXCLUDED.charged,
    closed_at = EXCLUDED.closed_at, settled_at = EXCLUDED.settled_at"""
_COLUMNS: Final = 10


async def load(
    connection: Connection, users: Sequence[UserId], generations: Sequence[GenerationId], read: Read
) -> list[Hold]:
    """The holds of these generations, whosesoever they are, and the open holds of these users."""
    holds = []
    for row in await connection.fetch(_LOAD, list(generations), list(users)):
        hold = Hold(
            generation_id=GenerationId(row["generation_id"]),
            run=row["run"],
            user_id=UserId(row["user_id"]),
            state=HoldState(row["state"]),
            caps=row["caps"],
            charged=dict(row["charged"]),
            rate_card_version=row["rate_card_version"],
            opened_at=row["opened_at"],
            closed_at=row["closed_at"],
            settled_at=row["settled_at"],
        )
        holds.append(hold)
        read["holds", (hold.generation_id, hold.run)] = tuple(row)
    return holds


async def save(connection: Connection, wallets: Iterable[Wallet], read: Read) -> None:
    """Write the holds that changed."""
    rows: dict[tuple[UUID, int], Row] = {
        (hold.generation_id, hold.run): _row(hold) for wallet in wallets for hold in wallet.holds.values()
    }
    found = changed(read, "holds", rows)
    if found:
        await connection.execute(_SAVE, *columns(found, _COLUMNS))


def _row(hold: Hold) -> Row:
    moments = (hold.opened_at, hold.closed_at, hold.settled_at)
    who = (hold.generation_id, hold.run, hold.user_id)
    return (*who, hold.state.value, hold.caps, dict(hold.charged), hold.rate_card_version, *moments)
