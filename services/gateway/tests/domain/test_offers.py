"""Quotes, models' states, balances: what follows from what the owners publish."""

from datetime import UTC, datetime, timedelta

import pytest
from autocrea.contracts.billing.v1 import RateCardPublished, RatedModel
from autocrea.contracts.ids import StepName, UserId
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.contracts.orchestrator.v1 import PipelinePublished, PipelineStep
from autocrea.contracts.shapes import LocalText
from autocrea.gateway.domain.account import Balance, User, find_shortage
from autocrea.gateway.domain.catalogue import Quote, is_joxcoder_available, longest_chain, model_statuses

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def step(name: str, seconds: int, *depends_on: str) -> PipelineStep:
    return PipelineStep(
        step=StepName(name),
        title=LocalText(es=name, en=name),
        icon="⚙️",
        cap_tokens=5,
        depends_on=tuple(StepName(each) for each in depends_on),
        typical_seconds=seconds,
    )


def rated(name: str, *aliases: str) -> RatedModel:
    return RatedModel.model_validate(
        {
            "model": name,
            "price_input": "1",
            "price_output": "1",
            "price_cached": "1",
            "context_tokens": 1,
            "aliases": aliases,
        }
    )


def status(provider: str, model: str, *, available: bool, simulated: bool = False) -> ProviderStatusChanged:
    return ProviderStatusChanged(
        provider=provider, model=model, revision=1, available=available, simulated=simulated, reason=None
    )


RATE_CARD = RateCardPublished(
    revision=1,
    version="1",
    models=(rated("jox-1", "joxcoder"), rated("gpt")),
    packs=(),
    rounding="up_per_step",
)


def test_duration_is_the_longest_chain_when_steps_run_side_by_side() -> None:
    steps = (step("a", 10), step("b", 30, "a"), step("c", 20, "a"), step("d", 5, "b", "c"))
    assert longest_chain(steps) == 45
    assert longest_chain(()) == 0


def test_model_is_found_by_name_and_alias() -> None:
    pipeline = PipelinePublished(
        pipeline="webapp", revision=1, digest="d", quote_tokens=5, steps=(step("a", 1),)
    )
    quote = Quote(pipeline, RATE_CARD)
    assert [quote.find_model(name) for name in ("jox-1", "joxcoder", "gpt", "nothing")] == [
        "jox-1",
        "jox-1",
        "gpt",
        None,
    ]


def test_model_answers_when_any_provider_of_it_does() -> None:
    told = [
        status("joxcoder", "jox-1", available=False, simulated=True),
        status("other", "jox-1", available=True),
    ]
    statuses = model_statuses(RATE_CARD, told)
    assert [(s.model, s.available, s.simulated) for s in statuses] == [
        ("jox-1", True, True),
        ("gpt", True, False),
    ]
    assert is_joxcoder_available(told) is False
    assert is_joxcoder_available([]) is False


def test_billing_is_told_of_a_person_once_and_once_more_when_verified() -> None:
    user, first = User(UserId("u")).open(email_verified=False)
    user, again = user.open(email_verified=False)
    user, verified = user.open(email_verified=True)
    user, later = user.open(email_verified=False)
    assert [fact and fact.email_verified for fact in (first, again, verified, later)] == [
        False,
        None,
        True,
        None,
    ]
    assert user.email_verified is True


@pytest.mark.parametrize(
    ("balance", "code"),
    [
        (None, None),
        (Balance(UserId("u"), 1, 50, 0, 0, None), None),
        (Balance(UserId("u"), 1, 49, 0, 0, None), "insufficient_tokens"),
        (Balance(UserId("u"), 1, 50, 0, 1, None), "receivable_open"),
        (Balance(UserId("u"), 1, 50, 0, 0, NOW + timedelta(seconds=1)), "absorption_capped"),
        (Balance(UserId("u"), 1, 50, 0, 0, NOW), None),
    ],
)
def test_run_is_refused_when_the_balance_stands_against_it(balance: Balance | None, code: str | None) -> None:
    shortage = find_shortage(balance, 50, NOW)
    assert (shortage.code if shortage else None) == code
