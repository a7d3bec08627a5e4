"""The table of transfers: added to and read, never changed."""

from collections.abc import Sequence
from typing import Final, LiteralString

from autocrea.billing.adapters.changes import Row
from autocrea.billing.domain.ledger import Transfer
from autocrea.chassis.database import columns
from autocrea.chassis.handlers import Connection

_BOOKED: Final[LiteralString] = """
SELECT idempotency_key, request_hash FROM transfers WHERE idempotency_key = ANY($1::text[])"""
_ADD: Final[LiteralString] = """
INSERT INTO transfers (user_id, entry, kind, debit_account, credit_account, amount_tokens, idempotency_key,
    request_hash, generation_id, run, step, fault, reason, purchase_id, posted_at, debit_link, credit_link)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[],
    $8::bytea[], $9::uuid[], $10::integer[], $11::text[], $12::text[], $13::text[], $14::uuid[], $15::timestamptz[],
    $16::bytea[], $17::bytea[])"""
_COLUMNS: Final = 17


async def load_booked(connection: Connection, keys: Sequence[str]) -> dict[str, bytes]:
    """The request hashes of those keys that were used."""
    if not keys:
        return {}
    rows = await connection.fetch(_BOOKED, list(keys))
    return {row["idempotency_key"]: row["request_hash"] for row in rows}


async def add(connection: Connection, lines: Sequence[Transfer]) -> None:
    """Add lines to the ledger."""
    if lines:
        await connection.execute(_ADD, *columns([_row(line) for line in lines], _COLUMNS))


def _row(line: Transfer) -> Row:
    ends = (line.debit_account, line.credit_account, line.amount_tokens)
    why = line.purpose
    purpose = (why.generation_id, why.run, why.step, why.fault, why.reason, why.purchase_id)
    key = (line.idempotency_key, line.request_hash)
    links = (line.debit_link, line.credit_link)
    return (line.user_id, line.entry, line.kind.value, *ends, *key, *purpose, line.posted_at, *links)
