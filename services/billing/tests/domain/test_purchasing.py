"""Purchases: what Stripe tells, in every order and any number of times, comes to the same."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from autocrea.billing.domain.errors import WrongPayment
from autocrea.billing.domain.purchasing import Fact
from autocrea.contracts.billing.v1 import PurchaseChanged, ReservationRefused
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import UserId
from billing_desk import (
    ADA,
    Desk,
    balance,
    completed,
    dispute,
    generation,
    purchase_id,
    refund,
    reserve,
    session,
    settle,
)
from hypothesis import given
from hypothesis import strategies as st

BRUNO = UserId("user_bruno")


def stands(desk: Desk, number: int = 1) -> tuple[str, int, int]:
    """State, tokens taken back, and what the buyer has (owed tokens below zero)."""
    purchase = desk.books.purchases[purchase_id(number)]
    wallet = desk.wallet(purchase.user_id)
    return purchase.state.value, purchase.reversed_tokens, wallet.available_tokens - wallet.receivable_tokens


def told(answers: Sequence[Any]) -> list[tuple[int, str]]:
    return [(one.version, one.state) for one in answers if isinstance(one, PurchaseChanged)]


def test_a_paid_session_is_credited_once_however_often_it_is_told(desk: Desk) -> None:
    first = desk.tell(session())
    again = desk.tell(session(), session())

    assert told(first) == [(1, "credited")]
    assert balance(first).changes[0].purchase_id == purchase_id()
    assert again == []
    assert [line.idempotency_key for line in desk.ledger] == ["purchase:cs_1"]
    assert stands(desk) == ("credited", 0, 100)


@pytest.mark.parametrize(
    ("facts", "states", "tokens"),
    [
        ([session("unpaid"), session("paid")], ["started", "credited"], 100),
        ([session("unpaid"), session("failed")], ["started", "failed"], 0),
        ([session("failed"), session("unpaid")], ["failed"], 0),
        ([session("paid"), session("unpaid"), session("failed")], ["credited"], 100),
        ([session("unpaid", status="expired")], ["expired"], 0),
        ([session("unpaid", status="expired"), session("unpaid", status="open")], ["expired"], 0),
    ],
)
def test_states_follow_what_is_told_and_never_go_back(
    desk: Desk, facts: list[Fact], states: list[str], tokens: int
) -> None:
    answers = [answer for fact in facts for answer in desk.tell(fact)]

    assert [state for _, state in told(answers)] == states
    assert stands(desk)[2] == tokens


def test_a_refund_takes_the_tokens_and_what_is_spent_is_owed(desk: Desk) -> None:
    desk.tell(session())
    desk.send(reserve(generation(1), caps={"backend": 60}))
    desk.send(completed(generation(1), "backend", 60))
    desk.send(settle(generation(1), {"backend": 60}))

    changed = balance(desk.tell(refund(500)))
    [refused] = desk.send(reserve(generation(2), caps={"backend": 1}))

    assert (changed.available, changed.receivable) == (0, 60)
    assert isinstance(refused, ReservationRefused)
    assert refused.fault == FaultCode.RECEIVABLE_OPEN
    assert stands(desk) == ("refunded", 100, -60)
    desk.tell(session(number=2, pack=1))
    assert (desk.wallet().available_tokens, desk.wallet().receivable_tokens) == (440, 0)
    assert desk.send(reserve(generation(2), caps={"backend": 1}))[0].name == "billing.tokens_reserved"


def test_held_tokens_are_left_to_their_run_and_what_it_releases_pays_back(desk: Desk) -> None:
    desk.tell(session())
    desk.send(reserve(generation(1), caps={"backend": 60}))
    desk.tell(refund(500))
    assert (desk.wallet().available_tokens, desk.wallet().receivable_tokens) == (0, 60)

    desk.send(completed(generation(1), "backend", 25))
    desk.send(settle(generation(1), {"backend": 25}))

    assert (desk.wallet().available_tokens, desk.wallet().receivable_tokens) == (0, 25)


def test_partial_refunds_take_their_part_and_together_never_more_than_the_money(desk: Desk) -> None:
    desk.tell(session())
    taken = []
    for number, amount in enumerate((3, 4, 3, 490)):
        desk.tell(refund(amount, id_=f"re_{number}"))
        taken.append(desk.books.purchases[purchase_id()].reversed_tokens)

    assert taken == [0, 1, 2, 100]
    assert stands(desk) == ("refunded", 100, 0)
    assert [line.idempotency_key for line in desk.ledger if line.kind == "reversal"] == [
        "reversal:re_1",
        "reversal:re_2",
        "reversal:re_3",
    ]


def test_a_refund_that_fails_gives_the_tokens_back(desk: Desk) -> None:
    desk.tell(session(), refund(500, "pending"))
    assert stands(desk) == ("refunded", 100, 0)

    desk.tell(refund(500, "failed", at=9))

    assert stands(desk) == ("credited", 0, 100)
    assert [line.kind for line in desk.ledger] == ["purchase", "reversal", "purchase"]


@pytest.mark.parametrize(
    ("course", "end"),
    [
        (["needs_response", "under_review", "won"], ("credited", 0, 100)),
        (["needs_response", "lost"], ("disputed", 100, 0)),
        (["needs_response", "lost", "appeal_needs_response", "won"], ("credited", 0, 100)),
        (["warning_needs_response", "warning_closed"], ("credited", 0, 100)),
        (["warning_needs_response", "needs_response"], ("disputed", 100, 0)),
    ],
)
def test_a_dispute_takes_the_tokens_for_as_long_as_the_bank_has_the_money(
    desk: Desk, course: list[str], end: tuple[str, int, int]
) -> None:
    desk.tell(session())
    for at, status in enumerate(course):
        desk.tell(dispute(500, status, at=at))

    assert stands(desk) == end


def test_every_turn_of_a_dispute_has_a_line_of_its_own(desk: Desk) -> None:
    """Won, taken back again, won again: Stripe promises not to, and the ledger does not need the promise."""
    desk.tell(session())
    for at, status in enumerate(["needs_response", "won", "appeal_under_review", "won"]):
        desk.tell(dispute(500, status, at=at))

    keys = [line.idempotency_key for line in desk.ledger]
    assert keys[1:] == ["reversal:dp_1", "purchase:dp_1", "reversal:dp_1:2", "purchase:dp_1:2"]
    assert stands(desk) == ("credited", 0, 100)


COURSES: dict[str, list[Fact]] = {
    "deferred, then two partial refunds": [
        session("unpaid"),
        session("paid"),
        refund(200, id_="re_1"),
        refund(150, id_="re_2"),
    ],
    "refund that fails, and one that stays": [
        session("paid"),
        refund(300, "pending", id_="re_1"),
        refund(300, "failed", id_="re_1", at=5),
        refund(100, id_="re_2"),
    ],
    "dispute won": [
        session("paid"),
        dispute(500, "needs_response"),
        dispute(500, "under_review", at=1),
        dispute(500, "won", at=2),
    ],
    "dispute lost after a partial refund": [
        session("paid"),
        refund(200),
        dispute(300, "needs_response", at=1),
        dispute(300, "lost", at=2),
    ],
    "all within one second": [
        session("unpaid"),
        session("paid"),
        dispute(500, "needs_response"),
        dispute(500, "won"),
    ],
}


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES.keys())
def test_every_order_comes_to_the_same_when_the_events_of_a_purchase_are_permuted(course: list[Fact]) -> None:
    ends = set()
    for order in itertools.permutations(course):
        desk = Desk()
        for fact in order:
            desk.tell(fact)
        ends.add(stands(desk))
        assert sum(desk.balances().values()) == 0

    assert len(ends) == 1, ends


@given(data=st.data())
def test_every_order_and_repetition_in_any_batches_comes_to_the_same(data: st.DataObject) -> None:
    course = data.draw(st.sampled_from(list(COURSES.values())))
    straight = Desk()
    straight.tell(*course)
    many = data.draw(st.lists(st.sampled_from(course), max_size=12))
    shuffled = data.draw(st.permutations([*course, *many]))
    desk = Desk()
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        desk.tell(*shuffled[:size])
        shuffled = shuffled[size:]

    assert stands(desk) == stands(straight)
    assert len({line.idempotency_key for line in desk.ledger}) == len(desk.ledger)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 499},
        {"tokens": 1_000},
        {"currency": "eur"},
        {"pack": "giant"},
        {"rate_card_version": "1999-01-01"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_nothing_is_credited_when_a_session_is_not_what_was_for_sale(
    desk: Desk, wrong: dict[str, Any]
) -> None:
    with pytest.raises(WrongPayment):
        desk.tell(replace(session(), **wrong))

    assert desk.ledger == []


@pytest.mark.parametrize(
    "wrong",
    [{"session_id": "cs_other"}, {"user_id": BRUNO}, {"amount": 1}, {"tokens": 2_000}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_nothing_moves_when_a_session_is_told_otherwise_than_before(
    desk: Desk, wrong: dict[str, Any]
) -> None:
    desk.tell(session("unpaid", status="open"))

    with pytest.raises(WrongPayment):
        desk.tell(replace(session(), **wrong))


def test_nothing_moves_when_a_payment_is_claimed_by_a_second_purchase(desk: Desk) -> None:
    desk.tell(session())

    with pytest.raises(WrongPayment, match="belongs to"):
        desk.tell(session(number=2, user=BRUNO, paid_by="pi_1"))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(refund(500), amount=400),
        replace(refund(500), currency="eur"),
        replace(refund(500), status="new"),
    ],
    ids=["amount", "currency", "status"],
)
def test_nothing_moves_when_a_refund_is_told_otherwise_or_in_words_that_are_new(
    desk: Desk, wrong: Fact
) -> None:
    desk.tell(session(), refund(500, "pending"))

    with pytest.raises(WrongPayment):
        desk.tell(wrong)


def test_a_refund_in_another_currency_is_not_reckoned(desk: Desk) -> None:
    desk.tell(session())

    with pytest.raises(WrongPayment, match="eur"):
        desk.tell(replace(refund(500), currency="eur"))


def test_another_users_tokens_stay_when_a_purchase_is_taken_back(ada: Desk) -> None:
    ada.tell(session(user=BRUNO))
    ada.tell(refund(500))

    assert ada.wallet(ADA).available_tokens == 100
    assert ada.wallet(BRUNO).available_tokens == 0
