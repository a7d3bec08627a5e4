"""The tables of payments, locked after the accounts, and of the refunds and disputes against them."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString

from autocrea.billing.adapters.changes import Read, Row, changed
from autocrea.billing.domain.purchase import Payment, PaymentId, Reversal, ReversalKind
from autocrea.chassis.database import columns
from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import PurchaseId, UserId

# Without a lock: only to know whose accounts to lock first. What is found changed later is found out later.
_BUYERS: Final[LiteralString] = """
SELECT user_id FROM purchases WHERE purchase_id = ANY($1::uuid[])
UNION SELECT u.user_id FROM payments p JOIN purchases u USING (purchase_id) WHERE p.payment_id = ANY($2::text[])"""
_OPEN: Final[LiteralString] = """
INSERT INTO payments (payment_id) SELECT p.id FROM unnest($1::text[]) AS p (id) ORDER BY 1
ON CONFLICT (payment_id) DO NOTHING"""
_LOCK: Final[LiteralString] = """
SELECT payment_id, purchase_id FROM payments
WHERE payment_id = ANY($1::text[]) OR purchase_id = ANY($2::uuid[]) ORDER BY payment_id FOR UPDATE"""
_REVERSALS: Final[LiteralString] = """
SELECT id, kind, payment_id, amount, currency, status, told_at, booked, turns
FROM reversals WHERE payment_id = ANY($1::text[])"""
_SAVE: Final[LiteralString] = """
UPDATE payments SET purchase_id = p.purchase_id
FROM unnest($1::text[], $2::uuid[]) AS p (payment_id, purchase_id) WHERE payments.payment_id = p.payment_id"""
_SAVE_REVERSALS: Final[LiteralString] = """
INSERT INTO reversals (id, kind, payment_id, amount, currency, status, told_at, booked, turns)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[],
    $8::boolean[], $9::integer[])
ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status, told_at = EXCLUDED.told_at, booked = EXCLUDED.booked,
    turns = EXCLUDED.turns"""
_REVERSAL_COLUMNS: Final = 9


async def buyers(
    connection: Connection, purchase_ids: Sequence[PurchaseId], payment_ids: Sequence[PaymentId]
) -> list[UserId]:
    """Who bought these purchases and made these payments, as far as that is known."""
    rows = await connection.fetch(_BUYERS, list(purchase_ids), list(payment_ids))
    return [UserId(row["user_id"]) for row in rows]


async def lock(
    connection: Connection,
    purchase_ids: Sequence[PurchaseId],
    payment_ids: Sequence[PaymentId],
    read: Read,
) -> dict[PaymentId, Payment]:
    """Open what is missing, lock these payments and those of these purchases, with what is told against them."""
    if payment_ids:
        await connection.execute(_OPEN, sorted(payment_ids))
    found: dict[PaymentId, Payment] = {}
    for row in await connection.fetch(_LOCK, list(payment_ids), list(purchase_ids)):
        payment = Payment(row["payment_id"], row["purchase_id"])
        found[payment.payment_id] = payment
        read["payments", payment.payment_id] = tuple(row)
    for row in await connection.fetch(_REVERSALS, list(found)):
        reversal = _reversal(row)
        found[reversal.payment_id].reversals[reversal.id] = reversal
        read["reversals", reversal.id] = tuple(row)
    return found


async def save(connection: Connection, payments: Iterable[Payment], read: Read) -> None:
    """Write what changed."""
    known = list(payments)
    rows: dict[str, Row] = {p.payment_id: (p.payment_id, p.purchase_id) for p in known}
    found = changed(read, "payments", rows)
    if found:
        await connection.execute(_SAVE, *columns(found, 2))
    reversals: dict[str, Row] = {r.id: _row(r) for p in known for r in p.reversals.values()}
    found = changed(read, "reversals", reversals)
    if found:
        await connection.execute(_SAVE_REVERSALS, *columns(found, _REVERSAL_COLUMNS))


def _reversal(row: Any) -> Reversal:
    return Reversal(
        id=row["id"],
        kind=ReversalKind(row["kind"]),
        payment_id=PaymentId(row["payment_id"]),
        amount=row["amount"],
        currency=row["currency"],
        status=row["status"],
        told_at=row["told_at"],
        booked=row["booked"],
        turns=row["turns"],
    )


def _row(reversal: Reversal) -> Row:
    figures = (reversal.amount, reversal.currency, reversal.status, reversal.told_at)
    return (
        reversal.id,
        reversal.kind.value,
        reversal.payment_id,
        *figures,
        reversal.booked,
        reversal.turns,
    )
