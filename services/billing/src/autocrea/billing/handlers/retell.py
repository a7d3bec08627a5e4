"""After a restore: what was told in higher versions than ours is told again, above them.

Readers keep the highest version they were told. A ledger that was set back would count from an old one, and be
taken for old news until it had caught up. No line and no sum changes here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.rate_card import Publication
from autocrea.billing.domain.reconciliation import Told
from autocrea.chassis.handlers import Effects, OperatorAction
from autocrea.contracts.message import Message


@dataclass(frozen=True, slots=True)
class Retelling:
    """Who asks for it and why, and what was told."""

    told: Told
    actor: str
    reason: str


def above_all(parts: Iterable[Told]) -> Told:
    """The highest version of everything; lines do not matter here."""
    whole = Told()
    for part in parts:
        whole.balances |= {id_: max(v, whole.balances.get(id_, 0)) for id_, v in part.balances.items()}
        whole.purchases |= {id_: max(v, whole.purchases.get(id_, 0)) for id_, v in part.purchases.items()}
        whole.buyers |= part.buyers
        whole.revision = max(whole.revision, part.revision)
    return whole


def rows(retelling: Retelling) -> Iterable[Key]:
    """Every balance and purchase of which something was told, and the rate card in force."""
    told = retelling.told
    users = {*told.balances, *told.buyers.values()}
    yield from (books.user(user_id) for user_id in users)
    yield from (books.purchase(purchase_id) for purchase_id in told.purchases)
    yield books.PUBLICATION


def decide(retelling: Retelling, found: Books, now: datetime) -> tuple[int, Effects]:
    """Go above what was told, where that is above ours; returns how many that were."""
    told, behind = retelling.told, 0
    for user_id, version in told.balances.items():
        wallet = found.wallets[user_id]
        if wallet.version < version:
            wallet.version, wallet.news = version, True
            behind += 1
    for purchase_id, version in told.purchases.items():
        purchase = found.purchases.get(purchase_id)
        if purchase is not None and purchase.version < version:
            purchase.version, purchase.told = version, None
            behind += 1
    messages: tuple[Message, ...] = ()
    last = found.last_publication
    if last is not None and last.revision < told.revision:
        publication = Publication(told.revision + 1, last.card, now)
        found.published.append(publication)
        messages = (publication.message(),)
        behind += 1
    done = OperatorAction(retelling.actor, "retell", "versions", retelling.reason, {"versions": behind})
    return behind, Effects(messages=messages, actions=(done,))
