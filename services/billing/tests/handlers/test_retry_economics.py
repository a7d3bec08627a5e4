"""A retry pays for what is left and for what was given back, never more than the first quote in all."""

import pytest
from autocrea.billing.domain.errors import CapExceeded
from autocrea.contracts.billing.v1 import TokensReserved, TokensSettled
from billing_desk import CAPS, Desk, completed, generation, reserve, settle

G = generation(1)


def test_refunded_steps_are_captured_again_when_the_retry_ends_completed(ada: Desk) -> None:
    ada.send(reserve(G))
    ada.send(completed(G, "architecture", 5), completed(G, "backend", 11), completed(G, "frontend", 9))
    ada.send(settle(G, dict.fromkeys(CAPS, 0), outcome="failed", fault="provider_unavailable"))
    again = {"architecture": 5, "backend": 11, "frontend": 9, "devops": 6, "security_audit": 6}

    reserved = ada.send(reserve(G, 2, again))[0]
    ada.send(completed(G, "devops", 3, 2), completed(G, "security_audit", 4, 2))
    charges = {"architecture": 5, "backend": 11, "frontend": 9, "devops": 3, "security_audit": 4}
    settled = ada.send(settle(G, charges, 2))[0]

    assert isinstance(reserved, TokensReserved)
    assert reserved.held_tokens == 37
    assert isinstance(settled, TokensSettled)
    assert settled.charges == charges
    assert settled.released_tokens == 5
    assert ada.wallet().available_tokens == 100 - 32


def test_charged_steps_stay_as_they_are_when_the_retry_reuses_them(ada: Desk) -> None:
    ada.send(reserve(G))
    ada.send(completed(G, "architecture", 5))
    kept = {"architecture": 5}
    ada.send(settle(G, kept, outcome="failed", fault="verification_failed"))

    ada.send(reserve(G, 2, {step: cap for step, cap in CAPS.items() if step not in kept}))
    ada.send(completed(G, "backend", 10, 2))
    settled = ada.send(settle(G, {**kept, "backend": 10}, 2, outcome="failed", fault="output_invalid"))[0]

    assert isinstance(settled, TokensSettled)
    assert settled.charges == {
        "architecture": 5,
        "backend": 10,
        "frontend": 0,
        "devops": 0,
        "security_audit": 0,
    }
    assert settled.refunds == {}
    assert ada.wallet().available_tokens == 85


@pytest.mark.parametrize("charges", [{}, {"architecture": 0}, {"architecture": 5}])
def test_an_earlier_runs_charge_stands_when_the_retry_is_refunded(ada: Desk, charges: dict[str, int]) -> None:
    """An infrastructure fault refunds its own run only, however the saga spells the steps that it reused."""
    ada.send(reserve(G))
    ada.send(completed(G, "architecture", 5))
    ada.send(settle(G, {"architecture": 5}, outcome="failed", fault="verification_failed"))

    ada.send(reserve(G, 2, {"backend": 16}))
    ada.send(completed(G, "backend", 10, 2))
    settled = ada.send(settle(G, {**charges, "backend": 0}, 2, outcome="failed", fault="run_deadline"))[0]

    assert isinstance(settled, TokensSettled)
    assert settled.refunds == {"backend": 10}
    assert settled.charges == {"backend": 0} | dict.fromkeys(charges, 5)
    assert ada.wallet().available_tokens == 95


def test_the_answer_names_what_stays_charged_when_a_retry_is_cancelled_before_it_was_reserved(
    ada: Desk,
) -> None:
    ada.send(reserve(G))
    ada.send(completed(G, "architecture", 5))
    ada.send(settle(G, {"architecture": 5}, outcome="cancelled", fault="cancelled_by_user"))

    [settled] = ada.send(settle(G, {"architecture": 5}, 2, outcome="cancelled", fault="cancelled_by_user"))

    assert isinstance(settled, TokensSettled)
    assert (settled.charges, settled.refunds, settled.released_tokens) == ({"architecture": 5}, {}, 0)


def test_a_retry_is_a_bug_when_all_runs_together_could_cost_more_than_the_first_quote(ada: Desk) -> None:
    ada.send(reserve(G, caps={"architecture": 8, "backend": 16}))
    ada.send(completed(G, "architecture", 5))
    ada.send(settle(G, {"architecture": 5}, outcome="failed", fault="verification_failed"))

    with pytest.raises(CapExceeded, match="first quote"):
        ada.send(reserve(G, 2, {"backend": 16, "frontend": 14}))


def test_a_retry_is_a_bug_when_it_would_charge_a_charged_step_again(ada: Desk) -> None:
    ada.send(reserve(G))
    ada.send(completed(G, "architecture", 5))
    ada.send(settle(G, {"architecture": 5}, outcome="failed", fault="verification_failed"))

    with pytest.raises(CapExceeded, match="second time"):
        ada.send(reserve(G, 2, {"architecture": 8}))
