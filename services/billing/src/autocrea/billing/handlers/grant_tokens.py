"""An operator gives tokens to a person, with a reason that stays in the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autocrea.billing.domain import books
from autocrea.billing.domain.books import Books, Key
from autocrea.billing.domain.errors import IdempotencyConflict
from autocrea.billing.domain.ledger import Purpose
from autocrea.chassis.errors import Refused
from autocrea.chassis.handlers import Effects, OperatorAction
from autocrea.contracts.ids import UserId
from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Grant:
    """What the operator asked for."""

    user_id: UserId
    tokens: int
    reason: str
    actor: str
    idempotency_key: str

    @property
    def ledger_key(self) -> str:
        return f"grant:operator:{self.idempotency_key}"


@dataclass(frozen=True, slots=True)
class Granted:
    """What became of it: `repeated` when the same request had been carried out before."""

    available_tokens: int
    repeated: bool


def rows(grant: Grant) -> Iterable[Key]:
    """The wallet, and whether the key was used."""
    return (books.user(grant.user_id), books.transfer(grant.ledger_key))


def decide(grant: Grant, found: Books, now: datetime) -> tuple[Granted, Effects]:
    """Book the grant and note who did it. Raises Refused(idempotency_conflict)."""
    wallet = found.wallet(grant.user_id)
    try:
        fresh = wallet.grant(grant.tokens, grant.ledger_key, Purpose(reason=grant.reason), now)
    except IdempotencyConflict as error:
        raise Refused("idempotency_conflict", str(error), status=409) from error
    details: dict[str, JsonValue] = {"tokens": grant.tokens, "key": grant.ledger_key}
    done = OperatorAction(grant.actor, "grant_tokens", grant.user_id, grant.reason, details)
    granted = Granted(wallet.available_tokens, repeated=not fresh)
    return granted, Effects(actions=(done,)) if fresh else Effects()
