"""Double entry: what a transfer may and may not do."""

from datetime import UTC, datetime

import pytest
from autocrea.billing.domain.errors import BalanceTooSmall, IdempotencyConflict, WrongRoute
from autocrea.billing.domain.ledger import (
    GRANTS,
    PLATFORM,
    Account,
    Purpose,
    Transfer,
    TransferKind,
    World,
    hold_account,
    post,
    user_account,
)
from autocrea.billing.domain.wallet import Wallet
from autocrea.contracts.ids import UserId
from billing_desk import generation

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADA = UserId("user_ada")


def user() -> Account:
    return Account(user_account(ADA), ADA, 0, 10)


def hold() -> Account:
    return Account(hold_account(generation(1), 1), ADA, 0, 10)


def transfer(kind: TransferKind, debit: Account | World, credit: Account | World, tokens: int) -> Transfer:
    return Transfer(ADA, 1, kind, debit.id, credit.id, tokens, "key", Purpose(), NOW)


def test_both_sides_move_by_the_amount_when_a_transfer_is_posted() -> None:
    debit, credit = user(), hold()

    post(transfer(TransferKind.HOLD, debit, credit, 4), debit, credit)

    assert (debit.balance_tokens, credit.balance_tokens) == (6, 14)


def test_nothing_moves_when_the_debit_account_has_too_little() -> None:
    debit, credit = user(), hold()

    with pytest.raises(BalanceTooSmall):
        post(transfer(TransferKind.HOLD, debit, credit, 11), debit, credit)

    assert (debit.balance_tokens, credit.balance_tokens) == (10, 10)


@pytest.mark.parametrize("tokens", [0, -1])
def test_a_transfer_is_refused_when_its_amount_is_not_positive(tokens: int) -> None:
    with pytest.raises(WrongRoute):
        post(transfer(TransferKind.HOLD, user(), hold(), tokens), user(), hold())


@pytest.mark.parametrize(
    ("kind", "debit", "credit"),
    [
        (TransferKind.GRANT, PLATFORM, user()),
        (TransferKind.HOLD, hold(), user()),
        (TransferKind.CAPTURE, user(), PLATFORM),
        (TransferKind.RELEASE, hold(), PLATFORM),
        (TransferKind.REFUND, GRANTS, user()),
        (TransferKind.REFUND, PLATFORM, hold()),
        (TransferKind.HOLD, user(), Account(hold_account(generation(1), 1), UserId("user_bruno"))),
    ],
)
def test_a_transfer_is_refused_when_its_kind_does_not_connect_the_accounts(
    kind: TransferKind, debit: Account | World, credit: Account | World
) -> None:
    with pytest.raises(WrongRoute):
        post(transfer(kind, debit, credit, 1), debit, credit)


def test_the_first_result_stands_when_a_grant_is_repeated_under_its_key() -> None:
    wallet = Wallet(ADA)

    assert wallet.grant(5, "key", Purpose(reason="gift"), NOW)
    assert not wallet.grant(5, "key", Purpose(reason="gift"), NOW)
    assert (wallet.available_tokens, wallet.entries, len(wallet.posted)) == (5, 1, 1)


@pytest.mark.parametrize(("tokens", "reason"), [(6, "gift"), (5, "other")])
def test_another_request_is_refused_when_its_key_was_used(tokens: int, reason: str) -> None:
    wallet = Wallet(ADA)
    wallet.grant(5, "key", Purpose(reason="gift"), NOW)

    with pytest.raises(IdempotencyConflict):
        wallet.grant(tokens, "key", Purpose(reason=reason), NOW)

    assert wallet.available_tokens == 5
