"""What the books have of things that others name: lines, generations, purchases, refunds, versions."""

from collections.abc import Collection, Mapping
from typing import Final, LiteralString

from autocrea.billing.domain.purchase import PaymentId
from autocrea.billing.domain.reconciliation import Booked, KnownGeneration, KnownPurchase, KnownReversal
from autocrea.chassis.database import Database
from autocrea.contracts.ids import GenerationId, PurchaseId, StepName, UserId

KEYS_AT_ONCE: Final = 5_000  # of one statement

_BOOKED: Final[LiteralString] = """
SELECT idempotency_key, user_id, amount_tokens FROM transfers WHERE idempotency_key = ANY($1::text[])"""
_VERSIONS: Final[LiteralString] = """
SELECT user_id, version FROM accounts WHERE id = ANY(SELECT 'user:' || u FROM unnest($1::text[]) AS u)"""
_PURCHASE_VERSIONS: Final[LiteralString] = """
SELECT purchase_id, version FROM purchases WHERE purchase_id = ANY($1::uuid[])"""
_REVISION: Final[LiteralString] = "SELECT coalesce(max(revision), 0) FROM rate_cards"
_KNOWN_RUNS: Final[LiteralString] = """
SELECT generation_id, max(run), array_agg(run) FILTER (WHERE state = 'open') FROM holds
WHERE generation_id = ANY($1::uuid[]) AND opened_at IS NOT NULL GROUP BY generation_id"""
_KNOWN_COSTS: Final[LiteralString] = """
SELECT generation_id, step,
    sum(CASE kind WHEN 'capture' THEN amount_tokens ELSE -amount_tokens END)::bigint AS tokens
FROM transfers WHERE generation_id = ANY($1::uuid[]) AND kind IN ('capture', 'refund') GROUP BY generation_id, step"""
_KNOWN_PURCHASES: Final[LiteralString] = """
SELECT purchase_id, session_id, credited_at IS NOT NULL AS credited FROM purchases
WHERE purchase_id = ANY($1::uuid[])"""
_KNOWN_REVERSALS: Final[LiteralString] = """
SELECT id, status, booked FROM reversals WHERE id = ANY($1::text[])"""

_OWN_PAYMENTS: Final[LiteralString] = """
SELECT payment_id FROM payments WHERE payment_id = ANY($1::text[]) AND purchase_id IS NOT NULL"""


class PostgresKnownRows:
    """Reads without a lock. Everything raises Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def generations(self, ids: Collection[GenerationId]) -> Mapping[GenerationId, KnownGeneration]:
        """How these generations stand."""
        async with self._database.connection() as connection:
            runs = await connection.fetch(_KNOWN_RUNS, list(ids))
            costs = await connection.fetch(_KNOWN_COSTS, list(ids))
        net: dict[GenerationId, dict[StepName, int]] = {}
        for row in costs:
            net.setdefault(GenerationId(row["generation_id"]), {})[StepName(row["step"])] = row["tokens"]
        return {
            id_: KnownGeneration(run, frozenset(open_runs or ()), net.get(id_, {}))
            for id_, run, open_runs in runs
        }

    async def booked(self, keys: Collection[str]) -> dict[str, Booked]:
        """The lines of these keys."""
        found: dict[str, Booked] = {}
        waiting = list(keys)
        while waiting:
            some, waiting = waiting[:KEYS_AT_ONCE], waiting[KEYS_AT_ONCE:]
            async with self._database.connection() as connection:
                for row in await connection.fetch(_BOOKED, some):
                    found[row["idempotency_key"]] = Booked(UserId(row["user_id"]), row["amount_tokens"])
        return found

    async def balance_versions(self, users: Collection[UserId]) -> dict[str, int]:
        """The versions of these users' balances."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_VERSIONS, list(users))
        return {row["user_id"]: row["version"] for row in rows}

    async def purchase_versions(self, purchases: Collection[PurchaseId]) -> dict[str, int]:
        """The versions of these purchases, by the texts of their ids."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_PURCHASE_VERSIONS, list(purchases))
        return {str(row["purchase_id"]): row["version"] for row in rows}

    async def rate_card_revision(self) -> int:
        """The last revision published."""
        async with self._database.connection() as connection:
            revision: int = await connection.fetchval(_REVISION)
        return revision

    async def purchases(self, ids: Collection[PurchaseId]) -> Mapping[PurchaseId, KnownPurchase]:
        """How these purchases stand."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_KNOWN_PURCHASES, list(ids))
        return {PurchaseId(row[0]): KnownPurchase(row["session_id"], row["credited"]) for row in rows}

    async def reversals(self, ids: Collection[str]) -> Mapping[str, KnownReversal]:
        """How these refunds and disputes stand."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_KNOWN_REVERSALS, list(ids))
        return {row["id"]: KnownReversal(row["status"], row["booked"]) for row in rows}

    async def payments(self, ids: Collection[PaymentId]) -> set[PaymentId]:
        """Those of these payments that belong to a purchase."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_OWN_PAYMENTS, list(ids))
        return {PaymentId(row["payment_id"]) for row in rows}
