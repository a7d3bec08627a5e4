"""The table of purchases, read under the lock of their buyers' accounts."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString
from uuid import UUID

from autocrea.billing.adapters.changes import Read, Row, changed
from autocrea.billing.domain.purchase import PaymentStatus, Purchase, SessionStatus
from autocrea.chassis.database import columns
from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import PurchaseId, UserId
from autocrea.contracts.vocabulary import PurchaseState

_LOAD: Final[LiteralString] = """
SELECT purchase_id, user_id, session_id, pack, tokens, amount, currency, rate_card_version, started_at, url,
    session, payment, credited_at, reversed_tokens, disputed, version, state
FROM purchases WHERE purchase_id = ANY($1::uuid[])"""
_SAVE: Final[LiteralString] = """
INSERT INTO purchases (purchase_id, user_id, session_id, pack, tokens, amount, currency, rate_card_version,
    started_at, url, session, payment, credited_at, reversed_tokens, disputed, version, state, updated_at)
SELECT *, now() FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
    $7::text[], $8::text[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::timestamptz[],
    $14::bigint[], $15::boolean[], $16::bigint[], $17::text[])
ON CONFLICT (purchase_id) DO UPDATE SET url = EXCLUDED.url, session = EXCLUDED.session, payment = EXCLUDED.payment,
    credited_at = EXCLUDED.credited_at, reversed_tokens = EXCLUDED.reversed_tokens, disputed = EXCLUDED.disputed,
    version = EXCLUDED.version, state = EXCLUDED.state, updated_at = EXCLUDED.updated_at"""
_COLUMNS: Final = 17


async def load(
    connection: Connection, purchase_ids: Sequence[PurchaseId], read: Read
) -> dict[PurchaseId, Purchase]:
    """Those of these purchases that are there."""
    found: dict[PurchaseId, Purchase] = {}
    for row in await connection.fetch(_LOAD, list(purchase_ids)):
        purchase = _purchase(row)
        found[purchase.purchase_id] = purchase
        read["purchases", purchase.purchase_id] = tuple(row)
    return found


async def save(connection: Connection, purchases: Iterable[Purchase], read: Read) -> None:
    """Write the purchases that changed."""
    rows: dict[UUID, Row] = {purchase.purchase_id: _row(purchase) for purchase in purchases}
    found = changed(read, "purchases", rows)
    if found:
        await connection.execute(_SAVE, *columns(found, _COLUMNS))


def _purchase(row: Any) -> Purchase:
    return Purchase(
        purchase_id=PurchaseId(row["purchase_id"]),
        user_id=UserId(row["user_id"]),
        session_id=row["session_id"],
        pack=row["pack"],
        tokens=row["tokens"],
        amount=row["amount"],
        currency=row["currency"],
        rate_card_version=row["rate_card_version"],
        started_at=row["started_at"],
        url=row["url"],
        session=SessionStatus(row["session"]),
        payment=PaymentStatus(row["payment"]),
        credited_at=row["credited_at"],
        reversed_tokens=row["reversed_tokens"],
        disputed=row["disputed"],
        version=row["version"],
        told=(PurchaseState(row["state"]), row["reversed_tokens"]),
    )


def _row(purchase: Purchase) -> Row:
    ordered = (purchase.pack, purchase.tokens, purchase.amount, purchase.currency, purchase.rate_card_version)
    stands = (purchase.session.value, purchase.payment.value, purchase.credited_at, purchase.reversed_tokens)
    return (
        purchase.purchase_id,
        purchase.user_id,
        purchase.session_id,
        *ordered,
        purchase.started_at,
        purchase.url,
        *stands,
        purchase.disputed,
        purchase.version,
        purchase.state.value,
    )
