"""Double entry: what a transfer may and may not do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from autocrea.billing.domain.errors import BalanceTooSmall, IdempotencyConflict, WrongRoute
from autocrea.billing.domain.ledger import (
    GRANTS,
    PLATFORM,
    SALES,
    Account,
    Purpose,
    Transfer,
    TransferKind,
    World,
    hold_account,
    post,
    receivable_account,
    user_account,
)
from autocrea.billing.domain.wallet import Wallet
from autocrea.contracts.ids import PurchaseId, UserId
from billing_desk import generation

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADA = UserId("user_ada")
PURPOSE = Purpose(purchase_id=PurchaseId(UUID(int=7)))


def user() -> Account:
    return Account(user_account(ADA), ADA, 0, 10)


def hold() -> Account:
    return Account(hold_account(generation(1), 1), ADA, 0, 10)


def receivable() -> Account:
    return Account(receivable_account(ADA), ADA, 4, 0)


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
        (TransferKind.PURCHASE, GRANTS, user()),
        (TransferKind.PURCHASE, SALES, hold()),
        (TransferKind.REVERSAL, hold(), SALES),
        (TransferKind.REVERSAL, user(), PLATFORM),
        (TransferKind.RECEIVABLE, user(), receivable()),
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


def test_what_is_owed_grows_below_zero_and_is_never_paid_back_twice() -> None:
    owed, account = receivable(), user()

    post(transfer(TransferKind.RECEIVABLE, owed, account, 3), owed, account)
    post(transfer(TransferKind.REVERSAL, account, owed, 7), account, owed)
    with pytest.raises(BalanceTooSmall, match="0 are owed"):
        post(transfer(TransferKind.REVERSAL, account, owed, 1), account, owed)

    assert (owed.balance_tokens, account.balance_tokens) == (0, 6)


def test_a_line_is_chained_to_the_one_before_on_both_sides() -> None:
    debit, credit = user(), hold()
    before = debit.link, credit.link

    first = post(transfer(TransferKind.HOLD, debit, credit, 1), debit, credit)
    second = post(transfer(TransferKind.HOLD, debit, credit, 1), debit, credit)

    assert before == (b"", b"")
    assert first.debit_link == sha256(first.content).digest() == first.credit_link
    assert second.debit_link == sha256(first.debit_link + second.content).digest() == debit.link


def test_a_world_account_is_not_chained_for_everybody_would_queue_for_its_end() -> None:
    account = user()

    line = post(transfer(TransferKind.GRANT, GRANTS, account, 1), GRANTS, account)

    assert (line.debit_link, line.credit_link) == (None, account.link)


@pytest.mark.parametrize(
    "edited",
    [
        {"amount_tokens": 2},
        {"idempotency_key": "other"},
        {"entry": 2},
        {"posted_at": NOW + timedelta(microseconds=1)},
        {"purpose": Purpose(reason="other")},
        {"purpose": Purpose(purchase_id=PurchaseId(UUID(int=1)))},
    ],
    ids=lambda edited: next(iter(edited)),
)
def test_another_link_comes_out_when_anything_in_a_line_is_edited(edited: dict[str, Any]) -> None:
    line = transfer(TransferKind.GRANT, GRANTS, user(), 1)

    assert replace(line, **edited).content != line.content


def test_a_reversal_takes_what_is_there_and_the_rest_is_owed() -> None:
    wallet = Wallet(ADA)
    wallet.grant(30, "key", Purpose(reason="gift"), NOW)

    assert wallet.reverse(100, "re_1", PURPOSE, NOW)

    assert (wallet.available_tokens, wallet.receivable_tokens) == (0, 70)
    assert [(line.kind, line.amount_tokens) for line in wallet.posted[1:]] == [
        ("receivable", 70),
        ("reversal", 100),
    ]


def test_what_comes_in_pays_back_what_is_owed_before_anything_else() -> None:
    wallet = Wallet(ADA)
    wallet.reverse(70, "re_1", PURPOSE, NOW)

    wallet.purchase(50, "cs_1", PURPOSE, NOW)
    assert (wallet.available_tokens, wallet.receivable_tokens) == (0, 20)
    wallet.grant(50, "key", Purpose(reason="gift"), NOW)

    assert (wallet.available_tokens, wallet.receivable_tokens) == (30, 0)
    assert [line.idempotency_key for line in wallet.posted] == [
        "receivable:re_1",
        "reversal:re_1",
        "cs_1",
        "reversal:covered:cs_1",
        "key",
        "reversal:covered:key",
    ]


def test_a_reversal_is_booked_once_when_it_is_repeated_after_its_tokens_were_spent() -> None:
    wallet = Wallet(ADA)
    wallet.reverse(70, "re_1", PURPOSE, NOW)

    assert not wallet.reverse(70, "re_1", PURPOSE, NOW)
    assert (wallet.receivable_tokens, len(wallet.posted)) == (70, 2)
