"""Every row of the `holds` machine, early, late and repeated messages included, as conversations."""

import pytest
from autocrea.billing.domain.errors import CapExceeded, WrongOwner
from autocrea.billing.domain.holds import HoldState
from autocrea.contracts.billing.v1 import BalanceChanged, ReservationRefused, TokensReserved, TokensSettled
from autocrea.contracts.envelope import seal
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import UserId
from billing_desk import CAPS, Desk, balance, completed, generation, reserve, settle

G = generation(1)
ALL = {"architecture": 5, "backend": 11, "frontend": 9, "devops": 3, "security_audit": 4}


def test_reservation_holds_every_cap_and_pins_the_prices_when_there_is_no_hold(ada: Desk) -> None:
    reserved, changed = ada.send(reserve(G))

    assert isinstance(reserved, TokensReserved)
    assert reserved.held_tokens == 50
    assert reserved.rate_card_version == ada.card.version
    assert [model.model for model in reserved.models] == [model.model for model in ada.card.models]
    assert isinstance(changed, BalanceChanged)
    assert (changed.version, changed.available, changed.held) == (2, 50, 50)
    assert [(c.kind, c.tokens, c.generation_id, c.run) for c in changed.changes] == [("hold", 50, G, 1)]


def test_reservation_is_refused_and_leaves_no_hold_when_tokens_do_not_suffice(ada: Desk) -> None:
    ada.send(reserve(G))
    other = generation(2)

    [refused] = ada.send(reserve(other, caps={"architecture": 51}))

    assert isinstance(refused, ReservationRefused)
    assert refused.fault == FaultCode.INSUFFICIENT_TOKENS
    assert (refused.available_tokens, refused.needed_tokens) == (50, 51)
    assert (other, 1) not in ada.wallet().holds


def test_one_of_two_reservations_is_refused_when_one_batch_wants_more_than_there_is(ada: Desk) -> None:
    ada.send(reserve(generation(7), caps={"architecture": 40}))

    answers = ada.send(reserve(generation(1)), reserve(generation(2)))

    assert [type(answer) for answer in answers] == [TokensReserved, ReservationRefused, BalanceChanged]
    assert ada.wallet().available_tokens == 10


def test_account_is_opened_and_welcomed_when_the_reservation_comes_first(desk: Desk) -> None:
    reserved, changed = desk.send(reserve(G, verified=True))

    assert isinstance(reserved, TokensReserved)
    assert isinstance(changed, BalanceChanged)
    assert (changed.version, changed.available, changed.held) == (1, 50, 50)
    assert [change.kind for change in changed.changes] == ["grant", "hold"]


def test_account_is_opened_and_told_when_an_unverified_person_has_nothing_to_hold(desk: Desk) -> None:
    refused, changed = desk.send(reserve(G))

    assert isinstance(refused, ReservationRefused)
    assert refused.fault == FaultCode.INSUFFICIENT_TOKENS
    assert isinstance(changed, BalanceChanged)
    assert (changed.version, changed.available, changed.changes) == (1, 0, ())


def test_reservation_is_refused_when_its_rate_card_was_never_published(ada: Desk) -> None:
    [refused] = ada.send(reserve(G, version="1999-12-31"))

    assert isinstance(refused, ReservationRefused)
    assert refused.fault == FaultCode.QUOTE_CHANGED


def test_reservation_is_refused_when_tokens_of_a_reversed_payment_are_owed(ada: Desk) -> None:
    ada.wallet().receivable.debits_tokens = 1

    [refused] = ada.send(reserve(G))

    assert isinstance(refused, ReservationRefused)
    assert refused.fault == FaultCode.RECEIVABLE_OPEN


def test_nothing_happens_when_a_reservation_is_repeated_on_an_open_hold(ada: Desk) -> None:
    ada.send(reserve(G))
    lines = list(ada.ledger)

    assert ada.send(reserve(G)) == []
    assert ada.ledger == lines


def test_a_run_with_nothing_to_pay_is_reserved_and_settled_without_a_line(ada: Desk) -> None:
    [reserved] = ada.send(reserve(G, caps={}))
    [settled] = ada.send(settle(G, {}))

    assert isinstance(reserved, TokensReserved)
    assert isinstance(settled, TokensSettled)
    assert ada.kinds() == ["grant"]


