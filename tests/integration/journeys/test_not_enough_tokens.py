"""Whoever cannot pay is told so before any model is called, with what they have and what it costs."""

import asyncio

import httpx
import pytest
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack


@pytest.mark.parametrize("tokens", [0, 49])
async def test_request_is_refused_with_balance_and_price_when_tokens_do_not_suffice(
    tokens: int, stack: Stack
) -> None:
    project = f"sin-{tokens}-tokens"
    async with stack.person(tokens=tokens) as person:
        price = (await person.get("/api/quote"))["tokens"]
        answer = await person.ask(project)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (httpx.codes.PAYMENT_REQUIRED, "insufficient_tokens")
        assert (told["available"], told["needed"], told["missing"]) == (tokens, price, price - tokens)
        assert f"{price} are needed and you have {tokens}" in told["detail"]
        assert (await person.get("/api/generations"))["items"] == []
        assert (await person.balance())["held"] == 0
    assert await stack.simulated.calls(project=project) == []


async def test_one_of_two_runs_when_both_are_asked_for_at_once_with_tokens_for_one(stack: Stack) -> None:
    projects = ("una-de-dos", "otra-de-dos")
    async with stack.person(tokens=60) as person:
        with stack.frozen("billing"):  # so that the gateway promises both before it can know better
            asked = await asyncio.gather(*(person.generate(project) for project in projects))
        ends = dict(zip(projects, await asyncio.gather(*map(person.end, asked)), strict=True))
        completed, rejected = sorted(projects, key=lambda project: ends[project].name)
        assert ends[completed].name == "generation_completed"
        assert ends[rejected].name == "generation_rejected"
        refusal = ends[rejected].data
        assert (refusal["fault"], refusal["needed_tokens"]) == ("insufficient_tokens", 50)
        assert refusal["available_tokens"] == 10
        shown = await person.generation(asked[projects.index(rejected)])
        assert (shown["status"], shown["notice"]["fault"]["code"]) == ("rejected", "insufficient_tokens")
        await person.until_available(60 - ends[completed].data["net_tokens"])
        assert all(tokens >= 0 for tokens in await balances_told(stack, person))
    assert await stack.simulated.calls(project=rejected) == []
    assert len(await stack.simulated.calls(project=completed)) == 5


async def balances_told(stack: Stack, person: Person) -> list[int]:
    """What was available after every movement."""
    facts = (await stack.checker.evidence()).facts("billing.balance_changed.v1")
    return [fact.data["available"] for fact in facts if fact.data["user_id"] == person.user_id]
