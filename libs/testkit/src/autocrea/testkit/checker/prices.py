"""I3, recomputed: a step's charge is what its billed calls used, at the prices that its run pinned, within its cap."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from autocrea.contracts import pricing
from autocrea.contracts.shapes import NO_USAGE, PricedModel, Usage
from autocrea.testkit.checker.evidence import Evidence, Fact, Row, by

Attempt = tuple[UUID, int, str, int]


def check(evidence: Evidence) -> Iterator[str]:
    orders = {_attempt(fact): fact for fact in evidence.facts("llm-router.execute_step.v1")}
    caps = {fact.run: fact.data["caps"] for fact in evidence.facts("billing.reserve_tokens.v1")}
    billed = by(
        [row for row in evidence.rows("llm-router", "llm_calls") if row["booking"] == "billed"],
        "generation_id",
        "run",
        "step",
        "attempt",
    )
    for fact in evidence.facts("orchestrator.step_completed.v1"):
        order = orders.get(_attempt(fact))
        if order is None:
            yield f"I3: {fact.step} completed attempt {fact.data['attempt']}, which was never ordered"
            continue
        yield from _recompute(fact, order, billed, caps.get(fact.run, {}).get(fact.data["step"], 0))


def _recompute(
    fact: Fact, order: Fact, billed: Mapping[Attempt, Sequence[Row]], cap_tokens: int
) -> Iterator[str]:
    usage = sum((_usage(row) for row in billed.get(_attempt(fact), ())), NO_USAGE)
    told = Usage.model_validate(fact.data["usage"])
    if usage != told:
        yield f"I3: {fact.step} told the usage {_words(told)}, its billed calls come to {_words(usage)}"
    models = {one["model"]: PricedModel.model_validate(one) for one in order.data["models"]}
    preferred = next(iter(models.values()))
    answering = models.get(fact.data["model"])
    if answering is None:
        yield f"I3: {fact.step} was answered by {fact.data['model']}, which its run did not price"
        return
    charge = pricing.charge(told, preferred, answering, cap_tokens)
    if charge != fact.data["charge_tokens"]:
        yield f"I3: {fact.step} was charged {fact.data['charge_tokens']} tokens, its usage is worth {charge}"


def _attempt(fact: Fact) -> Attempt:
    return fact.generation_id, fact.data["run"], fact.data["step"], fact.data["attempt"]


def _usage(row: Row) -> Usage:
    return Usage(
        input_tokens=row["input_tokens"] or 0,
        output_tokens=row["output_tokens"] or 0,
        cached_tokens=row["cached_tokens"] or 0,
        estimated=bool(row["estimated"]),
    )


def _words(usage: Usage) -> str:
    return f"{usage.input_tokens} in, {usage.output_tokens} out, {usage.cached_tokens} cached"
