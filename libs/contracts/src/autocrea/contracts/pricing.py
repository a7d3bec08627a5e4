"""What a step costs: one pure function, in whole numbers only."""

from typing import Final

from autocrea.contracts.shapes import PRICE_PLACES, PricedModel, Usage

_UNIT: Final = 10**PRICE_PLACES
_TOKENS_PER_PRICE: Final = 1000
_DENOMINATOR: Final = _UNIT * _TOKENS_PER_PRICE


def charge(usage: Usage, preferred: PricedModel, answering: PricedModel, cap_tokens: int) -> int:
    """min(cap, ⌈usage at the prices of the cheaper of the two models⌉), in plan tokens.

    Cheaper means cheaper for this very usage: nobody pays more because another model had to step in.
    """
    cost = min(_cost_units(usage, preferred), _cost_units(usage, answering))
    return min(cap_tokens, -(-cost // _DENOMINATOR))


def _cost_units(usage: Usage, model: PricedModel) -> int:
    """The exact cost in billionths of a plan token.

    Cached tokens are part of the input and have their own price; a provider that reports more of them than
    input is believed up to the input.
    """
    cached = min(usage.cached_tokens, usage.input_tokens)
    return (
        (usage.input_tokens - cached) * int(model.price_input * _UNIT)
        + cached * int(model.price_cached * _UNIT)
        + usage.output_tokens * int(model.price_output * _UNIT)
    )