def test_settlement_closes_the_run_and_answers_empty_when_there_is_no_hold(ada: Desk) -> None:
    [settled] = ada.send(settle(G, {}, outcome="cancelled", fault="cancelled_by_user"))

    assert settled == TokensSettled(generation_id=G, run=1, charges={}, refunds={}, released_tokens=0)
    assert ada.wallet().holds[G, 1].state is HoldState.CLOSED


def test_a_late_reservation_does_nothing_when_the_run_was_settled_before_it(ada: Desk) -> None:
    ada.send(settle(G, {}, outcome="cancelled", fault="cancelled_by_user"))

    assert ada.send(reserve(G)) == []
    assert ada.wallet().available_tokens == 100


def test_a_step_is_captured_once_when_its_completion_is_told_twice(ada: Desk) -> None:
    ada.send(reserve(G))

    changed = balance(ada.send(completed(G, "architecture", 5, sequence=3)))
    repeated = ada.send(completed(G, "architecture", 5, sequence=4))

    assert (changed.available, changed.held) == (50, 45)
    assert [(c.kind, c.tokens, c.step) for c in changed.changes] == [("capture", 5, "architecture")]
    assert repeated == []


def test_no_line_is_booked_and_none_later_when_a_step_cost_nothing(ada: Desk) -> None:
    ada.send(reserve(G))

    assert ada.send(completed(G, "devops", 0)) == []
    assert ada.send(completed(G, "devops", 4)) == []
    assert ada.kinds() == ["grant", "hold"]


@pytest.mark.parametrize(("step", "tokens"), [("architecture", 9), ("testing", 1)])
def test_a_capture_is_a_bug_and_moves_nothing_when_it_is_above_the_cap(
    ada: Desk, step: str, tokens: int
) -> None:
    ada.send(reserve(G))
    before = ada.balances()

    with pytest.raises(CapExceeded):
        ada.send(completed(G, step, tokens))

    assert ada.balances() == before


def test_nothing_happens_when_a_step_completes_without_a_hold(ada: Desk) -> None:
    assert ada.send(completed(G, "architecture", 5)) == []


def test_settlement_releases_the_rest_and_closes_when_every_step_was_captured(ada: Desk) -> None:
    ada.send(reserve(G))
    for step, tokens in ALL.items():
        ada.send(completed(G, step, tokens))

    settled, changed = ada.send(settle(G, ALL))

    assert settled == TokensSettled(generation_id=G, run=1, charges=ALL, refunds={}, released_tokens=18)
    assert isinstance(changed, BalanceChanged)
    assert (changed.available, changed.held) == (68, 0)
    assert ada.kinds() == ["grant", "hold", *["capture"] * 5, "release"]


def test_settlement_captures_what_is_missing_when_completions_come_after_it(ada: Desk) -> None:
    ada.send(reserve(G))
    ada.send(completed(G, "architecture", 5))

    settled = ada.send(settle(G, ALL))[0]
    late = [ada.send(completed(G, step, tokens)) for step, tokens in ALL.items()]

    assert isinstance(settled, TokensSettled)
    assert settled.charges == ALL
    assert late == [[]] * 5
    assert ada.wallet().available_tokens == 68


def test_settlement_books_the_difference_when_a_charge_differs_from_the_capture(ada: Desk) -> None:
    ada.send(reserve(G))
    ada.send(completed(G, "architecture", 5), completed(G, "backend", 11))

    settled, changed = ada.send(settle(G, {"architecture": 8, "backend": 4}))

    assert isinstance(settled, TokensSettled)
    assert isinstance(changed, BalanceChanged)
    assert settled.refunds == {"backend": 7}
    assert [(c.kind, c.step, c.tokens) for c in changed.changes] == [
        ("capture", "architecture", 3),
        ("refund", "backend", 7),
        ("release", None, 31),
    ]
    assert changed.available == 88


