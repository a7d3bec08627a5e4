"""Double entry, the whole of it: accounts, transfers between them, the rules no transfer may break."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from autocrea.billing.domain.errors import BalanceTooSmall, WrongRoute
from autocrea.contracts.ids import GenerationId, StepName, UserId

AccountId = NewType("AccountId", str)


class TransferKind(StrEnum):
    """Why tokens move."""

    GRANT = "grant"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    REFUND = "refund"


def user_account(user_id: UserId) -> AccountId:
    """What the user can spend."""
    return AccountId(f"user:{user_id}")


def receivable_account(user_id: UserId) -> AccountId:
    """What the user owes: its debits are larger than its credits while something is owed."""
    return AccountId(f"receivable:{user_id}")


def hold_account(generation_id: GenerationId, run: int) -> AccountId:
    """What is set aside for one run of a generation."""
    return AccountId(f"hold:{generation_id}:{run}")


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a transfer is for: the work it pays, the fault that gave it back, the operator's words."""

    generation_id: GenerationId | None = None
    run: int | None = None
    step: StepName | None = None
    fault: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """One line of the ledger: tokens leave the debit account and arrive at the credit account, for good."""

    user_id: UserId
    entry: int  # the line's number in this user's ledger: 1, 2, 3 without a gap
    kind: TransferKind
    debit_account: AccountId
    credit_account: AccountId
    amount_tokens: int
    idempotency_key: str
    purpose: Purpose
    posted_at: datetime

    @property
    def request_hash(self) -> bytes:
        """SHA-256 of what was asked for: tells a repetition from another request under the same key."""
        purpose = self.purpose
        generation_id = str(purpose.generation_id) if purpose.generation_id else None
        content = [self.user_id, self.kind, self.debit_account, self.credit_account, self.amount_tokens]
        content += [generation_id, purpose.run, purpose.step, purpose.fault, purpose.reason]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).digest()


@dataclass(slots=True)
class Account:
    """A user's or a hold's sums of everything that left and arrived. Only `post` changes them."""

    id: AccountId
    user_id: UserId
    debits_tokens: int = 0
    credits_tokens: int = 0

    @property
    def balance_tokens(self) -> int:
        return self.credits_tokens - self.debits_tokens


@dataclass(frozen=True, slots=True)
class World:
    """An account outside of everybody's: it keeps no sums, for every transfer would queue for its row.

    Its balance is what its transfers add up to, when somebody asks.
    """

    id: AccountId


GRANTS: Final = World(AccountId("world:grants"))
PLATFORM: Final = World(AccountId("world:platform"))

_ROUTES: Final[dict[TransferKind, tuple[str, str]]] = {
    TransferKind.GRANT: (GRANTS.id, "user:"),
    TransferKind.HOLD: ("user:", "hold:"),
    TransferKind.CAPTURE: ("hold:", PLATFORM.id),
    TransferKind.RELEASE: ("hold:", "user:"),
    TransferKind.REFUND: (PLATFORM.id, "user:"),
}


def post(transfer: Transfer, debit: Account | World, credit: Account | World) -> None:
    """Move the tokens. Raises WrongRoute or BalanceTooSmall, and then nothing has changed."""
    _check_route(transfer, debit, credit)
    if isinstance(debit, Account):
        if debit.balance_tokens < transfer.amount_tokens:
            raise BalanceTooSmall(
                f"{transfer.idempotency_key} takes {transfer.amount_tokens} tokens, "
                f"{debit.id} has {debit.balance_tokens}"
            )
        debit.debits_tokens += transfer.amount_tokens
    if isinstance(credit, Account):
        credit.credits_tokens += transfer.amount_tokens


def _check_route(transfer: Transfer, debit: Account | World, credit: Account | World) -> None:
    if transfer.amount_tokens <= 0:
        raise WrongRoute(f"{transfer.idempotency_key}: {transfer.amount_tokens} is not an amount to move")
    named = (transfer.debit_account, transfer.credit_account)
    owners = {end.user_id for end in (debit, credit) if isinstance(end, Account)}
    starts = _ROUTES[transfer.kind]
    right = all(name.startswith(start) for name, start in zip(named, starts, strict=True))
    if not right or named != (debit.id, credit.id) or owners != {transfer.user_id}:
        raise WrongRoute(f"a {transfer.kind} does not go from {named[0]} to {named[1]}")
