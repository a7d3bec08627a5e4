"""What a step costs: exact, capped, and never dearer because another model stepped in."""

from decimal import ROUND_CEILING, Decimal

from autocrea.contracts.pricing import charge
from autocrea.contracts.shapes import NO_USAGE, PricedModel, Usage
from hypothesis import given, settings
from hypothesis import strategies as st

LARGE_CAP = 10**12


def _model(price_input: str = "0", price_output: str = "0", price_cached: str = "0") -> PricedModel:
    return PricedModel(
        model="m",
        price_input=Decimal(price_input),
        price_output=Decimal(price_output),
        price_cached=Decimal(price_cached),
        context_tokens=1000,
    )


def _usage(read: int = 0, written: int = 0, cached: int = 0) -> Usage:
    return Usage(input_tokens=read, output_tokens=written, cached_tokens=cached, estimated=False)


def _cost(usage: Usage, model: PricedModel) -> int:
    return charge(usage, model, model, LARGE_CAP)


def test_cost_is_the_next_whole_token_when_it_is_not_whole() -> None:
    model = _model("0.25", "1", "0.025")
    assert _cost(_usage(5200, 9800, 1200), model) == 11  # 1 + 0.03 + 9.8
    assert _cost(_usage(4000), model) == 1
    assert _cost(_usage(4001), model) == 2


def test_cost_is_exact_when_floats_would_not_be() -> None:
    assert _cost(_usage(3000), _model("0.1")) == 1
    assert _cost(_usage(1_000_000_000), _model("0.1")) == 100_000
    assert _cost(_usage(1), _model("0.000001")) == 1


def test_nothing_is_charged_when_nothing_was_used() -> None:
    assert charge(NO_USAGE, _model("9", "9", "9"), _model("9", "9", "9"), 50) == 0


def test_cached_tokens_have_their_own_price_when_counted() -> None:
    model = _model("1", "0", "0.1")
    assert _cost(_usage(10_000, cached=0), model) == 10
    assert _cost(_usage(10_000, cached=10_000), model) == 1
    assert _cost(_usage(10_000, cached=99_000), model) == 1


def test_cap_holds_when_the_usage_costs_more() -> None:
    model = _model(price_output="1")
    assert charge(_usage(written=16_000), model, model, 16) == 16
    assert charge(_usage(written=16_001), model, model, 16) == 16
    assert charge(_usage(written=15_001), model, model, 16) == 16
    assert charge(_usage(written=15_000), model, model, 16) == 15


def test_cheaper_model_decides_when_another_answered() -> None:
    cheap, dear = _model(price_output="1"), _model(price_output="3")
    assert charge(_usage(written=5000), cheap, dear, 50) == 5
    assert charge(_usage(written=5000), dear, cheap, 50) == 5


def test_cheaper_is_meant_for_this_usage_when_prices_cross() -> None:
    reader, writer = _model("0.1", "5"), _model("2", "1")
    assert charge(_usage(10_000, 100), reader, writer, 50) == 2  # 1 + 0.5
    assert charge(_usage(100, 10_000), reader, writer, 50) == 11  # 0.2 + 10


COUNT = st.integers(0, 10**9)
PRICE = st.decimals(0, 1000, places=6).map(str)
USAGE = st.builds(_usage, COUNT, COUNT, COUNT)
MODEL = st.builds(_model, PRICE, PRICE, PRICE)


@settings(deadline=None)
@given(USAGE, MODEL)
def test_cost_equals_the_decimal_one_when_computed_with_ample_precision(
    usage: Usage, model: PricedModel
) -> None:
    cached = min(usage.cached_tokens, usage.input_tokens)
    exact = (
        (usage.input_tokens - cached) * model.price_input
        + cached * model.price_cached
        + usage.output_tokens * model.price_output
    ) / 1000
    assert _cost(usage, model) == int(exact.to_integral_value(ROUND_CEILING))


@settings(deadline=None)
@given(USAGE, MODEL, MODEL, st.integers(0, 10**6))
def test_charge_is_bounded_and_symmetric_when_two_models_are_in_play(
    usage: Usage, one: PricedModel, other: PricedModel, cap: int
) -> None:
    charged = charge(usage, one, other, cap)
    assert charged == charge(usage, other, one, cap)
    assert 0 <= charged <= cap
    assert charged == min(cap, _cost(usage, one), _cost(usage, other))
