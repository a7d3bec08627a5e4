"""Messages run through the chassis' batch against a real database, and what the tables then say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from autocrea.billing.adapters.repository import LedgerRepository
from autocrea.billing.adapters.stripe_objects import fact_of
from autocrea.billing.adapters.stripe_rows import PostgresStripeEvents
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.policy import Policy
from autocrea.billing.domain.purchasing import Fact
from autocrea.billing.domain.rate_card import RateCard
from autocrea.billing.handlers import publish_rate_card
from autocrea.billing.handlers.capture_step import CaptureStep
from autocrea.billing.handlers.handle_stripe_event import HandleStripeEvent, Told
from autocrea.billing.handlers.open_account import OpenAccount
from autocrea.billing.handlers.reserve_tokens import ReserveTokensHandler
from autocrea.billing.handlers.settle_tokens import SettleTokensHandler
from autocrea.chassis.batch import Batch
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Finished, Handler, Job, Received
from autocrea.chassis.items import Item
from autocrea.chassis.message_spans import Outgoing
from autocrea.contracts.billing.v1 import ReserveTokens, SettleTokens
from autocrea.contracts.envelope import open_envelope, seal
from autocrea.contracts.gateway.v1 import AccountOpened
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator.v1 import StepCompleted

# What every ledger must satisfy, whatever happened to it; each row is a finding.
FINDINGS = """
WITH postings AS (
    SELECT debit_account AS account, -amount_tokens AS tokens FROM transfers
    UNION ALL SELECT credit_account, amount_tokens FROM transfers
), sums AS (
    SELECT account, sum(tokens)::bigint AS tokens FROM postings GROUP BY account
)
SELECT 'postings do not add up to zero' AS finding, sum(tokens)::text AS what FROM sums HAVING sum(tokens) <> 0
UNION ALL
SELECT 'kept sums differ from the lines', a.id FROM accounts a LEFT JOIN sums s ON s.account = a.id
    WHERE a.credits_tokens - a.debits_tokens <> coalesce(s.tokens, 0)
UNION ALL
SELECT 'account without a row', s.account FROM sums s LEFT JOIN accounts a ON a.id = s.account
    WHERE a.id IS NULL AND s.account NOT LIKE 'world:%'
UNION ALL
SELECT 'balance below zero', id FROM accounts WHERE kind <> 'receivable' AND credits_tokens < debits_tokens
UNION ALL
SELECT 'owes tokens and has some', u.id FROM accounts u JOIN accounts r ON r.id = 'receivable:' || u.user_id
    WHERE u.kind = 'user' AND u.credits_tokens > u.debits_tokens AND r.debits_tokens > r.credits_tokens
UNION ALL
SELECT 'closed hold keeps tokens', h.generation_id::text FROM holds h
    JOIN accounts a ON a.id = 'hold:' || h.generation_id || ':' || h.run
    WHERE h.state = 'closed' AND a.credits_tokens <> a.debits_tokens
UNION ALL
SELECT 'entries have a gap', t.user_id FROM transfers t JOIN accounts a ON a.id = 'user:' || t.user_id
    GROUP BY t.user_id, a.entries HAVING count(*) <> max(t.entry) OR max(t.entry) <> a.entries"""


class Counter:
    """One replica. Each message is a new delivery: the inbox never helps, the ledger alone must know repetitions."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._batch: Batch[Books, Key] = Batch("billing", database, LedgerRepository())
        self._handlers: dict[type[Message], Handler[Any, Any, Any]] = {
            AccountOpened: OpenAccount(policy),
            ReserveTokens: ReserveTokensHandler(policy),
            StepCompleted: CaptureStep(),
            SettleTokens: SettleTokensHandler(policy),
        }
        self._stripe = HandleStripeEvent(PostgresStripeEvents(database), fact_of)

    async def publish(self, card: RateCard) -> list[Outgoing]:
        _, sent = await self.transact(publish_rate_card.rows(card), partial(publish_rate_card.decide, card))
        return sent

    async def transact(self, keys: Any, decide: Any) -> tuple[Any, list[Outgoing]]:
        return await self._batch.transact(keys, decide)

    async def send(self, *messages: Message) -> list[dict[str, Any]]:
        """One batch; returns the data of every stored message."""
        sealed = await self._batch.run([self._item(message) for message in messages])
        return [{"type": s.type, **open_envelope(s.body).data} for s in sealed]

    async def tell(self, *facts: Fact) -> list[dict[str, Any]]:
        """One batch of what Stripe tells; returns as `send`."""
        sealed = await self._batch.run([self._told(replace(fact)) for fact in facts])
        return [{"type": s.type, **open_envelope(s.body).data} for s in sealed]

    def _told(self, fact: Fact) -> Item:
        now, name = datetime.now(UTC), f"evt_{uuid4().hex}"
        job = Job("handle_stripe_event", name, {}, now, "", 0, now, uuid4(), None, None)
        return Item(job.kind, self._stripe, Finished(job, Told(name, fact)), subject_name=name)

    def _item(self, message: Message) -> Item:
        envelope = open_envelope(seal(message, source="test", time=datetime.now(UTC)).body)
        handler = self._handlers[type(message)]
        return Item(message.type, handler, Received(envelope, message), inbox_id=uuid4(), cause=envelope.id)

    async def findings(self) -> list[tuple[str, str]]:
        """What is wrong with the ledger as the tables have it."""
        return [(row["finding"], row["what"]) for row in await self.fetch(FINDINGS)]

    async def fetch(self, query: str, *arguments: Any) -> Sequence[Any]:
        async with self._database.connection() as connection:
            return await connection.fetch(query, *arguments)

    async def execute(self, script: str) -> None:
        """Several statements at once."""
        async with self._database.connection() as connection:
            await connection.execute(script)
