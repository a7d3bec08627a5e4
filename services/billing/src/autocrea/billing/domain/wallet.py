"""Everything of one user that a batch concerns: accounts, holds, the day's absorption, lines booked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from autocrea.billing.domain.absorption import Absorption
from autocrea.billing.domain.errors import IdempotencyConflict
from autocrea.billing.domain.holds import Hold
from autocrea.billing.domain.ledger import (
    GRANTS,
    PLATFORM,
    SALES,
    Account,
    Purpose,
    Transfer,
    TransferKind,
    World,
    post,
    receivable_account,
    user_account,
)
from autocrea.contracts.ids import GenerationId, StepName, UserId


class Welcome(StrEnum):
    """Where a user stands with the welcome grant."""

    NONE = "none"
    WAITING = "waiting"  # entitled, but the day's budget was spent: the job `grant_welcome` has it
    GRANTED = "granted"


@dataclass(slots=True)
class Wallet:
    """Held under the lock of the user's account; nobody else changes any of this meanwhile."""

    user_id: UserId
    version: int = 0  # of the last BalanceChanged
    entries: int = 0  # lines of this user's ledger
    welcome: Welcome = Welcome.NONE
    holds: dict[tuple[GenerationId, int], Hold] = field(default_factory=dict)
    absorptions: dict[date, Absorption] = field(default_factory=dict)
    booked: dict[str, bytes] = field(default_factory=dict)  # request hashes by idempotency key
    posted: list[Transfer] = field(default_factory=list)  # in this batch
    news: bool = False  # something else than a transfer changed what BalanceChanged tells
    account: Account = field(init=False)
    receivable: Account = field(init=False)

    def __post_init__(self) -> None:
        self.account = Account(user_account(self.user_id), self.user_id)
        self.receivable = Account(receivable_account(self.user_id), self.user_id)

    @property
    def available_tokens(self) -> int:
        return self.account.balance_tokens

    @property
    def held_tokens(self) -> int:
        return sum(hold.account.balance_tokens for hold in self.holds.values())

    @property
    def receivable_tokens(self) -> int:
        return -self.receivable.balance_tokens

    def blocked_until(self, now: datetime) -> datetime | None:
        """When new reservations are taken again, if they are not taken now."""
        ends = [
            a.blocked_until for a in self.absorptions.values() if a.blocked_until and a.blocked_until > now
        ]
        return max(ends, default=None)

    def holds_of(self, generation_id: GenerationId) -> Iterable[Hold]:
        """The generation's holds by run."""
        return (self.holds[key] for key in sorted(self.holds) if key[0] == generation_id)

    def absorb(self, tokens: int, now: datetime, daily_max_tokens: int) -> None:
        """Count what the platform paid today."""
        if tokens == 0:
            return
        before = self.blocked_until(now)
        today = now.date()
        self.absorptions.setdefault(today, Absorption(self.user_id, today)).add(tokens, daily_max_tokens)
        self.news |= self.blocked_until(now) != before

    def grant(self, tokens: int, key: str, purpose: Purpose, now: datetime) -> bool:
        """Give tokens away. Returns False when exactly this was booked before; raises IdempotencyConflict."""
        return self._receive(TransferKind.GRANT, GRANTS, tokens, key, purpose, now)

    def purchase(self, tokens: int, key: str, purpose: Purpose, now: datetime) -> bool:
        """Credit what was paid for, or what a reversal took and was wrong about; as `grant`."""
        return self._receive(TransferKind.PURCHASE, SALES, tokens, key, purpose, now)

    def reverse(self, tokens: int, cause: str, purpose: Purpose, now: datetime) -> bool:
        """Take back what a payment that is gone had credited; what is spent already is owed from now on.

        `cause` names the refund or dispute. As `grant`.
        """
        key = f"{TransferKind.REVERSAL}:{cause}"
        missing = tokens - self.available_tokens
        if key not in self.booked and missing > 0:
            owed = f"{TransferKind.RECEIVABLE}:{cause}"
            self._book(TransferKind.RECEIVABLE, self.receivable, self.account, missing, owed, purpose, now)
        return self._book(TransferKind.REVERSAL, self.account, SALES, tokens, key, purpose, now)

    def hold(self, hold: Hold, now: datetime) -> None:
        """Open a hold with its quote. Raises BalanceTooSmall."""
        self._move(TransferKind.HOLD, hold, self.account, hold.account, hold.quote_tokens, now)
        hold.opened_at = now
        self.holds[hold.generation_id, hold.run] = hold

    def capture(self, hold: Hold, step: StepName, tokens: int, now: datetime) -> None:
        """Charge a step out of its hold, on top of what it was charged before. Raises CapExceeded."""
        before = hold.charged.get(step, 0)
        hold.check_cap(step, before + tokens)
        # A step may be captured twice: when it completes, and a rest when its run ends.
        rest = "rest" if before else None
        self._move(TransferKind.CAPTURE, hold, hold.account, PLATFORM, tokens, now, step=step, suffix=rest)
        hold.charged[step] = before + tokens

    def refund(self, hold: Hold, step: StepName, tokens: int, fault: str | None, now: datetime) -> None:
        """Give back what a step of this run was charged, or a part of it."""
        left = hold.charged.get(step, 0) - tokens
        hold.check_cap(step, left)
        self._move(TransferKind.REFUND, hold, PLATFORM, self.account, tokens, now, step=step, fault=fault)
        hold.charged[step] = left

    def release(self, hold: Hold, fault: str | None, now: datetime) -> int:
        """Return what is left in a hold; returns how much."""
        left = hold.account.balance_tokens
        self._move(TransferKind.RELEASE, hold, hold.account, self.account, left, now, fault=fault)
        return left

    def _move(
        self,
        kind: TransferKind,
        hold: Hold,
        debit: Account | World,
        credit: Account | World,
        tokens: int,
        now: datetime,
        *,
        step: StepName | None = None,
        fault: str | None = None,
        suffix: str | None = None,
    ) -> None:
        """Book one movement of a hold: at most one a kind, step and suffix. Nothing to move is no line."""
        if tokens == 0:
            return
        parts = (kind, str(hold.generation_id), str(hold.run), step, suffix)
        key = ":".join(part for part in parts if part)
        purpose = Purpose(hold.generation_id, hold.run, step, fault)
        fresh = self._book(kind, debit, credit, tokens, key, purpose, now)
        assert fresh, f"{key} was booked before, and the hold did not say so"
        if credit is self.account:
            self._cover(key, now)

    def _receive(
        self, kind: TransferKind, source: World, tokens: int, key: str, purpose: Purpose, now: datetime
    ) -> bool:
        fresh = self._book(kind, source, self.account, tokens, key, purpose, now)
        if fresh:
            self._cover(key, now)
        return fresh

    def _cover(self, arrival: str, now: datetime) -> None:
        """What arrives first pays back what is owed, so nobody owes tokens and has some."""
        tokens = min(self.available_tokens, self.receivable_tokens)
        if tokens > 0:
            key = f"{TransferKind.REVERSAL}:covered:{arrival}"
            self._book(TransferKind.REVERSAL, self.account, self.receivable, tokens, key, Purpose(), now)

    def _book(
        self,
        kind: TransferKind,
        debit: Account | World,
        credit: Account | World,
        tokens: int,
        key: str,
        purpose: Purpose,
        now: datetime,
    ) -> bool:
        entry = self.entries + 1
        transfer = Transfer(self.user_id, entry, kind, debit.id, credit.id, tokens, key, purpose, now)
        if key in self.booked:
            if self.booked[key] != transfer.request_hash:
                raise IdempotencyConflict(f"{key} was used for another transfer")
            return False
        self.posted.append(post(transfer, debit, credit))
        self.entries = entry
        self.booked[key] = transfer.request_hash
        return True