def test_every_capture_is_refunded_and_names_the_fault_when_it_was_the_platforms(ada: Desk) -> None:
    ada.send(reserve(G))
    ada.send(completed(G, "architecture", 5), completed(G, "backend", 11))

    answers = ada.send(settle(G, dict.fromkeys(CAPS, 0), outcome="failed", fault="provider_unavailable"))
    settled, changed = answers

    assert isinstance(settled, TokensSettled)
    assert settled.refunds == {"architecture": 5, "backend": 11}
    assert settled.charges == dict.fromkeys(CAPS, 0)
    assert isinstance(changed, BalanceChanged)
    assert {change.fault for change in changed.changes} == {"provider_unavailable"}
    assert changed.available == 100


def test_a_captured_step_is_refunded_when_the_charges_leave_it_out(ada: Desk) -> None:
    ada.send(reserve(G))
    ada.send(completed(G, "architecture", 5))

    settled = ada.send(settle(G, {}, outcome="failed", fault="internal"))[0]

    assert isinstance(settled, TokensSettled)
    assert settled.refunds == {"architecture": 5}


@pytest.mark.parametrize("charges", [{"architecture": 9}, {"testing": 1}])
def test_a_settlement_is_a_bug_and_moves_nothing_when_a_charge_is_above_the_cap(
    ada: Desk, charges: dict[str, int]
) -> None:
    ada.send(reserve(G))
    ada.send(completed(G, "backend", 11))
    before = ada.balances()

    with pytest.raises(CapExceeded):
        ada.send(settle(G, charges))

    assert ada.balances() == before
    assert ada.wallet().holds[G, 1].state is HoldState.OPEN


def test_nothing_happens_when_anything_comes_after_the_settlement(ada: Desk) -> None:
    ada.send(reserve(G))
    ada.send(settle(G, {}))
    lines = list(ada.ledger)

    answers = ada.send(reserve(G), completed(G, "architecture", 5), settle(G, {"architecture": 5}))

    assert answers == []
    assert ada.ledger == lines


def test_the_run_is_refused_and_closed_when_its_reservation_hits_a_bug(ada: Desk) -> None:
    [refused] = ada.bug(reserve(G))

    assert isinstance(refused, ReservationRefused)
    assert refused.fault == FaultCode.INTERNAL
    assert ada.send(reserve(G)) == []


def test_an_open_hold_stays_when_a_repeated_reservation_hits_a_bug(ada: Desk) -> None:
    ada.send(reserve(G))

    assert ada.bug(reserve(G)) == []
    assert ada.wallet().holds[G, 1].state is HoldState.OPEN


def test_the_settlement_is_answered_once_when_the_reservation_hit_a_bug(ada: Desk) -> None:
    """A run that was cancelled while queued waits in `settling`: the closed hold must still answer."""
    ada.bug(reserve(G))

    [settled] = ada.send(settle(G, {}, outcome="cancelled", fault="cancelled_by_user"))

    assert isinstance(settled, TokensSettled)
    assert ada.send(settle(G, {})) == []


def test_a_message_is_a_bug_when_it_names_another_users_generation(ada: Desk) -> None:
    ada.send(reserve(G))

    with pytest.raises(WrongOwner):
        ada.send(completed(G, "architecture", 5, user=UserId("user_bruno")))


def test_the_balance_is_told_once_a_batch_without_a_gap_in_its_version(ada: Desk) -> None:
    many = [reserve(generation(n), caps={"architecture": 1}) for n in range(20, 50)]

    first = balance(ada.send(*many))
    second = balance(ada.send(*[settle(generation(n), {}) for n in range(20, 50)]))

    assert (first.version, len(first.changes), first.held) == (2, 30, 30)
    assert (second.version, len(second.changes), second.available) == (3, 30, 100)


def test_the_balance_is_told_in_parts_when_a_batch_moved_it_too_often_for_one_event(ada: Desk) -> None:
    ada.send(reserve(G))
    ada.wallet().posted = ada.ledger * 150

    parts = list(ada.books.conclude(ada.now))

    assert [len(part.changes) for part in parts if isinstance(part, BalanceChanged)] == [90, 90, 90, 30]
    assert [part.version for part in parts if isinstance(part, BalanceChanged)] == [3, 4, 5, 6]
    assert all(len(seal(part, source="billing", time=ada.now).body) < part.limit_bytes for part in parts)
