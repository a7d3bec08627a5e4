"""What Stripe and the history have, beside what the ledger has: every difference is named, and nothing else."""

from dataclasses import replace

import pytest
from autocrea.billing.domain.reconciliation import (
    Booked,
    Ended,
    KnownGeneration,
    KnownPurchase,
    KnownReversal,
    Told,
    missing_lines,
    payments_apart,
    runs_apart,
    versions_behind,
)
from autocrea.contracts.billing.v1 import BalanceChanged
from autocrea.contracts.ids import ProjectId, StepName
from autocrea.contracts.orchestrator.v1 import GenerationFailed
from autocrea.contracts.shapes import StepOutcome
from billing_desk import ADA, Desk, dispute, generation, opened, purchase_id, refund, reserve, session

G = generation(1)
CREDITED = {purchase_id(): KnownPurchase("cs_1", credited=True)}


def ids(differences: object) -> list[tuple[str, str]]:
    return [(one.kind.value, one.id) for one in differences]  # type: ignore[attr-defined]


def test_what_was_told_of_a_ledger_names_all_its_lines(ada: Desk) -> None:
    told = Told()
    answers = [*Desk().send(opened()), *ada.send(reserve(generation(1)))]
    for message in [answer for answer in answers if isinstance(answer, BalanceChanged)] * 2:
        told.add(message)

    booked = {line.idempotency_key: Booked(ADA, line.amount_tokens) for line in ada.ledger}
    assert told.lines == booked
    assert told.balances == {ADA: 2}
    assert ids(missing_lines(told.lines, booked)) == []
    hold = f"hold:{generation(1)}:1"
    assert ids(missing_lines(told.lines, {k: v for k, v in booked.items() if k != hold})) == [("line", hold)]
    assert ids(missing_lines(told.lines, {**booked, hold: Booked(ADA, 1)})) == [("line", hold)]


def ending(run: int = 1, net: dict[str, int] | None = None) -> GenerationFailed:
    steps = tuple(
        StepOutcome(step=StepName(name), state="completed", charge_tokens=tokens, net_tokens=tokens)
        for name, tokens in (net or {}).items()
    )
    return GenerationFailed(
        generation_id=G, run=run, user_id=ADA, project_id=ProjectId(G), sequence=run, fault="verification_failed",
        steps=steps, net_tokens=0, refunded_tokens=0, retry=None,
    )  # fmt: skip


def test_the_end_of_the_last_run_counts_in_whatever_order_ends_are_told() -> None:
    told = Told()
    for fact in (ending(2, {"backend": 7}), ending(1, {"backend": 0})):
        told.add(fact)

    assert told.ended == {G: Ended(2, {StepName("backend"): 7})}


@pytest.mark.parametrize(
    ("known", "differ"),
    [
        (KnownGeneration(1, frozenset(), {StepName("backend"): 7}), 0),
        (KnownGeneration(1, frozenset({1}), {StepName("backend"): 7}), 1),
        (KnownGeneration(1, frozenset(), {StepName("backend"): 6}), 1),
        (KnownGeneration(2, frozenset({2}), {}), 0),
        (None, 1),
    ],
    ids=["as told", "hold open", "other price", "a later run goes on", "nothing of it"],
)
def test_a_run_that_ended_is_named_when_the_ledger_has_it_otherwise(
    known: KnownGeneration | None, differ: int
) -> None:
    ended = {G: Ended(1, {StepName("backend"): 7})}

    found = list(runs_apart(ended, {} if known is None else {G: known}))

    assert ids(found) == [("hold", f"{G}:1")] * differ


def test_a_version_is_behind_when_a_higher_one_was_told() -> None:
    assert ids(versions_behind("balance", {"a": 3, "b": 2, "c": 1}, {"a": 2, "b": 2})) == [
        ("version", "a"),
        ("version", "c"),
    ]


def test_payments_agree_when_stripe_has_what_we_have() -> None:
    known = {"re_1": KnownReversal("succeeded", booked=True), "dp_1": KnownReversal("won", booked=False)}
    facts = [refund(100), dispute(400, "won")]

    assert ids(payments_apart([session()], facts, CREDITED, known, [])) == []
    assert ids(payments_apart([session("unpaid", status="open")], [], {}, {}, [])) == []


def test_a_paid_session_is_named_when_nothing_was_credited() -> None:
    waiting = {purchase_id(): KnownPurchase("cs_1", credited=False)}
    for purchases in ({}, waiting):
        assert ids(payments_apart([session()], [], purchases, {}, [])) == [("payment", str(purchase_id()))]


def test_a_purchase_is_named_when_stripe_has_it_under_another_session() -> None:
    other = {purchase_id(): KnownPurchase("cs_2", credited=True)}
    assert ids(payments_apart([session()], [], other, {}, [])) == [("payment", str(purchase_id()))]


def test_a_reversal_is_named_when_it_is_unknown_or_stands_otherwise() -> None:
    lost = KnownReversal("won", booked=False)
    facts = [refund(100), dispute(400, "lost")]

    assert ids(payments_apart([session()], facts, CREDITED, {"dp_1": lost}, [])) == [
        ("payment", "re_1"),
        ("payment", "dp_1"),
    ]


def test_a_refund_of_somebody_elses_payment_is_none_of_ours() -> None:
    foreign = replace(refund(100), payment_id="pi_of_another_shop")
    assert ids(payments_apart([session()], [foreign], CREDITED, {}, [])) == []


def test_a_refund_is_ours_however_old_its_purchase_is() -> None:
    found = payments_apart([], [refund(100)], {}, {}, {refund(100).payment_id})
    assert ids(found) == [("payment", "re_1")]
