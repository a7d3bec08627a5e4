"""Double entry, the whole of it: accounts, transfers between them, the rules no transfer may break."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from autocrea.billing.domain.errors import BalanceTooSmall, WrongRoute
from autocrea.contracts.ids import GenerationId, PurchaseId, StepName, UserId

AccountId = NewType("AccountId", str)

RECEIVABLE_PREFIX: Final = "receivable:"
UNIX_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_LINK: Final = b""
"""What the first line of an account is chained to."""


class TransferKind(StrEnum):
    """Why tokens move."""

    GRANT = "grant"
    PURCHASE = "purchase"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    REFUND = "refund"
    REVERSAL = "reversal"
    RECEIVABLE = "receivable"


def user_account(user_id: UserId) -> AccountId:
    """What the user can spend."""
    return AccountId(f"user:{user_id}")


def receivable_account(user_id: UserId) -> AccountId:
    """What the user owes: its debits are larger than its credits while something is owed."""
    return AccountId(f"{RECEIVABLE_PREFIX}{user_id}")


def hold_account(generation_id: GenerationId, run: int) -> AccountId:
    """What is set aside for one run of a generation."""
    return AccountId(f"hold:{generation_id}:{run}")


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a transfer is for: the work or the purchase it belongs to, the fault that gave it back, words."""

    generation_id: GenerationId | None = None
    run: int | None = None
    step: StepName | None = None
    fault: str | None = None
    reason: str | None = None
    purchase_id: PurchaseId | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """One line of the ledger: tokens leave the debit account and arrive at the credit account, for good.

    Each of its accounts that is not a world account chains it to the line before: a link is the SHA-256 of
    the link before and of everything that the line says, so a line edited later no longer fits.
    """

    user_id: UserId
    entry: int  # the line's number in this user's ledger: 1, 2, 3 without a gap
    kind: TransferKind
    debit_account: AccountId
    credit_account: AccountId
    amount_tokens: int
    idempotency_key: str
    purpose: Purpose
    posted_at: datetime
    debit_link: bytes | None = None
    credit_link: bytes | None = None

    @property
    def request_hash(self) -> bytes:
        """SHA-256 of what was asked for: tells a repetition from another request under the same key."""
        purpose = self.purpose
        content: list[str | int | None] = [self.user_id, self.kind]
        content += [self.debit_account, self.credit_account, self.amount_tokens]
        content += [_text(purpose.generation_id), purpose.run, purpose.step, purpose.fault, purpose.reason]
        if purpose.purchase_id is not None:
            content.append(_text(purpose.purchase_id))
        return hashlib.sha256(_json(content)).digest()

    @property
    def content(self) -> bytes:
        """Everything the line says, as `line_content` of the database spells it: a JSON array in this order."""
        purpose = self.purpose
        content: list[str | int | None] = [self.user_id, self.entry, self.kind]
        content += [self.debit_account, self.credit_account, self.amount_tokens]
        content += [self.idempotency_key, self.request_hash.hex()]
        content += [_text(purpose.generation_id), purpose.run, purpose.step, purpose.fault, purpose.reason]
        content += [_text(purpose.purchase_id), (self.posted_at - UNIX_EPOCH) // timedelta(microseconds=1)]
        return _json(content)


@dataclass(slots=True)
class Account:
    """A user's or a hold's sums of everything that left and arrived. Only `post` changes them."""

    id: AccountId
    user_id: UserId
    debits_tokens: int = 0
    credits_tokens: int = 0
    link: bytes = FIRST_LINK  # of its last line

    @property
    def balance_tokens(self) -> int:
        return self.credits_tokens - self.debits_tokens

    @property
    def is_receivable(self) -> bool:
        """Whether it says what is owed: never above zero, where all others are never below."""
        return self.id.startswith(RECEIVABLE_PREFIX)


@dataclass(frozen=True, slots=True)
class World:
    """An account outside of everybody's: it keeps no sums, for every transfer would queue for its row.

    Its balance is what its transfers add up to, when somebody asks.
    """

    id: AccountId


GRANTS: Final = World(AccountId("world:grants"))
SALES: Final = World(AccountId("world:sales"))
PLATFORM: Final = World(AccountId("world:platform"))

_ROUTES: Final[dict[TransferKind, tuple[str, tuple[str, ...]]]] = {
    TransferKind.GRANT: (GRANTS.id, ("user:",)),
    TransferKind.PURCHASE: (SALES.id, ("user:",)),
    TransferKind.HOLD: ("user:", ("hold:",)),
    TransferKind.CAPTURE: ("hold:", (PLATFORM.id,)),
    TransferKind.RELEASE: ("hold:", ("user:",)),
    TransferKind.REFUND: (PLATFORM.id, ("user:",)),
    TransferKind.REVERSAL: ("user:", (SALES.id, RECEIVABLE_PREFIX)),
    TransferKind.RECEIVABLE: (RECEIVABLE_PREFIX, ("user:",)),
}
"""Where each kind comes from and where it may go."""


def post(transfer: Transfer, debit: Account | World, credit: Account | World) -> Transfer:
    """Move the tokens; returns the line chained to those before it.

    Raises WrongRoute or BalanceTooSmall, and then nothing has changed.
    """
    _check_route(transfer, debit, credit)
    _check_balances(transfer, debit, credit)
    content = transfer.content
    if isinstance(debit, Account):
        debit.debits_tokens += transfer.amount_tokens
        debit.link = hashlib.sha256(debit.link + content).digest()
        transfer = replace(transfer, debit_link=debit.link)
    if isinstance(credit, Account):
        credit.credits_tokens += transfer.amount_tokens
        credit.link = hashlib.sha256(credit.link + content).digest()
        transfer = replace(transfer, credit_link=credit.link)
    return transfer


def _check_route(transfer: Transfer, debit: Account | World, credit: Account | World) -> None:
    if transfer.amount_tokens <= 0:
        raise WrongRoute(f"{transfer.idempotency_key}: {transfer.amount_tokens} is not an amount to move")
    named = (transfer.debit_account, transfer.credit_account)
    owners = {end.user_id for end in (debit, credit) if isinstance(end, Account)}
    start, ends = _ROUTES[transfer.kind]
    right = named[0].startswith(start) and named[1].startswith(ends)
    if not right or named != (debit.id, credit.id) or owners != {transfer.user_id}:
        raise WrongRoute(f"a {transfer.kind} does not go from {named[0]} to {named[1]}")


def _check_balances(transfer: Transfer, debit: Account | World, credit: Account | World) -> None:
    tokens = transfer.amount_tokens
    if isinstance(debit, Account) and not debit.is_receivable and debit.balance_tokens < tokens:
        raise BalanceTooSmall(
            f"{transfer.idempotency_key} takes {tokens} tokens, {debit.id} has {debit.balance_tokens}"
        )
    if isinstance(credit, Account) and credit.is_receivable and credit.balance_tokens + tokens > 0:
        raise BalanceTooSmall(
            f"{transfer.idempotency_key} pays {tokens} tokens back, {-credit.balance_tokens} are owed"
        )


def _json(content: list[str | int | None]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _text(identifier: GenerationId | PurchaseId | None) -> str | None:
    return None if identifier is None else str(identifier)
