"""Between the books in memory and their tables: one statement a table, every lock in one order.

Lock order: the user accounts, sorted; after them payments, sorted; after them, only where somebody is to be
welcomed, the welcome budget. A user's account is the lock of everything that belongs to the user, so holds,
purchases, absorptions and transfers are read after it and need no lock of their own. A payment has one, because
what is told against it may come before anybody knows whose it is.
"""

from collections.abc import Sequence
from uuid import UUID

from autocrea.billing.adapters import (
    absorptions,
    accounts,
    comparisons,
    holds,
    payments,
    purchases,
    stripe_rows,
    transfers,
    welcome_budgets,
)
from autocrea.billing.adapters.rate_cards import RateCardTable
from autocrea.billing.domain.books import PUBLICATION, Books, Key
from autocrea.billing.domain.purchase import PaymentId
from autocrea.billing.domain.wallet import Welcome
from autocrea.chassis.errors import Conflict
from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import GenerationId, PurchaseId, UserId


class LedgerRepository:
    """The service's only door between memory and tables."""

    def __init__(self) -> None:
        self._rate_cards = RateCardTable()

    async def load(self, connection: Connection, keys: Sequence[Key]) -> Books:
        """Lock and read what the keys name; a user without an account gets an empty one."""
        books = Books()
        users = {UserId(id_) for id_ in _ids(keys, "user")}
        purchase_ids = [PurchaseId(UUID(id_)) for id_ in _ids(keys, "purchase")]
        payment_ids = [PaymentId(id_) for id_ in _ids(keys, "payment")]
        if purchase_ids or payment_ids:
            users.update(await payments.buyers(connection, purchase_ids, payment_ids))
        if users:
            generations = [GenerationId(UUID(id_)) for id_ in _ids(keys, "generation")]
            await self._load_wallets(connection, books, sorted(users), generations)
        if purchase_ids or payment_ids:
            await self._load_purchases(connection, books, purchase_ids, payment_ids)
        books.known_events = await stripe_rows.known(connection, _ids(keys, "stripe_event"))
        newcomers = [books.wallets[UserId(id_)] for id_ in _ids(keys, "welcome")]
        if any(wallet.welcome is not Welcome.GRANTED for wallet in newcomers):
            books.budget = await welcome_budgets.lock(connection, books.read)
        booked = await transfers.load_booked(connection, _ids(keys, "transfer"))
        for wallet in books.wallets.values():
            wallet.booked = booked
        books.cards = await self._rate_cards.load(connection, _ids(keys, "card"))
        if PUBLICATION in keys:
            books.last_publication = await self._rate_cards.last(connection)
        return books

    async def save(self, connection: Connection, rows: Books) -> None:
        """Write what differs from what was read."""
        wallets = [rows.wallets[user_id] for user_id in sorted(rows.wallets)]
        await accounts.save(connection, wallets, rows.read)
        await holds.save(connection, wallets, rows.read)
        await transfers.add(connection, [line for wallet in wallets for line in wallet.posted])
        await absorptions.save(connection, wallets, rows.read)
        await purchases.save(connection, rows.purchases.values(), rows.read)
        await payments.save(connection, rows.payments.values(), rows.read)
        await stripe_rows.add(connection, rows.received)
        await stripe_rows.mark(connection, rows.handled)
        await stripe_rows.save_listed_until(connection, rows.listed_until)
        await comparisons.save(connection, rows.comparison)
        await welcome_budgets.save(connection, rows.budget, rows.read)
        await self._rate_cards.add(connection, rows.published)

    async def _load_wallets(
        self,
        connection: Connection,
        books: Books,
        users: Sequence[UserId],
        generations: Sequence[GenerationId],
    ) -> None:
        books.wallets = await accounts.lock(connection, users, books.read)
        for hold in await holds.load(connection, users, generations, books.read):
            books.owners[hold.generation_id] = hold.user_id
            if hold.user_id in books.wallets:
                books.wallets[hold.user_id].holds[hold.generation_id, hold.run] = hold
        await accounts.load_others(connection, books.wallets.values(), books.read)
        for absorption in await absorptions.load(connection, users, books.read):
            books.wallets[absorption.user_id].absorptions[absorption.day] = absorption

    async def _load_purchases(
        self,
        connection: Connection,
        books: Books,
        purchase_ids: Sequence[PurchaseId],
        payment_ids: Sequence[PaymentId],
    ) -> None:
        books.payments = await payments.lock(connection, purchase_ids, payment_ids, books.read)
        named = {p.purchase_id for p in books.payments.values() if p.purchase_id is not None}
        books.purchases = await purchases.load(connection, sorted({*purchase_ids, *named}), books.read)
        for purchase in books.purchases.values():
            if purchase.user_id not in books.wallets:
                raise Conflict(
                    f"the buyer of {purchase.purchase_id} became known while its payment was waited for"
                )


def _ids(keys: Sequence[Key], kind: str) -> list[str]:
    return [key.id for key in keys if key.kind == kind]
