"""What is known of a person: whether their account was opened, and the balance that billing told last."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from autocrea.contracts.billing.v1 import BalanceChanged
from autocrea.contracts.gateway.v1 import AccountOpened
from autocrea.contracts.ids import UserId


@dataclass(frozen=True, slots=True)
class User:
    """A row of `users`; there, unopened, once any message names the person: its lock orders what concerns them."""

    user_id: UserId
    opened: bool = False
    email_verified: bool = False
    feed_position: int = 0  # the last id given out in the person's own feed

    def open(self, *, email_verified: bool) -> tuple[Self, AccountOpened | None]:
        """Meet the person: billing is told the first time, and once more when the e-mail is first verified."""
        newly_verified = email_verified and not self.email_verified
        if self.opened and not newly_verified:
            return self, None
        changed = replace(self, opened=True, email_verified=self.email_verified or email_verified)
        return changed, AccountOpened(user_id=self.user_id, email_verified=email_verified)


@dataclass(frozen=True, slots=True)
class Balance:
    """A row of `balances`: the account as of `version`. Before the first message nothing is known, not zero."""

    user_id: UserId
    version: int
    available: int
    held: int
    receivable: int
    blocked_until: datetime | None

    @classmethod
    def told(cls, fact: BalanceChanged) -> Self:
        return cls(fact.user_id, fact.version, fact.available, fact.held, fact.receivable, fact.blocked_until)


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why a run is not accepted: a code of `problems` and the figures that go with it."""

    code: str
    figures: dict[str, int]


def find_shortage(balance: Balance | None, needed_tokens: int, now: datetime) -> Shortage | None:
    """What stands against a run of this price, as far as is known here; billing has the last word."""
    if balance is None:
        return None
    if balance.blocked_until is not None and balance.blocked_until > now:
        seconds = int((balance.blocked_until - now).total_seconds()) + 1
        return Shortage("absorption_capped", {"retry_after_seconds": seconds})
    if balance.receivable > 0:
        return Shortage("receivable_open", {"receivable": balance.receivable})
    if balance.available < needed_tokens:
        figures = {
            "available": balance.available,
            "needed": needed_tokens,
            "missing": needed_tokens - balance.available,
        }
        return Shortage("insufficient_tokens", figures)
    return None
