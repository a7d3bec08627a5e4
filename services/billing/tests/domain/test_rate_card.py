"""The rate card that the package carries, and what makes one unfit."""

import pytest
from autocrea.billing.adapters.rate_files import current_rate_card, read_rate_card
from autocrea.billing.domain.rate_card import RateCardError
from autocrea.contracts.pricing import charge
from autocrea.contracts.shapes import Usage
from billing_desk import CAPS

MODEL = """
[[models]]
model = "{0}"
aliases = {1}
price_input = "0.25"
price_output = "1"
price_cached = "0.05"
context_tokens = 1000
"""
PACK = """
[[packs]]
pack = "{0}"
title = {{ es = "a", en = "a" }}
tokens = {1}
amount = 1
currency = "usd"
"""
HEAD = 'rounding = "up_per_step"\n'


def test_joxcoder_is_the_default_and_every_provider_of_the_founding_document_is_priced() -> None:
    card = current_rate_card()

    assert card.models[0].model == "joxcoder-1"
    assert "joxcoder" in card.models[0].aliases
    assert {"gpt-4.1", "gpt-4.1-mini"} <= {model.model for model in card.models}
    assert any(model.model.startswith("claude-") for model in card.models)


@pytest.mark.parametrize(
    ("step", "read", "written"),
    [
        ("architecture", 1_500, 2_500),
        ("backend", 4_000, 6_000),
        ("frontend", 4_000, 7_000),
        ("devops", 8_000, 1_500),
        ("security_audit", 14_000, 1_000),
    ],
)
def test_a_usual_step_costs_a_few_tokens_and_stays_under_its_cap(step: str, read: int, written: int) -> None:
    joxcoder = current_rate_card().priced_models[0]
    usage = Usage(input_tokens=read, output_tokens=written, cached_tokens=0, estimated=False)

    assert 2 <= charge(usage, joxcoder, joxcoder, 1_000) < CAPS[step]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + "models = []\npacks = []", "no model"),
        (HEAD + "packs = []" + MODEL.format("a", '["b"]') + MODEL.format("b", "[]"), "b more than once"),
        (HEAD + MODEL.format("a", "[]") + PACK.format("big", 9) + PACK.format("small", 1), "smallest"),
        (HEAD + MODEL.format("a", "[]") + PACK.format("p", 1) + PACK.format("p", 2), "two packs"),
        ("models = [\n", "cannot be read"),
        (HEAD + 'packs = []\nextra = "1"' + MODEL.format("a", "[]"), "cannot be read"),
        (HEAD + "packs = []" + MODEL.format("a", "[]").replace('"0.25"', '"-1"'), "cannot be read"),
    ],
)
def test_a_rate_card_is_refused_with_the_reason_when_it_breaks_a_rule(text: str, sentence: str) -> None:
    with pytest.raises(RateCardError, match=sentence):
        read_rate_card("test", text)
